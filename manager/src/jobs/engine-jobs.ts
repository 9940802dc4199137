// What the engine is asked to do, as data. A job is one caller's wish; all its inputs are committed together or not at all.
import type { Session, SessionRow } from '@nezuban/core/jobs/session-state';
import type { AdmissionBook } from '@nezuban/core/jobs/admission/admission-book';
import type { Limits } from '@nezuban/core/jobs/admission/limits';
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import type { Preparation } from '@nezuban/core/jobs/preparation/fit-preparation';
import type { SessionHistory, SessionInput } from '@nezuban/core/jobs/session-inputs';
import type { WorkAnswer } from '@nezuban/core/jobs/unit-work';
import type { Receipt } from '@nezuban/protocol/agent/link';
import type { SessionId } from '@nezuban/protocol/ids';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import type { OperationName, SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Transaction } from '../ports.ts';
import { sessionOfAttempt } from './attempt-key.ts';

/** Writes that belong to a job and must be committed with it: audit, keys, what a schedule has decided. */
export type AlsoWrite = (transaction: Transaction, session: SessionRow) => Promise<unknown>;

export type PlainWrite = (transaction: Transaction) => Promise<unknown>;

export type StartJob = {
  readonly type: 'start';
  readonly plan: NetPlan;
  readonly netRevision: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trigger: SessionTrigger;
  /** How earlier sessions went, where the plan asks for it. */
  readonly history?: SessionHistory;
  /** What an operator has said of this start beforehand. */
  readonly preparation?: Preparation;
  readonly alsoWrite: AlsoWrite;
  /** Start although the net is frozen; the caller has asked whether that is allowed. */
  readonly overrideFreeze?: boolean;
};
export type OperationJob = {
  readonly type: 'operation';
  readonly sessionId: SessionId;
  readonly operation: OperationName;
  readonly unit: string | undefined;
  readonly options?: OperationOptions;
  /** Of `take_definition`. */
  readonly definition?: { readonly plan: NetPlan; readonly revision: number };
  readonly actor: string;
  readonly alsoWrite: AlsoWrite;
  readonly overrideFreeze?: boolean;
};
/** Somebody decides about a unit that waits for people. */
export type AnswerJob = {
  readonly type: 'answer';
  readonly sessionId: SessionId;
  /** By its number. */
  readonly unit: number;
  readonly run: number;
  readonly answer: WorkAnswer;
  readonly alsoWrite: AlsoWrite;
};
/** Reports of one node's agent. Those of attempts that are not that node's are dropped. */
export type ReceiptsJob = {
  readonly type: 'receipts';
  readonly node: string;
  readonly receipts: readonly Receipt[];
  /** They were put aside already, and are tried once more: one that fails is its caller's affair. */
  readonly again?: boolean;
  readonly alsoWrite?: PlainWrite;
};
/** What the engine tells itself: a time has come, an order was taken back. */
export type InputJob = {
  readonly type: 'input';
  readonly sessionId: SessionId;
  readonly input: SessionInput;
  /** If the input changes something. */
  readonly alsoWrite?: PlainWrite;
};
/** Nodes were frozen, resumed, connected or removed: every session in memory looks at what waits for one. */
export type NodesChangedJob = { readonly type: 'nodesChanged' };
/** Limits, or places by the time of day, have changed: everybody who waits for one is looked at. `limits`: those in force from now on. */
export type PlacesChangedJob = { readonly type: 'placesChanged'; readonly limits?: Limits };
/** Looks at a session between two commits, when what is in memory is what is stored. */
export type InspectJob = {
  readonly type: 'inspect';
  readonly sessionId: SessionId;
  readonly look: (session: Session) => unknown;
};

/** Looks at who holds places and who waits, between two commits. */
export type PlacesLook<Result> = (book: AdmissionBook, session: (id: SessionId) => Session | null) => Result;
export type InspectPlacesJob = { readonly type: 'inspectPlaces'; readonly look: PlacesLook<unknown> };

export type EngineJob =
  | StartJob
  | OperationJob
  | AnswerJob
  | ReceiptsJob
  | InputJob
  | InspectJob
  | NodesChangedJob
  | PlacesChangedJob
  | InspectPlacesJob;

/** A job with its waiting caller. */
export type QueuedJob = {
  readonly job: EngineJob;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** How many inputs a job is, for the size of a batch. */
export const inputCount = (job: EngineJob): number => (job.type === 'receipts' ? job.receipts.length : 1);

/** The session that must be in memory before the job can be applied; null if it is none or made by the job. */
export const neededSession = (job: EngineJob): SessionId | null =>
  job.type === 'operation' || job.type === 'answer' || job.type === 'inspect' ? job.sessionId : null;

/** Somebody waits for the answer, and is better told that the database is away; the rest is ours or an agent's, and is harmless to repeat. */
export const isImpatient = (job: EngineJob): boolean =>
  job.type === 'start' ||
  job.type === 'operation' ||
  job.type === 'answer' ||
  job.type === 'inspect' ||
  job.type === 'inspectPlaces';

/** Sessions that a job is about. */
export const sessionsOf = (job: EngineJob): readonly SessionId[] => {
  switch (job.type) {
    case 'receipts':
      return job.receipts.map(({ attemptId }) => sessionOfAttempt(attemptId));
    case 'operation':
    case 'answer':
    case 'input':
    case 'inspect':
      return [job.sessionId];
    case 'start':
    case 'nodesChanged':
    case 'placesChanged':
    case 'inspectPlaces':
      return [];
  }
};
