// Long output in the console: any place of it, reading on in both directions, search with hits that lead to their lines, and what was not kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole, type ViewOptions } from './console-page.ts';
import { gapMark } from './fake-manager/fake-data.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const lineCount = 200_000;
const lineOf = (index: number): string => `line ${String(index).padStart(6, '0')} of the night run`;
const longText = Array.from({ length: lineCount }, (_, index) => lineOf(index)).join('\n') + '\n';
const shots = process.env['NEZUBAN_SHOTS'];

const openOutput = async (text: string, view: ViewOptions = {}) => {
  const visit = await visitConsole(browser, {}, view);
  const unit = visit.server.world.sessions.get(43)?.units.find(({ path }) => path === 'loads/stock');
  const attemptId = unit?.attempts[0]?.id ?? assert.fail('no attempt');
  visit.server.world.outputs.set(attemptId, { text, complete: true });
  await visit.open('/sessions/43?unit=loads%2Fstock');
  const log = visit.page.getByRole('log', { name: view.language === 'ja' ? '出力' : 'Output' });
  return { visit, page: visit.page, log };
};

test('long output: begins at its end; any place by the keyboard; reads on in both directions; back to the end', async () => {
  const { visit, page, log } = await openOutput(longText);
  await using _ = visit;
  await log.getByText(lineOf(lineCount - 1)).waitFor();
  const place = page.getByRole('slider', { name: 'Place in the output' });
  await place.focus();
  // A hundredth of it each, more or less: somewhere into the middle.
  for (let step = 0; step < 50; step += 1) await page.keyboard.press('ArrowLeft');
  const shown = async () => {
    const text = await log.locator('.nz-output-text').first().textContent();
    return Number(/line (\d+)/.exec(text ?? '')?.[1]);
  };
  const middle = await waitFor(
    async () => {
      const line = await shown();
      return line > 20_000 && line < 150_000 && line;
    },
    { message: 'a place in the middle' },
  );
  await log.hover();
  const scrollUntil = async (deltaY: number, isThere: (line: number) => boolean) => {
    await waitFor(
      async () => {
        if (isThere(await shown())) return true;
        await page.mouse.wheel(0, deltaY);
        await log.locator('.nz-output-text').first().waitFor();
        return false;
      },
      { intervalMs: 1, message: `to be scrolled on from line ${middle}` },
    );
  };
  await scrollUntil(-6_000, (line) => line < middle - 9_000);
  await scrollUntil(6_000, (line) => line > middle + 9_000);
  await page.getByRole('button', { name: 'To the beginning' }).click();
  await log.getByText(lineOf(0)).waitFor();
  await page.getByRole('button', { name: 'To the end' }).click();
  await log.getByText(lineOf(lineCount - 1)).waitFor();
  visit.assertQuiet();
});

test('long output: search: hits, and the way to the line of one', async () => {
  const { visit, page, log } = await openOutput(longText);
  await using _ = visit;
  await page.getByRole('button', { name: 'Search in the output' }).click();
  const panel = page.getByRole('search', { name: 'Search in the output' });
  await panel.getByLabel('Text to search for').fill('LINE 1234');
  await panel.getByLabel('Text to search for').press('Enter');
  await panel.getByText('Lines found: 100').waitFor();
  if (shots !== undefined) await page.screenshot({ path: `${shots}/search-en.png` });
  await panel.getByRole('button', { name: lineOf(123_405) }).click();
  await log.locator('[data-found]').getByText(lineOf(123_405)).waitFor();
  visit.assertQuiet();
});

for (const [view, gapped] of [
  [{ language: 'en', scheme: 'dark' }, '8.4 GiB were not kept here: the limit of the unit was reached.'],
  [{ language: 'ja', width: 390 }, 'の出力を省略しました(ユニットの上限超過)。'],
] as const) {
  test(`long output, ${view.language}: a range that was not kept: a line says so`, async () => {
    const { visit, page, log } = await openOutput(`${lineOf(1)}\n${gapMark}${lineOf(2)}\n`, view);
    await using _ = visit;
    await log.getByText(lineOf(2)).waitFor();
    await page.getByRole('button', { name: view.language === 'ja' ? '先頭へ' : 'To the beginning' }).click();
    await log.getByText(lineOf(1)).waitFor();
    const line = log.locator('.nz-output-gap');
    await line.waitFor();
    if (shots !== undefined) await page.screenshot({ path: `${shots}/gap-${view.language}.png` });
    const said = (await line.textContent()) ?? '';
    assert.ok(
      view.language === 'ja' ? said.includes(gapped) : /were not kept here: the limit/.test(said),
      said,
    );
    visit.assertQuiet();
  });
}
