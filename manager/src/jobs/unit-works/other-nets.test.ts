// Tests of units that wait for other nets or start them, where those are frozen or refer to nets that have changed: on a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startKillableManager, type KillableManager } from '../../testing/killable-manager.ts';

describe('units that have to do with other nets', () => {
  let manager: KillableManager;
  before(async () => {
    manager = await startKillableManager();
  });
  after(() => manager.stop());

  test('waiting for a unit: looked at where it stands in the session, though a net that this refers to has other units now', async () => {
    const gate = { name: 'last', type: 'event_wait', event: { text: { contains: 'never' } } };
    await manager.put('inner', [
      { name: 'x', type: 'or' },
      { name: 'y', type: 'or' },
    ]);
    await manager.put('outer', [
      { name: 'r', type: 'net_ref', net: 'inner' },
      { ...gate, timeout_s: 0.1, on_timeout: 'warning' },
    ]);
    const outer = await manager.run('outer');
    await manager.unit(outer, 'last', 'ended:warning');
    await manager.put('inner', [{ name: 'x', type: 'or' }]);
    await manager.put('waits', [
      {
        name: 'w',
        type: 'net_wait',
        nets: [{ net: 'outer', unit: 'last', on: ['normal'] }],
        which: 'today',
        if_other: 'fail',
      },
    ]);
    const unit = await manager.unit(await manager.run('waits'), 'w', 'ended:abnormal');
    assert.match(unit.reason ?? '', /"last" of outer ended warning/);
  });

  test('starting a net: stopped while that is frozen: ends at once, and nothing begins when the freeze ends', async () => {
    const place = { kind: 'net', name: 'later' } as const;
    await manager.put('later', [{ name: 'a', type: 'or' }]);
    await manager.put('starts', [{ name: 's', type: 'net_start', net: 'later' }]);
    await manager.done('freeze', { body: { place, reason: 'closing of the books' } });
    const id = await manager.run('starts');
    await waitFor(async () =>
      (await manager.unit(id, 's', 'running')).reason?.includes('closing of the books'),
    );
    await manager.done('operateSession', { params: { id }, body: { operation: 'stop', unit: 's' } } as never);
    const unit = await manager.unit(id, 's', 'ended:abnormal');
    assert.match(unit.reason ?? '', /later was not started: stopped by admin before it had begun/);
    await manager.done('resume', { body: { place } });
    await manager.run('later');
    const { rows } = await manager.client.query(
      `SELECT trigger->>'type' AS by FROM session WHERE net = 'later'`,
    );
    assert.deepEqual(rows, [{ by: 'manual' }]);
  });
});
