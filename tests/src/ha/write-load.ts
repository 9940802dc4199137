/**
 * Writers: each makes small things with unique names through the API, one after the other, as a client with two addresses would.
 *
 * A thing is an API token (made, then revoked, so that the user's limit is never met); each of both leaves one entry of the audit log with
 * that name, committed together with it. Nothing there is unique by constraint, so that a thing done twice would be seen twice.
 * Responsible for sending, for knowing the outcome of each, and for reading back meanwhile. Run by `load-main.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { buildRequest, type Operation, type OperationInput } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { type Caller, type CallResult, monotonicMs } from './http-call.ts';
import type { ReadRecord, VanishedRecord, WriteRecord } from './load-records.ts';
import { createMasterFinder, type MasterFinder, type Target } from './master-finder.ts';

export interface WriteLoadOptions {
  readonly targets: readonly Target[];
  readonly token: string;
  /** Begins every name. */
  readonly prefix: string;
  readonly writers: number;
  readonly pauseMs: number;
  readonly readBackEveryMs: number;
}

/** Ready to be sent; an answer that takes longer is asked for elsewhere at the same time. */
const SUSPECT_MS = 250;
/** A commit may wait for the roster to be changed: lease, a round, and more on a busy machine. */
const WRITE_TIMEOUT_MS = 15_000;
const READ_TIMEOUT_MS = 3_000;
const READ_ENTRIES = 300;
/** Codes of server errors that promise that nothing was done. `not_master` may come from a host that had passed the request on. */
const HARMLESS_CODES = new Set(['shutting_down']);

export interface Load {
  /** Returns when the last one has its outcome. */
  stop(): Promise<void>;
}

export type Note = (record: WriteRecord | VanishedRecord | ReadRecord) => void;

export function startWriteLoad(caller: Caller, options: WriteLoadOptions, note: Note): Load {
  const stopped = new AbortController();
  const finder = createMasterFinder(caller, options.targets);
  const tasks = [
    ...Array.from({ length: options.writers }, (_, index) => write(index)),
    ...(options.readBackEveryMs > 0 ? [readBack()] : []),
  ];

  async function write(index: number): Promise<void> {
    for (let number = 1; !stopped.signal.aborted; number += 1) {
      const name = `${options.prefix}-${index}-${number}`;
      const made = await send(name, operations.createToken, { body: { name, expires_in_days: 1 } });
      if (made !== null) {
        const { id } = JSON.parse(made.body) as { id: number };
        await send(name, operations.deleteToken, { params: { id } });
      }
      await delay(options.pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  /** Sends one request once, to whoever is master. Null unless it was acknowledged. */
  async function send<Op extends Operation>(
    name: string,
    operation: Op,
    input: OperationInput<Op>,
  ): Promise<CallResult | null> {
    const target = finder.current() ?? (await finder.find(stopped.signal).catch(() => null));
    if (target === null) return null;
    const sentAt = monotonicMs();
    const { result, endedAt } = await sendPatiently(target, operation, input);
    const code = result.outcome === 'answered' ? problemCode(result) : result.error;
    const outcome = outcomeOf(result);
    note({
      type: 'write',
      id: `${operation.id} ${name}`,
      sentAt,
      endedAt,
      outcome,
      host: target.name,
      status: result.status,
      code,
    });
    if (outcome === 'acked') return result;
    if (outcome !== 'refused' || result.status >= 500)
      await finder.find(stopped.signal).catch(() => undefined);
    return null;
  }

  async function sendPatiently<Op extends Operation>(
    target: Target,
    operation: Op,
    input: OperationInput<Op>,
  ): Promise<{ readonly result: CallResult; readonly endedAt: number }> {
    const giveUp = new AbortController();
    const answered = new AbortController();
    const call = {
      ...requestOf(target, operation, input),
      timeoutMs: WRITE_TIMEOUT_MS,
      signal: giveUp.signal,
    };
    const answer = caller.call(call).then((result) => {
      answered.abort();
      return { result, endedAt: monotonicMs() };
    });
    const doubt = async (): Promise<void> => {
      const over = AbortSignal.any([answered.signal, stopped.signal]);
      while (!over.aborted) {
        await delay(SUSPECT_MS, undefined, { signal: over });
        const found = await finder.find(stopped.signal);
        if (found.name !== target.name) giveUp.abort();
      }
    };
    // Ends by itself soon after the answer; what it throws then is that end.
    void doubt().catch(() => undefined);
    return answer;
  }

  function requestOf<Op extends Operation>(target: Target, operation: Op, input: OperationInput<Op>) {
    const { method, path, headers, body } = buildRequest(operation, input);
    return {
      url: `${target.url}${path}`,
      method,
      headers: { ...headers, authorization: `Bearer ${options.token}` },
      body,
    };
  }

  async function readBack(): Promise<void> {
    const seen = new Map<number, string>();
    while (!stopped.signal.aborted) {
      await readOnce(finder, seen);
      await delay(options.readBackEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  async function readOnce(from: MasterFinder, seen: Map<number, string>): Promise<void> {
    const target = from.current();
    if (target === null) return;
    const result = await caller.call({
      ...requestOf(target, operations.listAudit, { query: { limit: READ_ENTRIES } }),
      timeoutMs: READ_TIMEOUT_MS,
      signal: stopped.signal,
    });
    if (result.outcome !== 'answered' || result.status !== 200) return;
    const { items } = JSON.parse(result.body) as {
      items: { id: number; action: string; target: string | null }[];
    };
    const at = monotonicMs();
    note({ type: 'read', at, host: target.name, entries: items.length });
    const page = new Map(items.map((one) => [one.id, `${one.action} ${one.target ?? ''}`]));
    const oldest = Math.min(...page.keys());
    for (const [id, what] of seen) {
      if (id < oldest || page.get(id) === what) continue;
      const now = page.get(id);
      const says = now === undefined ? 'it is gone' : `its number now belongs to "${now}"`;
      note({
        type: 'vanished',
        id: what,
        at,
        host: target.name,
        says: `audit entry ${id} was read before; ${says}`,
      });
      seen.delete(id);
    }
    for (const [id, what] of page) if (what.includes(` ${options.prefix}-`)) seen.set(id, what);
  }

  return {
    async stop() {
      stopped.abort();
      await Promise.all(tasks);
    },
  };
}

function outcomeOf({ outcome, status }: CallResult): WriteRecord['outcome'] {
  if (outcome !== 'answered') return outcome;
  return status >= 200 && status < 300 ? 'acked' : 'refused';
}

function problemCode(result: CallResult): string | null {
  if (result.status < 400) return null;
  try {
    return (JSON.parse(result.body) as { code?: string }).code ?? null;
  } catch {
    return result.body.slice(0, 100);
  }
}

/** Whether nothing of it may ever be found. A server error promises nothing, unless its code does. */
export function surelyNotDone(record: WriteRecord): boolean {
  switch (record.outcome) {
    case 'not-sent':
      return true;
    case 'refused':
      return record.status < 500 || HARMLESS_CODES.has(record.code ?? '');
    case 'acked':
    case 'unknown':
      return false;
    default:
      return record.outcome satisfies never;
  }
}
