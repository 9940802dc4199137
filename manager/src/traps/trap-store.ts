// Traps in the database: rows, positions in the journals, and marks.
// Responsible for statements alone: what a start loads, what one commit writes. `trap-loop.ts` decides; lists are read by `trap-list.ts`.
import {
  decodeMarks,
  decodePlaces,
  encodeMarks,
  encodePlaces,
} from '@nezuban/core/traps/pairing/segment-codec';
import type { HashKey } from '@nezuban/core/traps/pairing/identity-hash';
import type { PairingChanges, SegmentMarks, Side, StoredSegment } from '@nezuban/core/traps/pairing/pairing';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { copyBinary, type CopyRows } from '../database/copy-binary.ts';
import type { Database } from '../database/database.ts';
import { storableText } from '../database/bulk-statement.ts';
import type { Transaction } from '../ports.ts';
import { trapsLimits as limits } from './traps-limits.ts';

/** A journal as far as it has been read. */
export type JournalRow = {
  readonly slot: Side;
  readonly journalId: string;
  readonly host: string;
  readonly seq: number;
  readonly horizonUs: number;
  readonly lostUntilUs: number;
};

export type TrapState = {
  readonly nextId: number;
  readonly key: HashKey;
  readonly journals: readonly JournalRow[];
  /** Oldest first. */
  readonly segments: readonly StoredSegment[];
  /** Of custom traps heard of late, the oldest first. */
  readonly keys: readonly string[];
};

/** Somebody else writes: this manager is not on duty any more, or knows an old state. */
export class TrapStateMoved extends Error {
  constructor() {
    super('Somebody else has stored traps meanwhile');
    this.name = 'TrapStateMoved';
  }
}

/** `freshKey`: kept if there is none yet. */
export const loadTrapState = async (database: Database, freshKey: HashKey): Promise<TrapState> => {
  await database.query({
    text: 'INSERT INTO trap_state (next_id, hash_low, hash_high) VALUES (1, $1, $2) ON CONFLICT (singleton) DO NOTHING',
    values: [freshKey.low, freshKey.high],
  });
  const [[state], journals, segments, keys] = await Promise.all([
    database.query<{ next_id: number; hash_low: number; hash_high: number }>({
      text: 'SELECT next_id, hash_low, hash_high FROM trap_state',
    }),
    database.query<{
      slot: Side;
      journal_id: string;
      host: string;
      seq: number;
      horizon_us: number;
      lost_until_us: number;
    }>({
      text: 'SELECT slot, journal_id, host, seq, horizon_us, lost_until_us FROM trap_journal ORDER BY slot',
    }),
    database.query<{ id: number; slot: Side; from_us: number; to_us: number; count: number }>({
      text: 'SELECT id, slot, from_us, to_us, count FROM trap_mark ORDER BY id',
    }),
    database.query<{ key: string }>({
      text: 'SELECT key FROM (SELECT key, heard_at FROM trap_key ORDER BY heard_at DESC LIMIT $1) latest ORDER BY heard_at',
      values: [limits.keysMax],
    }),
  ]);
  if (state === undefined) throw new Error('The row of the traps is missing');
  return {
    nextId: state.next_id,
    key: { low: state.hash_low, high: state.hash_high },
    journals: journals.map((row) => ({
      slot: row.slot,
      journalId: row.journal_id,
      host: row.host,
      seq: row.seq,
      horizonUs: row.horizon_us,
      lostUntilUs: row.lost_until_us,
    })),
    segments: segments.map(({ id, slot, from_us, to_us, count }) => ({
      id,
      side: slot,
      fromUs: from_us,
      toUs: to_us,
      count,
    })),
    keys: keys.map(({ key }) => key),
  };
};

/** Some of the keys beyond what is kept; whether there are more. */
export const dropOldKeys = async (database: Database, nowMs: number): Promise<boolean> => {
  const rows = await database.query({
    name: 'drop_trap_keys',
    text: `DELETE FROM trap_key WHERE key = ANY (ARRAY (SELECT key FROM trap_key WHERE heard_at < $1 LIMIT $2)) RETURNING 1`,
    values: [new Date(nowMs - limits.keyKeptMs), limits.keysDroppedMax],
  });
  return rows.length === limits.keysDroppedMax;
};

export type LoadedMarks = {
  readonly id: number;
  readonly marks: SegmentMarks;
  readonly used: ReadonlySet<number>;
};
export const loadMarks = async (
  database: Database,
  ids: readonly number[],
): Promise<readonly LoadedMarks[]> => {
  const rows = await database.query<{ id: number; marks: Buffer; used: readonly Buffer[] | null }>({
    text: `SELECT id, marks, (SELECT array_agg(places) FROM trap_mark_used WHERE mark_id = id) AS used
           FROM trap_mark WHERE id = ANY ($1::bigint[]) ORDER BY id`,
    values: [ids],
  });
  return rows.map(({ id, marks, used }) => ({
    id,
    marks: decodeMarks(marks),
    used: new Set((used ?? []).flatMap(decodePlaces)),
  }));
};

