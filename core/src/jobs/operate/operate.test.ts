// The further operations by example: kinds of rerun, pauses, kill, results set by hand; and what each refuses.
// That they agree with a simple model in every mixture is the proof's work (testing/proof).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, endInput, net, SessionDriver } from '../../testing/session-driver.ts';
import { nextWakeAt, unfinishedEffects } from '../apply-session.ts';
import { allowedOperations } from '../operation-check.ts';
import { sessionRow } from '../session-rows.ts';
import { viewSession, viewUnit } from '../session-view.ts';

const chain = [
  { name: 'a', command: 'true' },
  { name: 'b', command: 'true', after: ['a'] },
  { name: 'c', command: 'true', after: ['b'] },
];
const twoNodes = { inventory: inventoryOf({ web1: true, web2: false }, { web: ['web1', 'web2'] }) };

function refusalOf(driver: SessionDriver, ...operation: Parameters<SessionDriver['operate']>): string {
  const result = driver.operate(...operation);
  assert.ok(!result.ok, 'it is refused');
  return result.detail.message;
}

test('rerun of a unit whose condition cannot hold: it runs all the same, for it was asked for by name', () => {
  const driver = new SessionDriver(net(chain));
  driver.end('a', { exitCode: 1 });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'not_run', c: 'not_run' });
  driver.operate('rerun', 'b');
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'starting', c: 'waiting' });
  driver.restart();
  driver.end('b');
  driver.end('c');
  assert.equal(sessionRow(driver.session).endStatus, 'abnormal', 'the failure before it still counts');
});

test('rerun of one unit alone: what follows stays as it is, ended or not', () => {
  const driver = new SessionDriver(net(chain));
  driver.end('a');
  driver.end('b', { exitCode: 1 });
  driver.operate('rerun_only', 'b');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'starting', c: 'not_run' });
  driver.end('b');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'ended:normal', c: 'not_run' });
  assert.deepEqual([sessionRow(driver.session).state, driver.session.endStatus], ['ended', 'normal']);
});

test('rerun of what follows a unit: it goes on as if the unit had ended normally, which keeps its result', () => {
  const driver = new SessionDriver(
    net([...chain, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  driver.end('a', { exitCode: 1 });
  driver.end('mend');
  driver.operate('rerun_next', 'a');
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'starting', c: 'waiting', mend: 'not_run' });
  driver.restart();
  driver.end('b');
  driver.end('c');
  assert.equal(driver.session.endStatus, 'abnormal');
});

test('rerun with the old result as a warning: the session is no longer abnormal because of it, and says who took it so', () => {
  const driver = new SessionDriver(net(chain));
  driver.end('a', { exitCode: 1 });
  driver.operate('rerun_next', 'a', { oldAsWarning: true, reason: 'loaded by hand' });
  assert.equal(
    driver.unit('a').reason,
    'Was abnormal, counts as a warning since a rerun by admin: loaded by hand. Exit code 1 on web1.',
  );
  driver.end('b');
  driver.end('c');
  assert.equal(driver.session.endStatus, 'warning');
  assert.equal(viewUnit(driver.session, 'a')?.asWarning?.by, 'admin');
});

test('rerun with hold: what begins again is held first; a whole session begins suspended', () => {
  const driver = new SessionDriver(net(chain));
  driver.end('a', { exitCode: 1 });
  driver.operate('rerun', 'a', { hold: true });
  assert.deepEqual(driver.states(), { a: 'held', b: 'waiting', c: 'waiting' });
  driver.operate('skip', 'a');
  driver.end('b', { exitCode: 1 });
  driver.operate('rerun', undefined, { hold: true });
  assert.deepEqual(driver.states(), { a: 'waiting', b: 'waiting', c: 'waiting' });
  assert.equal(viewSession(driver.session).paused?.kind, 'suspended');
  driver.operate('release');
  assert.deepEqual(driver.states(), { a: 'starting', b: 'waiting', c: 'waiting' });
});

test('reruns of a session: from what failed, behind it, its nets, and what ended with a warning', () => {
  const build = (): SessionDriver => {
    const driver = new SessionDriver(
      net([
        {
          name: 'loads',
          units: [
            { name: 'x', command: 'true' },
            { name: 'y', command: 'true', after: ['x'] },
            { name: 'z', command: 'true' },
          ],
        },
        { name: 'w', command: 'true', exit_codes: { normal: '0', warning: '1' } },
        { name: 'report', command: 'true', after: ['loads', 'w'] },
      ]),
    );
    driver.end('loads/z');
    driver.end('w', { exitCode: 1 });
    driver.end('loads/x', { exitCode: 1 });
    return driver;
  };
  const after = (
    operation: 'rerun_failed' | 'rerun_failed_nets' | 'rerun_after_failed' | 'rerun_warnings',
  ) => {
    const driver = build();
    assert.ok(driver.operate(operation).ok);
    return driver.states();
  };
  const common = { 'loads/z': 'ended:normal', w: 'ended:warning' };
  assert.deepEqual(after('rerun_failed'), {
    ...common,
    loads: 'running',
    'loads/x': 'starting',
    'loads/y': 'waiting',
    report: 'waiting',
  });
  assert.deepEqual(after('rerun_failed_nets'), {
    ...common,
    loads: 'running',
    'loads/x': 'starting',
    'loads/y': 'waiting',
    'loads/z': 'starting',
    report: 'waiting',
  });
  assert.deepEqual(after('rerun_after_failed'), {
    ...common,
    loads: 'running',
    'loads/x': 'ended:abnormal',
    'loads/y': 'starting',
    report: 'waiting',
  });
  assert.deepEqual(after('rerun_warnings'), {
    loads: 'ended:abnormal',
    'loads/x': 'ended:abnormal',
    'loads/y': 'not_run',
    'loads/z': 'ended:normal',
    w: 'starting',
    report: 'not_run',
  });
});

test('suspend: what runs goes on, nothing new starts, nothing ends by itself; release goes on', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('suspend', undefined, { reason: 'the plan changes' });
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'waiting', c: 'waiting' });
  driver.restart();
  const view = viewSession(driver.session);
  assert.deepEqual(
    [view.state, view.paused],
    ['running', { kind: 'suspended', by: 'admin', at: view.paused?.at, reason: 'the plan changes' }],
  );
  assert.deepEqual(view.operations, ['stop', 'kill', 'interrupt', 'release', 'take_definition']);
  driver.operate('release');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'starting', c: 'waiting' });
  assert.deepEqual(
    driver.events().map(({ code }) => code),
    ['session_started', 'session_suspended', 'session_released'],
  );
});

