// Tests of the intake as a whole, with a receiver of the test's own: hand-over, orders, restarts, storms, a full journal.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { controlNoteSchema, type ControlNote, type ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import { intakeSettingsSchema, type IntakeOrders } from '@nezuban/protocol/intake/orders';
import { termSchema } from '@nezuban/protocol/ids';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startIntake, type Intake } from './intake.ts';
import type { Heard, TrapSink } from './receivers/receiver.ts';
import { connectReader, type HandOverReader } from './testing/hand-over-reader.ts';
import { textOf } from './testing/journal-bench.ts';

type Bench = {
  readonly home: string;
  readonly socketPath: string;
  readonly start: () => Promise<{
    readonly intake: Intake;
    readonly sink: TrapSink;
    readonly obeyed: IntakeOrders[];
  }>;
  readonly reader: (options?: Parameters<typeof connectReader>[1]) => Promise<HandOverReader>;
};

function createBench(t: TestContext): Bench {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-journal-'));
  const socketPath = path.join(home, 'intake.sock');
  const running: Intake[] = [];
  const readers: HandOverReader[] = [];
  t.after(async () => {
    for (const reader of readers) reader.close();
    for (const intake of running) await intake.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });
  return {
    home,
    socketPath,
    async start() {
      const obeyed: IntakeOrders[] = [];
      let given: TrapSink | null = null;
      const intake = await startIntake(
        { clock: systemClock, timers: systemTimers, logger: createMemoryLogger() },
        {
          config: { home, hostName: 'test', socketPath, tls: null },
          receivers: [
            ({ sink }) => {
              given = sink;
              return {
                name: 'test',
                obey: (orders) => {
                  obeyed.push(orders);
                  return Promise.resolve();
                },
                status: (): ReceiverStatus => ({
                  name: 'test',
                  listen: '127.0.0.1:1',
                  state: 'listening',
                  says: null,
                  received: 0,
                  refused: 0,
                  malformed: 0,
                  kernelDrops: 0,
                }),
                stop: () => Promise.resolve(),
              };
            },
          ],
        },
      );
      running.push(intake);
      assert.ok(given);
      return { intake, sink: given, obeyed };
    },
    async reader(options) {
      const reader = await connectReader(socketPath, options);
      readers.push(reader);
      return reader;
    },
  };
}

const heard = (text: string, address = '192.0.2.1'): Heard => ({
  protocol: 'syslog',
  address,
  port: 514,
  flags: 0,
  extra: null,
  payload: Buffer.from(text),
});
const notesOf = (records: readonly TrapRecord[]): ControlNote[] =>
  records
    .filter(({ protocol }) => protocol === 'control')
    .map((record) => controlNoteSchema.parse(JSON.parse(textOf(record))));
const trapsOf = (records: readonly TrapRecord[]): TrapRecord[] =>
  records.filter(({ protocol }) => protocol !== 'control');
const ordersOf = (settings: object, revision = 1): IntakeOrders => ({
  revision,
  settings: intakeSettingsSchema.parse(settings),
  snmpUsers: [],
  httpTokenHashes: [],
  tls: null,
});

test('intake: without orders, manager or database: hears by the defaults, and a reader gets it all in order', async (t) => {
  const bench = createBench(t);
  const { sink, obeyed } = await bench.start();
  assert.equal(obeyed[0]?.settings.syslog_udp.port, 5514);
  for (let n = 1; n <= 500; n += 1) assert.equal(sink.hear(heard(`line ${n}`)), 'taken');
  assert.equal(await sink.hearDurably(heard('line 501')), 'taken');
  const reader = await bench.reader();
  const welcome = await reader.hears('welcome');
  assert.equal(welcome.firstSeq, 1);
  await reader.reaches(502);
  assert.deepEqual(notesOf(reader.records), [{ note: 'started', silentSinceUs: 0 }]);
  assert.deepEqual(
    trapsOf(reader.records).map(textOf),
    Array.from({ length: 501 }, (_, n) => `line ${n + 1}`),
  );
  const caughtUp = await reader.hears('caught-up');
  assert.ok(caughtUp.heardUntilUs >= (reader.records.at(-1)?.receivedUs ?? Infinity));
  // What comes later follows by itself.
  sink.hear(heard('late'));
  await reader.reaches(503);
});

test('intake: a window: no more than asked for, then the rest', async (t) => {
  const bench = createBench(t);
  const { sink } = await bench.start();
  for (let n = 1; n <= 2_000; n += 1) sink.hear(heard('x'.repeat(200)));
  await sink.hearDurably(heard('end'));
  const reader = await bench.reader({ fromSeq: null, windowBytes: 0 });
  reader.say({ type: 'read', fromSeq: 1, windowBytes: 100_000 });
  await waitFor(() => reader.records.length > 300);
  reader.say({ type: 'ask-status' });
  await reader.hears('status');
  assert.ok(reader.records.length < 700, `${reader.records.length}`);
  reader.say({ type: 'more', bytes: 10_000_000 });
  await reader.reaches(2_002);
});

