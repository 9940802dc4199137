// Queues and locks in the console: who holds and who waits, a queue that is paused with a reason and opened, one that is made and changed, and
// one that waits and comes next.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Where pictures go, for whoever wants to look at them. */
const pictures = process.env['NEZUBAN_TEST_PICTURES'];
const picture = async (page: Page, name: string) => {
  if (pictures !== undefined)
    await page.screenshot({ path: `${pictures}/places-${name}.png`, fullPage: true });
};

test('places: a queue is looked at, paused with a reason, and opened: shown at once', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/places');
  const batch = page.getByRole('listitem').filter({ hasText: '夜間バッチ' });
  await batch.getByText('2 of 2 places taken').waitFor();
  await batch.getByRole('button', { name: /夜間バッチ/ }).click();
  await batch.getByRole('region', { name: 'Wait, in order' }).first().waitFor();
  await picture(page, 'wide');
  await batch.getByRole('button', { name: 'Pause' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('the disk is full');
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await batch.getByText(/^Paused by admin since .*: the disk is full$/).waitFor();
  await batch.getByRole('button', { name: 'Open', exact: true }).click();
  await batch.getByText(/^Paused by/).waitFor({ state: 'detached' });
  visit.assertQuiet();
});

test('places: a lock is made and a queue changed: stored as given', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/places');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nightly');
  await dialog.getByLabel('Places').fill('4');
  await dialog.getByLabel('Other numbers at times of the day').fill('22:00-06:00: 8');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const made = page.getByRole('listitem').filter({ hasText: 'nightly' });
  await made.getByText('0 of 4 places taken').waitFor();
  await made.getByRole('button', { name: /nightly/ }).click();
  await made.getByRole('button', { name: 'Change' }).click();
  assert.equal(await dialog.getByLabel('Other numbers at times of the day').inputValue(), '22:00-06:00: 8');
  await dialog.getByLabel('Places').fill('6');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await made.getByText('0 of 6 places taken').waitFor();
  visit.assertQuiet();
});

test('places: in Japanese, dark, on a narrow screen: all of it can be read', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390, scheme: 'dark' });
  const { page } = visit;
  await visit.open('/places');
  await page.getByRole('heading', { level: 1, name: '実行待ち・排他' }).waitFor();
  await page.getByRole('button', { name: /夜間バッチ/ }).click();
  await page.getByText('1 / 3').waitFor();
  await picture(page, 'narrow');
  visit.assertQuiet();
});
