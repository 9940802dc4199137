// Units that run no command in the console: their signs and words in graph, table and panels, in both languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole, type ViewOptions } from './console-page.ts';
import { ago, sessionOf } from './fake-manager/fake-data.ts';

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
  parameters: [{ name: 'MODE', default: 'full' }],
  units: [
    { name: 'load', command: './load.sh' },
    { name: 'complete', type: 'judgment', after: ['load'], if: { unit: 'load', exit_code: '0-3' } },
    {
      name: 'tell',
      type: 'event_send',
      after: [{ unit: 'complete', on: [false] }],
      priority: 'critical',
      message: 'The load ({{parameter.MODE}}) is not complete',
    },
    { name: 'evening', type: 'wait', until: '22:00', after: [{ unit: 'complete', on: [true] }] },
    { name: 'mend', command: './mend.sh', recovery: true, after: ['evening'] },
  ],
});
const startedAt = ago(60);
const session = sessionOf(sessionId, definition, {
  load: { state: 'ended', endStatus: 'normal', startedAt: ago(70), endedAt: startedAt },
  complete: {
    state: 'ended',
    endStatus: 'normal',
    startedAt,
    endedAt: startedAt,
    answer: true,
    reason: 'True: exit code 0 of "load" is in 0-3.',
  },
  tell: { state: 'not_run', reason: 'Its condition cannot hold: "complete" answered true.' },
  evening: { state: 'running', startedAt, retryAt: ago(-3600) },
  mend: { state: 'waiting', recovery: true },
});

const visit = async (view: ViewOptions) => {
  const made = await visitConsole(browser, {}, view);
  const net = made.server.world.nets.get(netName) ?? assert.fail('no net');
  made.server.world.nets.set(netName, { ...net, definition });
  made.server.world.sessions.set(sessionId, session);
  return made;
};

for (const view of [
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'ja', scheme: 'dark', width: 1280 },
  { language: 'ja', scheme: 'light', width: 390 },
] as const) {
  const words =
    view.language === 'en'
      ? {
          judgment: 'Judgment',
          wait: 'Wait',
          event: 'Event',
          answer: 'True',
          until: 'goes on',
          priority: 'Critical',
        }
      : {
          judgment: '判定',
          wait: '実行間隔制御',
          event: 'イベント送信',
          answer: '真',
          until: '待機終了',
          priority: '危険',
        };

  test(`control units: definition, ${view.language}, ${view.width} px: each says what it is and what it asks`, async () => {
    await using made = await visit(view);
    const { page } = made;
    await made.open('/net/sample%2Fnight-run');
    const node = (name: string) => page.locator(`.react-flow__node[data-id="${name}"]`);
    await node('complete').getByText(words.judgment).waitFor();
    await page.locator('.react-flow__edge-text', { hasText: words.answer }).first().waitFor();
    await node('evening').getByText(words.wait).waitFor();
    await node('tell').click();
    const panel = page.locator('.nz-panel');
    await panel.getByText('The load ({{parameter.MODE}}) is not complete').waitFor();
    await panel.getByText(words.priority).waitFor();
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/net-${view.language}-${view.width}.png` });
    made.assertQuiet();
  });

  test(`control units: session, ${view.language}, ${view.width} px: the answer, the branch not taken, the time of a wait`, async () => {
    await using made = await visit(view);
    const { page } = made;
    await made.open(`/sessions/${sessionId}?unit=complete`);
    const panel = page.locator('.nz-panel');
    await panel.getByText('True: exit code 0 of "load" is in 0-3.').waitFor();
    await panel.locator('dd', { hasText: words.answer }).first().waitFor();
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/session-${view.language}-${view.width}.png` });
    await made.open(`/sessions/${sessionId}?unit=evening`);
    await panel.getByText(words.until).waitFor();
    await panel.locator('dd', { hasText: words.wait }).first().waitFor();
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/wait-${view.language}-${view.width}.png` });
    made.assertQuiet();
  });
}
