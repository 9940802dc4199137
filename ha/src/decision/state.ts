/**
 * Everything that one voter knows, as one immutable value.
 *
 * Responsible for its shape, its beginning, and the few questions that drivers, checkers and the console ask of it.
 * Not responsible for its changes (`decide.ts`).
 */
import type { AckedPosition, MemberReport, PairMessage } from '@nezuban/protocol/pair/messages';
import type {
  Lsn,
  Roster,
  RosterPosition,
  Term,
  Token,
  VoterId,
  VoterRecord,
} from '@nezuban/protocol/pair/roster';
import type { DatabaseReport } from './inputs.ts';
import type { Timing } from './timing.ts';

/**
 * starting: the directory has not been looked at yet. waiting: no master is known that could be followed.
 * standby-copying / -catching-up / -in-sync: follows a master; the roster lists it in sync only in the last.
 * candidate: asks for votes. promoting: elected, PostgreSQL becomes primary, nobody is let in.
 * master-alone / master-paired: acts; commits wait for the standby only in the second. resigning: planned switch under way.
 * standing-down: everything that acts is being ended. fenced: it could not be ended in time; guard, watchdog or a human must.
 * maintenance: taken out by an operator; votes only. failed: needs `recover`; votes only. witness: votes only, holds no data.
 */
export const stateNames = [
  'starting',
  'waiting',
  'standby-copying',
  'standby-catching-up',
  'standby-in-sync',
  'candidate',
  'promoting',
  'master-alone',
  'master-paired',
  'resigning',
  'standing-down',
  'fenced',
  'maintenance',
  'failed',
  'witness',
] as const;
export type StateName = (typeof stateNames)[number];

/** Answers held back until the record of that sequence is on disk. */
export interface Deferred {
  readonly sequence: number;
  readonly message: PairMessage;
}

/** The last that was heard of another voter. */
export interface Heard {
  readonly at: number;
  readonly startId: string;
}

export interface RosterAnswer {
  readonly at: number;
  /** When, by our clock, it last heard a master, and which. */
  readonly heardMasterAt: number;
  readonly heardMaster: VoterId | null;
  /** It has shown its roster to this start of ours; an answer without one, or to an earlier start, proves nothing. */
  readonly isWhole: boolean;
}

export interface Election {
  readonly stage: 'pre-vote' | 'vote';
  readonly term: Term;
  /** Our own vote counts once this record is on disk. */
  readonly sequence: number;
  readonly yes: readonly VoterId[];
  /** They have answered, and support somebody else. */
  readonly no: readonly VoterId[];
  readonly until: number;
}

export interface Proposal {
  readonly position: RosterPosition;
  readonly sequence: number;
  readonly accepted: readonly VoterId[];
  /** New members must accept by themselves, beside the majority. */
  readonly required: readonly VoterId[];
  readonly since: number;
}

/** The way of a standby into the roster; the stages are those of HA.md 3, in this order. */
export interface Admission {
  readonly member: VoterId;
  readonly stage: 'streaming' | 'placeholder' | 'named' | 'proposed';
  readonly epoch: number;
  readonly since: number;
  /** Token in its directory when the admission began; another directory is not the one that was tested. */
  readonly token: Token;
  /** The probe whose word counts: another one may have been let go by emptied names. */
  readonly probe: number;
  readonly probeAgainAt: number;
}

export interface VoterChange {
  readonly target: readonly VoterId[];
  readonly members: readonly VoterId[];
  readonly tieBreaker: Roster['tieBreaker'];
  readonly base: readonly VoterId[] | null;
  /** Which command asked for it, to be answered; null: by itself. */
  readonly command: string | null;
  readonly since: number;
  /** Members and tie breaker before, if it is taken back. */
  readonly former: Pick<Roster, 'members' | 'tieBreaker'>;
  /** For the log: who or what wants it. */
  readonly why: string;
}

