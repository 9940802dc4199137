// A migrated database with an event sink, and nothing else: for tests of what needs no API.
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { createDatabase } from '../database/database.ts';
import { loadMigrations } from '../database/migrations.ts';
import { createEventSink } from '../events/event-sink.ts';

export type BareDatabase = Awaited<ReturnType<typeof openBareDatabase>>;

export const openBareDatabase = async () => {
  const server = await testDatabase({ migrations: (await loadMigrations()).map(({ sql }) => sql) });
  const logger = createMemoryLogger();
  const database = createDatabase({ address: server.config, logger, name: 'bare' });
  const events = createEventSink({
    database,
    live: { publish: () => undefined, watches: () => false },
    deliveries: { plan: async () => false, wake: () => undefined },
  });
  return {
    database,
    address: server.config,
    logger,
    events,
    stop: async () => {
      await database.stop();
      await server.drop();
    },
  };
};
