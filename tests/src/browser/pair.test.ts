// The page of the pair at work: a switch that takes the server away, live changes, every button, and what other pages say of the pair.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole, type Visit } from './console-page.ts';
import { pairOf, switchedPair, type PairCase } from './fake-manager/fake-pair.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const visitPair = async (pair: PairCase, language: 'en' | 'ja' = 'en') => {
  const visit = await visitConsole(browser, { pair }, { language });
  const commands: { readonly command: OperatorCommand; readonly host: string | null }[] = [];
  visit.server.world.onPairCommand = (command, host) => {
    commands.push({ command, host });
    return { ok: true, says: 'Noted by the keeper.' };
  };
  await visit.open('/pair');
  return Object.assign(visit, { commands });
};

const confirmDialog = async ({ page }: Visit, name: string) => {
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  const text = await dialog.innerText();
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  return text;
};

test('pair: a switch: said before, the server goes away, the page stays and tells how long it took', async () => {
  await using visit = await visitPair('redundant');
  const { page, server } = visit;
  server.world.onPairCommand = () => {
    // The answer is lost with the old master.
    server.goAway();
    return { ok: true, says: '' };
  };
  await page.getByRole('button', { name: 'Switch', exact: true }).click();
  const asked = await confirmDialog(visit, 'Switch');
  assert.match(
    asked,
    /Move the service to host-b\?[^]*Running jobs go on[^]*about a second[^]*becomes the standby/,
  );
  await page.getByText('The service moves to host-b …').waitFor();
  await page.getByRole('article', { name: 'host-a' }).getByText('Serving, standby in sync').waitFor();
  server.world.pair = switchedPair();
  server.comeBack();
  await page.getByText('host-b is master. It took 0.52s.').waitFor();
  await page.getByRole('article', { name: 'host-b' }).getByText('Master', { exact: false }).first().waitFor();
  await page.getByText('The manager serves again.').waitFor();
  assert.equal(await page.getByText('Something broke').count(), 0);
  await page.getByRole('button', { name: 'Close' }).first().click();
  await page.getByText('host-b is master. It took').waitFor({ state: 'detached' });
  visit.assertQuiet(/ERR_|Failed to load resource/);
});

test('pair: a switch is refused: the sentence of the keeper, and the page goes on', async () => {
  await using visit = await visitPair('redundant');
  const { page, server } = visit;
  server.world.onPairCommand = () => ({
    ok: false,
    says: 'Not moved: host-b did not receive everything in time.',
  });
  await page.getByRole('button', { name: 'Switch', exact: true }).click();
  await confirmDialog(visit, 'Switch');
  await page.getByText('The service has not moved.').waitFor();
  await page.getByText('Not moved: host-b did not receive everything in time.').waitFor();
  visit.assertQuiet();
});

test('pair: asked and not wanted: nothing is sent, by keyboard too', async () => {
  await using visit = await visitPair('redundant');
  const { page } = visit;
  await page.getByRole('button', { name: 'Switch', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(visit.commands, []);
  visit.assertQuiet();
});

test('pair: live messages: a copy moves, then the pair is redundant, without a click', async () => {
  await using visit = await visitPair('copying');
  const { page, server } = visit;
  const standby = page.getByRole('article', { name: 'host-b' });
  await standby.getByText('(33 %)').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Switch', exact: true }).isDisabled(), true);
  await page.getByRole('link', { name: 'Not redundant yet: open the page of the pair' }).waitFor();
  server.world.pair = pairOf('redundant');
  server.publish({ type: 'pair', status: server.world.pair });
  await standby.getByText('In sync: can take over').waitFor();
  await page.getByRole('link', { name: /open the page of the pair/ }).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: 'Switch', exact: true }).isDisabled(), false);
  visit.assertQuiet();
});

test('pair: no live message comes: the page asks by itself', async () => {
  await using visit = await visitPair('copying');
  visit.server.world.pair = pairOf('alone');
  await visit.page.getByText('host-b is not reached').waitFor();
  visit.assertQuiet();
});

