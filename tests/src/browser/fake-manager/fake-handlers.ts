// What the fake manager answers, operation by operation.
import type { Operations } from '@nezuban/protocol/api/operations';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import { ago, netOf, nightRun, nightRunYaml, gappedPage, outputSearch, sessionOf } from './fake-data.ts';
import { createFakeAccessHandlers } from './fake-access.ts';
import { createFakeCalendarHandlers } from './fake-calendars.ts';
import { createFakeEventHandlers } from './fake-events.ts';
import { explanationOf, previewOf } from './fake-insight.ts';
import { createFakeInventoryHandlers } from './fake-inventory.ts';
import { createFakeNetHandlers } from './fake-nets.ts';
import { createFakeNetVersionHandlers } from './fake-net-versions.ts';
import { paged, refuse, type FakeHandlers, type Schema } from './fake-kit.ts';
import { createFakeNotificationHandlers } from './fake-notifications.ts';
import { createFakeOperationsHandlers } from './fake-operations.ts';
import { createFakePlacesHandlers } from './fake-places.ts';
import { createFakePreparationHandlers } from './fake-preparations.ts';
import { createFakeBackupHandlers } from './fake-backups.ts';
import { selfWatchSample } from './fake-self-watch.ts';
import { createFakeSettingsHandlers } from './fake-settings.ts';
import { createFakeSnmpHandlers } from './fake-snmp.ts';
import { createFakeTrapMonitorHandlers } from './fake-trap-monitors.ts';
import { createFakeTrapHandlers } from './fake-traps.ts';
import type { FakeWorld } from './fake-world.ts';

const anyOf = (wanted: readonly string[] | undefined, value: string | null) =>
  wanted === undefined || (value !== null && wanted.includes(value));
const sessionMatches = (session: SessionSummary, query: Schema<Operations['listSessions']['query']>) =>
  (query.net === undefined || query.net === session.net) &&
  anyOf(query.state, session.state) &&
  anyOf(query.end_status, session.endStatus);