test('intake: a higher term takes over, a lower one is refused, another release too', async (t) => {
  const bench = createBench(t);
  await bench.start();
  const first = await bench.reader({ term: 5 });
  await first.hears('caught-up');
  const second = await bench.reader({ term: 6 });
  await second.hears('caught-up');
  assert.equal((await first.hears('refused')).reason, 'newer-term');
  await waitFor(() => first.isClosed());
  const late = await bench.reader({ term: 5 });
  assert.equal((await late.hears('refused')).reason, 'newer-term');
  const strange = await bench.reader({ term: 9, fromSeq: null });
  strange.say({ type: 'hello', version: 99, term: termSchema.parse(9) });
  assert.equal((await strange.hears('refused')).reason, 'version');
});

test('intake: orders: obeyed, kept with their rights, and there after a restart', async (t) => {
  const bench = createBench(t);
  const { intake, obeyed, sink } = await bench.start();
  const reader = await bench.reader();
  await reader.hears('welcome');
  reader.say({
    type: 'orders',
    orders: ordersOf({ denied: ['192.0.2.0/24'], syslog_udp: { port: 1514 } }, 7),
  });
  await waitFor(() => obeyed.at(-1)?.revision === 7);
  assert.equal(sink.hear(heard('no')), 'denied');
  assert.equal(sink.mayHear('192.0.2.9'), false);
  assert.equal(sink.hear(heard('yes', '::ffff:198.51.100.1')), 'taken');
  assert.equal(intake.status().ordersRevision, 7);
  const file = path.join(bench.home, 'intake/orders.json');
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  await intake.stop();
  const again = await bench.start();
  assert.equal(again.obeyed[0]?.settings.syslog_udp.port, 1514);
  assert.equal(again.intake.status().ordersRevision, 7);
});

test('intake: restarted: goes on behind what was processed, and says how long it was silent', async (t) => {
  const bench = createBench(t);
  const first = await bench.start();
  await first.sink.hearDurably(heard('before'));
  const reader = await bench.reader();
  await reader.reaches(2);
  reader.say({ type: 'processed', seq: 2 });
  await waitFor(() => first.intake.status().processedSeq === 2);
  await first.intake.stop();
  const second = await bench.start();
  assert.equal(second.intake.status().processedSeq, 2);
  await second.sink.hearDurably(heard('after'));
  const later = await bench.reader({ fromSeq: 3 });
  await later.reaches(4);
  const [started] = notesOf(later.records);
  assert.ok(started?.note === 'started' && started.silentSinceUs > 0);
  assert.deepEqual(trapsOf(later.records).map(textOf), ['after']);
  // Still kept, so it may be read again.
  const again = await bench.reader({ fromSeq: 1 });
  await again.reaches(4);
  assert.deepEqual(trapsOf(again.records).map(textOf), ['before', 'after']);
});

test('intake: one source in a storm: it is counted and told, the others lose nothing', async (t) => {
  const bench = createBench(t);
  const { intake, sink } = await bench.start();
  const reader = await bench.reader();
  await reader.hears('welcome');
  reader.say({ type: 'orders', orders: ordersOf({ source_per_second_max: 1_000 }) });
  await waitFor(() => intake.status().ordersRevision === 1);
  await waitFor(() => sink.hear(heard('probe', '203.0.113.1')) === 'taken');
  let counted = 0;
  for (let n = 0; n < 50_000; n += 1) {
    if (sink.hear(heard(`storm ${n}`, '192.0.2.66')) === 'counted') counted += 1;
    if (n % 100 === 0) assert.equal(sink.hear(heard(`quiet ${n}`, '192.0.2.67')), 'taken');
  }
  assert.ok(counted > 45_000, `${counted}`);
  await waitFor(() => notesOf(reader.records).some(({ note }) => note === 'summarised'));
  const told = notesOf(reader.records).filter((note) => note.note === 'summarised');
  assert.equal(
    told.reduce((sum, { count }) => sum + count, 0),
    counted,
  );
  assert.ok(told.every(({ address, sample }) => address === '192.0.2.66' && sample.startsWith('storm ')));
  assert.equal(intake.status().summarised, counted);
  assert.equal(trapsOf(reader.records).filter((record) => textOf(record).startsWith('quiet')).length, 500);
  assert.equal(intake.status().sources.find(({ address }) => address === '192.0.2.66')?.summarised, counted);
});

test('intake: the journal is full: refused, told among the records and in the status, and it goes on when there is room', async (t) => {
  const bench = createBench(t);
  const { intake, sink } = await bench.start();
  const reader = await bench.reader();
  reader.say({ type: 'orders', orders: ordersOf({ journal_bytes_max: 64 * 1024 * 1024 }) });
  await waitFor(() => intake.status().journalBytesMax === 64 * 1024 * 1024);
  const text = 'x'.repeat(60_000);
  await waitFor(() => {
    for (let n = 0; n < 50; n += 1)
      if (sink.hear(heard(text)) === 'full') return intake.status().journalBytes > 60_000_000;
    return false;
  });
  assert.equal(sink.isPressed(), true);
  assert.equal(await sink.hearDurably(heard('no room')), 'full');
  const { refusedFull } = intake.status();
  await waitFor(() => notesOf(reader.records).some(({ note }) => note === 'full'));
  const relieved = new Promise<void>((resolve) => sink.onRelief(resolve));
  reader.say({ type: 'processed', seq: intake.status().nextSeq - 1 });
  await relieved;
  assert.equal(await sink.hearDurably(heard('room again')), 'taken');
  await waitFor(
    () =>
      notesOf(reader.records)
        .filter((note) => note.note === 'full')
        .reduce((sum, { refused }) => sum + refused, 0) === refusedFull,
  );
});