/** Takes a slot for a journal: the first of a host, or a new one instead of an old one. */
export const saveJournal = async (transaction: Transaction, row: JournalRow): Promise<void> => {
  await transaction.query(
    `INSERT INTO trap_journal (slot, journal_id, host, seq, horizon_us, lost_until_us) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (slot) DO UPDATE SET journal_id = $2, host = $3, seq = $4, horizon_us = $5, lost_until_us = $6, since = now()`,
    [row.slot, row.journalId, row.host, row.seq, row.horizonUs, row.lostUntilUs],
  );
};

export type TrapRow = {
  readonly id: number;
  readonly record: TrapRecord;
  readonly slot: Side;
  readonly heardBoth: boolean;
  readonly perhapsRepeat: boolean;
  readonly matched: boolean;
  readonly node: string | null;
  readonly host: string | null;
  readonly malformed: string | null;
  readonly text: string | null;
};

const COPY_TRAPS = `COPY trap (id, recorded_at, received_at, seq, slot, port, flags, heard_both, perhaps_repeat, matched,
  protocol, address, node, host, malformed, text, extra, raw) FROM STDIN BINARY`;
const TRAP_COLUMNS = 18;
/** Host names and reasons are shown in lists: what is longer is cut. */
const SHORT_TEXT_MAX = 300;
const TEXT_MAX = 4_000;

/** Adds a row to what one commit copies; gives where its cell `heard_both` stands. */
export const addTrapRow = (rows: CopyRows, recordedUs: number, row: TrapRow): number => {
  const { record } = row;
  rows.row(TRAP_COLUMNS);
  rows.bigint(row.id);
  rows.timestamp(recordedUs);
  rows.timestamp(record.receivedUs);
  rows.bigint(record.seq);
  rows.smallint(row.slot);
  rows.integer(record.port);
  rows.smallint(record.flags);
  const heardBoth = rows.boolean(row.heardBoth);
  rows.boolean(row.perhapsRepeat);
  rows.boolean(row.matched);
  rows.text(record.protocol);
  rows.inet(record.address);
  rows.text(short(row.node));
  rows.text(short(row.host));
  rows.text(short(row.malformed));
  rows.text(row.text === null ? null : row.text.slice(0, TEXT_MAX));
  rows.text(record.extra === null ? null : JSON.stringify(record.extra));
  rows.bytes(record.payload);
  return heardBoth;
};
const short = (text: string | null): string | null =>
  text === null || text.length <= SHORT_TEXT_MAX ? text : text.slice(0, SHORT_TEXT_MAX);

export type TrapCommit = {
  readonly term: number;
  /** As it was before, and as it is with these rows. */
  readonly ids: { readonly from: number; readonly next: number };
  readonly journals: readonly Omit<JournalRow, 'journalId' | 'host'>[];
  readonly changes: PairingChanges;
  readonly keys: readonly string[];
  readonly rows: CopyRows;
};

/** Throws TrapStateMoved if another manager has written since. */
export const writeTraps = async (transaction: Transaction, commit: TrapCommit): Promise<void> => {
  const { rowCount } = await transaction.query({
    name: 'move_trap_state',
    text: `UPDATE trap_state SET next_id = $2 WHERE next_id = $1 AND EXISTS (SELECT FROM manager_identity WHERE term = $3)`,
    values: [commit.ids.from, commit.ids.next, commit.term],
  });
  if (rowCount !== 1) throw new TrapStateMoved();
  for (const { slot, seq, horizonUs, lostUntilUs } of commit.journals)
    await transaction.query({
      name: 'move_trap_journal',
      text: 'UPDATE trap_journal SET seq = $2, horizon_us = $3, lost_until_us = $4 WHERE slot = $1',
      values: [slot, seq, horizonUs, lostUntilUs],
    });
  await writeMarks(transaction, commit.changes);
  if (commit.keys.length > 0)
    await transaction.query({
      name: 'keep_trap_keys',
      text: 'INSERT INTO trap_key (key, heard_at) SELECT key, now() FROM unnest($1::text[]) AS key ON CONFLICT (key) DO NOTHING',
      values: [commit.keys.map(storableText)],
    });
  if (commit.rows.count() > 0) await copyBinary(transaction, COPY_TRAPS, commit.rows);
};

const writeMarks = async (transaction: Transaction, changes: PairingChanges): Promise<void> => {
  const { made, used, dropped } = changes;
  for (const { id, side, fromUs, toUs, count, marks } of made)
    await transaction.query({
      name: 'make_trap_mark',
      text: 'INSERT INTO trap_mark (id, slot, from_us, to_us, count, marks) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [id, side, fromUs, toUs, count, encodeMarks(marks)],
    });
  if (used.length > 0)
    await transaction.query({
      name: 'use_trap_marks',
      text: 'INSERT INTO trap_mark_used (mark_id, places) SELECT * FROM unnest($1::bigint[], $2::bytea[])',
      values: [used.map(({ segment }) => segment), used.map(({ places }) => encodePlaces(places))],
    });
  if (dropped.length === 0) return;
  await transaction.query({
    name: 'drop_trap_marks_used',
    text: 'DELETE FROM trap_mark_used WHERE mark_id = ANY ($1::bigint[])',
    values: [dropped],
  });
  await transaction.query({
    name: 'drop_trap_marks',
    text: 'DELETE FROM trap_mark WHERE id = ANY ($1::bigint[])',
    values: [dropped],
  });
};
