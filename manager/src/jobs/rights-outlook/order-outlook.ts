// What people have left behind that acts by their rights: units that start other nets, planned releases, and what was prepared of coming starts. Which
// of it a change of these rights would stop, or let go on.
// Responsible for finding it and for asking as is asked when its time comes (unit-works/start-authors.ts, net-versions/planner-lack.ts,
// preparations/preparations.ts). Revisions
// that only open sessions have are not looked at: they end. Called by standing-orders.ts.
import type { StandingOrder } from '@nezuban/protocol/access/outlook';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Standing, StandingChanges, Transaction } from '../../ports.ts';
import type { AuthorRights } from '../author-rights.ts';
import { lackOfPlanner } from '../net-versions/planner-lack.ts';

/** Of one look: more than a person can read, and counted in full by nobody. */
const ROWS_MAX = 10_000;
const RELEASES_MAX = 1_000;
const PREPARATIONS_MAX = 1_000;

type StartRow = {
  readonly net: string;
  readonly other: string;
  readonly units: readonly string[];
  readonly unit_count: number;
  readonly author: string;
};
type ReleaseRow = {
  readonly id: string;
  readonly net: string;
  readonly revision: number;
  readonly at: Date;
  readonly author: string;
  readonly definition: JobNetDefinition;
};

type PreparationRow = {
  readonly net: string;
  readonly schedule: string;
  readonly at: Date;
  readonly author: string;
};

/** In the order of nets, starts before releases, and these before preparations. `kept`: what holds and holds on is told, too. */
export const findAffected = async (
  authors: AuthorRights,
  transaction: Transaction,
  { changes, kept }: { readonly changes: StandingChanges; readonly kept: boolean },
): Promise<readonly StandingOrder[]> => {
  const names = [...changes.keys()];
  if (names.length === 0) return [];
  const { rows: starts } = await transaction.query<StartRow>(
    `SELECT x.net, x.other, x.units, x.unit_count, r.starts_asked_of AS author
     FROM net_relation x JOIN net n ON n.name = x.net JOIN net_revision r ON r.net = n.name AND r.revision = n.revision
     WHERE x.kind = 'starts' AND r.starts_asked_of = ANY ($1) ORDER BY x.net, x.other LIMIT $2`,
    [names, ROWS_MAX],
  );
  const { rows: releases } = await transaction.query<ReleaseRow>(
    `SELECT p.id, p.net, p.revision, p.at, p.starts_asked_of AS author, r.definition
     FROM net_release p JOIN net_revision r ON r.net = p.net AND r.revision = p.revision
     WHERE p.state = 'planned' AND p.starts_asked_of = ANY ($1) ORDER BY p.net, p.at, p.id LIMIT $2`,
    [names, RELEASES_MAX],
  );
  const { rows: preparations } = await transaction.query<PreparationRow>(
    `SELECT p.net, p.schedule, coalesce(m.at, p.planned_at) AS at, p.written_by AS author
     FROM start_preparation p LEFT JOIN moved_start m ON m.net = p.net AND m.schedule = p.schedule AND m.planned_at = p.planned_at
     WHERE p.wish IS NOT NULL AND NOT p.holds_always AND p.written_by = ANY ($1) ORDER BY p.net, 3, p.id LIMIT $2`,
    [names, PREPARATIONS_MAX],
  );
  const found: StandingOrder[] = [];
  const turnOfRun = (author: string, net: string): StandingOrder['becomes'] | null => {
    const change = changes.get(author);
    if (change === undefined) return null;
    const mayRun = (standing: Standing | null): boolean =>
      standing === null || standing.permissions.onNet('nets.run', net);
    return turnOf(mayRun(change.before), mayRun(change.after), kept);
  };
  for (const { net, other, units, unit_count: unitCount, author } of starts) {
    const becomes = turnOfRun(author, other);
    if (becomes !== null)
      found.push({ what: 'start', author, net, other, units: [...units], unitCount, becomes });
  }
  for (const { id, net, revision, at, author, definition } of releases) {
    const change = changes.get(author);
    if (change === undefined) continue;
    const lackIn = async (standing: Standing | null): Promise<string | null> =>
      standing === null
        ? null
        : await lackOfPlanner(authors, transaction, { name: author, standing, definition });
    const [had, lacks] = [await lackIn(change.before), await lackIn(change.after)];
    const becomes = turnOf(had === null, lacks === null, kept);
    if (becomes !== null)
      found.push({
        what: 'release',
        author,
        net,
        id: Number(id),
        revision,
        at: at.toISOString(),
        lacks,
        becomes,
      });
  }
  for (const { net, schedule, at, author } of preparations) {
    const becomes = turnOfRun(author, net);
    if (becomes !== null)
      found.push({ what: 'preparation', author, net, schedule, at: at.toISOString(), becomes });
  }
  return found;
};

const turnOf = (before: boolean, after: boolean, kept: boolean): StandingOrder['becomes'] | null => {
  if (before !== after) return after ? 'allowed' : 'refused';
  return kept && after ? 'kept' : null;
};
