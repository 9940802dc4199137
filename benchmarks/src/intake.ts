/**
 * How many syslog lines a second does Nezuban hear by UDP, journal, pair and store as traps and events, none lost and none twice? Beside
 * rsyslog with ompgsql into the same PostgreSQL, in the same run. And how long from a line to its event?
 *
 *   npm run bench:intake                           a single manager and rsyslog
 *   npm run bench:intake -- --seconds 60 --rates 20000,30000,36500,45000
 */
import dgram from 'node:dgram';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { runDirectoryOf } from '@nezuban/platform/home';
import { operations } from '@nezuban/protocol/api/operations';
import { databasePlace } from '@nezuban/protocol/keeper/database-place';
import { choosePlace, type Product, startProduct } from '@nezuban/tests/acceptance/product';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { createLoad } from './intake/load.ts';
import { hasRsyslog, rsyslogPackages, startRsyslog } from './intake/rsyslog.ts';
import { MONITOR, storeOf } from './intake/own-store.ts';
import { costs } from './intake/costs.ts';
import { findHighest, tryRate } from './intake/trial.ts';
import { printRow, summary } from './statistics.ts';

const SYSLOG_PORT = 18_514;
const RSYSLOG_PORT = 18_515;
const PROBES = 300;
const COST_RATE = 10_000;
const COST_SECONDS = 5;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    try: { type: 'string', default: '10' },
    rates: { type: 'string', default: '15000,25000,30000,36500,42000,50000,60000' },
    'rsyslog-rates': { type: 'string', default: '2000,4000,6000,8000,10000,13000' },
    'without-rsyslog': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const trySeconds = Number(values.try);
const list = (text: string): number[] => text.split(',').map(Number);

/** Hears by UDP alone; every numbered line is an event. */
async function prepare(product: Product, port: number): Promise<void> {
  const { values: settings, revision } = await product.call(operations.getSettings, {
    params: { section: 'intake' },
  });
  const off = { enabled: false };
  await product.call(operations.putSettings, {
    params: { section: 'intake' },
    body: {
      ...settings,
      syslog_udp: { enabled: true, host: '127.0.0.1', port },
      syslog_tcp: off,
      snmp: off,
      http: off,
      source_per_second_max: 1_000_000,
    },
    ifMatch: `"${revision}"`,
  });
  await product.call(operations.applyDefinitions, { body: MONITOR });
  await waitFor(
    async () => {
      const { intakes } = await product.call(operations.getIntake);
      return intakes[0]?.status?.receivers.some(
        ({ name, listen, state }) =>
          name === 'syslog-udp' && state === 'listening' && listen.endsWith(`:${port}`),
      );
    },
    { timeoutMs: 30_000, message: 'the intake to listen' },
  );
}

/** From a datagram to its event in a stream of the API. */
async function latency(product: Product): Promise<number[]> {
  const ending = new AbortController();
  const stream = await product.fetch('/api/v1/live?topic=events', { signal: ending.signal });
  if (!stream.ok || stream.body === null) throw new Error(`the stream answered ${stream.status}`);
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      const now = performance.now();
      text = text.slice(-200) + decoder.decode(chunk, { stream: true });
      for (const [, probe] of text.matchAll(/run=probe n=(\d+)\b/g)) {
        const at = sentAt.get(probe ?? '');
        if (at === undefined) continue;
        took.push(now - at);
        sentAt.delete(probe ?? '');
      }
    }
  })().catch(() => undefined);
  const socket = dgram.createSocket('udp4');
  for (let probe = 1; probe <= PROBES; probe += 1) {
    sentAt.set(String(probe), performance.now());
    socket.send(`<134>Nov 26 13:00:00 device app: run=probe n=${probe} .`, SYSLOG_PORT, '127.0.0.1');
    await delay(20 + (probe % 7));
  }
  await waitFor(() => took.length === PROBES, {
    timeoutMs: 20_000,
    message: () => `${took.length} of ${PROBES} probes`,
  });
  socket.close();
  ending.abort();
  await reading;
  return took;
}

const load = await createLoad();
await using home = createScratchHome();
const product = await startProduct(await choosePlace(home.path));
const server = {
  host: path.join(runDirectoryOf(home.path, process.getuid?.() ?? 0), databasePlace.socketFolder),
  port: databasePlace.port,
  user: databasePlace.role,
  database: databasePlace.name,
};
const database = new pg.Client(server);
await database.connect();
try {
  await prepare(product, SYSLOG_PORT);
  printRow('trap to event in the live stream, one line at a time, ms', summary(await latency(product)));
  const store = storeOf(database, 'Nezuban single', [`127.0.0.1:${SYSLOG_PORT}`]);
  printRow(
    'CPU of each part for one line, microseconds',
    await costs(product, async () => {
      const { lost } = await tryRate(store, load, { rate: COST_RATE, seconds: COST_SECONDS });
      if (lost > 0) throw new Error('lines were lost at a low rate');
      return COST_RATE * COST_SECONDS;
    }),
  );
  const ours = await findHighest(store, load, {
    rates: list(values.rates),
    trySeconds,
    fullSeconds: seconds,
  });
  printRow(
    `syslog/UDP to stored events, single, ${seconds} s, 0 lost, 0 doubled, per s (target >= 36500)`,
    ours === null ? 'none of the rates' : String(ours.rate),
  );
  if (!values['without-rsyslog']) {
    if (!hasRsyslog()) throw new Error(`rsyslog is missing: apt-get install ${rsyslogPackages.join(' ')}`);
    const peer = await startRsyslog(load.directory, server, RSYSLOG_PORT);
    try {
      const theirs = await findHighest(peer, load, {
        rates: list(values['rsyslog-rates']),
        trySeconds,
        fullSeconds: seconds,
      });
      printRow(
        `rsyslog + ompgsql, same PostgreSQL, same time, per s`,
        theirs === null ? 'none of the rates' : String(theirs.rate),
      );
      if (ours !== null && theirs !== null)
        printRow('ratio (target >= 5)', (ours.rate / theirs.rate).toFixed(1));
    } finally {
      await peer.stop();
    }
  }
} finally {
  await database.end();
  await product.stop();
}
