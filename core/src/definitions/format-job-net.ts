// A job net as canonical YAML: keys in the order of the manual, defaults left out, so that two texts of the same net are the same text.
// Called for export and for diffs. Reading the text gives the same definition again.
import type { BusinessDateRule } from '@nezuban/protocol/jobs/business-date';
import type { Watch } from '@nezuban/protocol/jobs/control/watch';
import type { LockClaim } from '@nezuban/protocol/jobs/control/places';
import type { After, Edge, Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { stringify } from 'yaml';
import { plainToolUnit } from './format-tool-units.ts';
import { plainStartConditions } from './format-start-conditions.ts';
import { plainInsideUnit } from './format-inside-unit.ts';

type Places = {
  readonly priority?: number | undefined;
  readonly queue?: string | undefined;
  readonly locks?: readonly LockClaim[] | undefined;
};
type Plain = Readonly<Record<string, unknown>>;

function plainBusinessDate(rule: BusinessDateRule | undefined): Plain | undefined {
  return rule === undefined ? undefined : pick({ ...rule, if_closed: unless(rule.if_closed, 'before') });
}

export function formatJobNet(definition: JobNetDefinition): string {
  const plain = pick({
    kind: 'jobnet',
    name: definition.name,
    title: definition.title,
    description: definition.description,
    timezone: unless(definition.timezone, 'UTC'),
    business_date: plainBusinessDate(definition.business_date),
    target: plainTarget(definition.target),
    limits: definition.limits && pick(definition.limits),
    ...plainPlaces(definition),
    overlap: unless(definition.overlap, 'parallel'),
    overlap_max: unless(definition.overlap_max, 1),
    exclusive_with: definition.exclusive_with,
    delays: plainDelays(definition.delays),
    end_status: unless(definition.end_status, 'worst'),
    parameters: unlessEmpty(
      definition.parameters.map((parameter) =>
        pick({
          name: parameter.name,
          type: parameter.type === undefined ? undefined : unless(parameter.type, 'text'),
          label: parameter.label,
          description: parameter.description,
          required: parameter.required,
          default: parameter.default,
          pattern: parameter.pattern,
          length_min: parameter.length_min,
          length_max: parameter.length_max,
          min: parameter.min,
          max: parameter.max,
          choices: parameter.choices,
          format: parameter.format,
        }),
      ),
    ),
    schedules: unlessEmpty(
      definition.schedules.map(({ name, cron, times, timezone, enabled, missed, parameters, ...days }) =>
        pick({
          name,
          cron,
          times,
          timezone,
          calendar: days.calendar,
          on: unless(days.on, 'open'),
          days: days.days,
          months: days.months,
          if_closed: unless(days.if_closed, 'skip'),
          shift_days_max: days.shift_days_max,
          move_open_days: days.move_open_days,
          enabled: unless(enabled, true),
          missed: unless(missed, 'run_once'),
          parameters,
        }),
      ),
    ),
    start_conditions: plainStartConditions(definition.start_conditions),
    units: definition.units.map(plainUnit),
  });
  return stringify(plain, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}

function plainUnit(unit: UnitDefinition): Plain {
  const head = { name: unit.name, title: unit.title, description: unit.description };
  const place = {
    after: plainAfter(unit.after),
    recovery: plainRecovery(unit.recovery),
    hold: unless(unit.hold, false),
    // Of an event the priority is the event's own.
    ...plainPlaces({ ...unit, priority: typeof unit.priority === 'number' ? unit.priority : undefined }),
    delays: plainDelays(unit.delays),
    position: unit.position,
  };
  switch (unit.type) {
    case 'net':
      return pick({
        ...head,
        ...place,
        end_status: unless(unit.end_status, 'worst'),
        target: plainTarget(unit.target),
        units: unit.units.map(plainUnit),
      });
    case 'net_ref':
      return pick({
        ...head,
        type: unit.type,
        ...place,
        net: unit.net,
        target: plainTarget(unit.target),
        parameters: unit.parameters,
      });
    case 'command':
      return pick({ ...head, ...place, ...plainCommand(unit) });
    case 'file_watch':
    case 'http':
    case 'ssh':
    case 'container':
    case 'file_transfer':
      return pick({
        ...head,
        type: unit.type,
        ...place,
        target: plainTarget(unit.target),
        user: unit.user,
        group: unit.group,
        ...plainToolUnit(unit),
        ...plainLimits(unit),
      });
    case 'wait':
      return pick({ ...head, type: unit.type, ...place, for_s: unit.for_s, until: unit.until });
    case 'judgment':
      return pick({ ...head, type: unit.type, ...place, if: pick(unit.if) });
    case 'event_send':
      return pick({
        ...head,
        type: unit.type,
        ...place,
        priority: unless(unit.priority, 'info'),
        message: unit.message,
        key: unit.key,
        clears: unless(unit.clears, false),
      });
    case 'or':
    case 'event_wait':
    case 'net_wait':
    case 'net_start':
    case 'approval':
    case 'mail_send':
      return pick({ ...head, type: unit.type, ...place, ...plainInsideUnit(unit) });
  }
}

function plainPlaces({ priority, queue, locks }: Places): Plain {
  return {
    priority,
    queue,
    locks: locks?.map(({ name, count }) => (count === 1 ? name : { name, count })),
  };
}

function plainDelays(delays: Watch | undefined): unknown {
  if (delays === undefined) return undefined;
  const { start, end } = delays;
  return pick({
    start: start === undefined ? undefined : pick({ ...start, do: unless(start.do, 'notify') }),
    end:
      end === undefined
        ? undefined
        : pick({
            ...end,
            history:
              end.history === undefined
                ? undefined
                : pick({ ...end.history, min_runs: unless(end.history.min_runs, 5) }),
            do: unless(end.do, 'notify'),
          }),
  });
}

function plainRecovery(recovery: UnitDefinition['recovery']): unknown {
  if (recovery === false) return undefined;
  return Array.isArray(recovery) && isOnly(recovery, ['abnormal']) ? true : recovery;
}

function plainCommand(unit: CommandUnit): Plain {
  return {
    target: plainTarget(unit.target),
    command: unit.command,
    script: unit.script,
    arguments: unit.arguments,
    working_directory: unit.working_directory,
    environment: unit.environment,
    user: unit.user,
    group: unit.group,
    supplementary_groups: unit.supplementary_groups,
    stdin_file: unit.stdin_file,
    stdin: unit.stdin,
    files: unit.files,
    umask: unit.umask,
    limits: unit.limits && pick(unit.limits),
    stop: unit.stop && pick({ ...unit.stop, timeout_s: unless(unit.stop.timeout_s, 60) }),
    outputs: unit.outputs?.map((output) => pick(output)),
    exit_codes: unit.exit_codes === undefined ? undefined : pick(unit.exit_codes),
    end_by: plainEndBy(unit.end_by),
    ...plainLimits(unit),
  };
}

function plainEndBy(endBy: CommandUnit['end_by']): unknown {
  return typeof endBy === 'object'
    ? pick({ file: endBy.file, is: unless(endBy.is, 'updated') })
    : unless(endBy, 'exit_code');
}

/** What all types of units share that make attempts on nodes. */
function plainLimits(unit: AttemptUnit): Plain {
  return {
    timeout_s: unit.timeout_s,
    kill_after_s: unless(unit.kill_after_s, 10),
    warn_after_s: unit.warn_after_s,
    retry:
      unit.retry === undefined
        ? undefined
        : pick({
            count: unit.retry.count,
            delay_s: unless(unit.retry.delay_s, 0),
            on: isOnly(unit.retry.on, ['abnormal']) ? undefined : unit.retry.on,
            exit_codes: unit.retry.exit_codes,
          }),
    output_encoding: unless(unit.output_encoding, 'auto'),
    output_bytes_max: unless(unit.output_bytes_max, 1024 * 1024),
  };
}

function plainTarget(target: Target | undefined): Plain | undefined {
  if (target === undefined) return undefined;
  return 'node' in target
    ? { node: target.node }
    : pick({
        scope: target.scope,
        mode: unless(target.mode, 'all'),
        order: target.order,
        answer_within_s: target.answer_within_s,
        if_unknown: unless(target.if_unknown, 'stop'),
      });
}

function plainAfter(after: After | undefined): unknown {
  if (after === undefined) return undefined;
  return 'any' in after ? { any: after.any.map(plainEdge) } : after.all.map(plainEdge);
}

function plainEdge(edge: Edge): unknown {
  return isOnly(edge.on, ['normal', 'warning']) ? edge.unit : { unit: edge.unit, on: edge.on };
}

function isOnly(list: readonly (string | boolean)[], standard: readonly string[]): boolean {
  return list.length === standard.length && list.every((item, index) => item === standard[index]);
}

function unless<T>(value: T, standard: T): T | undefined {
  return value === standard ? undefined : value;
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function pick(values: Plain): Plain {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
