// Definitions applied as YAML: errors at their place, nothing lost by leaving; a net deleted. The editor of job nets: net-editor.test.ts.
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

const address = '/nets/apply';

test('apply: an error: its line, path and sentence; the cursor goes there', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  const text = page.getByLabel('Definition as YAML');
  await text.fill('kind: jobnet\nname: x\nunits:\n  - name: a\n    command: "true"\n    after: [nowhere]\n');
  await page.getByRole('button', { name: 'Check only' }).click();
  const alert = page.getByRole('alert');
  await alert.getByText('there is no unit "nowhere" here').waitFor();
  await alert.getByText('units[1].after.all[0].unit').waitFor();
  await alert.getByRole('button', { name: 'Line 6' }).click();
  const [start, end] = await text.evaluate(
    (area: { readonly selectionStart: number; readonly selectionEnd: number }) => [
      area.selectionStart,
      area.selectionEnd,
    ],
  );
  assert.equal((await text.inputValue()).slice(start, end), 'after: [nowhere]');
  visit.assertQuiet();
});

test('apply: checked, then applied: said what would change, then the net is shown', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open(address);
  await page.getByRole('button', { name: 'Check only' }).click();
  await page.getByText('No errors. Applying would change this:').waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('heading', { name: 'Night run', level: 1 }).waitFor();
  assert.equal(server.requests.filter((request) => request === 'POST /api/v1/definitions').length, 2);
});

test('apply: left with unsaved text: asked; staying keeps the text', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  await page.getByLabel('Definition as YAML').fill('kind: jobnet # mine');
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page
    .getByRole('dialog', { name: 'Leave without applying?' })
    .getByRole('button', { name: 'Cancel' })
    .click();
  assert.equal(await page.getByLabel('Definition as YAML').inputValue(), 'kind: jobnet # mine');
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
});

test('net: deleted with the version that was seen: asked, then gone from the list', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/net/backup');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete this job net' }).click();
  await page.getByRole('dialog', { name: 'Delete backup?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Job nets', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Night run' }).waitFor();
  assert.equal(server.world.nets.has('backup'), false);
  visit.assertQuiet();
});
