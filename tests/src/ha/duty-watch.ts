/**
 * Starts and ends a watch on each member that sees from inside its namespace whether it claims to be master.
 *
 * Called by `pair-load.ts`; the program is `duty-watch-main.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Host } from './host.ts';

export interface DutyWatchOptions {
  readonly url: string;
  readonly file: string;
  readonly everyMs: number;
}

export interface DutyWatch {
  /** The last look is written before it returns. */
  stop(): Promise<void>;
}

export function startDutyWatch(host: Host, options: DutyWatchOptions): DutyWatch {
  const program = path.join(import.meta.dirname, 'duty-watch-main.ts');
  const [file, ...args] = host.place.enter([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    program,
    host.name,
    options.url,
    options.file,
    String(options.everyMs),
  ]);
  const child: ChildProcess = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  if (child.pid !== undefined) host.processes.exempt(child.pid);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