export const createFakeHandlers = (world: FakeWorld): FakeHandlers => {
  const netOr404 = (name: string) =>
    world.nets.get(name) ?? refuse('not_found', `There is no job net "${name}"`);
  const sessionOr404 = (id: number) =>
    world.sessions.get(id) ?? refuse('not_found', `There is no session ${id}`);
  return {
    ...createFakeAccessHandlers(world),
    ...createFakeInventoryHandlers(world),
    ...createFakeEventHandlers(world),
    ...createFakeNetHandlers(world),
    ...createFakeNetVersionHandlers(world),
    ...createFakeCalendarHandlers(world),
    ...createFakeSettingsHandlers(world),
    ...createFakeBackupHandlers(world),
    ...createFakeNotificationHandlers(world),
    ...createFakeOperationsHandlers(world),
    ...createFakePlacesHandlers(world),
    ...createFakePreparationHandlers(world),
    ...createFakeTrapHandlers(world),
    ...createFakeTrapMonitorHandlers(world),
    ...createFakeSnmpHandlers(world),
    getSelfWatch: () => ({ body: selfWatchSample() }),
    getSystem: () => ({
      body: {
        product: 'Nezuban',
        version: '0.1.0',
        managerId: 'mgr-fake',
        term: 1,
        startedAt: ago(4000),
        timezone: 'Asia/Tokyo',
        counts: {
          nets: world.nets.size,
          runningSessions: [...world.sessions.values()].filter(({ state }) => state === 'running').length,
          openAttempts: 1,
          nodesConnected: world.nodes.filter(({ connection }) => connection === 'connected').length,
          nodes: world.nodes.length,
          unconfirmedCritical: world.events.filter(
            ({ priority, confirm }) => priority === 'critical' && confirm === 'unconfirmed',
          ).length,
        },
      },
    }),
    listApprovals: () => ({ body: { items: [] } }),
    listTransfers: () => ({ body: { items: [...world.transfers] } }),
    getPair: () => ({ body: world.pair }),
    commandPair: ({ body }) => ({ body: world.onPairCommand(body.command, body.host) }),
    openLive: () => refuse('internal', 'answered by the server itself'),
    installSample: () => {
      world.nets.set('sample/night-run', netOf(nightRun));
      world.publish({ type: 'netsChanged', names: ['sample/night-run'] });
      return { body: { net: 'sample/night-run', change: 'created' } };
    },
    applyDefinitions: ({ query, body }) => {
      const bad = body.split('\n').findIndex((line) => line.includes('after: [nowhere]'));
      if (bad >= 0)
        refuse('invalid_definition', '1 error', [
          {
            path: 'units[1].after.all[0].unit',
            message: 'there is no unit "nowhere" here; there are: first, second',
            line: bad + 1,
            column: 5,
          },
        ]);
      return {
        body: {
          dryRun: query.dry_run,
          changes: [
            {
              kind: 'jobnet',
              name: 'sample/night-run',
              change: 'updated',
              file: null,
              line: 1,
              ...(body.includes('mistyped') && { absent: ['node "mistyped"'] }),
            },
          ],
        },
      };
    },
    getNet: ({ params }) => ({ body: netOr404(params.name), revision: netOr404(params.name).revision }),
    exportNet: ({ params }) => ({ body: nightRunYaml, revision: netOr404(params.name).revision }),
    deleteNet: ({ params, ifMatch }) => {
      if (ifMatch !== `"${netOr404(params.name).revision}"`)
        refuse('precondition_failed', 'Another revision is there');
      world.nets.delete(params.name);
      return { body: undefined };
    },
    runNet: ({ params, body }) => {
      const net = netOr404(params.name);
      if (
        body.overrideFreeze !== true &&
        (world.freezes.has('manager ') || world.freezes.has(`net ${net.name}`))
      )
        refuse('frozen', `No session of "${net.name}" starts: it is frozen by admin.`);
      const missing = net.definition.parameters.filter(
        (parameter) => parameter.default === undefined && (body.parameters[parameter.name] ?? '') === '',
      );
      if (missing.length > 0)
        refuse(
          'missing_parameter',
          `${missing.length} parameter has no value`,
          missing.map(({ name }) => ({ path: `parameters.${name}`, message: 'has no value and no default' })),
        );
      const id = Math.max(0, ...world.sessions.keys()) + 1;
      const session = { ...sessionOf(id, net.definition), createdAt: ago(0), parameters: body.parameters };
      world.sessions.set(id, session);
      world.nets.set(net.name, { ...net, lastSession: session });
      world.publish({ type: 'session', session });
      setImmediate(() => world.engine.advance(session));
      return { body: session };
    },
    listSessions: ({ query }) => ({
      body: paged(
        [...world.sessions.values()]
          .filter((session) => sessionMatches(session, query))
          .sort((a, b) => b.id - a.id),
        query,
      ),
    }),
    getSession: ({ params }) => ({ body: { ...sessionOr404(params.id), netRevision: 2 } }),
    operateSession: ({ params, body }) => ({
      body: world.engine.operate(sessionOr404(params.id), body.operation, body.unit),
    }),
    changeComingStart: () => ({ body: { session: null } }),
    previewOperation: ({ params, body }) => ({
      body: previewOf(sessionOr404(params.id), body),
    }),
    explainWaiting: ({ params, query }) => ({
      body: explanationOf(sessionOr404(params.id), query.unit),
    }),
    listAttempts: ({ params, query }) => ({
      body: paged(
        sessionOr404(params.id).units.find(({ path }) => path === query.unit)?.attempts ?? [],
        query,
      ),
    }),
    getOutput: ({ params, query }) => {
      const output = world.outputs.get(params.attemptId);
      return {
        body: gappedPage(
          query.stream === 'stdout' ? (output?.text ?? '') : '',
          query,
          output?.complete ?? true,
        ),
      };
    },
    searchOutput: ({ params, query }) => {
      const text = query.stream === 'stdout' ? (world.outputs.get(params.attemptId)?.text ?? '') : '';
      return { body: outputSearch(text, query) };
    },
    getRawOutput: ({ params }) => ({ body: world.outputs.get(params.attemptId)?.text ?? '' }),
  };
};
