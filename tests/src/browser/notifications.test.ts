// Notifications at work: a rule from its first word to its first try, channels and their secrets, silences, inhibitions, escalations, what
// failed and is sent again; somebody else who was faster; in both languages, also on a narrow screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole, type Visit } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Chooses in a list that opens. */
const pick = async (page: Page, label: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
  await page.keyboard.press('Escape');
};
const type = async (page: Page, label: string, name: string) => {
  await page.getByRole('combobox', { name: label, exact: true }).fill(name);
  await page.keyboard.press('Enter');
};
/** As another user would write it. */
const write = async (
  page: Page,
  request: { readonly path: string; readonly body: object; readonly over: number | null },
) => {
  const status = await page.evaluate(
    async ({ path, body, over }) =>
      (
        await fetch(`/api/v1${path}`, {
          method: 'PUT',
          headers: {
            'content-type': 'application/json',
            ...(over === null ? {} : { 'if-match': `"${over}"` }),
          },
          body: JSON.stringify(body),
        })
      ).status,
    request,
  );
  assert.equal(status, 200);
};
const assertFits = async ({ page }: Visit) => {
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the screen`);
};

test('notifications: a new rule: faults are named, it is tried with past events before it is saved, and stands in the list in words', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/rules');
  await page.getByRole('link', { name: 'New rule' }).click();
  await page.getByRole('heading', { level: 1, name: 'New rule' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('-db');
  await page.getByText('Must start with a letter or digit', { exact: false }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('db');
  await type(page, 'Nodes', 'db-*');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByText(/Of \d+ events: \d+ messages, \d+ kept back/).waitFor();
  await page.getByText('Tell it only when its priority changes', { exact: false }).click();
  await page.getByText('The rule has been changed since').waitFor();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Say to whom', { exact: false }).waitFor();
  await page.getByText('Places to be mended before it can be saved: 1').waitFor();
  await pick(page, 'Channels', 'duty-mail');
  await page.getByRole('button', { name: 'Only after several times' }).click();
  await page.getByLabel('Times', { exact: true }).fill('1');
  await page.getByText('At least 2').waitFor();
  await page.getByLabel('Times', { exact: true }).fill('3');
  await page.getByLabel('Within', { exact: true }).fill('10');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { level: 1, name: 'db' }).waitFor();
  await page.getByRole('link', { name: 'Rules' }).click();
  const row = page.getByRole('row').filter({ hasText: 'db-*' });
  await row.getByText('critical, on node db-*', { exact: false }).last().waitFor();
  await row.getByText('duty-mail').waitFor();
  visit.assertQuiet();
});

test('notifications: somebody else changes the rule meanwhile: both are shown who was faster, and the own one can go over it', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/edit/rule/web-night');
  await page.getByLabel('Tell also that it is over').click({ force: true });
  await write(page, {
    path: '/notification-rules/web-night',
    over: 1,
    body: { kind: 'notification', name: 'web-night', channels: ['chat'] },
  });
  await page.getByRole('button', { name: 'Save' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'admin' });
  await alert.waitFor();
  await page.getByRole('link', { name: 'Rules' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await alert.getByRole('button').last().click();
  await page.getByText('Saved.', { exact: false }).first().waitFor();
  await page.getByText('duty-mail').first().waitFor();
  visit.assertQuiet();
});

test('notifications: a rule is switched off, tested and deleted from the list', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/rules');
  await page.getByRole('switch', { name: 'web-night is on' }).click({ force: true });
  await page.getByText('web-night is off.').waitFor();
  // The list is read again after the change.
  await waitFor(async () => !(await page.getByRole('switch', { name: 'web-night is on' }).isChecked()));
  await page.getByRole('button', { name: 'Send a test by chat' }).click();
  await page.getByText('connect ECONNREFUSED 10.0.0.9:443').waitFor();
  await page.getByRole('button', { name: 'Delete chat' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('chat was deleted.').waitFor();
  await page.getByRole('link', { name: 'chat', exact: true }).waitFor({ state: 'detached' });
  visit.assertQuiet();
});

test('notifications: a chat channel in Japanese on a narrow screen: where the address comes from, stored, replaced on purpose, tested', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390, scheme: 'dark' });
  const { page } = visit;
  await visit.open('/notifications/channels');
  await page.getByRole('link', { name: 'チャネルを作成' }).click();
  await page.getByLabel('名前', { exact: true }).fill('team');
  await page.getByRole('combobox', { name: '種類' }).click();
  await page.getByRole('option', { name: 'Microsoft Teams' }).click();
  await page.getByText('Webhook 要求を受信したらチャネルに投稿する', { exact: false }).waitFor();
  const address = page.getByLabel('受信 Webhook の URL');
  await address.fill('teams.example.jp/hook');
  await page.getByText('「https://」で始まる URL を入力してください').waitFor();
  await address.fill('https://teams.example.jp/hook');
  await page.getByRole('button', { name: 'メッセージの文面' }).click();
  await page.getByRole('button', { name: '本文に変数を挿入' }).click();
  await page.getByRole('menuitem', { name: /^node/ }).click();
  assert.equal(await page.getByLabel('本文', { exact: true }).inputValue(), '{{node}}');
  await assertFits(visit);
  await page.getByRole('button', { name: '作成' }).click();
  await page.getByText('保存済み(非表示)').waitFor();
  await page.getByRole('button', { name: '受信 Webhook の URLを変更' }).click();
  await page.getByRole('button', { name: '保存済みのものを使う' }).click();
  await page.getByText('保存済み(非表示)').waitFor();
  await page.getByRole('button', { name: 'team でテスト送信' }).click();
  await page.getByText('team: テストメッセージを送信しました。').waitFor();
  await assertFits(visit);
  visit.assertQuiet();
});

test('notifications: an event is silenced from its address: how many it would be, until when, and its end', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/silences?node=web-01&monitor=http');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Keeps back: on node web-01, of monitor http.').waitFor();
  await dialog.getByRole('button', { name: 'How many would it be?' }).click();
  await dialog.getByText(/Of the last 24 hours: \d+ events/).waitFor();
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await dialog.getByText('Please fill in').waitFor();
  await dialog.getByLabel('Reason').fill('new firmware');
  await dialog.getByText('4 hours', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('row').filter({ hasText: 'new firmware' });
  await row.getByText('in 4 hours').waitFor();
  await row.getByRole('button', { name: 'End now: silence 5' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End now', exact: true }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByText('All', { exact: true }).click();
  await page.getByText('ended by admin').first().waitFor();
  visit.assertQuiet();
});

test('notifications: an inhibition in Japanese: the sentence follows what is typed', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390 });
  const { page } = visit;
  await visit.open('/notifications/new/inhibition');
  await page.getByLabel('名前', { exact: true }).fill('switch-down');
  const cause = page.getByRole('region', { name: '原因のイベント' });
  await cause.getByRole('combobox', { name: '監視' }).fill('ping');
  await page.keyboard.press('Enter');
  await page
    .getByText('「監視 ping」の状態が続いている間、「すべてのイベント」の通知を抑えます', { exact: false })
    .waitFor();
  await page.getByLabel('対象ノードのスコープ').fill('behind-{{node}}');
  await page.getByText('(スコープ behind-{{node}} のノードに限る)', { exact: false }).waitFor();
  await assertFits(visit);
  await page.getByRole('button', { name: '作成' }).click();
  await page.getByRole('heading', { level: 1, name: 'switch-down' }).waitFor();
  visit.assertQuiet();
});

test('notifications: an escalation: a step is added and moved, and the chains that run say who has taken them up', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/edit/escalation/night');
  await page.getByRole('button', { name: 'Add a step' }).click();
  const step = page.getByRole('group', { name: 'Step 3' });
  await step.getByLabel('Minutes after the step before').fill('30');
  await step.getByRole('combobox', { name: 'Tell' }).click();
  await page.getByRole('option', { name: 'chat' }).click();
  await page.keyboard.press('Escape');
  await page.getByText('Step 3: after 60 minutes in all').waitFor();
  await page.getByRole('button', { name: 'Move step 3 up' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Escalations' }).click();
  await page.getByText('after 40 min: chat').waitFor();
  await page.getByText('All of 90 days').click();
  await page.getByText('by sato').waitFor();
  visit.assertQuiet();
});

test('notifications: what failed: the old address leads there, one is looked at, selected ones and then all are sent again', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/settings/deliveries');
  await page.waitForURL(/\/notifications\/deliveries/);
  await page.getByText('Failed', { exact: true }).first().click();
  await page.waitForURL(/state=failed/);
  await page.getByRole('button', { name: 'Show delivery 28' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('An earlier try may have arrived', { exact: false }).waitFor();
  await drawer.getByText('451 4.7.1 try again later').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('checkbox', { name: 'Select delivery 28' }).check();
  await page.getByRole('checkbox', { name: 'Select delivery 21' }).check();
  await page.getByRole('button', { name: 'Try selected again (2)' }).click();
  await page.getByText('2 will be tried again now.').waitFor();
  await page.getByRole('button', { name: 'Show delivery 28' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try all failed again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nothing has failed').waitFor();
  await page.getByText('Kept back now', { exact: true }).click();
  await page.getByText('silence 4').first().waitFor();
  visit.assertQuiet();
});

test('notifications: somebody who may only look: sees the rule, and changes nothing', async () => {
  await using visit = await visitConsole(browser, { me: 'suzuki' });
  const { page } = visit;
  await visit.open('/notifications/edit/rule/web-night');
  await page.getByLabel('Name', { exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
  assert.equal(await page.getByLabel('Tell also that it is over').isDisabled(), true);
  await visit.open('/notifications/rules');
  assert.equal(await page.getByRole('link', { name: 'New rule' }).count(), 0);
  visit.assertQuiet();
});
