// The one transaction of a batch.
// Responsible for writing everything that belongs together, and for the fence: an engine whose term is not the database's commits nothing.
// Called by `engine.ts`.
import type { Term } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';
import { sqlState } from '../database/database-errors.ts';
import { recordAt } from '@nezuban/core/jobs/step';
import { indexOfNumber } from '@nezuban/core/jobs/unit-numbers';
import type { EventDraft, EventSink, Transaction, UnitMails } from '../ports.ts';
import { noSession, type Batch } from './engine-batch.ts';
import type { SessionStore, SessionWrites } from './session-store.ts';

/** A newer manager has this database. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

export type CommitPorts = {
  readonly database: Database;
  readonly store: SessionStore;
  readonly events: EventSink;
  readonly mails: Pick<UnitMails, 'queue'>;
  readonly clock: Clock;
  readonly term: Term;
};

/** The lock lets a new manager raise the term only when no transaction of the old one is under way, so it never misses the last one. */
const FENCE = { name: 'engine_fence', text: 'SELECT term FROM manager_identity FOR SHARE' };
const TRANSACTION_FAILED = '25P02';

/** Part of every transaction that acts on what agents say. Throws SupersededError. */
export const assertTerm = async (transaction: Transaction, term: Term): Promise<void> => {
  const { rows } = await transaction.query<{ term: number }>(FENCE);
  if (rows[0]?.term !== term)
    throw new SupersededError('Another manager has taken over this database; this one ends.');
};

/** The locks of a transaction whose client has lost it stand until the server is through with it. */
const BARRIER = 'SELECT FROM manager_identity FOR UPDATE';

/**
 * Resolves once no COMMIT is under way any more whose answer was lost. The server may still be at it, on a disk that does not answer: what
 * is read before it is through is not the truth.
 */
export const waitForLostCommits = async (database: Database): Promise<void> => {
  await database.query({ text: BARRIER });
};

/** Resolves once all is committed, with what is to be called then: it publishes the events. */
export const commitBatch = async (
  ports: CommitPorts,
  batch: Batch,
  writes: SessionWrites,
): Promise<() => void> =>
  await ports.database.inTransaction(async (transaction) => {
    const fence = assertTerm(transaction, ports.term);
    const appended = appendEvents(ports, batch, transaction);
    const queued = queueMails(ports, batch, transaction);
    const others = [
      // Before what is written: where a partition is gone, an update finds nothing and says nothing.
      assertStillThere(ports, batch, transaction),
      ports.store.write(transaction, writes),
      ...batch.alsoWrite.map(async (write) => write(transaction)),
    ];
    // All are waited for, so that none sends a statement after the transaction is over.
    const outcomes = await Promise.allSettled([fence, appended, queued, ...others]);
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    // Once one has failed, the others fail for that alone.
    if (failures.length > 0)
      throw failures.find((error) => sqlState(error) !== TRANSACTION_FAILED) ?? failures[0];
    const [publish, wakeOutbox] = await Promise.all([appended, queued]);
    return () => {
      publish();
      wakeOutbox();
    };
  });

/** Throws `not_found` for an ended session that retention has removed since it was read. */
const assertStillThere = async (
  { store }: CommitPorts,
  { awakened }: Batch,
  transaction: Transaction,
): Promise<void> => {
  if (awakened.length === 0) return;
  const [missing] = await store.findMissing(transaction, awakened);
  if (missing !== undefined) throw noSession(missing);
};

const queueMails = async (
  { mails, clock }: CommitPorts,
  batch: Batch,
  transaction: Transaction,
): Promise<() => void> => {
  const at = new Date(clock.epochMs());
  const ordered = batch.effects.flatMap(({ live: { session }, effect }) => {
    if (effect.type !== 'mail') return [];
    const { type: _type, unit, run, ...mail } = effect;
    const net = session.plan.definition.name;
    return [
      {
        key: { session: session.id, unit, run },
        net,
        path: recordAt(session, indexOfNumber(session.plan, unit) ?? 0).unit.path,
        at,
        mail,
      },
    ];
  });
  return ordered.length === 0 ? () => undefined : await mails.queue(transaction, ordered);
};

const appendEvents = async (
  { events, clock }: CommitPorts,
  batch: Batch,
  transaction: Transaction,
): Promise<() => void> => {
  const at = new Date(clock.epochMs());
  const drafts: EventDraft[] = [];
  for (const { effect } of batch.effects) {
    if (effect.type !== 'event') continue;
    const { type: _type, ...event } = effect;
    drafts.push({ at, ...event });
  }
  return drafts.length === 0 ? () => undefined : await events.append(transaction, drafts);
};
