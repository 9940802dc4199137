// Routes of trap monitors and aliases. Responsible for turning requests into calls and rows into answers; decides nothing.
import { thing } from '@nezuban/protocol/sentences/thing';
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { hintsOnTrapMonitor, judgeTrapMonitor } from '@nezuban/core/traps/rules/judge-trap-monitor';
import type {
  TrapAliasView,
  TrapMonitorHint,
  TrapMonitorSummary,
  TrapMonitorView,
} from '@nezuban/protocol/api/trap-monitor-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapAlias, TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers, InventorySnapshot, RequestActor } from '../ports.ts';
import type { MonitorsInForce } from './compiled-monitors.ts';
import type { Applied, TrapChanges } from './trap-definition-changes.ts';
import type { Stored, TrapDefinition, TrapDefinitionStore } from './trap-definition-store.ts';
import { trapMonitorLimits as limits } from './trap-monitor-limits.ts';
import { chooseRules, inNewOrder } from './trap-rule-edits.ts';
import type { TrapTrials } from './trap-trials.ts';

type DefinitionText = { readonly name: string; readonly text: string };
export type ReadFiles = (files: readonly DefinitionText[]) => Promise<readonly Definition[]>;

export type TrapMonitorRoutePorts = {
  readonly database: Database;
  readonly monitors: TrapDefinitionStore<TrapMonitor>;
  readonly aliases: TrapDefinitionStore<TrapAlias>;
  readonly monitorChanges: TrapChanges<TrapMonitor>;
  readonly aliasChanges: TrapChanges<TrapAlias>;
  readonly inForce: MonitorsInForce;
  readonly trials: TrapTrials;
  readonly inventory: () => InventorySnapshot;
  /** Documents of YAML files; throws `invalid_definition` with every place. */
  readonly readFiles: ReadFiles;
};

export type TrapMonitorHandlers = Pick<
  Handlers,
  | 'listTrapMonitors'
  | 'getTrapMonitor'
  | 'exportTrapMonitor'
  | 'putTrapMonitor'
  | 'deleteTrapMonitor'
  | 'enableTrapMonitor'
  | 'orderTrapRules'
  | 'testTrapMonitor'
  | 'listTrapAliases'
  | 'getTrapAlias'
  | 'exportTrapAlias'
  | 'putTrapAlias'
  | 'deleteTrapAlias'
>;

