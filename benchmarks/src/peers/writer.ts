/**
 * The benchmark's end of the writing client: starts it on the client's host, waits for its writes to arrive at another host.
 *
 * Not responsible for writing: `writer-main.ts`. Called by `series.ts`.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { Lab } from './lab.ts';
import { type DataHost, POSTGRES_PORT } from './peer.ts';
import type { FromWriter, ToWriter } from './writer-messages.ts';

export interface WriterResult {
  readonly acknowledged: readonly number[];
}

export interface Writer {
  /** The host that acknowledged the newest write; null before the first one. */
  readonly host: () => DataHost | null;
  /** Moment of the first acknowledged write on `host` that was sent after `since`. */
  readonly arrival: (host: DataHost, since: number, timeoutMs: number) => Promise<number>;
  readonly stop: () => Promise<WriterResult>;
}

const POLL_MS = 10;

export function startWriter(lab: Lab): Writer {
  const places = (['a', 'b'] as const).map((host) => `${host}=${lab.addressOf(host)}:${POSTGRES_PORT}`);
  const child = lab.fork('client', [path.join(import.meta.dirname, 'writer-main.ts'), ...places]);
  const moves: Extract<FromWriter, { type: 'moved' }>[] = [];
  let ended = false;
  child.on('message', (message: FromWriter) => {
    if (message.type === 'moved') moves.push(message);
  });
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      ended = true;
      resolve();
    }),
  );

  return {
    host: () => moves.at(-1)?.host ?? null,
    async arrival(host, since, timeoutMs) {
      const move = await waitFor(
        () => {
          if (ended) throw new Error('the writing client has ended');
          return moves.find((one) => one.host === host && one.sentAt >= since);
        },
        { timeoutMs, intervalMs: POLL_MS, message: `a write to be acknowledged by host ${host}` },
      );
      return move.at;
    },
    async stop() {
      const file = path.join(lab.folder, 'acknowledged.txt');
      const message: ToWriter = { type: 'stop', file };
      child.send(message);
      await exited;
      const text = await readFile(file, 'utf8');
      return { acknowledged: text === '' ? [] : text.split('\n').map(Number) };
    },
  };
}
