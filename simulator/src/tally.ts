/** Adds up the results of many seeds, also those of other threads, and makes the closing table. */
import type { RunResult } from './run.ts';

export interface Failure {
  readonly seed: number;
  readonly checker: string;
  readonly says: string;
  readonly atMs: number;
}

/** Plain data: it crosses threads. */
export interface Tally {
  seeds: number;
  events: number;
  simulatedMs: number;
  elections: number;
  acknowledged: number;
  attempts: number;
  faults: number;
  scenarios: number;
  commands: number;
  forced: number;
  fences: number;
  copies: number;
  diverged: number;
  guardFired: number;
  hopeless: number;
  /** Time of this thread. */
  cpuMs: number;
  readonly served: number[];
  readonly paired: number[];
  readonly failures: Failure[];
  readonly rows: Map<string, number>;
}

export function createTally(): Tally {
  return {
    seeds: 0,
    events: 0,
    simulatedMs: 0,
    elections: 0,
    acknowledged: 0,
    attempts: 0,
    faults: 0,
    scenarios: 0,
    commands: 0,
    forced: 0,
    fences: 0,
    copies: 0,
    diverged: 0,
    guardFired: 0,
    hopeless: 0,
    cpuMs: 0,
    served: [],
    paired: [],
    failures: [],
    rows: new Map(),
  };
}

export function addResult(tally: Tally, result: RunResult): void {
  const { count, found } = result;
  tally.seeds += 1;
  tally.events += result.events;
  tally.simulatedMs += result.simulatedMs;
  tally.elections += result.elections;
  tally.acknowledged += result.acknowledged;
  tally.attempts += result.attempts;
  tally.faults += count.faults;
  tally.scenarios += count.scenarios;
  tally.commands += count.commands;
  tally.forced += count.forced;
  tally.fences += count.fences;
  tally.copies += count.copies;
  tally.diverged += count.diverged;
  tally.guardFired += count.guardFired;
  if (result.isHopeless) tally.hopeless += 1;
  if (result.servedMs !== null) tally.served.push(result.servedMs);
  if (result.pairedMs !== null) tally.paired.push(result.pairedMs);
  if (found !== null) tally.failures.push({ seed: result.seed, ...found });
  for (const [row, times] of count.rows) tally.rows.set(row, (tally.rows.get(row) ?? 0) + times);
}

export function mergeTally(into: Tally, other: Tally): void {
  for (const key of Object.keys(into) as (keyof Tally)[]) {
    const value = other[key];
    if (typeof value === 'number')
      (into as unknown as Record<string, number>)[key] = (into[key] as number) + value;
  }
  // One by one: a million arguments are more than a call takes.
  for (const one of other.served) into.served.push(one);
  for (const one of other.paired) into.paired.push(one);
  for (const one of other.failures) into.failures.push(one);
  for (const [row, times] of other.rows) into.rows.set(row, (into.rows.get(row) ?? 0) + times);
}

/** p50, p99 and the longest, in whole milliseconds. */
function spread(values: readonly number[]): string {
  if (values.length === 0) return '-';
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}`;
}

export function describeTally(tally: Tally): string[] {
  const lines: readonly (readonly [string, string | number])[] = [
    ['seeds', tally.seeds],
    ['violations', tally.failures.length],
    ['seeds/s per core', Math.round(tally.seeds / Math.max(tally.cpuMs / 1000, 0.001))],
    ['events per seed', Math.round(tally.events / Math.max(tally.seeds, 1))],
    ['simulated hours', (tally.simulatedMs / 3_600_000).toFixed(1)],
    ['elections', tally.elections],
    ['commits acknowledged', tally.acknowledged],
    ['attempts run', tally.attempts],
    ['faults, scenarios, commands', `${tally.faults}, ${tally.scenarios}, ${tally.commands}`],
    ['copies, diverged standbys refused', `${tally.copies}, ${tally.diverged}`],
    ['guard fired, fences, forced masters', `${tally.guardFired}, ${tally.fences}, ${tally.forced}`],
    ['no complete copy left', tally.hopeless],
    ['served again after, ms p50/p99/max', spread(tally.served)],
    ['redundant again after, ms p50/p99/max', spread(tally.paired)],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
