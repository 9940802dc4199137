// Tests of start conditions: a manager process on a real PostgreSQL, killed in the middle; each fulfilment starts one session.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startKillableManager, type KillableManager } from '../../testing/killable-manager.ts';

const INSERT = `WITH self AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
  INSERT INTO event (id, at, priority, code, node, message, details, search)
  SELECT nextval(pg_get_serial_sequence('event', 'id')), now(), 'info', 'job_event', 'gate', $1, '{}', $1 FROM self WHERE self.id IS NOT NULL`;

describe('start conditions', () => {
  let manager: KillableManager;
  before(async () => {
    manager = await startKillableManager();
  });
  after(() => manager.stop());

  const write = async (message: string): Promise<void> =>
    void (await manager.client.query(INSERT, [message]));
  const on = (text: string, more: object = {}) => ({
    name: 'arrival',
    event: { text: { matches: text } },
    ...more,
  });
  const sessions = async (
    net: string,
  ): Promise<{ id: number; parameters: Record<string, string>; state: string }[]> =>
    (
      await manager.client.query<{ id: number; parameters: Record<string, string>; state: string }>(
        'SELECT id::int, parameters, state FROM session WHERE net = $1 ORDER BY id',
        [net],
      )
    ).rows;
  const until = async (net: string, count: number) =>
    await waitFor(
      async () => {
        const found = await sessions(net);
        return found.length >= count && found;
      },
      { message: `${count} sessions of ${net}` },
    );
  const monitoring = async (name: string) => await manager.done('getNetMonitoring', { params: { name } });

  test('an event starts a session with its fields, once, whatever is killed; events while none runs count', async () => {
    await manager.put('loads', [{ name: 'a', type: 'or' }], {
      parameters: [{ name: 'FILE' }],
      start_conditions: {
        any: [on('file (?P<name>\\S+)', { parameters: { FILE: '{{event.group.name}} on {{event.node}}' } })],
      },
    });
    const files: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      files.push(`${round}a`);
      await write(`file ${round}a`);
      await manager.kill();
      files.push(`${round}b`);
      await write(`file ${round}b`);
      await manager.start();
    }
    const started = await until('loads', files.length);
    assert.deepEqual(
      started.map(({ parameters }) => parameters['FILE']),
      files.map((file) => `${file} on gate`),
    );
    const { generation, waiting } = await monitoring('loads');
    assert.deepEqual({ generation, waiting }, { generation: files.length, waiting: 0 });
    // Nothing comes after it.
    await write('file last');
    assert.equal((await until('loads', files.length + 1)).length, files.length + 1);
  });

  test('an end of another net starts one that waits for its turn; the turn comes over a kill', async () => {
    await manager.put('before', [{ name: 'a', type: 'or' }]);
    await manager.put(
      'behind',
      [{ name: 'gate', type: 'event_wait', event: { text: { contains: 'open behind' } } }],
      {
        start_conditions: { any: [{ name: 'done', net: 'before', on: ['normal'] }] },
      },
    );
    await manager.run('before');
    await manager.run('before');
    const [first] = await until('behind', 1);
    await waitFor(async () => (await monitoring('behind')).waiting === 1);
    assert.match((await monitoring('behind')).reason ?? '', /still runs/);
    await manager.kill();
    await manager.start();
    await manager.unit(first?.id ?? 0, 'gate', 'running');
    await write('open behind');
    assert.equal((await until('behind', 2)).length, 2);
  });

  test('all together: state survives a kill; skip drops with an event; ended and begun again by hand', async () => {
    await manager.put(
      'both',
      [{ name: 'gate', type: 'event_wait', event: { text: { contains: 'open both' } } }],
      {
        start_conditions: {
          all: [
            { name: 'left', event: { text: { contains: 'left arrived' } } },
            { name: 'right', event: { text: { contains: 'right arrived' } } },
          ],
          overlap: 'skip',
        },
      },
    );
    await write('left arrived');
    await waitFor(async () => (await monitoring('both')).conditions[0]?.met !== null);
    await manager.kill();
    await manager.start();
    await write('right arrived');
    await until('both', 1);
    await write('left arrived');
    await write('right arrived');
    await waitFor(async () => {
      const { rows } = await manager.client.query(
        "SELECT id FROM event WHERE code = 'start_condition_dropped'",
      );
      return rows.length === 1;
    });
    const operate = async (operation: string) =>
      await manager.done('operateNetMonitoring', { params: { name: 'both' }, body: { operation } } as never);
    assert.equal((await operate('end')).enabled, false);
    await write('left arrived');
    await write('right arrived');
    assert.equal((await operate('begin')).enabled, true);
    const { rows: audited } = await manager.client.query(
      "SELECT target FROM audit WHERE action = 'operateNetMonitoring'",
    );
    assert.deepEqual(
      audited.map(({ target }) => target),
      ['both', 'both'],
    );
    await write('open both');
    await manager.unit((await sessions('both'))[0]?.id ?? 0, 'gate', 'ended:normal');
    await write('left arrived');
    await write('right arrived');
    assert.equal((await until('both', 2)).length, 2);
  });

  test('after an abnormal end they are held: an event says so once, over a kill too', async () => {
    await manager.put(
      'held',
      [{ name: 'a', type: 'event_wait', event: { text: { contains: 'x' } }, timeout_s: 0.1 }],
      { start_conditions: { any: [on('for held')], after_abnormal: 'hold' } },
    );
    await write('for held');
    await until('held', 1);
    await waitFor(async () => (await sessions('held'))[0]?.state === 'ended');
    await write('for held');
    const told = async (): Promise<number> =>
      (
        await manager.client.query(
          "SELECT 1 FROM event WHERE code = 'starts_held' AND details->>'net' = 'held'",
        )
      ).rows.length;
    await waitFor(async () => (await told()) === 1);
    await manager.kill();
    await manager.start();
    await write('for held');
    await waitFor(async () => (await monitoring('held')).waiting === 2);
    assert.equal(await told(), 1);
  });

  test('a frozen net: what is fulfilled waits for the end of the freeze', async () => {
    await manager.put('cold', [{ name: 'a', type: 'or' }], { start_conditions: { any: [on('cold one')] } });
    const place = { kind: 'net', name: 'cold' };
    await manager.done('freeze', { body: { place, reason: 'test' } } as never);
    await write('cold one');
    await waitFor(async () => (await monitoring('cold')).waiting === 1);
    // What waits of a condition that stays outlives a change of the others; what waits of one that goes is told.
    const change = async (...any: object[]) =>
      await manager.put('cold', [{ name: 'a', type: 'or' }], {
        start_conditions: { any, starts_max: 9 },
      });
    await change(on('cold one'), { ...on('cold two'), name: 'other' });
    await write('cold two');
    await waitFor(async () => (await monitoring('cold')).waiting === 2);
    await change(on('cold one'));
    await waitFor(async () => (await monitoring('cold')).waiting === 1);
    const { rows } = await manager.client.query(
      "SELECT message FROM event WHERE code = 'start_condition_dropped' AND message LIKE '%cold%'",
    );
    assert.match(String(rows[0]?.message), /"other" was dropped: the start conditions were changed/);
    await manager.kill();
    await manager.start();
    assert.equal((await sessions('cold')).length, 0);
    await manager.done('resume', { body: { place } } as never);
    assert.equal((await until('cold', 1)).length, 1);
  });

  test('times: each second once over a kill, what was missed once; so many; valid until', async () => {
    const every = (more: object = {}) => ({
      any: [{ name: 'tick', time: { cron: '* * * * * *' }, parameters: { AT: '{{time.at}}' } }],
      overlap: 'parallel',
      ...more,
    });
    const put = async (name: string, conditions: object) =>
      await manager.put(name, [{ name: 'a', type: 'or' }], {
        parameters: [{ name: 'AT' }],
        start_conditions: conditions,
      });
    await put('ticks', every({ starts_max: 6 }));
    await until('ticks', 2);
    await manager.kill();
    await manager.start();
    const times = (await until('ticks', 6)).map(({ parameters }) => parameters['AT'] ?? '');
    assert.equal(new Set(times).size, times.length);
    assert.deepEqual(times, times.toSorted());
    await waitFor(async () => !(await monitoring('ticks')).enabled);
    assert.equal((await sessions('ticks')).length, 6);

    // Far away: whenever it is looked at, it is still to come.
    await manager.put('rare', [{ name: 'a', type: 'or' }], {
      start_conditions: { any: [{ name: 'tick', time: { cron: '0 0 1 1 *' } }] },
    });
    const next = await waitFor(async () => {
      const [found] = (await monitoring('rare')).conditions;
      return found?.nextAt ? found : null;
    });
    assert.equal(next.kind, 'time');

    await put('short', every({ valid_for_s: 2 }));
    const { validUntil } = await monitoring('short');
    await waitFor(async () => !(await monitoring('short')).enabled);
    const last = (await sessions('short')).at(-1)?.parameters['AT'] ?? '';
    assert.ok(last < (validUntil ?? ''), `${last} ${validUntil}`);
    const { rows } = await manager.client.query(
      "SELECT message FROM event WHERE code = 'monitoring_ended' AND message LIKE '%short%'",
    );
    assert.match(String(rows[0]?.message), /Their time is over/);
  });

  test('files on a node that is not there: said, and told once', async () => {
    await manager.put('nowhere', [{ name: 'a', type: 'or' }], {
      start_conditions: { any: [{ name: 'in', files: { node: 'nobody', path: '/in/*' } }] },
    });
    const says = await waitFor(async () => {
      const [condition] = (await monitoring('nowhere')).conditions;
      assert.equal(condition?.kind, 'file');
      return condition.files?.state === 'troubled' && (condition.files.says ?? '');
    });
    assert.match(says, /There is no node "nobody"/);
    await waitFor(async () => {
      const { rows } = await manager.client.query("SELECT id FROM event WHERE code = 'file_watch_failed'");
      return rows.length === 1;
    });
  });
});
