// The picture of a net arranged by hand: dragged and moved by keys, undone, saved with the definition; left and overtaken without loss.
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
const address = '/net/sample%2Fnight-run';

const unitAt = (page: Page, name: string) => page.locator(`.react-flow__node[data-id="${name}"]`);
const placeOf = async (page: Page, name: string) =>
  (await unitAt(page, name).boundingBox()) ?? assert.fail(`${name} is not shown`);
/** What is stored in the definition. */
const storedOf = (visit: Visit) =>
  visit.server.world.nets.get(netName)?.definition.units ?? assert.fail('no net');
const firstUnit = (visit: Visit) => storedOf(visit)[0]?.name ?? assert.fail('no unit');
const puts = (visit: Visit) => visit.server.requests.filter((request) => request.startsWith('PUT ')).length;

const drag = async (page: Page, name: string, by: { readonly x: number; readonly y: number }) => {
  const box = await placeOf(page, name);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + by.x / 2, box.y + box.height / 2 + by.y / 2, { steps: 4 });
  await page.mouse.move(box.x + box.width / 2 + by.x, box.y + box.height / 2 + by.y, { steps: 4 });
  await page.mouse.up();
};

test('arranging: dragged, undone, done again, saved: it stays; all beside it have a place too', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  const name = firstUnit(visit);
  await page.getByRole('button', { name: 'Arrange' }).click();
  await unitAt(page, name).waitFor();
  const start = await placeOf(page, name);
  await drag(page, name, { x: 0, y: 160 });
  const isMoved = async () => (await placeOf(page, name)).y - start.y > 100;
  await waitFor(isMoved);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Save' }).and(page.locator(':disabled')).waitFor();
  assert.equal((await placeOf(page, name)).height, start.height);
  await page.keyboard.press('Control+Shift+Z');
  await page.getByRole('button', { name: 'Redo' }).and(page.locator(':disabled')).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  assert.ok(storedOf(visit).every(({ position }) => position !== undefined));
  const stored = storedOf(visit).map(({ position }) => position);
  const offset = async () => {
    const [a, b] = [await placeOf(page, name), await placeOf(page, storedOf(visit)[1]?.name ?? '')];
    return Math.round((a.y - b.y) / (a.height / 56));
  };
  await page.reload();
  await unitAt(page, name).waitFor();
  assert.ok(Math.abs((await offset()) - ((stored[0]?.y ?? 0) - (stored[1]?.y ?? 0))) <= 2);

  await page.getByRole('button', { name: 'Arrange' }).click();
  await unitAt(page, 'loads/customers').waitFor();
  await drag(page, 'loads/customers', { x: 60, y: 0 });
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  const inner = storedOf(visit).find((unit) => unit.name === 'loads');
  assert.ok(inner?.type === 'net' && inner.units.every(({ position }) => position !== undefined));
  assert.deepEqual(
    storedOf(visit).map(({ position }) => position),
    stored,
  );

  await page.getByRole('button', { name: 'Arrange' }).click();
  await page.getByRole('button', { name: 'Lay out anew' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  assert.ok(storedOf(visit).every(({ position }) => position === undefined));
  visit.assertQuiet();
});

test('arranging: moved by arrow keys, cancelled: asked, and nothing is stored', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open(address);
  const kept = structuredClone(storedOf(visit));
  const name = firstUnit(visit);
  await page.getByRole('button', { name: 'Arrange' }).click();
  await unitAt(page, name).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  assert.equal(puts(visit), 0);
  assert.deepEqual(storedOf(visit), kept);
  visit.assertQuiet();
});

test('arranging: changed by somebody else meanwhile: said, and saved over it only when wanted, with the other change in it', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open(address);
  const name = firstUnit(visit);
  await page.getByRole('button', { name: 'Arrange' }).click();
  await unitAt(page, name).waitFor();
  await drag(page, name, { x: 0, y: 160 });
  const net = server.world.nets.get(netName) ?? assert.fail('no net');
  server.world.nets.set(netName, {
    ...net,
    revision: net.revision + 1,
    updatedBy: 'hanako',
    definition: { ...net.definition, description: 'by hanako' },
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('hanako').waitFor();
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  assert.equal(server.world.nets.get(netName)?.definition.description, 'by hanako');
  assert.ok(storedOf(visit).every(({ position }) => position !== undefined));
  visit.assertQuiet();
});

test('arranging: who may only look: it is not offered', async () => {
  await using visit = await visitConsole(browser, { me: 'suzuki' });
  const { page } = visit;
  await visit.open(address);
  await unitAt(page, firstUnit(visit)).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Arrange' }).count(), 0);
});
