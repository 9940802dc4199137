// What the shape of a queue, lock or limit of a node cannot say.
import type { LimitDefinition } from '@nezuban/protocol/jobs/control/limit';
import { judgeTimeZone } from './judge-time-zone.ts';
import type { PathIssue } from './path-issue.ts';

export function judgeLimit(definition: LimitDefinition): PathIssue[] {
  const issue = definition.kind === 'lock' ? null : judgeTimeZone(definition.timezone, ['timezone']);
  return issue === null ? [] : [issue];
}
