// What the engine has to tell of what broke: each once, and again until it is stored.
// Responsible for not losing it while the database is away, within a bound. Not responsible for words (`engine-poison.ts`, `standing-sessions.ts`).
// Owned by `engine.ts`.
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { EventDraft, EventSink } from '../ports.ts';
import { jobsLimits } from './jobs-limits.ts';

export type EngineNotices = {
  /** `key`: what was told under it is not told again, until it is over. */
  readonly tell: (key: string, draft: EventDraft) => void;
  readonly over: (key: string) => void;
  readonly stop: () => void;
};

export const createEngineNotices = ({
  events,
  timers,
  logger,
}: {
  readonly events: Pick<EventSink, 'appendNow'>;
  readonly timers: Timers;
  readonly logger: Logger;
}): EngineNotices => {
  const told = new Set<string>();
  let waiting: readonly EventDraft[] = [];
  let sending = false;
  let cancel: (() => void) | null = null;
  let stopped = false;

  const send = async (): Promise<void> => {
    if (sending || stopped || waiting.length === 0) return;
    sending = true;
    const now = waiting;
    try {
      await events.appendNow(now);
      waiting = waiting.slice(now.length);
    } catch (error) {
      logger.warn({ err: error, events: now.length }, 'What broke in the engine could not be told yet');
      sending = false;
      if (!stopped)
        cancel = timers.after(jobsLimits.noticeRetryMs, () => {
          cancel = null;
          void send();
        });
      return;
    }
    sending = false;
    await send();
  };

  return {
    tell(key, draft) {
      if (told.has(key)) return;
      if (told.size >= jobsLimits.toldInputsMax) told.clear();
      told.add(key);
      if (waiting.length >= jobsLimits.noticesWaitingMax) {
        logger.error({ event: draft }, 'Too much broke in the engine to tell all of it');
        return;
      }
      waiting = [...waiting, draft];
      if (cancel === null) void send();
    },
    over: (key) => void told.delete(key),
    stop() {
      stopped = true;
      cancel?.();
    },
  };
};
