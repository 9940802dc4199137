// Pairs in every state for browser tests: redundant, and everything else as a change of that.
import type { OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { KeeperView, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import { ago } from './fake-data.ts';

export const pairCases = [
  'single',
  'one-host',
  'redundant',
  'copying',
  'alone',
  'no-master',
  'failed',
  'maintenance',
  'forced',
] as const;
export type PairCase = (typeof pairCases)[number];

const view = (name: string, changes: Partial<KeeperView> = {}): KeeperView => ({
  id: `id-${name}`,
  name,
  kind: 'member',
  release: '0.1.0',
  at: ago(0),
  state: 'standby-in-sync',
  reason: 'This host holds everything that host-a has acknowledged, and can take over.',
  since: ago(11_000),
  term: 4,
  database: { runs: 'standby', healthy: true, streaming: true, flushed: 50_331_648, bytes: 12_400_000_000 },
  copy: null,
  lagBytes: null,
  commitsWait: false,
  serviceOpen: false,
  guardRuns: true,
  freeBytes: 119_000_000_000,
  takeOvers: [],
  ...changes,
});

const masterOf = (name: string, changes: Partial<KeeperView> = {}): KeeperView =>
  view(name, {
    state: 'master-paired',
    reason: `${name === 'host-a' ? 'host-b' : 'host-a'} is in sync: the pair is redundant.`,
    database: {
      runs: 'primary',
      healthy: true,
      streaming: false,
      flushed: 50_331_648,
      bytes: 12_400_000_000,
    },
    lagBytes: 18_400,
    commitsWait: true,
    serviceOpen: true,
    ...changes,
  });

const host = (name: string, changes: Partial<PairHost> = {}): PairHost => ({
  id: `id-${name}`,
  name,
  address: name === 'host-a' ? '192.0.2.10:7382' : '192.0.2.11:7382',
  consoleUrl: `https://${name}.example:7380`,
  isSelf: name === 'host-a',
  isMaster: name === 'host-a',
  inSync: true,
  reachable: true,
  lastHeardAgoMs: name === 'host-a' ? 0 : 120,
  roundTripMs: name === 'host-a' ? null : 0.42,
  view: name === 'host-a' ? masterOf(name) : view(name),
  ...changes,
});

const voter = (
  name: string,
  kind: 'member' | 'witness',
  lastHeardAgoMs: number | null = 90,
): PairStatus['voters'][number] => ({
  id: `id-${name}`,
  name,
  kind,
  reachable: lastHeardAgoMs !== null && lastHeardAgoMs < 5_000,
  lastHeardAgoMs,
});

type Steps = readonly [number | null, number | null, number | null, number | null];
const takeOver = (
  term: number,
  [detectMs, electMs, promoteMs, openMs]: Steps,
  changes: Partial<TakeOver>,
): TakeOver => ({
  at: ago(1_000_000 / term),
  term,
  kind: 'failover',
  from: 'host-b',
  to: 'host-a',
  reason: 'The former master was not heard any more.',
  steps: { detectMs, electMs, promoteMs, openMs },
  totalMs: [detectMs, electMs, promoteMs, openMs].reduce<number>((sum, ms) => sum + (ms ?? 0), 0),
  ...changes,
});

const history = (): TakeOver[] => [
  takeOver(4, [1_620, 41, 310, 240], {}),
  takeOver(3, [null, 22, 280, 210], {
    kind: 'switch',
    from: 'host-a',
    to: 'host-b',
    reason: 'The former master handed the service over.',
  }),
  takeOver(2, [40, 25, 200, 250], { reason: 'The former master was not heard any more.' }),
  takeOver(1, [null, null, 180, 900], {
    kind: 'first-start',
    from: null,
    to: 'host-b',
    reason: 'It was started for the first time.',
  }),
];

const redundant = (changes: Partial<PairStatus> = {}): PairStatus => ({
  mode: 'pair',
  at: ago(0),
  cluster: 'c-1',
  self: 'id-host-a',
  master: { id: 'id-host-a', name: 'host-a', since: ago(12_000), term: 4 },
  redundancy: 'redundant',
  summary: 'host-a is master (term 4). The pair is redundant: the other host can take over at any moment.',
  advice: [],
  hosts: [host('host-a'), host('host-b')],
  voters: [voter('host-a', 'member', 0), voter('host-b', 'member'), voter('web-1', 'witness')],
  tieBreaker: 'witness',
  roster: {
    term: 4,
    revision: 4,
    phase: 'active',
    lossy: false,
    forced: false,
    asymmetric: false,
    changingVoters: false,
  },
  history: history(),
  ...changes,
});

const alone = (standby: Partial<PairHost>, more: Partial<PairStatus> = {}): PairStatus =>
  redundant({
    redundancy: 'alone',
    summary: 'host-a is master (term 4). It is alone: nothing would take over.',
    hosts: [
      host('host-a', {
        view: masterOf('host-a', {
          state: 'master-alone',
          reason: 'host-b is out. This host goes on alone.',
          since: ago(600),
          lagBytes: null,
          commitsWait: false,
        }),
      }),
      host('host-b', { inSync: false, ...standby }),
    ],
    ...more,
  });

const away = { reachable: false, view: null, lastHeardAgoMs: 640_000 } as const;

const makers: Readonly<Record<PairCase, () => PairStatus>> = {
  single: () =>
    redundant({
      mode: 'single',
      redundancy: 'alone',
      summary: 'This is a single manager: one host, no standby.',
      hosts: [
        host('host-a', {
          address: null,
          view: masterOf('host-a', { state: 'master-alone', lagBytes: null }),
        }),
      ],
      voters: [voter('host-a', 'member', 0)],
      history: [],
    }),
  'one-host': () => ({
    ...alone({}),
    hosts: alone({}).hosts.slice(0, 1),
    voters: [voter('host-a', 'member', 0)],
    advice: [
      {
        code: 'no_standby',
        priority: 'warning',
        says: 'There is no second host. Make a token here, then paste the line that it prints on the other host.',
        facts: {},
        command: 'nezuban pair create',
      },
    ],
  }),
  redundant: () => redundant(),
  copying: () =>
    alone(
      {
        view: view('host-b', {
          state: 'standby-copying',
          reason: 'The data of this host cannot follow host-a: it has none. It is made anew from there.',
          since: ago(40),
          database: { runs: 'absent', healthy: false, streaming: false, flushed: 0, bytes: null },
          copy: { phase: 'copying', bytes: 4_100_000_000, totalBytes: 12_400_000_000, startedAt: ago(40) },
        }),
      },
      {
        redundancy: 'preparing',
        advice: [
          {
            code: 'standby_copying',
            priority: 'info',
            says: 'host-b receives a copy of the data. Nothing is to be done.',
            facts: { host: 'host-b', bytes: 4_100_000_000, totalBytes: 12_400_000_000 },
            command: null,
          },
        ],
      },
    ),
  alone: () =>
    alone(away, {
      voters: [
        voter('host-a', 'member', 0),
        voter('host-b', 'member', 640_000),
        voter('web-1', 'witness', 640_000),
      ],
      advice: [
        {
          code: 'witness_silent',
          priority: 'warning',
          says: 'The witness web-1 does not answer. The service goes on; the next loss may stop it. Another one is appointed after ten minutes, or at once by hand.',
          facts: { host: 'web-1' },
          command: 'nezuban pair witness',
        },
        {
          code: 'standby_unreachable',
          priority: 'critical',
          says: 'host-b is not reached: no answer from 192.0.2.11:7382. Start it, or mend the network; it comes back by itself.',
          facts: { host: 'host-b', why: 'no answer from 192.0.2.11:7382' },
          command: null,
        },
      ],
    }),
  'no-master': () =>
    redundant({
      master: null,
      redundancy: 'no-master',
      summary: 'There is no master that this host knows of.',
      hosts: [
        host('host-a', {
          isMaster: false,
          view: view('host-a', {
            state: 'waiting',
            reason: 'No master is heard, and this host cannot become one: no majority answers.',
            since: ago(90),
          }),
        }),
        host('host-b', { ...away, inSync: false }),
      ],
      voters: [
        voter('host-a', 'member', 0),
        voter('host-b', 'member', 640_000),
        voter('web-1', 'witness', null),
      ],
      advice: [
        {
          code: 'no_master',
          priority: 'critical',
          says: 'Nobody is master. If the missing hosts do not come back, one host can be made master by force, with what it has.',
          facts: {},
          command: 'nezuban pair recover',
        },
      ],
    }),
  failed: () =>
    alone(
      {
        view: view('host-b', {
          state: 'failed',
          reason: 'The copy failed too often: the disk is full. Mend that, then type: nezuban pair recover',
          freeBytes: 12_000_000,
        }),
      },
      {
        advice: [
          {
            code: 'standby_failed',
            priority: 'critical',
            says: 'host-b needs a hand: The copy failed too often: the disk is full.',
            facts: { host: 'host-b', why: 'The copy failed too often: the disk is full.' },
            command: 'nezuban pair recover --host host-b',
          },
          {
            code: 'disk_low',
            priority: 'warning',
            says: 'The disk of host-b has 11 MB left.',
            facts: { host: 'host-b', freeBytes: 12_000_000 },
            command: null,
          },
        ],
      },
    ),
  maintenance: () =>
    alone(
      {
        view: view('host-b', {
          state: 'maintenance',
          reason: 'This host is out of duty for maintenance. It still votes.',
        }),
      },
      {
        advice: [
          {
            code: 'standby_in_maintenance',
            priority: 'warning',
            says: 'host-b is in maintenance: it votes and does nothing else.',
            facts: { host: 'host-b' },
            command: 'nezuban pair maintenance off --host host-b',
          },
        ],
      },
    ),
  forced: () =>
    alone(away, {
      voters: [voter('host-a', 'member', 0)],
      roster: {
        term: 131_072,
        revision: 2,
        phase: 'active',
        lossy: true,
        forced: true,
        asymmetric: false,
        changingVoters: false,
      },
      advice: [
        {
          code: 'forced_unconfirmed',
          priority: 'critical',
          says: 'The master was made by force and no majority of the former voters has confirmed it yet. Start the other hosts only connected to it.',
          facts: {},
          command: null,
        },
      ],
      history: [
        takeOver(131_072, [null, 30, 300, 200], {
          at: ago(300),
          kind: 'forced',
          from: null,
          reason: 'An operator made it master by force.',
        }),
        ...history(),
      ],
    }),
};

export const pairOf = (name: PairCase): PairStatus => makers[name]();

/** The pair after its service has moved to host-b. */
export const switchedPair = (): PairStatus =>
  redundant({
    self: 'id-host-b',
    master: { id: 'id-host-b', name: 'host-b', since: ago(1), term: 5 },
    hosts: [
      host('host-a', {
        isSelf: false,
        isMaster: false,
        view: view('host-a', {
          reason: 'This host holds everything that host-b has acknowledged, and can take over.',
        }),
      }),
      host('host-b', { isSelf: true, isMaster: true, roundTripMs: null, view: masterOf('host-b') }),
    ],
    history: [
      takeOver(5, [null, 24, 270, 230], {
        at: ago(1),
        kind: 'switch',
        from: 'host-a',
        to: 'host-b',
        reason: 'The former master handed the service over.',
      }),
      ...history(),
    ],
  });

/** What the keeper says to a command in tests that do not care. */
export const sayTo = ({ do: what }: OperatorCommand): { readonly ok: boolean; readonly says: string } => ({
  ok: true,
  says: `Noted: ${what}.`,
});
