// Judges watches of times and how a net ends: units that are named must be there, and a session as a whole cannot be passed over.
import type { EndStatusRule, Watch } from '@nezuban/protocol/jobs/control/watch';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { say } from '@nezuban/protocol/sentences/sentence';
import { nearestHint } from '../text/did-you-mean.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

export function judgeDelays(definition: JobNetDefinition): PathIssue[] {
  const { delays, end_status: rule, units } = definition;
  return [
    ...judgeSession(delays),
    ...judgeRule(rule, { units, path: ['end_status'] }),
    ...judgeInside(units, ['units']),
  ];
}

function judgeSession(delays: Watch | undefined): PathIssue[] {
  const action = delays?.start?.do;
  if (action === undefined || action === 'notify' || action === 'stop') return [];
  return [
    {
      path: ['delays', 'start', 'do'],
      ...say('session_not_skipped'),
    },
  ];
}

function judgeInside(units: readonly UnitDefinition[], path: Path): PathIssue[] {
  return units.flatMap((unit, index) => {
    if (unit.type !== 'net') return [];
    const place = [...path, index];
    return [
      ...judgeRule(unit.end_status, { units: unit.units, path: [...place, 'end_status'] }),
      ...judgeInside(unit.units, [...place, 'units']),
    ];
  });
}

function judgeRule(
  rule: EndStatusRule | undefined,
  { units, path }: { readonly units: readonly UnitDefinition[]; readonly path: Path },
): PathIssue[] {
  if (typeof rule !== 'object') return [];
  const names = units.map(({ name }) => name);
  return rule.units.flatMap((name, index) =>
    names.includes(name)
      ? []
      : [
          {
            path: [...path, 'units', index],
            ...say('end_status_no_unit', { name, hint: nearestHint(name, names) }),
          },
        ],
  );
}
