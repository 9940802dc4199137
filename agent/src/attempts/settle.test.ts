// The table of docs/internals/attempt-life.md, row by row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitRecord } from './attempt-record.ts';
import { settle, type Known, type Seen } from './settle.ts';

const nothing: Seen = { waiter: null, waiterAlive: false, started: null, exit: null };
const waiter = { pid: 10, startTime: '5', bootId: 'b1', cgroup: null };
const started = { pid: 11, startTime: '6', atMs: 1 };
const exit: ExitRecord = {
  exitCode: 0,
  signal: null,
  refused: null,
  startError: null,
  startErrorSaid: null,
  endFileSaid: null,
  pid: 11,
  startedAtMs: 1,
  endedAtMs: 2,
  timedOut: false,
  cancelled: false,
  stdout: { headBytes: 0, tailBytes: 0, end: 0 },
  stderr: { headBytes: 0, tailBytes: 0, end: 0 },
  droppedBytes: 0,
  leftovers: [],
  endFileSays: null,
  usage: { memoryPeak: null, memoryOf: null, cpuMs: null, processesPeak: null, limit: null, stop: null },
};
const accepted: Known = { state: 'accepted', bootId: 'b1', handedOver: true };
const running: Known = { state: 'running', bootId: 'b1', handedOver: false };

const cases: [string, Known, Partial<Seen>, string, string][] = [
  [
    'accepted, not handed over, nobody has it: launched',
    { ...accepted, handedOver: false },
    {},
    'b1',
    'launch',
  ],
  ['accepted, handed over, nobody has it yet: waited for', accepted, {}, 'b1', 'wait'],
  ['accepted, claimed, not started: waited for', accepted, { waiter, waiterAlive: true }, 'b1', 'wait'],
  [
    'accepted, claimed by an older generation: never launched again',
    { ...accepted, handedOver: false },
    { waiter, waiterAlive: true },
    'b1',
    'wait',
  ],
  ['accepted, started: running', accepted, { waiter, waiterAlive: true, started }, 'b1', 'running'],
  ['running, waiter alive: waited for', running, { waiter, waiterAlive: true, started }, 'b1', 'wait'],
  ['exit record, waiter gone: ended', running, { waiter, exit }, 'b1', 'ended'],
  ['exit record, waiter still there: ended', running, { waiter, waiterAlive: true, exit }, 'b1', 'ended'],
  ['exit record, host restarted: ended', running, { waiter, exit }, 'b2', 'ended'],
  ['waiter gone without exit record: unknown', running, { waiter, started }, 'b1', 'unknown'],
  [
    'waiter gone before the start was seen: unknown, not launched again',
    accepted,
    { waiter },
    'b1',
    'unknown',
  ],
  ['running, folder gone: unknown', running, {}, 'b1', 'unknown'],
  [
    'accepted, host restarted: unknown, never launched',
    { ...accepted, handedOver: false },
    {},
    'b2',
    'unknown',
  ],
  [
    'running, host restarted, some process has the pid: unknown',
    running,
    { waiter, waiterAlive: true, started },
    'b2',
    'unknown',
  ],
];

for (const [name, known, seen, bootId, expected] of cases) {
  test(`settle: ${name}`, () => assert.equal(settle(known, { ...nothing, ...seen }, bootId).type, expected));
}
