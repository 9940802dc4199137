// Trap monitors and aliases of the fake manager. Tests of rules are done by the product's own matching.
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { hintsOnTrapMonitor, judgeTrapMonitor } from '@nezuban/core/traps/rules/judge-trap-monitor';
import { toRuleNames } from '@nezuban/core/traps/rules/oid-patterns';
import { tryMonitors, type TrapToTry } from '@nezuban/core/traps/rules/try-monitors';
import type {
  TrapAliasView,
  TrapMonitorSummary,
  TrapMonitorView,
} from '@nezuban/protocol/api/trap-monitor-operations';
import { trapAliasSchema, trapMonitorSchema, type TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { ago } from './fake-data.ts';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import { mibTree, placed, readTrap } from './fake-trap-data.ts';
import type { FakeWorld } from './fake-world.ts';

type Stored = { readonly monitor: TrapMonitor; readonly revision: number; readonly updatedBy: string };
export type FakeMonitors = Map<string, Stored>;
export type FakeAliases = Map<string, TrapAliasView>;

const shownMax = 200;
const testTimeMaxMs = 5_000;

export const sampleMonitors = (): FakeMonitors =>
  new Map(
    [
      {
        kind: 'trap_monitor',
        name: 'core-switches',
        title: '基幹スイッチ',
        description: 'Links of the core switches.',
        source: 'syslog',
        rules: [
          { name: 'chatter', do: 'ignore', when: { text: { contains: 'last message repeated' } } },
          {
            name: 'link-down',
            when: {
              apps: ['ifmgr'],
              text: { matches: 'interface (\\S+) is down' },
            },
            priority: 'critical',
            message: '{{host}}: interface {{1}} is down',
            key: 'link:{{1}}',
          },
          {
            name: 'link-up',
            when: { text: { matches: 'interface (\\S+) is up' } },
            priority: 'info',
            message: '{{host}}: interface {{1}} is up',
            key: 'link:{{1}}',
            clears: true,
          },
        ],
      },
      {
        kind: 'trap_monitor',
        name: 'custom-traps',
        title: 'Every custom trap, with the priority that it carries',
        source: 'custom',
        rules: [{ name: 'all', priority: 'as_sent', message: '{{host}} {{field.key}}: {{text}}' }],
      },
      {
        kind: 'trap_monitor',
        name: 'standard-snmp',
        title: 'Standard SNMP traps: links, restarts, refused requests',
        source: 'snmp',
        enabled: false,
        rules: [
          {
            name: 'link-down',
            when: { trap_oids: ['IF-MIB::linkDown'] },
            priority: 'critical',
            message: '{{host}}: link {{field.ifIndex}} is down',
            key: 'link:{{field.ifIndex}}',
          },
          { name: 'everything', when: {} },
          { name: 'never-reached', when: { trap_oids: ['IF-MIB::linkUp'] } },
        ],
      },
    ].map((monitor, index) => [
      monitor.name,
      { monitor: trapMonitorSchema.parse(monitor), revision: index + 3, updatedBy: 'admin' },
    ]),
  );

export const sampleAliases = (): FakeAliases =>
  new Map(
    [
      { kind: 'trap_alias', name: '10-osaka-relay', addresses: ['10.0.9.10'], node: 'claimed' },
      { kind: 'trap_alias', name: '20-old-core', hosts: ['core-sw*'], node: 'sw-core-01' },
    ].map((alias) => [
      alias.name,
      { alias: trapAliasSchema.parse(alias), revision: 1, updatedAt: ago(80_000), updatedBy: 'yamada' },
    ]),
  );

const hintsOf = (monitor: TrapMonitor) => hintsOnTrapMonitor(monitor).map(issueOf);

const viewOf = ({ monitor, revision, updatedBy }: Stored): TrapMonitorView => ({
  monitor,
  revision,
  updatedAt: ago(90_000),
  updatedBy,
  hints: hintsOf(monitor),
  counters: monitor.rules.map(({ name }, index) => ({
    rule: name,
    matched: index * 41,
    lastMatchedAt: index === 0 ? null : ago(60),
    spentMs: 1.5,
  })),
  countedSince: ago(400_000),
});

const summaryOf = (stored: Stored): TrapMonitorSummary => ({
  name: stored.monitor.name,
  title: stored.monitor.title ?? null,
  enabled: stored.monitor.enabled,
  source: stored.monitor.source,
  scope: stored.monitor.scope ?? null,
  rules: stored.monitor.rules.length,
  revision: stored.revision,
  updatedAt: ago(90_000),
  updatedBy: stored.updatedBy,
  matched: stored.monitor.enabled ? 12_841 : 0,
  lastMatchedAt: stored.monitor.enabled ? ago(20) : null,
  hints: hintsOf(stored.monitor).length,
});

const bytesOf = (message: string, encoding: 'text' | 'hex'): Uint8Array =>
  encoding === 'hex' ? new Uint8Array(Buffer.from(message, 'hex')) : new TextEncoder().encode(message);

export const createFakeTrapMonitorHandlers = (world: FakeWorld): FakeHandlers => {
  const { monitors, aliases } = world.traps;
  const monitorOr404 = (name: string): Stored =>
    monitors.get(name) ?? refuse('not_found', `There is no trap monitor "${name}".`);
  const aliasOr404 = (name: string): TrapAliasView =>
    aliases.get(name) ?? refuse('not_found', `There is no alias "${name}".`);
  const store = (monitor: TrapMonitor) => {
    const stored = { monitor, revision: (monitors.get(monitor.name)?.revision ?? 0) + 1, updatedBy: 'admin' };
    monitors.set(monitor.name, stored);
    return { body: viewOf(stored), revision: stored.revision };
  };
  const judge = (monitor: TrapMonitor): void => {
    const issues = judgeTrapMonitor(monitor).map(issueOf);
    if (issues.length > 0)
      refuse('invalid_definition', `The trap monitor "${monitor.name}" is wrong.`, issues);
  };
  return {
    listTrapMonitors: ({ query }) => ({
      body: paged(
        [...monitors.values()].map(summaryOf).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        query,
      ),
    }),
    getTrapMonitor: ({ params }) => {
      const stored = monitorOr404(params.name);
      return { body: viewOf(stored), revision: stored.revision };
    },
    exportTrapMonitor: ({ params }) => {
      const stored = monitorOr404(params.name);
      return {
        body: formatDefinition({ kind: 'trap_monitor', value: stored.monitor }),
        revision: stored.revision,
      };
    },
    putTrapMonitor: ({ params, body, ifMatch }) => {
      assertFresh(ifMatch, monitors.get(params.name)?.revision ?? null);
      judge(body);
      return store(body);
    },
    deleteTrapMonitor: ({ params, ifMatch }) => {
      assertFresh(ifMatch, monitorOr404(params.name).revision);
      monitors.delete(params.name);
      return { body: undefined };
    },
    enableTrapMonitor: ({ params, body }) =>
      store({ ...monitorOr404(params.name).monitor, enabled: body.enabled }),
    testTrapMonitor: ({ body }) => {
      const tried =
        body.monitor === null ? [...monitors.values()].map(({ monitor }) => monitor) : [body.monitor];
      for (const each of tried) judge(each);
      const { against } = body;
      const traps: TrapToTry[] =
        against.type === 'sample'
          ? readTrap({
              protocol: against.protocol ?? 'syslog',
              address: against.address,
              payload: bytesOf(against.message, against.encoding),
              receivedMs: Date.now(),
            }).map((trap) => ({ id: null, trap: placed(trap) }))
          : world.traps.list
              .filter(({ detail }) =>
                against.ids === undefined
                  ? tried.some(({ source }) => source === detail.protocol) &&
                    (against.node === undefined || detail.node === against.node) &&
                    (against.from === undefined || detail.receivedAt >= against.from)
                  : against.ids.includes(detail.id),
              )
              .flatMap(({ detail, parsed }) => parsed.map((trap) => ({ id: detail.id, trap: placed(trap) })));
      const result = tryMonitors({
        monitors: tried,
        traps,
        names: toRuleNames(mibTree.names),
        now: () => performance.now(),
        timeMaxMs: testTimeMaxMs,
        shownMax,
      });
      return {
        body: {
          traps: [...result.traps],
          looked: result.looked,
          totals: result.totals.map((total) => ({ ...total })),
          unmatched: result.unmatched,
          more: result.isCut,
          hints: tried.flatMap((each) => hintsOf(each).map((hint) => ({ monitor: each.name, ...hint }))),
        },
      };
    },
    listTrapAliases: ({ query }) => ({
      body: paged(
        [...aliases.values()].toSorted((a, b) => (a.alias.name < b.alias.name ? -1 : 1)),
        query,
      ),
    }),
    putTrapAlias: ({ params, body, ifMatch }) => {
      assertFresh(ifMatch, aliases.get(params.name)?.revision ?? null);
      const view = {
        alias: body,
        revision: (aliases.get(params.name)?.revision ?? 0) + 1,
        updatedAt: ago(0),
        updatedBy: 'admin',
      };
      aliases.set(params.name, view);
      return { body: view, revision: view.revision };
    },
    deleteTrapAlias: ({ params, ifMatch }) => {
      assertFresh(ifMatch, aliasOr404(params.name).revision);
      aliases.delete(params.name);
      return { body: undefined };
    },
  };
};
