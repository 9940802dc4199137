// Approvals, units that wait, and start conditions in the console: what is shown, what is decided, in both languages and widths.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { UnitView } from '@nezuban/protocol/jobs/session';
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
  start_conditions: {
    all: [
      { name: 'left', net: 'sample/daily' },
      { name: 'right', event: { keys: ['file:*'] } },
    ],
  },
  units: [
    { name: 'arrival', type: 'event_wait', event: { keys: ['file:*'] }, timeout_s: 3600 },
    { name: 'upstream', type: 'net_wait', nets: ['sample/daily', 'sample/weekly'] },
    { name: 'release', type: 'approval', question: 'Release?', after: ['arrival'], needed: 2 },
  ],
});
const session = sessionOf(sessionId, definition, {
  arrival: {
    state: 'ended',
    endStatus: 'normal',
    startedAt: ago(70),
    endedAt: ago(60),
    work: {
      kind: 'event_wait',
      event: {
        id: 812,
        at: ago(61),
        code: 'job_event',
        priority: 'info',
        node: 'gate',
        monitor: null,
        key: 'file:a',
        message: 'a.csv arrived',
        fields: {},
        groups: { file: 'a.csv' },
      },
    },
  },
  upstream: {
    state: 'running',
    startedAt: ago(70),
    reason: 'Waits for the end of sample/weekly.',
    work: {
      kind: 'net_wait',
      targets: [
        { net: 'sample/daily', unit: null, on: ['normal'], met: true, session: 40, endStatus: 'normal' },
        { net: 'sample/weekly', unit: null, on: ['normal'], met: false, session: null, endStatus: null },
      ],
    },
  },
  release: {
    state: 'running',
    startedAt: ago(60),
    work: {
      kind: 'approval',
      question: 'Release?',
      needed: 2,
      users: null,
      roles: null,
      decisions: [{ by: 'bob', at: ago(30), approve: true, comment: 'figures checked' }],
    },
  },
} satisfies Record<string, Partial<UnitView>>);

const asked = {
  sessionId,
  net: netName,
  unit: 'release',
  title: null,
  run: 1,
  question: 'Release the files of today?',
  needed: 2,
  users: ['carol'],
  roles: ['operator'],
  decisions: [{ by: 'bob', at: ago(30), approve: true, comment: 'figures checked' }],
  askedAt: ago(600),
  until: ago(-3600),
  refusal: null,
};
const monitoring = {
  net: netName,
  enabled: true,
  since: ago(86_400),
  overlap: 'wait',
  mode: 'all',
  conditions: [
    { name: 'left', kind: 'net', met: { event: 811, at: ago(100) }, files: null, nextAt: null },
    { name: 'right', kind: 'event', met: null, files: null, nextAt: null },
  ],
  validUntil: null,
  generation: 12,
  startsMax: null,
  waiting: 1,
  reason: 'Waits: session 42 that they have started still runs.',
  lastSession: sessionId,
  lastStartAt: ago(600),
};

const answer = async (page: Page, decisions: unknown[]): Promise<void> => {
  await page.route('**/api/v1/approvals', (route) =>
    route.fulfill({
      json: {
        items:
          decisions.length === 0
            ? [
                asked,
                {
                  ...asked,
                  unit: 'other',
                  refusal: 'Unit "other" names who may decide, and you are not among them.',
                },
              ]
            : [],
      },
    }),
  );
  await page.route('**/api/v1/sessions/*/approvals', (route) => {
    decisions.push(route.request().postDataJSON());
    return route.fulfill({ json: session });
  });
  await page.route('**/api/v1/nets/*/monitoring', (route) => route.fulfill({ json: monitoring }));
};
const visit = async (view: ViewOptions) => {
  const made = await visitConsole(browser, {}, view);
  const net = made.server.world.nets.get(netName) ?? assert.fail('no net');
  made.server.world.nets.set(netName, { ...net, definition });
  made.server.world.sessions.set(sessionId, session);
  const decisions: unknown[] = [];
  await answer(made.page, decisions);
  return { ...made, decisions };
};

for (const view of [
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'ja', scheme: 'dark', width: 1280 },
  { language: 'ja', scheme: 'light', width: 390 },
] as const) {
  const words =
    view.language === 'en'
      ? {
          comment: 'Comment',
          approve: 'Approve',
          none: 'Nothing to approve',
          approval: 'Waiting for approval',
          monitoring: 'Monitoring',
          conditions: 'Start conditions',
          reason: monitoring.reason,
        }
      : {
          comment: 'コメント',
          approve: '承認',
          none: '承認待ちはありません',
          approval: '承認待ち',
          monitoring: '監視中',
          conditions: '起動条件',
          reason: '開始したセッション 42 の終了を待っています',
        };
  const name = `${view.language}, ${view.scheme}, ${view.width} px`;
  const shot = async (page: Page, what: string): Promise<void> => {
    if (shots !== undefined)
      await page.screenshot({ path: `${shots}/${what}-${view.language}-${view.width}.png` });
  };

  test(`waits: approvals, ${name}: the question is decided with a comment, and is gone then`, async () => {
    await using made = await visit(view);
    const { page, decisions } = made;
    await made.open(`/approvals?session=${sessionId}&unit=release`);
    const card = page.getByRole('region', { name: asked.question }).first();
    await card.getByLabel(words.comment).fill('seen');
    await shot(page, 'approvals');
    await card.getByRole('button', { name: words.approve, exact: true }).click();
    await page.getByText(words.none).waitFor();
    assert.deepEqual(decisions, [{ unit: 'release', approve: true, run: 1, comment: 'seen' }]);
    made.assertQuiet();
  });

  test(`waits: session, ${name}: what is waited for, and what has come of it`, async () => {
    await using made = await visit(view);
    const { page } = made;
    await made.open(`/sessions/${sessionId}?unit=arrival`);
    const panel = page.locator('.nz-panel');
    await panel.getByText('a.csv arrived').waitFor();
    await made.open(`/sessions/${sessionId}?unit=upstream`);
    await panel.getByText(words.monitoring).first().waitFor();
    await panel.locator('a', { hasText: '40' }).waitFor();
    await shot(page, 'upstream');
    await made.open(`/sessions/${sessionId}?unit=release`);
    await panel.getByText(words.approval).first().waitFor();
    await panel.getByText(/figures checked/).waitFor();
    await shot(page, 'release');
    made.assertQuiet();
  });

  test(`waits: net, ${name}: its start conditions as they stand`, async () => {
    await using made = await visit(view);
    const { page } = made;
    await made.open('/net/sample%2Fnight-run?tab=schedules');
    const section = page.getByRole('region', { name: words.conditions }).first();
    await section.getByText(words.reason).waitFor();
    await section.getByRole('link', { name: /811/ }).waitFor();
    await shot(page, 'monitoring');
    made.assertQuiet();
  });
}
