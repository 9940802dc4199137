// The end of a program of ours with an exit code, at once and for certain.
// `process.exit` ends the threads of the runtime in order, and waits for each; one that misses its call was seen to hold the process for ever
// (Node 26.10 on a busy machine), silent, with everything open, and alive for whoever waits for its end. A process that becomes another program
// loses its threads by the kernel's hand. Called by every program of ours that ends with a code; one that is told to end from outside has a
// bound there, too.
import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { inspect } from 'node:util';

const SHELL = '/bin/sh';
const EXIT_BROKEN = 1;

/** What is on its way to a pipe that nobody has read yet is lost, as with `process.exit`. */
export function leave(code: number): never {
  flushCompileCache();
  // What `execve` cannot do it answers with an abort.
  if (fs.existsSync(SHELL)) process.execve?.(SHELL, ['sh', '-c', `exit ${code}`], {});
  process.exit(code);
}

/** For programs whose output is their work: it ends when whoever reads along has taken all of it, or is gone. */
export async function leaveOnceSaid(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(takenBy));
  leave(code);
}

const takenBy = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    // A stream that is broken tells nobody that it wrote.
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });

/** For what nobody caught: said as Node says it, without its way to the end. */
export function leaveWhenBroken(): void {
  process.on('uncaughtException', (error) => {
    try {
      fs.writeSync(process.stderr.fd, `${inspect(error)}\n`);
    } catch {
      // Nobody reads it any more.
    }
    leave(EXIT_BROKEN);
  });
}
