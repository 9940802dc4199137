// Traps in the console: followed and looked into, a rule made of one and tried while it is written, saved, put in order, undone; aliases,
// MIBs, receivers. In both languages where words matter.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const ruleNames = (page: Page) => page.locator('.nz-rule-name').allTextContents();
const totalOf = async (page: Page, rule: string): Promise<string> =>
  (await page.locator('.nz-total', { hasText: rule }).locator('.nz-total-count').textContent()) ?? '';

test('traps: narrowed down, opened: its text, its bytes, what was understood, the event that it became', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/traps/received');
  await page.getByRole('searchbox', { name: 'Search the text' }).fill('linkdown');
  await waitFor(() => page.url().includes('q=linkdown'), { message: 'the filter in the address' });
  const row = page.getByRole('button', { name: /IF-MIB::linkDown/ }).first();
  await row.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('ifOperStatus').first().waitFor();
  await dialog.getByText(/^0000 {2}30/).waitFor();
  await dialog.getByText('nezu-a.example.jp').first().waitFor();
  assert.match(
    (await dialog.getByRole('link', { name: /Critical/ }).getAttribute('href')) ?? '',
    /\/events\?event=/,
  );
  visit.assertQuiet();
});

test('traps: a rule from a trap, in Japanese: filled in, tried at once on it, saved as a new monitor', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page, server } = visit;
  await visit.open('/traps/received?q=Failed');
  await page
    .getByRole('button', { name: /Failed password/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'このトラップからルールを作成' }).click();
  await page.getByRole('menuitem', { name: '新しいトラップ監視に作成' }).click();
  await page.getByRole('heading', { level: 1, name: 'トラップ監視の作成' }).waitFor();
  assert.equal(await page.getByLabel('本文に含む文字列').inputValue(), 'Failed password for root from');
  await page.getByText('fw-osaka sshd: Failed password').waitFor();
  assert.equal(await page.getByRole('button', { name: '保存' }).isEnabled(), false);
  await page.getByLabel('名前', { exact: true }).fill('ssh');
  await page.getByRole('button', { name: '受信したトラップすべてでテスト' }).click();
  await waitFor(async () => (await totalOf(page, 'sshd-failed')) === '70', { message: 'the totals of all' });
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('heading', { level: 1, name: 'ssh' }).waitFor();
  assert.equal(server.world.traps.monitors.get('ssh')?.monitor.rules[0]?.when.apps?.[0], 'sshd');
  visit.assertQuiet();
});

test('trap monitor: tried while it is typed: the matched part, the event, rules that take nothing; a bad pattern is told at its rule', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/traps/monitor/core-switches');
  await page.locator('#rule-toggle-rule-1').click();
  await page.locator('mark[data-group="1"]').first().waitFor();
  assert.equal(await totalOf(page, 'chatter'), 'takes nothing');
  const pattern = page.getByLabel('Text matches (regular expression)');
  await pattern.fill('interface (\\S+ is down');
  await page.getByText('It cannot be tried like this.').waitFor();
  await page
    .getByRole('alert')
    .getByText(/when\.text\.matches/)
    .first()
    .waitFor();
  await pattern.fill('interface (Gi0/2) is down');
  await waitFor(async () => !['takes nothing', '35'].includes(await totalOf(page, 'link-down')), {
    message: 'other totals',
  });
  await page.getByRole('textbox', { name: 'Message of the event' }).fill('');
  await page.getByRole('button', { name: 'Insert a place into: Message of the event' }).click();
  await page.getByRole('menuitem', { name: /^Group 1/ }).click();
  await page.getByText('Gi0/2', { exact: true }).first().waitFor();
  // A pasted line is tried as well.
  await page.getByText('A sample', { exact: true }).click();
  await page.getByLabel('A line of syslog').fill('<187>Nov 26 12:00:00 sw9 ifmgr: interface Gi0/2 is down');
  await page.getByText('1 traps looked at; no rule takes 0.').waitFor();
  await page.locator('.nz-tried-trap', { hasText: 'Raises link:Gi0/2' }).waitFor();
  visit.assertQuiet();
});

