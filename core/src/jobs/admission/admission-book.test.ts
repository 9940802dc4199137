// Tests of the admission book: who comes next where wishes for several places overlap.
// What must hold whatever is asked for is proved by `admission-model.test.ts`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId } from '@nezuban/protocol/ids';
import { inventoryOf, net } from '../../testing/session-driver.ts';
import { applySession } from '../apply-session.ts';
import { planSession } from '../plan-session.ts';
import type { SessionInput } from '../session-inputs.ts';
import type { Session } from '../session-state.ts';
import { createAdmissionBook } from './admission-book.ts';
import { limitsOf } from './limits.ts';

/** Sessions of nets with one unit that waits for somebody's release, so that it holds its locks until it is stopped. */
function worldOf(places: Readonly<Record<string, number>>) {
  const inventory = inventoryOf({ web1: true });
  const limits = Object.entries(places).map(([name, count]) => ({
    definition: { kind: 'lock' as const, name, places: count },
    paused: null,
  }));
  const book = createAdmissionBook(limitsOf(limits));
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
    start(name: string, locks: readonly object[]): SessionId {
      now += 1_000;
      const id = (sessions.size + 1) as SessionId;
      const definition = net([{ name: 'u', command: 'x', locks }], { name });
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
    state: (id: SessionId): string | undefined => sessions.get(id)?.units[1]?.state,
  };
}

test('admission book: what is kept for one who waits counts however far away the place is that has become free', () => {
  const { start, end, state } = worldOf({ q: 1, r: 2, s: 2 });
  const holdsQ = start('holds-q', [{ name: 'q', count: 1 }]);
  start('holds-s', [{ name: 's', count: 1 }]);
  const wantsAll = start('wants-all-of-s', [{ name: 's', count: 'all' }]);
  const wantsBoth = start('wants-q-and-r', [
    { name: 'q', count: 1 },
    { name: 'r', count: 1 },
  ]);
  const younger = start('wants-r-and-s', [
    { name: 'r', count: 1 },
    { name: 's', count: 1 },
  ]);
  assert.deepEqual([wantsAll, wantsBoth, younger].map(state), ['queued', 'queued', 'queued']);
  end(holdsQ);
  assert.equal(state(wantsBoth), 'starting');
  assert.equal(state(younger), 'queued', 'it would overtake the older one, who waits for all of s');
});
