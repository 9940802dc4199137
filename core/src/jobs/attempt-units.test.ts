// Units with attempts that are no plain commands: orders of tools, ends that are read by type, watches that are begun again, retries by exit
// code, soft timeouts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentSaidReceived } from '@nezuban/protocol/agent/agent-said';
import { say, sentenceIn, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { saidInRow } from './reasons.ts';
import { inputOfReceipt, type SessionEffect } from './session-inputs.ts';
import { endInput, inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';

const watch = { name: 'w', type: 'file_watch', path: '/in/a' };
type Dispatch = Extract<SessionEffect, { type: 'dispatch' }>;
const dispatches = (driver: SessionDriver): Dispatch[] =>
  driver.effects.filter((effect) => effect.type === 'dispatch');
const started = (driver: SessionDriver, path: string): void =>
  void driver.must({
    type: 'attemptStarted',
    attemptId: driver.openAttempt(path).id,
    pid: 1,
    startedAt: driver.now,
  });
const lose = (driver: SessionDriver, path: string): void =>
  void driver.must({
    type: 'attemptUnknown',
    attemptId: driver.openAttempt(path).id,
    reason: 'the host restarted',
  });

test('watch: its result unknown: begun again on the same node, with the rest of its time and what it has missed', () => {
  const driver = new SessionDriver(net([{ ...watch, timeout_s: 100, already_there: 'ignored' }]));
  started(driver, 'w');
  const first = driver.now;
  driver.now += 60_000;
  lose(driver, 'w');
  assert.deepEqual(driver.states(), { w: 'starting' });
  const [before, again] = dispatches(driver);
  assert.equal(before?.order.tool?.input['sinceMs'], undefined);
  assert.deepEqual(
    [
      again?.node,
      again?.order.tool?.name,
      again?.order.tool?.input['timeoutMs'],
      again?.order.tool?.input['sinceMs'],
    ],
    ['web1', 'file_watch', 40_000, first],
  );
  assert.match(String(again?.attemptId), /\.2$/);
  const event = driver.events().find(({ code }) => code === 'attempt_unknown');
  assert.equal(event?.priority, 'warning');
  assert.match(event?.message ?? '', /begun again/);
  driver.end('w', { exitCode: 0 });
  assert.deepEqual(driver.states(), { w: 'ended:normal' });
});

test('watch: unknown again and again: ends after twenty repeats', () => {
  const driver = new SessionDriver(net([watch]));
  let repeats = 0;
  while (driver.unit('w').state !== 'ended') {
    lose(driver, 'w');
    repeats += 1;
    assert.ok(repeats < 50);
  }
  assert.deepEqual([repeats, driver.states()], [21, { w: 'ended:unknown' }]);
});

test('watch: unknown while it is stopped: ends', () => {
  const driver = new SessionDriver(net([watch]));
  started(driver, 'w');
  driver.operate('stop', 'w');
  lose(driver, 'w');
  assert.deepEqual(driver.states(), { w: 'ended:unknown' });
});

test('watch: repeats do not use up the tries of its retry', () => {
  const driver = new SessionDriver(net([{ ...watch, retry: { count: 1 } }]));
  for (let repeat = 0; repeat < 3; repeat += 1) lose(driver, 'w');
  driver.end('w', { exitCode: 77 });
  assert.deepEqual(driver.states(), { w: 'starting' });
  driver.end('w', { exitCode: 77 });
  assert.deepEqual(driver.states(), { w: 'ended:abnormal' });
  assert.match(driver.unit('w').reason ?? '', /Exit code 77, a permission is missing/);
});

test('watch on several nodes: one of unknown result: only that one is begun again', () => {
  const inventory = inventoryOf({ web1: true, web2: true }, { all: ['web1', 'web2'] });
  const driver = new SessionDriver(net([{ ...watch, target: { scope: 'all' } }]), { inventory });
  driver.end('w', {}, 'web1');
  driver.must({
    type: 'attemptUnknown',
    attemptId: driver.openAttempt('w', 'web2').id,
    reason: 'the waiter died',
  });
  assert.deepEqual(
    driver
      .unit('w')
      .attempts.filter(({ endStatus }) => endStatus === null)
      .map(({ node }) => node),
    ['web2'],
  );
});

test('command: its result unknown: never begun again', () => {
  const driver = new SessionDriver(net([{ name: 'c', command: 'true', retry: { count: 5 } }]));
  lose(driver, 'c');
  assert.deepEqual(driver.states(), { c: 'ended:unknown' });
});

test('watch: its time over: ends as the definition says', () => {
  for (const [onTimeout, status] of [
    ['abnormal', 'abnormal'],
    ['warning', 'warning'],
    ['normal', 'normal'],
  ] as const) {
    const driver = new SessionDriver(net([{ ...watch, timeout_s: 5, on_timeout: onTimeout }]));
    driver.end('w', { exitCode: 124 });
    assert.deepEqual(driver.states(), { w: `ended:${status}` });
  }
});

test('container: the try before unknown, or killed: the next one looks for it, on the same node, by the same name', () => {
  const inventory = inventoryOf({ web1: true, web2: true }, { all: ['web1', 'web2'] });
  const unit = {
    name: 'k',
    type: 'container',
    image: 'tool',
    retry: { count: 2 },
    target: { scope: 'all', mode: 'any' },
  };
  const driver = new SessionDriver(net([unit]), { inventory });
  lose(driver, 'k');
  driver.end('k', { signal: 'SIGKILL' });
  driver.end('k', { exitCode: 1 });
  const orders = dispatches(driver).map(({ node, order }) => [
    node,
    order.tool?.input['name'],
    order.tool?.input['resume'],
  ]);
  const name = 'nezuban-7-abc123-1.1.0';
  assert.deepEqual(orders, [
    ['web1', name, false],
    ['web1', name, true],
    ['web1', name, true],
    ['web1', name, false],
  ]);
});

test('container: stop and kill: what the tool needs on top of the grace', () => {
  const driver = new SessionDriver(net([{ name: 'k', type: 'container', image: 'tool', kill_after_s: 20 }]));
  started(driver, 'k');
  const cancels = (): number[] =>
    driver.effects.flatMap((effect) => (effect.type === 'cancel' ? [effect.killAfterMs] : []));
  assert.equal(dispatches(driver)[0]?.order.killAfterMs, 35_000);
  driver.operate('stop', 'k');
  driver.operate('kill', 'k');
  assert.deepEqual(cancels(), [35_000, 15_000]);
});

const transfer = {
  name: 't',
  type: 'file_transfer',
  user: 'intake',
  from: { node: 'core01', path: '/out/{{parameter.DAY}}' },
  to: { path: '/in/' },
};

test('transfer: the order: paths filled, who reads, what another try of the run may find', () => {
  const unit = { ...transfer, mb_per_second: 2.5, retry: { count: 1 } };
  const driver = new SessionDriver(net([unit], { parameters: [{ name: 'DAY', default: '26' }] }));
  lose(driver, 't');
  driver.end('t', { exitCode: 69 });
  driver.end('t', { exitCode: 0 });
  const inputs = dispatches(driver).map(({ order }) => order.tool?.input ?? {});
  assert.deepEqual(inputs[0]?.['from'], { node: 'core01', user: 'intake', path: '/out/26', filesMax: 100 });
  assert.equal(inputs[0]?.['bytesPerSecond'], 2_500_000);
  assert.deepEqual(
    inputs.map(({ name, takeUp, resume, keepPart }) => [name, takeUp, resume, keepPart]),
    [
      ['7-abc123-1.1.0', false, false, true],
      ['7-abc123-1.1.0', true, true, false],
      ['7-abc123-1.1.0', true, false, false],
    ],
  );
  assert.deepEqual(driver.states(), { t: 'ended:normal' });
});

test('transfer: another definition in the middle: what a try has left is named by the number of the unit, which stays', () => {
  const units = [
    { name: 'a', command: 'true' },
    { ...transfer, from: { node: 'core01', path: '/out/a' }, after: ['a'] },
  ];
  const driver = new SessionDriver(net(units));
  assert.ok(driver.operate('suspend').ok);
  driver.commit();
  assert.equal(driver.take(net([{ name: 'z', command: 'true' }, ...units])), null);
  assert.ok(driver.operate('release').ok);
  driver.end('a');
  assert.equal(dispatches(driver).at(-1)?.order.tool?.input['name'], '7-abc123-2.1.0');
});

test('transfer: what stands in places is no pattern', () => {
  const from = { node: 'core01', path: '/out/{{parameter.DIR}}/*-{{parameter.NAME}}' };
  const driver = new SessionDriver(
    net([{ ...transfer, from }], {
      parameters: [
        { name: 'DIR', default: 'a[1]' },
        { name: 'NAME', default: String.raw`x/re?ort*[1]\n.csv` },
      ],
    }),
  );
  const [order] = dispatches(driver);
  assert.deepEqual(
    (order?.order.tool?.input['from'] as { path: string } | undefined)?.path,
    String.raw`/out/a[1]/*-x/re\?ort\*\[1]\\n.csv`,
  );
});

test('transfer: the agent that writes is of an earlier release: says what helps', () => {
  const driver = new SessionDriver(net([{ ...transfer, from: { node: 'core01', path: '/out/a' } }]));
  driver.must(
    inputOfReceipt({
      attemptId: driver.openAttempt('t').id,
      seq: 1,
      at: '1970-01-01T00:00:01.000Z',
      state: 'refused',
      code: 'bad_order',
      reason: 'the agent has no tool "file_transfer"',
    }),
  );
  assert.match(
    driver.unit('t').reason ?? '',
    /Refused \(the agent is of a release without "file_transfer": upgrade the agent\)/,
  );
});

test('reason of an agent: said by code where it is known, else in English, and never more than the agent may say', () => {
  const base = {
    seq: 1,
    at: '1970-01-01T00:00:01.000Z',
    reason: 'the agent has 3 attempts that have not ended',
  };
  const refusedBy = (said: AgentSaidReceived) => {
    const driver = new SessionDriver(net([{ name: 'c', command: 'x' }]));
    const attemptId = driver.openAttempt('c').id;
    driver.must(inputOfReceipt({ ...base, attemptId, state: 'refused', code: 'agent_full', said }));
    return driver;
  };
  const known = refusedBy({ code: 'agent_too_many_attempts', values: { count: 3 } }).unit('c');
  assert.match(known.reason ?? '', /^Refused \(the agent has 3 attempts that have not ended\) on/);
  assert.match(
    sentenceIn({ ...known.reasonSaid, message: '' }, 'ja'),
    /エージェントが拒否\(エージェントに未終了の試行が 3 件あります\)/u,
  );
  for (const said of [
    { code: 'agent_said_by_a_newer_release', values: { count: 3 } },
    { code: 'attempt_closed_by_hand', values: { by: 'admin' } },
    { code: 'agent_too_many_attempts' },
    undefined,
  ])
    assert.match(
      sentenceIn({ ...refusedBy(said).unit('c').reasonSaid, message: '' }, 'ja'),
      /エージェントが拒否\(the agent has 3 attempts that have not ended\)/u,
    );
});

test('reason of a row: a word in it is of a newer release: told as its English text says it', () => {
  const reasonSaid = {
    code: 'attempt_unknown',
    values: { why: { code: 'of_a_newer_release' } },
  } as unknown as Sentence;
  const row = { reason: 'result unknown (newly said)', reasonSaid };
  assert.equal(
    say('attempt_refused', { why: saidInRow(row) ?? '' }).message,
    'refused (result unknown (newly said))',
  );
});

test('transfer: no such file: ends as the definition says, and says so', () => {
  for (const onMissing of ['abnormal', 'warning', 'normal'] as const) {
    const from = { node: 'core01', path: '/out/a', on_missing: onMissing };
    const driver = new SessionDriver(net([{ ...transfer, from }]));
    driver.end('t', { exitCode: 66 });
    assert.deepEqual(driver.states(), { t: `ended:${onMissing}` });
    if (onMissing === 'abnormal')
      assert.match(driver.unit('t').reason ?? '', /Exit code 66, there is no such file at the source/);
  }
});

test('retry: only after these exit codes', () => {
  const unit = { name: 'c', command: 'x', retry: { count: 3, exit_codes: '10-19,75' } };
  const driver = new SessionDriver(net([unit]));
  driver.end('c', { exitCode: 75 });
  driver.end('c', { exitCode: 12 });
  assert.deepEqual(driver.states(), { c: 'starting' });
  driver.end('c', { exitCode: 1 });
  assert.deepEqual(driver.states(), { c: 'ended:abnormal' });
  const killed = new SessionDriver(net([unit]));
  killed.end('c', { signal: 'SIGKILL' });
  assert.deepEqual(killed.states(), { c: 'ended:abnormal' });
});

test('http: statuses that ask to come again: only these and an unreached server are tried again', () => {
  const unit = { name: 'h', type: 'http', url: 'http://x/', status: { retry: '503' }, retry: { count: 2 } };
  const driver = new SessionDriver(net([unit]));
  driver.end('h', { exitCode: 75 });
  driver.end('h', { exitCode: 69 });
  driver.end('h', { exitCode: 2 });
  assert.deepEqual([driver.unit('h').attempts.length, driver.states()], [3, { h: 'ended:abnormal' }]);
  const other = new SessionDriver(net([unit]));
  other.end('h', { exitCode: 2 });
  assert.deepEqual(other.states(), { h: 'ended:abnormal' });
});

test('end_by: always normal, always abnormal, by a file', () => {
  const end = (
    endBy: unknown,
    options: Parameters<typeof endInput>[1],
    endFile?: { held: boolean; says: string },
  ) => {
    const driver = new SessionDriver(net([{ name: 'c', command: 'x', end_by: endBy }]));
    const input = endInput(driver.openAttempt('c').id, options, driver.now);
    driver.must(endFile === undefined ? input : ({ ...input, endFile } as typeof input));
    return [driver.states()['c'], driver.unit('c').reason];
  };
  assert.deepEqual(end('normal', { exitCode: 9 }), ['ended:normal', null]);
  assert.deepEqual(end('normal', { signal: 'SIGSEGV' }), ['ended:normal', null]);
  assert.equal(end('normal', { startError: 'no such user' })[0], 'ended:abnormal');
  assert.equal(end('normal', { exitCode: 0, timedOut: true })[0], 'ended:abnormal');
  assert.equal(end('abnormal', { exitCode: 0 })[0], 'ended:abnormal');
  const file = { file: '/out/done', is: 'updated' };
  assert.deepEqual(end(file, { exitCode: 3 }, { held: true, says: '' }), ['ended:normal', null]);
  assert.deepEqual(end(file, { exitCode: 0 }, { held: false, says: 'was not updated' }), [
    'ended:abnormal',
    'Exit code 0, /out/done was not updated on web1.',
  ]);
  assert.match(String(end(file, { exitCode: 0 })[1]), /was not looked at by the agent/);
});

test('soft timeout: said once a try, and it goes on; kept over a restart', () => {
  const driver = new SessionDriver(net([{ name: 'c', command: 'x', warn_after_s: 60, retry: { count: 1 } }]));
  const slow = (): number => driver.events().filter(({ code }) => code === 'unit_slow').length;
  started(driver, 'c');
  driver.now += 59_000;
  driver.must({ type: 'timeReached' });
  assert.equal(slow(), 0);
  driver.restart();
  driver.now += 1_000;
  driver.must({ type: 'timeReached' });
  driver.must({ type: 'timeReached' });
  assert.deepEqual([slow(), driver.states()], [1, { c: 'running' }]);
  driver.end('c', { exitCode: 1 });
  started(driver, 'c');
  driver.now += 60_000;
  driver.must({ type: 'timeReached' });
  assert.equal(slow(), 2);
  driver.end('c');
  assert.deepEqual(driver.states(), { c: 'ended:normal' });
});

test('places: in the paths of a watch and in the file that judges a command', () => {
  const driver = new SessionDriver(
    net(
      [
        { name: 'w', type: 'file_watch', path: '/in/{{date:YYYYMMDD}}-{{parameter.KIND}}.csv' },
        { name: 'c', command: 'x', end_by: { file: '/out/{{net}}' } },
      ],
      { parameters: [{ name: 'KIND', default: 'a' }] },
    ),
  );
  const [watched, judged] = dispatches(driver).map(({ order }) => order);
  assert.deepEqual(watched?.tool?.input['paths'], ['/in/20260101-a.csv']);
  assert.deepEqual(judged?.endFile, { path: '/out/night/run', is: 'updated' });
});

test('orders: the same again after a restart, with what the session gives them', () => {
  const driver = new SessionDriver(
    net(
      [
        {
          name: 'h',
          type: 'http',
          url: 'https://x/{{parameter.DAY}}',
          method: 'POST',
          body: { json: { at: ['{{unit}}', 1] } },
        },
        {
          name: 's',
          type: 'ssh',
          host: 'h',
          login: 'u',
          command: 'x',
          key_file: '/k',
          known_hosts: 'h k',
          environment: { A: '{{session}}' },
        },
      ],
      { parameters: [{ name: 'DAY', default: '26' }] },
    ),
  );
  const [http, ssh] = dispatches(driver).map(({ order }) => order);
  assert.equal(http?.tool?.input['url'], 'https://x/26');
  assert.deepEqual(http?.tool?.input['body'], { json: { at: ['h', 1] } });
  assert.deepEqual(
    Object.keys(http?.environment ?? {}).filter((name) => !name.startsWith('NEZUBAN_')),
    [],
  );
  const environment = ssh?.tool?.input['environment'] as Record<string, string>;
  assert.deepEqual(
    [environment['A'], environment['DAY'], environment['NEZUBAN_ATTEMPT_ID']],
    ['7', '26', ssh?.attemptId],
  );
  assert.deepEqual([ssh?.killAfterMs, ssh?.tool?.input['killAfterMs']], [15_000, 10_000]);
});

test('limits: of the unit, and of its net where it says nothing; a container says its own, which the engine holds', () => {
  const definition = net([
    { name: 'c', command: 'true', limits: { memory: '512m', core_size: 0 } },
    { name: 'k', type: 'container', image: 'tool', cpus: 2 },
    { name: 'w', type: 'file_watch', path: '/in/a' },
  ]);
  const limits = { memory: '1g', processes: 200, cpus: 0.5 };
  const driver = new SessionDriver({ ...definition, limits });
  const order = (path: string) =>
    dispatches(driver).find(({ attemptId }) => attemptId === driver.openAttempt(path).id)?.order;
  assert.deepEqual(order('c')?.limits, { memory: 512 * 1024 ** 2, processes: 200, cpus: 0.5, coreSize: 0 });
  const { memory, cpus, limits: others } = order('k')?.tool?.input ?? {};
  assert.deepEqual([memory, cpus, others], [String(1024 ** 3), 2, { processes: 200 }]);
  assert.deepEqual([order('k')?.limits, order('w')?.limits], [undefined, undefined]);
});

test('limits: the one that ended the work is the reason, with what it had used', () => {
  for (const [usage, reason] of [
    [
      {
        limit: { name: 'memory', max: 512 * 1024 ** 2 },
        memory: { bytes: 511.5 * 1024 ** 2, of: 'all' },
      },
      'ended by its memory limit of 512 MiB (it had used 511.5 MiB)',
    ],
    [{ limit: { name: 'processes', max: 200 } }, 'ended after it had met its limit of 200 processes'],
    [
      { limit: { name: 'processes', max: 4096, isDefault: true } },
      "ended after it had met the agent's limit of 4096 processes",
    ],
    [{ limit: { name: 'fileSize', max: 1536 } }, 'ended by its limit of 1.5 KiB for the size of a file'],
  ] as const) {
    const driver = new SessionDriver(net([{ name: 'c', command: 'true' }]));
    const end = endInput(driver.openAttempt('c').id, { signal: 'SIGKILL' }, driver.now);
    assert.equal(end.type, 'attemptEnded');
    driver.must({ ...end, usage });
    assert.equal(driver.unit('c').attempts[0]?.reason, reason);
    assert.deepEqual(driver.unit('c').attempts[0]?.usage, usage);
  }
});

test('stop command: goes with the order, its arguments filled', () => {
  const stop = { command: ['/opt/stop', '{{session}}'], timeout_s: 5 };
  const driver = new SessionDriver(net([{ name: 'c', command: 'true', stop }]));
  assert.deepEqual(dispatches(driver)[0]?.order.stop, { command: ['/opt/stop', '7'], timeoutMs: 5_000 });
});
