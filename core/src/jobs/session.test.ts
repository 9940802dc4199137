// Sessions by example: what one sentence of the rules says, one test shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptOrderSchema } from '@nezuban/protocol/agent/link';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import type { SessionId } from '@nezuban/protocol/ids';
import { say } from '@nezuban/protocol/sentences/sentence';
import { inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import { unfinishedEffects } from './apply-session.ts';
import { planSession } from './plan-session.ts';
import { inputOfReceipt } from './session-inputs.ts';

const a = { name: 'a', command: 'true' };
const b = { name: 'b', command: 'true', after: ['a'] };
const two = [a, b];

test('session: planned: starts what waits for nothing and says so', () => {
  const driver = new SessionDriver(net(two));
  assert.deepEqual(driver.states(), { a: 'starting', b: 'waiting' });
  assert.deepEqual(driver.dispatched, ['7-abc123-1.1.0.1']);
  const [event] = driver.events();
  assert.equal(event?.code, 'session_started');
  assert.equal(event.message, 'Session 7 of night/run was started by admin.');
});

test('session: a unit with a warning: what follows runs, and the session ends with the warning', () => {
  const driver = new SessionDriver(
    net([{ name: 'a', command: 'true', exit_codes: { normal: '0', warning: '1-9' } }, b]),
  );
  driver.end('a', { exitCode: 4 });
  driver.end('b');
  assert.deepEqual(driver.states(), { a: 'ended:warning', b: 'ended:normal' });
  const ended = driver.events().find((event) => event.code === 'session_ended');
  assert.equal(ended?.priority, 'warning');
  assert.equal(driver.session.endStatus, 'warning');
});

test('session: a unit fails: what follows is not run, a branch for the failure is, and the failure still counts', () => {
  const driver = new SessionDriver(
    net([...two, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  driver.end('a', { exitCode: 3 });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'not_run', mend: 'starting' });
  assert.equal(driver.unit('b').reason, 'Its condition cannot hold: "a" ended abnormal.');
  driver.end('mend');
  assert.equal(driver.session.endStatus, 'abnormal');
  assert.deepEqual(
    driver.events().map(({ code, priority }) => [code, priority]),
    [
      ['session_started', 'info'],
      ['unit_ended', 'critical'],
      ['session_ended', 'critical'],
    ],
  );
  assert.equal(
    driver.events()[1]?.message,
    'Unit "a" of session 7 (night/run) ended abnormally: Exit code 3 on web1.',
  );
});

test('session: an unknown result: fires no plain edge, is not tried again, and outranks a warning only', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'true', retry: { count: 3 } },
      b,
      { name: 'c', command: 'true', exit_codes: { normal: '0', warning: '1' } },
    ]),
  );
  driver.must({ type: 'attemptUnknown', attemptId: driver.openAttempt('a').id, reason: 'the waiter died' });
  driver.end('c', { exitCode: 1 });
  assert.deepEqual(driver.states(), { a: 'ended:unknown', b: 'not_run', c: 'ended:warning' });
  assert.equal(driver.session.endStatus, 'unknown');
  assert.deepEqual(driver.dispatched.length, 2);
  assert.ok(
    driver
      .events()
      .some((event) => event.code === 'attempt_unknown' && event.message.includes('the waiter died')),
  );
});

test('session: ways to end badly: each is abnormal and says why', () => {
  const cases = [
    [{ signal: 'SIGKILL' }, 'Ended by SIGKILL on web1.'],
    [{ timedOut: true, signal: 'SIGTERM' }, 'Ended because it ran into its timeout on web1.'],
    [{ timedOut: true, exitCode: 0 }, 'Exit code 0, ended because it ran into its timeout on web1.'],
    [{ startError: 'no such directory /data' }, 'Could not be started: no such directory /data on web1.'],
    [
      { exitCode: 7, leftovers: [{ pid: 9, command: 'sleep' }] },
      'Exit code 7, 1 of its processes still ran afterwards (9 sleep) on web1.',
    ],
  ] as const;
  for (const [options, reason] of cases) {
    const driver = new SessionDriver(net([{ name: 'a', command: 'true' }]));
    driver.end('a', options);
    assert.deepEqual([driver.unit('a').endStatus, driver.unit('a').reason], ['abnormal', reason]);
  }
});

