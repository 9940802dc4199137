// Variables in the console, on the real product: a secret is kept, a net is run by a dialog that asks by types and says what is wrong, its
// outputs and what its reference was given are shown, and a unit's command before anything runs; then all of it in Japanese.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { Page } from 'playwright-core';
import { choosePlace, startProduct, waitForLocalAgent } from '../acceptance/product.ts';
import { launchBrowser } from '../support/browser.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { patienceMs } from './console-page.ts';

const newPassword = 'kept by the night watch';
const sessionTimeoutMs = 300_000;
/** Where pictures of the pages go, for whoever wants to look at them. */
const pictures = process.env['NEZUBAN_PICTURES'];

const nets = `kind: jobnet
name: parts/load
target: { node: local }
parameters: [{ name: FILE }, { name: PASSWORD, type: secret }]
units:
  - { name: load, command: 'echo "$FILE"; echo "$PW"', environment: { PW: "{{parameter.PASSWORD}}" }, stdin: "{{secret.ledger}}" }
---
kind: jobnet
name: night
target: { node: local }
parameters:
  - { name: DAY, label: Business day, type: date, default: today, format: YYYYMMDD }
  - { name: MODE, type: choice, choices: [{ value: full, label: Everything }, { value: part, label: What is new }] }
  - { name: LIMIT, type: number, min: 1, max: 9, default: 5 }
  - { name: STRICT, type: boolean, default: false }
  - { name: PASSWORD, type: secret, description: Of the ledger }
units:
  - { name: extract, command: 'echo "file=$DAY.csv"', outputs: [{ name: FILE, regex: "file=(.*)" }] }
  - name: load
    type: net_ref
    net: parts/load
    after: [extract]
    parameters: { FILE: "/in/{{unit.extract.output.FILE}}", PASSWORD: "{{parameter.PASSWORD}}" }
`;

test('variables: kept, asked, shown and previewed, in both languages', async () => {
  await using home = createScratchHome();
  const product = await startProduct(await choosePlace(home.path));
  try {
    const [, password = ''] = await product.process.waitForOutput(/password\s+(\S+)/);
    await waitForLocalAgent(product);
    await product.call(operations.applyDefinitions, { body: nets });
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      page.setDefaultTimeout(patienceMs);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(product.url);
      await signIn(page, password);

      await page.goto(`${product.url}/access/secrets`);
      await page.getByRole('button', { name: 'Set a secret' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('ledger');
      await page.getByLabel('Value', { exact: false }).first().fill('Zq7-hunter2');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('ledger').first().waitFor();
      await page.getByText('parts/load').waitFor();
      await picture(page, 'secrets');
      assert.equal((await page.content()).includes('Zq7-hunter2'), false);

      await page.goto(`${product.url}/net/night`);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('LIMIT').fill('99');
      await dialog.getByText('A number within the bounds is needed.').waitFor();
      await picture(page, 'run-wrong');
      await dialog.getByLabel('LIMIT').fill('7');
      await dialog.getByLabel('MODE').selectOption({ label: 'Everything' });
      await dialog.getByLabel('Business day').fill('2026-11-26');
      await dialog.getByRole('textbox', { name: 'PASSWORD' }).fill('Xv9-hunter3');
      await picture(page, 'run');
      await dialog.getByRole('button', { name: 'Run now' }).click();
      await page.getByRole('heading', { name: /^Session \d+$/, level: 1 }).waitFor();
      await page.locator('.nz-page-heading').getByText('Normal').waitFor({ timeout: sessionTimeoutMs });
      await picture(page, 'ended');
      await page.getByText('Variables', { exact: true }).click();
      await page.getByRole('cell', { name: '20261126.csv', exact: true }).waitFor();
      await page.getByRole('cell', { name: '/in/20261126.csv' }).waitFor();
      await page.getByRole('cell', { name: '*** (secret)' }).waitFor();
      await picture(page, 'session');
      const session = page.url();

      await page.goto(`${product.url}/net/parts%2Fload`);
      await page.getByRole('tab', { name: 'Graph' }).click();
      await page.locator('[data-id="load"]').click();
      await page.getByRole('button', { name: 'Show what the agent is given' }).click();
      await page.getByLabel('FILE').fill('/in/x.csv');
      await page.getByText('/in/x.csv').first().waitFor();
      await page.getByText('***').first().waitFor();
      await picture(page, 'preview');

      await page.goto(session);
      await page.getByText('日本語').click();
      await page.getByText('ユニットの出力変数').waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${product.url}/net/night`);
      await page.getByRole('button', { name: '実行', exact: true }).click();
      await page.getByRole('dialog').getByLabel('MODE').waitFor();
      await picture(page, 'run-ja-narrow');
      assert.deepEqual(problems, []);
    } finally {
      await browser.close();
    }
  } finally {
    await product.stop();
  }
});

const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` });
};

const signIn = async (page: Page, password: string): Promise<void> => {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('One-time password').fill(password);
  await page.getByLabel('New password', { exact: true }).fill(newPassword);
  await page.getByLabel('New password again').fill(newPassword);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
};
