/**
 * What the writing client and the benchmark say to each other over IPC.
 *
 * Responsible for the shapes alone. Said by `writer-main.ts` and `writer.ts`.
 */
import type { DataHost } from './peer.ts';

/** Times are monotonic milliseconds, the same clock in all processes of the machine. */
export type FromWriter =
  /** The first acknowledged write after another host had acknowledged the one before. `sentAt`: when that write was sent. */
  | { readonly type: 'moved'; readonly host: DataHost; readonly sentAt: number; readonly at: number }
  | { readonly type: 'stopped'; readonly acknowledged: number; readonly unknown: number };

export type ToWriter = {
  readonly type: 'stop';
  /** Numbers of the acknowledged rows, one a line. */
  readonly file: string;
};
