// What the fake manager answers about versions of job nets: the sample has some revisions and releases; restores and plans are kept.
import { diffJobNets } from '@nezuban/core/definitions/diff-job-nets';
import { formatJobNet } from '@nezuban/core/definitions/format-job-net';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetRelease, NetRevisionDetail } from '@nezuban/protocol/jobs/net-version';
import { ago, netOf } from './fake-data.ts';
import { paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

/** Older forms of a definition: one without its last unit and its schedules, one with a unit that is gone today and another title. */
const olderForms = (definition: JobNetDefinition): readonly JobNetDefinition[] => {
  const [first] = definition.units;
  const gone = first === undefined ? [] : [{ ...first, name: 'old-cleanup' as never, after: undefined }];
  return [
    { ...definition, units: definition.units.slice(0, -1), schedules: [] },
    {
      ...definition,
      title: 'Old night run',
      units: [
        ...definition.units
          .slice(0, -1)
          .map((unit, index) =>
            index === 0 && unit.type === 'command' ? { ...unit, command: 'echo before' } : unit,
          ),
        ...(gone as JobNetDefinition['units']),
      ],
    },
  ];
};

export const createFakeNetVersionHandlers = (world: FakeWorld) => {
  const stored = new Map<string, NetRevisionDetail[]>();
  const releases: NetRelease[] = [];
  const historyOf = (name: string): NetRevisionDetail[] => {
    const known = stored.get(name);
    if (known !== undefined) return known;
    const net = world.nets.get(name) ?? refuse('not_found', `There is no job net "${name}".`);
    const forms = [...olderForms(net.definition), net.definition];
    const made = forms.map((definition, index): NetRevisionDetail => ({
      net: name,
      revision: index + 1,
      title: definition.title ?? null,
      kind: index === 0 ? 'put' : 'apply',
      createdAt: ago(86_400 * (forms.length - index)),
      createdBy: index === 1 ? 'suzuki' : 'admin',
      reason: index === 1 ? '月次締めの手順を追加 (ticket 4711)' : null,
      fromRevision: null,
      inForce: index === forms.length - 1,
      deleted: null,
      definition,
    }));
    stored.set(name, made);
    releases.push(
      releaseOf({
        id: releases.length + 1,
        net: name,
        revision: 2,
        state: 'refused',
        outcome: 'changed',
        closedAt: ago(3600),
        closedBy: 'release',
      }),
    );
    return made;
  };
  const revisionOf = (name: string, revision: number): NetRevisionDetail =>
    historyOf(name).find((each) => each.revision === revision) ??
    refuse('not_found', `There is no revision ${revision} of a job net "${name}".`);
  const releaseOr404 = (id: number): NetRelease =>
    releases.find((each) => each.id === id) ?? refuse('not_found', `There is no release ${id}.`);
  const put = (release: NetRelease): NetRelease => {
    const at = releases.findIndex(({ id }) => id === release.id);
    if (at < 0) releases.push(release);
    else releases[at] = release;
    return release;
  };

  return {
    listNetRevisions: ({ params, query }) => ({
      body: paged(historyOf(params.name).toReversed(), query),
    }),
    diffNetRevisions: ({ params, query }) => {
      const to = revisionOf(params.name, query.to ?? historyOf(params.name).length);
      const from = revisionOf(params.name, query.from ?? Math.max(1, to.revision - 1));
      return {
        body: {
          from,
          to,
          changes: diffJobNets(from.definition, to.definition),
          before: formatJobNet(from.definition),
          after: formatJobNet(to.definition),
        },
      };
    },
    restoreNetRevision: ({ params, body }) => {
      const { definition } = revisionOf(params.name, params.revision);
      const history = historyOf(params.name);
      const revision = history.length + 1;
      stored.set(params.name, [
        ...history.map((each) => ({ ...each, inForce: false })),
        {
          ...revisionOf(params.name, params.revision),
          revision,
          kind: 'restore',
          createdAt: ago(0),
          createdBy: 'admin',
          reason: body.reason ?? null,
          fromRevision: params.revision,
          inForce: true,
        },
      ]);
      world.nets.set(params.name, netOf(definition, { revision, updatedAt: ago(0) }));
      return { body: { change: 'updated', revision } };
    },
    planNetRelease: ({ params, body }) => ({
      body: put(
        releaseOf({
          id: releases.length + 1,
          net: params.name,
          revision: body.revision ?? 1,
          at: body.at ?? ago(0),
          reason: body.reason ?? null,
          ifChanged: body.ifChanged,
        }),
      ),
    }),
    listNetReleases: ({ query }) => {
      if (query.net !== undefined && world.nets.has(query.net)) historyOf(query.net);
      return {
        body: paged(
          releases.filter(({ net }) => query.net === undefined || net === query.net).toReversed(),
          query,
        ),
      };
    },
    cancelNetRelease: ({ params, body }) => ({
      body: put({
        ...releaseOr404(params.id),
        state: 'cancelled',
        outcome: 'cancelled',
        closedAt: ago(0),
        closedBy: 'admin',
        detail: body.reason ?? null,
      }),
    }),
  } satisfies FakeHandlers;
};

const releaseOf = (changes: Partial<NetRelease>): NetRelease => ({
  id: 1,
  net: 'sample/night-run',
  revision: 2,
  baseRevision: 3,
  at: ago(3600),
  ifChanged: 'refuse',
  reason: null,
  plannedAt: ago(7200),
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