test('suspend of a net: the others go on; the net waits with its next try too', () => {
  const driver = new SessionDriver(
    net([
      { name: 'loads', units: [{ name: 'x', command: 'true', retry: { count: 1, delay_s: 10 } }] },
      ...chain,
    ]),
  );
  driver.operate('suspend', 'loads');
  driver.end('loads/x', { exitCode: 1 });
  driver.end('a');
  driver.now += 60_000;
  driver.must({ type: 'timeReached' });
  assert.equal(driver.states()['loads/x'], 'retry_wait');
  assert.equal(driver.states()['b'], 'starting');
  assert.equal(nextWakeAt(driver.session), null, 'nobody is woken for nothing');
  const released = driver.operate('release', 'loads');
  assert.ok(released.ok && released.effects.some((effect) => effect.type === 'wakeAt'));
  driver.must({ type: 'timeReached' });
  assert.equal(driver.states()['loads/x'], 'starting');
});

test('interrupt: the session ends as stopped once what runs has ended, and can be released before', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('interrupt', undefined, { reason: 'the disk fills' });
  assert.equal(sessionRow(driver.session).state, 'stopping');
  driver.operate('release');
  assert.equal(sessionRow(driver.session).state, 'running');
  driver.operate('interrupt');
  driver.restart();
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'stopped', c: 'stopped' });
  assert.deepEqual([sessionRow(driver.session).state, driver.session.endStatus], ['stopped', 'abnormal']);
  driver.operate('rerun_failed');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'starting', c: 'waiting' });
});

test('interrupt while nothing runs: ends at once, also what waits for its next try', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', retry: { count: 1, delay_s: 60 } }]));
  driver.end('a', { exitCode: 1 });
  driver.operate('interrupt');
  assert.deepEqual(driver.states(), { a: 'ended:abnormal' });
  assert.equal(sessionRow(driver.session).state, 'stopped');
});

