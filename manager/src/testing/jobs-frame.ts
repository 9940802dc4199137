// The frame of tests of the jobs domain on a real database: one database for the file, and after each test empty tables, a domain that has been
// stopped, and nothing that broke. Called inside of a describe block, before the tests. Not responsible for starting the domain.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import type { JobsDomain } from './jobs-domain.ts';
import { prepareDatabase } from './jobs-harness.ts';

/** Gives the server; there is one once the tests run. `domain`: the one that the test has started. `tables`: those to empty beside the usual. */
export function frameJobsTests(domain: () => JobsDomain, tables: readonly string[] = []): () => TestDatabase {
  let server: TestDatabase;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
  });
  after(() => server.drop());
  afterEach(async () => {
    const emptied = ['net', 'net_revision', 'session', 'session_unit', 'attempt', ...tables];
    try {
      await domain().database.query({ text: `TRUNCATE ${emptied.join(', ')} CASCADE` });
    } finally {
      await domain().stop();
    }
    assert.deepEqual(domain().broken, []);
  });
  return () => server;
}
