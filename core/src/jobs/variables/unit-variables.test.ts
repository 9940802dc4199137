// Tests of what a unit on several nodes gives: whose value counts, what is joined, what a retry replaces, and what is not kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, net, SessionDriver } from '../../testing/session-driver.ts';
import { viewSession } from '../session-view.ts';

const nodes = ['web1', 'web2', 'web3'];
const drive = (output: object, more: object = {}) =>
  new SessionDriver(
    net(
      [
        { name: 'a', command: 'a', outputs: [{ name: 'V', regex: 'v=(.*)', ...output }], ...more },
        { name: 'b', command: ['b', '{{unit.a.output.V}}'], target: { node: 'web1' }, after: ['a'] },
      ],
      { target: { scope: 'all' } },
    ),
    {
      inventory: inventoryOf(Object.fromEntries(nodes.map((node) => [node, true])), { all: nodes }),
    },
  );
const given = (driver: SessionDriver): string | undefined => {
  const effect = driver.effects.findLast(({ type }) => type === 'dispatch');
  const command = effect?.type === 'dispatch' ? effect.order.command : undefined;
  return Array.isArray(command) ? command[1] : undefined;
};
const value = (text: string) => ({ captured: [{ name: 'V', value: text }] });

test('outputs: of several nodes: the value of the first in the scope that has one, whoever ended first', () => {
  const driver = drive({ required: false });
  driver.end('a', value('three'), 'web3');
  driver.end('a', value('two'), 'web2');
  driver.end('a', { captured: [{ name: 'V', says: 'nothing fits' }] }, 'web1');
  assert.equal(given(driver), 'two');
});

test('outputs: joined: those of all, in the order of the scope', () => {
  const driver = drive({ join: ',' });
  for (const node of nodes.toReversed()) driver.end('a', value(node), node);
  assert.equal(given(driver), 'web1,web2,web3');
  assert.deepEqual(viewSession(driver.session).units[0]?.outputs, [{ name: 'V', value: 'web1,web2,web3' }]);
});

test('outputs: after a retry: those of the last try, and a rerun begins without any', () => {
  const driver = drive({ required: false }, { target: { node: 'web1' }, retry: { count: 1 } });
  driver.end('a', { exitCode: 1, ...value('first') });
  driver.end('a', { captured: [] });
  assert.equal(given(driver), '');
  driver.end('b');
  driver.operate('rerun', 'a');
  assert.equal(driver.unit('a').variables, null);
});

test('outputs: names that the definition does not declare, and more than the bound: not kept', () => {
  const driver = drive({}, { target: { node: 'web1' } });
  driver.end('a', {
    captured: [
      { name: 'OTHER', value: 'x' },
      { name: 'V', value: 'y' },
    ],
  });
  assert.deepEqual(driver.unit('a').variables, { outputs: { V: [[0, 'y']] } });
});

test('outputs: a secret one: a mark in the order, nothing in the view', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'a', outputs: [{ name: 'V', regex: 'v=(.*)', secret: true }] },
      { name: 'b', command: 'b', environment: { V: '{{unit.a.output.V}}' }, after: ['a'] },
    ]),
  );
  driver.end('a', { captured: [{ name: 'V', value: '', secret: true }] });
  const effect = driver.effects.findLast(({ type }) => type === 'dispatch');
  assert.equal(effect?.type === 'dispatch' ? effect.order.environment['V'] : '', '\0output/1/0/V\0');
  assert.equal(effect?.type === 'dispatch' ? 'NEZUBAN_OUTPUT_A_V' in effect.order.environment : true, false);
  assert.deepEqual(viewSession(driver.session).units[0]?.outputs, [{ name: 'V', value: null }]);
});

test('outputs: an agent gives one that looks like the mark of a secret: it stays a text', () => {
  const driver = drive({}, { target: { node: 'web1' } });
  driver.end('a', value('\0secret/db\0'), 'web1');
  assert.equal(given(driver), '\u{FFFD}secret/db\u{FFFD}');
});

test('outputs: declared secret, and an agent gives it as plain: it is kept as a secret all the same', () => {
  const driver = drive({ secret: true, required: false }, { target: { node: 'web1' } });
  driver.end('a', value('open'), 'web1');
  assert.deepEqual(driver.unit('a').variables, { outputs: { V: [[0, null]] } });
});
