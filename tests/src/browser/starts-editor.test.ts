// Schedules and start conditions edited as forms: on the same draft as the other views, with undo, with the next starts beside them, and saved; what is
// wrong stands at its field in the user's language.
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

const netName = 'sample/night-run';
const address = '/net/sample%2Fnight-run/edit?view=starts';
const stored = (visit: Visit) => visit.server.world.nets.get(netName)?.definition ?? assert.fail('no net');

const save = async (page: Page) => {
  await page.getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog', { name: /Save a new version/ });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('last day');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
};

test('starts editor: a schedule by the days of a calendar: previewed while it is written, undone, saved', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  const standing = stored(visit).schedules.length;
  await page.getByRole('button', { name: 'Add schedule' }).click();
  const section = page.getByRole('region', { name: 'Schedules', exact: true });
  await section.getByLabel('Name').fill('last-day');
  await section.getByLabel('Times of day', { exact: true }).fill('26:30');
  // Past midnight needs a calendar: the sentence stands at the field.
  await section.getByText('"26:30" is past 23:59, which needs "calendar"').waitFor();
  await section.getByLabel('Calendar', { exact: true }).selectOption('bank');
  await section.getByRole('button', { name: 'Add day' }).click();
  await section.getByLabel('Kind of day 1').selectOption('open');
  await section.getByLabel('Counted from').selectOption('end');
  await section.getByLabel('On a closed day').selectOption('before');
  const preview = section.getByRole('region', { name: 'Next starts: last-day' });
  await preview.getByRole('img', { name: /starts from/ }).waitFor();
  await waitFor(async () => (await preview.getByRole('row').count()) === 11, { message: 'ten starts' });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Undo' }).click();
  await waitFor(async () => (await section.getByLabel('On a closed day').inputValue()) === '', {
    message: 'the last change to be undone',
  });
  await page.getByRole('button', { name: 'Redo' }).click();
  await save(page);
  const { schedules } = stored(visit);
  assert.equal(schedules.length, standing + 1);
  assert.deepEqual(schedules.at(-1), {
    name: 'last-day',
    times: ['26:30'],
    calendar: 'bank',
    days: ['open -1'],
    if_closed: 'before',
    enabled: true,
    missed: 'run_once',
  });
  visit.assertQuiet();
});

test('starts editor: start conditions: an event by its code, both conditions needed, then saved', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  const section = page.getByRole('region', { name: 'Start conditions', exact: true });
  await section.getByRole('button', { name: 'Add start conditions' }).click();
  await section.getByRole('combobox', { name: 'Any of these' }).selectOption('net');
  await section.getByLabel(/^Name/).fill('loaded');
  await section.getByRole('textbox', { name: /^Job net/ }).fill('sample/loads');
  await section.getByLabel('A session starts').selectOption('all');
  await section.getByLabel('Within (s)').fill('600');
  await save(page);
  const conditions = stored(visit).start_conditions;
  assert.equal(conditions?.within_s, 600);
  assert.deepEqual(conditions?.all, [{ name: 'loaded', net: 'sample/loads', on: ['normal', 'warning'] }]);
  visit.assertQuiet();
});

test('starts editor: narrow, in Japanese: the sentence at the field is Japanese, nothing is wider than the screen', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390 });
  const { page } = visit;
  await visit.open(address);
  await page.getByRole('button', { name: 'スケジュールを追加' }).click();
  await page.getByLabel('開始時刻', { exact: true }).last().fill('26:30');
  await page.getByText('23:59 を過ぎた時刻「26:30」には、「calendar」の指定が必要です').first().waitFor();
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  visit.assertQuiet();
});