test('session: a command ends normally and leaves processes behind: named in an event, the end stays normal', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true' }]));
  driver.end('a', {
    exitCode: 0,
    leftovers: [
      { pid: 9, command: 'tail -f log' },
      { pid: 12, command: '[kthreadd]' },
    ],
  });
  assert.equal(driver.unit('a').endStatus, 'normal');
  const told = driver.events().find(({ code }) => code === 'attempt_leftovers');
  assert.match(
    told?.message ?? '',
    /has ended, but 2 of its processes still ran afterwards \(9 tail -f log, 12 \[kthreadd\]\)\./,
  );
  assert.equal(told?.node, 'web1');
  assert.equal(told?.details['leftovers'], '9 tail -f log\n12 [kthreadd]');
});

test('session: order of an attempt: parameters, what Nezuban adds, then the unit on top', () => {
  const unit = {
    name: 'a',
    command: ['/bin/echo', 'x'],
    environment: { DAY: 'own', X: '1' },
    user: 'batch',
    umask: '022',
    timeout_s: 1.5,
    kill_after_s: 2,
    working_directory: '/data',
  };
  const driver = new SessionDriver(
    net([{ name: 'inner', units: [unit] }], {
      parameters: [{ name: 'DAY' }, { name: 'MODE', default: 'full' }],
    }),
    { parameters: { DAY: '2026-01-01' } },
  );
  const [dispatch] = driver.effects.filter((effect) => effect.type === 'dispatch');
  assert.deepEqual(dispatch?.order, {
    attemptId: '7-abc123-2.1.0.1',
    command: ['/bin/echo', 'x'],
    workingDirectory: '/data',
    user: 'batch',
    umask: '022',
    timeoutMs: 1500,
    killAfterMs: 2000,
    outputBytesMax: 1024 * 1024,
    environment: {
      DAY: 'own',
      MODE: 'full',
      NEZUBAN_SESSION_ID: '7',
      NEZUBAN_NET: 'night/run',
      NEZUBAN_UNIT: 'inner/a',
      NEZUBAN_RUN: '1',
      NEZUBAN_TRY: '1',
      X: '1',
    },
  });
  attemptOrderSchema.parse(dispatch.order);
  attemptIdSchema.parse(dispatch.attemptId);
});

test('session: parameters: one without a value, one not declared and one with NUL are refused, each by name', () => {
  const definition = net(two, { parameters: [{ name: 'DAY' }, { name: 'MODE', default: 'full' }] });
  const request = {
    definition,
    sessionId: 1 as SessionId,
    nonce: 'abc123',
    trigger: { type: 'manual', user: 'x' } as const,
  };
  const result = planSession(
    { ...request, parameters: { MODES: 'x', MODE: 'a\0b' } },
    { now: 0, inventory: inventoryOf({}) },
  );
  assert.ok(!result.ok);
  assert.equal(result.code, 'missing_parameter');
  assert.deepEqual(result.issues, [
    { path: 'parameters.DAY', ...say('needs_a_value_no_default', { name: 'DAY' }) },
    { path: 'parameters.MODE', ...say('text_without_nul') },
    {
      path: 'parameters.MODES',
      ...say('no_parameter', { name: 'MODES', hint: { code: 'did_you_mean', values: { name: 'MODE' } } }),
    },
  ]);
});

