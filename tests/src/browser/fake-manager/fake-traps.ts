// Traps, senders and intakes of the fake manager.
import type { IntakeView, TrapSourceView } from '@nezuban/protocol/traps/trap';
import { ago, eventOf } from './fake-data.ts';
import { paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeTrap } from './fake-trap-data.ts';
import type { FakeWorld } from './fake-world.ts';

export const createFakeTrapHandlers = (world: FakeWorld): FakeHandlers => ({
  listTraps: ({ query }) => ({
    body: paged(
      world.traps.list
        .map(({ detail }) => detail)
        .filter(
          (trap) =>
            (query.q === undefined || trap.text.toLowerCase().includes(query.q.toLowerCase())) &&
            (query.node === undefined || trap.node === query.node) &&
            (query.address === undefined || trap.address === query.address) &&
            (query.protocol === undefined || query.protocol.includes(trap.protocol)) &&
            (query.matched === undefined || trap.matched === query.matched) &&
            (query.malformed === undefined || (trap.malformed !== null) === query.malformed) &&
            (query.unknown === undefined || (trap.node === null) === query.unknown) &&
            (query.from === undefined || trap.receivedAt >= query.from) &&
            (query.to === undefined || trap.receivedAt < query.to),
        ),
      query,
    ),
  }),
  getTrap: ({ params }) => {
    const found =
      world.traps.list.find(({ detail }) => detail.id === params.id) ??
      refuse('not_found', `There is no trap ${params.id}.`);
    const { detail } = found;
    const event = eventOf(3_000 + detail.id, {
      priority: 'critical',
      code: 'trap_received',
      message: `${detail.host ?? detail.address}: ${detail.text}`,
      node: detail.node,
    });
    return { body: detail.matched ? { ...detail, events: [event] } : detail };
  },
  listTrapSources: ({ query }) => ({
    body: {
      items: sourcesOf(world.traps.list).filter(({ node }) => query.unknown !== true || node === null),
    },
  }),
  getIntake: () => ({
    body: {
      intakes: world.traps.list.length === 0 ? [intakeOf('own', 'nezu-a.example.jp')] : intakes(),
      processing: {
        traps: 1_204_331,
        copies: 1_190_020,
        unmatched: 804_112,
        malformed: 71,
        perhapsRepeats: 0,
        summarised: world.traps.list.length === 0 ? 0 : 184_220,
        dropped: world.traps.list.length === 0 ? 0 : 312,
        refusedFull: 0,
        failures: 0,
        lagSeconds: 0.2,
        backlog: 140,
        unpaired: 3,
      },
    },
  }),
});

const sourcesOf = (traps: readonly FakeTrap[]): readonly TrapSourceView[] =>
  [...Map.groupBy(traps, ({ detail }) => detail.address)].map(([address, group]) => ({
    address,
    host: group[0]?.detail.host ?? null,
    node: group[0]?.detail.node ?? null,
    protocols: [...new Set(group.map(({ detail }) => detail.protocol))],
    count: group.length,
    malformed: group.filter(({ detail }) => detail.malformed !== null).length,
    firstAt: group.at(-1)?.detail.receivedAt ?? ago(0),
    lastAt: group[0]?.detail.receivedAt ?? ago(0),
  }));

const receiver = (name: string, listen: string, more: object = {}) => ({
  name,
  listen,
  state: 'listening' as const,
  says: null,
  received: 602_441,
  refused: 12,
  malformed: 40,
  kernelDrops: 0,
  ...more,
});

const intakeOf = (role: IntakeView['role'], host: string): IntakeView => ({
  role,
  host,
  connected: true,
  says: null,
  storedSeq: 880_420,
  status: {
    journalId: 'b9f1',
    firstSeq: 860_000,
    nextSeq: 880_561,
    processedSeq: 880_400,
    journalBytes: 1_310_000_000,
    journalBytesMax: 4_294_967_296,
    refusedFull: 0,
    summarised: 92_110,
    ordersRevision: 4,
    receivers: [
      receiver('syslog-udp', '0.0.0.0:5514', { kernelDrops: 312 }),
      receiver('syslog-tcp', '0.0.0.0:5514'),
      receiver('syslog-tls', '127.0.0.1:6514', { state: 'off', received: 0, refused: 0, malformed: 0 }),
      receiver('snmp', '0.0.0.0:5162', { received: 4_120, malformed: 31 }),
      receiver('http', '0.0.0.0:7383', { received: 310 }),
    ],
    sources: [
      { address: '10.0.3.21', perSecond: 61_200, summarised: 91_800 },
      { address: '10.0.4.12', perSecond: 410.5, summarised: 0 },
    ],
  },
});

const intakes = (): IntakeView[] => {
  const peer = intakeOf('peer', 'nezu-b.example.jp');
  const { status } = peer;
  if (status === null) return [peer];
  return [
    intakeOf('own', 'nezu-a.example.jp'),
    {
      ...peer,
      status: {
        ...status,
        receivers: status.receivers.map((each) =>
          each.name === 'snmp'
            ? {
                ...each,
                listen: '0.0.0.0:162',
                state: 'failed' as const,
                says: 'The port 162 is in use by another program, often snmptrapd; stop it, or choose another port. It is tried again every 5 s.',
              }
            : each,
        ),
        sources: [],
      },
    },
  ];
};
