// How the pair is, in words. Pure: everything that the keeper knows, as one `PairStatus`.
// Responsible for judging redundancy and for saying what is missing and what to type. Not responsible for gathering (`keeper.ts`), nor for
// rendering (CLI, console: they translate by code and facts).
import type { AddressBook } from '@nezuban/protocol/pair/pair-link';
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import type { Advice, KeeperView, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import type { State } from '../decision/state.ts';
import type { LinkConnection } from '../drivers/ports.ts';

export type PairFacts = {
  readonly state: State;
  readonly self: KeeperView;
  readonly book: AddressBook;
  readonly connections: readonly LinkConnection[];
  /** Why a peer cannot be reached, by id. */
  readonly troubles: ReadonlyMap<VoterId, string>;
  /** Newest view that each peer has sent, with its age. */
  readonly views: ReadonlyMap<VoterId, { readonly view: KeeperView; readonly agoMs: number }>;
  readonly isPair: boolean;
  /** By the host's monotonic clock. */
  readonly now: number;
};

/** A view older than this says nothing any more. */
const VIEW_FRESH_MS = 5_000;
/** Certificates and schedules go by the wall clock; more than this is worth a word. */
const CLOCK_DIFFERS_MS = 5_000;
const DISK_LOW_BYTES = 1024 * 1024 * 1024;
const HISTORY_MAX = 100;
const ACTING = new Set(['promoting', 'master-alone', 'master-paired', 'resigning']);
const SERVING = new Set(['master-alone', 'master-paired', 'resigning']);

export function describePair(facts: PairFacts): PairStatus {
  const { state, self, isPair } = facts;
  const { roster } = state.record;
  const master = masterOf(facts);
  const hosts = hostsOf(facts, master?.id ?? null);
  const redundancy = redundancyOf(facts, master?.id ?? null);
  return {
    mode: isPair ? 'pair' : 'single',
    at: self.at,
    cluster: state.record.cluster,
    self: state.record.id,
    master,
    redundancy,
    summary: summaryOf(facts, { master, redundancy }),
    advice: isPair ? adviceOf(facts, hosts) : [],
    hosts,
    voters: votersOf(facts),
    tieBreaker: roster?.tieBreaker ?? 'witness',
    roster:
      roster === null
        ? null
        : {
            term: roster.term,
            revision: roster.revision,
            phase: roster.phase,
            lossy: roster.lineage.some(({ lossy }) => lossy),
            forced: roster.forced !== null,
            asymmetric: roster.base !== null && roster.forced === null,
            changingVoters: roster.voters.length > 1,
          },
    history: historyOf(facts),
  };
}

export function nameOf(facts: Pick<PairFacts, 'book' | 'connections' | 'self'>, id: VoterId): string {
  if (id === facts.self.id) return facts.self.name;
  return (
    facts.book.members.find((member) => member.id === id)?.name ??
    facts.connections.find((one) => one.id === id)?.name ??
    // One that has not been heard since this start: its id was made of its name.
    id.replace(/\.[0-9a-f]{4}$/, '')
  );
}

function masterOf(facts: PairFacts): PairStatus['master'] {
  const { state, self } = facts;
  const { record, leader, timing } = state;
  if (SERVING.has(state.name))
    return {
      id: record.id,
      name: self.name,
      since: sinceOf(facts, record.id),
      term: record.roster?.term ?? 0,
    };
  if (leader === null || facts.now - leader.at > timing.promiseMs) return null;
  return {
    id: leader.id,
    name: nameOf(facts, leader.id),
    since: sinceOf(facts, leader.id),
    term: leader.term,
  };
}

function sinceOf(facts: PairFacts, id: VoterId): string | null {
  const views = [facts.self, ...[...facts.views.values()].map(({ view }) => view)];
  return views.find((view) => view.id === id)?.takeOvers[0]?.at ?? null;
}

function hostsOf(facts: PairFacts, master: VoterId | null): PairHost[] {
  const { state, book, self } = facts;
  const { roster } = state.record;
  const ids = new Set<VoterId>([...(roster?.members ?? []), ...book.members.map(({ id }) => id), self.id]);
  return [...ids]
    .toSorted()
    .slice(0, 2)
    .map((id): PairHost => {
      const isSelf = id === self.id;
      const address = book.members.find((member) => member.id === id);
      const connection = facts.connections.find((one) => one.id === id);
      return {
        id,
        name: nameOf(facts, id),
        address: address?.address ?? null,
        consoleUrl: address?.consoleUrl ?? null,
        isSelf,
        isMaster: id === master,
        inSync: roster?.inSync[id] !== undefined,
        reachable: isSelf || connection !== undefined,
        lastHeardAgoMs: isSelf ? 0 : heardAgo(facts, id),
        roundTripMs: connection?.roundTripMs ?? null,
        view: isSelf ? self : viewOf(facts, id),
      };
    });
}

function viewOf(facts: PairFacts, id: VoterId): KeeperView | null {
  const known = facts.views.get(id);
  return known === undefined || known.agoMs > VIEW_FRESH_MS ? null : known.view;
}

function heardAgo(facts: PairFacts, id: VoterId): number | null {
  const connection = facts.connections.find((one) => one.id === id);
  if (connection !== undefined) return Math.round(connection.heardAgoMs);
  const heard = facts.state.heard[id];
  return heard === undefined ? null : Math.round(facts.now - heard.at);
}

function votersOf(facts: PairFacts): PairStatus['voters'] {
  const { roster } = facts.state.record;
  const ids = [...new Set(roster?.voters.flat() ?? [facts.self.id])];
  return ids.map((id) => ({
    id,
    name: nameOf(facts, id),
    kind: roster?.members.includes(id) === false ? 'witness' : 'member',
    reachable: id === facts.self.id || facts.connections.some((one) => one.id === id),
    lastHeardAgoMs: id === facts.self.id ? 0 : heardAgo(facts, id),
    ...authorityOf(facts, id),
  }));
}

function authorityOf(facts: PairFacts, id: VoterId): Pick<PairStatus['voters'][number], 'authority'> {
  const view = id === facts.self.id ? facts.self : facts.views.get(id)?.view;
  return view?.authority === undefined ? {} : { authority: view.authority };
}

function redundancyOf(facts: PairFacts, master: VoterId | null): PairStatus['redundancy'] {
  const { roster } = facts.state.record;
  if (master === null || roster === null) return 'no-master';
  const inSync = Object.keys(roster.inSync);
  if (inSync.length > 1 && roster.members.length > 1 && roster.phase === 'active')
    return facts.state.name === 'resigning' ? 'preparing' : 'redundant';
  const other = roster.members.find((id) => id !== master);
  const following = other === facts.self.id ? facts.self : other === undefined ? null : viewOf(facts, other);
  const onItsWay = following?.state === 'standby-copying' || following?.state === 'standby-catching-up';
  return onItsWay ? 'preparing' : 'alone';
}

function summaryOf(
  facts: PairFacts,
  { master, redundancy }: Pick<PairStatus, 'master' | 'redundancy'>,
): string {
  if (!facts.isPair) return 'This is a single manager: one host, no standby.';
  if (master === null) {
    const acting = ACTING.has(facts.state.name) ? 'This host is about to become master. ' : '';
    return `${acting}There is no master that this host knows of. ${facts.state.reason}`.trim();
  }
  const since = master.since === null ? '' : ` since ${master.since}`;
  const who = `${master.name} is master${since} (term ${master.term}).`;
  const how = {
    redundant: 'The pair is redundant: the other host can take over at any moment.',
    preparing: 'The other host is being prepared; until then the pair is not redundant.',
    alone: 'It is alone: nothing would take over.',
    'no-master': '',
  }[redundancy];
  return `${who} ${how}`.trim();
}

function historyOf(facts: PairFacts): TakeOver[] {
  const all = [facts.self, ...[...facts.views.values()].map(({ view }) => view)].flatMap(({ takeOvers }) =>
    takeOvers.map((one) => ({
      ...one,
      to: nameOf(facts, one.to),
      from: one.from === null ? null : nameOf(facts, one.from),
    })),
  );
  return all.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, HISTORY_MAX);
}