test('session: retry with a delay: waits, asks to be woken, and tries again under a new id', () => {
  const driver = new SessionDriver(net([{ name: 'a', command: 'true', retry: { count: 1, delay_s: 60 } }]));
  const effects = driver.end('a', { exitCode: 1 });
  assert.deepEqual(effects, [{ type: 'wakeAt', at: driver.now + 60_000 }]);
  assert.equal(driver.unit('a').reason, 'Try 1 of 2 failed: Exit code 1 on web1.');
  driver.now += 59_999;
  assert.deepEqual(driver.must({ type: 'timeReached' }), []);
  driver.restart();
  assert.deepEqual(unfinishedEffects(driver.session), [{ type: 'wakeAt', at: driver.now + 1 }]);
  driver.now += 1;
  driver.must({ type: 'timeReached' });
  assert.deepEqual(driver.dispatched, ['7-abc123-1.1.0.1', '7-abc123-1.1.0.2']);
  driver.end('a', { exitCode: 1 });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal' });
});

test('session: retry on warning only: an abnormal end is final', () => {
  const unit = {
    name: 'a',
    command: 'true',
    exit_codes: { normal: '0', warning: '1' },
    retry: { count: 5, on: ['warning'] },
  };
  const driver = new SessionDriver(net([unit]));
  driver.end('a', { exitCode: 1 });
  assert.equal(driver.dispatched.length, 2);
  driver.end('a', { exitCode: 2 });
  assert.deepEqual(driver.states(), { a: 'ended:abnormal' });
});

test('session: scope, all: an attempt on each node, only failed nodes are tried again, the worst counts', () => {
  const inventory = inventoryOf({ web1: true, web2: false, web3: true }, { web: ['web1', 'web2', 'web3'] });
  const driver = new SessionDriver(
    net([{ name: 'a', command: 'true', target: { scope: 'web' }, retry: { count: 1 } }]),
    { inventory },
  );
  assert.deepEqual(driver.dispatched, ['7-abc123-1.1.0.1', '7-abc123-1.1.1.1', '7-abc123-1.1.2.1']);
  driver.end('a', {}, 'web1');
  driver.end('a', { exitCode: 1 }, 'web2');
  assert.deepEqual(driver.states(), { a: 'running' });
  driver.end('a', {}, 'web3');
  assert.deepEqual(driver.dispatched.slice(3), ['7-abc123-1.1.1.2']);
  driver.end('a', { exitCode: 1 }, 'web2');
  assert.equal(driver.unit('a').reason, '1 of 3 nodes: exit code 1 on web2.');
});

test('session: scope, any: the first connected node, another one when it is tried again', () => {
  const scopes = { web: ['web1', 'web2'] };
  const definition = net([
    { name: 'a', command: 'true', target: { scope: 'web', mode: 'any' }, retry: { count: 2 } },
  ]);
  const driver = new SessionDriver(definition, {
    inventory: inventoryOf({ web1: false, web2: true }, scopes),
  });
  assert.equal(driver.openAttempt('a').node, 'web2');
  driver.inventory = inventoryOf({ web1: true, web2: false }, scopes);
  driver.end('a', { exitCode: 1 });
  assert.equal(driver.openAttempt('a').node, 'web1');
  driver.inventory = inventoryOf({ web1: false, web2: false }, scopes);
  driver.end('a', { exitCode: 1 });
  assert.equal(driver.openAttempt('a').node, 'web1', 'with no node connected it waits for the same one');
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal' });
});

test('session: nowhere to run: the unit ends abnormally, says why, and the session ends', () => {
  const targets = [
    [{ node: 'web9' }, 'There is no node "web9".'],
    [{ scope: 'db' }, 'There is no scope "db".'],
    [{ scope: 'empty' }, 'Scope "empty" holds no node.'],
    [{ scope: 'down', mode: 'any' }, 'No node of scope "down" is connected (1 in it).'],
  ] as const;
  for (const [target, reason] of targets) {
    const driver = new SessionDriver(net([{ name: 'a', command: 'true', target }]), {
      inventory: inventoryOf({ off: false }, { empty: [], down: ['off'] }),
    });
    assert.deepEqual(
      [driver.states(), driver.unit('a').reason, driver.dispatched],
      [{ a: 'ended:abnormal' }, reason, []],
    );
    assert.deepEqual(
      driver.events().map(({ code }) => code),
      ['session_started', 'unit_ended', 'session_ended'],
    );
  }
});

