// The main ways of an operator through the working pages: from a failure on the overview to its output and its rerun, through folders of
// job nets, along the times of a session.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole } from './console-page.ts';
import { backup, eventOf, netOf } from './fake-manager/fake-data.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const failedUnit = eventOf(950, {
  priority: 'critical',
  code: 'unit_ended',
  node: 'local',
  message: 'Unit "check" of session 42 (sample/night-run) ended abnormally: Exit code 3 on local.',
  details: { session: 42, net: 'sample/night-run', unit: 'check', endStatus: 'abnormal', exitCode: 3 },
});

const wordsOf = [
  {
    language: 'en',
    failures: 'Failed, not dealt with',
    unit: 'Unit check',
    rerun: 'Rerun',
    confirm: 'Confirm all events of session 42',
    none: 'Nothing has failed that is not confirmed.',
  },
  {
    language: 'ja',
    failures: '異常終了(未確認)',
    unit: 'ユニット check',
    rerun: '再実行',
    confirm: 'セッション 42 のイベントをすべて確認済みにする',
    none: '未確認の異常終了はありません。',
  },
] as const;

const dealWithFailure = async (words: (typeof wordsOf)[number]) => {
  await using visit = await visitConsole(browser, { unitMs: 300 }, { language: words.language });
  const { page, server } = visit;
  server.world.events = [
    failedUnit,
    ...server.world.events.filter(({ details }) => details['session'] === undefined),
  ];
  await visit.open('/');
  const part = page.getByRole('region', { name: words.failures });
  await part.getByRole('link', { name: /check/ }).click();
  const panel = page.getByRole('region', { name: words.unit });
  await panel.getByText('400 of 400').waitFor();
  await panel.getByRole('button', { name: words.rerun }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.rerun }).click();
  await waitFor(
    () => (server.world.sessions.get(42)?.units.find(({ path }) => path === 'check')?.run ?? 0) > 1,
  );
  await page.goBack();
  await part.getByRole('button', { name: words.confirm }).click();
  await page.getByText(words.none).waitFor();
  assert.equal(server.world.events.find(({ id }) => id === 950)?.confirm, 'confirmed');
  visit.assertQuiet();
};
for (const words of wordsOf)
  test(`overview, ${words.language}: a failure: one press to its output, rerun there, confirmed here`, () =>
    dealWithFailure(words));

test('job nets: folders by keyboard, search within one, the address keeps both; sorted by the last result', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  for (const name of ['night/settlement', 'night/late/interest', 'day/rates'])
    server.world.nets.set(name, netOf({ ...backup, name }));
  const { lastSession } = server.world.nets.get('sample/night-run') ?? assert.fail('no net');
  assert.ok(lastSession !== null);
  server.world.nets.set(
    'night/late/interest',
    netOf(
      { ...backup, name: 'night/late/interest' },
      { lastSession: { ...lastSession, state: 'ended', endStatus: 'abnormal' } },
    ),
  );
  await visit.open('/nets');
  const tree = page.getByRole('tree', { name: 'Folders' });
  await tree.getByRole('treeitem', { name: /All job nets/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await tree.getByRole('treeitem', { name: /^night.*Worst last result: / }).waitFor();
  await tree.getByRole('treeitem', { name: /late.*Worst last result: / }).waitFor();
  assert.doesNotMatch(await tree.getByRole('treeitem', { name: /day/ }).innerText(), /Worst last result/);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'rates' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'settlement', exact: true }).waitFor();
  await page.getByRole('searchbox').fill('interest');
  await page.getByRole('link', { name: 'settlement', exact: true }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('link', { name: 'late/interest' }).waitFor();
  assert.match(page.url(), /folder=night/);
  await page.goto(`${server.url}/nets`);
  await page.getByRole('columnheader', { name: 'Last session' }).getByRole('button').click();
  await waitFor(() => page.url().includes('sort=last'));
  assert.match(await page.getByRole('row').nth(1).innerText(), /late\/interest/);
  visit.assertQuiet();
});

test('net, history: its bars by keyboard: a session is opened', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/net/sample%2Fnight-run?tab=history');
  await page.getByText('Usual duration (median)').waitFor();
  await page.getByRole('listbox', { name: /Durations/ }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Session 42', level: 1 }).waitFor();
  visit.assertQuiet();
});

test('Gantt: chosen by keyboard, zoomed and fitted, ordered by start; the address keeps it; the same menu as elsewhere', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/42?view=gantt');
  const chart = page.getByRole('listbox', { name: 'Units' });
  await chart.getByRole('option', { name: /^Check totals, Abnormal/ }).waitFor();
  await chart.focus();
  await page.keyboard.press('Home');
  await page.getByRole('region', { name: 'Unit extract' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('region', { name: 'Unit loads' }).waitFor();
  const width = () => chart.evaluate((element) => element.scrollWidth);
  const fitted = await width();
  await page.keyboard.press('+');
  await waitFor(async () => (await width()) > fitted * 1.3);
  await page.keyboard.press('0');
  await waitFor(async () => (await width()) === fitted);
  await page.getByText('By start', { exact: true }).click();
  await waitFor(() => page.url().includes('order=start'));
  await page.reload();
  await page.getByRole('region', { name: 'Unit loads' }).waitFor();
  await chart.getByRole('option', { name: /Check totals/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Rerun', exact: true }).waitFor();
  visit.assertQuiet();
});

test('Gantt: 5,000 units: only those in view are drawn, the last one is reached', async () => {
  await using visit = await visitConsole(browser, { largeUnits: 5000 });
  const { page } = visit;
  await visit.open('/sessions/44?view=gantt');
  const chart = page.getByRole('listbox', { name: 'Units' });
  await chart.getByRole('option').nth(3).waitFor();
  assert.ok((await chart.getByRole('option').count()) < 80);
  await chart.focus();
  await page.keyboard.press('End');
  await chart.getByRole('option', { name: /unit-4999/ }).waitFor();
  visit.assertQuiet();
});

test('session: a number of the progress: leads from one such unit to the next; variables: what the commands were given', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/42?view=table');
  await page.getByRole('button', { name: /^Abnormal: 1\./ }).click();
  await page.getByRole('region', { name: 'Unit check' }).waitFor();
  await page.getByText('Variables', { exact: true }).click();
  const variables = page.getByRole('region', { name: 'Variables' });
  await variables.getByText('BUSINESS_DATE').waitFor();
  await variables.getByText('NEZUBAN_SESSION_ID').waitFor();
  visit.assertQuiet();
});
