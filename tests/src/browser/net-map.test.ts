// The map of nets in the console: looked at as a picture and as a list, walked through from net to net.
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('net map: from the list of nets to the map; a net is chosen by the keyboard, explained, and put in the middle', async () => {
  await using visit = await visitConsole(browser, { relatedNets: true });
  const { page } = visit;
  await visit.open('/nets');
  await page.getByRole('link', { name: 'Map', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Map of job nets' }).waitFor();
  const node = page.locator('.react-flow__node[data-id="night/report"]');
  await node.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Job net night/report' });
  await panel.getByText('is started by night/settlement').waitFor();
  await panel.getByText('waits for night/close').waitFor();
  await panel.getByText('day/online waits for it').waitFor();
  await panel.getByRole('button', { name: 'Put it in the middle' }).click();
  await page.waitForURL(/net=night%2Freport/);
  await page.locator('.react-flow__node[data-id="common/check"]').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator('.react-flow__node[data-id="common/check"]').waitFor();
  visit.assertQuiet();
});

test('net map: as a list, of a folder: one row a relation; what is not there is said', async () => {
  await using visit = await visitConsole(browser, { relatedNets: true });
  const { page } = visit;
  await visit.open('/nets/map?folder=day');
  await page.getByText('List', { exact: true }).click();
  await page
    .getByRole('row', { name: /day\/online starts day\/no-longer-there \(there is no such job net\)/ })
    .waitFor();
  await page.getByRole('row', { name: /night\/close never runs beside day\/online/ }).waitFor();
  await page.getByRole('link', { name: 'night/close' }).click();
  await page.waitForURL(/\/net\/night%2Fclose/);
  visit.assertQuiet();
});

test('net map: nets that know nothing of each other: it says what relates them', async () => {
  await using visit = await visitConsole(browser);
  await visit.open('/nets/map');
  await visit.page.getByText('No job net names another one').waitFor();
  visit.assertQuiet();
});
