// What the fake manager answers about job nets as a whole: lists, folders, history, storing one.
import { relationsOf } from '@nezuban/core/jobs/net-relations';
import { worseStatus } from '@nezuban/core/jobs/end-status';
import type { NetFolder } from '@nezuban/protocol/api/jobs-operations';
import { ago, netOf } from './fake-data.ts';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));

export const createFakeNetHandlers = (world: FakeWorld) =>
  ({
    listNets: ({ query }) => ({
      body: paged(
        [...world.nets.values()]
          .filter(
            ({ name, title }) =>
              (query.q === undefined || `${name}\n${title ?? ''}`.includes(query.q)) &&
              (query.folder === undefined || name.startsWith(`${query.folder}/`)),
          )
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
        query,
      ),
    }),
    getNetMap: ({ query }) => {
      const relations = [...world.nets.values()].flatMap(({ name, definition }) =>
        relationsOf(definition).map(({ kind, other, units }) => ({
          net: name,
          kind,
          other,
          units: [...units],
          unitCount: units.length,
        })),
      );
      const shown = relations.filter(({ net, other }) =>
        query.net === undefined
          ? query.folder === undefined || [net, other].some((name) => name.startsWith(`${query.folder}/`))
          : [net, other].includes(query.net),
      );
      const names = new Set([query.net, ...shown.flatMap(({ net, other }) => [net, other])]);
      const nets = [...names]
        .filter((name) => name !== undefined)
        .sort()
        .map((name) => {
          const net = world.nets.get(name);
          return {
            name,
            title: net?.title ?? null,
            exists: net !== undefined,
            lastSession: net?.lastSession ?? null,
          };
        });
      return { body: { nets, relations: shown, truncated: false } };
    },
    listNetFolders: () => {
      const folders = new Map<string, Omit<NetFolder, 'folder'>>();
      for (const [name, { lastSession }] of world.nets)
        for (let folder = folderOf(name); folder !== ''; folder = folderOf(folder)) {
          const known = folders.get(folder) ?? { nets: 0, netsBelow: 0, worstLast: null };
          folders.set(folder, {
            nets: known.nets + (folder === folderOf(name) ? 1 : 0),
            netsBelow: known.netsBelow + 1,
            worstLast: worseStatus(known.worstLast, lastSession?.endStatus ?? null),
          });
        }
      return {
        body: {
          items: [...folders]
            .map(([folder, counts]) => ({ folder, ...counts }))
            .sort((a, b) => (a.folder < b.folder ? -1 : 1)),
          netsOutside: [...world.nets.keys()].filter((name) => folderOf(name) === '').length,
        },
      };
    },
    listComingStarts: ({ query }) => ({
      body: {
        items: [...world.nets.values()]
          .flatMap(({ name, title, schedules }) =>
            schedules.flatMap((schedule) =>
              schedule.nextRunAt === null
                ? []
                : { net: name as never, title, schedule: schedule.name, at: schedule.nextRunAt },
            ),
          )
          .sort((a, b) => a.at.localeCompare(b.at))
          .slice(0, query.limit),
      },
    }),
    getNetHistory: ({ params, query }) => {
      if (!world.nets.has(params.name)) refuse('not_found', `There is no job net "${params.name}"`);
      const real = [...world.sessions.values()].filter(({ net }) => net === params.name);
      // Older ones than the world holds, so that there is something to see.
      const older = Array.from({ length: real.length === 0 ? 0 : 40 }, (_, i) => ({
        id: 30 - i > 0 ? 30 - i : 900 + i,
        state: 'ended' as const,
        endStatus:
          i % 13 === 4 ? ('abnormal' as const) : i % 7 === 3 ? ('warning' as const) : ('normal' as const),
        trigger: { type: 'schedule' as const, schedule: 'nightly', dueAt: ago(86_400 * (i + 2)) },
        createdAt: ago(86_400 * (i + 2)),
        endedAt: ago(86_400 * (i + 2) - 280 - ((i * 37) % 90)),
        durationMs: 280_000 + ((i * 37) % 90) * 1000,
      }));
      const sessions = [
        ...real
          .sort((a, b) => b.id - a.id)
          .map((session) => ({
            id: session.id,
            state: session.state,
            endStatus: session.endStatus,
            trigger: session.trigger,
            createdAt: session.createdAt,
            endedAt: session.endedAt,
            durationMs:
              session.endedAt === null ? null : Date.parse(session.endedAt) - Date.parse(session.createdAt),
          })),
        ...older.map((session) => ({ ...session, id: session.id as (typeof real)[number]['id'] })),
      ].slice(0, query.limit);
      const ended = sessions.filter(({ state }) => state === 'ended');
      const good = ended.filter(({ endStatus }) => endStatus === 'normal' || endStatus === 'warning');
      const lengths = ended.flatMap(({ durationMs }) => durationMs ?? []).sort((a, b) => a - b);
      return {
        body: {
          sessions,
          statistics: {
            ended: ended.length,
            normal: ended.filter(({ endStatus }) => endStatus === 'normal').length,
            successRate: ended.length === 0 ? null : good.length / ended.length,
            medianMs: lengths[Math.floor(lengths.length / 2)] ?? null,
            p90Ms: lengths[Math.floor(lengths.length * 0.9)] ?? null,
          },
        },
      };
    },
    listNetEditing: () => ({ body: { items: [...world.editing] } }),
    holdNetEditing: ({ params }) => ({
      body: { others: world.editing.filter(({ net }) => net === params.name) },
    }),
    endNetEditing: () => ({ body: undefined }),
    putNet: ({ params, body, ifMatch }) => {
      const before = world.nets.get(params.name);
      assertFresh(ifMatch, before?.revision ?? null);
      const revision = (before?.revision ?? 0) + 1;
      const net = netOf(body, { revision, updatedAt: ago(0), lastSession: before?.lastSession ?? null });
      world.nets.set(params.name, net);
      world.publish({ type: 'netsChanged', names: [params.name] });
      return { body: net, revision };
    },
  }) satisfies FakeHandlers;
