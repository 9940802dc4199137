// The page of operations at work: freeze, the banner of every page, drain, resume, windows; by keyboard, in Japanese, on a narrow screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from './console-page.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Where pictures go, for whoever wants to look at them. */
const pictures = process.env['NEZUBAN_TEST_PICTURES'];
const picture = async (
  page: { screenshot: (options: { path: string }) => Promise<unknown> },
  name: string,
) => {
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/operations-${name}.png` });
};

test('operations: a node is frozen with a reason: the banner says so on every page, until it is resumed', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/operations');
  await page.getByText('Nothing is frozen.').waitFor();
  await picture(page, 'empty');
  await page.getByRole('button', { name: 'Freeze…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('units that are ready wait').waitFor();
  await dialog.getByLabel('Name').fill('typo');
  await dialog.getByLabel('Reason').fill('disk swap');
  await dialog.getByRole('button', { name: 'Freeze', exact: true }).click();
  await dialog.getByText('There is no node "typo".').waitFor();
  await dialog.getByLabel('Name').fill('local');
  await picture(page, 'dialog');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const item = page.getByRole('listitem').filter({ hasText: 'Draining: 1 running' });
  await item.getByText('2 waiting').waitFor();
  await item.getByRole('button', { name: 'Show what runs' }).click();
  await page.getByText('loads/load-a of session 42').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await picture(page, 'draining');
  const banner = page.getByRole('region', { name: 'What is frozen' });
  for (const name of ['Overview', 'Job nets', 'Events']) {
    await page.getByRole('link', { name }).first().click();
    await banner.getByText('Frozen: node local').waitFor();
    assert.match(await banner.innerText(), /disk swap · by admin since .* · until somebody resumes it/);
  }
  await banner.getByRole('link', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Resume node local' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByText('Nothing is frozen.').waitFor();
  await banner.waitFor({ state: 'detached' });
  visit.assertQuiet();
});

test('operations: frozen by somebody else: the banner is there without a reload, and held starts are named', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/operations');
  await page.getByText('Nothing is frozen.').waitFor();
  const status = await page.evaluate(
    async () =>
      (
        await fetch('/api/v1/freeze', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ place: { kind: 'manager', name: null }, reason: 'core switch' }),
        })
      ).status,
  );
  assert.equal(status, 200);
  await page.getByText('Frozen: the whole manager').waitFor();
  await page.getByText('will run once at the resume').waitFor();
  visit.assertQuiet();
});

test('operations: a window in Japanese on a narrow screen: planned, open, deleted', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390, scheme: 'dark' });
  const { page } = visit;
  await visit.open('/operations');
  await page.getByText('メンテナンスウィンドウはありません。').waitFor();
  await page.getByRole('button', { name: '新規作成…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^名前/).fill('patch');
  await dialog.getByLabel('対象の名前').fill('web');
  await dialog.getByLabel('理由').fill('月次パッチ');
  await dialog.getByText('繰り返し').click();
  await dialog.getByLabel('開始時刻(cron 形式)').fill('* * * * *');
  await picture(page, 'window-dialog-ja');
  await dialog.getByRole('button', { name: '作成' }).click();
  await dialog.waitFor({ state: 'detached' });
  const banner = page.getByRole('region', { name: '抑止中の対象' });
  await banner.getByText('メンテナンス中: patch').waitFor();
  assert.match(await banner.innerText(), /月次パッチ · スコープ web · .* まで · 抑制した通知 3 件/);
  await picture(page, 'open-ja');
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(overflow <= 0, `the page is ${overflow} pixels wider than the screen`);
  await page.getByRole('button', { name: 'patch を削除' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '削除', exact: true }).click();
  await page.getByText('メンテナンスウィンドウはありません。').waitFor();
  visit.assertQuiet();
});

test('operations: a net is run although it is frozen: refused with why, confirmed, and started once', async () => {
  await using visit = await visitConsole(browser, {}, { language: 'ja', width: 390 });
  const { page } = visit;
  await visit.open('/operations');
  await page.evaluate(async () => {
    await fetch('/api/v1/freeze', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ place: { kind: 'net', name: 'sample/night-run' }, reason: 'core switch' }),
    });
  });
  await visit.open('/net/sample%2Fnight-run');
  await page.getByRole('button', { name: '実行', exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '今すぐ実行' }).click();
  const confirm = dialog.getByLabel('抑止中であることを承知のうえで、このセッションだけを開始する');
  await confirm.waitFor();
  await picture(page, 'override-ja');
  await confirm.check();
  await dialog.getByRole('button', { name: '抑止を無視して実行' }).click();
  await page.waitForURL(/\/sessions\/\d+/);
  await dialog.waitFor({ state: 'detached' });
});
