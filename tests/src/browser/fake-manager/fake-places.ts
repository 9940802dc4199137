// Queues, locks and limits of nodes of the fake manager: kept by the handlers themselves.
import type {
  LimitDefinition,
  LimitDetail,
  LimitKind,
  LimitPause,
  PlaceHolder,
} from '@nezuban/protocol/jobs/control/limit';
import { refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

type Kept = {
  definition: LimitDefinition;
  paused: LimitPause | null;
  revision: number;
  holders: PlaceHolder[];
  waiters: PlaceHolder[];
};

const since = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const holder = (session: number, unit: string | null, more: Partial<PlaceHolder> = {}): PlaceHolder => ({
  session,
  net: 'sample/night-run',
  unit,
  count: 1,
  priority: 3,
  since: since(12),
  ...more,
});

const kept = (): Kept[] => [
  {
    definition: {
      kind: 'queue',
      name: 'batch',
      title: '夜間バッチ',
      places: 2,
      timezone: 'Asia/Tokyo',
      by_time: { '22:00-06:00': 20 },
    },
    paused: null,
    revision: 1,
    holders: [holder(3, 'loads/customers'), holder(3, 'loads/orders', { since: since(7) })],
    waiters: [
      holder(4, 'loads/customers', { priority: 4, since: since(5) }),
      holder(4, 'loads/orders', { since: since(5) }),
      holder(5, 'report', { priority: 1, since: since(40) }),
    ],
  },
  {
    definition: { kind: 'lock', name: 'ledger', places: 1 },
    paused: null,
    revision: 1,
    holders: [holder(3, null, { count: null, net: 'close/day' })],
    waiters: [],
  },
  {
    definition: { kind: 'node_limit', name: 'local', places: 5, timezone: 'Asia/Tokyo' },
    paused: { by: 'admin', at: since(30), reason: 'ディスクの交換' },
    revision: 3,
    holders: [],
    waiters: [{ ...holder(4, 'x'), session: null, net: null, unit: null }],
  },
];

export const createFakePlacesHandlers = (world: Pick<FakeWorld, 'nets'>): FakeHandlers => {
  let all = world.nets.size === 0 ? [] : kept();
  const find = (kind: LimitKind, name: string): Kept | undefined =>
    all.find(({ definition }) => definition.kind === kind && definition.name === name);
  const view = ({ definition, paused, revision, holders, waiters }: Kept): LimitDetail => ({
    kind: definition.kind,
    name: definition.name,
    title: definition.title ?? null,
    definition,
    places: definition.places,
    used: holders.length,
    waiting: waiters.length,
    paused,
    revision,
    changesAt: definition.kind === 'queue' ? new Date(Date.now() + 3_600_000).toISOString() : null,
    holders,
    waiters,
  });
  const must = (kind: LimitKind, name: string): Kept =>
    find(kind, name) ?? refuse('not_found', `There is no ${name}.`);
  return {
    listLimits: () => ({ body: { items: all.map(view) } }),
    getLimit: ({ params }) => ({
      body: view(must(params.kind, params.name)),
      revision: must(params.kind, params.name).revision,
    }),
    putLimit: ({ params, body }) => {
      const before = find(params.kind, params.name);
      if (before === undefined)
        all = [...all, { definition: body, paused: null, revision: 1, holders: [], waiters: [] }];
      else Object.assign(before, { definition: body, revision: before.revision + 1 });
      return {
        body: view(must(params.kind, params.name)),
        revision: must(params.kind, params.name).revision,
      };
    },
    deleteLimit: ({ params }) => {
      all = all.filter((each) => each !== find(params.kind, params.name));
      return { body: undefined };
    },
    pauseLimit: ({ params, body }) => {
      const limit = must(params.kind, params.name);
      limit.paused = { by: 'admin', at: new Date().toISOString(), reason: body.reason ?? null };
      return { body: view(limit) };
    },
    openLimit: ({ params }) => {
      const limit = must(params.kind, params.name);
      limit.paused = null;
      return { body: view(limit) };
    },
  };
};
