// Calendars in the console: the picture of a year by mouse and keyboard, days that are opened and closed, holidays from a file, a rule that
// goes by a calendar, and when a net starts next.
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
    await page.screenshot({ path: `${pictures}/calendars-${name}.png`, fullPage: true });
};
const year = new Date().getUTCFullYear();
const dayOf = (page: Page, date: string) =>
  page.locator(`.nz-day[data-day="${Date.parse(`${date}T00:00:00Z`) / 86_400_000}"]`);

test('calendars: a day is closed by keyboard: shown at once, stored when saved', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/calendars');
  await picture(page, 'list');
  await page.getByRole('link', { name: '銀行営業日' }).click();
  await page.getByRole('heading', { level: 1, name: '銀行営業日' }).waitFor();
  await picture(page, 'year');
  // The whole year is one stop of the Tab key.
  assert.equal(await page.locator('.nz-day[tabindex="0"]').count(), 1);
  await dayOf(page, `${year}-06-10`).focus();
  for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This day is open').waitFor();
  await dialog.getByLabel('Name').fill('棚卸');
  await picture(page, 'day');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const changed = dayOf(page, `${year}-06-15`);
  assert.match((await changed.getAttribute('aria-label')) ?? '', /closed, 棚卸/);
  assert.equal(await changed.getAttribute('data-tone'), 'holiday');
  await page.getByRole('button', { name: 'Save the calendar' }).click();
  await page.getByText('Saved').first().waitFor();
  await page.reload();
  await dayOf(page, `${year}-06-15`).waitFor();
  assert.equal(await dayOf(page, `${year}-06-15`).getAttribute('data-tone'), 'holiday');
  visit.assertQuiet();
});

test('calendars: a year on, days of every year and inherited ones, on a narrow screen in Japanese and dark', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390, scheme: 'dark' });
  const { page } = visit;
  await visit.open('/calendar/bank');
  const newYear = dayOf(page, `${year}-01-01`);
  assert.match((await newYear.getAttribute('aria-label')) ?? '', /休業日、年末年始/);
  assert.match(
    (await dayOf(page, `${year}-11-23`).getAttribute('aria-label')) ?? '',
    /休業日、勤労感謝の日、japan から継承/,
  );
  await page.getByRole('button', { name: '翌年' }).click();
  await page.getByRole('heading', { name: `${year + 1}年`, exact: true }).waitFor();
  assert.equal(await dayOf(page, `${year + 1}-01-02`).getAttribute('data-tone'), 'holiday');
  await picture(page, 'narrow');
  visit.assertQuiet();
});

test('calendars: days of every year are added and removed as entries', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/calendar/bank');
  await page.getByRole('button', { name: 'Add days' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Every year').check({ force: true });
  await dialog.getByRole('group', { name: 'From' }).getByLabel('Month').fill('8');
  await dialog.getByRole('group', { name: 'From' }).getByLabel('Day').fill('13');
  await dialog.getByRole('group', { name: 'To' }).getByLabel('Month').fill('8');
  await dialog.getByRole('group', { name: 'To' }).getByLabel('Day').fill('15');
  await dialog.getByLabel('Name').fill('お盆');
  await picture(page, 'add');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.match((await dayOf(page, `${year}-08-14`).getAttribute('aria-label')) ?? '', /closed, お盆/);
  await page.getByRole('button', { name: /^Remove Aug 13/ }).click();
  assert.doesNotMatch((await dayOf(page, `${year}-08-14`).getAttribute('aria-label')) ?? '', /お盆/);
  visit.assertQuiet();
});

test('calendars: holidays from a file: what would change is shown before', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/calendar/japan');
  await page.getByRole('button', { name: 'Import holidays' }).click();
  const dialog = page.getByRole('dialog');
  const file = (text: string) => ({
    name: 'syukujitsu.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(text),
  });
  const input = page.locator('input[type="file"]');
  await input.setInputFiles(file('yesterday\n2026/1/1,x\nnext year,y\n'));
  await dialog.getByText(/is no date/).waitFor();
  await input.setInputFiles(file(`日付,名称\n${year + 1}/1/1,元日\n${year}/1/1,元旦\n`));
  await dialog.getByText('2 holidays in the file').waitFor();
  await dialog.getByText('(was 元日)').waitFor();
  await picture(page, 'import');
  await dialog.getByRole('button', { name: 'Take over 2' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Year after' }).click();
  await page
    .locator(`[data-day="${Date.parse(`${year + 1}-01-01T00:00:00Z`) / 86_400_000}"][aria-label*="元日"]`)
    .waitFor();
  visit.assertQuiet();
});

test('calendars: in use: not deleted, and said by what; a new one is made and opened', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/calendar/japan');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText(/in use by calendar "bank"/).waitFor();
  await page.getByRole('link', { name: 'All calendars' }).click();
  await page.getByRole('button', { name: 'New calendar' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('factory');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'factory' }).waitFor();
  visit.assertQuiet();
});

test('calendars: a rule tells on closed days of a calendar; a net shows when it starts next and why not', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/notifications/edit/rule/night-duty');
  await page.getByRole('button', { name: 'At any time' }).click();
  await page.getByRole('button', { name: 'Add a time of silence' }).click();
  const band = page.getByRole('group', { name: 'Tell nothing' });
  await band.getByLabel('Calendar', { exact: true }).first().click();
  await page.getByRole('option', { name: 'bank' }).click();
  await band.getByLabel('Days of it').first().click();
  await page.getByRole('option', { name: 'closed days' }).click();
  await picture(page, 'rule');
  await visit.open('/net/sample%2Fnight-run?tab=schedules');
  await page.getByText('calendar bank').waitFor();
  await page
    .getByText(/instead of/)
    .first()
    .waitFor();
  await picture(page, 'starts');
  visit.assertQuiet();
});
