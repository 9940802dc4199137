// The history of a net's definition in the console: two revisions chosen and compared, one restored, a release planned and cancelled.
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

const address = '/net/sample%2Fnight-run?tab=versions';

test('versions: two are chosen by the keyboard and compared in the graph, by parts and as texts', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  await page.getByRole('checkbox', { name: 'Choose revision 2 for comparing' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('checkbox', { name: 'Choose revision 3 for comparing' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Compare', exact: true }).focus();
  await page.keyboard.press('Enter');
  const gone = page.locator('.react-flow__node[data-id="old-cleanup"]');
  await gone.waitFor();
  assert.match((await gone.getAttribute('aria-label')) ?? '', /removed/);
  await page.getByRole('tab', { name: /^Parts/ }).click();
  await page.getByRole('row', { name: /removed Unit old-cleanup/ }).waitFor();
  await page.getByRole('tab', { name: 'Text' }).click();
  const line = page.locator('[data-side="removed"]', { hasText: 'Old night run' });
  await line.waitFor();
  await page.getByRole('button', { name: 'All revisions' }).click();
  await page.getByRole('checkbox', { name: 'Choose revision 2 for comparing' }).waitFor();
  visit.assertQuiet();
});

test('versions: restored with a reason; a release planned at a date, and cancelled', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  await page.getByRole('button', { name: 'Actions of revision 2' }).click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  const restore = page.getByRole('dialog', { name: 'Restore revision 2?' });
  await restore.getByRole('textbox', { name: 'Reason' }).fill('3 loads the wrong file');
  await restore.getByRole('button', { name: 'Restore' }).click();
  await page
    .getByRole('row', { name: /in force.*restored \(revision 2\).*3 loads the wrong file/ })
    .waitFor();

  await page.getByRole('button', { name: 'Actions of revision 3' }).click();
  await page.getByRole('menuitem', { name: 'Release at a date' }).click();
  const release = page.getByRole('dialog', { name: 'Release revision 3 at a date' });
  await release.getByLabel('Date and time').fill('2099-12-01T00:00');
  await release.getByRole('button', { name: 'Plan the release' }).click();
  const planned = page.getByRole('row', { name: /2099.*planned/ });
  await planned.waitFor();
  await planned.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the release' }).click();
  await page.getByRole('row', { name: /2099.*cancelled/ }).waitFor();
  visit.assertQuiet();
});

test('versions of a deleted net: its page shows them, and a restore brings it back', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  await page.getByRole('checkbox', { name: 'Choose revision 2 for comparing' }).waitFor();
  visit.server.world.nets.delete('sample/night-run');
  await page.reload();
  await page.getByText('This job net is deleted.').waitFor();
  await page.getByRole('button', { name: 'Actions of revision 2' }).click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('heading', { level: 1, name: 'Old night run' }).waitFor();
});

test('a change in the editor: sent with its reason', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/net/sample%2Fnight-run/edit');
  await page.getByRole('complementary').getByRole('textbox', { name: 'Title' }).fill('Another title');
  await page.getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('ticket 4711');
  const sent = page.waitForRequest(
    (request) => request.method() === 'PUT' && request.url().includes('reason='),
  );
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  assert.equal(new URL((await sent).url()).searchParams.get('reason'), 'ticket 4711');
});

test('a session says which revision it runs, and leads to it', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/sessions/43');
  await page.getByRole('link', { name: 'runs revision 2' }).click();
  await page.getByText('月次締めの手順を追加').first().waitFor();
  visit.assertQuiet();
});
