// How a pair is, for tests: redundant, and everything else as a change of that.
import type { KeeperView, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds)).toISOString();
/** The instant of the sample's answer. */
export const sampleNow: number = Date.parse(at(3_600));

export const sampleView = (name: string, changes: Partial<KeeperView> = {}): KeeperView => ({
  id: `id-${name}`,
  name,
  kind: 'member',
  release: '0.1.0',
  at: at(3_600),
  state: 'standby-in-sync',
  reason: 'This host holds everything that alpha has acknowledged, and can take over.',
  since: at(60),
  term: 3,
  database: { runs: 'standby', healthy: true, streaming: true, flushed: 50_331_648, bytes: 1_240_000_000 },
  copy: null,
  lagBytes: null,
  commitsWait: false,
  serviceOpen: false,
  guardRuns: true,
  freeBytes: 119_000_000_000,
  takeOvers: [],
  ...changes,
});

export const masterView = (name: string, changes: Partial<KeeperView> = {}): KeeperView =>
  sampleView(name, {
    state: 'master-paired',
    reason: 'beta is in sync: the pair is redundant.',
    database: { runs: 'primary', healthy: true, streaming: false, flushed: 50_331_648, bytes: 1_250_000_000 },
    lagBytes: 0,
    commitsWait: true,
    serviceOpen: true,
    ...changes,
  });

export const sampleHost = (name: string, changes: Partial<PairHost> = {}): PairHost => ({
  id: `id-${name}`,
  name,
  address: name === 'alpha' ? '192.0.2.10:7382' : '192.0.2.11:7382',
  consoleUrl: null,
  isSelf: name === 'alpha',
  isMaster: name === 'alpha',
  inSync: true,
  reachable: true,
  lastHeardAgoMs: name === 'alpha' ? 0 : 120,
  roundTripMs: name === 'alpha' ? null : 0.42,
  view: name === 'alpha' ? masterView(name) : sampleView(name),
  ...changes,
});

export const sampleTakeOver = (changes: Partial<TakeOver> = {}): TakeOver => ({
  at: at(30),
  term: 3,
  kind: 'failover',
  from: 'beta',
  to: 'alpha',
  reason: 'The former master was not heard any more.',
  steps: { detectMs: 1_620, electMs: 41, promoteMs: 310, openMs: 240 },
  totalMs: 2_211,
  ...changes,
});

export const sampleVoter = (
  name: string,
  changes: Partial<PairStatus['voters'][number]> = {},
): PairStatus['voters'][number] => ({
  id: `id-${name}`,
  name,
  kind: name.startsWith('web') ? 'witness' : 'member',
  reachable: true,
  lastHeardAgoMs: 90,
  ...changes,
});

export const samplePair = (changes: Partial<PairStatus> = {}): PairStatus => ({
  mode: 'pair',
  at: at(3_600),
  cluster: 'c-1',
  self: 'id-alpha',
  master: { id: 'id-alpha', name: 'alpha', since: at(30), term: 3 },
  redundancy: 'redundant',
  summary: 'alpha is master since 09:00:30, since beta was not heard any more.',
  advice: [],
  hosts: [sampleHost('alpha'), sampleHost('beta')],
  voters: [sampleVoter('alpha'), sampleVoter('beta'), sampleVoter('web-1')],
  tieBreaker: 'witness',
  roster: {
    term: 3,
    revision: 4,
    phase: 'active',
    lossy: false,
    forced: false,
    asymmetric: false,
    changingVoters: false,
  },
  history: [
    sampleTakeOver(),
    sampleTakeOver({
      at: at(5),
      term: 2,
      kind: 'first-start',
      from: null,
      to: 'beta',
      reason: 'It was started for the first time.',
      steps: { detectMs: null, electMs: null, promoteMs: 180, openMs: 900 },
      totalMs: 1_080,
    }),
  ],
  ...changes,
});

/** One host, no pair. */
export const sampleSingle = (): PairStatus =>
  samplePair({
    mode: 'single',
    redundancy: 'alone',
    summary: 'alpha is master since 09:00:05. It is the only host.',
    hosts: [
      sampleHost('alpha', {
        address: null,
        view: masterView('alpha', {
          state: 'master-alone',
          reason: 'This host is master of term 2, alone: nothing is redundant yet.',
          lagBytes: null,
          commitsWait: false,
        }),
      }),
    ],
    voters: [sampleVoter('alpha')],
    history: [],
  });

/** beta copies. */
export const sampleCopying = (bytes: number): PairStatus =>
  samplePair({
    redundancy: 'preparing',
    hosts: [
      aloneHost(),
      sampleHost('beta', {
        inSync: false,
        view: sampleView('beta', {
          state: 'standby-copying',
          reason: 'The data of this host cannot follow alpha: it has none. It is made anew from there.',
          since: at(3_570),
          database: { runs: 'absent', healthy: false, streaming: false, flushed: 0, bytes: null },
          copy: { phase: 'copying', bytes, totalBytes: 1_250_000_000, startedAt: at(3_570) },
        }),
      }),
    ],
    advice: [
      {
        code: 'standby_copying',
        priority: 'info',
        says: 'beta copies the data. It becomes redundant by itself.',
        facts: { name: 'beta' },
        command: null,
      },
    ],
  });

/** alpha as it serves alone. */
export const aloneHost = (): PairHost =>
  sampleHost('alpha', {
    view: masterView('alpha', {
      state: 'master-alone',
      reason: 'beta is out. This host goes on alone.',
      since: at(3_000),
      lagBytes: null,
      commitsWait: false,
    }),
  });

/** beta is silent; alpha serves alone. */
export const sampleAlone = (): PairStatus =>
  samplePair({
    redundancy: 'alone',
    hosts: [
      aloneHost(),
      sampleHost('beta', { inSync: false, reachable: false, lastHeardAgoMs: 600_000, view: null }),
    ],
    voters: [
      sampleVoter('alpha'),
      sampleVoter('beta', { reachable: false, lastHeardAgoMs: 600_000 }),
      sampleVoter('web-1'),
    ],
    advice: [
      {
        code: 'standby_unreachable',
        priority: 'critical',
        says: 'beta does not answer since 10 minutes. If alpha fails too, nothing serves.',
        facts: { name: 'beta' },
        command: 'nezuban pair recover',
      },
    ],
  });

/** Neither is master: the other host and the witness are lost. */
export const sampleNoMaster = (): PairStatus =>
  samplePair({
    redundancy: 'no-master',
    master: null,
    summary: 'There is no master: beta and web-1 do not answer, and two of three voters are needed.',
    hosts: [
      sampleHost('alpha', {
        isMaster: false,
        view: sampleView('alpha', {
          state: 'waiting',
          reason: 'No master is heard, and this host cannot become one: no majority answers.',
          since: at(3_000),
        }),
      }),
      sampleHost('beta', { reachable: false, lastHeardAgoMs: null, view: null, inSync: false }),
    ],
    voters: [
      sampleVoter('alpha'),
      sampleVoter('beta', { reachable: false, lastHeardAgoMs: null }),
      sampleVoter('web-1', { reachable: false, lastHeardAgoMs: null }),
    ],
    advice: [
      {
        code: 'no_majority',
        priority: 'critical',
        says: 'Only one of three voters answers. Start beta or web-1. If both are lost for good, force this host.',
        facts: { answering: 1, voters: 3 },
        command: 'nezuban pair force-master',
      },
    ],
  });
