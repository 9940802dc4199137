// Typed building of queries whose shape depends on what is asked: lists with filters and cursors.
// Responsible for the text and its values alone; `Database.read` runs it, so that all failures are told in one way.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';

/** A builder over the tables that a domain names for itself. */
export const sqlBuilder = <Tables>(): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
