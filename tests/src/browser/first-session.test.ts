// The first quarter of an hour of a newcomer, on the real product in a real browser: sign in with the one-time password, install the
// sample, run it with a failure, watch it end, read an output, rerun the failed unit, and go on in Japanese.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { choosePlace, startProduct } from '../acceptance/product.ts';
import { launchBrowser } from '../support/browser.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { patienceMs } from './console-page.ts';

/** The sample takes some ten seconds by itself; the machine may be busy. */
const sampleTimeoutMs = 300_000;
const newPassword = 'kept by the night watch';

test('first session: from the one-time password to a rerun in Japanese', async () => {
  await using home = createScratchHome();
  const product = await startProduct(await choosePlace(home.path));
  try {
    const [, password = ''] = await product.process.waitForOutput(/password\s+(\S+)/);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
      page.setDefaultTimeout(patienceMs);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource.* 40[13]/.test(message.text()))
          problems.push(message.text());
      });
      await page.goto(product.url);
      await signIn(page, password);
      await runSample(page);
      await watchFailure(page);
      await rerunFailed(page);
      await goOnInJapanese(page);
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

const runSample = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Job nets', exact: true }).click();
  await page.getByRole('button', { name: 'Install the sample' }).click();
  await page.getByRole('heading', { name: 'Night run (sample)', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('SIMULATE_FAILURE').fill('load');
  await dialog.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('heading', { name: /^Session \d+$/, level: 1 }).waitFor();
};

const watchFailure = async (page: Page): Promise<void> => {
  await page.getByRole('group', { name: 'North, Normal' }).waitFor({ timeout: sampleTimeoutMs });
  await page.getByRole('group', { name: 'South, Abnormal' }).waitFor({ timeout: sampleTimeoutMs });
  await page.locator('.nz-page-heading').getByText('Abnormal').waitFor({ timeout: sampleTimeoutMs });
  await page.getByRole('group', { name: 'South, Abnormal' }).click();
  const panel = page.getByRole('region', { name: 'Unit south' });
  await panel.getByText(/· exit code 1/).waitFor();
  await panel.getByText('stderr').click();
  await panel.getByText('connection to the warehouse of the south was lost').waitFor();
};

const rerunFailed = async (page: Page): Promise<void> => {
  const panel = page.getByRole('region', { name: 'Unit south' });
  await panel.getByRole('button', { name: 'Rerun' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rerun' }).click();
  await page.getByRole('group', { name: 'South, Normal' }).waitFor({ timeout: sampleTimeoutMs });
  await page.locator('.nz-page-heading').getByText('Normal').waitFor({ timeout: sampleTimeoutMs });
  await panel.getByText('run 2').first().waitFor();
};

const goOnInJapanese = async (page: Page): Promise<void> => {
  await page.getByText('日本語').click();
  await page.getByRole('heading', { name: /^セッション \d+$/, level: 1 }).waitFor();
  await page.getByRole('group', { name: 'South, 正常' }).waitFor();
  await page.getByRole('link', { name: /^イベント/ }).click();
  await page.getByText(/sample\/night-run のセッション \d+ が終了しました\(正常\)/).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'イベント', level: 1 }).waitFor();
};
