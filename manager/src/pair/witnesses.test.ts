// Tests of which agent becomes a witness.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectedAgent } from '../inventory/agent-hub.ts';
import { chooseWitness, type AppointWish } from './witnesses.ts';

const agent = (node: string, change: Partial<ConnectedAgent> = {}): ConnectedAgent => ({
  node,
  hostname: `${node}.example`,
  address: '10.1.0.1',
  connectedForMs: 1_000,
  witness: { type: 'witness', state: 'none', says: '' },
  ...change,
});
const wish = (change: Partial<AppointWish> = {}): AppointWish => ({
  ask: 'appoint-witness',
  node: null,
  excludedHosts: ['10.0.0.1', 'Beta.example'],
  excludedNodes: ['local'],
  join: { members: ['10.0.0.1:7382', '[fd00::2]:7382'], token: 't' },
  ...change,
});
const choose = (agents: readonly ConnectedAgent[], change: Partial<AppointWish> = {}) =>
  chooseWitness(agents, wish(change), ['10.0.0.9']);

test('witness: hosts of the pair, excluded nodes, old releases: never; nobody is left: says so', () => {
  const unsuited = [
    agent('local'),
    agent('same-address', { address: '10.0.0.1' }),
    agent('same-name', { hostname: 'beta.example' }),
    agent('own', { address: '10.0.0.9' }),
    agent('loop', { address: '127.0.0.1' }),
    agent('member', { address: 'fd00::2' }),
    agent('old', { witness: null }),
  ];
  const choice = choose(unsuited);
  assert.ok(!choice.ok && /No agent/.test(choice.says));
  assert.deepEqual(choose([...unsuited, agent('good')]), { ok: true, node: 'good' });
});

test('witness: several: another subnet first, then who is connected the longest; who has failed comes last', () => {
  const near = agent('near', { address: '10.0.0.7', connectedForMs: 90_000 });
  const near6 = agent('near6', { address: 'fd00:0:0:0:1::7', connectedForMs: 90_000 });
  const young = agent('young', { connectedForMs: 10 });
  const old = agent('old', { connectedForMs: 5_000 });
  const failed = agent('failed', {
    connectedForMs: 99_000,
    witness: { type: 'witness', state: 'failed', says: '' },
  });
  assert.deepEqual(choose([near, young, failed, old, near6]), { ok: true, node: 'old' });
  assert.deepEqual(choose([near6, failed]), { ok: true, node: 'near6' });
  assert.deepEqual(choose([failed]), { ok: true, node: 'failed' });
});

test('witness: one that is named: taken if it may, else the reason', () => {
  const agents = [agent('far'), agent('own', { address: '10.0.0.9' })];
  assert.deepEqual(choose(agents, { node: 'far' }), { ok: true, node: 'far' });
  const own = choose(agents, { node: 'own' });
  assert.ok(!own.ok && /on a host of the pair/.test(own.says));
  const gone = choose(agents, { node: 'gone' });
  assert.ok(!gone.ok && /not connected/.test(gone.says));
});
