// The journal on a real SQLite file: what survives a restart, what is refused, what may be forgotten.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { attemptOrderSchema } from '@nezuban/protocol/agent/link';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import { refusedReceipt, runningReceipt } from '../attempts/receipts.ts';
import { Journal, JournalLockedError } from './journal.ts';

const at = '2026-01-02T03:04:05.678Z';
const id = (number: number) => attemptIdSchema.parse(`1-abcdef-${number}.0.0.0`);
const order = (number: number) =>
  attemptOrderSchema.parse({ attemptId: id(number), command: 'true', killAfterMs: 0, outputBytesMax: 0 });
const accept = (number: number) => ({ type: 'accept', order: order(number), at, bootId: 'b' }) as const;
const refuse = (number: number) =>
  ({
    type: 'receipt',
    receipt: refusedReceipt(id(number), { code: 'cancelled', reason: { text: 'test', said: null } }, at),
    bootId: 'b',
  }) as const;

describe('journal', () => {
  let folder: string;
  let file: string;
  let journal: Journal;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-journal-'));
    file = path.join(folder, 'journal.db');
    journal = new Journal(file);
  });
  afterEach(() => {
    journal.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const reopen = (): void => {
    journal.close();
    journal = new Journal(file);
  };

  test('write: what was written is there after a restart, numbers go on', () => {
    journal.write([accept(1), accept(2), { type: 'term', term: 7 }]);
    journal.write([
      {
        type: 'receipt',
        receipt: runningReceipt(id(1), { pid: 5, startTime: '1', atMs: 0 }, at),
        bootId: 'b',
      },
      { type: 'cancel', attemptId: id(2), killAfterMs: 30 },
    ]);
    reopen();
    assert.equal(journal.highestTerm, 7);
    assert.equal(journal.lastSeq, 3);
    assert.deepEqual(
      journal.openAttempts().map((open) => [open.order.attemptId, open.state, open.cancelKillAfterMs]),
      [
        [id(1), 'running', null],
        [id(2), 'accepted', 30],
      ],
    );
    journal.write([refuse(2)]);
    assert.equal(journal.find(id(2))?.seq, 4);
    assert.deepEqual(
      journal.openAttempts().map((open) => open.order.attemptId),
      [id(1)],
    );
  });

  test('write: the same id accepted twice: refused, and nothing of that transaction stays', () => {
    journal.write([accept(1)]);
    assert.throws(() => journal.write([accept(2), accept(1)]), /UNIQUE/);
    assert.equal(journal.find(id(2)), null);
    assert.equal(journal.lastSeq, 1);
  });

  test('receipts: only the newest of an attempt is sent, until it is acknowledged', () => {
    journal.write([accept(1), accept(2)]);
    journal.write([refuse(1)]);
    assert.deepEqual(
      journal.receiptsAfter(0, 10).map((receipt) => [receipt.seq, JSON.parse(receipt.json).state]),
      [
        [2, 'accepted'],
        [3, 'refused'],
      ],
    );
    journal.acknowledgeReceipts(2);
    journal.acknowledgeReceipts(1);
    assert.equal(journal.ackedSeq, 2);
    reopen();
    assert.equal(journal.ackedSeq, 2);
    journal.acknowledgeReceipts(99);
    assert.equal(journal.ackedSeq, 3, 'what was never sent cannot be acknowledged');
  });

  test('lock: a second one on the same file: told so at once', () => {
    assert.throws(() => new Journal(file), JournalLockedError);
  });

  test('version: written by another release: refused', () => {
    journal.close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version=99');
    database.close();
    assert.throws(() => new Journal(file), /version 99.*another release/);
  });

  test('forget: only what is old, beyond the number, acknowledged and ended', () => {
    journal.write([refuse(1), refuse(2), accept(3), refuse(4), refuse(5)]);
    const before = Date.parse(at) + 1;
    assert.equal(
      journal.forget({ beforeMs: before, keepMax: 1, lookAtMax: 9 }),
      0,
      'nothing is acknowledged',
    );
    journal.acknowledgeReceipts(5);
    assert.equal(journal.forget({ beforeMs: before - 10, keepMax: 1, lookAtMax: 9 }), 0, 'nothing is old');
    assert.equal(
      journal.forget({ beforeMs: before, keepMax: 2, lookAtMax: 9 }),
      2,
      'the two oldest that have ended',
    );
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((number) => journal.find(id(number)) !== null),
      [false, false, true, true, true],
    );
  });

  test('forget: many at once: in parts, oldest first', () => {
    journal.write([1, 2, 3, 4, 5, 6].map(refuse));
    journal.acknowledgeReceipts(6);
    const limits = { beforeMs: Date.parse(at) + 1, keepMax: 1, lookAtMax: 3 };
    assert.deepEqual(
      [1, 2, 3].map(() => journal.forget(limits)),
      [3, 1, 0],
    );
    assert.notEqual(journal.find(id(6)), null);
  });
});
