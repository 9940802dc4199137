// The editor of job nets on the real product: a net drawn from nothing, saved, run; edited in two windows at once, and both changes kept; a session
// suspended in the middle, edited and resumed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { choosePlace, startProduct } from '../acceptance/product.ts';
import { launchBrowser } from '../support/browser.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { patienceMs } from './console-page.ts';

/** A session of one second; the machine may be busy. */
const sessionTimeoutMs = 300_000;
const newPassword = 'kept by the night watch';

test('editor: a net drawn, saved and run; changed in two windows: both are told, both changes are kept; a session suspended, edited and resumed', async () => {
  await using home = createScratchHome();
  const product = await startProduct(await choosePlace(home.path));
  try {
    const [, password = ''] = await product.process.waitForOutput(/password\s+(\S+)/);
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(product.url);
      await signIn(page, password);
      await drawNet(page, product.url);
      await save(page, 'first version');
      await page.getByRole('heading', { name: 'Edit bank/hello' }).waitFor();

      const second = await context.newPage();
      second.setDefaultTimeout(patienceMs);
      await second.goto(`${product.url}/net/bank%2Fhello/edit`);
      await second.getByText(/Also open in an editor: you in another window/).waitFor();

      await page.getByRole('tab', { name: 'Table' }).click();
      await page.getByRole('button', { name: /^Title of command/ }).click();
      await page.getByRole('textbox', { name: 'Title' }).fill('Greets');
      await page.keyboard.press('Enter');
      await second.locator('.react-flow__node[data-id="command"]').click();
      await second.getByRole('textbox', { name: 'Timeout (s)' }).fill('30');
      await save(second, 'timeout');
      await page.getByRole('alert').getByText('admin has saved revision 2 since you began.').waitFor();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.getByRole('button', { name: 'Mine on top of theirs' }).click();
      const dialog = page.getByRole('dialog', { name: /Save a new version/ });
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Based on revision 3').waitFor();
      await page.getByRole('button', { name: 'Timeout (s) of command: 30' }).waitFor();

      await page.getByRole('link', { name: 'To the job net' }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
      await page.getByRole('heading', { name: /^Session \d+$/, level: 1 }).waitFor();
      await page.locator('.nz-page-heading').getByText('Normal').waitFor({ timeout: sessionTimeoutMs });
      await page.getByRole('group', { name: 'Greets, Normal' }).waitFor();
      await editSession(page, product.url);
      assert.deepEqual(problems, []);
    } finally {
      await browser.close();
    }
  } finally {
    await product.stop();
  }
});

const signIn = async (page: Page, password: string): Promise<void> => {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('One-time password').fill(password);
  await page.getByLabel('New password', { exact: true }).fill(newPassword);
  await page.getByLabel('New password again').fill(newPassword);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
};

const drawNet = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/nets/new`);
  await page.getByRole('textbox', { name: 'Name' }).fill('bank/hello');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'New job net bank/hello' }).waitFor();
  const properties = page.getByRole('complementary', { name: 'Properties' });
  await properties.getByRole('combobox', { name: 'Runs on' }).selectOption('node');
  await properties.getByRole('combobox', { name: 'Node' }).fill('local');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Command', exact: true }).click();
  await properties.getByRole('textbox', { name: 'Command' }).fill('echo hello');
  await page.getByText('No problems').waitFor();
};

const save = async (page: Page, reason: string): Promise<void> => {
  await page.getByRole('button', { name: 'Save…' }).and(page.locator(':enabled')).click();
  const dialog = page.getByRole('dialog', { name: /Save a new version/ });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
};

/** A unit more for one session that runs: previewed, applied, and the session goes on; the net stays as it is. */
const editSession = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/net/bank%2Fhello/edit`);
  await page.locator('.react-flow__node[data-id="command"]').click();
  const properties = page.getByRole('complementary', { name: 'Properties' });
  await properties.getByRole('textbox', { name: 'Command' }).fill('sleep 300');
  await properties.getByRole('textbox', { name: 'Timeout (s)' }).fill('600');
  await save(page, 'it takes longer');
  await page.getByRole('link', { name: 'To the job net' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('group', { name: 'Greets, Running' }).waitFor();
  await page.getByRole('button', { name: 'More operations' }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  const edit = page.getByRole('link', { name: 'Edit its definition' });
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true });
  await edit.or(confirm).first().waitFor();
  if (await confirm.isVisible()) await confirm.click();
  await edit.click();
  await page.getByRole('heading', { name: /^Definition of session \d+ of bank\/hello$/ }).waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Command', exact: true }).click();
  await properties.getByRole('textbox', { name: 'Command' }).fill('echo added');
  await page.getByText('No problems').waitFor();
  await page.getByRole('button', { name: 'Preview and apply…' }).and(page.locator(':enabled')).click();
  const dialog = page.getByRole('dialog', { name: /^Give session \d+ this definition$/ });
  await dialog.getByText(/^Added \(1\)/).waitFor();
  await shoot(page, 'session-preview');
  await dialog.getByRole('tab', { name: 'Picture' }).click();
  await dialog.locator('.react-flow__node').nth(1).waitFor();
  await shoot(page, 'session-picture');
  await dialog.getByRole('checkbox', { name: 'Release the session afterwards' }).check();
  await dialog.getByRole('button', { name: 'Apply to the session' }).click();
  await page.getByRole('heading', { name: /^Session \d+$/, level: 1 }).waitFor();
  await page.getByRole('group', { name: /^command-?2, Normal$/ }).waitFor({ timeout: sessionTimeoutMs });
  await shoot(page, 'session-edited');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
};

const shoot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['NEZUBAN_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
};
