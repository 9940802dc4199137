/**
 * COPY in both directions over the driver's own connection: PostgreSQL's text form of a table, as a stream.
 *
 * Own, because the driver has no copies and its companion adds Node streams that this does not need. Called by export and import.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type pg from 'pg';

type Wire = {
  readonly query: (text: string) => void;
  readonly sendCopyFromChunk: (bytes: Buffer) => void;
  readonly endCopyFrom: () => void;
  readonly stream: Writable;
};

/** The parts of a query that the driver calls. */
const NOTHING = {
  handleRowDescription: () => undefined,
  handleDataRow: () => undefined,
  handlePortalSuspended: () => undefined,
  handleEmptyQuery: () => undefined,
};

/** `COPY ... TO STDOUT`. The bytes are valid during the call. Returns how many rows there were. */
export async function copyOut(
  client: pg.Client,
  text: string,
  onBytes: (bytes: Buffer) => void,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let rows = 0;
  let failure: Error | null = null;
  const query = {
    ...NOTHING,
    submit: (wire: Wire) => wire.query(text),
    handleCopyData({ chunk }: { chunk: Buffer }) {
      if (failure !== null) return;
      try {
        onBytes(chunk);
      } catch (error) {
        failure = error as Error;
        reject(failure);
      }
    },
    handleCommandComplete: ({ text: said }: { text: string }) => (rows = toRows(said)),
    handleError: reject,
    handleReadyForQuery: () => resolve(rows),
  };
  client.query(query as unknown as pg.Submittable);
  return await promise;
}

export type CopyIn = {
  /** Waits while the server is slower than we are. */
  readonly write: (bytes: Buffer) => Promise<void>;
  /** Returns how many rows there were. */
  readonly end: () => Promise<number>;
};

/** `COPY ... FROM STDIN`. */
export async function copyIn(client: pg.Client, text: string): Promise<CopyIn> {
  const begun = Promise.withResolvers<Wire>();
  const done = Promise.withResolvers<number>();
  done.promise.catch(() => undefined);
  let rows = 0;
  const query = {
    ...NOTHING,
    submit: (wire: Wire) => wire.query(text),
    handleCopyInResponse: (wire: Wire) => begun.resolve(wire),
    handleCommandComplete: ({ text: said }: { text: string }) => (rows = toRows(said)),
    handleError(error: Error) {
      begun.reject(error);
      done.reject(error);
    },
    handleReadyForQuery: () => done.resolve(rows),
  };
  client.query(query as unknown as pg.Submittable);
  const wire = await begun.promise;
  return {
    async write(bytes) {
      wire.sendCopyFromChunk(bytes);
      // An error of the server ends the wait as well.
      if (wire.stream.writableNeedDrain) await Promise.race([once(wire.stream, 'drain'), done.promise]);
    },
    async end() {
      wire.endCopyFrom();
      return await done.promise;
    },
  };
}

/** `COPY 17`. */
function toRows(said: string): number {
  return Number(/^COPY (\d+)$/.exec(said)?.[1] ?? 0);
}
