// Which keys are known at a place of a definition: for suggestions beside unknown keys. Read from the schemas wherever they show it.
import { grantSchema, roleFileSchema } from '@nezuban/protocol/access/role';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { approvalUnitSchema } from '@nezuban/protocol/jobs/units/approval';
import { attemptUnitSchemas } from '@nezuban/protocol/jobs/units/attempt-units';
import { commandUnitSchema } from '@nezuban/protocol/jobs/units/command';
import { retrySchema } from '@nezuban/protocol/jobs/units/attempt-base';
import { eventSendUnitSchema } from '@nezuban/protocol/jobs/units/event-send';
import { eventWaitUnitSchema } from '@nezuban/protocol/jobs/units/event-wait';
import {
  lockDefinitionSchema,
  nodeLimitDefinitionSchema,
  queueDefinitionSchema,
} from '@nezuban/protocol/jobs/control/limit';
import { jobNetSchema, scopeDefinitionSchema } from '@nezuban/protocol/jobs/definition';
import { parameterSchema } from '@nezuban/protocol/jobs/parameter';
import { stopCommandSchema, unitLimitsSchema } from '@nezuban/protocol/jobs/units/limits';
import { judgmentUnitSchema } from '@nezuban/protocol/jobs/units/judgment';
import { mailSendUnitSchema } from '@nezuban/protocol/jobs/units/mail-send';
import { netStartUnitSchema } from '@nezuban/protocol/jobs/units/net-start';
import { netWaitUnitSchema } from '@nezuban/protocol/jobs/units/net-wait';
import { orUnitSchema } from '@nezuban/protocol/jobs/units/or';
import { waitUnitSchema } from '@nezuban/protocol/jobs/units/wait';
import { scheduleSchema } from '@nezuban/protocol/jobs/schedule';
import {
  anyChannelSchema,
  namedChannelSchema,
  smtpServerSchema,
} from '@nezuban/protocol/notifications/channel';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import {
  eventMatchSchema,
  fieldMatchSchema,
  textMatchSchema,
} from '@nezuban/protocol/notifications/event-match';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema, timeBandSchema } from '@nezuban/protocol/notifications/rule';
import { maintenanceWindowSchema } from '@nezuban/protocol/operations/maintenance-window';
import {
  trapAliasSchema,
  trapConditionSchema,
  trapMonitorSchema,
  trapRuleSchema,
} from '@nezuban/protocol/traps/trap-monitor';
import type { PathSegment } from './path-issue.ts';

export const kinds = [
  'jobnet',
  'scope',
  'calendar',
  'queue',
  'lock',
  'node_limit',
  'notification',
  'channel',
  'inhibition',
  'escalation',
  'trap_monitor',
  'trap_alias',
  'maintenance_window',
  'role',
] as const;
export type Kind = (typeof kinds)[number];

