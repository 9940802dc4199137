/**
 * Do heartbeats of a pair stay on time while bulk data flows, and what does the encrypted link cost?
 *
 * Two members on this machine, each a keeper with its duty link and its link process, as the product starts them; a source and a sink stand in
 * for the two PostgreSQL servers. A heartbeat's lateness is counted from the moment at which it was planned to leave until the other keeper
 * has it, timers and queues of both included. Run: `npm run bench:link`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createPairAuthority } from '@nezuban/ha/testing/pair-authority';
import { startMember } from '@nezuban/ha/testing/pair-member-fixture';
import type { PairCredentials } from '@nezuban/ha/drivers/link/pair-tls';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { printRow, quantile } from './statistics.ts';

const BULK_BYTES = 1_000_000_000;
/** More often than the product's 250 ms, for more samples; they are no load. */
const HEARTBEAT_MS = 25;
const IDLE_MS = 8_000;
const CHUNK = Buffer.alloc(64 * 1024, 'nezuban ');

type Order =
  | {
      readonly as: 'keeper';
      readonly id: string;
      readonly other: string;
      readonly credentials: PairCredentials;
      readonly source: string;
      readonly door: string | null;
    }
  | { readonly as: 'source'; readonly path: string };
/** Whom a keeper dials, sent when both have a port. */
type Peer = { readonly dial: string };
type Report = { readonly port: number } | { readonly lateMs: number[] };

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

// --- The keepers and the source, each a process of its own -----------------------------------------------------------------------------

async function runKeeper(order: Extract<Order, { as: 'keeper' }>): Promise<void> {
  let late: number[] = [];
  const { voter, bulk } = await startMember(order.id, {
    credentials: order.credentials,
    // The moment at which it was to leave, in microseconds, travels as its term.
    onMessage: (message) => void late.push(nowMs() - message.term / 1_000),
  });
  const targetsOf = (address: string) => ({
    allowed: [order.other],
    services: { postgres: order.source },
    doors: order.door === null ? [] : [{ service: 'postgres' as const, path: order.door, owner: null }],
    peer: { id: order.other, address },
  });
  let next = nowMs();
  const beat = (): void => {
    voter.say(order.other, Math.floor(next * 1_000));
    next = Math.max(next + HEARTBEAT_MS, nowMs());
    // Never early: a timer counts whole milliseconds.
    setTimeout(beat, Math.max(0, Math.ceil(next - nowMs())));
  };
  process.on('message', (message: Peer | 'report') => {
    if (message === 'report') {
      process.send?.({ lateMs: late } satisfies Report);
      late = [];
      return;
    }
    voter.link.setPeers([{ id: order.other, address: message.dial }]);
    bulk.setTargets(targetsOf(message.dial));
    beat();
  });
  process.on('disconnect', () => void bulk.stop().then(() => process.exit(0)));
  process.send?.({ port: voter.port } satisfies Report);
}

/** Gives `BULK_BYTES` to whoever connects. */
function runSource(file: string): void {
  net
    .createServer((socket) => {
      socket.on('error', () => undefined);
      let left = BULK_BYTES;
      const more = (): void => {
        while (left > 0) {
          left -= CHUNK.length;
          if (!socket.write(CHUNK)) return void socket.once('drain', more);
        }
        socket.end();
      };
      more();
    })
    .listen(/^\d+$/.test(file) ? { port: Number(file), host: '127.0.0.1' } : { path: file }, () =>
      process.send?.({ port: 0 } satisfies Report),
    );
  process.on('disconnect', () => process.exit(0));
}

// --- The measurement -------------------------------------------------------------------------------------------------------------------

const children: ChildProcess[] = [];

async function start(order: Order): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(import.meta.filename, ['as-child']);
  children.push(child);
  child.send(order);
  const { port } = (await nextReport(child)) as { port: number };
  return { child, port };
}

const nextReport = (child: ChildProcess): Promise<Report> =>
  new Promise((resolve) => child.once('message', (report) => resolve(report as Report)));

async function lateness(keepers: readonly ChildProcess[]): Promise<number[]> {
  const reports = keepers.map(nextReport);
  for (const keeper of keepers) keeper.send('report');
  return (await Promise.all(reports)).flatMap((report) => ('lateMs' in report ? report.lateMs : []));
}

/** Megabytes a second of everything that comes. */
async function drain(target: net.NetConnectOpts): Promise<number> {
  const began = performance.now();
  let bytes = 0;
  const socket = net.connect(target);
  socket.on('data', (part: Buffer) => (bytes += part.length));
  await new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
  if (bytes < BULK_BYTES) throw new Error(`only ${bytes} bytes came`);
  return bytes / 1e6 / ((performance.now() - began) / 1_000);
}

function latenessRow(name: string, late: readonly number[]): void {
  const text = [0.5, 0.99, 1].map((part) => quantile(late, part).toFixed(2));
  printRow(
    `heartbeat lateness ${name}, ms`,
    `p50 ${text[0]}, p99 ${text[1]}, max ${text[2]} (n=${late.length})`,
  );
}

async function measure(): Promise<void> {
  await using home = createScratchHome();
  const authority = createPairAuthority();
  const source = path.join(home.path, 'source');
  const door = path.join(home.path, 'up', '.s.PGSQL.5432');
  const tcp = await freePortOf();
  await start({ as: 'source', path: source });
  await start({ as: 'source', path: String(tcp) });
  const keeper = (id: string, other: string, doorOf: string | null) =>
    start({ as: 'keeper', id, other, credentials: authority.certify(id), source, door: doorOf });
  const a = await keeper('a', 'b', null);
  const b = await keeper('b', 'a', door);
  a.child.send({ dial: `127.0.0.1:${b.port}` } satisfies Peer);
  b.child.send({ dial: `127.0.0.1:${a.port}` } satisfies Peer);
  await waitFor(() => fs.existsSync(door));
  const keepers = [a.child, b.child];

  const plain = await drain({ port: tcp, host: '127.0.0.1' });
  await lateness(keepers);
  await delay(IDLE_MS);
  const idle = await lateness(keepers);
  const bulk = await drain({ path: door });
  const busy = await lateness(keepers);

  latenessRow('idle', idle);
  latenessRow(`during ${BULK_BYTES / 1e9} GB of bulk (target: max < 68)`, busy);
  printRow('ratio of the p99: bulk / idle', (quantile(busy, 0.99) / quantile(idle, 0.99)).toFixed(1));
  printRow('bulk through both link processes, MB/s', bulk.toFixed(0));
  printRow('a plain TCP connection, MB/s', plain.toFixed(0));
  printRow('ratio: plain / bulk', (plain / bulk).toFixed(1));
}

async function freePortOf(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

if (process.argv[2] === 'as-child') {
  process.once('message', (order: Order) => {
    if (order.as === 'source') runSource(order.path);
    else void runKeeper(order);
  });
} else {
  await measure();
  for (const child of children) child.disconnect();
}
