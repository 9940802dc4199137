// Why a unit waits, and what an operation would bring about, by example.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import { createAdmissionBook } from '../admission/admission-book.ts';
import { limitsOf } from '../admission/limits.ts';
import { placeFacts, viewLimit } from '../admission/place-views.ts';
import { inventoryOf, net, SessionDriver } from '../../testing/session-driver.ts';
import { explainWaiting } from './explain-waiting.ts';
import { previewOperation } from './preview-operation.ts';
import type { WaitContext } from './wait-facts.ts';

const chain = [
  { name: 'a', command: 'true' },
  { name: 'b', command: 'true', after: ['a'] },
  { name: 'c', command: 'true', after: ['b'] },
];

function why(driver: SessionDriver, unit?: string, more: Partial<WaitContext> = {}) {
  const answer = explainWaiting(driver.session, unit, { nodes: driver.inventory.nodes, ...more });
  assert.ok(answer !== null);
  return answer;
}

function preview(
  driver: SessionDriver,
  operation: OperationName,
  more: { unit?: string } & OperationOptions = {},
) {
  const { unit, ...options } = more;
  const before = driver.picture();
  const answer = previewOperation(
    driver.session,
    { operation, ...(unit === undefined ? {} : { unit: unit as never }), ...options },
    { now: driver.now, inventory: driver.inventory },
  );
  assert.deepEqual(driver.picture(), before, 'a preview changes nothing');
  return {
    ...answer,
    units: answer.units.map(({ unit: path, effects, later }) => [path, effects.join(), later]),
  };
}

test('why: a chain: down to the command that runs, with node and time', () => {
  const driver = new SessionDriver(net(chain));
  const { id } = driver.openAttempt('a');
  driver.must({ type: 'attemptStarted', attemptId: id, pid: 1, startedAt: Date.UTC(2026, 0, 1, 2, 13) });
  const answer = why(driver, 'c');
  assert.equal(
    answer.sentence,
    '"c" waits for "b", which waits for "a", which is running on "web1" since 2026-01-01T02:13:00.000Z.',
  );
  assert.deepEqual(answer.facts, [
    { code: 'predecessor', facts: { unit: 'b', state: 'waiting', mode: 'all' }, phrase: 'waits for "b"' },
  ]);
  assert.deepEqual(answer.roots, [
    {
      through: ['c', 'b', 'a'],
      fact: {
        code: 'running',
        facts: { node: 'web1', nodes: 1, since: '2026-01-01T02:13:00.000Z' },
        phrase: 'is running on "web1" since 2026-01-01T02:13:00.000Z',
      },
    },
  ]);
  assert.equal(explainWaiting(driver.session, 'nowhere', { nodes: new Map() }), null);
});

test('why: holds, skips, pauses and nets that have not begun: each with who and since when', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'true' },
      { name: 'loads', after: ['a'], units: [{ name: 'x', command: 'true', hold: true }] },
      { name: 'z', command: 'true', after: ['loads'] },
    ]),
  );
  assert.equal(
    why(driver, 'loads/x').sentence,
    '"loads/x" is held by its definition until somebody releases it. It also comes down to 1 more.',
  );
  driver.operate('hold', 'loads', { reason: 'wait for the file' });
  assert.match(
    why(driver, 'z').sentence,
    /^"z" waits for "loads", which is held by admin since .*: wait for the file\./,
  );
  driver.operate('suspend');
  const { roots } = why(driver, 'z');
  assert.deepEqual(
    roots.map(({ fact }) => fact.code),
    ['session_suspended', 'held', 'order_on_way'],
    'the pause is told once',
  );
  driver.operate('skip', 'loads');
  assert.ok(why(driver, 'loads').facts.some(({ code }) => code === 'to_be_skipped'));
});

