// A thread that tries monitors on traps and ends. Started by `trap-tests.ts`, which ends it when it takes too long.
import { parentPort, workerData } from 'node:worker_threads';
import { tryMonitors } from '@nezuban/core/traps/rules/try-monitors';
import type { TrapTestWork } from './trap-tests.ts';

const { monitors, traps, oids, symbols, timeMaxMs, shownMax } = workerData as TrapTestWork;
parentPort?.postMessage(
  tryMonitors({
    monitors,
    traps,
    names: { resolve: (name) => oids.get(name) ?? null, nameOf: (oid) => symbols.get(oid) ?? null },
    now: () => performance.now(),
    timeMaxMs,
    shownMax,
  }),
);
