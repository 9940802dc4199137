// The intake as a real process: killed in the middle, its disk full, its ports taken. What was acknowledged is there, each time.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import { startProcess, type TestProcess } from '@nezuban/tests/support/processes';
import { createScratchHome, freePort } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { connectReader } from './testing/hand-over-reader.ts';
import { startManagedIntake } from './testing/managed-intake.ts';
import { textOf } from './testing/journal-bench.ts';
import { inspectJournal } from './tools/inspect.ts';

const STAND_IN = path.join(import.meta.dirname, 'testing/stand-in-intake-main.ts');
const UNDER_WAY_MAX = 200;

async function startStandIn(home: string, port: number): Promise<TestProcess> {
  const child = startProcess([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    STAND_IN,
    home,
    String(port),
  ]);
  await child.waitForOutput(/listens/, 20_000);
  return child;
}

/** Numbers its messages, keeps some under way, and sends what was not acknowledged again over each new connection. */
function createSender(port: number) {
  const acknowledged = new Set<number>();
  const underWay = new Set<number>();
  let next = 1;
  let refused = 0;
  let stopped = false;
  let socket: net.Socket | null = null;

  const fill = (): void => {
    while (!stopped && socket?.writable === true && underWay.size < UNDER_WAY_MAX) {
      underWay.add(next);
      socket.write(`number ${next}\n`);
      next += 1;
    }
  };

  const connect = (): void => {
    const own = net.connect(port, '127.0.0.1');
    let rest = '';
    own.setEncoding('utf8');
    own.on('connect', () => {
      socket = own;
      for (const n of underWay) own.write(`number ${n}\n`);
      fill();
    });
    own.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [answer, , number] = line.split(' ');
        const n = Number(number);
        if (answer === 'ok') {
          acknowledged.add(n);
          underWay.delete(n);
        } else {
          refused += 1;
          if (!stopped) setTimeout(() => own.writable && own.write(`number ${n}\n`), 20);
        }
      }
      fill();
    });
    own.on('error', () => undefined);
    own.on('close', () => {
      if (socket === own) socket = null;
      if (!stopped) setTimeout(connect, 30);
    });
  };
  connect();
  return {
    acknowledged,
    refused: () => refused,
    stop() {
      stopped = true;
      socket?.destroy();
    },
  };
}

