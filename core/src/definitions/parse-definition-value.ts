// A plain value (a parsed YAML document, the body of an API call) judged as a definition: shape by the schema, sense by the judge.
import { roleFileSchema, type RoleDefinition } from '@nezuban/protocol/access/role';
import {
  limitDefinitionSchema,
  type LockDefinition,
  type NodeLimitDefinition,
  type QueueDefinition,
} from '@nezuban/protocol/jobs/control/limit';
import { calendarSchema, type CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import type { Issue } from '@nezuban/protocol/errors';
import { jobNetSchema, scopeDefinitionSchema } from '@nezuban/protocol/jobs/definition';
import type { JobNetDefinition, ScopeDefinition } from '@nezuban/protocol/jobs/definition';
import { namedChannelSchema, type NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import { escalationSchema, type Escalation } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema, type Inhibition } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import {
  maintenanceWindowSchema,
  type MaintenanceWindow,
} from '@nezuban/protocol/operations/maintenance-window';
import {
  trapAliasSchema,
  trapMonitorSchema,
  type TrapAlias,
  type TrapMonitor,
} from '@nezuban/protocol/traps/trap-monitor';
import { say } from '@nezuban/protocol/sentences/sentence';
import { judgeCalendar } from '../calendars/judge-calendar.ts';
import { judgeMaintenanceWindow } from '../operations/judge-window.ts';
import { judgeEscalation, judgeInhibition, judgeRule } from '../notifications/judge-notification.ts';
import { nearestHint } from '../text/did-you-mean.ts';
import { judgeTrapAlias } from '../traps/rules/judge-trap-alias.ts';
import { judgeTrapMonitor } from '../traps/rules/judge-trap-monitor.ts';
import { judgeJobNetPaths } from './judge-job-net.ts';
import { kinds } from './known-keys.ts';
import { judgeLimit } from './judge-limit.ts';
import type { Kind } from './known-keys.ts';
import { issueOf, quote } from './path-issue.ts';
import type { PathIssue } from './path-issue.ts';
import { nestingMax } from './reading-bounds.ts';
import { describeShapeIssues } from './shape-issues.ts';
import type { ShapeIssue } from './shape-issues.ts';

export type Definition =
  | { readonly kind: 'jobnet'; readonly value: JobNetDefinition }
  | { readonly kind: 'scope'; readonly value: ScopeDefinition }
  | { readonly kind: 'calendar'; readonly value: CalendarDefinition }
  | { readonly kind: 'queue'; readonly value: QueueDefinition }
  | { readonly kind: 'lock'; readonly value: LockDefinition }
  | { readonly kind: 'node_limit'; readonly value: NodeLimitDefinition }
  | { readonly kind: 'notification'; readonly value: NotificationRule }
  | { readonly kind: 'channel'; readonly value: NamedChannelDefinition }
  | { readonly kind: 'inhibition'; readonly value: Inhibition }
  | { readonly kind: 'escalation'; readonly value: Escalation }
  | { readonly kind: 'trap_monitor'; readonly value: TrapMonitor }
  | { readonly kind: 'trap_alias'; readonly value: TrapAlias }
  | { readonly kind: 'maintenance_window'; readonly value: MaintenanceWindow }
  | { readonly kind: 'role'; readonly value: RoleDefinition };
export type ParsedDefinition =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly issues: readonly Issue[] };
export type ParsedDefinitionPaths =
  | { readonly ok: true; readonly definition: Definition }
  | { readonly ok: false; readonly issues: readonly PathIssue[] };

/** For JSON: issues have paths, no lines. */
export function parseDefinitionValue(value: unknown): ParsedDefinition {
  const parsed = parseDefinitionPaths(value);
  return parsed.ok ? parsed : { ok: false, issues: parsed.issues.map(issueOf) };
}

export function parseDefinitionPaths(value: unknown): ParsedDefinitionPaths {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse({ path: [], ...say('not_a_definition') });
  }
  // The schema calls itself for nested nets; a value that nothing has bounded yet must not exhaust the stack.
  if (isDeeperThan(value, nestingMax))
    return refuse({ path: [], ...say('nested_too_deep', { max: nestingMax }) });
  const kind = 'kind' in value ? value.kind : undefined;
  switch (kind) {
    case 'jobnet': {
      const result = jobNetSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeJobNetPaths(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'scope': {
      const result = scopeDefinitionSchema.safeParse(value);
      return result.success
        ? { ok: true, definition: { kind, value: result.data } }
        : misshapen(kind, value, result.error.issues);
    }
    case 'calendar': {
      const result = calendarSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeCalendar(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'queue':
    case 'lock':
    case 'node_limit': {
      const result = limitDefinitionSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeLimit(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } as Definition }
        : { ok: false, issues };
    }
    case 'notification': {
      const result = notificationRuleSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeRule(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'channel': {
      const result = namedChannelSchema.safeParse(value);
      return result.success
        ? { ok: true, definition: { kind, value: result.data } }
        : misshapen(kind, value, result.error.issues);
    }
    case 'inhibition': {
      const result = inhibitionSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeInhibition(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'escalation': {
      const result = escalationSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeEscalation(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'trap_monitor': {
      const result = trapMonitorSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeTrapMonitor(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'trap_alias': {
      const result = trapAliasSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeTrapAlias(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'maintenance_window': {
      const result = maintenanceWindowSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const issues = judgeMaintenanceWindow(result.data);
      return issues.length === 0
        ? { ok: true, definition: { kind, value: result.data } }
        : { ok: false, issues };
    }
    case 'role': {
      const result = roleFileSchema.safeParse(value);
      if (!result.success) return misshapen(kind, value, result.error.issues);
      const { kind: _kind, ...role } = result.data;
      return { ok: true, definition: { kind, value: role } };
    }
    default:
      return refuse(wrongKind(kind));
  }
}

function misshapen(kind: Kind, value: unknown, issues: readonly ShapeIssue[]): ParsedDefinitionPaths {
  return { ok: false, issues: describeShapeIssues(kind, value, issues) };
}

function refuse(issue: PathIssue): ParsedDefinitionPaths {
  return { ok: false, issues: [issue] };
}

function wrongKind(kind: unknown): PathIssue {
  const path = ['kind'];
  if (kind === undefined) return { path, ...say('kind_missing', { known: kinds }) };
  const hint = typeof kind === 'string' ? nearestHint(kind, kinds) : '';
  return { path, ...say('kind_unknown', { kind: quote(kind), known: kinds, hint }) };
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
