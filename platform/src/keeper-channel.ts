// The child's side of the keeper's IPC channel.
// Responsible for: the schema of every message, calling `onStart` once, and ending the process in order and within a bound when the
// keeper says so, when the keeper is gone (the channel closes), or on SIGTERM and SIGINT. Not responsible for what a child does, nor for
// what the messages beyond start and stop mean: they are handed on as they come, those that follow `start` at once even while `onStart` works.
// Called by manager/src/main.ts and agent/src/main.ts; the other side is ha/src/keeper.
import {
  fromChildSchema,
  toChildSchema,
  type FromChild,
  type ToChild,
} from '@nezuban/protocol/keeper/child-messages';
import { flushCompileCache } from 'node:module';
import type * as z from 'zod';
import { leave } from './leave.ts';
import type { Logger } from './logger.ts';

export type KeeperNotice = Extract<ToChild, { type: 'notice' }>;
/** What the keeper of a pair says to its manager: duty, drain, status, questions, answers. */
export type KeeperMessage = Exclude<ToChild, { type: 'start' | 'stop' | 'notice' }>;
/** What a child says beside `ready` and `fatal`. */
export type ChildReport = Exclude<FromChild, { type: 'ready' | 'fatal' }>;

export type StopOrder = {
  /** `keeper`: told to. `keeper-gone`: the channel closed. `signal`: somebody sent a signal to this process alone. `failed`: the start did not work. */
  readonly reason: 'keeper' | 'keeper-gone' | 'signal' | 'failed';
  /** After this time the process ends, whatever is still open. */
  readonly withinMs: number;
  /** Agents: end running jobs and their waiters too. */
  readonly withJobs: boolean;
};

export type KeeperChannelOptions<Config> = {
  readonly configSchema: z.ZodType<Config>;
  readonly logger: Logger;
  /**
   * Called once, with the checked configuration. If it throws, the process stops and ends with 1, and the keeper starts it again within its
   * budget (the database may just have gone). What a restart would not mend calls `fatal` instead.
   */
  readonly onStart: (config: Config) => void | Promise<void>;
  /** Called at most once; the process ends when it is done. It may come before `onStart`, and while `onStart` still works. */
  readonly onStop: (order: StopOrder) => void | Promise<void>;
  readonly onNotice?: (notice: KeeperNotice) => void;
  /** Never before `onStart` has been called; a child that has no duty needs none. */
  readonly onMessage?: (message: KeeperMessage) => void;
};

export type KeeperChannel = {
  /** Tells the keeper that this child serves now, and what the person at the terminal should see. */
  readonly ready: (details?: Omit<Extract<FromChild, { type: 'ready' }>, 'type'>) => void;
  /** Anything else that the keeper is to know. */
  readonly report: (message: ChildReport) => void;
  /** This child cannot go on and a restart would not help: one sentence for the person at the terminal. Then it stops with exit code 1. */
  readonly fatal: (code: string, message: string) => void;
  /** This child cannot go on, but another one may: it stops with exit code 1, as if its start had failed. */
  readonly fail: (error: unknown) => void;
};

/** What the channel needs of `process`; tests of the children pass their own. */
export type ChannelProcess = Pick<NodeJS.Process, 'on' | 'exit'> & {
  readonly connected: boolean;
  readonly send?: NodeJS.Process['send'];
};

/** Nobody is there to kill us when the keeper is gone, so this bound is our own. Below the 10 s in which everything has to be down. */
const STOP_WITHOUT_KEEPER_MS = 6_000;
const EXIT_FAILED = 1;

/** Connects this process to the keeper that spawned it. Throws if it was not spawned by one. */
export function connectToKeeper<Config>(
  options: KeeperChannelOptions<Config>,
  host: ChannelProcess = process,
): KeeperChannel {
  if (!host.connected)
    throw new Error('this program is started by the keeper ("nezuban manager"), not by hand');
  const { logger } = options;
  const end = host === process ? leave : (code: number): void => host.exit(code);
  let started = false;
  let stopping = false;

  /** Settles when the last message has left this process, so that the end of the process does not swallow it. */
  let sent: Promise<void> = Promise.resolve();

  const send = (message: FromChild): void => {
    // A closed channel has its own path: `disconnect` stops the process.
    if (!host.connected) return;
    sent = new Promise((resolve) =>
      host.send?.(fromChildSchema.parse(message), undefined, {}, () => resolve()),
    );
  };

  const stop = (order: StopOrder, exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    const bound = setTimeout(() => {
      logger.error(
        { reason: order.reason, withinMs: order.withinMs },
        'not stopped within the bound; the process ends now',
      );
      end(EXIT_FAILED);
    }, order.withinMs);
    void finish(() => options.onStop(order), logger).then(async (ok) => {
      await sent;
      clearTimeout(bound);
      end(ok ? exitCode : EXIT_FAILED);
    });
  };

  const fatal: KeeperChannel['fatal'] = (code, message) => {
    // For the log file alone: the keeper tells the person at the terminal.
    logger.info({ code }, message);
    send({ type: 'fatal', code, message });
    stop({ reason: 'failed', withinMs: STOP_WITHOUT_KEEPER_MS, withJobs: false }, EXIT_FAILED);
  };

  const fail: KeeperChannel['fail'] = (error) => {
    if (stopping) return;
    const message = error instanceof Error ? error.message : String(error);
    logger.error({ err: error }, `the start failed: ${message}`);
    stop({ reason: 'failed', withinMs: STOP_WITHOUT_KEEPER_MS, withJobs: false }, EXIT_FAILED);
  };

  const start = async (raw: unknown): Promise<void> => {
    if (started || stopping) return;
    started = true;
    const config = options.configSchema.safeParse(raw);
    if (!config.success) {
      fatal(
        'internal',
        `the keeper sent a configuration that this program does not understand: ${config.error.message}`,
      );
      return;
    }
    try {
      await options.onStart(config.data);
    } catch (error) {
      fail(error);
    }
  };

  const receive = (raw: unknown): void => {
    const parsed = toChildSchema.safeParse(raw);
    if (!parsed.success) {
      logger.error(
        { issues: parsed.error.issues },
        'the keeper sent a message that this program does not understand; it is ignored',
      );
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'start':
        void start(message.config);
        break;
      case 'stop':
        stop({ reason: 'keeper', withinMs: message.withinMs, withJobs: message.withJobs }, 0);
        break;
      case 'notice':
        options.onNotice?.(message);
        break;
      default:
        if (started && !stopping) options.onMessage?.(message);
        else
          logger.warn(
            { type: message.type },
            'a message of the keeper came before the start or after the stop; it is ignored',
          );
    }
  };

  const stopBySignal = (): void =>
    stop({ reason: 'signal', withinMs: STOP_WITHOUT_KEEPER_MS, withJobs: false }, 0);
  host.on('message', receive);
  host.on('disconnect', () => {
    logger.warn('the keeper is gone; this process stops');
    stop({ reason: 'keeper-gone', withinMs: STOP_WITHOUT_KEEPER_MS, withJobs: false }, 0);
  });
  host.on('SIGTERM', stopBySignal);
  host.on('SIGINT', stopBySignal);
  return {
    ready(details = {}) {
      send({ type: 'ready', ...details });
      // A process that is killed would not do it at its end, and its next start should be as quick as it can be.
      flushCompileCache();
    },
    report: send,
    fatal,
    fail,
  };
}

async function finish(onStop: () => void | Promise<void>, logger: Logger): Promise<boolean> {
  try {
    await onStop();
    return true;
  } catch (error) {
    logger.error({ err: error }, 'the stop failed; the process ends all the same');
    return false;
  }
}
