// Routes of the monitoring of start conditions. Responsible for what each operation means for the stored state; the loop takes it up.
// Called by the server.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import {
  newWatchState,
  validUntil,
  watchersOf,
  type WatchState,
} from '@nezuban/core/jobs/start-conditions/decide-starts';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type {
  MonitoringOperation,
  NetMonitoring,
  StartWatcher,
} from '@nezuban/protocol/jobs/start-conditions';
import type { Database } from '../../database/database.ts';
import type { AuditLog, EventSink, Handlers, RequestActor, Transaction } from '../../ports.ts';
import type { ConditionLoop } from './condition-loop.ts';
import type { FileWatches } from './file-watches.ts';
import { beginWatch, loadWatches, saveWatch, type NetWatch } from './watch-store.ts';

export type MonitoringHandlers = Pick<Handlers, 'getNetMonitoring' | 'operateNetMonitoring'>;

export const createMonitoringRoutes = ({
  database,
  loop,
  files,
  audit,
  events,
  clock,
}: {
  readonly database: Database;
  readonly loop: Pick<ConditionLoop, 'refresh' | 'reasonOf' | 'nextAt'>;
  readonly files: Pick<FileWatches, 'stand'>;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
}): MonitoringHandlers => {
  const find = async (net: string): Promise<NetWatch> => {
    const [watch] = await loadWatches(database, [net]);
    if (watch === undefined) throw new CodedError('not_found', missing(net));
    return watch;
  };
  const change = async (
    transaction: Transaction,
    watch: NetWatch,
    { operation, actor }: { readonly operation: MonitoringOperation; readonly actor: RequestActor },
  ): Promise<() => void> => {
    const { net, revision, position, state, enabled } = watch;
    const save = async (next: WatchState, on = enabled): Promise<void> =>
      await saveWatch(transaction, { net, revision, position, state: next, enabled: on });
    switch (operation) {
      case 'begin':
        if (enabled) throw refused(net, 'are watched already');
        await beginWatch(transaction, { net, at: new Date(clock.epochMs()) });
        return () => undefined;
      case 'end':
        if (!enabled) throw refused(net, 'are not watched');
        await save(state, false);
        return await events.append(transaction, [
          {
            at: new Date(clock.epochMs()),
            code: 'monitoring_ended',
            priority: 'info',
            node: null,
            message: `The start conditions of ${net} are watched no more: ended by ${actor.name}.`,
            details: { net, actor: actor.name },
          },
        ]);
      case 'release':
        await save({ ...state, released: state.sessions.at(-1) ?? null });
        return () => undefined;
      case 'clear':
        await save({ ...state, met: newWatchState.met, due: newWatchState.due });
        return () => undefined;
    }
  };

  return {
    async getNetMonitoring({ params, actor }) {
      actor.permissions.requireOnNet('nets.read', params.name, missing(params.name));
      return { body: viewWatch(await find(params.name), loop.reasonOf(params.name), { loop, files }) };
    },
    async operateNetMonitoring({ params, body, actor }) {
      const net = params.name;
      actor.permissions.requireOnNet('nets.run', net, missing(net));
      const watch = await find(net);
      const publish = await database.inTransaction(async (transaction) => {
        const told = await change(transaction, watch, { operation: body.operation, actor });
        await audit.record(transaction, {
          actor,
          action: 'operateNetMonitoring',
          target: net,
          details: { operation: body.operation },
        });
        return told;
      });
      publish();
      loop.refresh([net]);
      return { body: viewWatch(await find(net), null, { loop, files }) };
    },
  };
};

const missing = (net: string): Said => say('refused_no_start_conditions', { net });
const refused = (net: string, why: string): CodedError =>
  new CodedError('operation_refused', `The start conditions of ${net} ${why}.`);

const viewWatch = (
  { net, enabled, since, conditions, state }: NetWatch,
  reason: string | null,
  {
    loop,
    files,
  }: { readonly loop: Pick<ConditionLoop, 'nextAt'>; readonly files: Pick<FileWatches, 'stand'> },
): NetMonitoring => {
  const instant = (ms: number): string => new Date(ms).toISOString();
  const until = validUntil(conditions, since.getTime());
  return {
    net,
    enabled,
    since: since.toISOString(),
    overlap: conditions.overlap,
    mode: conditions.any === undefined ? 'all' : 'any',
    conditions: watchersOf(conditions).map((watcher) => {
      const met = state.met[watcher.name];
      const nextAt = loop.nextAt({ net, condition: watcher.name });
      return {
        name: watcher.name,
        kind: kindOf(watcher),
        met: met === undefined ? null : { event: met.event, at: instant(met.at) },
        files:
          'files' in watcher && enabled
            ? files.stand({ net, condition: watcher.name }, state.files?.[watcher.name])
            : null,
        nextAt: nextAt === null ? null : instant(nextAt),
      };
    }),
    generation: state.generation,
    startsMax: conditions.starts_max ?? null,
    validUntil: until === null ? null : instant(until),
    waiting: state.due.length,
    reason: enabled ? reason : 'The monitoring has been ended.',
    lastSession: state.sessions.at(-1) ?? null,
    lastStartAt: state.lastStartAt === null ? null : instant(state.lastStartAt),
  };
};

const kindOf = (watcher: StartWatcher): NetMonitoring['conditions'][number]['kind'] =>
  'event' in watcher ? 'event' : 'net' in watcher ? 'net' : 'files' in watcher ? 'file' : 'time';
