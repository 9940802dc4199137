// What tests of the editor of job nets share: dragging with the mouse, and a look into the browser's store of drafts.
import type { Page } from 'playwright-core';

export const dragTo = async (page: Page, from: { x: number; y: number }, to: { x: number; y: number }) => {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
};

/** Whether the browser keeps any draft. */
export const keptDrafts = (page: Page): Promise<boolean> =>
  page.evaluate(`new Promise((resolve) => {
    const request = indexedDB.open('nezuban', 1);
    request.addEventListener('success', () => {
      const count = request.result.transaction('drafts').objectStore('drafts').count();
      count.addEventListener('success', () => resolve(count.result > 0));
    });
  })`);
