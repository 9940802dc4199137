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
const DRAG_STEPS = 480;
const PIXELS_PER_STEP = 6;

type Drag = { readonly framesPerSecond: number; readonly cpuMsPerFrame: number };

/** From the request of the page to the first unit, or to the picture from afar, on the screen. Milliseconds. */
const firstPaint = async (page: Page, address: string): Promise<number> => {
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator('.react-flow__node, canvas.nz-overview').first().waitFor();
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

/** Drags the pane with the mouse as fast as the browser takes it, there and back, and counts the frames in which it stands elsewhere. */
const drag = async (page: Page, cdp: CDPSession): Promise<Drag> => {
  const box = await page.locator('.react-flow__pane').boundingBox();
  assert.ok(box !== null);
  const at = { x: box.x + box.width / 2, y: box.y + box.height * 0.9 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.evaluate(`(() => {
    const viewport = document.querySelector('.react-flow__viewport');
    const drag = (window.nzDrag = { frames: 0, started: performance.now(), stop: false });
    let last = '';
    const look = () => {
      if (viewport.style.transform !== last) drag.frames += 1;
      last = viewport.style.transform;
      if (!drag.stop) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })()`);
  const before = await cpuMs(cdp);
  const moves: Promise<void>[] = [];
  for (let step = 1; step <= DRAG_STEPS; step += 1) {
    at.x += Math.floor(step / 40) % 2 === 0 ? -PIXELS_PER_STEP : PIXELS_PER_STEP;
    at.y += Math.floor(step / 20) % 2 === 0 ? -PIXELS_PER_STEP / 2 : PIXELS_PER_STEP / 2;
    moves.push(page.mouse.move(at.x, at.y));
    if (step % 2 === 0) await moves.at(-1);
  }
  await Promise.all(moves);
  const { frames, ms } = (await page.evaluate(
    `((drag) => { drag.stop = true; return { frames: drag.frames, ms: performance.now() - drag.started }; })(window.nzDrag)`,
  )) as { frames: number; ms: number };
  const cpu = (await cpuMs(cdp)) - before;
  await page.mouse.up();
  assert.ok(frames > DRAG_STEPS / 20, 'the picture was not dragged');
  return { framesPerSecond: (frames / ms) * 1000, cpuMsPerFrame: cpu / frames };
};

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
    for (let run = 0; run < RUNS; run += 1) far.push(await drag(page, cdp));
    report(`${units} units, all in view`, far);
    await page.locator('.react-flow__pane').dblclick();
    await page.locator('.react-flow__node').first().waitFor();
    for (let run = 0; run < RUNS; run += 1) near.push(await drag(page, cdp));
    report(`${units} units, at 100 %`, near);
  }
} finally {
  await browser.close();
}
