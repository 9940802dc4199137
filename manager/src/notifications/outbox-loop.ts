// Sends what the outbox holds.
// Responsible for taking due deliveries in order, a bounded number at once, for retries with growing waits, and for saying when one has
// finally failed. Each try is counted in the database before it is made and its outcome written after; a manager that dies in between
// leaves a delivery that may have arrived, and the next try says that it is a repeat.
// Not responsible for how a channel sends (channels/). Made by manager.ts; woken by the event sink after commits.
import { peopleBehindMax, peopleInEvent } from '@nezuban/core/jobs/people-behind';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Channel } from '@nezuban/protocol/notifications/channel';
import type { Database } from '../database/database.ts';
import { toStorableText } from '../database/storable-text.ts';
import type { EventDraft, EventSink, Identity, UnitMailKey } from '../ports.ts';
import type {
  ChannelHands,
  DeliveryMessage,
  NamedChannels,
  SendOutcome,
  StartPeople,
} from './channels/channel.ts';
import { kindOf } from './channels/registry.ts';
import {
  claimDeliveries,
  finishDelivery,
  giveBackClaims,
  messageOfDelivery,
  nextDueInMs,
  targetKeyOf,
} from './delivery-store.ts';
import type { ClaimedDelivery, Finish } from './delivery-store.ts';
import { notificationLimits } from './notification-limits.ts';
import { planRetry } from './retry-plan.ts';
import type { RuleStore } from './rule-store.ts';
import { createSendPace } from './send-pace.ts';

