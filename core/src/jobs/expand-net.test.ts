// Tests of what a net refers to: circles, depth, size, what is missing, and what its nets are given; and of a reference that begins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { SessionDriver } from '../testing/session-driver.ts';
import { expandNet, type ReferencedNet } from './expand-net.ts';
import { viewSession } from './session-view.ts';

const net = (name: string, units: readonly object[], more: object = {}): JobNetDefinition =>
  jobNetSchema.parse({ kind: 'jobnet', name, target: { node: 'web1' }, units, ...more });
const refer = (to: string, more: object = {}) => ({
  name: `to-${to.replaceAll('/', '-')}`,
  type: 'net_ref',
  net: to,
  ...more,
});
const lookupIn = (...nets: readonly JobNetDefinition[]) => {
  const byName = new Map(
    nets.map((definition): [string, ReferencedNet] => [definition.name, { revision: 3, definition }]),
  );
  return (name: string) => byName.get(name) ?? null;
};
const leaf = net('leaf', [{ name: 'x', command: 'true' }]);
const problemsOf = (definition: JobNetDefinition, ...nets: readonly JobNetDefinition[]): string[] =>
  expandNet(definition, lookupIn(...nets)).problems.map(({ path, message }) => `${path}: ${message}`);

test('references: of references: each once, in one revision', () => {
  const middle = net('middle', [refer('leaf')]);
  const outer = net('outer', [refer('middle'), { name: 'n', units: [refer('leaf')] }]);
  const { references, problems, units } = expandNet(outer, lookupIn(middle, leaf));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [...references].map(([name, { revision }]) => [name, revision]),
    [
      ['middle', 3],
      ['leaf', 3],
    ],
  );
  assert.equal(units, 6);
});

test('references: to itself, in a circle, to what is not there: refused at the unit', () => {
  assert.deepEqual(problemsOf(net('a', [refer('a')])), ['units[0].net: refers to itself: "a" -> "a"']);
  const [b, c] = [net('b', [refer('c')]), net('c', [refer('b')])];
  assert.deepEqual(problemsOf(net('a', [{ name: 'x', command: 'x' }, refer('b')]), b, c), [
    'units[1].net: refers to itself: "b" -> "c" -> "b"',
  ]);
  assert.deepEqual(problemsOf(net('a', [refer('b')]), b), [
    'units[0].net: there is no job net "c", which "b" refers to',
  ]);
});

test('references: too deep, too many units: refused', () => {
  const chain = Array.from({ length: definitionLimits.depthMax + 3 }, (_, index) =>
    net(`c${index}`, [refer(`c${index + 1}`)]),
  );
  assert.match(
    problemsOf(
      net('a', [refer('c0')]),
      ...chain,
      net(`c${chain.length}`, [{ name: 'x', command: 'x' }]),
    )[0] ?? '',
    /deep/,
  );
  const wide = net(
    'wide',
    Array.from({ length: 3_000 }, (_, index) => ({ name: `u${index}`, command: 'x' })),
  );
  const many = net(
    'a',
    Array.from({ length: 10 }, (_, index) => ({ ...refer('wide'), name: `r${index}` })),
  );
  assert.match(problemsOf(many, wide)[0] ?? '', /has 30010 units with those of the nets that it refers to/);
});

test('references: parameters: unknown, missing, of the wrong type, secrets in plain text: refused', () => {
  const inner = net('inner', [{ name: 'x', command: 'x' }], {
    parameters: [
      { name: 'N', type: 'number' },
      { name: 'PW', type: 'secret' },
      { name: 'OPT', default: '' },
    ],
  });
  const outer = (parameters: object, own: readonly object[] = []) =>
    problemsOf(net('a', [refer('inner', { parameters })], { parameters: own }), inner);
  assert.deepEqual(outer({ N: '5', PW: '{{secret.db}}' }), []);
  assert.deepEqual(
    outer({ N: '{{parameter.X}}', PW: '{{parameter.P}}' }, [{ name: 'X' }, { name: 'P', type: 'secret' }]),
    [],
  );
  assert.match(outer({ N: '5' })[0] ?? '', /units\[0\]\.parameters: gives no value for the parameter "PW"/);
  assert.match(outer({ N: 'x', PW: '{{secret.db}}' })[0] ?? '', /parameters\.N: must be a number/);
  assert.match(outer({ N: '5', PW: 'hunter2' })[0] ?? '', /a definition holds no secret itself/);
  assert.match(
    outer({ N: '5', PW: '{{parameter.X}}' }, [{ name: 'X' }])[0] ?? '',
    /a secret parameter of this net/,
  );
  assert.match(
    outer({ N: '5', PW: '{{secret.db}}', OTP: '' })[0] ?? '',
    /declares no parameter "OTP"; did you mean "OPT"/,
  );
});

