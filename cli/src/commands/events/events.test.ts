// Events in full, their fields and states, saved filters and the status view, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { sampleEvent } from '../../testing/samples.ts';

process.env['TZ'] = 'Asia/Tokyo';
const at = '2026-11-22T09:00:00.000Z';
const event = sampleEvent(7, {
  node: 'web-1',
  monitor: 'snmp',
  key: 'link:3',
  count: 4,
  lastAt: at,
  fields: { ticket: 'INC-1' },
});
const entry = {
  node: 'web-1',
  monitor: 'snmp',
  key: 'link:3',
  net: null,
  priority: 'critical' as const,
  code: 'trap_received' as const,
  message: 'link 3 is down',
  details: {},
  since: at,
  lastAt: at,
  eventId: 7,
  count: 4,
  clearedAt: null,
  expiresAt: null,
  expiredAt: null,
  acknowledgedAt: at,
  acknowledgedBy: 'sato',
};
const counts = { critical: 1, warning: 0, unknown: 0, info: 0 };
const worst = { worst: 'critical' as const, counts };
const filter = { name: 'night', owner: 'sato', shared: true, filter: { min_count: 3 }, updatedAt: at };

const start = async (sent: unknown[] = []) =>
  await startFakeManager({
    ...handlers,
    getEvent: () => event,
    setEventFields: ({ body }) => {
      sent.push(body);
      return event;
    },
    confirmEvents: ({ body }) => {
      sent.push(body);
      return { changed: 1 };
    },
    confirmMatchingEvents: ({ body }) => {
      sent.push(body);
      return { matching: 3, more: false, changed: 3, upToId: 9 };
    },
    listEventFilters: () => ({ items: [filter] }),
    putEventFilter: () => filter,
    deleteEventFilter: () => undefined,
    getStatusTree: () => ({
      overall: worst,
      manager: { worst: null, counts: { ...counts, critical: 0 } },
      scopes: [
        { name: 'tokyo', parent: null, title: null, ...worst, nodes: 2, nodesByWorst: counts },
        { name: 'floor', parent: 'tokyo', title: null, ...worst, nodes: 1, nodesByWorst: counts },
      ],
      nodes: [{ name: 'web-1', scopes: ['floor'], ...worst }],
      nodesTotal: 1,
    }),
    listStatus: () => ({ items: [entry], nextCursor: null }),
    changeStatus: ({ body }) => {
      sent.push(body);
      return { changed: 1 };
    },
  });

const cases: readonly { readonly line: string; readonly text: RegExp; readonly json: object }[] = [
  {
    line: 'events show 7',
    text: /^Event 7: Event number 7\n[^]*Monitor: snmp\n[^]*Times: 4, last 2026-11-22 18:00:00\n[^]*ticket: INC-1\n/,
    json: { id: 7 },
  },
  { line: 'events confirming 7', text: /^1 of 1 are yours now\.\n$/, json: { changed: 1 } },
  { line: 'events unconfirm 7', text: /^1 of 1 unconfirmed again\.\n$/, json: { changed: 1 } },
  { line: 'events comment 7 --comment x', text: /^1 of 1 commented on\.\n$/, json: { changed: 1 } },
  { line: 'events confirm-all --monitor snmp', text: /^3 events fit\./, json: { matching: 3 } },
  { line: 'events confirm-all --yes', text: /^3 events confirmed\.\n$/, json: { changed: 3 } },
  { line: 'events field 7 ticket=INC-1', text: /^Event 7: ticket written\.\n$/, json: { id: 7 } },
  {
    line: 'events filter list',
    text: /\nnight +sato +yes +min_count 3\n$/,
    json: { items: [{ name: 'night' }] },
  },
  {
    line: 'events filter save night --min-count 3 --shared',
    text: /^Filter night is saved for everybody\.\n$/,
    json: { name: 'night' },
  },
  { line: 'events filter delete night', text: /^Filter night is deleted\.\n$/, json: { deleted: 'night' } },
  {
    line: 'status tree',
    text: /\nall +critical +1 [^]*\ntokyo \(2 nodes\) +critical [^]*\n {2}floor \(1 nodes\) +critical [^]*\nnode web-1 +critical /,
    json: { nodesTotal: 1 },
  },
  {
    line: 'status list --priority critical',
    text: /\ncritical +web-1 +snmp +link:3 +2026-11-22 18:00:00 +4 +link 3 is down \(seen by sato\)\n$/,
    json: { items: [{ key: 'link:3' }] },
  },
  { line: 'status clear web-1 snmp link:3', text: /^Cleared\.\n$/, json: { changed: 1 } },
  { line: 'status acknowledge - - self:disk', text: /^Acknowledged\.\n$/, json: { changed: 1 } },
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

test('events and status: what is typed is what is sent', async () => {
  const sent: unknown[] = [];
  await using manager = await start(sent);
  for (const line of [
    'events field 7 ticket=INC-1 owner=',
    'events confirm-all --monitor snmp --field system=core --yes',
    'status clear - snmp -',
  ])
    assert.equal((await runCli(line.split(' '), { url: manager.url })).exitCode, 0);
  assert.partialDeepStrictEqual(sent, [
    { fields: { ticket: 'INC-1', owner: null } },
    { filter: { monitor: 'snmp', field: ['system=core'] }, preview: true },
    { filter: { monitor: 'snmp', field: ['system=core'] }, up_to_id: 9 },
    { entries: [{ node: null, monitor: 'snmp', key: null }], action: 'clear' },
  ]);
});
