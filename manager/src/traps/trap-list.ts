// Traps as they are looked for: the list, one, and past ones to try rules on.
// Responsible for reading rows and for making records of them again. The newest come by their number; what is rare or long ago is found by a
// span of time. Not responsible for what records mean (`trap-reading.ts`). Called by trap-routes.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { parseAddress } from '@nezuban/core/traps/address-list';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapProtocol, TrapRecord } from '@nezuban/protocol/intake/record';
import { sqlState } from '../database/database-errors.ts';
import type { Database } from '../database/database.ts';
import { createWhere, likePattern, type Condition } from '../database/where.ts';
import { createSlots } from '../slots.ts';

export type StoredTrap = {
  readonly id: number;
  readonly recorded_at: Date;
  readonly received_at: Date;
  /** Microseconds since 1970. */
  readonly received_us: number;
  readonly seq: number;
  readonly slot: number;
  readonly port: number;
  readonly flags: number;
  readonly heard_both: boolean;
  readonly perhaps_repeat: boolean;
  readonly matched: boolean;
  readonly protocol: TrapProtocol;
  readonly address: string;
  readonly node: string | null;
  readonly host: string | null;
  readonly malformed: string | null;
  readonly text: string | null;
  readonly extra: string | null;
  readonly raw: Buffer;
};

export type TrapFilter = {
  readonly beforeId?: number | undefined;
  readonly limit: number;
  readonly node?: string | undefined;
  readonly address?: string | undefined;
  readonly protocol?: readonly string[] | undefined;
  readonly matched?: boolean | undefined;
  readonly malformed?: boolean | undefined;
  readonly unknown?: boolean | undefined;
  readonly q?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** What the caller may see, on the column `node`; undefined: everything. */
  readonly visible?: Condition | undefined;
};

/** A search that reads longer holds a core that others need, and whoever asked has given up. */
const SEARCH_TIMEOUT_MS = 8_000;
const STATEMENT_TOOK_TOO_LONG = '57014';
const searches = createSlots({ atOnce: 1, waitingMax: 4, what: 'searches of traps' });

const COLUMNS = `id, recorded_at, received_at, (extract(epoch FROM received_at) * 1000000)::float8 AS received_us, seq, slot, port, flags,
  heard_both, perhaps_repeat, matched, protocol, host(address) AS address, node, host, malformed, text, extra, raw`;

/** Newest first. Throws `search_too_slow`. */
export const listTraps = async (database: Database, filter: TrapFilter): Promise<readonly StoredTrap[]> => {
  const { text, values } = buildList(filter);
  return await searches.run(() =>
    database.inTransaction(async (transaction) => {
      await transaction.query(`SET LOCAL statement_timeout = ${SEARCH_TIMEOUT_MS}`);
      try {
        return (await transaction.query<StoredTrap>(text, values)).rows;
      } catch (error) {
        if (sqlState(error) !== STATEMENT_TOOK_TOO_LONG) throw error;
        throw new CodedError(
          'search_too_slow',
          say('problem_the_search_for_traps_took_longer_than', { value: SEARCH_TIMEOUT_MS / 1000 }),
          { cause: error },
        );
      }
    }),
  );
};

const buildList = (filter: TrapFilter): { text: string; values: unknown[] } => {
  const where = createWhere();
  where.addIf(filter.beforeId, (id, place) => `id < ${place(id)}`);
  where.addIf(filter.node, (node, place) => `node = ${place(node)}`);
  where.addIf(filter.address, (address, place) => `address <<= ${place(address)}::inet`);
  where.addIf(filter.protocol, (protocols, place) => `protocol = ANY(${place(protocols)}::text[])`);
  where.addIf(filter.matched, (matched) => (matched ? 'matched' : 'NOT matched'));
  where.addIf(filter.malformed, (malformed) => `malformed IS ${malformed ? 'NOT ' : ''}NULL`);
  where.addIf(filter.unknown, (unknown) => `node IS ${unknown ? '' : 'NOT '}NULL`);
  where.addIf(filter.from, (from, place) => `received_at >= ${place(from)}`);
  where.addIf(filter.to, (to, place) => `received_at < ${place(to)}`);
  where.addIf(filter.q, (q, place) => {
    // Bytes of the message in PostgreSQL's own escape form: what is no ASCII is compared byte by byte, whatever it is.
    const raw = place(likePattern(escaped(q).toLowerCase()));
    // Of SNMP the text is stored; in its bytes a community could be guessed piece by piece.
    return `((protocol <> 'snmp' AND lower(encode(raw, 'escape')) LIKE ${raw}) OR text ILIKE ${place(likePattern(q))} OR host ILIKE ${place(likePattern(q))})`;
  });
  where.add(filter.visible);
  return {
    text: `SELECT ${COLUMNS} FROM trap ${where.sql()} ORDER BY id DESC LIMIT ${where.place(filter.limit)}`,
    values: [...where.values],
  };
};

const ESCAPED_FROM = 0x80;
/** As `encode(bytes, 'escape')` writes UTF-8. */
const escaped = (text: string): string => {
  let all = '';
  for (const byte of Buffer.from(text))
    all +=
      byte === 0 || byte >= ESCAPED_FROM
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : byte === 0x5c
          ? '\\\\'
          : String.fromCharCode(byte);
  return all;
};

export const findTrap = async (
  database: Database,
  id: number,
  visible: Condition | undefined,
): Promise<StoredTrap | null> => {
  const where = createWhere();
  where.add((place) => `id = ${place(id)}`);
  where.add(visible);
  const [row] = await database.query<StoredTrap>({
    text: `SELECT ${COLUMNS} FROM trap ${where.sql()} LIMIT 1`,
    values: where.values,
  });
  return row ?? null;
};

/** The record as the intake gave it. */
export const toRecord = (row: StoredTrap): TrapRecord => ({
  seq: row.seq,
  receivedUs: row.received_us,
  protocol: row.protocol,
  flags: row.flags,
  address: parseAddress(row.address) ?? new Uint8Array(16),
  port: row.port,
  extra: toExtra(row.extra),
  payload: row.raw,
});
const toExtra = (text: string | null): Readonly<Record<string, string>> | null =>
  text === null ? null : (JSON.parse(text) as Readonly<Record<string, string>>);
