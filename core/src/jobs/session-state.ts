// A session as the engine keeps it in memory: one record a unit, one an attempt, and counters that can be computed from them.
// Not responsible for changing it: only `planSession`, `applySession` and `rehydrateSession` do. They change it in place, because a
// copy of 10,000 units for each exit code would cost more than everything else together; whoever cannot commit what changed
// must throw the object away and rehydrate it from what is stored.
//
// Times are milliseconds since 1970 here; views and rows that travel turn them into RFC 3339.
import type { AttemptUsage } from '@nezuban/protocol/agent/attempt-usage';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { AttemptState, SessionState, SessionTrigger, UnitState } from '@nezuban/protocol/jobs/session';
import type { Sentence } from '@nezuban/protocol/sentences/sentence';
import type { UnitMarks } from './marks.ts';
import type { NetPlan, PlannedUnit } from './net-plan.ts';
import type { UnitVariables } from './variables/unit-variables.ts';
import type { UnitMemo } from './unit-work.ts';

/** One execution of a unit's command on one node. */
export type AttemptRecord = {
  readonly id: AttemptId;
  /** Its index. The id holds its number. */
  readonly unit: number;
  readonly run: number;
  /** Position of the node in its scope when the run began; 0 for a single node. */
  readonly nodeIndex: number;
  /** From 1. */
  readonly try: number;
  readonly node: string;
  readonly createdAt: number;
  state: AttemptState;
  /** A stop asked for its end; the cancel goes out again until the attempt is closed. */
  cancelRequested: boolean;
  /** The cancel is a kill: without grace. */
  killRequested: boolean;
  /** Known once it is closed. */
  endStatus: EndStatus | null;
  pid: number | null;
  exitCode: number | null;
  signal: string | null;
  /** Set by `giveReason` alone, as of a unit. */
  readonly reason: string | null;
  readonly reasonSaid: Sentence | null;
  timedOut: boolean;
  /** By the agent's clock. */
  startedAt: number | null;
  endedAt: number | null;
  stdoutBytes: number;
  stderrBytes: number;
  outputCut: boolean;
  /** An operator has closed it; `late`: what its agent said of it afterwards. */
  byHand: {
    readonly by: string;
    readonly at: number;
    readonly late: string | null;
    readonly lateSaid?: Sentence;
  } | null;
  /** What it has used, and the limit that ended it; null where its agent says nothing of it. */
  usage: AttemptUsage | null;
};

/**
 * A unit in its session. The root net is the record at index 0; it stands for the session itself and is no unit in any view.
 *
 * | state | enters when | leaves by |
 * | --- | --- | --- |
 * | waiting | session planned, rerun, release | condition holds and a node of its target is not frozen; condition cannot hold, hold, skip, stop |
 * | queued | condition holds, places that it asks for are to be given | its turn; hold, skip, stop |
 * | held | hold, or `hold: true` in the definition | release, skip, stop, condition cannot hold |
 * | starting | attempts are committed | first command started, all attempts closed, stop |
 * | running | a command runs; a net, a wait: its condition held | all attempts closed; a net: all its units settled; a wait: its time or an answer, skip; stop |
 * | retry_wait | the try failed and another is allowed | its time, skip, stop |
 * | stopping | stop while attempts are open (a net: units are) | all of them closed |
 * | ended | end status known | rerun, skip of a failed one |
 * | skipped | skip, or a recovery unit that is not needed. Without end status it waits for its turn, with one (normal) it has been passed over | release, rerun |
 * | not_run | condition cannot hold, or so for its net | rerun of what it waits for |
 * | stopped | stop before it ran | rerun |
 *
 * A net that runs can be paused by a mark (marks.ts): it stays running, and nothing new starts in it.
 *
 * Settled are ended, not_run, stopped, and skipped with an end status. Only a settled unit decides edges and lets its net end.
 */
