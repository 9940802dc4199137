// Relations between job nets in the database, and the map of nets that is drawn from them.
// Responsible for the table `net_relation`. Not responsible for finding relations (core/jobs/net-relations.ts). Called when a definition is
// stored, and by the routes.
import { relationsOf } from '@nezuban/core/jobs/net-relations';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import {
  netMapLimits,
  type NetMap,
  type NetMapEntry,
  type NetRelationKind,
} from '@nezuban/protocol/jobs/net-relation';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

type RelationRow = {
  readonly net: string;
  readonly kind: NetRelationKind;
  readonly other: string;
  readonly units: readonly string[];
  readonly unit_count: number;
};
type EntryRow = {
  readonly name: string;
  readonly title: string | null;
  readonly id: SessionId | null;
  readonly state: NonNullable<NetMapEntry['lastSession']>['state'];
  readonly end_status: NonNullable<NetMapEntry['lastSession']>['endStatus'];
  readonly created_at: Date;
  readonly ended_at: Date | null;
};

/** Relations that one step of the search reads; more than the map can show. */
const RELATIONS_MAX = 20_000;

/** Part of the transaction that stores the definition. */
export const saveRelations = async (
  transaction: Transaction,
  definition: JobNetDefinition,
): Promise<void> => {
  const relations = relationsOf(definition);
  await transaction.query('DELETE FROM net_relation WHERE net = $1', [definition.name]);
  if (relations.length === 0) return;
  await transaction.query(
    `INSERT INTO net_relation (net, kind, other, units, unit_count)
     SELECT $1, kind, other, ARRAY(SELECT jsonb_array_elements_text(units)), unit_count
     FROM jsonb_to_recordset($2) AS row (kind text, other text, units jsonb, unit_count integer)`,
    [
      definition.name,
      JSON.stringify(
        relations.map(({ kind, other, units }) => ({
          kind,
          other,
          units: units.slice(0, netMapLimits.unitsMax),
          unit_count: units.length,
        })),
      ),
    ],
  );
};

export type MapQuery = {
  /** In the middle, with all that is at most `depth` steps away. Without it: all nets with relations, of the folder if one is given. */
  readonly net: string | undefined;
  readonly folder: string | undefined;
  readonly depth: number;
  readonly mayRead: (net: string) => boolean;
};

export const loadNetMap = async (database: Database, query: MapQuery): Promise<NetMap> => {
  const { net, depth, mayRead } = query;
  const names = new Set<string>(net === undefined ? await namesWithRelations(database, query) : [net]);
  const relations = new Map<string, RelationRow>();
  let truncated = false;
  let edge: readonly string[] = [...names];
  for (let step = 0; step < depth && edge.length > 0; step += 1) {
    const next = new Set<string>();
    for (const row of await relationsWith(database, edge)) {
      if (!mayRead(row.net) || !mayRead(row.other)) continue;
      const fresh = [row.net, row.other].filter((name) => !names.has(name) && !next.has(name));
      if (names.size + next.size + fresh.length > netMapLimits.netsMax) {
        truncated = true;
        continue;
      }
      for (const name of fresh) next.add(name);
      relations.set(`${row.net} ${row.kind} ${row.other}`, row);
    }
    for (const name of next) names.add(name);
    edge = [...next];
  }
  return {
    nets: await loadEntries(database, [...names].toSorted()),
    relations: [...relations.values()].map(({ net: from, kind, other, units, unit_count: unitCount }) => ({
      net: from,
      kind,
      other,
      units: [...units],
      unitCount,
    })),
    truncated: truncated || names.size >= netMapLimits.netsMax,
  };
};

const namesWithRelations = async (
  database: Database,
  { folder, mayRead }: MapQuery,
): Promise<readonly string[]> => {
  const rows = await database.query<{ name: string }>({
    text: `SELECT name FROM (SELECT net AS name FROM net_relation UNION SELECT other FROM net_relation) AS ends
           WHERE $1::text IS NULL OR starts_with(name, $1 || '/') ORDER BY name LIMIT $2`,
    values: [folder ?? null, RELATIONS_MAX],
  });
  return rows
    .map(({ name }) => name)
    .filter((name) => mayRead(name))
    .slice(0, netMapLimits.netsMax);
};

const relationsWith = async (database: Database, names: readonly string[]): Promise<readonly RelationRow[]> =>
  await database.query<RelationRow>({
    name: 'relations_with',
    text: `SELECT net, kind, other, units, unit_count FROM net_relation WHERE net = ANY ($1) OR other = ANY ($1)
           ORDER BY net, kind, other LIMIT $2`,
    values: [names, RELATIONS_MAX],
  });

const loadEntries = async (database: Database, names: readonly string[]): Promise<NetMapEntry[]> => {
  const rows = await database.query<EntryRow>({
    text: `SELECT n.name, n.title, last.id, last.state, last.end_status, last.created_at, last.ended_at FROM net n
           LEFT JOIN LATERAL (
             SELECT id, state, end_status, created_at, ended_at FROM session s WHERE s.net = n.name ORDER BY s.id DESC LIMIT 1
           ) last ON true WHERE n.name = ANY ($1)`,
    values: [names],
  });
  const found = new Map(rows.map((row) => [row.name, row]));
  return names.map((name) => {
    const row = found.get(name);
    return {
      name,
      title: row?.title ?? null,
      exists: row !== undefined,
      lastSession:
        row === undefined || row.id === null
          ? null
          : {
              id: row.id,
              state: row.state,
              endStatus: row.end_status,
              createdAt: row.created_at.toISOString(),
              endedAt: row.ended_at?.toISOString() ?? null,
            },
    };
  });
};
