// Asks the person at the terminal. Prompts go to stderr, so that stdout stays clean; a secret is not echoed.
import { createInterface } from 'node:readline/promises';
import { Interruption } from '../../failure.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Ports } from '../../ports.ts';

type Terminal = Pick<Ports, 'stdin' | 'stderr'>;

/** Longest secret that is read. */
const secretLengthMax = 1000;

/** One line, as typed. */
export const askLine = async (
  prompt: string,
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
): Promise<string> => {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(prompt, { signal })).trim();
  } catch (error) {
    throw signal.aborted
      ? signal.reason
      : new Interruption('no answer', exitCodes.interrupted, { cause: error });
  } finally {
    lines.close();
  }
};

/** One line without echo. Backspace and Ctrl-U correct it, Ctrl-C gives up. */
export const askSecret = async (
  prompt: string,
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
): Promise<string> => {
  stderr.write(prompt);
  stdin.setRawMode?.(true);
  try {
    return await readKeys(stdin, signal);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
};

const readKeys = (stdin: Terminal['stdin'], signal: AbortSignal): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let secret: string[] = [];
  const giveUp = () =>
    reject(signal.aborted ? signal.reason : new Interruption('no answer', exitCodes.interrupted));
  const onData = (chunk: Buffer | string) => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (const key of text) {
      if (key === '\r' || key === '\n') return resolve(secret.join(''));
      if (key === '\u0003' || key === '\u0004') return giveUp();
      if (key === '\u007f' || key === '\b') secret.pop();
      else if (key === '\u0015') secret = [];
      else if (key >= ' ' && secret.length < secretLengthMax) secret.push(key);
    }
    return undefined;
  };
  stdin.on('data', onData);
  stdin.once('end', giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  stdin.resume();
  return promise.finally(() => {
    stdin.off('data', onData);
    stdin.off('end', giveUp);
    signal.removeEventListener('abort', giveUp);
  });
};

/** The first line of a pipe. */
export const readSecretLine = async (stdin: Terminal['stdin']): Promise<string> => {
  let text = '';
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    text += chunk.toString();
    if (text.includes('\n') || text.length > secretLengthMax) break;
  }
  return (text.split(/\r?\n/, 1)[0] ?? '').slice(0, secretLengthMax);
};