test('trap monitor: order by keyboard and by the mouse, removed, undone, redone; saved as it then is', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/traps/monitor/core-switches');
  await page.locator('#rule-toggle-rule-0').focus();
  await page.keyboard.press('Alt+ArrowDown');
  assert.deepEqual(await ruleNames(page), ['link-down', 'chatter', 'link-up']);
  assert.equal(await page.evaluate('document.activeElement.id'), 'rule-toggle-rule-0');
  await page.locator('.nz-rule-grip').nth(2).dragTo(page.locator('.nz-rule-head').nth(0));
  assert.deepEqual(await ruleNames(page), ['link-up', 'link-down', 'chatter']);
  await page.getByRole('button', { name: 'Actions on the rule link-down' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  assert.deepEqual(await ruleNames(page), ['link-up', 'chatter']);
  await page.locator('#rule-toggle-rule-0').focus();
  await page.keyboard.press('Control+z');
  assert.deepEqual(await ruleNames(page), ['link-up', 'link-down', 'chatter']);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  assert.deepEqual(await ruleNames(page), ['link-down', 'chatter', 'link-up']);
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  assert.deepEqual(
    server.world.traps.monitors.get('core-switches')?.monitor.rules.map(({ name }) => name),
    ['link-up', 'link-down', 'chatter'],
  );
  visit.assertQuiet();
});

test('trap monitor: changed by somebody else meanwhile: told, theirs or mine; left unsaved: asked', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/traps/monitor/core-switches');
  await page.getByLabel('Title').fill('Mine');
  const stored = server.world.traps.monitors.get('core-switches') ?? assert.fail('no monitor');
  server.world.traps.monitors.set('core-switches', { ...stored, revision: 90, updatedBy: 'hanako' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/hanako saved another version/).waitFor();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal(server.world.traps.monitors.get('core-switches')?.monitor.title, 'Mine');
  visit.assertQuiet();
});

test('trap monitors: switched off in the list, deleted with what it costs', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page, server } = visit;
  await visit.open('/traps/monitors');
  await page.getByRole('switch', { name: 'core-switches の有効・無効' }).click({ force: true });
  await page.getByText('core-switches を無効にしました。').waitFor();
  assert.equal(server.world.traps.monitors.get('core-switches')?.monitor.enabled, false);
  await page.getByRole('link', { name: 'core-switches' }).click();
  await page.getByRole('main').getByRole('button', { name: '削除', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '削除' }).click();
  await page.getByText('トラップ監視 core-switches を削除しました。').waitFor();
  assert.equal(server.world.traps.monitors.has('core-switches'), false);
  visit.assertQuiet();
});

test('trap senders: an unknown one: "this is node" makes an alias for it', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/traps/sources');
  await page.getByText('Unknown', { exact: true }).click();
  await page.getByRole('button', { name: 'This is node … (fw-osaka)' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Node', { exact: true }).fill('fw-osaka');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(server.world.traps.aliases.get('fw-osaka')?.alias, {
    kind: 'trap_alias',
    name: 'fw-osaka',
    addresses: ['203.0.113.40'],
    hosts: ['fw-osaka'],
    node: 'fw-osaka',
  });
  visit.assertQuiet();
});

test('MIBs: opened by keyboard, searched, a rule for a notification; a file uploaded with its problems, deleted', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/traps/mibs');
  await page.getByRole('treeitem', { name: /^internet/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await waitFor(() => page.url().includes('oid=1.3.6.1.'), { message: 'the chosen OID in the address' });
  await page.getByRole('searchbox').fill('linkDown');
  await page
    .getByRole('button', { name: /IF-MIB::linkDown/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Make a rule for this trap' }).click();
  await page.getByRole('menuitem', { name: /^standard-snmp/ }).click();
  await page.getByRole('heading', { level: 1, name: /Standard SNMP/ }).waitFor();
  await page.getByText('IF-MIB::linkDown').first().waitFor();
  assert.equal((await ruleNames(page))[0], 'linkdown');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('link', { name: 'Traps', exact: true }).click();
  await page.getByRole('tab', { name: 'MIBs' }).click();
  await page.getByText('Modules', { exact: true }).click();
  await page.locator('input[type="file"]').setInputFiles([
    {
      name: 'acme.mib',
      mimeType: 'text/plain',
      buffer: Buffer.from(
        'ACME-MIB DEFINITIONS ::= BEGIN\nIMPORTS enterprises FROM RFC1155-SMI;\nacme OBJECT IDENTIFIER ::= { enterprises 9999 }\nbad OBJECT-TYPE\nEND\n',
      ),
    },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('nothing here') },
  ]);
  await page.getByText('Taken: ACME-MIB').waitFor();
  await page.getByText('holds no MIB module').waitFor();
  await page.getByRole('button', { name: 'Delete the module ACME-MIB' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The module ACME-MIB was deleted.').waitFor();
  assert.equal(server.world.traps.mibs.has('ACME-MIB'), false);
  visit.assertQuiet();
});

test('receivers: what failed is told; opened to all addresses; a user and a token made, the token shown once', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page, server } = visit;
  await visit.open('/traps/receivers');
  await page.getByText(/The port 162 is in use by another program/).waitFor();
  await page.locator('input[aria-label="syslog(UDP)の待ち受けアドレス"]').fill('0.0.0.0');
  await page.locator('input[aria-label="syslog(UDP)のポート"]').fill('514');
  await page
    .getByText('1024 未満のポートには特権が必要です。方法は下記のとおりです。', { exact: false })
    .waitFor();
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('保存しました。').waitFor();
  assert.partialDeepStrictEqual(server.world.settings.get('intake')?.values['syslog_udp'], {
    host: '0.0.0.0',
    port: 514,
  });
  await page.getByRole('button', { name: 'SNMPv3 ユーザを登録' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('ユーザ名').fill('core');
  await dialog.getByLabel('認証パスワード', { exact: true }).fill('long enough 1');
  await dialog.getByLabel('暗号化パスワード', { exact: true }).fill('long enough 2');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(server.world.traps.users.get('core')?.auth, 'sha256');
  await page.getByRole('button', { name: 'トークン batch を交換' }).click();
  await dialog.getByRole('button', { name: '発行する' }).click();
  await dialog.getByText('nzt_k3Jw8sQvX2pTfA7bYcRm', { exact: true }).waitFor();
  await dialog.getByText('batch を失効させてください', { exact: false }).waitFor();
  assert.ok(server.world.traps.tokens.has('batch-2'));
  visit.assertQuiet();
});
