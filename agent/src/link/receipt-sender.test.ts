// Receipts over one connection: ahead of acknowledgements up to a bound, in the order of their numbers even when somebody asks.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { saidByAgent } from '@nezuban/protocol/agent/agent-said';
import { attemptOrderSchema, receiptSchema, type Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { notStartedReceipt, refusedReceipt, type NewReceipt } from '../attempts/receipts.ts';
import { Journal } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';
import { newAttemptId } from '../testing/fake-manager.ts';
import { createReceiptSender, type ReceiptSender } from './receipt-sender.ts';

describe('receipt sender', () => {
  let home: string;
  let journal: Journal;
  let sender: ReceiptSender;
  let sent: number[];
  const count = agentLimits.receiptsInFlightMax + 700;
  const ids = Array.from({ length: count }, () => newAttemptId() as AttemptId);

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-receipts-'));
    journal = new Journal(path.join(home, 'journal.db'));
    sent = [];
    const sendText = (frame: string): void => {
      const { items } = JSON.parse(frame) as { items: Receipt[] };
      sent.push(...items.map(({ seq }) => seq));
    };
    sender = createReceiptSender(journal, { sendText, takesSaid: true });
    const at = new Date().toISOString();
    journal.write(
      ids.map((attemptId) => ({
        type: 'accept',
        order: attemptOrderSchema.parse({ attemptId, command: 'true', killAfterMs: 0, outputBytesMax: 0 }),
        at,
        bootId: 'boot',
      })),
    );
  });
  afterEach(() => {
    sender.stop();
    journal.close();
    fs.rmSync(home, { recursive: true });
  });
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

  test('receipts: more than may be under way: the rest follows acknowledgements', () => {
    sender.sendNew();
    assert.deepEqual(sent, upTo(agentLimits.receiptsInFlightMax));
    journal.acknowledgeReceipts(agentLimits.receiptsInFlightMax);
    sender.sendNew();
    assert.deepEqual(sent, upTo(count));
  });

  test('receipts: asked for one again: sent at once if it has been sent before, else in its turn', async () => {
    sender.sendNew();
    sent = [];
    sender.resend(ids[4]!);
    // An acknowledgement of the last would count for those before it that were never sent.
    sender.resend(ids[count - 1]!);
    await turn();
    assert.deepEqual(sent, [5]);
    journal.acknowledgeReceipts(agentLimits.receiptsInFlightMax);
    sender.sendNew();
    assert.deepEqual(sent.slice(1), upTo(count).slice(agentLimits.receiptsInFlightMax));
  });

  test('receipts: said by code: to a manager that takes it, and in English alone to one of an earlier release', () => {
    const at = new Date().toISOString();
    const attemptId = newAttemptId() as AttemptId;
    const reason = saidByAgent('agent_too_many_attempts', { count: 7 });
    const exit = { endFile: { held: false, says: 'is not there', said: { code: 'agent_end_file_missing' } } };
    const captured = [{ name: 'a', says: 'nothing', said: { code: 'agent_capture_none' } }];
    const ended = notStartedReceipt(ids[0]!, saidByAgent('agent_fork', { trouble: 'x' }), at);
    const before = journal.lastSeq;
    journal.write([
      {
        type: 'receipt',
        receipt: refusedReceipt(attemptId, { code: 'agent_full', reason }, at),
        bootId: 'b',
      },
      { type: 'receipt', receipt: { ...ended, ...exit, captured } as NewReceipt, bootId: 'b' },
    ]);
    journal.acknowledgeReceipts(before);
    const [knows, old] = [true, false].map((takesSaid) => {
      const frames: Receipt[] = [];
      const sendText = (frame: string) =>
        frames.push(
          ...(JSON.parse(frame) as { items: Receipt[] }).items.map((item) => receiptSchema.parse(item)),
        );
      createReceiptSender(journal, { sendText, takesSaid }).sendNew();
      return frames;
    });
    assert.ok(knows?.[0]?.state === 'refused');
    assert.deepEqual(knows[0].said, reason.said);
    assert.match(JSON.stringify(knows[1]), /agent_fork.*agent_end_file_missing.*agent_capture_none/);
    assert.doesNotMatch(JSON.stringify(old), /aid":/);
    assert.match(JSON.stringify(old), /has 7 attempts.*cannot fork: x.*is not there/);
  });
});
