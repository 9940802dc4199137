// Sends what the outbox holds.
// Responsible for taking due deliveries in order, a bounded number at once, for retries with growing waits, and for saying when one has
// finally failed. Each try is counted in the database before it is made and its outcome written after; a manager that dies in between
// leaves a delivery that may have arrived, and the next try says that it is a repeat.
// Not responsible for how a channel sends (channels/). Made by manager.ts; woken by the event sink after commits.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import { toStorableText } from '../database/storable-text.ts';
import type { EventDraft, EventSink, Identity } from '../ports.ts';
import { noHands, type SendOutcome } from './channels/channel.ts';
import { messageOfEvent } from './channels/message-text.ts';
import { kindOf } from './channels/registry.ts';
import { claimDeliveries, finishDelivery, nextDueInMs } from './delivery-store.ts';
import type { ClaimedDelivery, Finish } from './delivery-store.ts';
import { notificationLimits } from './notification-limits.ts';
import { planRetry } from './retry-plan.ts';
import type { RuleStore } from './rule-store.ts';

export type OutboxPorts = {
  readonly database: Database;
  readonly rules: Pick<RuleStore, 'rules'>;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
};

export type OutboxLoop = {
  start(): void;
  /** There may be something due. */
  wake(): void;
  /** Takes nothing more until `resume`, and waits for what is on its way. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends what is on its way (it is said to be a repeat later) and waits for it. Idempotent. */
  stop(): Promise<void>;
};

export const createOutboxLoop = (
  ports: OutboxPorts,
  identity: Pick<Identity, 'managerId' | 'startId'>,
): OutboxLoop => {
  const { database, rules, timers, logger } = ports;
  const ending = new AbortController();
  const sending = new Map<number, { readonly rule: string; readonly done: Promise<void> }>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let started = false;
  let paused = false;
  let cancelTimer: () => void = () => undefined;

  const lookLater = (ms: number): void => {
    cancelTimer();
    cancelTimer = timers.after(Math.min(Math.max(ms, 1), notificationLimits.pollMs), wake);
  };

  const busyRules = (): string[] => {
    const counts = new Map<string, number>();
    for (const { rule } of sending.values()) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return [...counts]
      .filter(([, count]) => count >= notificationLimits.sendingPerRuleMax)
      .map(([rule]) => rule);
  };

  /** Takes one at a time while there is room, so that the limit of a rule holds from one to the next. */
  const look = async (): Promise<void> => {
    try {
      while (!ending.signal.aborted && !paused && sending.size < notificationLimits.sendingMax) {
        const [delivery] = await claimDeliveries(database, {
          startId: identity.startId,
          limit: 1,
          busyRules: busyRules(),
        });
        if (delivery === undefined) break;
        begin(delivery);
      }
      const waitMs =
        sending.size < notificationLimits.sendingMax ? await nextDueInMs(database, identity.startId) : null;
      // What is due but not taken belongs to a busy rule; the end of one of its sendings wakes the loop.
      lookLater(waitMs === null || waitMs <= 0 ? notificationLimits.pollMs : waitMs);
    } catch (error) {
      if (ending.signal.aborted) return;
      logger.warn({ err: error }, 'The outbox could not be read');
      lookLater(notificationLimits.databaseRetryMs);
    }
  };

  const run = async (): Promise<void> => {
    do {
      lookAgain = false;
      await look();
    } while (lookAgain && !paused && !ending.signal.aborted);
    looking = undefined;
  };

  const wake = (): void => {
    if (!started || paused || ending.signal.aborted) return;
    if (looking === undefined) looking = run();
    else lookAgain = true;
  };

  const begin = (delivery: ClaimedDelivery): void => {
    const done = sendAndFinish(delivery).finally(() => {
      sending.delete(delivery.id);
      wake();
    });
    sending.set(delivery.id, { rule: delivery.rule, done });
  };

  const sendAndFinish = async (delivery: ClaimedDelivery): Promise<void> => {
    const outcome = await send(delivery);
    // Cut off by our own stop: left as it is, so that the next start knows that it may have arrived.
    if (ending.signal.aborted && outcome.type === 'unknown') return;
    const finish = toFinish(outcome, delivery, ports.chance());
    await write(delivery, finish);
  };

  const send = async (
    delivery: ClaimedDelivery,
  ): Promise<SendOutcome | { readonly type: 'impossible'; readonly error: string }> => {
    const stored = rules.rules().get(delivery.rule);
    if (stored === undefined) return { type: 'impossible', error: 'The rule has been deleted' };
    if (!stored.rule.enabled) return { type: 'impossible', error: 'The rule is switched off' };
    if (stored.secretsLost)
      return { type: 'refused', error: 'The stored secrets of the rule cannot be opened; enter them again' };
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(notificationLimits.sendTimeoutMs)]);
    const { channel } = stored.rule;
    if (channel === undefined)
      return { type: 'impossible', error: 'The rule has no channel of its own any more' };
    const message = {
      ...messageOfEvent(delivery.payload),
      key: `${identity.managerId}-${delivery.id}`,
      rule: delivery.rule,
      repeat: delivery.maybe_delivered,
    };
    try {
      return await kindOf(channel).send(channel, message, { signal, hands: noHands });
    } catch (error) {
      // A bug of a channel must not stop the others; whether the message went out is not known.
      logger.error(
        { err: error, rule: delivery.rule, delivery: delivery.id },
        'A notification channel failed in an unforeseen way',
      );
      return { type: 'unknown', error: error instanceof Error ? error.message : String(error) };
    }
  };

  /** Tries until it is written or the manager stops: an outcome that is known must not be forgotten. */
  const write = async (delivery: ClaimedDelivery, finish: Finish): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const publish = await database.inTransaction(async (transaction) => {
          await finishDelivery(transaction, delivery.id, finish);
          const draft = toFailureEvent(delivery, finish, ports.clock.epochMs());
          return draft === null ? () => undefined : await ports.events.append(transaction, [draft]);
        });
        publish();
        const line = { rule: delivery.rule, delivery: delivery.id, tries: delivery.tries, ...finish };
        if (finish.state === 'sent') logger.debug(line, 'A notification was sent');
        else logger.warn(line, 'A notification was not delivered');
        return;
      } catch (error) {
        logger.warn(
          { err: error, delivery: delivery.id },
          'The outcome of a notification could not be written yet',
        );
        await timers.sleep(notificationLimits.databaseRetryMs, ending.signal).catch(() => undefined);
      }
    }
  };

  return {
    start() {
      started = true;
      wake();
    },
    wake,
    async pause() {
      paused = true;
      await looking;
      await Promise.all([...sending.values()].map(({ done }) => done));
      cancelTimer();
    },
    resume() {
      if (!paused) return;
      paused = false;
      wake();
    },
    async stop() {
      if (!ending.signal.aborted) ending.abort(new Error('The manager is stopping'));
      await looking;
      await Promise.all([...sending.values()].map(({ done }) => done));
      // Last: what was under way may have set it anew.
      cancelTimer();
    },
  };
};

