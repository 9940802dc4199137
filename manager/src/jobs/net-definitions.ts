// Job nets as definitions of their kind, for export and compare. Reads only; what a change means is `net-store.ts`.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';

const SELECT =
  'SELECT r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision';

export const createNetDefinitions = (database: Database): DefinitionSource => {
  const toDefinition = ({ definition }: { readonly definition: JobNetDefinition }) => ({
    kind: 'jobnet' as const,
    value: definition,
  });
  return {
    kind: 'jobnet',
    hasFolders: true,
    mayRead: ({ permissions }, name) => permissions.onNet('nets.read', name),
    async list({ after, limit, folder }) {
      const rows = await database.query<{ definition: JobNetDefinition }>({
        text: `${SELECT} WHERE ($1::text IS NULL OR n.name > $1) AND ($2::text IS NULL OR starts_with(n.name, $2)) ORDER BY n.name LIMIT $3`,
        values: [after ?? null, folder === undefined ? null : `${folder}/`, limit],
      });
      return rows.map(toDefinition);
    },
    async find(name) {
      const [row] = await database.query<{ definition: JobNetDefinition }>({
        text: `${SELECT} WHERE n.name = $1`,
        values: [name],
      });
      return row === undefined ? null : toDefinition(row);
    },
    applied: (definition) => definition,
  };
};
