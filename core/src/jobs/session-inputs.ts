// What goes into the engine and what comes out of it, as data.
// The manager gathers inputs, commits the changed rows together with what it must not forget of the effects, then acts on them.
import type { AttemptUsage } from '@nezuban/protocol/agent/attempt-usage';
import { sentenceOfAgent, type AgentSaidReceived } from '@nezuban/protocol/agent/agent-said';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import type { AttemptOrder, Captured, Receipt, refusalCodes } from '@nezuban/protocol/agent/link';
import type { ErrorCode, Issue } from '@nezuban/protocol/errors';
import type { EventCode } from '@nezuban/protocol/events/event';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import type { OperationName, SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Priority } from '@nezuban/protocol/priority';
import type { NetPlan } from './net-plan.ts';
import type { Preparation } from './preparation/fit-preparation.ts';
import type { Session } from './session-state.ts';
import type { UnitWork, WorkAnswer } from './unit-work.ts';

/** Nodes and scopes as they are now. Scopes already hold the nodes of their child scopes, each once, in a stable order. */
export type Inventory = {
  readonly nodes: ReadonlyMap<string, { readonly connected: boolean }>;
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  /** Nodes on which nothing is to start now, each with a sentence that says who froze it, since when and why. */
  readonly frozen?: ReadonlyMap<string, string>;
  /** Nodes that run only so many at once: what is to start there asks for a place. */
  readonly limitedNodes?: ReadonlySet<string>;
  /** Whether other sessions keep those of this net out, so that it has to ask. */
  readonly excludedNet?: (net: string) => boolean;
  /** Attempts of a node that are not closed. */
  readonly openAttempts?: (node: string) => number;
};

/** What an input is judged by, besides the session. `now` in milliseconds since 1970, by the manager's clock. */
export type EngineContext = {
  readonly now: number;
  readonly inventory: Inventory;
  /** Every event that is written from now on has a higher number. Left out: 0. */
  readonly lastEventId?: number;
};

export type PlanRequest = {
  readonly definition: JobNetDefinition;
  /** The plan of this very definition, if the caller has one: it never changes, so sessions can share it. */
  readonly plan?: NetPlan;
  readonly sessionId: SessionId;
  /** 6 to 12 characters a-z 0-9, drawn at random for this session. */
  readonly nonce: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trigger: SessionTrigger;
  /** How earlier sessions went; needed where the plan asks for it. */
  readonly history?: SessionHistory;
  /** What an operator has said of this start beforehand. */
  readonly preparation?: Preparation;
};

/** By the paths of units; the empty path is the session itself. */
export type SessionHistory = {
  /** End statuses in the session before this one. */
  readonly previous: ReadonlyMap<string, EndStatus>;
  /** Milliseconds that units took which ended normally in the newest sessions. */
  readonly runTimes: ReadonlyMap<string, readonly number[]>;
};

/** As the agent gives it, with what is believed of why there is no value. */
export type CapturedInput = Omit<Captured, 'said'> & { readonly said?: Sentence | undefined };

export type Leftover = { readonly pid: number; readonly command: string };

/**
 * Something that happened. Inputs about attempts may come twice, late and in any order: an attempt moves only forward
 * (pending, accepted, running, then one of ended, unknown, refused, for good), and one of an earlier run never touches its unit.
 */
export type SessionInput =
  | { readonly type: 'attemptAccepted'; readonly attemptId: AttemptId }
  | {
      readonly type: 'attemptStarted';
      readonly attemptId: AttemptId;
      readonly pid: number;
      readonly startedAt: number;
    }
  | {
      readonly type: 'attemptEnded';
      readonly attemptId: AttemptId;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly startError: string | null;
      readonly startErrorSaid?: Sentence | undefined;
      readonly timedOut: boolean;
      readonly cancelled: boolean;
      readonly pid: number | null;
      readonly startedAt: number | null;
      readonly endedAt: number;
      readonly stdoutBytes: number;
      readonly stderrBytes: number;
      readonly droppedBytes: number;
      readonly leftovers: readonly Leftover[];
      /** What was seen of the file that judges it, where one does. */
      readonly endFile?:
        | { readonly held: boolean; readonly says: string; readonly said?: Sentence | undefined }
        | undefined;
      /** Variables taken out of its output; the values of secret ones have been put away and are empty. */
      readonly captured?: readonly CapturedInput[] | undefined;
      readonly usage?: AttemptUsage | undefined;
    }
  /** Nobody can say, and nobody will: the waiter died, the agent has no record, the agent has been removed. */
  | {
      readonly type: 'attemptUnknown';
      readonly attemptId: AttemptId;
      readonly reason: string;
      /** The same by its code; left out by agents of an earlier release. */
      readonly said?: Sentence | undefined;
      readonly leftovers?: readonly Leftover[];
    }
  | {
      readonly type: 'attemptRefused';
      readonly attemptId: AttemptId;
      readonly code: (typeof refusalCodes)[number];
      readonly reason: string;
      readonly said?: Sentence | undefined;
      /** The manager says so, which has not sent it; the word of an agent that has it counts for more. */
      readonly unsent?: true;
    }
  /** A time asked for by `wakeAt` has come. Harmless when too early or repeated. */
  | { readonly type: 'timeReached' }
  /** The turn of a queued unit (its index in the plan) has come: what it asks for is free. `node`: where, if several would do. */
  | { readonly type: 'admitted'; readonly unit: number; readonly node: string | null }
  /** Nodes were frozen, resumed, connected or removed: what waits for one is looked at again. Harmless when nothing did. */
  | { readonly type: 'nodesChanged' }
  /** What came of the work that the manager does for a unit, by its number. An answer of an earlier run, or a late one, changes nothing. */
  | {
      readonly type: 'workAnswered';
      readonly unit: number;
      readonly run: number;
      readonly answer: WorkAnswer;
    }
  /** `unit`: path; left out, the operation is meant for the whole session (stop, rerun). `actor`: who asks, for reasons and events. */
  | ({
      readonly type: 'operation';
      readonly operation: OperationName;
      /** Of `to_front`: the key that comes before all others' (admission/place-views.ts). */
      readonly queueKey?: number | undefined;
      readonly unit?: string | undefined;
      readonly actor: string;
    } & OperationOptions);