test('intake: killed again and again while a sender waits for each message: nothing that was acknowledged is lost', async () => {
  await using scratch = createScratchHome();
  const port = await freePort();
  const socketPath = path.join(scratch.path, 'intake.sock');
  let child = await startStandIn(scratch.path, port);
  const sender = createSender(port);
  try {
    for (let round = 0; round < 5; round += 1) {
      const before = sender.acknowledged.size;
      await waitFor(() => sender.acknowledged.size > before + 1_000);
      child.kill('SIGKILL');
      await child.waitForEnd();
      child = await startStandIn(scratch.path, port);
    }
    const before = sender.acknowledged.size;
    await waitFor(() => sender.acknowledged.size > before + 500);
    sender.stop();
    const status = await askIntakeStatus(socketPath);
    assert.ok(status);
    const reader = await connectReader(socketPath);
    await reader.reaches(status.nextSeq - 1);
    reader.close();
    const kept = new Set(reader.records.map(textOf));
    for (const n of sender.acknowledged) assert.ok(kept.has(`number ${n}`), `number ${n}`);
    reader.records.forEach(({ seq }, index) =>
      assert.equal(seq, index + 1, 'no number is left out or given twice'),
    );
    const notes = reader.records.map(textOf).filter((text) => text.includes('"note"'));
    assert.equal(notes.filter((text) => text.includes('"damaged"')).length, 0);
    const starts = notes.filter((text) => text.includes('"started"'));
    assert.equal(starts.length, 6);
    // Silent since the last record of the life before, or a moment later.
    const began = reader.records.filter((record) => textOf(record).includes('"started"')).slice(1);
    for (const record of began) {
      const { silentSinceUs } = JSON.parse(textOf(record)) as { silentSinceUs: number };
      assert.ok(silentSinceUs >= (reader.records[record.seq - 2]?.receivedUs ?? Infinity));
      assert.ok(silentSinceUs < record.receivedUs);
    }
  } finally {
    sender.stop();
    await child.end();
  }
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
const whyNot = mayMount ? false : 'only root may mount a small disk';

test(
  'intake: its disk is full: senders are told, it lives, and when there is room it goes on without a loss',
  { skip: whyNot },
  async () => {
    await using scratch = createScratchHome();
    const home = path.join(scratch.path, 'small');
    fs.mkdirSync(home);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', home]);
    const port = await freePort();
    const ballast = path.join(home, 'ballast');
    let child: TestProcess | null = null;
    let sender: ReturnType<typeof createSender> | null = null;
    try {
      fs.writeFileSync(ballast, Buffer.alloc(6_000_000));
      child = await startStandIn(home, port);
      sender = createSender(port);
      const { acknowledged, refused } = sender;
      await waitFor(() => refused() > UNDER_WAY_MAX, { message: 'the disk to be full' });
      assert.ok(acknowledged.size > 0);
      // By the disk itself, or by the part of it that is left to others.
      await child.waitForOutput(/The journal cannot be written: ENOSPC|the disk is nearly full/);
      const before = acknowledged.size;
      fs.rmSync(ballast);
      await waitFor(() => acknowledged.size > before + 1_000, { message: 'it to go on' });
      assert.match(
        child.stderr(),
        /the disk takes the journal again|the disk has room for the journal again/,
      );
      sender.stop();
      const status = await askIntakeStatus(path.join(home, 'intake.sock'));
      const reader = await connectReader(path.join(home, 'intake.sock'));
      await reader.reaches((status?.nextSeq ?? 0) - 1);
      reader.close();
      const kept = new Set(reader.records.map(textOf));
      for (const n of acknowledged) assert.ok(kept.has(`number ${n}`), `number ${n}`);
    } finally {
      sender?.stop();
      await child?.end();
      execFileSync('umount', ['-l', home]);
    }
  },
);

test('intake: a port is taken: it hears with the others, says what is wrong, and takes the port when it is free', async () => {
  await using scratch = createScratchHome();
  const home = scratch.path;
  const taken = net.createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as net.AddressInfo;
  const free = async () => ({ port: await freePort() });
  const intake = await startManagedIntake(home, {
    syslog_udp: await free(),
    syslog_tcp: { port },
    snmp: await free(),
    http: await free(),
  });
  try {
    const stateOf = async (name: string) =>
      (await askIntakeStatus(path.join(home, 'intake.sock')))?.receivers.find((one) => one.name === name);
    const tcp = await stateOf('syslog-tcp');
    assert.equal(tcp?.state, 'failed');
    assert.match(tcp?.says ?? '', new RegExp(`${port}.*\\.$`));
    await waitFor(async () => (await stateOf('syslog-udp'))?.state === 'listening');
    await new Promise<void>((resolve) => taken.close(() => resolve()));
    await waitFor(async () => (await stateOf('syslog-tcp'))?.state === 'listening');

    const sender = net.connect(port, '127.0.0.1');
    await once(sender, 'connect');
    sender.end('<34>1 2026-01-01T00:00:00Z host app - - - heard\n');
    await waitFor(async () => ((await askIntakeStatus(path.join(home, 'intake.sock')))?.nextSeq ?? 0) >= 3);
  } finally {
    // The life line: without a keeper it stops by itself, and writes what it has.
    await intake.end();
  }
  const inspection = await inspectJournal(home);
  assert.ok(inspection);
  assert.equal(inspection.report.damaged.length, 0);
  const texts: string[] = [];
  for await (const record of inspection.records(null, 10)) texts.push(textOf(record));
  assert.match(texts[0] ?? '', /"started"/);
  assert.ok(texts.some((text) => text.includes('heard')));
});
