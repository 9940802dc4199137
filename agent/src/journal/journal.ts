// The journal: what the agent durably knows of attempts. An id with a row here is never run again.
// Responsible for the SQLite file, one transaction for all that arrived together, receipt numbers, and the lock that keeps a second agent out.
// Not responsible for what the changes mean (attempt-runner.ts) nor for gathering them. Called by the runner, the links and housekeeping.
import fs from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { attemptOrderSchema, type AttemptOrder, type Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { NewReceipt } from '../attempts/receipts.ts';
import { isFinal } from '../attempts/receipts.ts';
import { journalSchema, journalVersion } from './journal-schema.ts';

export type JournalChange =
  | { readonly type: 'accept'; readonly order: AttemptOrder; readonly at: string; readonly bootId: string }
  | {
      readonly type: 'receipt';
      readonly receipt: NewReceipt;
      readonly bootId: string;
      readonly output?: {
        readonly bytes: number;
        readonly hasFolder: boolean;
        /** The order, which is forgotten now, held what must leave no trace. */
        readonly hadSecrets?: boolean;
      };
    }
  | { readonly type: 'cancel'; readonly attemptId: AttemptId; readonly killAfterMs: number }
  | { readonly type: 'term'; readonly term: number };

export type OpenAttempt = {
  readonly order: AttemptOrder;
  readonly state: 'accepted' | 'running';
  readonly bootId: string;
  readonly cancelKillAfterMs: number | null;
};

/** The newest receipt as the JSON text that is sent. */
export type StoredReceipt = { readonly seq: number; readonly json: string };
export type KeptOutput = { readonly id: AttemptId; readonly bytes: number; readonly recordedMs: number };

/** Somebody else holds the journal: an agent runs on this home. */
export class JournalLockedError extends Error {}

type Row = Record<string, unknown>;

export class Journal {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #nextSeq: number;
  #highestTerm: number;
  #ackedSeq: number;
  /** Marks that cost nothing if lost: they ride on the next transaction. */
  readonly #outputDone = new Set<AttemptId>();
  #ackedSeqStored: number;
  /** Receipts with secret values that the manager does not have yet: their values go once it has. */
  readonly #secretReceipts = new Map<AttemptId, number>();
  /** Something secret was deleted since: the file of the log that SQLite writes ahead still holds it. */
  #logHoldsSecrets = false;

  /** `lockWaitMs`: how long somebody else may still hold it, such as an agent that is just stopping. */
  constructor(file: string, lockWaitMs = 0) {
    this.#database = openDatabase(file, lockWaitMs);
    this.#statements = prepareStatements(this.#database);
    const meta = new Map(
      (this.#statements.readMeta.all() as Row[]).map((row) => [String(row['key']), Number(row['value'])]),
    );
    this.#nextSeq = (meta.get('seq') ?? 0) + 1;
    this.#highestTerm = meta.get('highest_term') ?? 0;
    this.#ackedSeq = meta.get('acked_seq') ?? 0;
    this.#ackedSeqStored = this.#ackedSeq;
    for (const row of this.#statements.secretReceipts.all() as Row[])
      this.#secretReceipts.set(String(row['id']) as AttemptId, Number(row['seq']));
    // What an agent that died had deleted may stand in its log still.
    this.#logHoldsSecrets = true;
    this.#emptyLog();
  }

  /** The highest term that any master has shown. */
  get highestTerm(): number {
    return this.#highestTerm;
  }

  /** Receipts up to this one are committed at the manager. */
  get ackedSeq(): number {
    return this.#ackedSeq;
  }

  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /**
   * Writes all changes in one transaction and returns when they are on disk. Throws with nothing changed if that fails.
   * Changes of one attempt stand in the order of its life.
   */
  write(changes: readonly JournalChange[]): void {
    let seq = this.#nextSeq;
    let term = this.#highestTerm;
    this.#transaction(() => {
      for (const change of changes) {
        if (change.type === 'accept' || change.type === 'receipt') {
          this.#writeReceipt(change, seq);
          seq += 1;
        } else if (change.type === 'cancel') {
          this.#statements.cancel.run(change.killAfterMs, change.attemptId);
        } else {
          term = Math.max(term, change.term);
        }
      }
      this.#statements.writeMeta.run('seq', String(seq - 1));
      this.#statements.writeMeta.run('highest_term', String(term));
      this.#writeMarks();
    });
    this.#nextSeq = seq;
    this.#highestTerm = term;
    for (const change of changes) if (change.type === 'receipt') this.#noteSecrets(change);
    this.#emptyLog();
  }

  find(id: AttemptId): StoredReceipt | null {
    return toStored(this.#statements.find.get(id));
  }

  /** Attempts that have been accepted and have not ended, in the order in which they were. */
  openAttempts(): OpenAttempt[] {
    return (this.#statements.open.all() as Row[]).map((row) => ({
      order: attemptOrderSchema.parse(JSON.parse(String(row['attempt_order']))),
      state: row['state'] === 'running' ? 'running' : 'accepted',
      bootId: String(row['boot_id']),
      cancelKillAfterMs: row['cancel_kill_after_ms'] === null ? null : Number(row['cancel_kill_after_ms']),
    }));
  }

  receiptsAfter(seq: number, limit: number): StoredReceipt[] {
    return this.#statements.after.all(seq, limit).flatMap((row) => toStored(row) ?? []);
  }

  acknowledgeReceipts(seq: number): void {
    this.#ackedSeq = Math.max(this.#ackedSeq, Math.min(seq, this.lastSeq));
  }

  /** Ended attempts whose output the manager does not have in full. */
  undeliveredOutput(): AttemptId[] {
    return (this.#statements.undelivered.all() as Row[]).map((row) => String(row['id']) as AttemptId);
  }

  noteOutputDelivered(id: AttemptId): void {
    this.#outputDone.add(id);
  }

  /** Folders that are kept only for people, newest first. */
  deliveredFolders(): KeptOutput[] {
    this.flushMarks();
    const rows = this.#statements.kept.all(this.#ackedSeq) as Row[];
    return rows.map((row) => ({
      id: String(row['id']) as AttemptId,
      bytes: Number(row['output_bytes']),
      recordedMs: Number(row['recorded_ms']),
    }));
  }

  /** Of the given names, those whose attempt has not ended, or is owed to the manager, or is not known: folders that must stay. */
  mustKeepFolder(id: string): boolean {
    const row = this.#statements.folder.get(id) as Row | undefined;
    return row === undefined || row['attempt_order'] !== null || Number(row['has_folder']) === 1;
  }

  noteFoldersRemoved(ids: readonly AttemptId[]): void {
    if (ids.length === 0) return;
    this.#transaction(() => {
      for (const id of ids) this.#statements.folderRemoved.run(id);
    });
  }

  /**
   * Forgets acknowledged ids that are both older than `beforeMs` and not among the newest `keepMax`; of the oldest `lookAtMax`, so that
   * millions of rows never hold up the agent. Returns how many.
   */
  forget(limits: {
    readonly beforeMs: number;
    readonly keepMax: number;
    readonly lookAtMax: number;
  }): number {
    const result = this.#statements.forget.run(
      Math.min(this.#ackedSeq, this.lastSeq - limits.keepMax - 1),
      limits.lookAtMax,
      limits.beforeMs,
    );
    return Number(result.changes);
  }

  /** Writes the marks that have waited for a transaction. */
  flushMarks(): void {
    if (this.#outputDone.size === 0 && this.#ackedSeq === this.#ackedSeqStored) return;
    this.#transaction(() => this.#writeMarks());
    this.#emptyLog();
  }

  close(): void {
    if (!this.#database.isOpen) return;
    try {
      this.flushMarks();
    } finally {
      this.#database.close();
    }
  }

  #writeReceipt(change: Extract<JournalChange, { type: 'accept' | 'receipt' }>, seq: number): void {
    if (change.type === 'accept') {
      const { attemptId } = change.order;
      const receipt: Receipt = { seq, attemptId, at: change.at, state: 'accepted' };
      this.#statements.accept.run(
        attemptId,
        seq,
        JSON.stringify(receipt),
        JSON.stringify(change.order),
        change.bootId,
        Date.parse(change.at),
      );
      return;
    }
    const { receipt } = change;
    const json = JSON.stringify({ ...receipt, seq });
    const bytes = change.output?.bytes ?? 0;
    const statement = isFinal(receipt) ? this.#statements.end : this.#statements.progress;
    const values: SQLInputValue[] = [
      receipt.attemptId,
      seq,
      receipt.state,
      json,
      change.bootId,
      Date.parse(receipt.at),
    ];
    if (isFinal(receipt)) values.push(bytes, bytes === 0 ? 1 : 0, change.output?.hasFolder ? 1 : 0);
    statement.run(...values);
  }

  /** After the commit that ends an attempt: its order is gone from the table, and with it what it held of secrets. */
  #noteSecrets({ receipt, output }: Extract<JournalChange, { type: 'receipt' }>): void {
    if (output?.hadSecrets === true) this.#logHoldsSecrets = true;
    if (receipt.state === 'ended' && receipt.captured?.some(({ secret }) => secret === true) === true)
      this.#secretReceipts.set(receipt.attemptId, this.#nextSeq - 1);
  }

  /** `secure_delete` overwrites what is deleted in the file itself; the log ahead of it keeps old pages until it is emptied. */
  #emptyLog(): void {
    if (!this.#logHoldsSecrets) return;
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#logHoldsSecrets = false;
  }

  #writeMarks(): void {
    for (const id of this.#outputDone) this.#statements.outputDone.run(id);
    for (const [id, seq] of this.#secretReceipts) {
      if (seq > this.#ackedSeq) continue;
      this.#statements.hideCaptured.run(id);
      this.#secretReceipts.delete(id);
      this.#logHoldsSecrets = true;
    }
    this.#statements.writeMeta.run('acked_seq', String(this.#ackedSeq));
    this.#outputDone.clear();
    this.#ackedSeqStored = this.#ackedSeq;
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some errors (disk full), not after others.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function openDatabase(file: string, lockWaitMs: number): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: lockWaitMs });
  try {
    // Exclusive: the lock ends with the process however it ends, and a second agent on this home finds out at once.
    database.exec(
      'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000; PRAGMA secure_delete=ON',
    );
    // Orders hold secrets while their attempts are open. The log's file takes the mode of this one.
    fs.chmodSync(file, 0o600);
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new JournalLockedError(`${file} is held by another process`, { cause: error });
    }
    throw error;
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function migrate(database: DatabaseSync, file: string): void {
  const row = database.prepare('PRAGMA user_version').get() as Row | undefined;
  const version = Number(row?.['user_version'] ?? 0);
  if (version === journalVersion) return;
  if (version !== 0)
    throw new Error(
      `${file} has version ${version}, this agent knows ${journalVersion}: it was written by another release`,
    );
  database.exec(`BEGIN; ${journalSchema} PRAGMA user_version=${journalVersion}; COMMIT`);
}