/** What only an elected member has, from its election to its stand-down. */
export interface Duty {
  readonly term: Term;
  readonly seq: number;
  readonly sends: readonly { readonly seq: number; readonly at: number }[];
  readonly nextHeartbeatAt: number;
  /** Send time of the newest heartbeat that each voter has answered. */
  readonly acks: Readonly<Record<VoterId, number>>;
  /** Roster that each voter is known to hold. */
  readonly holds: Readonly<Record<VoterId, RosterPosition>>;
  readonly leaseUntil: number;
  /** What the guard was told last. */
  readonly guardUntil: number | null;
  /** Alone by a decided roster and never stopped since: nobody else can be elected. */
  readonly sole: boolean;
  /** Since when no majority answers, and whether that has been said. */
  readonly soleSince: number;
  readonly soleSaid: boolean;
  readonly decided: RosterPosition;
  readonly proposal: Proposal | null;
  readonly promotion: 'none' | 'asked' | 'done';
  /** Term of the last promotion that our data contained at the election. */
  readonly lineageBefore: Term;
  readonly promotedAt: { readonly timeline: number; readonly startLsn: Lsn } | null;
  readonly since: number;
  /** `synchronous_standby_names` as last written. */
  readonly names: string;
  readonly gate: 'closed' | 'open';
  /** Nobody is let in before the standby has flushed this far, or the roster says that the master is alone. */
  readonly recoveryEnd: Lsn;
  readonly primary: boolean;
  /** A process of the service that does not stay up on this host. */
  readonly givenUp: string | null;
  readonly restarts: number;
  readonly restartedAt: number;
  /** A called-off switch restarts the database here; until then the standby that did not confirm it does not take over after all. */
  readonly staysUntil: number;
  readonly peer: { readonly at: number; readonly seq: number; readonly report: MemberReport } | null;
  readonly connectedAs: string | null;
  /** Since when the database says that the standby does not stream under its name; null: it does, or nothing was said. */
  readonly goneSince: number | null;
  readonly flushed: Lsn;
  readonly flushedAt: number;
  readonly lag: number;
  readonly acked: Lsn;
  readonly admission: Admission | null;
  readonly admissionAfter: number;
  readonly admissionBackoffMs: number;
  readonly pairedAt: number;
  readonly change: VoterChange | null;
  /** A voter is not called silent for a time in which it was none. */
  readonly votersSince: number;
  /** A change of its own that failed is not tried again before. */
  readonly wishAfter: number;
  /** Candidates that did not answer when they were wanted. */
  readonly unfit: readonly VoterId[];
  /** Voters that are silent, as far as it has been said. */
  readonly silent: readonly VoterId[];
  readonly switching: {
    readonly command: string;
    readonly stage: 'wanted' | 'draining' | 'stopping' | 'confirming';
    readonly end: Lsn;
    readonly until: number;
  } | null;
}

export interface StandDown {
  readonly deadline: number;
  readonly term: Term;
  /** After everything is stopped: who may be elected at once. */
  readonly resignTo: VoterId | null;
  /** No resignation leaves while voters change. */
  readonly silent: boolean;
  readonly afterwards: 'waiting' | 'failed';
  readonly why: string;
}

/** Whom this member follows. */
export interface Leader {
  readonly id: VoterId;
  readonly term: Term;
  readonly at: number;
  readonly decided: RosterPosition;
  readonly epoch: number;
  /** The newest roster on its disk. */
  readonly position: RosterPosition;
}

