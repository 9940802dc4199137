// The commands on traps, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';
const at = '2026-11-22T09:00:00.000Z';
const trap: TrapSummary = {
  id: 12,
  receivedAt: at,
  protocol: 'syslog',
  address: '192.0.2.7',
  node: null,
  host: 'sw-1',
  text: 'link down\u001b[2J',
  matched: false,
  malformed: null,
  heardBoth: true,
  perhapsRepeat: false,
};
const receiver = {
  name: 'syslog-udp',
  listen: '0.0.0.0:514',
  state: 'failed' as const,
  says: 'the port needs a capability',
  received: 5,
  refused: 0,
  malformed: 0,
  kernelDrops: 2,
};

const start = () => {
  const asked: unknown[] = [];
  const manager = startFakeManager({
    ...handlers,
    listTraps: ({ query }) => {
      asked.push(query);
      return { items: [{ ...trap, id: 13, matched: true }, trap], nextCursor: null };
    },
    getTrap: () => ({
      ...trap,
      recordedAt: at,
      port: 514,
      heardBy: 'host-a',
      seq: 7,
      flags: ['truncated'],
      extra: { user: 'ops' },
      bytes: 2,
      raw: '6869',
      facts: [
        {
          text: 'link down',
          host: 'sw-1',
          saidAt: at,
          malformed: null,
          fields: { 'a.b': 'c' },
          syslog: { facility: 16, severity: 6, app: 'app', procId: null, msgId: null },
          snmp: null,
        },
      ],
      events: [],
    }),
    listTrapSources: () => ({
      items: [
        {
          address: '192.0.2.7',
          host: 'sw-1',
          node: null,
          protocols: ['snmp', 'syslog'],
          count: 9,
          malformed: 1,
          firstAt: at,
          lastAt: at,
        },
      ],
    }),
    getIntake: () => ({
      intakes: [
        {
          role: 'own',
          host: 'host-a',
          connected: true,
          says: null,
          storedSeq: 90,
          status: {
            journalId: 'j',
            firstSeq: 1,
            nextSeq: 101,
            processedSeq: 90,
            journalBytes: 5_000_000,
            journalBytesMax: 4_000_000_000,
            refusedFull: 0,
            summarised: 0,
            ordersRevision: 1,
            receivers: [receiver],
            sources: [],
          },
        },
        {
          role: 'peer',
          host: 'host-b',
          connected: false,
          says: 'It cannot be reached.',
          storedSeq: null,
          status: null,
        },
      ],
      processing: {
        traps: 90,
        copies: 80,
        unmatched: 1,
        malformed: 0,
        perhapsRepeats: 0,
        summarised: 3,
        dropped: 2,
        refusedFull: 0,
        failures: 0,
        lagSeconds: 0.25,
        backlog: 10,
        unpaired: 4,
      },
    }),
  });
  return { manager, asked };
};

for (const [line, text] of [
  ['trap list', /^TRAP[^]*12 +2026-11-22 18:00:00 +syslog +192\.0\.2\.7 +- +sw-1 +no +link down[^]*13 /],
  ['trap show 12', /Received +2026-11-22 18:00:00 on host-a[^]*Field +a\.b = c[^]*Raw +6869 \(2 bytes\)/],
  ['trap sources --unknown', /^ADDRESS[^]*192\.0\.2\.7 +sw-1 +- +snmp, syslog +9 +1 /],
  [
    'trap status',
    /^host-a: its intake is read, 10 messages behind\.[^]*host-b: its intake is not read\. It cannot be reached\.[^]*syslog-udp cannot listen: the port needs a capability[^]*80 copies met/,
  ],
] as const)
  test(`nezuban ${line}: says what the manager answered`, async () => {
    await using manager = await start().manager;
    const result = await runCli(line.split(' '), { url: manager.url });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, text);
    assert.ok(!result.stdout.includes('\u001b'), 'what a device says does not steer the terminal');
  });

test('nezuban trap list: options: become the filter', async () => {
  const { manager: starting, asked } = start();
  await using manager = await starting;
  const line =
    'trap list --unmatched --unknown --address 192.0.2.0/24 --protocol snmp --search down --limit 5';
  const result = await runCli(line.split(' '), { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.partialDeepStrictEqual(asked[0], {
    matched: false,
    unknown: true,
    address: '192.0.2.0/24',
    protocol: ['snmp'],
    q: 'down',
  });
});
