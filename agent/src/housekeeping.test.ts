// Which folders of delivered output go first, and what of watches that are over.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import { chooseFolders, removeOldWatches } from './housekeeping.ts';
import { agentLimits } from './limits.ts';

const now = 1_000_000_000_000;
const folder = (number: number, part: { bytes?: number; ageMs?: number }) => ({
  id: attemptIdSchema.parse(`1-abcdef-${number}.0.0.0`),
  bytes: part.bytes ?? 1,
  recordedMs: now - (part.ageMs ?? 0),
});

test('housekeeping: folders too old, too many or too big: the oldest go', () => {
  const old = folder(1, { ageMs: agentLimits.outputKeptMs + 1 });
  assert.deepEqual(chooseFolders([folder(0, {}), old], now), [old.id]);
  const big = folder(3, { bytes: 10 });
  assert.deepEqual(chooseFolders([folder(2, { bytes: agentLimits.outputKeptBytesMax - 5 }), big], now), [
    big.id,
  ]);
  const many = Array.from({ length: agentLimits.outputKeptAttemptsMax + 2 }, (_, index) => folder(index, {}));
  assert.deepEqual(
    chooseFolders(many, now),
    many.slice(-2).map((one) => one.id),
  );
});

test('housekeeping: what watches knew: goes when neither side was written to for long', (t) => {
  const watches = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-watches-'));
  t.after(() => fs.rmSync(watches, { recursive: true }));
  const put = (name: string, seconds: number): void => {
    fs.writeFileSync(path.join(watches, name), '');
    fs.utimesSync(path.join(watches, name), seconds, seconds);
  };
  put('gone.a', 100);
  put('gone.b', 150);
  put('lives.a', 100);
  put('lives.b', 300);
  removeOldWatches(watches, 200_000);
  removeOldWatches(path.join(watches, 'nowhere'), 200_000);
  assert.deepEqual(fs.readdirSync(watches), ['lives.a', 'lives.b']);
});
