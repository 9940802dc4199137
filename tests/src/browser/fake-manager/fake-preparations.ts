// What the fake manager answers about preparations of coming starts: keeps what is said, judges nothing.
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';
import { ago } from './fake-data.ts';
import { refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

export const createFakePreparationHandlers = (world: Pick<FakeWorld, 'nets'>): FakeHandlers => {
  let ids = 1;
  const next = world.nets.get('sample/night-run')?.schedules[0];
  const kept: StartPreparation[] =
    next?.nextRunAt == null
      ? []
      : [
          {
            id: ids,
            net: 'sample/night-run',
            schedule: next.name,
            at: next.nextRunAt,
            movedTo: null,
            leftOut: null,
            wish: { hold: false, units: { archive: 'skip' }, parameters: {}, priority: 4 },
            keepableSecrets: [],
            by: 'yamada',
            writtenAt: ago(600),
            reason: '配信元の連絡により、到着を確認してから流すため',
          } as StartPreparation,
        ];
  const indexOf = (net: string, { schedule, at }: { schedule: string; at?: string | undefined }): number =>
    kept.findIndex((each) => each.net === net && each.schedule === schedule && (at ?? each.at) === each.at);
  return {
    listStartPreparations: ({ params }) => ({
      body: { items: kept.filter(({ net }) => net === params.name) },
    }),
    prepareStart: ({ params, body }) => {
      const { schedule, at = next?.nextRunAt ?? ago(0), reason = null, replaces: _replaces, ...wish } = body;
      const index = indexOf(params.name, { schedule, at });
      if (index !== -1) kept.splice(index, 1);
      ids += 1;
      const made = {
        id: ids,
        net: params.name,
        schedule,
        at,
        movedTo: null,
        leftOut: null,
        wish,
        keepableSecrets: [],
      };
      const prepared: StartPreparation = { ...made, by: 'admin', writtenAt: ago(0), reason };
      kept.push(prepared);
      return { body: prepared };
    },
    withdrawStartPreparation: ({ params, query }) => {
      const index = indexOf(params.name, query);
      if (index === -1) refuse('precondition_failed', 'Nothing was prepared for that start.');
      kept.splice(index, 1);
      return { body: undefined };
    },
  };
};
