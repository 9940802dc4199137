// The domain of trap monitors put together: definitions of monitors and aliases, the monitors in force, and the trying of rules.
// Responsible for that alone; traps come from `traps/`, which asks `judge` and `aliases`. Made by master.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { judgeTrapAlias } from '@nezuban/core/traps/rules/judge-trap-alias';
import { judgeTrapMonitor } from '@nezuban/core/traps/rules/judge-trap-monitor';
import { toRuleNames } from '@nezuban/core/traps/rules/oid-patterns';
import type { OidNames } from '@nezuban/core/traps/mib/oid-names';
import type { ParsedTrap, PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import type { TrapVerdicts } from '@nezuban/core/traps/verdict';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import {
  trapAliasSchema,
  trapMonitorSchema,
  type TrapAlias,
  type TrapMonitor,
} from '@nezuban/protocol/traps/trap-monitor';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { AuditLog, EventSink, InventorySnapshot, TrapDefinitions } from '../ports.ts';
import { createMonitorsInForce } from './compiled-monitors.ts';
import { readPastTraps } from './past-traps.ts';
import { createTrapChanges } from './trap-definition-changes.ts';
import { createTrapDefinitionStore } from './trap-definition-store.ts';
import { createTrapDefinitionSource } from './trap-definitions.ts';
import { trapMonitorLimits as limits } from './trap-monitor-limits.ts';
import { createTrapMonitorRoutes, type ReadFiles, type TrapMonitorHandlers } from './trap-monitor-routes.ts';
import { createTrapTests } from './trap-tests.ts';
import { createTrapTrials } from './trap-trials.ts';

export type TrapMonitorsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly inventory: () => InventorySnapshot;
  /** Imported MIBs. `onNamesChange`: after each change of them. */
  readonly names: OidNames;
  readonly onNamesChange: (listener: () => void) => void;
  /** As for traps that come in (traps/): what a record says, and which node it is about. */
  readonly parse: (record: TrapRecord) => readonly ParsedTrap[];
  readonly place: (trap: ParsedTrap) => Pick<PlacedTrap, 'node' | 'scopes'>;
  readonly readFiles: ReadFiles;
};

export type MonitorFigure = {
  readonly monitor: string;
  readonly matched: number;
  readonly spentMs: number;
};

export type TrapMonitors = {
  /** Asked for every trap. */
  readonly judge: (trap: PlacedTrap) => TrapVerdicts;
  /** In the order in which they are tried. */
  readonly aliases: () => readonly TrapAlias[];
  readonly onAliasesChange: (listener: () => void) => void;
  /** For the applying of files. */
  readonly changes: TrapDefinitions;
  readonly definitions: readonly DefinitionSource[];
  readonly routes: TrapMonitorHandlers;
  /** What each monitor took, for metrics. */
  readonly figures: () => readonly MonitorFigure[];
  readonly stop: () => Promise<void>;
};

/** Loads what is stored. */
export const createTrapMonitors = async (ports: TrapMonitorsPorts): Promise<TrapMonitors> => {
  const { database, audit, events, clock, inventory, parse, place } = ports;
  const logger = ports.logger.child({ domain: 'trap-monitors' });
  const names = toRuleNames(ports.names);
  const monitors = createTrapDefinitionStore<TrapMonitor>(
    { database, logger },
    { kind: 'trap_monitor', schema: trapMonitorSchema },
  );
  const aliases = createTrapDefinitionStore<TrapAlias>(
    { database, logger },
    { kind: 'trap_alias', schema: trapAliasSchema },
  );
  await Promise.all([monitors.load(), aliases.load()]);
  const inForce = createMonitorsInForce({ store: monitors, names, clock });
  ports.onNamesChange(() => inForce.recompile());

  const monitorChanges = createTrapChanges<TrapMonitor>({ audit, events, clock }, monitors, {
    title: 'trap monitor',
    actions: { put: 'putTrapMonitor', remove: 'deleteTrapMonitor' },
    judge: judgeTrapMonitor,
    assertRoom(value, all) {
      const others = [...all.values()].filter((stored) => stored.value.name !== value.name);
      if (others.length >= limits.monitorsMax)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_trap_monitors_already_delete_some', { max: limits.monitorsMax }),
        );
      const rules = others.reduce((sum, stored) => sum + stored.value.rules.length, value.rules.length);
      if (rules > limits.rulesMax)
        throw new CodedError(
          'operation_refused',
          say('problem_all_trap_monitors_together_would_have_rules', { rules, max: limits.rulesMax }),
        );
    },
  });
  const aliasChanges = createTrapChanges<TrapAlias>({ audit, events, clock }, aliases, {
    title: 'trap alias',
    actions: { put: 'putTrapAlias', remove: 'deleteTrapAlias' },
    judge: judgeTrapAlias,
    assertRoom(value, all) {
      if (!all.has(value.name) && all.size >= limits.aliasesMax)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_trap_aliases_already_delete_some', { max: limits.aliasesMax }),
        );
    },
  });
  const tests = createTrapTests(names);
  const trials = createTrapTrials({
    tests,
    names,
    clock,
    past: (filter) => readPastTraps(database, filter),
    parse,
    place,
  });

  return {
    judge: (trap) => inForce.judge(trap),
    aliases: () =>
      [...aliases.all().values()].map(({ value }) => value).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    onAliasesChange: (listener) => aliases.onChange(listener),
    changes: {
      applyMonitor: (transaction, value, actor) =>
        monitorChanges.put(transaction, { value, expected: null, actor }),
      applyAlias: (transaction, value, actor) =>
        aliasChanges.put(transaction, { value, expected: null, actor }),
    },
    definitions: [
      createTrapDefinitionSource(monitors, 'trap_monitor', (value) => ({ kind: 'trap_monitor', value })),
      createTrapDefinitionSource(aliases, 'trap_alias', (value) => ({ kind: 'trap_alias', value })),
    ],
    routes: createTrapMonitorRoutes({
      database,
      monitors,
      aliases,
      monitorChanges,
      aliasChanges,
      inForce,
      trials,
      inventory,
      readFiles: ports.readFiles,
    }),
    figures: () =>
      [...monitors.all().values()].map(({ value }) => {
        const counters = inForce.counters(value);
        return {
          monitor: value.name,
          matched: counters.reduce((sum, { matched }) => sum + matched, 0),
          spentMs: counters.reduce((sum, { spentMs }) => sum + spentMs, 0),
        };
      }),
    stop: () => tests.stop(),
  };
};