test('why: an agent that is away, a next try, a time, a frozen node', () => {
  const away = new SessionDriver(net([{ name: 'a', command: 'true', target: { node: 'web2' } }]), {
    inventory: inventoryOf({ web1: true, web2: false }),
  });
  const since = Date.UTC(2026, 0, 1, 1);
  assert.equal(
    why(away, 'a', { nodes: new Map([['web2', { connected: false, since }]]) }).sentence,
    '"a" waits for the agent of "web2", which is not connected since 2026-01-01T01:00:00.000Z.',
  );
  const slow = new SessionDriver(
    net([{ name: 'a', command: 'true' }], { target: { scope: 's', mode: 'any', answer_within_s: 30 } }),
    { inventory: inventoryOf({ web1: true, web2: true }, { s: ['web1', 'web2'] }) },
  );
  slow.now += 30_000;
  slow.must({ type: 'timeReached' });
  assert.equal(
    why(slow, 'a', { nodes: new Map([['web1', { connected: true, since: null }]]) }).sentence,
    '"a" waits for the agent of "web1", which did not take the order in time: the next node gets it once "web1" says that it has not been begun.',
  );
  assert.match(
    why(slow, 'a', { nodes: new Map([['web1', { connected: false, since }]]) }).sentence,
    /is not connected since 2026-01-01T01:00:00.000Z: the next node .*; if it will never come back, the node is to be removed\.$/,
  );
  const tries = new SessionDriver(net([{ name: 'a', command: 'true', retry: { count: 1, delay_s: 60 } }]));
  tries.end('a', { exitCode: 1 });
  assert.equal(why(tries, 'a').sentence, '"a" waits until 2026-01-01T00:01:00.000Z for its try 2.');
  const time = new SessionDriver(
    net([
      { name: 'a', type: 'wait', for_s: 90 },
      { name: 'b', command: 'true', after: ['a'] },
    ]),
  );
  assert.equal(
    why(time).sentence,
    'Session 7 waits for "a", which waits until 2026-01-01T00:01:30.000Z. It also comes down to 1 more.'.replace(
      ' It also comes down to 1 more.',
      '',
    ),
  );
  const ended = new SessionDriver(net([{ name: 'a', command: 'true' }]));
  ended.end('a');
  assert.equal(why(ended, 'a').sentence, '"a" has ended (normal).');
});

test('why: a node with a limit that is frozen: the freeze is told, not the free places', () => {
  const definition = {
    kind: 'node_limit' as const,
    name: 'web1',
    places: 3,
    timezone: 'UTC',
  };
  const limits = limitsOf([{ definition, paused: null }]);
  const sentence = 'node "web1" is frozen by ann since 2026-01-01T00:00:00.000Z: new disk.';
  const inventory = {
    ...inventoryOf({ web1: true, web2: true }, { web: ['web1', 'web2'] }),
    limitedNodes: limits.nodes,
  };
  const units = [
    { name: 'a', command: 'true' },
    { name: 'b', command: 'true', target: { scope: 'web', mode: 'any' } },
  ];
  const driver = new SessionDriver(net(units), { inventory });
  const book = createAdmissionBook(limits);
  book.take(driver.session, driver.inventory);
  const facts = (path: string, frozen: readonly string[]): string[] => {
    const index = driver.session.plan.indexByPath.get(path) ?? -1;
    const nodes = new Map(frozen.map((node) => [node, sentence]));
    const context = { book, session: () => driver.session, now: driver.now, frozen: nodes };
    return placeFacts(context, driver.session, index).map(({ code, phrase }) => `${code}: ${phrase}`);
  };
  assert.deepEqual(facts('a', ['web1']), [
    'frozen: waits because node "web1" is frozen by ann since 2026-01-01T00:00:00.000Z: new disk',
  ]);
  assert.deepEqual(facts('a', []), []);
  assert.ok(
    facts('b', ['web1']).every((fact) => !fact.startsWith('frozen')),
    'the other node would do',
  );
  assert.match(facts('b', ['web1', 'web2'])[0] ?? '', /^frozen/);
  const line = (frozen: readonly string[], sees = true) => {
    const nodes = new Map(frozen.map((node) => [node, sentence]));
    const context = {
      book,
      session: () => driver.session,
      now: driver.now,
      frozen: nodes,
      sees: () => sees,
    };
    const view = viewLimit(context, 'node_limit', 'web1');
    return [
      view.frozen?.waiting,
      view.frozen?.freezes.map(({ place, by }) => `${place.name} ${by}`),
      view.waiters.map(({ waits }) => waits?.reason),
    ];
  };
  assert.deepEqual(line([]), [undefined, undefined, [undefined, undefined]]);
  assert.deepEqual(line(['web1']), [1, ['web1 ann'], ['new disk', undefined]]);
  assert.deepEqual(line(['web1', 'web2'], false), [2, ['web1 ann'], ['new disk', 'new disk']]);
});

test('why: a watch of files says for what; of a command whose agent is away nobody says that it runs', () => {
  const files = new SessionDriver(net([{ name: 'a', type: 'file_watch', path: '/in/day-*.csv' }]));
  const { id } = files.openAttempt('a');
  files.must({ type: 'attemptStarted', attemptId: id, pid: 1, startedAt: Date.UTC(2026, 0, 1, 2) });
  assert.equal(
    why(files, 'a').sentence,
    '"a" watches /in/day-*.csv on "web1" since 2026-01-01T02:00:00.000Z.',
  );
  const away = { nodes: new Map([['web1', { connected: false, since: null }]]) };
  assert.deepEqual(
    why(files, 'a', away).roots.map(({ fact }) => fact.code),
    ['agent_away'],
  );
});

