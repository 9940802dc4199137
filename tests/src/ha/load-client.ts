/**
 * The harness's side of the client: calls of the API from the client's host, and loads that are started and stopped.
 *
 * Responsible for the channel. Called by `pair.ts` and `pair-load.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Call, CallResult } from './http-call.ts';
import type { Host } from './host.ts';
import type { JobLoadOptions } from './job-load.ts';
import type { LoadOrder } from './load-main.ts';
import type { TrapLoadOptions } from './trap-load.ts';
import type { WriteLoadOptions } from './write-load.ts';

export interface RunningLoad {
  /** Returns when the last request has its outcome. */
  stop(): Promise<void>;
}

export interface LoadClient {
  call(call: Omit<Call, 'signal'>): Promise<CallResult>;
  startWrites(file: string, options: WriteLoadOptions): Promise<RunningLoad>;
  startJobs(file: string, options: JobLoadOptions): Promise<RunningLoad>;
  startTraps(file: string, options: TrapLoadOptions): Promise<RunningLoad>;
  stop(): void;
}

type Unnumbered<Order> = Order extends unknown ? Omit<Order, 'n'> : never;

export function startLoadClient(host: Host): LoadClient {
  const log = path.join(path.dirname(host.home), 'output', `client-${host.name}.log`);
  const descriptor = fs.openSync(log, 'a');
  const program = path.join(import.meta.dirname, 'load-main.ts');
  const [file, ...args] = host.place.enter([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    program,
  ]);
  const child: ChildProcess = spawn(file, args, {
    stdio: ['ignore', descriptor, descriptor, 'ipc'],
    detached: true,
  });
  fs.closeSync(descriptor);
  if (child.pid !== undefined) host.processes.exempt(child.pid);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let next = 1;
  let over: Error | null = null;
  child.on('message', (message: { n: number; result?: unknown; error?: string }) => {
    const one = waiting.get(message.n);
    waiting.delete(message.n);
    if (message.error === undefined) one?.resolve(message.result);
    else one?.reject(new Error(message.error));
  });
  const end = (error: Error) => {
    over ??= error;
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
  };
  // Also what cannot be sent any more, which is told here and not where it was sent.
  child.on('error', end);
  child.once('exit', (code, signal) => end(new Error(`the client ended with ${signal ?? code}: see ${log}`)));

  const order = (what: Unnumbered<LoadOrder>): { readonly n: number; readonly done: Promise<unknown> } => {
    if (over !== null) throw over;
    const n = next;
    next += 1;
    const one = Promise.withResolvers<unknown>();
    waiting.set(n, one);
    child.send({ ...what, n });
    return { n, done: one.promise };
  };
  const startLoad = async (what: Unnumbered<LoadOrder>): Promise<RunningLoad> => {
    const { n, done } = order(what);
    await done;
    return { stop: async () => void (await order({ type: 'stop', load: n }).done) };
  };
  return {
    call: (call) => order({ type: 'call', call }).done as Promise<CallResult>,
    startWrites: (into, options) => startLoad({ type: 'writes', file: into, options }),
    startJobs: (into, options) => startLoad({ type: 'jobs', file: into, options }),
    startTraps: (into, options) => startLoad({ type: 'traps', file: into, options }),
    stop: () => void child.kill('SIGKILL'),
  };
}
