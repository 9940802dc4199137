// Tests of units that wait for something inside the manager: a manager process on a real PostgreSQL, killed in the middle.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startKillableManager, type KillableManager } from '../../testing/killable-manager.ts';
import { startMailServer } from '../../testing/receivers.ts';

/** Writes an event as the manager does, in a transaction of the caller's. */
const INSERT = `WITH self AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
  INSERT INTO event (id, at, priority, code, node, message, details, search)
  SELECT nextval(pg_get_serial_sequence('event', 'id')), $2, 'info', 'job_event', 'gate', $1, '{}', $1 FROM self WHERE self.id IS NOT NULL RETURNING id`;

describe('units that wait inside the manager', () => {
  let manager: KillableManager;
  before(async () => {
    manager = await startKillableManager();
  });
  after(() => manager.stop());

  const write = async (message: string, at = new Date()): Promise<number> =>
    Number((await manager.client.query<{ id: number }>(INSERT, [message, at])).rows[0]?.id);
  const eventWait = (text: string, more: object = {}) => ({
    name: 'w',
    type: 'event_wait',
    event: { codes: ['job_event'], text: { matches: text } },
    ...more,
  });

  const hasStarted = async (id: number) =>
    await waitFor(async () => {
      const unit = await manager.unit(id, 's', 'running');
      return unit.work?.kind === 'net_start' && unit.work.session;
    });

  test('event: one that another net sends: ends the wait, its groups are kept', async () => {
    await manager.put('waits', [
      eventWait('arrived (?P<file>\\S+)'),
      { name: 'next', type: 'or', after: ['w'] },
    ]);
    await manager.put('sends', [{ name: 's', type: 'event_send', message: 'arrived {{parameter.FILE}}' }], {
      parameters: [{ name: 'FILE' }],
    });
    const id = await manager.run('waits');
    await manager.unit(id, 'w', 'running');
    await manager.run('sends', { FILE: 'a.csv' });
    const unit = await manager.unit(id, 'w', 'ended:normal');
    assert.equal(unit.work?.kind === 'event_wait' && unit.work.event?.groups['file'], 'a.csv');
    await manager.unit(id, 'next', 'ended:normal');
  });

  test('event: what happened before does not count, within the look-back it does, and the session itself is not heard', async () => {
    await write('old news');
    await manager.put('fresh', [eventWait('old news')]);
    await manager.put('back', [eventWait('old news', { look_back_s: 600 })]);
    await manager.put('own', [
      { name: 'say', type: 'event_send', message: 'my own news' },
      { ...eventWait('my own news', { look_back_s: 600 }), after: ['say'] },
    ]);
    const [fresh, back, own] = [
      await manager.run('fresh'),
      await manager.run('back'),
      await manager.run('own'),
    ];
    await manager.unit(back, 'w', 'ended:normal');
    await manager.unit(fresh, 'w', 'running');
    await manager.unit(own, 'w', 'running');
    await write('my own news');
    await write('old news');
    await manager.unit(fresh, 'w', 'ended:normal');
    await manager.unit(own, 'w', 'ended:normal');
  });

  test('event: the manager is killed while it waits, the event is written while none runs: found once', async () => {
    await manager.put('killed', [eventWait('while away')]);
    const id = await manager.run('killed');
    await manager.unit(id, 'w', 'running');
    await manager.kill();
    const event = await write('while away');
    await write('while away');
    await manager.start();
    const unit = await manager.unit(id, 'w', 'ended:normal');
    assert.equal(unit.work?.kind === 'event_wait' && unit.work.event?.id, event);
  });

  test('event: its number is drawn before others are committed, and it is committed after them: not missed', async () => {
    await manager.put('late', [eventWait('slow one')]);
    const id = await manager.run('late');
    await manager.unit(id, 'w', 'running');
    await manager.client.query('BEGIN');
    const slow = await write('slow one');
    // Others draw higher numbers and are committed and looked at before it.
    const sends = await manager.run('sends', { FILE: 'between' });
    await manager.unit(sends, 's', 'ended:normal');
    await manager.run('sends', { FILE: 'between' });
    const { rows } = await manager.client.query<{ id: number }>('SELECT max(id)::int AS id FROM event');
    assert.ok((rows[0]?.id ?? 0) > slow);
    await manager.client.query('COMMIT');
    const unit = await manager.unit(id, 'w', 'ended:normal');
    assert.equal(unit.work?.kind === 'event_wait' && unit.work.event?.id, slow);
  });

  test('event: its time is up over a kill: ends as the definition says', async () => {
    await manager.put('timed', [eventWait('never', { timeout_s: 1, on_timeout: 'warning' })]);
    const id = await manager.run('timed');
    await manager.kill();
    await manager.start();
    await manager.unit(id, 'w', 'ended:warning');
  });

  test('nets: a session of today, a unit of one that runs, and one that ends while the manager is away', async () => {
    await manager.put('first', [{ name: 'a', type: 'or' }]);
    await manager.put('second', [
      { name: 'gate', type: 'event_wait', event: { text: { contains: 'open second' } } },
      { name: 'inner', units: [{ name: 'x', type: 'or' }], after: ['gate'] },
      { name: 'rest', type: 'event_wait', event: { text: { contains: 'end second' } } },
    ]);
    await manager.put('joins', [
      { name: 'w', type: 'net_wait', nets: ['first', { net: 'second', unit: 'inner/x' }] },
      { name: 'all', type: 'net_wait', nets: ['second'] },
    ]);
    await manager.run('first');
    const id = await manager.run('joins');
    await waitFor(async () => {
      const unit = await manager.unit(id, 'w', 'running');
      return unit.work?.kind === 'net_wait' && unit.work.targets[0]?.met;
    });
    const second = await manager.run('second');
    await manager.kill();
    await write('open second');
    await manager.start();
    await manager.unit(id, 'w', 'ended:normal');
    await manager.unit(id, 'all', 'running');
    await write('end second');
    const all = await manager.unit(id, 'all', 'ended:normal');
    assert.equal(all.work?.kind === 'net_wait' && all.work.targets[0]?.session, second);
  });

  test('nets: two that wait for each other: both say so', async () => {
    await manager.put('round-a', [{ name: 'w', type: 'net_wait', nets: ['round-b'], which: 'next' }]);
    await manager.put('round-b', [{ name: 'w', type: 'net_wait', nets: ['round-a'], which: 'next' }]);
    await manager.run('round-a');
    const id = await manager.run('round-b');
    await waitFor(async () =>
      /itself waits for this one: round-b -> round-a -> round-b/.test(
        (await manager.session(id)).units[0]?.reason ?? '',
      ),
    );
    await manager.done('operateSession', { params: { id }, body: { operation: 'skip', unit: 'w' } } as never);
  });

  test('net start: killed at any moment, the net is started once, and its end is taken over', async () => {
    await manager.put(
      'child',
      [{ name: 'gate', type: 'event_wait', event: { text: { contains: 'child may end' } } }],
      {
        parameters: [{ name: 'FROM' }],
      },
    );
    await manager.put('parent', [
      { name: 's', type: 'net_start', net: 'child', parameters: { FROM: '{{net}}' } },
      { name: 'free', type: 'net_start', net: 'first', wait: false },
      { name: 'none', type: 'net_start', net: 'no-such-net' },
    ]);
    const parents: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      parents.push(await manager.run('parent'));
      await manager.kill();
      await manager.start();
    }
    for (const id of parents) {
      await hasStarted(id);
      await manager.unit(id, 'free', 'ended:normal');
      await manager.unit(id, 'none', 'ended:abnormal');
    }
    const { rows } = await manager.client.query<{ count: number; parameters: { FROM: string }; by: string }>(
      `SELECT count(*)::int AS count, min(parameters::text)::jsonb AS parameters, min(trigger->>'by') AS by FROM session WHERE net = 'child'`,
    );
    assert.deepEqual(rows, [{ count: parents.length, parameters: { FROM: 'parent' }, by: 'admin' }]);
    await write('child may end');
    for (const id of parents) await manager.unit(id, 's', 'ended:normal');
  });

  test('net start: a stop is passed on', async () => {
    const id = await manager.run('parent');
    await hasStarted(id);
    await manager.done('operateSession', { params: { id }, body: { operation: 'stop', unit: 's' } } as never);
    await manager.unit(id, 's', 'ended:abnormal');
    const { rows } = await manager.client.query(
      `SELECT state FROM session WHERE net = 'child' ORDER BY id DESC LIMIT 1`,
    );
    assert.deepEqual(rows, [{ state: 'stopped' }]);
  });

  test('net start: a kill is passed on over two nets and a crash in the middle', async () => {
    await manager.put('middle', [
      { name: 's', type: 'net_start', net: 'child', parameters: { FROM: 'middle' } },
    ]);
    await manager.put('top', [{ name: 's', type: 'net_start', net: 'middle' }]);
    const id = await manager.run('top');
    const middle = await hasStarted(id);
    const child = await hasStarted(middle);
    const kill = { params: { id }, body: { operation: 'kill' } } as never;
    // Answered or not: what has been committed of it goes on.
    await manager.done('operateSession', kill);
    await manager.kill();
    await manager.start();
    const unit = await manager.unit(id, 's', 'ended:abnormal');
    assert.match(
      unit.reason ?? '',
      new RegExp(`Killed by admin; session ${middle} of middle is killed, too`),
    );
    await manager.unit(middle, 's', 'ended:abnormal');
    await waitFor(async () => (await manager.session(child)).state === 'stopped');
  });

  test('approval: asked over a kill, decided once, audited', async () => {
    await manager.put('asks', [
      { name: 'ask', type: 'approval', question: 'Go?' },
      { name: 'yes', type: 'or', after: [{ unit: 'ask', on: [true] }] },
      { name: 'no', type: 'or', after: [{ unit: 'ask', on: [false] }] },
    ]);
    const id = await manager.run('asks');
    await manager.unit(id, 'ask', 'running');
    await manager.kill();
    await manager.start();
    const { items } = await manager.done('listApprovals', {});
    assert.deepEqual(
      items.map(({ sessionId, unit, question, refusal }) => ({ sessionId, unit, question, refusal })),
      [{ sessionId: id, unit: 'ask', question: 'Go?', refusal: null }],
    );
    const decide = { params: { id }, body: { unit: 'ask', approve: true, comment: 'checked' } } as never;
    await manager.done('decideApproval', decide);
    assert.equal((await manager.call('decideApproval', decide)).status, 404);
    const units = (await manager.session(id)).units.map(({ path, state, reason }) => [path, state, reason]);
    assert.deepEqual(units.slice(0, 2), [
      ['ask', 'ended', 'Approved by admin: checked'],
      ['yes', 'ended', null],
    ]);
    const { rows } = await manager.client.query(
      `SELECT details->>'comment' AS comment FROM audit WHERE action = 'decideApproval'`,
    );
    assert.deepEqual(rows, [{ comment: 'checked' }]);
  });

  test('mail: sent once over a kill; a channel that cannot: ends abnormally with the error', async () => {
    const server = await startMailServer();
    try {
      await manager.done('applyDefinitions', {
        body: JSON.stringify({
          kind: 'channel',
          name: 'office',
          channel: {
            type: 'mail',
            smtp: { host: '127.0.0.1', port: server.port, security: 'none' },
            from: 'nezuban@example.com',
            to: ['everybody@example.com'],
          },
        }),
      });
      await manager.put('mails', [
        {
          name: 'm',
          type: 'mail_send',
          channel: 'office',
          to: ['ops@example.com'],
          subject: 'Session {{session}}',
          body: 'From {{unit}}',
        },
        { name: 'bad', type: 'mail_send', channel: 'nowhere', subject: 'x', body: 'y' },
      ]);
      const id = await manager.run('mails');
      await manager.kill();
      await manager.start();
      await manager.unit(id, 'm', 'ended:normal');
      const bad = await manager.unit(id, 'bad', 'ended:abnormal');
      assert.match(bad.reason ?? '', /There is no channel "nowhere"/);
      assert.deepEqual(new Set(server.mails.map(({ to }) => to.join())), new Set(['ops@example.com']));
      assert.match(server.mails[0]?.raw ?? '', new RegExp(`Subject: (repeat: )?Session ${id}`));
      assert.match(server.mails[0]?.raw ?? '', /From m/);
    } finally {
      await server.stop();
    }
  });
});
