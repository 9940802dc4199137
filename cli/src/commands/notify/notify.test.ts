// Silences, trying rules, what is kept back, escalations and the chain of an event, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEvent } from '@nezuban/protocol/events/event';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';
const at = '2026-11-22T09:00:00.000Z';
const page = <Item>(items: Item[]) => ({ items, nextCursor: null });
const event = {
  ...newEvent,
  id: 7,
  at,
  priority: 'critical' as const,
  code: 'trap_received' as const,
  node: 'web-1',
  message: 'link 3 is down',
  details: {},
};
const silence = {
  id: 4,
  match: { nodes: ['web-*'] },
  reason: 'firmware',
  from: at,
  until: '2126-11-22T11:00:00.000Z',
  by: 'sato',
  endedAt: null,
  endedBy: null,
};
const run = {
  rule: 'r',
  chain: 'night',
  state: 'acknowledged' as const,
  step: 1,
  round: 1,
  nextAt: null,
  eventIds: [7],
  startedAt: at,
  endedAt: at,
  endedBy: 'suzuki',
};
const delivery = {
  id: 31,
  eventId: 7,
  rule: 'r',
  channel: 'mail to ops',
  state: 'suppressed' as const,
  tries: 0,
  nextTryAt: null,
  lastError: null,
  createdAt: at,
  sentAt: null,
  suppressedBy: 'router-down',
  suppressedKind: 'inhibition' as const,
  eventCount: 3,
};
const rule = {
  kind: 'notification' as const,
  name: 'r' as never,
  enabled: true,
  priorities: [],
  codes: [],
  nets: [],
  channels: ['team' as never],
};
const simulated = {
  at,
  type: 'message' as const,
  cause: null,
  channels: null,
  recovered: true,
  reminder: false,
  overflow: false,
  escalationStep: null,
  unchanged: 0,
  count: 2,
  events: [{ id: 7, at, priority: 'critical' as const, node: 'web-1', message: 'link 3 is down' }],
};

const start = (sent: unknown[] = []) =>
  startFakeManager({
    ...handlers,
    listRules: () => page([{ rule, revision: 1, updatedAt: at, updatedBy: 'admin' }]),
    simulateRule: () => ({ from: at, to: at, events: 12, isCut: false, messages: [simulated] }),
    listKeptBack: () => page([{ rule: 'r', kind: 'inhibition' as const, by: 'router-down', event }]),
    listSilences: () => page([silence]),
    addSilence: ({ body }) => {
      sent.push(body);
      return silence;
    },
    endSilence: () => ({ ...silence, endedAt: at, endedBy: 'sato' }),
    listEscalations: () =>
      page([
        {
          escalation: {
            kind: 'escalation' as const,
            name: 'night' as never,
            enabled: true,
            rounds: 1,
            steps: [{ after_min: 5, channels: ['team' as never] }],
          },
          revision: 1,
          updatedAt: at,
          updatedBy: 'admin',
        },
      ]),
    listEscalationRuns: () => page([run]),
    listDeliveries: () => page([delivery]),
    retryDeliveries: ({ body }) => {
      sent.push(body);
      return { retried: 3 };
    },
    getEventChain: () => ({
      event,
      trapId: 99,
      deliveries: [delivery],
      escalations: [run],
      sessions: [12],
    }),
  });

const cases: readonly { readonly line: string; readonly text: RegExp; readonly json: unknown }[] = [
  {
    line: 'notify try r --hours 2',
    text: /recovered +2 +link 3 is down\n\nOf 12 events in 2 h, r would have sent 1 messages\.\n$/,
    json: { events: 12 },
  },
  { line: 'notify kept', text: /\nr +inhibition router-down +7 +web-1 +link 3 is down\n$/, json: {} },
  { line: 'notify rules', text: /\nr +yes +all +team\n$/, json: {} },
  {
    line: 'notify deliveries --rule r --event 7',
    text: /suppressed +0 +- +inhibition router-down, 3 events\n$/,
    json: {},
  },
  {
    line: 'notify retry --all --channel team',
    text: /^3 deliveries are tried again\.\n$/,
    json: { retried: 3 },
  },
  {
    line: 'silence list',
    text: /\n +4 +open +2126-11-22 20:00:00 +sato +node web-\* +firmware\n$/,
    json: {},
  },
  { line: 'silence end 4', text: /^Silence 4 has ended\.\n$/, json: { items: [{ id: 4 }] } },
  { line: 'escalation list', text: /\nnight +yes +1 +after 5 min: team\n$/, json: {} },
  { line: 'escalation runs', text: /r +night +7 +acknowledged +1 +- +suzuki\n$/, json: {} },
  {
    line: 'events chain 7',
    text: /^Trap 99\nEvent 7: link 3 is down \(critical, unconfirmed\)\n[^]*delivery 31 of r to mail to ops: suppressed \(inhibition router-down\)\n[^]*escalation night of r: acknowledged by suzuki\n {2}session 12\n$/,
    json: { trapId: 99 },
  },
];

for (const { line, text, json } of cases)
  test(`${line}: text and JSON`, async () => {
    await using manager = await start();
    const plain = await runCli(line.split(' '), { url: manager.url });
    assert.equal(plain.exitCode, 0, plain.stderr);
    assert.match(plain.stdout, text);
    const asJson = await runCli([...line.split(' '), '--json'], { url: manager.url });
    assert.partialDeepStrictEqual(JSON.parse(asJson.stdout), json);
  });

test('silence add: what is named becomes the matcher; without any, a reason or an end it is refused', async () => {
  const sent: { match: unknown; reason: string }[] = [];
  await using manager = await start(sent);
  const words = [
    'silence',
    'add',
    '--node',
    'web-*',
    '--text',
    'down',
    '--until',
    '2h',
    '--reason',
    'firmware',
  ];
  const result = await runCli(words, { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /^Silence 4: notifications of node web-\* are kept back until/);
  assert.deepEqual(sent[0]?.match, { nodes: ['web-*'], text: { contains: 'down', ignore_case: true } });
  for (const wrong of [
    ['silence', 'add', '--until', '2h', '--reason', 'x'],
    ['silence', 'add', '--node', 'a', '--reason', 'x'],
    ['silence', 'add', '--node', 'a', '--until', '2h'],
    ['notify', 'retry'],
  ]) {
    const { exitCode } = await runCli(wrong, { url: manager.url });
    assert.equal(exitCode, 2, wrong.join(' '));
  }
});
