// The manager process of this host, on duty or warm.
// Responsible for keeping one running, for telling it its duty (and each process that follows it), for draining and ending it, and for the
// questions between keeper and manager. Not responsible for what its duty is (`member.ts`). Called by the keeper.
import type {
  FromChild,
  ManagerAnswer,
  ManagerConfig,
  ManagerDuty,
  ManagerQuestion,
  ToChild,
} from '@nezuban/protocol/keeper/child-messages';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import {
  createSupervisor,
  type Death,
  type Supervisor,
  type SupervisorStatus,
} from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import { launchChild, type KeeperChild, type Program } from './child-process.ts';

export type ManagerServicePorts = { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };

export type ManagerServiceOptions = {
  readonly program: Program;
  readonly environment: NodeJS.ProcessEnv;
  /** Made anew for each process: ports asked for as 0 are kept. */
  readonly config: () => ManagerConfig;
  readonly onLaunched: (child: KeeperChild) => void;
  readonly onReady: (message: Extract<FromChild, { type: 'ready' }>) => void;
  /** Everything that it says beside `ready`, `fatal`, `drained` and answers. */
  readonly onMessage: (message: FromChild) => void;
  readonly onGone: () => void;
  readonly onRestart: (death: Death, attempt: number) => void;
  readonly onGaveUp: (death: Death, restarts: number) => void;
  readonly onFatal: (death: Death, fatal: { readonly code: string; readonly message: string }) => void;
};

export type ManagerService = {
  readonly start: () => void;
  /** Told to the running process, and to each later one. */
  readonly setDuty: (duty: ManagerDuty) => void;
  readonly send: (message: ToChild) => void;
  /** Asks it to finish what is under way and to take no more; resolves within a bound, whatever it answers. */
  readonly drain: () => Promise<void>;
  /** Kills it and resolves when it is gone. Another one, without a duty yet, follows: after a pause unless it is to be `at-once`. */
  readonly end: (next?: 'at-once') => Promise<void>;
  /** Starts it again after it was given up; what runs, or is about to, is left alone. Its duty is still the same. */
  readonly revive: () => void;
  /** Answered `refused` if it does not run or does not answer. */
  readonly ask: (question: ManagerQuestion) => Promise<ManagerAnswer>;
  readonly stop: (withinMs: number) => Promise<void>;
  readonly current: () => KeeperChild | null;
  readonly status: () => SupervisorStatus;
};

/** A planned move must not hang on a manager that does. */
const DRAIN_MS = 2_500;
const ANSWER_MS = 8_000;
/** Questions that are under way; more would be a loop of ours. */
const QUESTIONS_MAX = 50;
/** Once it serves it says every second how its agents are. After so many seconds without a word it hangs, and nobody else would notice. */
const PULSE_MS = 1_000;
const PULSES_MISSED_MAX = 20;
/** The new master needs the first moments more than the next standby does. */
const WARM_AGAIN_AFTER_MS = 1_000;

export function createManagerService(
  ports: ManagerServicePorts,
  options: ManagerServiceOptions,
): ManagerService {
  const { timers, logger } = ports;
  const told = new WeakSet<KeeperChild>();
  const asked = new Map<number, (answer: ManagerAnswer) => void>();
  let duty: ManagerDuty | null = null;
  let questions = 0;
  let drained: (() => void) | null = null;
  let stopped = false;
  let cancelWarm: () => void = () => undefined;
  let restartsBefore = 0;
  /** Seconds since the running process said something; null: it has not begun to say how its agents are. */
  let missed: number | null = null;

  const refuse = (says: string): ManagerAnswer => ({ to: 'refused', says });

  const hear = (message: FromChild): void => {
    if (missed !== null || message.type === 'agents') missed = 0;
    if (message.type === 'drained') drained?.();
    else if (message.type === 'answer') asked.get(message.n)?.(message.answer);
    else options.onMessage(message);
  };

  const gone = (): void => {
    for (const resolve of asked.values()) resolve(refuse('The manager of this host has just ended.'));
    drained?.();
    options.onGone();
  };

  /** Seconds of this process are counted, not those of a clock: while it stood still itself, nobody could be heard. */
  const watchPulse = (child: KeeperChild): void => {
    missed = null;
    const cancel = timers.every(PULSE_MS, () => {
      if (missed === null) return;
      missed += 1;
      if (missed < PULSES_MISSED_MAX) return;
      missed = null;
      logger.error({ childPid: child.pid }, 'the manager has said nothing for long; it hangs and is killed');
      child.kill();
    });
    void child.exited.then(cancel);
  };

  const tell = (child: KeeperChild): void => {
    if (!told.has(child)) {
      told.add(child);
      child.send({ type: 'start', config: options.config() });
    }
    if (duty !== null) child.send({ type: 'duty', duty });
  };

  const create = (): Supervisor<KeeperChild> =>
    createSupervisor<KeeperChild>(ports, {
      name: 'manager',
      launch: () =>
        launchChild(ports, {
          name: 'manager',
          program: options.program,
          environment: options.environment,
          onReady: options.onReady,
          onMessage: hear,
        }),
      onLaunched(child) {
        options.onLaunched(child);
        void child.exited.then(gone);
        watchPulse(child);
        tell(child);
      },
      onRestart: options.onRestart,
      onGaveUp: options.onGaveUp,
      onFatal: options.onFatal,
    });

  let supervisor = create();

  return {
    start: () => supervisor.start(),
    setDuty(next) {
      duty = next;
      const child = supervisor.current();
      if (child !== null) tell(child);
    },
    send: (message) => supervisor.current()?.send(message),
    async drain() {
      const child = supervisor.current();
      if (child === null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      drained = resolve;
      const cancel = timers.after(DRAIN_MS, () => {
        logger.warn('the manager was not drained in time; the move goes on');
        resolve();
      });
      child.send({ type: 'drain' });
      await promise;
      if (drained === resolve) drained = null;
      cancel();
    },
    async end(next) {
      duty = null;
      cancelWarm();
      const ending = supervisor;
      restartsBefore += ending.status().restarts;
      await ending.stop(async (child) => {
        child.kill();
        await child.exited;
      });
      if (stopped || supervisor !== ending) return;
      const warm = (supervisor = create());
      if (next === 'at-once') warm.start();
      else
        cancelWarm = timers.after(WARM_AGAIN_AFTER_MS, () => {
          if (!stopped) warm.start();
        });
    },
    revive() {
      if (stopped || supervisor.status().state !== 'gave-up') return;
      restartsBefore += supervisor.status().restarts;
      supervisor = create();
      supervisor.start();
    },
    async ask(question) {
      const child = supervisor.current();
      if (child === null) return refuse('The manager of this host does not run right now.');
      if (asked.size >= QUESTIONS_MAX) return refuse('The manager of this host is busy.');
      const n = (questions += 1);
      const { promise, resolve } = Promise.withResolvers<ManagerAnswer>();
      asked.set(n, resolve);
      const cancel = timers.after(ANSWER_MS, () =>
        resolve(refuse('The manager of this host did not answer in time.')),
      );
      child.send({ type: 'question', n, question });
      const answer = await promise;
      asked.delete(n);
      cancel();
      return answer;
    },
    async stop(withinMs) {
      stopped = true;
      cancelWarm();
      await supervisor.stop((child) => child.stop({ withinMs, withJobs: false }));
    },
    current: () => supervisor.current(),
    status() {
      const status = supervisor.status();
      return { ...status, restarts: status.restarts + restartsBefore };
    },
  };
}
