// A definition of any kind as canonical YAML: keys in the order of the schema, defaults left out, so that two texts that mean the same are the
// same text. Called for export and for comparing. Reading the text gives the same definition again.
import { roleFileSchema } from '@nezuban/protocol/access/role';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import {
  lockDefinitionSchema,
  nodeLimitDefinitionSchema,
  queueDefinitionSchema,
} from '@nezuban/protocol/jobs/control/limit';
import { scopeDefinitionSchema } from '@nezuban/protocol/jobs/definition';
import { namedChannelSchema } from '@nezuban/protocol/notifications/channel';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { maintenanceWindowSchema } from '@nezuban/protocol/operations/maintenance-window';
import { trapAliasSchema, trapMonitorSchema } from '@nezuban/protocol/traps/trap-monitor';
import { stringify } from 'yaml';
import { formatJobNet } from './format-job-net.ts';
import type { Kind } from './known-keys.ts';
import type { Definition } from './parse-definition-value.ts';

/** A schema of the protocol, as far as it is asked here. */
type Schema = {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
};

const schemas: Readonly<Record<Exclude<Kind, 'jobnet'>, Schema>> = {
  scope: scopeDefinitionSchema,
  calendar: calendarSchema,
  queue: queueDefinitionSchema,
  lock: lockDefinitionSchema,
  node_limit: nodeLimitDefinitionSchema,
  notification: notificationRuleSchema,
  channel: namedChannelSchema,
  inhibition: inhibitionSchema,
  escalation: escalationSchema,
  trap_monitor: trapMonitorSchema,
  trap_alias: trapAliasSchema,
  maintenance_window: maintenanceWindowSchema,
  role: roleFileSchema,
};

export function formatDefinition(definition: Definition): string {
  if (definition.kind === 'jobnet') return formatJobNet(definition.value);
  const { kind, ...rest } = withoutDefaults(
    { ...definition.value, kind: definition.kind },
    schemas[definition.kind],
  );
  return stringify({ kind, ...rest }, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}

type Plain = Record<string, unknown>;

/** What the schema would put there by itself is left out. A value that the schema does not take stays as it is. */
function withoutDefaults(value: Plain, schema: Schema): Plain {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return value;
  const meaning = JSON.stringify(parsed.data);
  const root = JSON.parse(meaning) as Plain;
  const isSame = (): boolean => {
    const again = schema.safeParse(root);
    return again.success && JSON.stringify(again.data) === meaning;
  };
  strip(root, isSame);
  return JSON.parse(JSON.stringify(root)) as Plain;
}

/** Empties, in every object and in depth first, each key without which all means the same. Changes `object`, whose order stays. */
function strip(object: Plain, isSame: () => boolean): void {
  for (const [key, inner] of Object.entries(object)) {
    for (const part of Array.isArray(inner) ? inner : [inner]) if (isPlain(part)) strip(part, isSame);
    object[key] = undefined;
    if (!isSame()) object[key] = inner;
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