export interface State {
  readonly name: StateName;
  readonly role: 'member' | 'witness';
  readonly startId: string;
  readonly timing: Timing;
  /** Changes with each use; the only source of chance. */
  readonly seed: number;
  readonly record: VoterRecord;
  /** Number of the newest record, and of the newest one known to be on disk. */
  readonly sequence: number;
  readonly durable: number;
  readonly deferred: readonly Deferred[];
  /** The disk of the record has failed: this voter promises nothing more. */
  readonly mute: boolean;
  readonly promiseUntil: number;
  readonly quietUntil: number;
  readonly resignedTerm: Term;
  readonly leader: Leader | null;
  readonly acked: AckedPosition;
  readonly heard: Readonly<Record<VoterId, Heard>>;
  readonly answers: Readonly<Record<VoterId, RosterAnswer>>;
  readonly election: Election | null;
  readonly candidateAt: number;
  readonly nextAskAt: number;
  /** Higher term seen while something of ours still acts; taken over once it does not. */
  readonly higherTerm: Term;
  readonly duty: Duty | null;
  readonly standDown: StandDown | null;
  readonly database: DatabaseReport;
  /** Upstream and name that PostgreSQL was last told, so that it is told once. */
  readonly following: string;
  readonly copyFailures: number;
  /** When a copy that failed is tried again. */
  readonly copyAt: number;
  /** Ends of a standby's PostgreSQL since it was last well. */
  readonly databaseLosses: number;
  /** The peer has shown that it knows us and our roster, since this start. */
  readonly met: boolean;
  readonly fencing: { readonly attempt: number; readonly startId: string; readonly until: number } | null;
  readonly fenceAttempts: number;
  readonly fenceAt: number;
  /** The record that voids a fence vote must be on disk before the peer is answered. */
  readonly fenceVoidSequence: number;
  /** Agents on other hosts that may become witnesses, the best first. */
  readonly candidates: readonly VoterId[];
  /** Number of the newest probe commit: a late word about an older one is never mistaken. */
  readonly probes: number;
  /** Why this host is not master, as last said; the same is not said twice. */
  readonly said: string;
  /** The sentence of the last transition. */
  readonly reason: string;
}

export interface StateOptions {
  readonly role: 'member' | 'witness';
  readonly startId: string;
  readonly seed: number;
  readonly timing: Timing;
  readonly record: VoterRecord;
  readonly now: number;
}

export const NOWHERE: RosterPosition = { term: 0, revision: 0 };
export const NO_DATABASE: DatabaseReport = {
  runs: 'absent',
  token: null,
  lineage: 0,
  flushed: 0,
  streaming: false,
  healthy: false,
};

/** The state of a keeper that has just read its record. It has forgotten its promises, so it is quiet, unless it is the only voter. */
export function createState(options: StateOptions): State {
  const { role, startId, seed, timing, record, now } = options;
  const alone =
    record.roster !== null &&
    record.roster.base === null &&
    record.roster.forced === null &&
    // Another master may act by this very voter's promise.
    record.roster.master === record.id &&
    record.roster.voters.every((set) => set.length === 1 && set[0] === record.id);
  return {
    name: role === 'witness' ? 'witness' : 'starting',
    role,
    startId,
    timing,
    seed,
    record,
    sequence: 0,
    durable: 0,
    deferred: [],
    mute: false,
    promiseUntil: now,
    quietUntil: alone ? now : now + timing.restartQuietMs,
    resignedTerm: 0,
    leader: null,
    acked: { lineage: 0, lsn: 0 },
    heard: {},
    answers: {},
    election: null,
    candidateAt: now,
    nextAskAt: now,
    higherTerm: 0,
    duty: null,
    standDown: null,
    database: NO_DATABASE,
    following: '',
    copyFailures: 0,
    copyAt: Infinity,
    databaseLosses: 0,
    met: false,
    fencing: null,
    fenceAttempts: 0,
    fenceAt: now,
    fenceVoidSequence: 0,
    candidates: [],
    probes: 0,
    said: '',
    reason: '',
  };
}

/** States in which something of ours may act on the world, so that a higher term or a lost lease means to stand down. */
export function isActing(state: State): boolean {
  switch (state.name) {
    case 'promoting':
    case 'master-alone':
    case 'master-paired':
    case 'resigning':
      return true;
    default:
      return false;
  }
}

/** Until when this member may act, by its own clock; Infinity while alone by a decided roster; -Infinity when it may not. */
export function actsUntil(state: State): number {
  if (state.duty === null || !isActing(state)) return -Infinity;
  return state.duty.sole ? Infinity : state.duty.leaseUntil;
}
