// What a unit may use, as its order says it: sizes in bytes, and what the unit leaves open as its net says. Pure.
// Called by the kinds of commands and containers, and by the judge of definitions.
import type { OrderLimits } from '@nezuban/protocol/agent/link';
import type { UnitLimits } from '@nezuban/protocol/jobs/units/limits';
import type { AttemptPlace } from './attempt-kind.ts';
import { recordAt } from '../step.ts';

const factors: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `512m` as a number of bytes. What the form lets through is one, and no larger than what a number holds exactly. */
export function bytesOf(size: string): number {
  return Math.min(
    Number.parseInt(size, 10) * (factors[size.slice(-1).toLowerCase()] ?? 1),
    Number.MAX_SAFE_INTEGER,
  );
}

export function limitsAt(own: UnitLimits | undefined, { session, attempt }: AttemptPlace): OrderLimits {
  const { unit } = recordAt(session, attempt.unit);
  return orderLimits({ ...session.plan.scopes.get(unit.scope)?.limits, ...own });
}

export function orderLimits(limits: UnitLimits): OrderLimits {
  const { memory, processes, cpus, cpu_share: cpuShare, open_files: openFiles } = limits;
  return {
    ...(memory === undefined ? {} : { memory: bytesOf(memory) }),
    ...(processes === undefined ? {} : { processes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(cpuShare === undefined ? {} : { cpuShare }),
    ...(openFiles === undefined ? {} : { openFiles }),
    ...(limits.file_size === undefined ? {} : { fileSize: bytesOf(limits.file_size) }),
    ...(limits.core_size === undefined ? {} : { coreSize: bytesOf(limits.core_size) }),
  };
}

/** Nothing is bounded. */
export function isUnbounded(limits: object): boolean {
  return Object.keys(limits).length === 0;
}
