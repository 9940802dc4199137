// Nodes and scopes in the browser: a node joins and is removed, a scope is made, filled, moved, deleted, and changed by two at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole } from './console-page.ts';
import { joinNode } from './fake-manager/fake-inventory.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

test('nodes: one is added: the line to paste, and its arrival is seen', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/nodes');
  await page.getByRole('row', { name: /batch-02/ }).waitFor();
  await page.getByRole('button', { name: 'Add a node' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  await dialog.getByText(/nezuban agent join --manager \S+ --token/).waitFor();
  await dialog.getByText('Waiting for the agent').waitFor();
  joinNode(server.world, 'web-07');
  await dialog.getByText('The agent of web-07 has joined.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  visit.assertQuiet();
});

test('nodes: searched and filtered: by what the address says, which survives a reload', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/nodes');
  await page.getByText('Disconnected', { exact: true }).first().click();
  await page.getByRole('row', { name: /local/ }).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /batch-02/ }).waitFor();
  await page.reload();
  await page.getByRole('row', { name: /batch-02/ }).waitFor();
  assert.equal(await page.getByRole('row', { name: /local/ }).count(), 0);
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('No node fits').waitFor();
  visit.assertQuiet();
});

test('node: removed: what is lost is said first; refused while something runs on it', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/nodes');
  await page.getByRole('link', { name: 'batch-02', exact: true }).click();
  await page.getByRole('heading', { name: 'batch-02', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It leaves its scopes: batch, tokyo.').waitFor();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
  await page.getByRole('row', { name: /local/ }).waitFor();
  // The list of before is shown until it has been read again.
  await page.getByRole('row', { name: /batch-02/ }).waitFor({ state: 'detached' });
  await visit.open('/nodes/local');
  await page.getByRole('region', { name: 'Running here' }).getByRole('link').first().waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByText(/Running on it: 1/).waitFor();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('1 attempt runs on local').waitFor();
  visit.assertQuiet();
});

test('scope: made, filled, moved, deleted', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await visit.open('/scopes');
  await page.getByRole('button', { name: 'New scope' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nagoya');
  await dialog.getByLabel('Title').fill('名古屋');
  await dialog.getByRole('button', { name: 'Make the scope' }).click();
  await page.getByRole('heading', { name: '名古屋', level: 2 }).waitFor();
  await page.getByRole('combobox', { name: /^Nodes/ }).click();
  await page.getByRole('option', { name: 'local' }).click();
  await page.getByRole('option', { name: '基幹-01' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Lies in' }).click();
  await page.getByRole('option', { name: '日本' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  const saved = server.world.scopes.find(({ name }) => name === 'nagoya');
  assert.deepEqual([saved?.parent, saved?.nodes], ['japan', ['local', '基幹-01']]);
  await page.getByRole('link', { name: /Level 2: 名古屋/ }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('link', { name: /名古屋/ }).waitFor({ state: 'detached' });
  visit.assertQuiet();
});

test('scope: changed by somebody else meanwhile: theirs or mine, as chosen', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  const theirs = (title: string) => {
    server.world.scopes = server.world.scopes.map((scope) =>
      scope.name === 'batch' ? { ...scope, title, revision: scope.revision + 1, updatedBy: 'yamada' } : scope,
    );
  };
  await visit.open('/scopes?scope=batch');
  const title = page.getByLabel('Title');
  await title.fill('mine');
  theirs('theirs');
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('alert')
    .getByText(/yamada saved another version/)
    .waitFor();
  await page.getByRole('button', { name: 'Drop mine, show theirs' }).click();
  await waitFor(async () => (await title.inputValue()) === 'theirs', { message: 'their title' });
  await title.fill('mine again');
  theirs('theirs again');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal(server.world.scopes.find(({ name }) => name === 'batch')?.title, 'mine again');
  visit.assertQuiet();
});

test('scope: left with changes that are not saved: asked first', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/scopes?scope=batch');
  await page.getByLabel('Title').fill('half a change');
  await page.getByRole('link', { name: /大阪/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await page.getByLabel('Title').inputValue(), 'half a change');
  await page.getByRole('link', { name: /大阪/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: '大阪', level: 2 }).waitFor();
  visit.assertQuiet();
});
