// The intake of this host: the process that hears traps.
// Responsible for keeping it running whatever this host's duty is, also after it was given up: nobody else hears for this host. Called by the
// keeper.
import type { IntakeConfig } from '@nezuban/protocol/keeper/child-messages';
import type { Clock } from '@nezuban/platform/clock';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import type { Logger } from '@nezuban/platform/logger';
import {
  createSupervisor,
  type Death,
  type Supervisor,
  type SupervisorStatus,
} from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import { launchChild, type KeeperChild, type Program } from './child-process.ts';

export type IntakeServicePorts = { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };

export type IntakeServiceOptions = {
  readonly program: Program;
  readonly environment: NodeJS.ProcessEnv;
  /** Null: this host is to hear nothing (`--no-intake`); no process is started. */
  readonly config: IntakeConfig | null;
  readonly onLaunched: (child: KeeperChild) => void;
  readonly onRestart: (death: Death, attempt: number) => void;
  readonly onGaveUp: (death: Death, restarts: number) => void;
};

export type IntakeService = {
  readonly start: () => void;
  readonly stop: (withinMs: number) => Promise<void>;
  readonly kill: () => void;
  /** Empty without an intake. */
  readonly statuses: () => readonly SupervisorStatus[];
};

/** After it was given up it is tried again at this pace, which costs a quarter of a second of a core each time: until then nobody hears for this host. */
const AGAIN_MS = 5_000;
/**
 * It is asked how it is, as `nezuban intake status` does, each question with a bound of 5 s. One that answered before and leaves so many in a row
 * unanswered hangs, and nobody else would notice until a manager wanted to read.
 */
const PULSE_MS = 2_000;
const PULSES_MISSED_MAX = 3;

export function createIntakeService(ports: IntakeServicePorts, options: IntakeServiceOptions): IntakeService {
  const { timers, logger } = ports;
  const { config } = options;
  let restartsBefore = 0;
  let stopped = false;
  let cancelAgain: () => void = () => undefined;
  let toldGaveUp = false;

  /** Questions are counted, not seconds: while this process stood still itself, nobody was asked. */
  function watchPulse(child: KeeperChild, socketPath: string): void {
    let missed: number | null = null;
    let asking = false;
    const cancel = timers.every(PULSE_MS, () => {
      if (asking) return;
      asking = true;
      void askIntakeStatus(socketPath).then((answer) => {
        asking = false;
        if (answer !== null) {
          if (missed === null) logger.info({ childPid: child.pid }, 'the intake answers');
          missed = 0;
        } else if (missed !== null) missed += 1;
        if (missed === null || missed < PULSES_MISSED_MAX || stopped) return;
        missed = null;
        logger.error({ childPid: child.pid }, 'the intake does not answer any more; it hangs and is killed');
        child.kill();
      });
    });
    void child.exited.then(cancel);
  }

  const create = (): Supervisor<KeeperChild> =>
    createSupervisor<KeeperChild>(ports, {
      name: 'intake',
      launch: () =>
        launchChild(ports, {
          name: 'intake',
          program: options.program,
          environment: options.environment,
          onReady() {
            toldGaveUp = false;
            logger.info('the intake hears');
          },
        }),
      onLaunched(child) {
        options.onLaunched(child);
        child.send({ type: 'start', config });
        if (config !== null) watchPulse(child, config.socketPath);
      },
      onRestart: options.onRestart,
      onGaveUp(death, restarts) {
        // Said once: it is tried again and again.
        if (!toldGaveUp) options.onGaveUp(death, restarts);
        toldGaveUp = true;
        again();
      },
      onFatal(death) {
        if (!toldGaveUp) options.onGaveUp(death, 0);
        toldGaveUp = true;
        again();
      },
    });

  function again(): void {
    cancelAgain = timers.after(AGAIN_MS, () => {
      if (stopped) return;
      restartsBefore += supervisor.status().restarts + 1;
      supervisor = create();
      supervisor.start();
    });
  }

  let supervisor = create();

  return {
    start() {
      if (config !== null) supervisor.start();
    },
    async stop(withinMs) {
      stopped = true;
      cancelAgain();
      await supervisor.stop((child) => child.stop({ withinMs, withJobs: false }));
    },
    kill: () => supervisor.current()?.kill(),
    statuses() {
      if (config === null) return [];
      const status = supervisor.status();
      return [{ ...status, restarts: status.restarts + restartsBefore }];
    },
  };
}
