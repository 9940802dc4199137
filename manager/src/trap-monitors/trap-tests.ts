// Tries monitors on traps without holding up anything else.
// Responsible for one thread at a time, within bounds of time and memory: whoever may read traps may try patterns, and one that is slow must
// not cost more than this thread. Not responsible for the traps (`past-traps.ts`) nor for what is found (core). Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { Worker } from 'node:worker_threads';
import { compileMonitor } from '@nezuban/core/traps/rules/compile-monitors';
import type { RuleNames } from '@nezuban/core/traps/rules/oid-patterns';
import type { TrapToTry, TryResult } from '@nezuban/core/traps/rules/try-monitors';
import { trapTestLimits } from '@nezuban/protocol/api/trap-monitor-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { trapMonitorLimits as limits } from './trap-monitor-limits.ts';

/** What a thread gets: functions cannot be sent to it, so the names that will be asked for are looked up before. */
export type TrapTestWork = {
  readonly monitors: readonly TrapMonitor[];
  readonly traps: readonly TrapToTry[];
  readonly oids: ReadonlyMap<string, string>;
  readonly symbols: ReadonlyMap<string, string>;
  readonly timeMaxMs: number;
  readonly shownMax: number;
};

export type TrapTests = {
  /** Throws `operation_refused` where it takes too long, `too_many_requests` when others wait already. */
  readonly run: (monitors: readonly TrapMonitor[], traps: readonly TrapToTry[]) => Promise<TryResult>;
  /** Ends what runs. */
  readonly stop: () => Promise<void>;
};

export const createTrapTests = (names: RuleNames): TrapTests => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const ended = new AbortController();

  return {
    async run(monitors, traps) {
      if (waiting >= limits.testsWaitingMax)
        throw new CodedError('too_many_requests', say('problem_several_tests_of_trap_monitors_are_running'), {
          retryAfterSeconds: 5,
        });
      waiting += 1;
      const work = {
        monitors,
        traps,
        ...lookUp(monitors, traps, names),
        timeMaxMs: limits.testTimeMaxMs,
        shownMax: trapTestLimits.shownTrapsMax,
      };
      const turn = last.then(() => inThread(work, ended.signal));
      last = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        waiting -= 1;
      }
    },
    async stop() {
      ended.abort();
      await last;
    },
  };
};

/** All names that the rules resolve, and those of the traps. */
const lookUp = (
  monitors: readonly TrapMonitor[],
  traps: readonly TrapToTry[],
  names: RuleNames,
): Pick<TrapTestWork, 'oids' | 'symbols'> => {
  const oids = new Map<string, string>();
  const recording: RuleNames = {
    resolve(name) {
      const oid = names.resolve(name);
      if (oid !== null) oids.set(name, oid);
      return oid;
    },
  };
  // Patterns are made when they are first needed, so this costs next to nothing.
  for (const monitor of monitors) compileMonitor(monitor, { names: recording });
  const symbols = new Map<string, string>();
  for (const { trap } of traps) {
    const oid = trap.snmp?.trapOid;
    const symbol = oid === undefined ? null : (names.nameOf?.(oid) ?? null);
    if (oid !== undefined && symbol !== null) symbols.set(oid, symbol);
  }
  return { oids, symbols };
};

const inThread = async (work: TrapTestWork, stopped: AbortSignal): Promise<TryResult> => {
  if (stopped.aborted) throw stopping();
  const worker = new Worker(new URL('trap-test-worker-main.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: limits.testThreadMemoryMaxMb },
    stdout: false,
  });
  const over = new AbortController();
  try {
    return await new Promise<TryResult>((resolve, reject) => {
      const timer = setTimeout(() => reject(tooCostly()), limits.testThreadTimeMaxMs);
      over.signal.addEventListener('abort', () => clearTimeout(timer));
      stopped.addEventListener('abort', () => reject(stopping()), { signal: over.signal });
      worker.once('message', resolve);
      worker.once('error', (error: Error & { readonly code?: string }) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooCostly(error) : error),
      );
      worker.once('exit', (code) =>
        reject(new Error(`The thread that tries trap monitors ended with ${code} and without an answer`)),
      );
    });
  } finally {
    over.abort();
    await worker.terminate();
  }
};

const stopping = (): CodedError =>
  new CodedError('operation_refused', say('problem_the_manager_is_stopping'));

const tooCostly = (cause?: unknown): CodedError =>
  new CodedError(
    'operation_refused',
    say('problem_trying_these_rules_takes_more_than_seconds', { value: limits.testThreadTimeMaxMs / 1000 }),
    cause === undefined ? {} : { cause },
  );