export type UnitRecord = {
  readonly unit: PlannedUnit;
  state: UnitState;
  endStatus: EndStatus | null;
  /** From 1, one more for each rerun. */
  run: number;
  startedAt: number | null;
  endedAt: number | null;
  /** When its type wants to be woken: in retry_wait, and of a wait that runs. */
  retryAt: number | null;
  /** Set by `giveReason` (reasons.ts) alone, so that nothing is told in English only. */
  readonly reason: string | null;
  /** The same by its code; null: nothing is to be said, or an earlier release has said it. */
  readonly reasonSaid: Sentence | null;
  /** What a judgment has answered. */
  answer: boolean | null;
  /** Who stopped it; kept until a rerun. */
  stoppedBy: string | null;
  /** What was taken out of its output, and the parameters of a reference; null for nearly all. Replaced, never changed in place. */
  variables: UnitVariables | null;
  /** What operators have marked on it; null if nothing. Replaced, never changed in place. */
  marks: UnitMarks | null;
  /** What the control of starts and times keeps of it; null for nearly all. Replaced, never changed in place. */
  control: UnitControl | null;
  /** What its type remembers of this run; null again at the next one. Replaced, never changed in place. */
  memo: UnitMemo | null;
  /** All attempts of all runs, oldest first. */
  readonly attempts: AttemptRecord[];

  // Computed from the above, never stored.
  /** Attempts of this run that are not closed. */
  openAttempts: number;
  satisfiedEdges: number;
  impossibleEdges: number;
  /** Children that are not settled. */
  openChildren: number;
  /** Waits to be written by the next `takeChanges`. */
  dirty: boolean;
};

export type UnitControl = {
  /** It stands in a queue, since when, and by which key it gets its turn (admission/ask.ts). */
  readonly queued?: {
    readonly since: number;
    readonly key: number;
    /** Of a session or net that has run already and was reopened. */
    readonly again?: true;
  };
  /** It was told that it is late, and when; `inside`: of a session, something in it. */
  readonly delayed?: { readonly start?: number; readonly end?: number; readonly inside?: number };
  /** With this status it ends, whatever comes of the stop. */
  readonly forcedEnd?: EndStatus;
  /** Of a session: run times from which units are late, by their number, from their history at its start. */
  readonly runTimeLimits?: Readonly<Record<number, number>>;
  /** Of a session that had to wait, or was rerun: when it really started. */
  readonly startedAt?: number;
  /** Of a net or session that was reopened, and whose end is watched: from when on that counts. */
  readonly goesOnSince?: number;
};

export type Session = {
  readonly id: SessionId;
  /** Part of every attempt id; drawn anew for each session. */
  readonly nonce: string;
  readonly plan: NetPlan;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trigger: SessionTrigger;
  readonly createdAt: number;
  /** It only shows what an order would be: results of other units stay places. */
  readonly isPreview?: true;
  /** Worst end status of the units so far, nets aside. */
  endStatus: EndStatus | null;
  /** Raised by each `takeChanges` that has something. */
  revision: number;
  readonly units: readonly UnitRecord[];
  readonly attempts: Map<AttemptId, AttemptRecord>;
  /** How many units are in which state, nets aside. */
  readonly unitCounts: Record<UnitState, number>;
  /** Units with a time. */
  readonly timed: Set<number>;
  readonly dirtyUnits: UnitRecord[];
  readonly dirtyAttempts: Set<AttemptRecord>;
  /** What has changed for the admission book since it has looked: it empties the lists. */
  /** Units whose times have to be looked at again (watch/), and when the next of each is. Never stored. */
  readonly moved: UnitRecord[];
  readonly watched: Map<number, number>;
  readonly stirred: { readonly units: UnitRecord[]; readonly attempts: AttemptRecord[] };
};

/** What is stored of a session. The definition is stored beside it, once. */
export type SessionRow = {
  readonly id: SessionId;
  readonly nonce: string;
  readonly net: string;
  readonly state: SessionState;
  readonly endStatus: EndStatus | null;
  readonly run: number;
  readonly trigger: SessionTrigger;
  readonly parameters: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly stoppedBy: string | null;
  readonly marks: UnitMarks | null;
  readonly control: UnitControl | null;
  readonly revision: number;
  readonly unitCounts: Readonly<Partial<Record<UnitState, number>>>;
};

/** What is stored of a unit. A unit without a row is as the definition begins it: waiting, or held. */
export type UnitRow = {
  /** Its number, 1 and up (unit-numbers.ts). */
  readonly unit: number;
  readonly path: UnitPath;
  readonly state: UnitState;
  readonly endStatus: EndStatus | null;
  readonly run: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly retryAt: number | null;
  readonly reason: string | null;
  readonly reasonSaid: Sentence | null;
  readonly answer: boolean | null;
  readonly stoppedBy: string | null;
  readonly marks: UnitMarks | null;
  readonly control: UnitControl | null;
  readonly memo: UnitMemo | null;
  readonly variables: UnitVariables | null;
};

/** What is stored of an attempt: all of it, with the number of its unit for the index. */
export type AttemptRow = Readonly<AttemptRecord>;

export type SessionRows = {
  readonly session: SessionRow;
  readonly units: readonly UnitRow[];
  readonly attempts: readonly AttemptRow[];
};