type AdviceDraft = Omit<Advice, 'facts' | 'command'> & Partial<Pick<Advice, 'facts' | 'command'>>;

function adviceOf(facts: PairFacts, hosts: readonly PairHost[]): Advice[] {
  const drafts = [
    ...rosterAdvice(facts),
    ...hosts.flatMap((host) => hostAdvice(facts, host)),
    ...voterAdvice(facts),
  ];
  return drafts.map((draft) => ({ facts: {}, command: null, ...draft }));
}

function rosterAdvice(facts: PairFacts): AdviceDraft[] {
  const { roster } = facts.state.record;
  const advice: AdviceDraft[] = [];
  const master = masterOf(facts);
  if (master === null) {
    advice.push({
      code: 'no_master',
      priority: 'critical',
      says: `Nobody is master. ${facts.state.reason} ${
        isManual(roster)
          ? 'If the other host is surely off, this one can be promoted.'
          : 'If the missing hosts do not come back, one host can be made master by force, with what it has.'
      }`,
      command: isManual(roster) ? 'nezuban pair promote --peer-is-off' : 'nezuban pair recover',
    });
  }
  if (roster === null) return advice;
  if (roster.forced !== null)
    advice.push({
      code: 'forced_unconfirmed',
      priority: 'critical',
      says: 'The master was made by force and no majority of the former voters has confirmed it yet. Start the other hosts only connected to it.',
    });
  if (roster.lineage.some(({ lossy }) => lossy))
    advice.push({
      code: 'lossy_lineage',
      priority: 'warning',
      says: 'A master was made by force in the past: work that was acknowledged before may be missing.',
    });
  if (roster.base !== null && roster.forced === null)
    advice.push({
      code: 'asymmetric',
      priority: 'warning',
      says: 'No witness is left: the master is the only voter. It survives the loss of the standby; if the master is lost, a human must decide.',
      command: 'nezuban pair witness',
    });
  if (roster.members.length < 2 && facts.book.members.length < 2)
    advice.push({
      code: 'no_standby',
      priority: 'warning',
      says: 'There is no second host. Make a token here, then paste the line that it prints on the other host.',
      command: 'nezuban pair create',
    });
  if (roster.members.length === 2 && roster.tieBreaker === 'manual')
    advice.push({
      code: 'tie_breaker_manual',
      priority: 'warning',
      says: 'There is no witness: if either host is lost, the service stops until a human confirms that it is off. Connect an agent on a third host; it becomes witness by itself.',
      command: 'nezuban pair witness',
    });
  const alone = SERVING.has(facts.state.name) && facts.state.duty?.sole === true && facts.state.duty.soleSaid;
  if (alone)
    advice.push({
      code: 'alone_without_majority',
      priority: 'critical',
      says: 'The master goes on alone, without a majority of the voters: if it stops, it needs them to start again. Bring the others back.',
    });
  return advice;
}