test('kill: a cancel without grace, also after a stop and after a restart', () => {
  const driver = new SessionDriver(net(chain));
  driver.operate('stop');
  const killed = driver.operate('kill');
  assert.deepEqual(killed.ok && killed.effects.filter((effect) => effect.type === 'cancel'), [
    { type: 'cancel', attemptId: '7-abc123-1.1.0.1', node: 'web1', killAfterMs: 0 },
  ]);
  driver.restart();
  assert.deepEqual(unfinishedEffects(driver.session), [
    { type: 'cancel', attemptId: '7-abc123-1.1.0.1', node: 'web1', killAfterMs: 0 },
  ]);
  const other = new SessionDriver(net(chain));
  const direct = other.operate('kill', 'a');
  assert.deepEqual(
    direct.ok && direct.effects.flatMap((effect) => (effect.type === 'cancel' ? effect.killAfterMs : [])),
    [0],
    'one cancel, not one with grace and one without',
  );
});

test('set status of a failed unit: what had been ruled out gets its turn, what has run stays', () => {
  const driver = new SessionDriver(
    net([...chain, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  driver.end('a', { exitCode: 1 });
  driver.end('mend');
  assert.equal(sessionRow(driver.session).state, 'ended');
  driver.operate('set_status', 'a', { status: 'normal', reason: 'checked' });
  assert.deepEqual(driver.states(), {
    a: 'ended:normal',
    b: 'starting',
    c: 'waiting',
    mend: 'ended:normal',
  });
  assert.equal(driver.unit('a').reason, 'Set to normal by admin: checked; it was abnormal.');
  driver.restart();
  driver.end('b');
  driver.end('c');
  assert.equal(driver.session.endStatus, 'normal');
  assert.equal(driver.dispatched.length, 4, 'nothing has run twice');
});

test('set status by an exit code: judged by the exit codes of the unit', () => {
  const driver = new SessionDriver(
    net([{ name: 'a', command: 'true', exit_codes: { normal: '0', warning: '1-4' } }]),
  );
  driver.end('a', { exitCode: 9 });
  const { endedAt } = driver.unit('a');
  driver.now += 60_000;
  driver.operate('set_status', 'a', { exitCode: 3 });
  assert.equal(driver.unit('a').endedAt, endedAt, 'how long it took does not depend on who looks when');
  assert.deepEqual(driver.states(), { a: 'ended:warning' });
  assert.equal(driver.session.endStatus, 'warning');
  assert.equal(
    driver.events().at(-1)?.message,
    'Unit "a" of session 7 (night/run) was set to warning by admin; it was abnormal.',
  );
});

test('set status in a net that has ended: the net takes the new result over, and what follows the net gets its turn', () => {
  const driver = new SessionDriver(
    net([
      { name: 'loads', units: [{ name: 'x', command: 'true' }] },
      { name: 'report', command: 'true', after: ['loads'] },
    ]),
  );
  driver.end('loads/x', { exitCode: 1 });
  assert.equal(driver.states()['report'], 'not_run');
  driver.operate('set_status', 'loads/x', { status: 'skipped' });
  assert.deepEqual(driver.states(), {
    loads: 'ended:normal',
    'loads/x': 'skipped:normal',
    report: 'starting',
  });
});

test('set status while the agent is away: closes its attempts; what the agent says later is noted once and changes nothing', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', target: { node: 'web2' } }]), twoNodes);
  const { id } = driver.openAttempt('a');
  driver.must({ type: 'attemptAccepted', attemptId: id });
  driver.must({ type: 'attemptStarted', attemptId: id, pid: 7, startedAt: driver.now });
  driver.operate('set_status', 'a', { status: 'normal', reason: 'the file is there' });
  assert.deepEqual(driver.states(), { a: 'ended:normal' });
  driver.restart();
  const late = driver.must(endInput(id, { exitCode: 3 }, driver.now));
  assert.deepEqual(
    late.map((effect) => effect.type === 'event' && effect.message),
    [
      'The agent of web2 says of attempt 7-abc123-1.1.0.1 of unit "a", which admin had closed as normal: exit code 3. Nothing was changed.',
    ],
  );
  driver.restart();
  assert.deepEqual(driver.must(endInput(id, { exitCode: 3 }, driver.now)), []);
  assert.deepEqual(driver.states(), { a: 'ended:normal' });
  assert.equal(viewUnit(driver.session, 'a')?.attempts[0]?.byHand?.late, 'exit code 3');
});

test('set status of an attempt that no agent has seen: its order is taken back', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', target: { node: 'web2' } }]), twoNodes);
  const result = driver.operate('set_status', 'a', { status: 'unknown' });
  const cancels = result.ok ? result.effects.filter((effect) => effect.type === 'cancel') : [];
  assert.equal(cancels.length, 1);
  driver.restart();
  assert.deepEqual(
    unfinishedEffects(driver.session),
    cancels,
    'wanted until the agent says what became of it',
  );
  const { id } = driver.unit('a').attempts[0] ?? { id: '' as never };
  const said = driver.must({ type: 'attemptRefused', attemptId: id, code: 'cancelled', reason: 'cancelled' });
  assert.deepEqual(said, [], 'as it was to be: no news');
  driver.restart();
  assert.deepEqual(unfinishedEffects(driver.session), []);
});

test('set status while a net around is being stopped: nothing gets its turn because of it, and the stop comes to its end', () => {
  const driver = new SessionDriver(
    net([
      {
        name: 'inner',
        units: [
          { name: 'a', command: 'true' },
          { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] },
        ],
      },
      { name: 'other', command: 'true' },
    ]),
  );
  driver.end('inner/a');
  assert.equal(driver.states()['inner/mend'], 'not_run');
  driver.operate('stop');
  driver.operate('set_status', 'inner/a', { status: 'abnormal' });
  assert.equal(driver.states()['inner/mend'], 'not_run');
  driver.end('other', { exitCode: 1 });
  assert.equal(sessionRow(driver.session).state, 'stopped');
});