export type OutboxPorts = {
  readonly database: Database;
  readonly rules: Pick<RuleStore, 'rules'>;
  readonly channels: NamedChannels;
  readonly hands: ChannelHands;
  /** Who has saved an escalation last. */
  readonly escalationAuthor?: (name: string) => string | undefined;
  /** Under which addresses people open the console. */
  readonly consoleUrls?: () => readonly string[];
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** It is through with the mail of a unit. */
  readonly onUnitMail?: (key: UnitMailKey) => void;
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

type Unsendable = {
  /** `impossible`: nothing to wait for. */
  readonly type: 'refused' | 'impossible';
  readonly error: string;
};
type Receiver = {
  readonly type: 'receiver';
  readonly channel: Channel;
  readonly limitPerMin: number | null;
};
type Outcome = SendOutcome | Unsendable;

const secretsLostError = (what: string): string =>
  `The stored secrets of the ${what} cannot be opened; enter them again`;

export const createOutboxLoop = (
  ports: OutboxPorts,
  identity: Pick<Identity, 'managerId' | 'startId'>,
): OutboxLoop => {
  const { database, rules, channels, hands, timers, logger } = ports;
  const ending = new AbortController();
  const sending = new Map<number, Promise<void>>();
  /** What each of them says of its receiver's pace, until it is written. */
  const slow = new Map<number, { readonly timedOut: boolean; readonly accepted: boolean }>();
  const pace = createSendPace({ clock: ports.clock });
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  /** The answer to a taking was lost: until then something may turn out to be taken that nobody sends. */
  let unsureUntilMs = -Infinity;
  let started = false;
  let paused = false;
  let cancelTimer: () => void = () => undefined;

  const lookLater = (ms: number): void => {
    cancelTimer();
    cancelTimer = timers.after(Math.min(Math.max(ms, 1), notificationLimits.pollMs), wake);
  };

  /** Takes one at a time while there is room, so that the limit of a rule holds from one to the next. */
  const look = async (): Promise<void> => {
    try {
      if (ports.clock.monotonicMs() < unsureUntilMs)
        await giveBackClaims(database, { startId: identity.startId, sending: [...sending.keys()] });
      while (!ending.signal.aborted && !paused && sending.size < notificationLimits.sendingMax) {
        const [delivery] = await claimDeliveries(database, {
          startId: identity.startId,
          limit: 1,
          busyTargets: pace.busy(),
        });
        if (delivery === undefined) break;
        begin(delivery);
      }
      const waitMs =
        sending.size < notificationLimits.sendingMax ? await nextDueInMs(database, identity.startId) : null;
      // What is due but not taken belongs to a busy receiver: the end of one of its sendings wakes the loop, or its pause is over.
      const freeMs = pace.nextFreeMs();
      const dueMs = waitMs === null || waitMs <= 0 ? notificationLimits.pollMs : waitMs;
      lookLater(freeMs === null ? dueMs : Math.min(dueMs, freeMs - ports.clock.epochMs()));
    } catch (error) {
      if (ending.signal.aborted) return;
      unsureUntilMs = ports.clock.monotonicMs() + notificationLimits.unsureMs;
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
    const target = targetKeyOf(delivery);
    const receiver = receiverOf(delivery);
    pace.begin(target, receiver.type === 'receiver' ? receiver.limitPerMin : null);
    const done = sendAndFinish(delivery, receiver).finally(() => {
      sending.delete(delivery.id);
      pace.end(target, slow.get(delivery.id) ?? { timedOut: false, accepted: false });
      slow.delete(delivery.id);
      wake();
    });
    sending.set(delivery.id, done);
  };

  const sendAndFinish = async (delivery: ClaimedDelivery, receiver: Receiver | Unsendable): Promise<void> => {
    const outcome = await send(delivery, receiver);
    // Cut off by our own stop: left as it is, so that the next start knows that it may have arrived.
    if (ending.signal.aborted && outcome.type === 'unknown') return;
    const finish = toFinish(outcome, delivery, ports.chance());
    await write(delivery, finish);
  };

  /** Where a delivery goes now, or why it cannot. */
  const receiverOf = ({ rule, target, mail }: ClaimedDelivery): Receiver | Unsendable => {
    // Ordered by a unit, or for it: no rule has a say in it.
    if (rule === '' && target !== null) return channelOf(target, mail !== null);
    const stored = rules.rules().get(rule);
    if (stored === undefined) return { type: 'impossible', error: 'The rule has been deleted' };
    if (!stored.rule.enabled) return { type: 'impossible', error: 'The rule is switched off' };
    if (target === null) {
      if (stored.secretsLost) return { type: 'refused', error: secretsLostError('rule') };
      const { channel } = stored.rule;
      return channel === undefined
        ? { type: 'impossible', error: 'The rule has no channel of its own any more' }
        : { type: 'receiver', channel, limitPerMin: null };
    }
    return channelOf(target, false);
  };
  const channelOf = (target: string, isMail: boolean): Receiver | Unsendable => {
    const named = channels.channelOf(target);
    if (named === null) return { type: 'impossible', error: `There is no channel "${target}"` };
    if (!named.enabled) return { type: 'impossible', error: `The channel "${target}" is switched off` };
    if (named.secretsLost) return { type: 'refused', error: secretsLostError('channel') };
    if (isMail && named.channel.type !== 'mail')
      return {
        type: 'impossible',
        error: `The channel "${target}" is of type ${named.channel.type}; only one of type mail sends mails`,
      };
    return { type: 'receiver', channel: named.channel, limitPerMin: named.limitPerMin };
  };

  /** Whoever chose what is started, and when, stands behind it as much as the people behind the event. */
  const peopleOf = (
    { rule, target }: ClaimedDelivery,
    { events, escalation }: Pick<DeliveryMessage, 'events' | 'escalation'>,
  ): StartPeople => {
    const ruleBy = rules.rules().get(rule)?.updatedBy;
    const channelBy = target === null ? ruleBy : channels.channelOf(target)?.updatedBy;
    const chainBy = escalation === null ? undefined : ports.escalationAuthor?.(escalation.chain);
    const others = [ruleBy, chainBy, ...events.flatMap(peopleInEvent)].filter((name) => name !== undefined);
    return { onBehalfOf: channelBy ?? null, behind: [...new Set(others)].slice(0, peopleBehindMax) };
  };
  const handsOf = (people: StartPeople): ChannelHands => ({
    startNet: (order) => hands.startNet({ ...order, people }),
    runCommand: (order) => hands.runCommand({ ...order, people }),
  });

  const send = async (delivery: ClaimedDelivery, receiver: Receiver | Unsendable): Promise<Outcome> => {
    if (receiver.type !== 'receiver') return receiver;
    const timeout = AbortSignal.timeout(notificationLimits.sendTimeoutMs);
    const signal = AbortSignal.any([ending.signal, timeout]);
    const message = {
      ...messageOfDelivery(delivery),
      key: `${identity.managerId}-${delivery.id}`,
      rule: delivery.rule,
      repeat: delivery.maybe_delivered,
      consoleUrls: ports.consoleUrls?.() ?? [],
    };
    const { channel } = receiver;
    const target = targetKeyOf(delivery);
    let outcome: SendOutcome;
    try {
      outcome = await kindOf(channel).send(channel, message, {
        signal,
        hands: handsOf(peopleOf(delivery, message)),
      });
    } catch (error) {
      // A bug of a channel must not stop the others; whether the message went out is not known.
      logger.error(
        { err: error, rule: delivery.rule, delivery: delivery.id },
        'A notification channel failed in an unforeseen way',
      );
      outcome = { type: 'unknown', error: error instanceof Error ? error.message : String(error) };
    }
    if (outcome.type === 'refused' && outcome.retryAfterS !== undefined)
      pace.pause(target, outcome.retryAfterS * 1000);
    slow.set(delivery.id, { timedOut: timeout.aborted, accepted: outcome.type === 'accepted' });
    return outcome;
  };

  const sayFinished = (delivery: ClaimedDelivery, { state }: Finish): void => {
    const { unit_session: session, unit_index: unit, unit_run: unitRun, mail } = delivery;
    if (state === 'pending' || mail === null || session === null || unit === null || unitRun === null) return;
    ports.onUnitMail?.({ session, unit, run: unitRun });
  };

  /** Tries until it is written or the manager stops: an outcome that is known must not be forgotten. */
  const write = async (delivery: ClaimedDelivery, finish: Finish): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const publish = await database.inTransaction(async (transaction) => {
          const isNews = await finishDelivery(transaction, delivery.id, finish);
          const draft = isNews ? toFailureEvent(delivery, finish, ports.clock.epochMs()) : null;
          return draft === null ? () => undefined : await ports.events.append(transaction, [draft]);
        });
        publish();
        sayFinished(delivery, finish);
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
      await Promise.all(sending.values());
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
      await Promise.all(sending.values());
      // Last: what was under way may have set it anew.
      cancelTimer();
    },
  };
};

