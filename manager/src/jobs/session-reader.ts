// One session as it is now, wherever it is: in the engine's memory, or ended and in the database alone.
// Called by the routes.
import { rehydrateSession } from '@nezuban/core/jobs/session-rows';
import type { Session } from '@nezuban/core/jobs/session-state';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Engine } from './engine.ts';
import type { SessionStore } from './session-store.ts';

export type SessionReader = {
  /** Throws `not_found`. */
  readonly read: <Result>(id: SessionId, look: (session: Session) => Result) => Promise<Result>;
};

/** `store` reads by connections of the requests', so that pages of old sessions never stand in the engine's way. */
export const createSessionReader = (
  engine: Pick<Engine, 'inspect'>,
  store: Pick<SessionStore, 'load' | 'notFound'>,
): SessionReader => ({
  async read(id, look) {
    const live = await engine.inspect(id, look);
    if (live !== null) return live.result;
    const [loaded] = await store.load([id]);
    if (loaded === undefined) throw await store.notFound(id);
    return look(rehydrateSession(loaded.plan.definition, loaded.rows, loaded.plan));
  },
});