test('why: any state: never without an answer, and of what is not over never that it is', () => {
  const driver = new SessionDriver(net(chain));
  for (const operation of ['stop', 'rerun', 'hold', 'skip', 'release'] as const) {
    for (const { unit, state } of driver.session.units) {
      const answer = why(driver, unit.path === '' ? undefined : unit.path);
      assert.ok(answer.facts.length > 0, `${unit.path} ${state}`);
    }
    driver.operate(operation, 'b');
  }
});

test('preview: a rerun: what starts at once, what begins again, how it ends', () => {
  const driver = new SessionDriver(
    net([...chain, { name: 'mend', command: 'true', after: [{ unit: 'a', on: ['abnormal'] }] }]),
  );
  driver.end('a', { exitCode: 1 });
  driver.end('mend');
  assert.deepEqual(preview(driver, 'rerun', { unit: 'a' }), {
    operation: 'rerun',
    unit: 'a',
    refusal: null,
    units: [
      ['a', 'starts', 'runs'],
      ['b', 'begins_again', 'runs'],
      ['c', 'begins_again', 'runs'],
      ['mend', 'begins_again', 'not_run'],
    ],
    unitsLeftOut: 0,
    state: 'running',
    endsAs: 'normal',
    waitsFor: [],
  });
  assert.deepEqual(preview(driver, 'rerun_only', { unit: 'a' }).units, [['a', 'starts', 'runs']]);
  assert.equal(preview(driver, 'rerun_next', { unit: 'a' }).endsAs, 'abnormal');
  assert.equal(preview(driver, 'rerun_next', { unit: 'a', oldAsWarning: true }).endsAs, 'warning');
});

test('preview: hold, skip, stop, kill: what waits, is passed over, is cut off, and what never runs because of it', () => {
  const driver = new SessionDriver(net(chain));
  const held = preview(driver, 'hold', { unit: 'b' });
  assert.deepEqual(held.units, [
    ['b', 'held', 'waits'],
    ['c', '', 'waits'],
  ]);
  assert.deepEqual([held.endsAs, held.waitsFor], [null, ['b']]);
  assert.deepEqual(preview(driver, 'skip', { unit: 'b' }).units, [['b', 'passed_over', 'passed_over']]);
  assert.deepEqual(preview(driver, 'stop').units, [
    ['a', 'cancelled', 'stopped'],
    ['b', 'stopped', 'stays'],
    ['c', 'stopped', 'stays'],
  ]);
  assert.deepEqual(preview(driver, 'kill', { unit: 'a' }).units, [
    ['a', 'killed', 'stopped'],
    ['b', '', 'not_run'],
    ['c', '', 'not_run'],
  ]);
});

test('preview: pauses and results set by hand', () => {
  const driver = new SessionDriver(net(chain));
  const interrupted = preview(driver, 'interrupt');
  assert.deepEqual(
    interrupted.units.map(([path, , later]) => [path, later]),
    [
      ['b', 'stopped'],
      ['c', 'stopped'],
    ],
  );
  assert.equal(interrupted.state, 'stopping');
  assert.deepEqual(preview(driver, 'suspend').waitsFor, ['']);
  driver.end('a', { exitCode: 1 });
  assert.deepEqual(preview(driver, 'set_status', { unit: 'a', status: 'normal' }).units, [
    ['a', 'result_set', 'stays'],
    ['b', 'starts', 'runs'],
    ['c', 'begins_again', 'runs'],
  ]);
});

test('preview of what is refused: the same sentence as the operation itself', () => {
  const driver = new SessionDriver(net(chain));
  const result = driver.operate('hold', 'a');
  assert.equal(preview(driver, 'hold', { unit: 'a' }).refusal, result.ok ? '' : result.detail.message);
});

test('preview: a long chain: told in a moment', () => {
  const units = Array.from({ length: 5_000 }, (_, index) => ({
    name: `u${index}`,
    command: 'true',
    ...(index === 0 ? {} : { after: [`u${index - 1}`] }),
  }));
  const driver = new SessionDriver(net(units));
  driver.end('u0', { exitCode: 1 });
  const answer = previewOperation(
    driver.session,
    { operation: 'rerun' },
    { now: 0, inventory: driver.inventory },
  );
  assert.deepEqual([answer.units.length, answer.endsAs], [5_000, 'normal']);
});
