// Answers of a fake manager about versions of job nets.
import type { NetRelease, NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import type { FakeHandlers } from './fake-manager.ts';

const at = '2026-11-22T09:00:00.000Z';
const revisionOf = (revision: number, changes: Partial<NetRevisionSummary> = {}): NetRevisionSummary => ({
  net: 'night/settlement',
  revision,
  title: null,
  kind: 'apply',
  createdAt: at,
  createdBy: 'admin',
  reason: null,
  fromRevision: null,
  inForce: false,
  deleted: null,
  ...changes,
});
const definition = {
  kind: 'jobnet' as const,
  name: 'night/settlement',
  timezone: 'UTC',
  parameters: [],
  schedules: [],
  units: [{ name: 'a', type: 'command', command: 'true' }] as never,
};
const releaseOf = (changes: Partial<NetRelease> = {}): NetRelease => ({
  id: 4,
  net: 'night/settlement',
  revision: 8,
  baseRevision: 7,
  at: '2026-11-30T15:00:00.000Z',
  ifChanged: 'refuse',
  reason: '月末対応',
  plannedAt: at,
  plannedBy: 'admin',
  state: 'planned',
  changedSince: false,
  closedAt: null,
  closedBy: null,
  outcome: null,
  detail: null,
  releasedRevision: null,
  ...changes,
});

export const netVersionHandlers: FakeHandlers = {
  listNetRevisions: () => ({
    items: [
      revisionOf(7, { kind: 'restore', fromRevision: 5, inForce: true, reason: '切り戻し' }),
      revisionOf(6, { kind: 'put', createdBy: 'suzuki' }),
    ],
    nextCursor: null,
  }),
  exportNetRevision: ({ params }) => `kind: jobnet\nname: ${params.name}\ntitle: of ${params.revision}\n`,
  diffNetRevisions: ({ query }) => ({
    from: { ...revisionOf(query.from ?? 6), definition },
    to: { ...revisionOf(query.to ?? 7, { reason: '切り戻し' }), definition },
    changes: [
      {
        part: 'unit',
        name: 'a',
        change: 'changed',
        fields: [{ field: 'command', before: 'false', after: 'true' }],
      },
    ],
    before: 'name: night/settlement\ncommand: "false"\n',
    after: 'name: night/settlement\ncommand: "true"\n',
  }),
  restoreNetRevision: () => ({ change: 'updated', revision: 8 }),
  planNetRelease: ({ body }) =>
    releaseOf({ at: body.at ?? at, reason: body.reason ?? null, ifChanged: body.ifChanged }),
  listNetReleases: () => ({
    items: [
      releaseOf({ changedSince: true }),
      releaseOf({ id: 3, state: 'refused', outcome: 'changed', closedAt: at, closedBy: 'release' }),
    ],
    nextCursor: null,
  }),
  cancelNetRelease: ({ params, body }) =>
    releaseOf({
      id: params.id,
      state: 'cancelled',
      outcome: 'cancelled',
      closedAt: at,
      closedBy: 'admin',
      detail: body.reason ?? null,
    }),
};
