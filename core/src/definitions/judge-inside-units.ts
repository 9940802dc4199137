// Judges units that wait for something inside the manager: events, other nets, people, mails. Pure.
// Called once for a whole definition by `judgeJobNetPaths`. That other nets and channels exist is not judged: they may come later.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { ApprovalUnit } from '@nezuban/protocol/jobs/units/approval';
import type { EventWaitUnit } from '@nezuban/protocol/jobs/units/event-wait';
import type { NetWaitUnit } from '@nezuban/protocol/jobs/units/net-wait';
import { say } from '@nezuban/protocol/sentences/sentence';
import { judgeMatch } from '../notifications/judge-notification.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

export function judgeInsideUnits(definition: JobNetDefinition): PathIssue[] {
  const issues: PathIssue[] = [];
  const walk = (units: readonly UnitDefinition[], path: Path): void => {
    for (const [index, unit] of units.entries()) {
      const at = [...path, index];
      if (unit.type === 'net') walk(unit.units, [...at, 'units']);
      else issues.push(...judgeUnit(unit, at, definition.name));
    }
  };
  walk(definition.units, ['units']);
  return issues;
}

function judgeUnit(unit: UnitDefinition, path: Path, net: string): PathIssue[] {
  switch (unit.type) {
    case 'event_wait':
      return judgeEventWait(unit, path);
    case 'net_wait':
      return judgeNetWait(unit, path, net);
    case 'net_start':
      return unit.net === net && unit.wait
        ? [
            {
              path: [...path, 'net'],
              ...say('net_starts_itself'),
            },
          ]
        : [];
    case 'approval':
      return judgeApproval(unit, path);
    default:
      return [];
  }
}

function judgeEventWait({ event }: EventWaitUnit, path: Path): PathIssue[] {
  const isEmpty = Object.values(event).every((value) => Array.isArray(value) && value.length === 0);
  return isEmpty
    ? [
        {
          path: [...path, 'event'],
          ...say('waited_event_empty'),
        },
      ]
    : [...judgeMatch(event, [...path, 'event'])];
}

function judgeNetWait(unit: NetWaitUnit, path: Path, net: string): PathIssue[] {
  const [key, targets] =
    'any' in unit.nets ? (['any', unit.nets.any] as const) : (['all', unit.nets.all] as const);
  const seen = new Set<string>();
  const issues = targets.flatMap((target, index): PathIssue[] => {
    const at = [...path, 'nets', key, index];
    const name = JSON.stringify([target.net, target.unit ?? null]);
    if (target.net === net)
      return [
        {
          path: [...at, 'net'],
          ...say('net_waits_for_itself'),
        },
      ];
    if (seen.has(name)) return [{ path: at, ...say('waited_net_twice', { net: target.net }) }];
    seen.add(name);
    return [];
  });
  if (unit.look_back_s !== undefined && unit.which !== 'today')
    issues.push({
      path: [...path, 'look_back_s'],
      ...say('look_back_without_sense', { which: unit.which }),
    });
  return issues;
}

function judgeApproval({ users, roles, needed }: ApprovalUnit, path: Path): PathIssue[] {
  const named = new Set(users ?? []).size;
  return users !== undefined && (roles ?? []).length === 0 && named < needed
    ? [
        {
          path: [...path, 'needed'],
          ...(named === 1
            ? say('too_few_approvers_one', { needed })
            : say('too_few_approvers', { needed, named })),
        },
      ]
    : [];
}