const inner = net(
  'inner',
  [
    { name: 'x', command: ['x', '{{parameter.N}}', '{{net}}'] },
    { name: 'y', command: 'y', after: ['x'] },
  ],
  {
    target: { node: 'web2' },
    parameters: [{ name: 'N', type: 'number', max: 9 }],
  },
);
const outer = (more: object = {}) =>
  net('outer', [
    { name: 'a', command: 'a', outputs: [{ name: 'N', regex: 'n=(.*)' }] },
    {
      name: 'r',
      type: 'net_ref',
      net: 'inner',
      after: ['a'],
      parameters: { N: '{{unit.a.output.N}}' },
      ...more,
    },
    { name: 'z', command: 'z', after: ['r'] },
  ]);
const drive = (definition: JobNetDefinition) => {
  const { references } = expandNet(definition, lookupIn(inner));
  return new SessionDriver(definition, {
    references,
    inventory: {
      nodes: new Map([
        ['web1', { connected: true }],
        ['web2', { connected: true }],
      ]),
      scopes: new Map(),
    },
  });
};

test('reference: begins: its net gets the values of then, on its own target, under its name', () => {
  const driver = drive(outer());
  driver.end('a', { captured: [{ name: 'N', value: '7' }] });
  const dispatch = driver.effects.findLast(({ type }) => type === 'dispatch');
  assert.ok(dispatch?.type === 'dispatch');
  assert.equal(dispatch.node, 'web2');
  assert.deepEqual(dispatch.order.command, ['x', '7', 'inner']);
  assert.equal(dispatch.order.environment['N'], '7');
  assert.equal(dispatch.order.environment['NEZUBAN_UNIT'], 'r/x');
  const view = viewSession(driver.session).units.find(({ path }) => path === 'r');
  assert.deepEqual(
    [view?.type, view?.reference, view?.parameters],
    ['net_ref', { net: 'inner', revision: 3 }, [{ name: 'N', value: '7' }]],
  );
  driver.end('r/x');
  driver.end('r/y');
  assert.equal(driver.states()['z'], 'starting');
});

test('reference: with a target: instead of that of its net', () => {
  const driver = drive(outer({ target: { node: 'web1' } }));
  driver.end('a', { captured: [{ name: 'N', value: '7' }] });
  assert.equal(driver.openAttempt('r/x').node, 'web1');
});

test('reference: values that its net cannot take: it ends abnormally with the reason, nothing of it begins', () => {
  const driver = drive(outer());
  driver.end('a', { captured: [{ name: 'N', value: '70' }] });
  assert.deepEqual(driver.states(), {
    a: 'ended:normal',
    r: 'ended:abnormal',
    'r/x': 'not_run',
    'r/y': 'not_run',
    z: 'not_run',
  });
  assert.equal(driver.unit('r').reason, 'The net inner cannot run: N must be at most 9.');
});

test('outputs: a required one that is missing: abnormal with the reason, whatever the exit code', () => {
  const driver = drive(outer());
  driver.end('a', { captured: [{ name: 'N', says: 'nothing in the output fits' }] });
  assert.equal(driver.states()['a'], 'ended:abnormal');
  assert.match(
    driver.unit('a').reason ?? '',
    /no value for the output N: nothing in the output fits on web1/i,
  );
});

test('references: locks and queue of the net: asked for by the reference, as that net would; what it names itself goes before', () => {
  const locked = net('locked', [{ name: 'x', command: 'true' }], {
    locks: [{ name: 'ledger' }],
    queue: 'slow',
  });
  const both = net('outer', [refer('locked', { queue: 'fast' }), { ...refer('locked'), name: 'again' }]);
  const { references, problems } = expandNet(both, lookupIn(locked));
  assert.deepEqual(problems, []);
  const driver = new SessionDriver(both, { references });
  assert.deepEqual(driver.states(), {
    'to-locked': 'queued',
    'to-locked/x': 'waiting',
    again: 'queued',
    'again/x': 'waiting',
  });
  const placesOf = (path: string) => {
    const { locks, queue } = driver.unit(path).unit.places;
    return [queue, ...locks.map(({ resource }) => resource)];
  };
  assert.deepEqual(placesOf('to-locked'), ['fast', 'lock ledger']);
  assert.deepEqual(placesOf('again/x'), ['slow']);
});

test('references: locks inside other locks: refused, at any depth; the same lock is held already', () => {
  const locked = net('locked', [{ name: 'x', command: 'true' }], { locks: [{ name: 'b' }] });
  const inside = net('inside', [{ name: 'y', command: 'true', locks: [{ name: 'b' }] }]);
  const middle = net('middle', [{ name: 'n', units: [refer('inside')] }]);
  const holding = (more: object, ...units: readonly object[]) => net('outer', units, more);
  const refusal =
    'units[0].net: would ask for the lock "b" inside a net that holds "a"; name all of them there, so that they are taken together';
  for (const [to, ...nets] of [[locked], [inside], [middle, inside]] as const) {
    const problems = (locks: readonly string[]) =>
      problemsOf(
        holding(locks.length === 0 ? {} : { locks: locks.map((name) => ({ name })) }, refer(to.name)),
        to,
        ...(nets as readonly JobNetDefinition[]),
      );
    assert.deepEqual(problems(['a']), [refusal]);
    assert.deepEqual(problems(['a', 'b']), []);
    assert.deepEqual(problems([]).length, 0);
  }
});
