// Operators' operations by example: stop, rerun, hold, release, skip, and why each may be refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationNames } from '@nezuban/protocol/jobs/session';
import { net, SessionDriver } from '../testing/session-driver.ts';
import { unfinishedEffects } from './apply-session.ts';
import { allowedOperations } from './operation-check.ts';
import { operationTable, situations } from './operation-table.ts';
import { sessionRow } from './session-rows.ts';
import { summariseSession, viewSession, viewUnit } from './session-view.ts';

const chain = [
  { name: 'a', command: 'true' },
  { name: 'b', command: 'true', after: ['a'] },
  { name: 'c', command: 'true', after: ['b'] },
];

function refusalOf(driver: SessionDriver, ...operation: Parameters<SessionDriver['operate']>): string {
  const result = driver.operate(...operation);
  assert.ok(!result.ok, 'it is refused');
  return result.detail.message;
}

test('operations: table: says something of every state', () => {
  for (const operation of operationNames) {
    for (const state of situations) assert.notEqual(operationTable[operation][state], undefined);
  }
});

test('operations: stop of a session: cancels what runs, stops what waits, and says who', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('stop');
  assert.deepEqual(driver.states(), { a: 'stopping', b: 'stopped', c: 'stopped' });
  assert.equal(sessionRow(driver.session).state, 'stopping');
  assert.deepEqual(driver.effects.at(-1), {
    type: 'cancel',
    attemptId: '7-abc123-1.1.0.1',
    node: 'web1',
    killAfterMs: 10_000,
  });
  driver.restart();
  assert.deepEqual(
    unfinishedEffects(driver.session).map(({ type }) => type),
    ['cancel'],
    'and goes on cancelling after a restart',
  );
  driver.end('a', { signal: 'SIGTERM', cancelled: true });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'stopped', c: 'stopped' });
  assert.equal(driver.unit('a').reason, 'Stopped by admin. Ended on request on web1.');
  assert.deepEqual([sessionRow(driver.session).state, driver.session.endStatus], ['stopped', 'abnormal']);
  assert.equal(driver.events().at(-1)?.message, 'Session 7 of night/run was stopped by admin.');
});

test('operations: stop comes too late: a command that ended well has ended well, the rest stays stopped', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('stop');
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'stopped', c: 'stopped' });
  assert.equal(sessionRow(driver.session).state, 'stopped');
});

test('operations: stop of one unit: it ends abnormally, its branch for failures runs', () => {
  const driver = new SessionDriver(
    net([...chain, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  driver.operate('stop', 'a');
  driver.end('a', { exitCode: 0, cancelled: true });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'not_run', c: 'not_run', mend: 'starting' });
});

test('operations: stop while it waits to be tried again: ended at once', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', retry: { count: 1, delay_s: 60 } }]));
  driver.end('a', { exitCode: 1 });
  driver.operate('stop', 'a');
  assert.deepEqual(driver.states(), { a: 'ended:abnormal' });
  assert.equal(sessionRow(driver.session).state, 'ended');
});

test('operations: rerun of a failed unit: it and all that follows begin again, in its net and above', () => {
  const inner = [
    { name: 'x', command: 'true' },
    { name: 'y', command: 'true', after: ['x'] },
    { name: 'z', command: 'true' },
  ];
  const driver = new SessionDriver(
    net([
      { name: 'loads', units: inner },
      { name: 'report', command: 'true', after: ['loads'] },
    ]),
  );
  driver.end('loads/z');
  driver.end('loads/x', { exitCode: 1 });
  assert.equal(sessionRow(driver.session).state, 'ended');
  const effects = driver.operate('rerun', 'loads/x');
  assert.ok(effects.ok);
  assert.equal(
    effects.effects.find((effect) => effect.type === 'event')?.message,
    'Session 7 of night/run was started again from unit "loads/x" by admin.',
  );
  assert.deepEqual(driver.states(), {
    loads: 'running',
    'loads/x': 'starting',
    'loads/y': 'waiting',
    'loads/z': 'ended:normal',
    report: 'waiting',
  });
  assert.deepEqual(
    driver.session.units.map((record) => record.run),
    [1, 1, 2, 2, 1, 2],
  );
  assert.equal(driver.dispatched.at(-1), '7-abc123-2.2.0.1');
  driver.end('loads/x');
  driver.end('loads/y');
  driver.end('report');
  assert.deepEqual([sessionRow(driver.session).state, driver.session.endStatus], ['ended', 'normal']);
});

test('operations: rerun of the session: everything begins again, held units are held again', () => {
  const driver = new SessionDriver(
    net([...chain.slice(0, 2), { name: 'c', command: 'true', after: ['b'], hold: true }]),
  );
  driver.end('a');
  driver.end('b');
  assert.ok(
    driver.events().some((event) => event.code === 'unit_held'),
    'a held unit whose turn has come says so',
  );
  driver.operate('release', 'c');
  driver.end('c');
  driver.operate('rerun');
  assert.deepEqual(driver.states(), { a: 'starting', b: 'waiting', c: 'held' });
  assert.equal(sessionRow(driver.session).run, 2);
});

