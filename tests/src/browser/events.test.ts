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

test('events: somebody takes one up by key, in Japanese: in progress, with his name; taken back by the notice', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page, server } = visit;
  await visit.open('/events');
  await page.getByRole('row').nth(3).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('o');
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: 'イベント 500 を選択', exact: true }) });
  await row.getByText('admin が確認中').waitFor();
  const stateOf = (id: number) => server.world.events.find((event) => event.id === id)?.confirm;
  assert.equal(stateOf(500), 'confirming');
  await page.getByRole('button', { name: /元に戻す|取り消/ }).click();
  await row.getByRole('button', { name: 'イベント 500 を確認する' }).waitFor();
  assert.equal(stateOf(500), 'unconfirmed');
  visit.assertQuiet();
});

test('events: everything that fits the filter: counted first, confirmed up to what was counted, and taken back', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/events?confirm=unconfirmed&priority=critical');
  await page.getByRole('row').nth(3).waitFor();
  const open = () =>
    server.world.events.filter(
      ({ confirm, priority }) => confirm === 'unconfirmed' && priority === 'critical',
    ).length;
  const openBefore = open();
  await page.getByRole('button', { name: 'All that fit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`The filter is met by ${openBefore} events`).waitFor();
  // One that comes while somebody reads the count is not confirmed unseen.
  publishFresh(visit, 903, 'After the count');
  server.world.events = server.world.events.map((event) =>
    event.id === 903 ? { ...event, priority: 'critical' } : event,
  );
  await dialog.getByRole('button', { name: `Change ${openBefore} events` }).click();
  await page.getByText(`Changed: ${openBefore}`).waitFor();
  assert.equal(open(), 1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await waitFor(() => open() === openBefore + 1);
  visit.assertQuiet();
});

test('events: a storm while somebody reads: the rows stand, a bar says how many; one press shows them', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/events');
  const list = page.getByRole('region', { name: 'Events' });
  await list.getByRole('row').nth(3).waitFor();
  await list.evaluate((element) => element.scrollTo({ top: 2000 }));
  await rowOf(page, 450).waitFor();
  const place = await rowOf(page, 450).boundingBox();
  server.world.events = [
    ...Array.from({ length: 1234 }, (_, i) => eventOf(1734 - i, { message: `Storm ${1734 - i}` })),
    ...server.world.events,
  ];
  const asked = () => server.requests.filter((request) => request === 'GET /api/v1/events').length;
  const askedBefore = asked();
  for (let i = 0; i < 20; i += 1) server.publish({ type: 'eventsChanged' });
  await page.getByRole('button', { name: 'New events: about 1,234' }).click({ trial: true });
  assert.deepEqual(await rowOf(page, 450).boundingBox(), place);
  // Neither each message nor all that is loaded is asked for.
  assert.ok(asked() - askedBefore <= 4, `${asked() - askedBefore} requests`);
  await page.getByRole('button', { name: 'New events: about 1,234' }).click();
  await page.getByText('Storm 1734').waitFor();
  visit.assertQuiet();
});

test('events: saved filters, in Japanese: one of a colleague is applied; the present one is saved for everybody; deleted and restored', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page } = visit;
  await visit.open('/events');
  const bar = page.getByRole('group', { name: '保存した条件' });
  await bar.getByRole('button', { name: 'network-down', exact: true }).click();
  await waitFor(() => page.url().includes('monitor=syslog-network'));
  await page.getByText('changed state to down').first().waitFor();
  assert.equal(
    await bar.getByRole('button', { name: 'network-down', exact: true }).getAttribute('aria-pressed'),
    'true',
  );
  await page.getByRole('searchbox').fill('down');
  await bar.getByRole('button', { name: 'この条件を保存' }).click();
  await page.getByRole('dialog').getByLabel('名前').fill('my-links');
  await page.getByRole('dialog').getByRole('switch', { name: '全員に公開' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await bar.getByRole('button', { name: 'my-links', exact: true }).waitFor();
  await bar.getByRole('button', { name: 'my-links の管理' }).click();
  await page.getByRole('menuitem', { name: '削除' }).click();
  await bar.getByRole('button', { name: 'my-links', exact: true }).waitFor({ state: 'detached' });
  await page.getByText('条件「my-links」を削除しました。').waitFor();
  await page.getByRole('button', { name: /元に戻す|取り消/ }).click();
  await bar.getByRole('button', { name: 'my-links', exact: true }).waitFor();
  visit.assertQuiet();
});

test('event of a trap: on its own page: the chain, the raw trap, fields written, a failed delivery tried again, the ways on', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/events?event=493');
  await page.getByRole('link', { name: 'Open as a page' }).click();
  await page.getByRole('heading', { name: 'Event 493', level: 1 }).waitFor();
  const chain = page.getByRole('region', { name: 'What it came from, what became of it' });
  await chain.getByText('Trap 419').waitFor();
  await chain.getByText('Escalation network-duty').waitFor();
  await chain.getByRole('link', { name: 'Session 41' }).waitFor();
  await chain.getByText('silence 4').waitFor();
  await chain.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Delivery 28 is tried again.').waitFor();
  const trap = page.getByRole('region', { name: 'The trap as it came' });
  await trap.getByRole('tab', { name: 'Hex' }).click();
  await trap.getByText('0000  3c 31 38 37 3e').waitFor();
  await trap.getByRole('tab', { name: 'Parsed' }).click();
  await trap.getByText('ifmgr', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Edit the fields' }).click();
  await page.getByLabel('Value of Contact').fill('NOC-2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Fields saved.').waitFor();
  assert.equal(server.world.events.find(({ id }) => id === 493)?.fields['contact'], 'NOC-2');
  await page.getByRole('button', { name: 'Undo' }).click();
  await waitFor(() => server.world.events.find(({ id }) => id === 493)?.fields['contact'] === 'NOC');
  assert.match(
    (await page.getByRole('link', { name: 'Silence this' }).getAttribute('href')) ?? '',
    /^\/notifications\/silences\?event=493&node=.*&monitor=syslog-network&key=link%3AGi0%2F3$/,
  );
  await page.getByRole('link', { name: 'All events of this state' }).click();
  await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
  await rowOf(page, 493).waitFor();
  visit.assertQuiet();
});

test('event of a trap: a notification rule for such events: begins with its node, monitor and key', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/events/493');
  await page.getByRole('link', { name: 'Make a notification rule' }).click();
  await page.getByRole('heading', { level: 1, name: /rule/i }).waitFor();
  await page.getByText('syslog-network').first().waitFor();
  await page.getByText('link:Gi0/3').first().waitFor();
  visit.assertQuiet();
});
