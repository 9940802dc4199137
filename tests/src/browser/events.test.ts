// The page of events as those use it who watch through the night: narrowed down, confirmed by key, taken back, read while new ones come.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole, type Visit } from './console-page.ts';
import { eventOf } from './fake-manager/fake-data.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const publishFresh = ({ server }: Visit, id: number, message: string) => {
  const event = eventOf(id, { message, priority: 'warning' });
  server.world.events = [event, ...server.world.events];
  server.publish({ type: 'event', event });
};
const confirmedIds = ({ server }: Visit, ids: readonly number[]) =>
  server.world.events
    .filter(({ id, confirm }) => ids.includes(id) && confirm === 'confirmed')
    .map(({ id }) => id);
const rowOf = (page: Page, id: number) =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: `Select event ${id}`, exact: true }) });

test('events: new ones appear by themselves; several are confirmed with a comment, and taken back by the notice', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/events?confirm=unconfirmed');
  await page.getByRole('row').nth(3).waitFor();
  publishFresh(visit, 900, 'A fresh event');
  await page.getByText('A fresh event').waitFor();
  await page.getByRole('checkbox', { name: 'Select event 900' }).click();
  await page.getByRole('checkbox', { name: 'Select event 500' }).click();
  const toolbar = page.getByRole('toolbar', { name: 'Selected events' });
  await toolbar.getByRole('button', { name: 'Confirm with a comment' }).click();
  await page.getByRole('dialog').getByLabel('Comment').fill('Seen by the night shift');
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('A fresh event').waitFor({ state: 'detached' });
  assert.deepEqual(
    server.world.events.filter(({ comment }) => comment === 'Seen by the night shift').map(({ id }) => id),
    [900, 500],
  );
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('A fresh event').waitFor();
  assert.deepEqual(confirmedIds(visit, [900, 500]), []);
  visit.assertQuiet();
});

test('events: single keys, in Japanese: j and k go, x selects, c confirms, ? explains, switched off they are off', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page } = visit;
  await visit.open('/events');
  await page.getByRole('row').nth(3).waitFor();
  const press = (keys: string) => page.keyboard.press(keys);
  await press('j');
  await waitFor(() =>
    rowOf(page, 500)
      .count()
      .then(() => true),
  );
  await press('j');
  await press('k');
  await press('x');
  await press('j');
  await press('x');
  await page.getByText('選択: 2 件').waitFor();
  await press('c');
  await page.getByText('2 件を確認済みにしました。').waitFor();
  assert.deepEqual(confirmedIds(visit, [500, 499, 498]), [500, 499]);
  await press('?');
  const help = page.getByRole('dialog', { name: 'キーボード操作' });
  await help.getByText('検索欄へ移動').waitFor();
  await help.getByRole('switch').click();
  await press('Escape');
  await help.waitFor({ state: 'detached' });
  await press('/');
  assert.equal(await page.locator('#events-search:focus').count(), 0);
  visit.assertQuiet();
});

test('events: read further down while new ones arrive: nothing moves, a button leads to them', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/events');
  const list = page.getByRole('region', { name: 'Events' });
  await list.getByRole('row').nth(3).waitFor();
  await list.evaluate((element) => element.scrollTo({ top: 2000 }));
  await rowOf(page, 450).waitFor();
  const place = await rowOf(page, 450).boundingBox();
  publishFresh(visit, 901, 'First of two');
  publishFresh(visit, 902, 'Second of two');
  await page.getByRole('button', { name: 'New events: 2' }).waitFor();
  assert.deepEqual(await rowOf(page, 450).boundingBox(), place);
  await page.getByRole('button', { name: 'New events: 2' }).click();
  await page.getByText('Second of two').waitFor();
  visit.assertQuiet();
});

test('events: narrowed down: by words, kind and node; the address keeps it over a reload; nothing found leads back', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/events');
  await page.getByRole('searchbox').fill('disconnected');
  await page.getByText('Session 42 of sample/night-run').first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByLabel('Node', { exact: true }).fill('batch-02');
  await waitFor(() => page.url().includes('node=batch-02'));
  await page.reload();
  await page.getByText('The agent of batch-02 is disconnected').first().waitFor();
  assert.equal(await page.getByLabel('Node', { exact: true }).inputValue(), 'batch-02');
  await page.getByRole('searchbox').fill('no such words');
  await page.getByText('No event matches').waitFor();
  await page.getByRole('button', { name: 'Show all events' }).click();
  await page.getByText('Session 42 of sample/night-run').first().waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
  visit.assertQuiet();
});

test('event: opened: what it is about is one press away, the next one too', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/events?event=500');
  const drawer = page.getByRole('dialog', { name: 'Event 500' });
  await drawer.getByRole('button', { name: 'Next event' }).click();
  await page.getByRole('dialog', { name: 'Event 499' }).waitFor();
  await page.getByRole('button', { name: 'Previous event' }).click();
  await drawer.getByRole('link', { name: 'Open the session' }).click();
  await page.getByRole('heading', { name: 'Session 42', level: 1 }).waitFor();
  visit.assertQuiet();
});

test('events: a long list: more are loaded when its end is near, only some rows are drawn', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  server.world.events = Array.from({ length: 2000 }, (_, i) => eventOf(5000 - i, { message: `Event ${i}` }));
  await visit.open('/events');
  const list = page.getByRole('region', { name: 'Events' });
  await list.getByRole('row').nth(3).waitFor();
  assert.ok((await list.getByRole('row').count()) < 60);
  await list.hover();
  await waitFor(async () => {
    await page.mouse.wheel(0, 8000);
    return server.requests.filter((request) => request === 'GET /api/v1/events').length >= 3;
  });
});
