/**
 * How the picture of a large net feels: time to the first paint, and frames while it is dragged, near and from afar.
 *
 * A session of 5,000 and one of 10,000 units, served by the fake manager of the browser tests: what is measured is the console in a
 * browser that draws with the processor. Run by `npm run bench:graph`.
 */
import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { visitConsole } from '@nezuban/tests/browser/console-page';
import { launchBrowser } from '@nezuban/tests/support/browser';
import { printRow, summary } from './statistics.ts';

const SIZES = [5_000, 10_000];
const RUNS = 5;
const DRAG_FRAMES = 120;
const PIXELS_PER_FRAME = 12;

type Drag = { readonly framesPerSecond: number; readonly cpuMsPerFrame: number };

/** From the request of the page to the first unit, or to the picture from afar, on the screen. Milliseconds. */
const firstPaint = async (page: Page, address: string): Promise<number> => {
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(
    `document.querySelector('.react-flow__node') !== null || document.querySelector('canvas.nz-overview') !== null`,
    undefined,
    { polling: 'raf' },
  );
  return performance.now() - started;
};

/** The same without loading scripts: the page is left and comes again inside the console. */
const paintAgain = async (page: Page): Promise<number> => {
  await page.goBack();
  await page.locator('.nz-graph').waitFor({ state: 'detached' });
  return await page.evaluate(`new Promise((resolve) => {
    const started = performance.now();
    history.forward();
    const look = () => {
      const there = document.querySelector('.react-flow__node') ?? document.querySelector('canvas.nz-overview');
      if (there === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve(performance.now() - started));
    };
    requestAnimationFrame(look);
  })`);
};

const cpuMs = async (cdp: CDPSession): Promise<number> => {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
};

/** Drags the pane by a fixed distance in each frame, there and back, with pointer events as a mouse gives them. */
const drag = async (page: Page, cdp: CDPSession): Promise<Drag> => {
  const before = await cpuMs(cdp);
  const { frames, ms } = (await page.evaluate(`new Promise((resolve) => {
    const pane = document.querySelector('.react-flow__pane');
    const box = pane.getBoundingClientRect();
    const at = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const send = (target, type) => target.dispatchEvent(new MouseEvent(type, {
      bubbles: true, cancelable: true, view: window, button: 0, buttons: type === 'mouseup' ? 0 : 1, clientX: at.x, clientY: at.y,
    }));
    send(pane, 'mousedown');
    const started = performance.now();
    let frames = 0;
    const next = () => {
      frames += 1;
      at.x += Math.floor(frames / 30) % 2 === 0 ? -${PIXELS_PER_FRAME} : ${PIXELS_PER_FRAME};
      at.y += Math.floor(frames / 15) % 2 === 0 ? -${PIXELS_PER_FRAME / 2} : ${PIXELS_PER_FRAME / 2};
      send(window, 'mousemove');
      if (frames < ${DRAG_FRAMES}) requestAnimationFrame(next);
      else { send(window, 'mouseup'); resolve({ frames, ms: performance.now() - started }); }
    };
    requestAnimationFrame(next);
  })`)) as { frames: number; ms: number };
  return { framesPerSecond: (frames / ms) * 1000, cpuMsPerFrame: ((await cpuMs(cdp)) - before) / frames };
};

const transformOf = (page: Page): Promise<string> =>
  page.evaluate(`document.querySelector('.react-flow__viewport').style.transform`);

const report = (what: string, drags: readonly Drag[]): void =>
  printRow(
    `${what}: dragging, frames/s (target >= 50); main thread's processor time of a frame, ms`,
    `${summary(
      drags.map(({ framesPerSecond }) => framesPerSecond),
      0,
    )}; ${summary(
      drags.map(({ cpuMsPerFrame }) => cpuMsPerFrame),
      1,
    )}`,
  );

const browser = await launchBrowser();
try {
  for (const units of SIZES) {
    await using visit = await visitConsole(browser, { largeUnits: units });
    const { page, server } = visit;
    const address = `${server.url}/sessions/44`;
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cold: number[] = [];
    for (let run = 0; run < RUNS; run += 1) cold.push(await firstPaint(page, address));
    printRow(
      `${units} units: address to first paint, scripts and data included, ms (target < 1,000)`,
      summary(cold, 0),
    );
    await visit.open('/sessions');
    await page.locator('a[href="/sessions/44"]').first().click();
    await page.locator('.nz-graph').waitFor();
    const again: number[] = [];
    for (let run = 0; run < RUNS; run += 1) again.push(await paintAgain(page));
    printRow(`${units} units: session opened inside the console, ms (target < 1,000)`, summary(again, 0));
    const near: Drag[] = [];
    const far: Drag[] = [];
    const still = await transformOf(page);
    for (let run = 0; run < RUNS; run += 1) near.push(await drag(page, cdp));
    assert.notEqual(await transformOf(page), still, 'the picture was not dragged');
    report(`${units} units, first view`, near);
    await page.locator('.react-flow__controls button').last().click();
    await page.waitForTimeout(500);
    for (let run = 0; run < RUNS; run += 1) far.push(await drag(page, cdp));
    report(`${units} units, all in view`, far);
  }
} finally {
  await browser.close();
}