test('operations: a report about an earlier run after a rerun: changes nothing of the new one', () => {
  const driver = new SessionDriver(net(chain));
  const { id } = driver.openAttempt('a');
  driver.must({ type: 'attemptUnknown', attemptId: id, reason: 'the agent has no record' });
  driver.operate('rerun', 'a');
  const before = driver.picture();
  assert.deepEqual(driver.apply({ type: 'attemptStarted', attemptId: id, pid: 1, startedAt: 0 }), {
    ok: true,
    changed: false,
    effects: [],
  });
  assert.deepEqual(driver.picture(), before);
});

test('operations: rerun refused: while it runs, or while what follows runs', () => {
  const driver = new SessionDriver(
    net([...chain, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  assert.equal(
    refusalOf(driver, 'rerun', 'a'),
    'Unit "a" of session 7 cannot be rerun: it is running; stop it, or wait for its end.',
  );
  assert.equal(
    refusalOf(driver, 'rerun'),
    'Session 7 cannot be rerun: it is running; stop it, or wait for its end.',
  );
  driver.end('a', { exitCode: 1 });
  assert.equal(
    refusalOf(driver, 'rerun', 'a'),
    'Unit "a" of session 7 cannot be rerun: "mend" that follows it is active; stop that, or wait for its end.',
  );
});

test('operations: hold and release: a held unit waits, a release lets it go', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('hold', 'b');
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'held', c: 'waiting' });
  assert.equal(driver.unit('b').reason, 'Held by admin.');
  driver.operate('release', 'b');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'starting', c: 'waiting' });
});

test('operations: skip of a waiting unit: passed over when its turn comes, not before', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('skip', 'b');
  assert.deepEqual(driver.states(), { a: 'starting', b: 'skipped', c: 'waiting' });
  assert.deepEqual(allowedOperations(driver.session, 'b'), ['release']);
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'skipped:normal', c: 'starting' });
});

test('operations: skip of a failed unit: mended by hand, what follows runs', () => {
  const driver = new SessionDriver(net(chain));
  driver.end('a', { exitCode: 1 });
  driver.operate('skip', 'a');
  assert.deepEqual(driver.states(), { a: 'skipped:normal', b: 'starting', c: 'waiting' });
  assert.equal(driver.session.endStatus, 'normal');
});

test('operations: a net in one go: skip passes over all inside, hold keeps all waiting', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'true' },
      { name: 'loads', after: ['a'], units: chain },
      { name: 'z', command: 'true', after: ['loads'] },
    ]),
  );
  driver.operate('hold', 'loads');
  driver.end('a');
  assert.equal(driver.states()['loads/a'], 'waiting');
  driver.operate('skip', 'loads');
  assert.deepEqual(driver.states(), {
    a: 'ended:normal',
    loads: 'skipped:normal',
    'loads/a': 'skipped:normal',
    'loads/b': 'skipped:normal',
    'loads/c': 'skipped:normal',
    z: 'starting',
  });
});

test('operations: a unit that is not there: not found, with a suggestion', () => {
  const driver = new SessionDriver(net([{ name: 'extract', command: 'true' }]));
  const result = driver.operate('stop', 'extrakt');
  assert.ok(
    !result.ok && result.code === 'not_found' && result.detail.message.includes('did you mean "extract"?'),
  );
  assert.equal(refusalOf(driver, 'hold'), 'Session 7 cannot be held: this operation needs a unit.');
});

test('view: a session page: units with edges, attempts newest first, operations allowed now', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'true', title: 'Extract', position: { x: 1, y: 2 } },
      { name: 'b', command: 'true', after: { any: [{ unit: 'a', on: ['normal'] }] } },
    ]),
  );
  driver.end('a', { exitCode: 1 });
  driver.operate('rerun', 'a');
  const view = viewSession(driver.session);
  assert.deepEqual(
    { state: view.state, operations: view.operations, counts: view.unitCounts },
    {
      state: 'running',
      operations: ['stop', 'kill', 'interrupt', 'suspend'],
      counts: { waiting: 1, starting: 1 },
    },
  );
  const [a, b] = view.units;
  assert.deepEqual(
    a?.attempts.map(({ id, exitCode }) => [id, exitCode]),
    [
      ['7-abc123-1.2.0.1', null],
      ['7-abc123-1.1.0.1', 1],
    ],
  );
  assert.deepEqual([a.title, a.position, a.parent, a.run], ['Extract', { x: 1, y: 2 }, null, 2]);
  assert.deepEqual(b?.after, { mode: 'any', edges: [{ unit: 'a', on: ['normal'] }] });
  assert.deepEqual(viewUnit(driver.session, 'b'), b);
  assert.equal(viewUnit(driver.session, 'nowhere'), null);
  const { units: _units, parameters: _parameters, operations: _operations, ...summary } = view;
  assert.deepEqual(summariseSession(driver.session), summary);
});

test('view: many nodes and runs: the newest attempt of each node comes first, twenty in all', () => {
  const scopes = { web: Array.from({ length: 15 }, (_, index) => `n${index}`) };
  const nodes = new Map(scopes.web.map((name) => [name, { connected: true }]));
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', target: { scope: 'web' } }]), {
    inventory: { nodes, scopes: new Map(Object.entries(scopes)) },
  });
  for (const node of scopes.web) driver.end('a', { exitCode: 1 }, node);
  driver.operate('rerun', 'a');
  const attempts = viewUnit(driver.session, 'a')?.attempts ?? [];
  assert.deepEqual(
    attempts.map(({ run }) => run),
    [...Array.from({ length: 15 }, () => 2), ...Array.from({ length: 5 }, () => 1)],
  );
});
