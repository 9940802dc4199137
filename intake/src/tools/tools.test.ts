// Tests of the inspector: its options, its texts, and that nothing of a sender reaches the terminal but what can be read.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { createJournalBench, entry } from '../testing/journal-bench.ts';
import { inspectJournal } from './inspect.ts';
import { recordJson, renderRecord, renderReport } from './render.ts';
import { parseTool } from './tool-options.ts';

const record = (payload: string | Uint8Array): TrapRecord => ({
  seq: 7,
  receivedUs: 1_764_000_000_123_000,
  protocol: 'syslog',
  flags: 3,
  address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1),
  port: 50_123,
  extra: null,
  payload: Buffer.from(payload),
});

test('intake tools: options: understood, or one sentence with what would be right', () => {
  assert.deepEqual(parseTool(['inspect', '--from', '12', '--limit=3', '--json', '--home', '/h']), {
    ok: true,
    command: { name: 'inspect', home: '/h', fromSeq: 12, limit: 3, json: true },
  });
  assert.deepEqual(parseTool(['status']), {
    ok: true,
    command: { name: 'status', home: undefined, json: false },
  });
  assert.deepEqual(parseTool([]), { ok: true, command: { name: 'help' } });
  for (const [args, says] of [
    [['look'], /no command "nezuban intake look"; right would be inspect or status/],
    [['inspect', '--from', '0'], /--from 0 is no number of a record/],
    [['inspect', '--limit', '-1'], /--limit/],
    [['status', '--bogus'], /--bogus/],
  ] as const) {
    const parsed = parseTool(args);
    assert.ok(!parsed.ok);
    assert.match(parsed.says, says);
  }
});

test('intake tools: a record: readable, and harmless to a terminal', () => {
  assert.equal(
    renderRecord(record('<34>監視 started\n')),
    '7  2025-11-24T16:00:00.123Z  syslog  192.0.2.1 port 50123 [truncated stream]  <34>監視 started\n',
  );
  assert.match(renderRecord(record('\u{1b}[2Jgone')), / {2}0x1b5b324a676f6e65\n$/);
  assert.match(renderRecord(record(Uint8Array.of(0x30, 0x82, 0xff))), / {2}0x3082ff\n$/);
  assert.ok(renderRecord(record('x'.repeat(5_000))).length < 400);
  const json: unknown = JSON.parse(recordJson(record(Uint8Array.of(0x30, 0x82, 0xff))));
  assert.partialDeepStrictEqual(json, {
    seq: 7,
    address: '192.0.2.1',
    payload_base64: 'MIL/',
    flags: ['truncated', 'stream'],
  });
});

test('intake tools: a journal with a damaged place: segments, the place, and the records around it', async (t) => {
  const bench = createJournalBench();
  t.after(bench.clean);
  const home = path.join(bench.directory, 'home');
  const journal = await bench.open();
  for (let n = 1; n <= 30; n += 1) journal.append(entry(`line ${n}`));
  await journal.close();
  fs.mkdirSync(path.join(home, 'intake/journal'), { recursive: true });
  const [name = ''] = fs.readdirSync(bench.directory).filter((one) => one.endsWith('.seg'));
  const bytes = fs.readFileSync(path.join(bench.directory, name));
  bytes.fill(0xee, 400, 420);
  fs.writeFileSync(path.join(home, 'intake/journal', name), bytes);

  const inspection = await inspectJournal(home);
  assert.ok(inspection);
  const { report } = inspection;
  assert.equal(report.damaged.length, 1);
  assert.match(report.damaged[0] ?? '', /bytes \d+ to \d+/);
  assert.equal(report.segments[0]?.lastSeq, 30);
  assert.ok((report.segments[0]?.records ?? 0) >= 28);
  assert.match(renderReport(report), /Damaged\n {2}The journal is damaged in 0000000000000001\.seg/);
  assert.equal(report.segments[0]?.tailBytes, 0);
  fs.appendFileSync(path.join(home, 'intake/journal', name), bytes.subarray(64, 100));
  const torn = (await inspectJournal(home))?.report;
  assert.equal(torn?.segments[0]?.tailBytes, 36, 'it may be written in this moment: no damage');
  assert.equal(torn.damaged.length, 1);
  const last: number[] = [];
  for await (const { seq } of inspection.records(null, 3)) last.push(seq);
  assert.deepEqual(last, [28, 29, 30]);
  const from: number[] = [];
  for await (const { seq } of inspection.records(25, 2)) from.push(seq);
  assert.deepEqual(from, [25, 26]);
  assert.equal(await inspectJournal(path.join(home, 'nowhere')), null);
});
