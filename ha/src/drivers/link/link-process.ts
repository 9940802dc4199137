/**
 * The link process as the keeper sees it: started, told what to carry, started again when it dies.
 *
 * Responsible for its life and for handing connections over. What it was told is told again to the next one. It is never given up: without it
 * there is no replication, so a link process that keeps dying is started again at a bounded rate. Not responsible for what it does
 * (`link-main.ts`). Called by the keeper of a member.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type net from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger, LogLevel } from '@nezuban/platform/logger';
import { describeExit } from '@nezuban/platform/process-exit';
import type { RestartBudget } from '@nezuban/platform/restart-budget';
import { createSupervisor, type LaunchedProcess, type ProcessExit } from '@nezuban/platform/supervisor';
import type { Timers } from '@nezuban/platform/timers';
import type { BulkService } from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { fromLinkSchema, type FromLink, type LinkTargets, type ToLink } from './link-messages.ts';
import type { PairCredentials } from './pair-tls.ts';

/** Below the keeper, which must never wait for it; above what a host does in the background, since commits wait for it. */
export const LINK_NICENESS = 5;
/** Sockets on their way to the process. It takes each within a millisecond; if it stands still, the others come again. */
const HANDED_OVER_MAX = 32;
/** After this it is killed: it holds nothing that must be saved. */
const STOP_MS = 1_000;
/** A process that stands still would hold up replication for ever; it is asked this often, and killed after so many questions in vain. */
const PULSE_MS = 2_000;
const PULSES_IN_VAIN_MAX = 5;
/** With five seconds between the later ones the number is never reached: only the rate is bounded. */
const BUDGET: RestartBudget = {
  restartsMax: 100,
  windowMs: 60_000,
  delaysMs: [0, 250, 500, 1_000, 2_000, 5_000],
};

export type LinkProcessEvents = {
  /** A process runs now; its output is for whoever collects logs. */
  readonly onStarted: (pid: number, output: readonly Readable[]) => void;
  readonly onDied: (pid: number | null, how: string) => void;
  /** What hinders a service, in one sentence; null: nothing any more. */
  readonly onTrouble: (service: BulkService, says: string | null) => void;
};

export type LinkProcessPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly events: LinkProcessEvents;
};

export type LinkProcessOptions = {
  readonly credentials: PairCredentials;
  readonly environment: NodeJS.ProcessEnv;
  /** Flags for Node. */
  readonly execArgv: readonly string[];
  readonly level: LogLevel;
  readonly niceness?: number;
};

export type LinkProcess = {
  readonly start: () => void;
  readonly pid: () => number | null;
  readonly setTargets: (targets: LinkTargets) => void;
  /** From the next connection on. */
  readonly setCredentials: (credentials: PairCredentials) => void;
  /** A bulk connection whose first bytes were read. If there is no process, it is closed; the other side comes again. */
  readonly handOver: (socket: net.Socket, firstBytes: Buffer) => void;
  /** That host is dead or cut off: what is open to it is closed. */
  readonly dropPeer: (id: VoterId) => void;
  /** Idempotent. */
  readonly stop: () => Promise<void>;
};

type Launched = LaunchedProcess & { readonly child: ChildProcess };

export function createLinkProcess(ports: LinkProcessPorts, options: LinkProcessOptions): LinkProcess {
  const { logger, events, timers } = ports;
  let { credentials } = options;
  let targets: LinkTargets | null = null;
  let handedOver = 0;
  /** Pulses since the last answer. */
  let inVain = 0;

  const supervisor = createSupervisor<Launched>(ports, {
    name: 'link',
    launch,
    budget: BUDGET,
    onLaunched({ pid, child }) {
      events.onStarted(
        pid,
        [child.stdout, child.stderr].filter((stream) => stream !== null),
      );
    },
    onRestart: (death) => died(death.pid, death.how),
    onGaveUp: (death) => died(death.pid, death.how),
    onFatal: (death) => died(death.pid, death.how),
  });

  function died(pid: number | null, how: string): void {
    logger.warn({ pid }, `${how}; it is started again`);
    events.onDied(pid, how);
  }

  function launch(): Launched {
    const file = path.join(import.meta.dirname, 'link-main.ts');
    const args = [String(options.niceness ?? LINK_NICENESS), options.level];
    const child = spawn(process.execPath, [...options.execArgv, file, ...args], {
      cwd: '/',
      env: options.environment,
      // Ctrl-C at the terminal reaches the keeper alone, which stops everything in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    handedOver = 0;
    inVain = 0;
    child.on('message', receive);
    watch(child);
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('error', (error) => {
        if (child.pid === undefined)
          resolve({ how: `the link process could not be started: ${error.message}` });
      });
      child.once('exit', (code, signal) => resolve({ how: describeExit('the link process', code, signal) }));
    });
    tell(child, { type: 'credentials', credentials });
    if (targets !== null) tell(child, { type: 'targets', targets });
    return { pid: child.pid ?? 0, exited, child };
  }

  /** Questions are counted, not seconds: if this process itself stood still, nothing was asked. */
  function watch(child: ChildProcess): void {
    const cancel = timers.every(PULSE_MS, () => {
      if (inVain >= PULSES_IN_VAIN_MAX) {
        logger.warn({ pid: child.pid }, 'the link process stands still and is killed');
        child.kill('SIGKILL');
      }
      inVain += 1;
      tell(child, { type: 'pulse' });
    });
    child.once('exit', cancel);
    child.once('error', cancel);
  }

  function receive(raw: unknown): void {
    const parsed = fromLinkSchema.safeParse(raw);
    if (!parsed.success) {
      logger.error(
        { issues: parsed.error.issues },
        'the link process sent a message that the keeper does not understand',
      );
      return;
    }
    take(parsed.data);
  }

  function take(message: FromLink): void {
    if (message.type === 'pulse') inVain = 0;
    else events.onTrouble(message.service, message.says);
  }

  function tell(child: ChildProcess | undefined, message: ToLink): void {
    if (child?.connected === true) child.send(message, () => undefined);
  }

  async function end({ child, exited }: Launched): Promise<void> {
    tell(child, { type: 'stop' });
    const cancel = timers.after(STOP_MS, () => child.kill('SIGKILL'));
    await exited;
    cancel();
  }

  return {
    start: () => supervisor.start(),
    pid: () => supervisor.current()?.pid ?? null,
    setTargets(newTargets) {
      targets = newTargets;
      tell(supervisor.current()?.child, { type: 'targets', targets });
    },
    setCredentials(newCredentials) {
      credentials = newCredentials;
      tell(supervisor.current()?.child, { type: 'credentials', credentials });
    },
    handOver(socket, firstBytes) {
      const child = supervisor.current()?.child;
      if (child?.connected !== true || handedOver >= HANDED_OVER_MAX) {
        socket.destroy();
        return;
      }
      handedOver += 1;
      const message: ToLink = { type: 'bulk', bytes: firstBytes.toString('base64') };
      child.send(message, socket, {}, (error) => {
        handedOver = Math.max(0, handedOver - 1);
        if (error instanceof Error) socket.destroy();
      });
    },
    dropPeer: (id) => tell(supervisor.current()?.child, { type: 'drop', id }),
    stop: () => supervisor.stop(end),
  };
}
