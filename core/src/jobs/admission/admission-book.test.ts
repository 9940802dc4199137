// Tests of the admission book: who comes next where wishes for several places overlap.
// What must hold whatever is asked for is proved by `admission-model.test.ts`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId } from '@nezuban/protocol/ids';
import { inventoryOf, net } from '../../testing/session-driver.ts';
import { applySession } from '../apply-session.ts';
import { planSession } from '../plan-session.ts';
import type { Inventory, SessionInput } from '../session-inputs.ts';
import type { Session } from '../session-state.ts';
import { createAdmissionBook } from './admission-book.ts';
import { limitsOf } from './limits.ts';

/** Sessions of nets with one unit, which holds what it has asked for until it is ended. */
function worldOf(places: Readonly<Record<string, number>>) {
  const lockLimits = Object.entries(places).map(([name, count]) => ({
    definition: { kind: 'lock' as const, name, places: count },
    paused: null,
  }));
  const nodeLimit = {
    definition: { kind: 'node_limit' as const, name: 'web1', places: 1, timezone: 'UTC' },
    paused: null,
  };
  const limits = limitsOf([...lockLimits, nodeLimit]);
  const inventoryWith = (inScope: readonly string[]): Inventory => ({
    ...inventoryOf({ web1: true, web2: true, web3: true }, { web: inScope }),
    limitedNodes: limits.nodes,
  });
  let inventory = inventoryWith(['web1']);
  const book = createAdmissionBook(limits);
  const sessions = new Map<SessionId, Session>();
  let now = Date.UTC(2026, 0, 1);
  const settle = (): void => {
    for (;;) {
      const admissions = book.admit(now, inventory);
      if (admissions.length === 0) return;
      for (const { sessionId, unit, node } of admissions) apply(sessionId, { type: 'admitted', unit, node });
    }
  };
  const apply = (id: SessionId, input: SessionInput): void => {
    const session = sessions.get(id);
    assert.ok(session !== undefined);
    assert.ok(applySession(session, input, { now, inventory }).ok);
    book.sync(session, inventory);
  };
  return {
    start(name: string, asks: object): SessionId {
      now += 1_000;
      const id = (sessions.size + 1) as SessionId;
      const definition = net([{ name: 'u', command: 'x', target: { node: 'web3' }, ...asks }], { name });
      const planned = planSession(
        {
          definition,
          sessionId: id,
          nonce: 'abc123',
          parameters: {},
          trigger: { type: 'manual', user: 'admin' },
        },
        { now, inventory },
      );
      assert.ok(planned.ok);
      sessions.set(id, planned.session);
      book.sync(planned.session, inventory);
      settle();
      return id;
    },
    end(id: SessionId): void {
      const attempt = [...(sessions.get(id)?.attempts.values() ?? [])].at(-1);
      assert.ok(attempt !== undefined);
      apply(id, { type: 'attemptRefused', attemptId: attempt.id, code: 'bad_order', reason: 'test' });
      settle();
    },
    changeScope(inScope: readonly string[]): void {
      inventory = inventoryWith(inScope);
      book.lookAgain((id) => sessions.get(id) ?? null, inventory);
      settle();
    },
    state: (id: SessionId): string | undefined => sessions.get(id)?.units[1]?.state,
  };
}

test('admission book: what is kept for one who waits counts however far away the place is that has become free', () => {
  const { start, end, state } = worldOf({ q: 1, r: 2, s: 2 });
  const holdsQ = start('holds-q', { locks: [{ name: 'q', count: 1 }] });
  start('holds-s', { locks: [{ name: 's', count: 1 }] });
  const wantsAll = start('wants-all-of-s', { locks: [{ name: 's', count: 'all' }] });
  const wantsBoth = start('wants-q-and-r', {
    locks: [
      { name: 'q', count: 1 },
      { name: 'r', count: 1 },
    ],
  });
  const younger = start('wants-r-and-s', {
    locks: [
      { name: 'r', count: 1 },
      { name: 's', count: 1 },
    ],
  });
  assert.deepEqual([wantsAll, wantsBoth, younger].map(state), ['queued', 'queued', 'queued']);
  end(holdsQ);
  assert.equal(state(wantsBoth), 'starting');
  assert.equal(state(younger), 'queued', 'it would overtake the older one, who waits for all of s');
});

test('admission book: a node is added to the scope that one waits for: it goes there at the next look', () => {
  const { start, changeScope, state } = worldOf({});
  const target = { scope: 'web', mode: 'any' };
  start('holds-the-node', { target });
  const waits = start('waits-for-the-scope', { target });
  assert.equal(state(waits), 'queued');
  changeScope(['web1', 'web2']);
  assert.equal(state(waits), 'starting');
});

test('least_loaded: places that are given at once are spread over the nodes', () => {
  const limits = limitsOf([
    { definition: { kind: 'node_limit' as const, name: 'web1', places: 9, timezone: 'UTC' }, paused: null },
  ]);
  const scope = ['web1', 'web2', 'web3'];
  const inventory: Inventory = {
    ...inventoryOf({ web1: true, web2: true, web3: true }, { web: scope }),
    limitedNodes: limits.nodes,
    openAttempts: () => 0,
  };
  const book = createAdmissionBook(limits);
  const now = Date.UTC(2026, 0, 1);
  const definition = net(
    scope.map((name) => ({ name, command: 'x' })),
    { target: { scope: 'web', mode: 'least_loaded' } },
  );
  const planned = planSession(
    {
      definition,
      sessionId: 1 as SessionId,
      nonce: 'abc123',
      parameters: {},
      trigger: { type: 'manual', user: 'admin' },
    },
    { now, inventory },
  );
  assert.ok(planned.ok);
  book.sync(planned.session, inventory);
  const given = new Set(book.admit(now, inventory).map(({ node }) => node));
  assert.deepEqual(given, new Set(scope));
});