/** What becomes of a delivery after a try. Pure. */
export const toFinish = (
  outcome: Outcome,
  delivery: Pick<ClaimedDelivery, 'tries'>,
  chance: number,
): Finish => {
  // What a receiver says is written down, whatever bytes it holds: an outcome that cannot be stored would never be.
  const said = (text: string): string => toStorableText(text.slice(0, notificationLimits.errorCharsMax));
  if (outcome.type === 'accepted')
    return {
      state: 'sent',
      note: outcome.note === null ? null : said(outcome.note),
      session: outcome.session ?? null,
    };
  const error = said(outcome.error);
  if (outcome.type === 'impossible') return { state: 'failed', error };
  const retryInMs = planRetry(delivery.tries, chance);
  if (retryInMs === null) return { state: 'failed', error };
  // Not before the receiver wants to be asked again.
  const askedMs = 'retryAfterS' in outcome ? (outcome.retryAfterS ?? 0) * 1000 : 0;
  return {
    state: 'pending',
    retryInMs: Math.max(retryInMs, Math.min(askedMs, notificationLimits.retryAfterMaxMs)),
    error,
    maybeDelivered: outcome.type === 'unknown',
  };
};

/** A failure of a message about a failure is only written down: two broken rules must not talk of each other for ever. */
const toFailureEvent = (delivery: ClaimedDelivery, finish: Finish, nowMs: number): EventDraft | null => {
  if (finish.state !== 'failed' || delivery.payload.code === 'notification_failed') return null;
  // Its unit ends abnormally, with this error.
  if (delivery.mail !== null) return null;
  const who =
    delivery.rule === '' ? `channel "${delivery.target ?? ''}"` : `notification rule "${delivery.rule}"`;
  return {
    at: new Date(nowMs),
    priority: 'warning',
    code: 'notification_failed',
    node: null,
    message: `The ${who} could not tell of event ${delivery.event_id} (${delivery.tries} tries): ${finish.error}`,
    details: {
      rule: delivery.rule === '' ? (delivery.target ?? '') : delivery.rule,
      delivery: delivery.id,
      event: delivery.event_id,
      tries: delivery.tries,
      error: finish.error,
    },
  };
};
