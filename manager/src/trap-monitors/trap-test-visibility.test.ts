// Who sees one scope tries rules on its traps alone, however the past is asked for: by time, by number, by node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { createDatabase, type Database } from '../database/database.ts';
import { startAccessBench, type AccessBench } from '../testing/access-bench.ts';

let bench: AccessBench;
let database: Database;
let batcher: string;
before(async () => {
  bench = await startAccessBench();
  await bench.makeRole({
    name: 'batch',
    grants: [
      { effect: 'allow', rights: ['nodes.*'], scope: 'batch' },
      { effect: 'allow', rights: ['traps.read'] },
    ],
  });
  batcher = await bench.makeUser('batcher', ['batch']);
  database = createDatabase({ address: bench.database.config, logger: createMemoryLogger(), name: 'test' });
  for (const [id, node] of [
    [1, 'n-batch'],
    [2, 'n-web'],
    [3, null],
  ] as const)
    await database.query({
      text: `INSERT INTO trap (id, recorded_at, received_at, seq, slot, port, flags, heard_both, perhaps_repeat, matched, protocol, address, node, raw)
             VALUES ($1, now(), now(), $1, 0, 514, 0, false, false, false, 'syslog', '192.0.2.7', $2, convert_to('<13>said by ' || $3, 'UTF8'))`,
      values: [id, node, node ?? 'nobody'],
    });
});
after(async () => {
  await database.stop();
  await bench.stop();
});

const monitor = {
  kind: 'trap_monitor',
  name: 'all',
  source: 'syslog',
  rules: [{ name: 'any', when: { text: { contains: 'said' } } }],
} as unknown as TrapMonitor;

test('trap test: past traps of nodes that who asks may not see: not there, not counted', async () => {
  for (const [against, seen] of [
    [{}, [3, 1]],
    [{ ids: [1, 2, 3] }, [3, 1]],
    [{ node: 'n-web' }, []],
  ] as const) {
    const body = { monitor, against: { type: 'past', ...against } } as never;
    const told = await bench.must('testTrapMonitor', { body }, batcher);
    assert.deepEqual(
      told.traps.map(({ id }) => id),
      seen,
    );
    assert.equal(told.looked, seen.length);
    assert.doesNotMatch(JSON.stringify(told), /n-web/);
  }
  const all = await bench.must('testTrapMonitor', { body: { monitor, against: { type: 'past' } } as never });
  assert.equal(all.looked, 3);
});
