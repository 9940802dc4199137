// The status page as those use it who keep an eye on a site: what is the matter, by scope, taken up, cleared by hand, and the map of nodes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole } from './console-page.ts';
import { statusOf } from './fake-manager/fake-event-data.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('status: from the overview to what is the matter; a scope narrows it; what comes anew appears by itself', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/');
  await page.getByRole('link', { name: /Status now/ }).click();
  await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor();
  const list = page.getByRole('region', { name: 'What is the matter' });
  await list.getByText('The agent of batch-02 is disconnected').waitFor();
  assert.equal(await list.getByText('The agent of local is connected').count(), 0, 'what only informs');
  const tree = page.getByRole('tree', { name: 'Scopes and their status' });
  await tree.getByRole('treeitem', { name: /日本/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await waitFor(() => page.url().includes('scope=tokyo'));
  await list.getByText('Interface Gi0/3').waitFor({ state: 'detached' });
  server.world.status = [
    statusOf({ node: 'batch-02', monitor: 'ping', key: 'down', priority: 'critical', message: 'No answer' }),
    ...server.world.status,
  ];
  server.publish({ type: 'statusChanged' });
  await list.getByText('No answer').waitFor();
  await tree.getByRole('treeitem', { name: /東京.*Critical: 2/ }).waitFor();
  visit.assertQuiet();
});

test('status: entries are taken up, and cleared by hand after a question, in Japanese', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja' });
  const { page, server } = visit;
  await visit.open('/status');
  const list = page.getByRole('region', { name: '発生中の事象' });
  const check = page.getByRole('checkbox', { name: '基幹-01 syslog-network link:Gi0/3 を選択' });
  await check.click();
  await page.getByRole('button', { name: '確認中にする' }).click();
  await page.getByText('1 件を確認中にしました。').waitFor();
  await list.getByText('admin').waitFor();
  await check.click();
  await page.getByRole('button', { name: '手動で解消' }).click();
  const dialog = page.getByRole('dialog', { name: '1 件を手動で解消しますか?' });
  await dialog.getByRole('button', { name: '手動で解消' }).click();
  await list.getByText('Interface Gi0/3').waitFor({ state: 'detached' });
  assert.equal(
    server.world.status.some(({ key }) => key === 'link:Gi0/3'),
    false,
  );
  visit.assertQuiet();
});

test('status: an entry leads to the event that said it', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/status?q=Gi0');
  await page.getByRole('button', { name: /Interface Gi0\/3/ }).click();
  await page.getByRole('heading', { name: 'Event 493', level: 1 }).waitFor();
  visit.assertQuiet();
});

test('status: the map of 10,000 nodes: keys go from node to node and say what it is, Enter and the mouse open it', async () => {
  await using visit = await visitConsole(browser, { manyNodes: 10_000 });
  const { page } = visit;
  await visit.open('/status?view=map&scope=tokyo');
  const map = page.getByRole('listbox', { name: 'Nodes of 東京' });
  await map.focus();
  const node = map.getByRole('option');
  await node.getByText(/^batch-02: Critical/).waitFor();
  assert.equal(await node.getAttribute('aria-setsize'), '3334');
  await page.keyboard.press('End');
  await node.getByText(/^node-\d+: Fine/).waitFor();
  assert.equal(await node.getAttribute('aria-posinset'), '3334');
  await page.keyboard.press('Home');
  const box = await map.boundingBox();
  assert.ok(box !== null);
  // The tile in the upper left corner, beside the padding.
  await page.mouse.move(box.x + 14, box.y + 14);
  await map
    .getByText(/batch-02: Critical/)
    .nth(1)
    .waitFor();
  await page.mouse.click(box.x + 14, box.y + 14);
  await page.getByRole('heading', { name: 'batch-02', level: 1 }).waitFor();
  await page.goBack();
  await map.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'batch-02', level: 1 }).waitFor();
  visit.assertQuiet();
});