/** What becomes of a delivery after a try. Pure. */
export const toFinish = (
  outcome: SendOutcome | { readonly type: 'impossible'; readonly error: string },
  delivery: Pick<ClaimedDelivery, 'tries'>,
  chance: number,
): Finish => {
  // What a receiver says is written down, whatever bytes it holds: an outcome that cannot be stored would never be.
  const said = (text: string): string => toStorableText(text.slice(0, notificationLimits.errorCharsMax));
  if (outcome.type === 'accepted')
    return { state: 'sent', note: outcome.note === null ? null : said(outcome.note) };
  const error = said(outcome.error);
  if (outcome.type === 'impossible') return { state: 'failed', error };
  const retryInMs = planRetry(delivery.tries, chance);
  return retryInMs === null
    ? { state: 'failed', error }
    : { state: 'pending', retryInMs, error, maybeDelivered: outcome.type === 'unknown' };
};

/** A failure of a message about a failure is only written down: two broken rules must not talk of each other for ever. */
const toFailureEvent = (delivery: ClaimedDelivery, finish: Finish, nowMs: number): EventDraft | null => {
  if (finish.state !== 'failed' || delivery.payload.code === 'notification_failed') return null;
  return {
    at: new Date(nowMs),
    priority: 'warning',
    code: 'notification_failed',
    node: null,
    message: `The notification rule "${delivery.rule}" could not tell of event ${delivery.event_id} (${delivery.tries} tries): ${finish.error}`,
    details: {
      rule: delivery.rule,
      delivery: delivery.id,
      event: delivery.event_id,
      tries: delivery.tries,
      error: finish.error,
    },
  };
};
