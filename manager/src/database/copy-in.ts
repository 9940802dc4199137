// Many rows of one table at once, by COPY: about half of what the same rows cost the server as an INSERT, and it works on the first ones while
// the last ones are still being put into words.
// Responsible for the protocol on one connection of the driver, which has no COPY of its own, and for cells in COPY's text form. Called by
// stores inside their transactions; not on connections that pipeline.
import type { ClientBase } from 'pg';
import { storableText } from './bulk-statement.ts';

/** The driver's connection, as far as it is needed; its types leave it out. */
type Wire = {
  readonly query: (text: string) => void;
  readonly sendCopyFromChunk: (bytes: Buffer) => void;
  readonly endCopyFrom: () => void;
  readonly sendCopyFail: (message: string) => void;
};

/** Characters of one message: small enough that the server has something to do early, large enough that it costs nothing. */
const CHUNK_CHARS = 32_768;

/** A connection that pipelines has sent other statements already, and would take them for rows. */
export const canCopy = (client: ClientBase): boolean =>
  (client as unknown as { readonly pipeline?: boolean }).pipeline !== true;

/** Resolves when the server has taken all rows; rejects with its error, as any statement. `line` gives cells separated by tabs, without a line end. */
export const copyIn = async <Row>(
  client: ClientBase,
  text: string,
  { rows, line }: { readonly rows: readonly Row[]; readonly line: (row: Row) => string },
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let failure: unknown = null;
  const query = {
    // The driver puts its own limit of time around this, and it must be called to end that.
    callback: (error: unknown) => (error === null || error === undefined ? resolve() : reject(error)),
    submit: (wire: Wire) => {
      wire.query(text);
      return null;
    },
    handleCopyInResponse(wire: Wire) {
      let chunk = '';
      try {
        for (const row of rows) {
          chunk += `${line(row)}\n`;
          if (chunk.length < CHUNK_CHARS) continue;
          wire.sendCopyFromChunk(Buffer.from(chunk));
          chunk = '';
        }
        if (chunk !== '') wire.sendCopyFromChunk(Buffer.from(chunk));
        wire.endCopyFrom();
      } catch (error) {
        failure = error;
        wire.sendCopyFail('a row could not be put into words');
      }
    },
    handleRowDescription: () => undefined,
    handleDataRow: () => undefined,
    handlePortalSuspended: () => undefined,
    handleEmptyQuery: () => undefined,
    handleCommandComplete: () => undefined,
    handleCopyData: () => undefined,
    handleError(error: unknown) {
      failure ??= error;
      query.callback(failure);
    },
    handleReadyForQuery: () => query.callback(failure),
  };
  (client as unknown as { readonly query: (query: unknown) => void }).query(query);
  await promise;
};

/** Text as a cell. */
export const copyText = (text: string | null): string => {
  if (text === null) return NULL_CELL;
  const storable = storableText(text);
  return SPECIAL.test(storable)
    ? storable.replaceAll(/[\\\n\r\t]/g, (special) => ESCAPES[special] ?? '')
    : storable;
};
const NULL_CELL = String.raw`\N`;
const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export const copyNumber = (number: number | null): string => (number === null ? NULL_CELL : String(number));

/** Puts times into words; many rows of one call have the same, so the last one is kept. */
export const createCopyTime = (): ((at: Date | null) => string) => {
  let lastMs = Number.NaN;
  let last = '';
  return (at) => {
    if (at === null) return NULL_CELL;
    const ms = at.getTime();
    if (ms !== lastMs) [lastMs, last] = [ms, at.toISOString()];
    return last;
  };
};
