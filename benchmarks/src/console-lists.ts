/**
 * How the console's long lists feel: frames while scrolling, and the time from a key in a filter to the narrowed list.
 *
 * 10,000 job nets and 100,000 events in a real manager's API shape, served by the fake manager of the browser tests: what is measured is
 * the console in a browser (drawing, paging, patching), not the database, which `bench:search` weighs. Run by `npm run bench:console`.
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import type { CDPSession, Page } from 'playwright-core';
import { visitConsole, type Visit } from '@nezuban/tests/browser/console-page';
import { backup, eventOf, netOf } from '@nezuban/tests/browser/fake-manager/fake-data';
import { launchBrowser } from '@nezuban/tests/support/browser';

const NETS = 10_000;
const EVENTS = 100_000;
const RUNS = 3;
const SCROLL_MS = 4_000;
/** As fast as a wheel is spun. */
const PIXELS_PER_FRAME = 240;
/** What the words in the filter find, and the heading. */
const FOUND_MOST = 12;
const LOADED_WITHIN_MS = 600_000;

type Scroll = { readonly framesPerSecond: number; readonly longestFrameMs: number; readonly frames: number };

/** CPU time that the page's main thread has used, in milliseconds: it says the same on a busy machine as on a quiet one. */
const cpuMs = async (cdp: CDPSession): Promise<number> => {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
};

/** Scrolls by a fixed distance in each frame and counts the frames that the browser shows. */
const scroll = (page: Page, label: string): Promise<Scroll> =>
  page.evaluate(`new Promise((resolve) => {
    const element = document.querySelector('[role="region"][aria-label="${label}"]');
    const started = performance.now();
    let last = started, frames = 0, longestFrameMs = 0;
    const next = (now) => {
      frames += 1;
      longestFrameMs = Math.max(longestFrameMs, now - last);
      last = now;
      element.scrollTop += ${PIXELS_PER_FRAME};
      if (now - started < ${SCROLL_MS}) requestAnimationFrame(next);
      else resolve({ framesPerSecond: (frames / (now - started)) * 1000, longestFrameMs, frames });
    };
    requestAnimationFrame(next);
  })`);

/** Goes to the end again and again until all is loaded. Milliseconds. */
const loadAll = async ({ page }: Visit, label: string, rows: number): Promise<number> => {
  const started = performance.now();
  const table = page.getByRole('region', { name: label }).getByRole('table');
  while (Number(await table.getAttribute('aria-rowcount')) <= rows) {
    assert.ok(performance.now() - started < LOADED_WITHIN_MS, `not all of ${label} were loaded`);
    await page
      .getByRole('region', { name: label })
      .evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await page.waitForTimeout(5);
  }
  return performance.now() - started;
};

/** From the last letter typed to the narrowed list on the screen. Milliseconds. */
const filter = async (page: Page, text: string, label: string): Promise<number> => {
  const field = page.getByRole('searchbox');
  await field.fill('');
  await page.waitForTimeout(1_000);
  const row = page.getByRole('region', { name: label }).getByText(text).first();
  const started = performance.now();
  await field.fill(text);
  await row.waitFor();
  await page.waitForFunction(
    `Number(document.querySelector('table')?.getAttribute('aria-rowcount')) <= ${FOUND_MOST}`,
    undefined,
    { polling: 'raf' },
  );
  return performance.now() - started;
};

const show = (name: string, values: readonly number[], unit: string): void => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => (sorted.at(index) ?? Number.NaN).toFixed(0);
  console.log(
    `${name}: ${at(Math.floor(sorted.length / 2))} ${unit} (${at(0)} to ${at(-1)}, n=${values.length})`,
  );
};

const measure = async (
  visit: Visit,
  list: { label: string; address: string; rows: number; text: string },
) => {
  const { page } = visit;
  await visit.open(list.address);
  const region = page.getByRole('region', { name: list.label });
  await region.getByRole('row').nth(3).waitFor();
  const loadMs = await loadAll(visit, list.label, list.rows);
  console.log(`${list.label}: all ${list.rows} scrolled into memory in ${(loadMs / 1000).toFixed(1)} s`);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const frames: Scroll[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await region.evaluate(
      (element, part) => element.scrollTo({ top: element.scrollHeight * part }),
      run / (RUNS + 1),
    );
    await page.waitForTimeout(500);
    const before = await cpuMs(cdp);
    const scrolled = await scroll(page, list.label);
    cpu.push((await cpuMs(cdp)) - before);
    frames.push(scrolled);
  }
  show(
    `${list.label}: frames/s while scrolling`,
    frames.map(({ framesPerSecond }) => framesPerSecond),
    'frames/s',
  );
  show(
    `${list.label}: longest frame`,
    frames.map(({ longestFrameMs }) => longestFrameMs),
    'ms',
  );
  show(
    `${list.label}: main thread's CPU for a frame`,
    cpu.map((ms, run) => ms / (frames[run]?.frames ?? Number.NaN)),
    'ms',
  );
  const filters: number[] = [];
  const filterCpu: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const before = await cpuMs(cdp);
    filters.push(await filter(page, `${list.text}${run}`, list.label));
    filterCpu.push((await cpuMs(cdp)) - before);
  }
  show(`${list.label}: filter, key to list`, filters, 'ms');
  show(`${list.label}: filter, main thread's CPU (cleared and filled)`, filterCpu, 'ms');
};

const browser = await launchBrowser();
try {
  await using visit = await visitConsole(browser);
  const { server } = visit;
  for (let i = 0; i < NETS; i += 1) {
    const name = `area-${i % 40}/group-${i % 400}/net-${String(i).padStart(5, '0')}`;
    server.world.nets.set(name, netOf({ ...backup, name, title: `業務 ${i}` }));
  }
  server.world.events = Array.from({ length: EVENTS }, (_, i) =>
    eventOf(EVENTS - i, {
      at: new Date(Date.now() - i * 1000).toISOString(),
      priority: i % 9 === 0 ? 'critical' : 'info',
      message: `Session ${i} of night/settlement ended normally. mark-${i}-`,
      details: { session: i, net: 'night/settlement', endStatus: 'normal' },
    }),
  );
  await measure(visit, { label: 'Job nets', address: '/nets', rows: NETS, text: 'net-0777' });
  await measure(visit, { label: 'Events', address: '/events', rows: EVENTS, text: 'mark-7777' });
} finally {
  await browser.close();
}