/** What has to be done about it, in this order, after the commit. */
export type SessionEffect =
  /** Hand the order to the agent of `node`, again and again until it is accepted or refused. Can be had again: `unfinishedEffects`. */
  | {
      readonly type: 'dispatch';
      readonly attemptId: AttemptId;
      readonly node: string;
      readonly order: AttemptOrder;
    }
  /** Ask the agent of `node` to end the attempt, again until it is closed. Can be had again: `unfinishedEffects`. `unlessStarted`: only to not start it. */
  | {
      readonly type: 'cancel';
      readonly attemptId: AttemptId;
      readonly node: string;
      readonly killAfterMs: number;
      readonly unlessStarted?: true;
    }
  /** Do this for the unit until it is answered or ended; what was to be done for it before is replaced. Can be had again: `unfinishedEffects`. */
  | { readonly type: 'work'; readonly unit: number; readonly run: number; readonly work: UnitWork }
  /** The unit needs its work no more. Harmless where it had none. */
  | { readonly type: 'endWork'; readonly unit: number }
  /** Put the mail into the outbox in the same transaction: it cannot be had again. */
  | ({ readonly type: 'mail'; readonly unit: number; readonly run: number } & UnitMail)
  /** Give `timeReached` at this time or later. Can be had again: `unfinishedEffects`. */
  | { readonly type: 'wakeAt'; readonly at: number }
  /** Store it in the same transaction: it cannot be had again. */
  | ({ readonly type: 'event' } & SessionEvent);

/** A mail that a unit sends by a named channel; `to` null: to whom the channel sends. */
export type UnitMail = {
  readonly channel: string;
  readonly to: readonly string[] | null;
  readonly cc: readonly string[] | null;
  readonly subject: string;
  readonly body: string;
};

export type SessionEvent = {
  readonly code: EventCode;
  readonly priority: Priority;
  readonly node: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
  /** What state it is about, and whether it ends what earlier events with this key raised. Only of events that a net writes. */
  readonly key?: string;
  readonly clears?: boolean;
  /** Named channels that are told of it, whatever the rules say. */
  readonly channels?: readonly string[];
};

/** Nothing was changed. `code` is of the registry, `detail` a sentence for the person who asked. */
export type Refusal = {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly detail: Said;
  readonly issues: readonly Issue[];
};

export type PlanResult =
  | {
      readonly ok: true;
      readonly session: Session;
      readonly effects: readonly SessionEffect[];
      /** The values that it was begun with, those of secrets included. */
      readonly given: Readonly<Record<string, string>>;
    }
  | Refusal;
/** `changed` is false for repeats and latecomers. What changed is had by `takeChanges`, once for any number of inputs. */
export type ApplyResult =
  | { readonly ok: true; readonly changed: boolean; readonly effects: readonly SessionEffect[] }
  | Refusal;

/** A receipt of an agent as the engine takes it. */
export function inputOfReceipt(receipt: Receipt): SessionInput {
  const attemptId = receipt.attemptId;
  switch (receipt.state) {
    case 'accepted':
      return { type: 'attemptAccepted', attemptId };
    case 'running':
      return {
        type: 'attemptStarted',
        attemptId,
        pid: receipt.pid,
        startedAt: Date.parse(receipt.startedAt),
      };
    case 'ended': {
      const { seq: _seq, at: _at, state: _state, startedAt, endedAt, ...given } = receipt;
      const { startErrorSaid, endFile, captured, ...rest } = given;
      return {
        type: 'attemptEnded',
        ...rest,
        startedAt: startedAt === null ? null : Date.parse(startedAt),
        endedAt: Date.parse(endedAt),
        ...(startErrorSaid === undefined ? {} : { startErrorSaid: sentenceOfAgent(startErrorSaid) }),
        ...(endFile === undefined ? {} : { endFile: believed(endFile) }),
        ...(captured === undefined ? {} : { captured: captured.map(believed) }),
      };
    }
    case 'unknown':
      return {
        type: 'attemptUnknown',
        attemptId,
        reason: receipt.reason,
        ...saidIf(receipt.said),
        leftovers: receipt.leftovers,
      };
    case 'refused':
      return { type: 'attemptRefused', attemptId, code: receipt.code, ...refusalReason(receipt) };
  }
}

/** An agent of an earlier release knows no tool that came after it, and cannot say what helps. */
function refusalReason({ reason, said: received }: Extract<Receipt, { readonly state: 'refused' }>): {
  readonly reason: string;
  readonly said?: Sentence;
} {
  const tool = /^the agent has no tool "([^"]+)"$/.exec(reason)?.[1];
  if (tool === undefined) return { reason, ...saidIf(received) };
  const said = say('agent_without_tool', { tool });
  return { reason: said.message, said };
}

/** What an agent says by code and is believed; its English text counts otherwise. */
function saidIf(received: AgentSaidReceived): { readonly said?: Sentence } {
  const said = sentenceOfAgent(received);
  return said === undefined ? {} : { said };
}

function believed<Given extends { readonly said?: AgentSaidReceived }>({
  said: received,
  ...given
}: Given): Omit<Given, 'said'> & { readonly said?: Sentence } {
  return { ...given, ...saidIf(received) };
}
