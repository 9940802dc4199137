// Freezes and maintenance windows of the fake manager: kept by the handlers themselves, told by live messages.
import { decideOperations, type StoredWindow } from '@nezuban/core/operations/decide-operations';
import { nextWindowTimes, openWindowTimes } from '@nezuban/core/operations/window-times';
import type { FreezeView, WindowView } from '@nezuban/protocol/api/operate-operations';
import type { MaintenanceWindow } from '@nezuban/protocol/operations/maintenance-window';
import { refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

const instant = (ms: number): string => new Date(ms).toISOString();
const toTime = ({ start, end }: { readonly start: number; readonly end: number }) => ({
  start: instant(start),
  end: instant(end),
});

export const createFakeOperationsHandlers = (
  world: Pick<FakeWorld, 'publish' | 'nets' | 'freezes'>,
): FakeHandlers => {
  const { freezes } = world;
  const windows = new Map<string, { readonly window: MaintenanceWindow; revision: number }>();
  const keyOf = ({ kind, name }: FreezeView['place']) => `${kind} ${name ?? ''}`;
  const changed = () => world.publish({ type: 'operationsChanged' });
  const viewOf = ({ window, revision }: { window: MaintenanceWindow; revision: number }): WindowView => {
    const active = openWindowTimes(window).at(Date.now());
    return {
      window,
      revision,
      updatedAt: instant(Date.now()),
      updatedBy: 'admin',
      active: active === null ? null : toTime(active),
      next: nextWindowTimes(window, Date.now(), 5).map(toTime),
      suppressed: 3,
    };
  };
  return {
    getFrozen: () => {
      const stored = [...windows.values()].map(({ window }): StoredWindow => ({ window, openSince: null }));
      const { freezes: byWindow, openWindows } = decideOperations(
        { freezes: [], windows: stored },
        Date.now(),
      );
      return {
        body: {
          frozen: [
            ...freezes.values(),
            ...byWindow.map((freeze) => ({
              ...freeze,
              since: instant(freeze.since),
              until: freeze.until === null ? null : instant(freeze.until),
              open: { sessions: 0, attempts: 0, waiting: 0 },
              drained: true,
            })),
          ],
          windows: openWindows.map(({ window, places, start, end }) => ({
            name: window.name,
            title: window.title ?? null,
            reason: window.reason ?? null,
            places: [...places],
            effects: window.effects,
            ...toTime({ start, end }),
            suppressed: 3,
          })),
          heldStarts:
            freezes.has('manager ') && world.nets.has('sample/night-run')
              ? [
                  {
                    net: 'sample/night-run',
                    schedule: 'nightly',
                    dueAt: instant(Date.now() - 60_000),
                    missed: 'run_once',
                  },
                ]
              : [],
        },
      };
    },
    getOpenWork: () => ({
      body: {
        counts: { sessions: 0, attempts: 1, waiting: 2 },
        sessions: [],
        attempts: [
          {
            attempt: '42-abc123-1.1.0.1' as never,
            session: 42 as never,
            net: 'sample/night-run',
            unit: 'loads/load-a',
            node: 'local',
            startedAt: instant(Date.now()),
          },
        ],
      },
    }),
    freeze: ({ body }) => {
      if (body.place.kind === 'node' && body.place.name.includes('typo'))
        return refuse('not_found', `There is no node "${body.place.name}".`);
      const draining = body.place.kind === 'node' || body.place.kind === 'scope';
      const view: FreezeView = {
        place: body.place,
        reason: body.reason,
        by: 'admin',
        since: instant(Date.now()),
        until: body.until ?? null,
        window: null,
        open: { sessions: draining ? 0 : 1, attempts: draining ? 1 : 0, waiting: draining ? 2 : 0 },
        drained: false,
      };
      freezes.set(keyOf(body.place), view);
      changed();
      return { body: view };
    },
    resume: ({ body }) => {
      const resumed = freezes.delete(keyOf(body.place));
      changed();
      return { body: { resumed, stillFrozenBy: [] } };
    },
    listMaintenanceWindows: () => ({ body: { items: [...windows.values()].map(viewOf) } }),
    putMaintenanceWindow: ({ params, body }) => {
      const stored = { window: body, revision: (windows.get(params.name)?.revision ?? 0) + 1 };
      windows.set(params.name, stored);
      changed();
      return { body: viewOf(stored), revision: stored.revision };
    },
    deleteMaintenanceWindow: ({ params }) => {
      windows.delete(params.name);
      changed();
      return { body: undefined };
    },
  };
};
