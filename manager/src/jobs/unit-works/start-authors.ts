// On whose behalf a unit of type "net_start" starts a net: who has brought its definition into force, and whether he may start that net now.
// He had to when he did it; a right that was taken from him since counts at once. A user who is gone has left standing orders behind, as with
// all that he defined: they hold until somebody changes them. Called by net-start-hand.ts.
import type { Database } from '../../database/database.ts';
import type { People } from '../../ports.ts';
import type { OpenWork } from './unit-works.ts';

export type StartAuthors = {
  /** Null: nobody knows any more. */
  readonly authorOf: (open: OpenWork) => Promise<string | null>;
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
    const [row] = await database.query<{ author: string }>({
      name: 'author_of_start',
      text: `SELECT r.created_by AS author FROM net_revision r
             WHERE r.net = $1 AND r.revision = coalesce($2::integer, (SELECT s.net_revision FROM session s WHERE s.id = $3))`,
      values: [net, revision, sessionId],
    });
    return row?.author ?? null;
  },
  async mayStart(author, net) {
    const permissions = await people.permissionsOf(author);
    return permissions === null || permissions.onNet('nets.run', net);
  },
});
