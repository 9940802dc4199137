// What operations on sessions take besides `nets.run`: the dangerous ones have rights of their own, asked for the net of the session, and a
// preview takes what the operation takes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperationRequest } from '@nezuban/protocol/jobs/operate';
import { startAccessBench, type AccessBench } from '../testing/access-bench.ts';

let bench: AccessBench;
before(async () => {
  bench = await startAccessBench();
});
after(() => bench.stop());

test('operations: kill and set status: each with its own right, in the folder where it was given', async () => {
  const { night, day } = bench;
  await bench.makeRole({
    name: 'runner',
    grants: [{ effect: 'allow', rights: ['nets.read', 'nets.run'] }],
  });
  await bench.makeRole({
    name: 'night-lead',
    grants: [{ effect: 'allow', rights: ['nets.kill', 'nets.correct'], folder: 'night' }],
  });
  const runner = await bench.makeUser('runner', ['runner']);
  const lead = await bench.makeUser('lead', ['runner', 'night-lead']);
  const asks = async (
    token: string,
    session: number,
    body: Pick<OperationRequest, 'operation' | 'unit' | 'status'>,
  ) => {
    const operated = await bench.call(token, 'operateSession', { params: { id: session }, body });
    const previewed = await bench.call(token, 'previewOperation', { params: { id: session }, body });
    return [operated.status, previewed.status];
  };
  const kill = { operation: 'kill' } as const;
  const correct = { operation: 'set_status', unit: 'a' as never, status: 'normal' } as const;
  assert.deepEqual(await asks(runner, night.session, kill), [403, 403]);
  assert.deepEqual(await asks(runner, night.session, correct), [403, 403]);
  assert.deepEqual(await asks(lead, day.session, kill), [403, 403]);
  // Allowed; whether it is possible the session says.
  for (const body of [kill, correct]) {
    const [operated, previewed] = await asks(lead, night.session, body);
    assert.ok(operated === 200 || operated === 409, String(operated));
    assert.equal(previewed, 200);
  }
});
