// On whose behalf a unit of type "net_start" starts a net: who has brought its definition into force, and whether he may start that net now.
// He had to when he did it; a right that was taken from him since counts at once. A user who is gone has left standing orders behind, as with
// all that he defined: they hold until somebody changes them. So do those of the owner of the host, who is no user, and what was brought into
// force before anybody was asked. Called by net-start-hand.ts.
import type { Database } from '../../database/database.ts';
import type { People } from '../../ports.ts';
import type { OpenWork } from './unit-works.ts';

export type StartAuthor = { readonly name: string; readonly isAsked: boolean };
export type StartAuthors = {
  /** Null: nobody knows any more. `isAsked`: by his right the start stands or falls. */
  readonly authorOf: (open: OpenWork) => Promise<StartAuthor | null>;
  readonly mayStart: (author: string, net: string) => Promise<boolean>;
};

export const createStartAuthors = ({
  database,
  people,
}: {
  readonly database: Pick<Database, 'query'>;
  readonly people: People;
}): StartAuthors => ({
  async authorOf({ sessionId, definedIn: { net, revision } }) {
    const [row] = await database.query<StartAuthor>({
      name: 'author_of_start',
      text: `SELECT r.created_by AS name, r.starts_asked_of IS NOT NULL AS "isAsked" FROM net_revision r
             WHERE r.net = $1 AND r.revision = coalesce($2::integer, (SELECT s.net_revision FROM session s WHERE s.id = $3))`,
      values: [net, revision, sessionId],
    });
    return row ?? null;
  },
  async mayStart(author, net) {
    const permissions = await people.permissionsOf(author);
    return permissions === null || permissions.onNet('nets.run', net);
  },
});
