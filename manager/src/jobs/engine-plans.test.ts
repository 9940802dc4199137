// Tests of how PostgreSQL carries out the engine's statements: by the key, whatever it believes of the size of a table. The engine plans
// each of them once, often while a partition is new and empty, and keeps the plan through a burst.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { createEngineDatabase } from './engine-database.ts';
import {
  updateClosedAttempts,
  updateOpenAttempts,
  updatePlainEnds,
  updatePlainUnits,
  updateSessions,
  updateUnits,
} from './session-statements.ts';

test('engine statements: partitions that are empty: every row is found by its key, none by reading a range', async () => {
  const server = await testDatabase();
  await prepareDatabase(server.config);
  const database = createEngineDatabase({ address: server.config, logger: createMemoryLogger() });
  const statements = [
    updateSessions([]),
    updateUnits([]),
    updatePlainUnits([]),
    updateOpenAttempts([]),
    updatePlainEnds([]),
    updateClosedAttempts([]),
  ];
  for (const { text } of statements) {
    const rows = await database.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN (GENERIC_PLAN) ${text}` });
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.doesNotMatch(plan, /Join Filter|Seq Scan|Materialize/, plan);
    assert.match(plan, /Index Cond: \(+(session_id|id) = v\./, plan);
  }
  await database.stop();
  await server.drop();
});
