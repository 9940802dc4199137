// The manager goes away and comes back while somebody looks; and what the console weighs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from './console-page.ts';

/** Of scripts, compressed, until a page shows. */
const firstPaintScriptBytesMax = 400 * 1024;
/** Wanted is one second on an idle machine; tests share theirs. */
const largeSessionMsMax = 10_000;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('connection: the manager goes away: said within seconds, data stay; it comes back restarted: loaded anew', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/nodes');
  await page.getByRole('row', { name: /batch-02/ }).waitFor();
  server.goAway();
  await page.getByText('No connection to the manager.').waitFor();
  await page.getByRole('row', { name: /batch-02/ }).waitFor();
  server.world.nodes = server.world.nodes.filter(({ name }) => name !== 'batch-02');
  server.comeBack();
  const restarted = page.getByText('The manager was restarted').waitFor();
  // It tries again by itself too: the button may be gone before it is reached.
  await Promise.any([page.getByRole('button', { name: 'Try now' }).click(), restarted]);
  await restarted;
  await page.getByText('No connection to the manager.').waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /batch-02/ }).waitFor({ state: 'detached' });
  visit.assertQuiet(/ERR_|Failed to load resource/);
});

test('connection: away when the page is opened first: said, and tried again on request', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  let away = true;
  await visit.context.route('**/api/v1/**', (route) => (away ? route.abort() : route.continue()));
  await page.goto(server.url);
  await page.getByText('The manager does not answer').waitFor();
  away = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
});

test('weight: what a browser loads before a page shows: within the limit, all from this server', async () => {
  for (const [address, world] of [
    ['/sign-in', { signedIn: false }],
    ['/', {}],
  ] as const) {
    await using visit = await visitConsole(browser, world);
    const scripts = new Map<string, Promise<number>>();
    const origins = new Set<string>();
    visit.page.on('response', (response) => {
      origins.add(new URL(response.url()).origin);
      if (response.url().endsWith('.js'))
        scripts.set(
          response.url(),
          response.body().then((body) => gzipSync(body).length),
        );
    });
    await visit.open(address);
    await visit.page.waitForLoadState('load');
    const total = (await Promise.all(scripts.values())).reduce((sum, size) => sum + size, 0);
    assert.ok(
      total > 0 && total <= firstPaintScriptBytesMax,
      `${address} loads ${Math.round(total / 1024)} KiB of scripts`,
    );
    assert.deepEqual([...origins], [visit.server.url]);
  }
});

test('a session of 10,000 units: shown as an overview, read after zooming in, listed as a table', async () => {
  await using visit = await visitConsole(browser, { largeUnits: 10_000 });
  const { page } = visit;
  const started = performance.now();
  await visit.open('/sessions/44');
  await page.getByRole('img', { name: /Overview of 10000 units/ }).waitFor();
  assert.ok(performance.now() - started < largeSessionMsMax, 'it took too long to show');
  assert.equal(await page.locator('.react-flow__node').count(), 0);
  const box =
    (await page.getByRole('region', { name: 'Graph of session 44' }).boundingBox()) ??
    assert.fail('no graph');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await page.locator('.react-flow__node').first().waitFor();
  assert.ok((await page.locator('.react-flow__node').count()) < 400);
  await page.getByText('Table', { exact: true }).click();
  await page.getByRole('row').nth(5).waitFor();
  assert.ok((await page.getByRole('row').count()) < 100);
  visit.assertQuiet();
});