test('set status refused: while it waits, while an agent has it, of nets, and without a status', () => {
  const driver = new SessionDriver(net([{ name: 'loads', units: chain }]));
  assert.equal(
    refusalOf(driver, 'set_status', 'loads/b', { status: 'normal' }),
    'Unit "loads/b" of session 7 cannot be set to another result: it waits; skip it if it is not to run.',
  );
  assert.equal(
    refusalOf(driver, 'set_status', 'loads/a', { status: 'normal' }),
    'Unit "loads/a" of session 7 cannot be set to another result: its command is with the agent of "web1", which is connected; stop or kill it.',
  );
  driver.end('loads/a', { exitCode: 1 });
  assert.match(refusalOf(driver, 'set_status', 'loads', { status: 'normal' }), /follows from its units/);
  assert.match(refusalOf(driver, 'set_status', 'loads/a'), /it needs a status/);
  assert.match(refusalOf(driver, 'stop', 'loads/a', { status: 'normal' }), /it has ended already/);
});

test('operations: places: some are for sessions, some for units', () => {
  const driver = new SessionDriver(net(chain));
  assert.match(refusalOf(driver, 'interrupt', 'a'), /this operation is for the whole session/);
  assert.match(refusalOf(driver, 'hold'), /this operation needs a unit/);
  assert.match(refusalOf(driver, 'suspend', 'a'), /it is running; stop it/);
  assert.match(refusalOf(driver, 'rerun_failed'), /no unit of it failed/);
  assert.deepEqual(allowedOperations(driver.session, 'b'), ['hold', 'skip']);
});

test('hold of a net that goes on and stands in a queue: refused, for it has begun, and only what is left of it is to run', () => {
  const driver = new SessionDriver(
    net([
      {
        name: 'n',
        locks: [{ name: 'l' }],
        delays: { start: { after_s: 60, do: 'skip' } },
        units: [
          { name: 'a', command: 'true' },
          { name: 'b', command: 'true', after: ['a'] },
        ],
      },
    ]),
  );
  const admit = () => driver.must({ type: 'admitted', unit: driver.unit('n').unit.index, node: null });
  admit();
  driver.end('n/a');
  driver.end('n/b', { exitCode: 1 });
  assert.equal(driver.session.endStatus, 'abnormal');
  assert.ok(driver.operate('rerun', 'n/b').ok);
  assert.equal(driver.unit('n').state, 'queued');
  assert.match(refusalOf(driver, 'hold', 'n'), /it has begun already and waits for its places/);
  driver.restart();
  assert.match(refusalOf(driver, 'hold', 'n'), /it has begun already and waits for its places/);
  driver.now += 3_600_000;
  driver.must({ type: 'timeReached' });
  assert.equal(driver.unit('n').state, 'queued', 'nor is its start late: it has started');
  assert.ok(driver.operate('suspend').ok);
  admit();
  assert.equal(driver.unit('n').state, 'waiting');
  assert.match(refusalOf(driver, 'hold', 'n'), /it has begun already and waits for its places/);
  assert.ok(driver.operate('release').ok);
  admit();
  assert.equal(driver.unit('n/b').state, 'starting');
});
