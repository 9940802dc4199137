// Tests of orders that have never left the manager. What agents get and how often is tried with the engine (engine.test.ts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptOrder, CancelItem } from '@nezuban/protocol/agent/link';
import type { AttemptRow } from '@nezuban/core/jobs/session-state';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AgentHub } from '../ports.ts';
import { createDispatcher, type DispatcherOptions } from './dispatcher.ts';

const attemptId = '7-abc123-1.1.0.1' as AttemptId;
const order = { attemptId, command: 'true' } as AttemptOrder;

function worldOf(prepare: DispatcherOptions['prepare'] = ({ order: given }) => ({ ok: true, order: given })) {
  const sent: string[] = [];
  const refused: AttemptId[] = [];
  let connected = false;
  const hub = {
    isConnected: () => connected,
    release: () => null,
    dispatch: (_node: string, orders: readonly AttemptOrder[]) => sent.push(`${orders.length} order`),
    cancel: (_node: string, items: readonly CancelItem[]) =>
      sent.push(items.some(({ unlessStarted }) => unlessStarted) ? 'withdraw' : 'cancel'),
    query: () => sent.push('query'),
  } as unknown as AgentHub;
  const dispatcher = createDispatcher(hub, {
    openPerNodeMax: 10,
    isFrozen: () => false,
    refuse: (id) => void refused.push(id),
    prepare,
  });
  const connect = (): void => {
    connected = true;
    dispatcher.connected('web1');
  };
  return { dispatcher, sent, connect, refused };
}

test('dispatcher: a cancel while no agent is there: the order has not left and never will, and nobody has to be waited for', () => {
  const { dispatcher, sent, connect } = worldOf();
  dispatcher.dispatch({ node: 'web1', order, mayBeKnown: false });
  dispatcher.flush();
  assert.equal(dispatcher.cancel({ node: 'web1', attemptId, killAfterMs: 1_000 }), 'neverSent');
  dispatcher.flush();
  connect();
  assert.deepEqual(sent, []);
  assert.equal(dispatcher.openAttempts('web1'), 0);
});

test('dispatcher: a cancel of what an agent, or an earlier manager, may have been given: waits for the word of the agent', () => {
  const { dispatcher, sent, connect } = worldOf();
  dispatcher.dispatch({ node: 'web1', order, mayBeKnown: true });
  dispatcher.flush();
  assert.equal(dispatcher.cancel({ node: 'web1', attemptId, killAfterMs: 1_000 }), 'sent');
  dispatcher.flush();
  connect();
  assert.ok(sent.includes('cancel'));
});

test('dispatcher: an order that may have been sent and cannot be opened any more: its agent is asked, nobody says that it did not run', () => {
  const { dispatcher, sent, connect, refused } = worldOf(() => ({ ok: false, reason: 'no secret' }));
  dispatcher.dispatch({ node: 'web1', order, mayBeKnown: true });
  dispatcher.flush();
  connect();
  assert.deepEqual([sent, refused], [['query'], []]);
});

test('dispatcher: a withdrawal: said again at each connection until the attempt has started there, and not after that', () => {
  const { dispatcher, sent, connect } = worldOf();
  const follow = (state: 'accepted' | 'running', cancelRequested: boolean): void =>
    dispatcher.follow({
      id: attemptId,
      node: 'web1',
      state,
      cancelRequested,
      endStatus: null,
      byHand: null,
    } as AttemptRow);
  const again = (): string[] => {
    sent.length = 0;
    connect();
    return sent;
  };
  dispatcher.dispatch({ node: 'web1', order, mayBeKnown: true });
  dispatcher.flush();
  dispatcher.cancel({ node: 'web1', attemptId, killAfterMs: 1_000, unlessStarted: true });
  assert.deepEqual(again(), ['1 order', 'withdraw']);
  follow('accepted', true);
  assert.deepEqual(again(), ['withdraw', 'query']);
  follow('running', false);
  assert.deepEqual(again(), ['query']);
  dispatcher.cancel({ node: 'web1', attemptId, killAfterMs: 1_000 });
  assert.deepEqual(again(), ['cancel', 'query']);
});
