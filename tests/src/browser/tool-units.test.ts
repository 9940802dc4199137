// Units that work on nodes by a tool of the agent, in the console: their signs in the graph, and what the panels of definition and session say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { say } from '@nezuban/protocol/sentences/sentence';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole, type ViewOptions } from './console-page.ts';
import { ago, attemptOf, sessionOf } from './fake-manager/fake-data.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const netName = 'sample/night-run';
const sessionId = 42;
const shots = process.env['NEZUBAN_TEST_SHOTS'];

const definition = jobNetSchema.parse({
  kind: 'jobnet',
  name: netName,
  title: 'Night run',
  target: { node: 'local' },
  units: [
    {
      name: 'orders',
      type: 'file_watch',
      path: '/data/in/orders-*.csv',
      settle_s: 10,
      timeout_s: 3600,
      on_timeout: 'warning',
    },
    {
      name: 'order',
      type: 'http',
      after: ['orders'],
      method: 'POST',
      url: 'https://api.example/jobs',
      status: { normal: '202', retry: '503' },
      retry: { count: 5, delay_s: 60 },
      poll: { from: { header: 'Location' }, done: { json: '$.state', equals: 'done' } },
    },
    {
      name: 'rotate',
      type: 'ssh',
      after: ['order'],
      host: 'switch-7.example',
      login: 'ops',
      key_file: '/etc/ops',
      known_hosts_file: '/etc/known_hosts',
      command: 'rotate-logs',
    },
    {
      name: 'convert',
      type: 'container',
      after: ['order'],
      image: 'registry.example/convert:2.4',
      memory: '512m',
    },
    {
      name: 'send',
      type: 'file_transfer',
      after: ['order'],
      user: 'intake',
      from: { node: 'core01', user: 'batch', path: '/data/out/day-*.csv' },
      to: { path: '/data/in/', mode: '0640', if_exists: 'keep' },
      mb_per_second: 50,
    },
    {
      name: 'check',
      after: ['convert'],
      command: './check.sh',
      end_by: { file: '/out/done' },
      warn_after_s: 600,
    },
  ],
});
const sending = attemptOf(sessionId, { state: 'running', exitCode: null, endedAt: null, startedAt: ago(30) });
const session = sessionOf(sessionId, definition, {
  orders: { state: 'running', startedAt: ago(60) },
  send: { state: 'running', startedAt: ago(30), attempts: [sending] },
});

const visit = async (view: ViewOptions) => {
  const made = await visitConsole(browser, {}, view);
  const net = made.server.world.nets.get(netName) ?? assert.fail('no net');
  made.server.world.nets.set(netName, { ...net, definition });
  made.server.world.sessions.set(sessionId, session);
  made.server.world.transfers.push({
    attemptId: sending.id,
    sessionId: sessionId as never,
    net: netName,
    unit: 'send',
    from: { node: 'core01', path: '/data/out/day-*.csv' },
    to: { node: 'local', path: '/data/in/' },
    state: 'runs',
    reason: null,
    file: 'day-2.csv',
    files: 3,
    filesDone: 1,
    bytes: 412_000_000,
    bytesTotal: 1_300_000_000,
    bytesPerSecond: 48_000_000,
    since: ago(30),
  });
  return made;
};

for (const view of [
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'ja', scheme: 'dark', width: 1280 },
  { language: 'ja', scheme: 'light', width: 390 },
] as const) {
  const isEnglish = view.language === 'en';
  const words: Readonly<Record<string, readonly string[]>> = {
    orders: [isEnglish ? 'File watch' : 'ファイル待ち', '/data/in/orders-*.csv', isEnglish ? '10s' : '10 秒'],
    order: [
      isEnglish ? 'HTTP call' : 'HTTP 呼び出し',
      'POST',
      'https://api.example/jobs',
      '{ "normal": "202", "retry": "503" }',
    ],
    rotate: [isEnglish ? 'Command by SSH' : 'SSH コマンド', 'switch-7.example', 'rotate-logs'],
    convert: [isEnglish ? 'Container' : 'コンテナ', 'registry.example/convert:2.4', '512m'],
    send: [
      isEnglish ? 'File transfer' : 'ファイル転送',
      'batch@core01:/data/out/day-*.csv',
      isEnglish ? 'Mode of the file' : 'ファイルのアクセス権',
      isEnglish ? 'keeps what is there' : '既存のファイルを残す',
    ],
    check: ['/out/done'],
  };

  test(`tool units: ${view.language}, ${view.width} px: the graph tells them apart, the panel says what they do`, async () => {
    await using made = await visit(view);
    const { page } = made;
    await made.open('/net/sample%2Fnight-run');
    for (const [name, texts] of Object.entries(words)) {
      const node = page.locator(`.react-flow__node[data-id="${name}"]`);
      const panel = page.locator('.nz-panel');
      // A click that meets the closing of the panel before it opens nothing: it is made again.
      const first = panel.getByText(texts[0] ?? '', { exact: false }).first();
      for (let tries = 0; tries < 20; tries += 1) {
        await node.click();
        if (
          await first.waitFor({ timeout: 5_000 }).then(
            () => true,
            () => false,
          )
        )
          break;
      }
      for (const text of texts) await panel.getByText(text, { exact: false }).first().waitFor();
      if (shots !== undefined)
        await page.screenshot({ path: `${shots}/tool-${view.language}-${view.width}-${name}.png` });
      await page.keyboard.press('Escape');
    }
    made.assertQuiet();
  });

  test(`tool units: session, ${view.language}, ${view.width} px: their output is shown as that of commands`, async () => {
    await using made = await visit(view);
    await made.open(`/sessions/${sessionId}?unit=orders`);
    await made.page.getByRole('tab', { name: isEnglish ? 'Output' : '出力' }).waitFor();
    if (shots !== undefined)
      await made.page.screenshot({ path: `${shots}/tool-session-${view.language}-${view.width}.png` });
    made.assertQuiet();
  });

  test(`tool units: transfer, ${view.language}, ${view.width} px: how far it is`, async () => {
    await using made = await visit(view);
    await made.open(`/sessions/${sessionId}?unit=send`);
    const bar = made.page.getByRole('progressbar', {
      name: isEnglish ? 'Progress of the transfer' : '転送の進み具合',
    });
    await bar.waitFor();
    await made.page.getByText(isEnglish ? 'File 2 of 3' : '3 ファイル中 2 番目', { exact: false }).waitFor();
    if (shots !== undefined)
      await made.page.screenshot({ path: `${shots}/transfer-${view.language}-${view.width}.png` });
    const { transfers } = made.server.world;
    const [running] = transfers;
    assert.ok(running);
    const { message: reason, ...reasonSaid } = say('transfer_waits_for_agent', { node: 'core01' });
    transfers[0] = { ...running, state: 'waits', reason, reasonSaid };
    await made.page
      .getByText(isEnglish ? reason : 'ノード「core01」のエージェントの接続を待っています')
      .waitFor();
    if (shots !== undefined)
      await made.page.screenshot({ path: `${shots}/transfer-waits-${view.language}-${view.width}.png` });
    made.assertQuiet();
  });
}
