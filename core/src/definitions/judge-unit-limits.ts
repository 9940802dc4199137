// Judges what units may use: limits that cannot be meant. Called for units with limits, and for the default of a net.
import type { ContainerUnit } from '@nezuban/protocol/jobs/units/container';
import type { UnitLimits } from '@nezuban/protocol/jobs/units/limits';
import { say } from '@nezuban/protocol/sentences/sentence';
import { bytesOf } from '../jobs/attempt-kinds/limits.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

/** No program runs in less, and docker takes no less: a number without its letter was meant. */
const memoryBytesMin = 6 * 1024 * 1024;

export function judgeUnitLimits(limits: UnitLimits | undefined, path: Path): PathIssue[] {
  const memory = limits?.memory;
  if (memory === undefined || bytesOf(memory) >= memoryBytesMin) return [];
  return [{ path: [...path, 'limits', 'memory'], ...say('memory_limit_small', { memory }) }];
}

/** A container may say two of them under two names. */
export function judgeContainerLimits(unit: ContainerUnit, path: Path): PathIssue[] {
  const twice = (['memory', 'cpus'] as const).filter(
    (key) => unit[key] !== undefined && unit.limits?.[key] !== undefined,
  );
  return [
    ...judgeUnitLimits(unit.limits, path),
    ...twice.map((key) => ({ path: [...path, 'limits', key], ...say('limit_twice', { key }) })),
  ];
}
