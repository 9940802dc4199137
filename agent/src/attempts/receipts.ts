// From an exit record to the receipt that the manager gets. Pure.
import os from 'node:os';
import { sendable, type AgentReason, type AgentSentence } from '@nezuban/protocol/agent/agent-said';
import { reachableLimits, type AttemptUsage } from '@nezuban/protocol/agent/attempt-usage';
import { refusalCodes, type Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { ExitRecord, Leftover, StartedRecord, UsageRecord } from './attempt-record.ts';

type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq'> : never;
/** A receipt before the journal has given it its number. */
export type NewReceipt = WithoutSeq<Receipt>;

export type RefusalCode = (typeof refusalCodes)[number];

const signalNames = new Map(Object.entries(os.constants.signals).map(([name, number]) => [number, name]));

/** The protocol's bound. */
const endFileSaysMax = 1_000;
/** At this length a receipt of many leftovers still leaves room for others in a frame. */
const reasonLengthMax = 2_000;

export function runningReceipt(attemptId: AttemptId, started: StartedRecord, at: string): NewReceipt {
  return { attemptId, at, state: 'running', pid: started.pid, startedAt: instant(started.atMs) };
}

export function endedReceipt(attemptId: AttemptId, exit: ExitRecord, at: string): NewReceipt {
  const refusal = refusalCodes.find((code) => code === exit.refused);
  if (refusal) {
    const reason = { text: exit.startError ?? refusal, said: exit.startErrorSaid };
    return refusedReceipt(attemptId, { code: refusal, reason }, at);
  }
  return {
    attemptId,
    at,
    state: 'ended',
    exitCode: exit.exitCode,
    signal: signalName(exit.signal),
    startError: exit.startError?.slice(0, reasonLengthMax) ?? null,
    ...saidIf('startErrorSaid', exit.startErrorSaid),
    timedOut: exit.timedOut,
    cancelled: exit.cancelled,
    pid: exit.pid,
    startedAt: exit.startedAtMs === null ? null : instant(exit.startedAtMs),
    endedAt: instant(exit.endedAtMs),
    stdoutBytes: exit.stdout.headBytes + exit.stdout.tailBytes,
    stderrBytes: exit.stderr.headBytes + exit.stderr.tailBytes,
    droppedBytes: exit.droppedBytes,
    leftovers: [...exit.leftovers],
    usage: usageOf(exit.usage),
    ...(exit.endFileSays === null
      ? {}
      : {
          endFile: {
            held: exit.endFileSays === '',
            says: exit.endFileSays.slice(0, endFileSaysMax),
            ...saidIf('said', exit.endFileSaid),
          },
        }),
  };
}

function signalName(signal: number | null): string | null {
  return signal === null ? null : (signalNames.get(signal) ?? `SIG${signal}`);
}

function usageOf({ memoryPeak, memoryOf, cpuMs, processesPeak, limit, stop }: UsageRecord): AttemptUsage {
  const name = reachableLimits.find((each) => each === limit?.name);
  return {
    ...(memoryPeak === null
      ? {}
      : { memory: { bytes: memoryPeak, of: memoryOf === 'all' ? ('all' as const) : ('largest' as const) } }),
    ...(cpuMs === null ? {} : { cpuMs }),
    ...(processesPeak === null ? {} : { processes: processesPeak }),
    ...(name === undefined || limit === null
      ? {}
      : { limit: { name, max: limit.max, ...(limit.isDefault ? { isDefault: true } : {}) } }),
    ...(stop === null ? {} : { stop: { ...stop, signal: signalName(stop.signal) } }),
  };
}

/** What was kept is not given to the manager after all. */
export function withoutOutput(receipt: NewReceipt): NewReceipt {
  if (receipt.state !== 'ended') return receipt;
  const { stdoutBytes, stderrBytes, droppedBytes } = receipt;
  return {
    ...receipt,
    stdoutBytes: 0,
    stderrBytes: 0,
    droppedBytes: droppedBytes + stdoutBytes + stderrBytes,
  };
}

/** It could not be started at all, for a reason of the host's; it did not run. */
export function notStartedReceipt(attemptId: AttemptId, { text, said }: AgentReason, at: string): NewReceipt {
  const nothing = {
    exitCode: null,
    signal: null,
    timedOut: false,
    cancelled: false,
    pid: null,
    startedAt: null,
    stdoutBytes: 0,
    stderrBytes: 0,
    droppedBytes: 0,
  };
  const why = { startError: text, ...saidIf('startErrorSaid', said) };
  return { attemptId, at, state: 'ended', ...why, endedAt: at, leftovers: [], ...nothing };
}

export function refusedReceipt(
  attemptId: AttemptId,
  { code, reason }: { readonly code: RefusalCode; readonly reason: AgentReason },
  at: string,
): NewReceipt {
  return {
    attemptId,
    at,
    state: 'refused',
    code,
    reason: reason.text.slice(0, reasonLengthMax),
    ...saidIf('said', reason.said),
  };
}

export function unknownReceipt(
  attemptId: AttemptId,
  seen: { readonly reason: AgentReason; readonly leftovers: readonly Leftover[] },
  at: string,
): NewReceipt {
  const { text, said } = seen.reason;
  const leftovers = [...seen.leftovers];
  return { attemptId, at, state: 'unknown', reason: text, ...saidIf('said', said), leftovers };
}

/** Left out where nothing was said by code, or it is too long. */
function saidIf<Name extends string>(
  name: Name,
  said: AgentReason['said'],
): { [key in Name]?: AgentSentence } {
  return sendable(said) === undefined ? {} : ({ [name]: said } as { [key in Name]?: AgentSentence });
}

/** Nothing follows it any more. */
export function isFinal(receipt: NewReceipt): boolean {
  return receipt.state !== 'accepted' && receipt.state !== 'running';
}

export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