function hostAdvice(facts: PairFacts, host: PairHost): AdviceDraft[] {
  const { view, name } = host;
  const advice: AdviceDraft[] = [];
  const say = (draft: AdviceDraft): void =>
    void advice.push({ ...draft, facts: { host: name, ...draft.facts } });
  if (!host.reachable) {
    const why = facts.troubles.get(host.id);
    say({
      code: 'standby_unreachable',
      priority: 'critical',
      says: `${name} is not reached${why === undefined ? '.' : `: ${/[.?]$/.test(why) ? why : `${why}.`}`} Start it, or mend the network; it comes back by itself.`,
      facts: { why: why ?? '' },
    });
    return advice;
  }
  switch (view?.state) {
    case 'failed':
      say({
        code: 'standby_failed',
        priority: 'critical',
        says: `${name} needs a hand: ${view.reason}`,
        facts: { why: view.reason },
        command: `nezuban pair recover --host ${name}`,
      });
      break;
    case 'maintenance':
      say({
        code: 'standby_in_maintenance',
        priority: 'warning',
        says: `${name} is in maintenance: it votes and does nothing else.`,
        command: `nezuban pair maintenance off --host ${name}`,
      });
      break;
    case 'standby-copying':
      say({
        code: 'standby_copying',
        priority: 'info',
        says: `${name} receives a copy of the data. Nothing is to be done.`,
        facts: view.copy === null ? {} : { bytes: view.copy.bytes, totalBytes: view.copy.totalBytes ?? 0 },
      });
      break;
    case 'standby-catching-up':
      say({
        code: 'standby_catching_up',
        priority: 'info',
        says: `${name} catches up; it is taken in when it has been close behind for some seconds. Nothing is to be done.`,
      });
      break;
    default:
  }
  if (view?.freeBytes != null && view.freeBytes < DISK_LOW_BYTES)
    say({
      code: 'disk_low',
      priority: 'warning',
      says: `The disk of ${name} has ${Math.floor(view.freeBytes / 1_048_576)} MB left.`,
      facts: { freeBytes: view.freeBytes },
    });
  const connection = facts.connections.find(({ id }) => id === host.id);
  if (connection !== undefined && connection.release !== facts.self.release)
    say({
      code: 'release_differs',
      priority: 'info',
      says: `${name} runs release ${connection.release}, this host ${facts.self.release}. Upgrade the older one when it is standby.`,
      facts: { release: connection.release, own: facts.self.release },
    });
  if (connection !== undefined && Math.abs(connection.clockDiffersMs) > CLOCK_DIFFERS_MS)
    say({
      code: 'clock_differs',
      priority: 'warning',
      says: `The clock of ${name} differs by ${Math.round(Math.abs(connection.clockDiffersMs) / 1000)} s. The pair does not mind; schedules after a switch would. Set it by NTP.`,
      facts: { differsMs: Math.round(connection.clockDiffersMs) },
    });
  return advice;
}

function voterAdvice(facts: PairFacts): AdviceDraft[] {
  const { roster } = facts.state.record;
  if (roster === null || roster.members.length < 2) return [];
  const witnesses = votersOf(facts).filter(({ kind }) => kind === 'witness');
  if (witnesses.length === 0 && roster.tieBreaker === 'witness' && roster.base === null)
    return [
      {
        code: 'no_witness',
        priority: 'warning',
        says: 'The pair has no witness.',
        command: 'nezuban pair witness',
      },
    ];
  return witnesses
    .filter(({ reachable }) => !reachable)
    .map(({ name }) => ({
      code: 'witness_silent' as const,
      priority: 'warning' as const,
      says: `The witness ${name} does not answer. The next loss may stop the service. Another agent is appointed by itself after a while; by hand it is done at once.`,
      facts: { host: name },
      command: 'nezuban pair witness',
    }));
}

/** Two hosts between which a human breaks ties. */
function isManual(roster: Roster | null): boolean {
  return roster !== null && roster.members.length === 2 && roster.tieBreaker === 'manual';
}

/** Whether this roster is of one host alone, with nobody to ask. */
export function isSingleRoster(roster: Roster | null, self: VoterId): boolean {
  return (
    roster === null ||
    (roster.members.length === 1 &&
      roster.members[0] === self &&
      roster.voters.every((set) => set.length === 1 && set[0] === self))
  );
}