test('session: refused by the agent: abnormal with its reason; after our own cancel no event', () => {
  const driver = new SessionDriver(net(two));
  driver.must({
    type: 'attemptRefused',
    attemptId: driver.openAttempt('a').id,
    code: 'user_unknown',
    reason: 'there is no user "batch"',
  });
  assert.equal(driver.unit('a').reason, 'Refused (there is no user "batch") on web1.');
  assert.ok(driver.events().some((event) => event.code === 'attempt_refused'));
  const stopped = new SessionDriver(net(two));
  stopped.operate('stop');
  stopped.must({
    type: 'attemptRefused',
    attemptId: stopped.openAttempt('a').id,
    code: 'cancelled',
    reason: 'cancelled before it began',
  });
  assert.ok(!stopped.events().some((event) => event.code === 'attempt_refused'));
  assert.deepEqual(stopped.states(), { a: 'ended:abnormal', b: 'stopped' });
});

test('session: reports out of order: an attempt never moves backwards', () => {
  const driver = new SessionDriver(net([a]));
  const { id } = driver.openAttempt('a');
  driver.end('a', { exitCode: 0 });
  for (const input of [
    { type: 'attemptAccepted', attemptId: id },
    { type: 'attemptStarted', attemptId: id, pid: 1, startedAt: 0 },
    { type: 'attemptUnknown', attemptId: id, reason: 'late' },
  ] as const) {
    assert.deepEqual(driver.apply(input), { ok: true, changed: false, effects: [] });
  }
  assert.equal(driver.session.attempts.get(id)?.state, 'ended');
});

test('session: report about an attempt it does not know: nothing comes of it', () => {
  const driver = new SessionDriver(net([a]));
  const attemptId = attemptIdSchema.parse('7-abc123-9.1.0.1');
  assert.deepEqual(driver.apply({ type: 'attemptAccepted', attemptId }), {
    ok: true,
    changed: false,
    effects: [],
  });
});

test('session: receipts of agents: become inputs with times as numbers', () => {
  const attemptId = attemptIdSchema.parse('7-abc123-1.1.0.1');
  const base = { seq: 1, attemptId, at: '2026-01-01T00:00:00.000Z' };
  assert.deepEqual(
    inputOfReceipt({ ...base, state: 'running', pid: 3, startedAt: '1970-01-01T00:00:01.000Z' }),
    { type: 'attemptStarted', attemptId, pid: 3, startedAt: 1000 },
  );
  const ended = inputOfReceipt({
    ...base,
    state: 'ended',
    exitCode: 0,
    signal: null,
    startError: null,
    timedOut: false,
    cancelled: false,
    pid: 3,
    startedAt: null,
    endedAt: '1970-01-01T00:00:02.000Z',
    stdoutBytes: 1,
    stderrBytes: 2,
    droppedBytes: 0,
    leftovers: [],
  });
  assert.ok(
    ended.type === 'attemptEnded' && ended.endedAt === 2000 && ended.startedAt === null && !('seq' in ended),
  );
});

test('session: a chain of 20,000 units whose first fails: settled at once, without a deep stack', () => {
  const units = Array.from({ length: 20_000 }, (_, index) => ({
    name: `u${index}`,
    command: 'true',
    ...(index === 0 ? {} : { after: [`u${index - 1}`] }),
  }));
  const driver = new SessionDriver(net(units));
  driver.end('u0', { exitCode: 1 });
  assert.equal(driver.session.unitCounts.not_run, 19_999);
  assert.equal(driver.session.units[0]?.state, 'ended');
});
