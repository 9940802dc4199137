// Keeps one process running.
// Responsible for: starting it, starting it again within a budget when it dies, giving up, and stopping it.
// States: stopped -> starting -> running -> (died) waiting -> starting ...; `gave-up` and `stopped` are final.
// Not responsible for how a process is started or asked to stop: that is the `launch` of the caller.
import type { Clock } from './clock.ts';
import { DEFAULT_RESTART_BUDGET, decideRestart, recentDeaths, type RestartBudget } from './restart-budget.ts';
import type { Timers } from './timers.ts';

export type ProcessExit = {
  /** As in "ended with exit code 1", "was killed by SIGKILL", "could not be started: ...". */
  readonly how: string;
  /** Set when a restart would not help: nobody restarts. */
  readonly fatal?: { readonly code: string; readonly message: string };
};

/** Thrown by `launch` when trying again would not help; the message is one sentence for the person at the terminal. */
export class FatalLaunchError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'FatalLaunchError';
    this.code = code;
  }
}

export type LaunchedProcess = {
  readonly pid: number;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<ProcessExit>;
};

export type Death = { readonly name: string; readonly pid: number | null; readonly how: string };

export type SupervisorOptions<Launched extends LaunchedProcess> = {
  readonly name: string;
  /** Starts the process. What it throws counts as a death. The signal aborts when the supervisor stops. */
  readonly launch: (signal: AbortSignal) => Launched | Promise<Launched>;
  readonly onLaunched?: (launched: Launched) => void;
  readonly onRestart?: (death: Death, attempt: number) => void;
  readonly onGaveUp: (death: Death, restarts: number) => void;
  readonly onFatal: (death: Death, fatal: { readonly code: string; readonly message: string }) => void;
  readonly budget?: RestartBudget;
};

export type SupervisorPorts = { readonly clock: Clock; readonly timers: Timers };

export type SupervisedState = 'stopped' | 'starting' | 'running' | 'waiting' | 'gave-up';

export type SupervisorStatus = {
  readonly name: string;
  readonly state: SupervisedState;
  readonly pid: number | null;
  readonly restarts: number;
};

export type Supervisor<Launched extends LaunchedProcess> = {
  readonly start: () => void;
  /** No restart from now on; resolves when the process is gone. `end` is what ends it, bounded by itself. Idempotent. */
  readonly stop: (end: (launched: Launched) => Promise<void>) => Promise<void>;
  readonly current: () => Launched | null;
  readonly status: () => SupervisorStatus;
};

export function createSupervisor<Launched extends LaunchedProcess>(
  ports: SupervisorPorts,
  options: SupervisorOptions<Launched>,
): Supervisor<Launched> {
  const budget = options.budget ?? DEFAULT_RESTART_BUDGET;
  const aborter = new AbortController();
  let state: SupervisedState = 'stopped';
  let current: Launched | null = null;
  let restarts = 0;
  let deathsMs: readonly number[] = [];
  let running: Promise<void> = Promise.resolve();
  let ending: ((launched: Launched) => Promise<void>) | null = null;

  /** One life: from launch to death. */
  async function live(): Promise<{ readonly death: Death; readonly exit: ProcessExit }> {
    state = 'starting';
    let launched: Launched;
    try {
      launched = await options.launch(aborter.signal);
    } catch (error) {
      const how = `could not be started: ${error instanceof Error ? error.message : String(error)}`;
      const death = { name: options.name, pid: null, how };
      return error instanceof FatalLaunchError
        ? { death, exit: { how, fatal: { code: error.code, message: error.message } } }
        : { death, exit: { how } };
    }
    current = launched;
    state = 'running';
    // Stopped while it was being started: `stop` had nothing to end yet.
    if (ending !== null) await ending(launched);
    else options.onLaunched?.(launched);
    const exit = await launched.exited;
    current = null;
    return { death: { name: options.name, pid: launched.pid, how: exit.how }, exit };
  }

  async function run(): Promise<void> {
    while (!aborter.signal.aborted) {
      const { death, exit } = await live();
      if (aborter.signal.aborted) break;
      if (exit.fatal !== undefined) {
        state = 'gave-up';
        options.onFatal(death, exit.fatal);
        return;
      }
      const nowMs = ports.clock.monotonicMs();
      const decision = decideRestart(budget, deathsMs, nowMs);
      deathsMs = [...recentDeaths(budget, deathsMs, nowMs), nowMs];
      if (decision.action === 'give-up') {
        state = 'gave-up';
        options.onGaveUp(death, decision.restarts);
        return;
      }
      state = 'waiting';
      restarts += 1;
      options.onRestart?.(death, decision.attempt);
      await ports.timers.sleep(decision.afterMs, aborter.signal).catch(() => undefined);
    }
    state = 'stopped';
  }

  return {
    start() {
      if (state === 'stopped' && !aborter.signal.aborted) running = run();
    },
    async stop(end) {
      if (ending === null) {
        ending = end;
        aborter.abort(new Error(`${options.name} is being stopped`));
        if (current !== null) await end(current);
      }
      await running;
      if (state !== 'gave-up') state = 'stopped';
    },
    current: () => current,
    status: () => ({ name: options.name, state, pid: current?.pid ?? null, restarts }),
  };
}