const netKeys = [
  'name',
  'type',
  'title',
  'description',
  'after',
  'recovery',
  'hold',
  'priority',
  'queue',
  'locks',
  'delays',
  'end_status',
  'position',
  'target',
  'units',
];
const unitKeys: Readonly<Record<string, readonly string[]>> = {
  net: netKeys,
  ...Object.fromEntries(attemptUnitSchemas.map(({ shape }) => [shape.type.value, Object.keys(shape)])),
  wait: Object.keys(waitUnitSchema.shape),
  judgment: Object.keys(judgmentUnitSchema.shape),
  event_send: Object.keys(eventSendUnitSchema.shape),
  or: Object.keys(orUnitSchema.shape),
  event_wait: Object.keys(eventWaitUnitSchema.shape),
  net_wait: Object.keys(netWaitUnitSchema.shape),
  net_start: Object.keys(netStartUnitSchema.shape),
  approval: Object.keys(approvalUnitSchema.shape),
  mail_send: Object.keys(mailSendUnitSchema.shape),
};
const rootKeys: Readonly<Record<Kind, readonly string[]>> = {
  jobnet: Object.keys(jobNetSchema.shape),
  scope: Object.keys(scopeDefinitionSchema.shape),
  calendar: Object.keys(calendarSchema.shape),
  notification: Object.keys(notificationRuleSchema.shape),
  channel: Object.keys(namedChannelSchema.shape),
  inhibition: Object.keys(inhibitionSchema.shape),
  escalation: Object.keys(escalationSchema.shape),
  trap_monitor: Object.keys(trapMonitorSchema.shape),
  trap_alias: Object.keys(trapAliasSchema.shape),
  queue: Object.keys(queueDefinitionSchema.shape),
  lock: Object.keys(lockDefinitionSchema.shape),
  node_limit: Object.keys(nodeLimitDefinitionSchema.shape),
  maintenance_window: Object.keys(maintenanceWindowSchema.shape),
  role: Object.keys(roleFileSchema.shape),
};
/** By the last key of the path, whatever stands before it. */
const keysUnder: Readonly<Record<string, readonly string[]>> = {
  target: ['node', 'scope', 'mode', 'order', 'answer_within_s', 'if_unknown'],
  locks: ['name', 'count'],
  limits: Object.keys(unitLimitsSchema.shape),
  stop: Object.keys(stopCommandSchema.shape),
  delays: ['start', 'end'],
  start: ['at', 'after_s', 'do'],
  end: ['at', 'after_s', 'history', 'do'],
  history: ['factor', 'sigma', 'min_runs'],
  do: ['set_status'],
  end_status: ['units'],
  after: ['all', 'any'],
  all: ['unit', 'on'],
  any: ['unit', 'on'],
  position: ['x', 'y'],
  places: ['manager', 'folder', 'net', 'scope', 'node'],
  grants: Object.keys(grantSchema.shape),
  exit_codes: ['normal', 'warning'],
  if: ['unit', 'exit_code', 'parameter', 'equals', 'matches', 'ignore_case', 'at_least', 'at_most'],
  retry: Object.keys(retrySchema.shape),
  end_by: ['file', 'is'],
  status: ['normal', 'warning', 'retry'],
  success: ['regex', 'json', 'equals', 'matches'],
  poll: ['from', 'interval_s', 'count_max', 'done', 'failed'],
  done: ['regex', 'json', 'equals', 'matches'],
  failed: ['regex', 'json', 'equals', 'matches'],
  tls: ['ca_file', 'certificate_file', 'key_file', 'verify'],
  parameters: Object.keys(parameterSchema.shape),
  schedules: Object.keys(scheduleSchema.shape),
  closed: ['date', 'to', 'name'],
  open: ['date', 'to', 'name'],
  channel: [...new Set(anyChannelSchema.options.flatMap(({ shape }) => Object.keys(shape)))],
  start_conditions: [
    'any',
    'all',
    'within_s',
    'overlap',
    'after_abnormal',
    'starts_max',
    'valid_for_s',
    'valid_until',
    'enabled',
  ],
  files: ['node', 'path', 'watch', 'already_there', 'size_min', 'settle_s', 'interval_s', 'user'],
  time: [
    'every_minutes',
    'from',
    'until',
    'times',
    'cron',
    'timezone',
    'calendar',
    'on',
    'days',
    'months',
    'if_closed',
  ],
  event: Object.keys(eventMatchSchema.shape),
  nets: ['all', 'any', 'net', 'unit', 'on'],
  while: Object.keys(eventMatchSchema.shape),
  keep_back: Object.keys(eventMatchSchema.shape),
  fields: Object.keys(fieldMatchSchema.shape),
  text: Object.keys(textMatchSchema.shape),
  times: ['timezone', 'only', 'except'],
  only: Object.keys(timeBandSchema.shape),
  except: Object.keys(timeBandSchema.shape),
  group: ['by', 'wait_s', 'interval_s'],
  repeat: ['every_min'],
  steps: ['after_min', 'channels'],
  smtp: Object.keys(smtpServerSchema.shape),
  more_smtp: Object.keys(smtpServerSchema.shape),
  oauth2: ['token_url', 'grant', 'client_id', 'client_secret', 'refresh_token', 'scope'],
};

/** Of one kind alone, where others have a key of the same name that means something else. */
const keysUnderOf: Partial<Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>>> = {
  trap_monitor: {
    rules: Object.keys(trapRuleSchema.shape),
    when: Object.keys(trapConditionSchema.shape),
    text: ['matches', 'contains', 'ignore_case'],
    fields: ['name', 'equals', 'matches', 'ignore_case', 'at_least', 'at_most'],
  },
};

/** `value` is what stands at the path; a unit is told to be a net or a command by what it holds. */
export function knownKeysAt(kind: Kind, path: readonly PathSegment[], value: unknown): readonly string[] {
  const name = path.findLast((segment) => typeof segment === 'string');
  if (name === undefined) return rootKeys[kind];
  if (name === 'units') return unitKeys[typeOfUnit(value)] ?? Object.keys(commandUnitSchema.shape);
  // An edge of a bare list: after[0] instead of after.all[0].
  if (name === 'after' && typeof path.at(-1) === 'number') return ['unit', 'on'];
  return keysUnderOf[kind]?.[name] ?? keysUnder[name] ?? [];
}

function typeOfUnit(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'command';
  if ('type' in value) return String(value.type);
  return 'units' in value ? 'net' : 'command';
}
