// An operator's work in the console: install, run, watch, look at output, operate, confirm, add an agent, set up notifications.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** The check fails in its first run. */
const failingOnce = {
  // Slow enough to be watched on a busy machine.
  unitMs: 700,
  outcome: (_: unknown, path: string, run: number) => (path === 'check' && run === 1 ? 'abnormal' : 'normal'),
} as const;

test('sample: on the first day: installed, run with a parameter, watched to its end, the failed unit rerun', async () => {
  await using visit = await visitConsole(browser, { ...failingOnce, empty: true });
  const { page } = visit;
  await visit.open('/nets');
  await page.getByRole('button', { name: 'Install the sample' }).click();
  await page.getByRole('heading', { name: 'Night run', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('BUSINESS_DATE').fill('2026-11-22');
  await dialog.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('heading', { name: 'Session 1', level: 1 }).waitFor();
  await page.getByRole('group', { name: 'extract, Normal' }).waitFor();
  await page.getByRole('group', { name: 'Check totals, Abnormal' }).waitFor();
  await page.getByRole('group', { name: '日次レポート, Not run' }).waitFor();
  await page.getByRole('group', { name: 'alarm, Normal' }).waitFor();
  await page.getByRole('status').getByText('Session 1: Abnormal.').waitFor({ state: 'attached' });

  await page.getByRole('group', { name: 'Check totals, Abnormal' }).click();
  const panel = page.getByRole('region', { name: 'Unit check' });
  await panel.getByText('the totals differ').waitFor();
  await panel.getByRole('button', { name: 'Rerun' }).click();
  await page.getByRole('dialog', { name: 'Rerun: check' }).getByRole('button', { name: 'Rerun' }).click();
  await page.getByRole('group', { name: 'Check totals, Normal' }).waitFor();
  await page.getByRole('group', { name: '日次レポート, Normal' }).waitFor();
  await panel.getByText('run 2').first().waitFor();
  assert.equal(visit.server.world.sessions.get(1)?.parameters['BUSINESS_DATE'], '2026-11-22');
  visit.assertQuiet();
});

test('run: a parameter without a value: the field is demanded, nothing is sent; a dialog that is left gives the focus back', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/nets');
  const opener = page.getByRole('button', { name: 'Run backup' });
  await opener.press('Enter');
  await page.getByRole('dialog').getByLabel('TARGET').waitFor();
  await page.keyboard.press('Escape');
  await opener.and(page.locator(':focus')).waitFor();
  await opener.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  assert.equal(
    await page
      .getByRole('dialog')
      .getByLabel('TARGET')
      .evaluate((field) => field.matches(':invalid')),
    true,
  );
  assert.equal(visit.server.requests.includes('POST /api/v1/nets/backup/sessions'), false);
});

test('run: pressed twice: one session', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/net/sample%2Fnight-run');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Run now' }).dblclick();
  await page.getByRole('heading', { name: /Session 4\d/, level: 1 }).waitFor();
  assert.equal(
    visit.server.requests.filter((request) => request === 'POST /api/v1/nets/sample%2Fnight-run/sessions')
      .length,
    1,
  );
});

test('session: the context menu of a node and the keyboard: the same operations as the panel', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/43');
  const waiting = page.getByRole('group', { name: '日次レポート, Waiting' });
  await waiting.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Hold' }).click();
  await page.getByRole('group', { name: '日次レポート, Held' }).waitFor();
  await page.getByRole('group', { name: '日次レポート, Held' }).focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Unit report' });
  assert.deepEqual(
    await panel.getByRole('group', { name: 'Operations' }).getByRole('button').allInnerTexts(),
    ['Release', 'Skip'],
  );
  await panel.getByRole('button', { name: 'Release' }).click();
  await page.getByRole('group', { name: '日次レポート, Waiting' }).waitFor();
  visit.assertQuiet();
});

test('session: an operation asked about: what will happen stands in the list and in the graph, and goes with the dialog', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/42?unit=check');
  const panel = page.getByRole('region', { name: /check/ });
  await panel.getByRole('button', { name: 'More operations' }).click();
  await page.getByRole('menuitem', { name: 'Rerun what follows' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rerun what follows: check' });
  await dialog.getByText('Begins again, when its turn comes (2)').waitFor();
  await dialog.getByText('the session ends: Normal').waitFor();
  await page.locator('.nz-node').getByText('→ Starts at once').waitFor();
  await dialog.getByRole('checkbox', { name: 'Hold it first' }).check();
  await dialog.getByText('It does not end by itself then: check.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.nz-node').getByText('→ Held').waitFor({ state: 'detached' });
  visit.assertQuiet();
});

test('session: stop asked and answered with no: nothing happens; with yes: it stops', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/sessions/43?view=table');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(
    server.requests.some((request) => request.startsWith('POST') && !request.includes('/preview')),
    false,
  );
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('dialog', { name: 'Stop: session 43' }).getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('table').getByText('Stopped').first().waitFor();
  visit.assertQuiet();
});

test('session table: sorted by state by its heading, a unit opened from it', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/42?view=table');
  await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
  await page.locator('th[aria-sort="ascending"], th[aria-sort="descending"]').waitFor();
  await page.getByRole('button', { name: 'Check totals' }).click();
  await page.getByRole('region', { name: 'Unit check' }).getByText('exit code 3').waitFor();
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByRole('region', { name: 'Attempts' }).getByRole('row').nth(2).waitFor();
});

test('output: while it runs: follows what is written; scrolled back: stays; at the end: says so', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/sessions/43?unit=loads%2Fstock');
  const log = page.getByRole('log', { name: 'Output' });
  await log.getByText('60 of 60').waitFor();
  const unit = server.world.sessions.get(43)?.units.find(({ path }) => path === 'loads/stock');
  const attemptId = unit?.attempts[0]?.id ?? assert.fail('no attempt');
  const write = (more: string, complete = false) => {
    const text = `${server.world.outputs.get(attemptId)?.text ?? ''}\n${more}`;
    server.world.outputs.set(attemptId, { text, complete });
    server.publish({
      type: 'output',
      sessionId: 43 as never,
      attemptId,
      stream: 'stdout',
      storedBytes: Buffer.byteLength(text),
      complete,
    });
  };
  write('fresh line\u001B[31m with \u0007colour');
  await log.getByText('fresh line with ␇colour').waitFor();
  await log.hover();
  await page.mouse.wheel(0, -3000);
  await log.getByText('loaded block 1 of 60').waitFor();
  write('unseen line');
  await page.getByRole('button', { name: 'To the end' }).click();
  await log.getByText('unseen line').waitFor();
  write('last', true);
  await page.getByText('End of output').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as it is' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /stdout\.txt$/);
  visit.assertQuiet();
});

test('settings: the old address of notification rules: leads to where they are now', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/settings/notifications');
  await page.waitForURL(/\/notifications\/rules/);
  await page.getByRole('heading', { level: 1, name: 'Notifications' }).waitFor();
  visit.assertQuiet();
});
