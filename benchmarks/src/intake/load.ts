/**
 * The load of the intake's benchmark: numbered syslog lines at a constant rate from a small program in C, compiled when it is first needed.
 *
 * Responsible for making and starting it. A sender in Node would take the core that what is measured needs. Called by `intake.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SOURCES = 20;

export type Sent = { readonly sent: number; readonly failed: number; readonly seconds: number };
export type Load = {
  /** Lines hold `run=NAME n=NUMBER`. */
  readonly send: (
    name: string,
    what: { readonly rate: number; readonly seconds: number; readonly targets: readonly string[] },
  ) => Promise<Sent>;
  readonly directory: string;
};

/** `enter`: what runs a command on the host that sends; left out: this one. */
export async function createLoad(
  enter: (command: readonly string[]) => readonly [string, ...string[]] = ([file = '', ...args]) => [
    file,
    ...args,
  ],
): Promise<Load> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nz-intake-load-'));
  const program = path.join(directory, 'sender');
  await run('cc', ['-O2', '-o', program, path.join(import.meta.dirname, 'sender.c')]);
  return {
    directory,
    async send(name, { rate, seconds, targets }) {
      const [file, ...args] = enter([
        program,
        name,
        String(rate),
        String(seconds),
        String(SOURCES),
        ...targets,
      ]);
      const { stdout } = await run(file, args);
      return JSON.parse(stdout) as Sent;
    },
  };
}