test('pair: recover: the host that has failed is told, and the keeper is quoted', async () => {
  await using visit = await visitPair('failed');
  await visit.page.getByRole('button', { name: 'Recover', exact: true }).click();
  await confirmDialog(visit, 'Recover');
  await visit.page.getByText('Noted by the keeper.').waitFor();
  assert.deepEqual(visit.commands, [{ command: { do: 'recover' }, host: 'id-host-b' }]);
  visit.assertQuiet();
});

test('pair: maintenance: begins for the standby, and ends where it is on', async () => {
  await using visit = await visitPair('redundant');
  const { page, server } = visit;
  await page.getByRole('button', { name: 'Maintenance', exact: true }).click();
  const asked = await confirmDialog(visit, 'Begin maintenance');
  assert.match(asked, /Take host-b out of duty\?[^]*not redundant: if host-a fails, nothing takes over/);
  server.world.pair = pairOf('maintenance');
  server.publish({ type: 'pair', status: server.world.pair });
  await page.getByRole('button', { name: 'End maintenance', exact: true }).click();
  await confirmDialog(visit, 'End maintenance');
  await page.getByText('Noted by the keeper.').first().waitFor();
  assert.deepEqual(visit.commands, [
    { command: { do: 'maintenance', on: true }, host: 'id-host-b' },
    { command: { do: 'maintenance', on: false }, host: 'id-host-b' },
  ]);
  visit.assertQuiet();
});

test('pair: witness: one of the connected agents, or any', async () => {
  await using visit = await visitPair('redundant');
  const { page } = visit;
  await page.getByRole('button', { name: 'Witness', exact: true }).click();
  await page.getByRole('combobox', { name: 'Agent' }).click();
  await page.getByRole('option', { name: 'local' }).click();
  await page.getByRole('button', { name: 'Appoint' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(visit.commands, [{ command: { do: 'witness', node: 'local' }, host: null }]);
  visit.assertQuiet();
});

test('pair: Japanese: states, advice, reasons and history in Japanese', async () => {
  await using visit = await visitPair('alone', 'ja');
  const { page } = visit;
  await page.getByText('host-b に届きません(no answer from 192.0.2.11:7382)').waitFor();
  await page.getByText('host-b が外れました。1 台で続けています。').waitFor();
  await page.getByRole('cell', { name: '計画切り替え' }).waitFor();
  await page.getByRole('link', { name: '片系運転: ペアの画面を開く' }).waitFor();
  visit.assertQuiet();
});

test('pair: on other pages: the badge only while something is missing, the card only where there is a pair', async () => {
  const card = { name: 'Pair' } as const;
  for (const [pair, hasBadge, hasCard] of [
    ['single', false, false],
    ['redundant', false, true],
    ['alone', true, true],
  ] as const) {
    await using visit = await visitConsole(browser, { pair });
    const { page } = visit;
    await visit.open('/');
    await page.getByRole('region', { name: 'Running now' }).waitFor();
    if (hasCard) await page.getByRole('region', card).waitFor();
    else assert.equal(await page.getByRole('region', card).count(), 0, pair);
    const badge = page.getByRole('link', { name: /open the page of the pair/ });
    if (hasBadge) {
      await badge.click();
      await page.getByRole('heading', { level: 1, name: 'Pair' }).waitFor();
    } else assert.equal(await badge.count(), 0, pair);
    visit.assertQuiet();
  }
});

test('pair: a single manager: how to make a pair, with the command', async () => {
  await using visit = await visitPair('single');
  await visit.page.getByRole('heading', { name: 'This manager runs on one host' }).waitFor();
  await visit.page.getByText('nezuban pair create', { exact: true }).waitFor();
  assert.equal(await visit.page.getByRole('button', { name: 'Switch' }).count(), 0);
  visit.assertQuiet();
});