function prepareStatements(database: DatabaseSync) {
  const upsert = (columns: string, values: string, update: string): StatementSync =>
    database.prepare(
      `INSERT INTO attempt (${columns}) VALUES (${values}) ON CONFLICT (id) DO UPDATE SET ${update}`,
    );
  const received = 'id, seq, state, receipt, boot_id, recorded_ms';
  const news =
    'seq = excluded.seq, state = excluded.state, receipt = excluded.receipt, recorded_ms = excluded.recorded_ms';
  return {
    readMeta: database.prepare('SELECT key, value FROM meta'),
    writeMeta: database.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    // A plain insert: accepting an id twice is a bug, and must fail.
    accept: database.prepare(
      "INSERT INTO attempt (id, seq, state, receipt, attempt_order, boot_id, recorded_ms) VALUES (?, ?, 'accepted', ?, ?, ?, ?)",
    ),
    progress: upsert(received, '?, ?, ?, ?, ?, ?', news),
    end: upsert(
      `${received}, output_bytes, output_done, has_folder`,
      '?, ?, ?, ?, ?, ?, ?, ?, ?',
      `${news}, attempt_order = NULL, output_bytes = excluded.output_bytes, output_done = excluded.output_done, has_folder = excluded.has_folder`,
    ),
    secretReceipts: database.prepare(
      `SELECT id, seq FROM attempt WHERE receipt LIKE '%"secret":true%' AND state = 'ended'`,
    ),
    hideCaptured: database.prepare(
      `UPDATE attempt SET receipt = json_set(receipt, '$.captured', json('[]')) WHERE id = ?`,
    ),
    cancel: database.prepare('UPDATE attempt SET cancel_kill_after_ms = ? WHERE id = ?'),
    find: database.prepare('SELECT seq, receipt FROM attempt WHERE id = ?'),
    open: database.prepare(
      'SELECT state, attempt_order, boot_id, cancel_kill_after_ms FROM attempt WHERE attempt_order IS NOT NULL ORDER BY rowid',
    ),
    after: database.prepare('SELECT seq, receipt FROM attempt WHERE seq > ? ORDER BY seq LIMIT ?'),
    undelivered: database.prepare(
      'SELECT id FROM attempt WHERE has_folder = 1 AND output_done = 0 AND attempt_order IS NULL ORDER BY recorded_ms',
    ),
    outputDone: database.prepare('UPDATE attempt SET output_done = 1 WHERE id = ?'),
    kept: database.prepare(
      'SELECT id, output_bytes, recorded_ms FROM attempt WHERE has_folder = 1 AND output_done = 1 AND seq <= ? ORDER BY recorded_ms DESC',
    ),
    folder: database.prepare('SELECT attempt_order, has_folder FROM attempt WHERE id = ?'),
    folderRemoved: database.prepare('UPDATE attempt SET has_folder = 0 WHERE id = ?'),
    forget: database.prepare(
      `DELETE FROM attempt WHERE rowid IN (SELECT rowid FROM attempt WHERE seq <= ? ORDER BY seq LIMIT ?)
       AND recorded_ms < ? AND attempt_order IS NULL AND has_folder = 0`,
    ),
  };
}

function toStored(row: unknown): StoredReceipt | null {
  if (row === undefined) return null;
  const { seq, receipt } = row as Row;
  return { seq: Number(seq), json: String(receipt) };
}
