// One life of a child that speaks the keeper's IPC protocol: manager, agent.
// Responsible for spawning it, checking its messages, and ending it within a bound. Not responsible for restarts (supervisor) nor for what
// its configuration says (`keeper.ts`).
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fromChildSchema, type FromChild, type ToChild } from '@nezuban/protocol/keeper/child-messages';
import type { Logger } from '@nezuban/platform/logger';
import { describeExit } from '@nezuban/platform/process-exit';
import type { LaunchedProcess, ProcessExit } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';

export type Program = {
  readonly file: string;
  readonly args: readonly string[];
  /** Flags for Node. */
  readonly execArgv: readonly string[];
};

export type ChildProcessOptions = {
  readonly name: string;
  readonly program: Program;
  readonly environment: NodeJS.ProcessEnv;
  readonly onReady: (message: Extract<FromChild, { type: 'ready' }>) => void;
  /** Everything else that it says; a child that has nothing to say needs none. */
  readonly onMessage?: (message: FromChild) => void;
};

export type KeeperChild = LaunchedProcess & {
  readonly output: readonly Readable[];
  readonly send: (message: ToChild) => void;
  /** Asks it to stop, and kills it when it takes longer. */
  readonly stop: (order: { readonly withinMs: number; readonly withJobs: boolean }) => Promise<void>;
  /** Ends it at once. */
  readonly kill: () => void;
};

export type ChildPorts = { readonly timers: Timers; readonly logger: Logger };

/** A child keeps the bound by itself; this much later it is killed. */
const KILL_GRACE_MS = 300;
/** One that has said that it cannot go on ends by its own bound of 6 s. */
const FATAL_MS = 8_000;
/** The channel closes with the process. One whose channel is closed while it lives on can be told nothing, and does nothing for us. */
const MUTE_MS = 2_000;

export function launchChild(ports: ChildPorts, options: ChildProcessOptions): KeeperChild {
  const { name, program } = options;
  const child = spawn(process.execPath, [...program.execArgv, program.file, ...program.args], {
    cwd: '/',
    env: options.environment,
    // A session of its own: Ctrl-C at the terminal reaches the keeper alone, which stops everything in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let fatal: ProcessExit['fatal'];
  let ended = false;

  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (how: string) => {
      ended = true;
      resolve(fatal === undefined ? { how } : { how, fatal });
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => end(describeExit(name, code, signal)));
  });

  /** Whoever waits for the end of this process must not wait for ever: nothing is restarted, or moved, before it. */
  const endWithin = (boundMs: number, how: string): void => {
    const cancel = ports.timers.after(boundMs, () => {
      ports.logger.error({ childPid: child.pid }, `${name} ${how}; it is killed`);
      child.kill('SIGKILL');
    });
    void exited.then(cancel);
  };

  child.once('disconnect', () => {
    if (!ended) endWithin(MUTE_MS, 'has closed its channel, and does not end');
  });
  child.on('message', (raw) => {
    const parsed = fromChildSchema.safeParse(raw);
    if (!parsed.success) {
      ports.logger.error(
        { child: name, issues: parsed.error.issues },
        `${name} sent a message that the keeper does not understand; it is ignored`,
      );
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'ready':
        options.onReady(message);
        break;
      case 'fatal':
        fatal = { code: message.code, message: message.message };
        endWithin(FATAL_MS, 'has said that it cannot go on, and does not end');
        break;
      default:
        options.onMessage?.(message);
    }
  });

  const send = (message: ToChild): void => {
    if (!ended && child.connected) child.send(message, () => undefined);
  };

  async function stop(order: { withinMs: number; withJobs: boolean }): Promise<void> {
    if (ended) return;
    if (child.connected) send({ type: 'stop', ...order });
    else child.kill('SIGTERM');
    const late = new AbortController();
    const killed = ports.timers.sleep(order.withinMs + KILL_GRACE_MS, late.signal).then(
      () => {
        ports.logger.warn(`${name} did not stop within ${order.withinMs} ms and is killed`);
        child.kill('SIGKILL');
      },
      () => undefined,
    );
    await exited;
    late.abort();
    await killed;
  }

  const kill = () => void child.kill('SIGKILL');
  return {
    pid: child.pid ?? 0,
    exited,
    send,
    stop,
    kill,
    output: [child.stdout, child.stderr].filter((stream) => stream !== null),
  };
}