export const createTrapMonitorRoutes = (ports: TrapMonitorRoutePorts): TrapMonitorHandlers => {
  const { database, monitors, aliases, monitorChanges, aliasChanges, inForce } = ports;

  const hintsOf = (monitor: TrapMonitor): TrapMonitorHint[] => [
    ...unknownScope(monitor, ports.inventory()),
    ...hintsOnTrapMonitor(monitor).map(issueOf),
    ...slowPatterns(monitor, inForce),
    ...inForce.problems(monitor.name).map(({ rule, path, message }) => ({
      path: `rules[${monitor.rules.findIndex(({ name }) => name === rule)}].${path}`,
      message,
    })),
  ];
  const counted = ({ matched, lastMatchedMs }: { matched: number; lastMatchedMs: number | null }) => ({
    matched,
    lastMatchedAt: lastMatchedMs === null ? null : new Date(lastMatchedMs).toISOString(),
  });
  const toSummary = (stored: Stored<TrapMonitor>): TrapMonitorSummary => {
    const { name, title, enabled, source, scope, rules } = stored.value;
    const counters = inForce.counters(stored.value);
    const times = counters.flatMap(({ lastMatchedMs }) => lastMatchedMs ?? []);
    return {
      name,
      title: title ?? null,
      enabled,
      source,
      scope: scope ?? null,
      rules: rules.length,
      ...versionOf(stored),
      ...counted({
        matched: counters.reduce((sum, { matched }) => sum + matched, 0),
        lastMatchedMs: times.length === 0 ? null : Math.max(...times),
      }),
      hints: hintsOf(stored.value).length,
    };
  };
  const toView = (stored: Stored<TrapMonitor>): TrapMonitorView => ({
    monitor: stored.value,
    ...versionOf(stored),
    hints: hintsOf(stored.value),
    counters: inForce.counters(stored.value).map(({ rule, spentMs, tried: _tried, ...counter }) => ({
      rule,
      ...counted(counter),
      spentMs: Math.round(spentMs * 1_000) / 1_000,
    })),
    countedSince: inForce.countedSince.toISOString(),
  });
  const toReply = ({ stored }: Applied<TrapMonitor>) => ({ body: toView(stored), revision: stored.revision });

  const editMonitor = async (
    name: string,
    change: {
      readonly expected: { readonly revision: number } | 'absent' | null;
      readonly actor: RequestActor;
      readonly action: string;
      readonly edit: (monitor: TrapMonitor) => TrapMonitor;
    },
  ): Promise<Applied<TrapMonitor>> => {
    const applied = await database.inTransaction((transaction) =>
      monitorChanges.edit(transaction, { name, ...change }),
    );
    applied.afterCommit();
    return applied;
  };

  /** Null: those in force are meant. */
  const readUnsaved = async ({
    monitor,
    file,
  }: {
    readonly monitor: TrapMonitor | null;
    readonly file: DefinitionText | null;
  }): Promise<readonly TrapMonitor[] | null> => {
    if (file !== null) {
      const documents = await ports.readFiles([file]);
      const found = documents.flatMap(({ kind, value }) => (kind === 'trap_monitor' ? [value] : []));
      if (found.length > 0) return found;
      throw new CodedError(
        'invalid_definition',
        say('problem_holds_no_document_of_kind_trap_monitor', { name: file.name }),
        {
          issues: [{ path: 'kind', message: 'there is no "kind: trap_monitor"', file: file.name, line: 1 }],
        },
      );
    }
    if (monitor === null) return null;
    const issues = judgeTrapMonitor(monitor).map(issueOf);
    const [first] = issues;
    if (first === undefined) return [monitor];
    throw new CodedError(
      'invalid_definition',
      say('problem_the_trap_monitor', { path: first.path, message: sentenceFrom(first) }),
      {
        issues,
      },
    );
  };

  return {
    async listTrapMonitors({ query }) {
      return { body: pageOfNames(monitors, query, toSummary) };
    },
    async getTrapMonitor({ params }) {
      const stored = found(monitors, params.name, 'trap monitor');
      return { body: toView(stored), revision: stored.revision };
    },
    async exportTrapMonitor({ params }) {
      const { value, revision } = found(monitors, params.name, 'trap monitor');
      return { body: formatDefinition({ kind: 'trap_monitor', value }), revision };
    },
    async putTrapMonitor({ params, body, expected, actor }) {
      assertSameName(params.name, body.name);
      const applied = await database.inTransaction((transaction) =>
        monitorChanges.put(transaction, { value: body, expected, actor }),
      );
      applied.afterCommit();
      return toReply(applied);
    },
    async deleteTrapMonitor({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        monitorChanges.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
    async enableTrapMonitor({ params, body, actor }) {
      const edit = (monitor: TrapMonitor) => chooseRules(monitor, body);
      const change = { expected: null, actor, action: 'enableTrapMonitor', edit };
      return { body: toView((await editMonitor(params.name, change)).stored) };
    },
    async orderTrapRules({ params, body, expected, actor }) {
      const edit = (monitor: TrapMonitor) => inNewOrder(monitor, body.rules);
      return toReply(await editMonitor(params.name, { expected, actor, action: 'orderTrapRules', edit }));
    },
    async testTrapMonitor({ body, actor }) {
      const unsaved = await readUnsaved(body);
      const tried =
        unsaved ?? [...monitors.all().values()].map(({ value }) => value).filter(({ enabled }) => enabled);
      const visible = actor.permissions.nodesIn('nodes.read', 'node');
      const result = await ports.trials.run(tried, body.against, visible);
      const hintsOn = (each: TrapMonitor): readonly TrapMonitorHint[] =>
        unsaved === null
          ? hintsOf(each)
          : [...unknownScope(each, ports.inventory()), ...ports.trials.hintsOf(each)];
      const hints = tried.flatMap((each) => hintsOn(each).map((hint) => ({ monitor: each.name, ...hint })));
      return { body: { ...result, hints } };
    },

    async listTrapAliases({ query }) {
      return { body: pageOfNames(aliases, query, toAliasView) };
    },
    async getTrapAlias({ params }) {
      const stored = found(aliases, params.name, 'trap alias');
      return { body: toAliasView(stored), revision: stored.revision };
    },
    async exportTrapAlias({ params }) {
      const { value, revision } = found(aliases, params.name, 'trap alias');
      return { body: formatDefinition({ kind: 'trap_alias', value }), revision };
    },
    async putTrapAlias({ params, body, expected, actor }) {
      assertSameName(params.name, body.name);
      const applied = await database.inTransaction((transaction) =>
        aliasChanges.put(transaction, { value: body, expected, actor }),
      );
      applied.afterCommit();
      return { body: toAliasView(applied.stored), revision: applied.stored.revision };
    },
    async deleteTrapAlias({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        aliasChanges.remove(transaction, { name: params.name, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
  };
};

const versionOf = <Value extends TrapDefinition>({ revision, updatedAt, updatedBy }: Stored<Value>) => ({
  revision,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
});

const toAliasView = (stored: Stored<TrapAlias>): TrapAliasView => ({
  alias: stored.value,
  ...versionOf(stored),
});

const found = <Value extends TrapDefinition>(
  store: TrapDefinitionStore<Value>,
  name: string,
  title: string,
): Stored<Value> => {
  const stored = store.all().get(name);
  if (stored === undefined)
    throw new CodedError('not_found', say('problem_there_is_no_3', { title: thing(title), name }));
  return stored;
};

const pageOfNames = <Value extends TrapDefinition, Item>(
  store: TrapDefinitionStore<Value>,
  query: { readonly cursor?: string | undefined; readonly limit: number },
  toItem: (stored: Stored<Value>) => Item,
) => {
  const after = decodeCursor(query.cursor, z.string());
  const page = [...store.all().values()]
    .filter(({ value }) => after === undefined || value.name > after)
    .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
    .slice(0, query.limit + 1);
  return toPage(page, { limit: query.limit, toItem, positionOf: ({ value }) => value.name });
};

const assertSameName = (address: string, body: string): void => {
  if (address === body) return;
  throw new CodedError('invalid_definition', say('problem_the_definition_has_another_name_than_its'), {
    issues: [{ path: 'name', ...say('other_name', { name: body, address }) }],
  });
};

const slowPatterns = (monitor: TrapMonitor, inForce: MonitorsInForce): TrapMonitorHint[] =>
  inForce.counters(monitor).flatMap(({ rule, tried, spentMs }) => {
    if (tried < limits.slowPatternRunsMin || spentMs / tried < limits.slowPatternMs) return [];
    const index = monitor.rules.findIndex(({ name }) => name === rule);
    const average = (spentMs / tried).toFixed(1);
    return [
      {
        path: `rules[${index}].when.text.matches`,
        ...say('slow_pattern', { ms: average }),
      },
    ];
  });

const unknownScope = ({ scope }: TrapMonitor, { scopes }: InventorySnapshot): TrapMonitorHint[] =>
  scope === undefined || scopes.has(scope)
    ? []
    : [{ path: 'scope', ...say('no_scope_no_trap', { name: scope }) }];
