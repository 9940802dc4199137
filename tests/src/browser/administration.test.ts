// Access from the first role to the last sign-out, on the real product in a real browser: a role for one folder, a user with it who
// signs in by a one-time password, sees that folder alone and changes nothing, and is signed out when the administrator disables him.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { choosePlace, startProduct } from '../acceptance/product.ts';
import { launchBrowser } from '../support/browser.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { patienceMs } from './console-page.ts';

const adminPassword = 'kept by the night watch';
const userPassword = 'a lantern in the yard';
const secretNet = `kind: jobnet
name: payroll/run
target: { node: local }
units:
  - { name: pay, command: date }
`;

test('access: a role for one folder, a user with it: sees that alone, changes nothing, is signed out when disabled', async () => {
  await using home = createScratchHome();
  const product = await startProduct(await choosePlace(home.path));
  try {
    const [, password = ''] = await product.process.waitForOutput(/password\s+(\S+)/);
    const browser = await launchBrowser();
    try {
      const admin = await openPage(browser, product.url);
      await signIn(admin, { user: 'admin', oneTime: password, next: adminPassword });
      await prepareNets(admin);
      await makeRole(admin);
      const oneTime = await makeUser(admin);
      const user = await openPage(browser, product.url);
      await signIn(user, { user: 'hanako', oneTime, next: userPassword });
      await seesItsFolderAlone(user, product.url);
      await changesNothing(user, product.url);
      await disable(admin);
      await user.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    } finally {
      await browser.close();
    }
  } finally {
    await product.stop();
  }
});

const openPage = async (browser: Browser, url: string): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  // The machine may be busy; the end of a sign-in is noticed by the next poll at the latest.
  page.setDefaultTimeout(patienceMs);
  await page.goto(url);
  return page;
};

type SignIn = { readonly user: string; readonly oneTime: string; readonly next: string };
const signIn = async (page: Page, { user, oneTime, next }: SignIn): Promise<void> => {
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password', { exact: true }).fill(oneTime);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('One-time password').fill(oneTime);
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('New password again').fill(next);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
};

const prepareNets = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Job nets', exact: true }).click();
  await page.getByRole('button', { name: 'Install the sample' }).first().click();
  await page.getByRole('heading', { name: 'Night run (sample)', level: 1 }).waitFor();
  const status = await page.evaluate(
    `fetch('/api/v1/definitions', { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: ${JSON.stringify(secretNet)} }).then((answer) => answer.status)`,
  );
  assert.equal(status, 200);
};

const makeRole = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await page.getByRole('tab', { name: 'Roles' }).click();
  await page.getByRole('link', { name: 'New role' }).click();
  await page.getByLabel('Name', { exact: true }).fill('sample-desk');
  await page.getByLabel('Title', { exact: true }).fill('Sample desk');
  const rule = page.getByRole('region', { name: 'Rule 1' });
  await rule.getByText('In a folder', { exact: true }).click();
  await rule.getByLabel('Folder of job nets').fill('sample');
  await rule.getByRole('checkbox', { name: 'See job nets' }).check();
  await rule.getByRole('checkbox', { name: 'Run job nets' }).check();
  await page.getByRole('button', { name: 'Make the role' }).click();
  await page.getByRole('heading', { name: 'Sample desk', level: 1 }).waitFor();
};

/** Answers the one-time password. */
const makeUser = async (page: Page): Promise<string> => {
  await page.getByRole('link', { name: 'Access', exact: true }).click();
  await page.getByRole('button', { name: 'New user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name').fill('hanako');
  await dialog.getByRole('combobox', { name: 'Roles' }).click();
  await page.getByRole('option', { name: 'Sample desk' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Make the user' }).click();
  await dialog.getByText('it is shown only once').waitFor();
  const password = (await dialog.locator('code').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('link', { name: 'hanako', exact: true }).click();
  await page.getByRole('heading', { name: 'hanako', level: 1 }).waitFor();
  return password;
};

const seesItsFolderAlone = async (page: Page, url: string): Promise<void> => {
  const navigation = page.getByRole('navigation', { name: 'Main navigation' });
  await navigation.getByRole('link', { name: 'Job nets', exact: true }).waitFor();
  for (const name of ['Access', 'Settings', 'Nodes'])
    assert.equal(await navigation.getByRole('link', { name, exact: true }).count(), 0, name);
  await navigation.getByRole('link', { name: 'Job nets', exact: true }).click();
  await page.getByText('Night run (sample)').first().waitFor();
  assert.equal(await page.getByText('payroll').count(), 0);
  await page.goto(`${url}/net/payroll%2Frun`);
  await page.getByRole('alert').waitFor();
  await page.goto(`${url}/access/users`);
  await page.getByText('Not for you to see').waitFor();
};

const changesNothing = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/net/sample%2Fnight-run`);
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  const status = await page.evaluate(
    `fetch('/api/v1/definitions', { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: ${JSON.stringify(secretNet.replace('payroll/run', 'sample/mine'))} }).then((answer) => answer.status)`,
  );
  assert.equal(status, 403);
};

const disable = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Disable' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Open sign-ins end at once/).waitFor();
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('hanako is disabled.').waitFor();
};
