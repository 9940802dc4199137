/**
 * A series of deaths of one peer under a writing client: sets the hosts up, kills or cuts off the master again and again, measures.
 *
 * Outage: from the fault to the first acknowledged write on the other host. Standby again: from the restart of the killed host's
 * programs, or from the repaired cable, until writes wait for it and the product itself says that all is in its place. At the end every
 * acknowledged row must be there. Called by `main.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createLab, type Lab, monotonicMs } from './lab.ts';
import { type DataHost, otherOf, type PeerSettings } from './peer.ts';
import { startWriter, type Writer } from './writer.ts';

export const faults = ['kill', 'cut'] as const;
export type Fault = (typeof faults)[number];

export interface Death {
  readonly fault: Fault;
  /** Null: no write was acknowledged before the benchmark gave up. */
  readonly outageMs: number | null;
  readonly standbyAgainMs: number | null;
}

export interface SeriesResult {
  readonly name: string;
  readonly deaths: readonly Death[];
  readonly acknowledged: number;
  readonly lost: number;
}

export interface SeriesOptions {
  /** Of each kind. */
  readonly deaths: number;
  readonly faults: readonly Fault[];
  /** 0 to 1. */
  readonly random: () => number;
  readonly say: (text: string) => void;
  /** Ends the series and everything that it started. */
  readonly signal: AbortSignal;
}

const POLL_MS = 100;
const FIRST_WRITE_MS = 60_000;
const STANDBY_AGAIN_MS = 300_000;

const CREATE_SQL =
  'CREATE TABLE bench_write (id bigint PRIMARY KEY, host text NOT NULL, at timestamptz NOT NULL DEFAULT now())';
const SYNC_SQL = `SELECT count(*) FROM pg_stat_replication
  WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')`;

export async function runSeries(settings: PeerSettings, options: SeriesOptions): Promise<SeriesResult> {
  options.signal.throwIfAborted();
  const lab = await createLab(settings.name);
  const interrupted = new Promise<never>((_resolve, reject) =>
    options.signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true }),
  );
  try {
    return await Promise.race([runOn(lab, settings, options), interrupted]);
  } finally {
    await lab.close();
  }
}

async function runOn(lab: Lab, settings: PeerSettings, options: SeriesOptions): Promise<SeriesResult> {
  const peer = settings.create(lab);
  await peer.start();
  const ask = (host: DataHost, sql: string) =>
    lab.run('client', ['psql', '-X', '-A', '-t', '-U', 'postgres', '-h', lab.addressOf(host), '-c', sql]);
  const first = (await ask('a', 'SELECT pg_is_in_recovery()')) === 'f' ? 'a' : 'b';
  await ask(first, CREATE_SQL);

  const writer = startWriter(lab);
  await waitFor(() => writer.host(), { timeoutMs: FIRST_WRITE_MS, message: 'the first acknowledged write' });
  const redundant = async (master: DataHost) =>
    (await ask(master, SYNC_SQL)) === '1' && (await peer.settled());

  const deaths: Death[] = [];
  for (const fault of options.faults)
    for (let n = 0; n < options.deaths; n += 1) {
      await delay(options.random() * settings.loopMs);
      const from = masterNow(writer);
      const death = await die({ lab, peer, writer, settings, redundant }, fault, from);
      deaths.push(death);
      options.say(`${settings.name} ${fault} ${n + 1}: ${describe(death)}`);
      if (death.standbyAgainMs === null) return conclude({ deaths, settings, writer, ask });
    }
  return conclude({ deaths, settings, writer, ask });
}

interface Stage {
  readonly lab: Lab;
  readonly peer: ReturnType<PeerSettings['create']>;
  readonly writer: Writer;
  readonly settings: PeerSettings;
  readonly redundant: (master: DataHost) => Promise<boolean>;
}

async function die(stage: Stage, fault: Fault, from: DataHost): Promise<Death> {
  const { lab, peer, writer, settings } = stage;
  const at = fault === 'kill' ? await lab.kill(from) : await lab.cut(from);
  const arrived = await orNull(writer.arrival(otherOf(from), at, settings.giveUpMs));
  const mended = monotonicMs();
  if (fault === 'kill') await peer.startHost(from);
  else await lab.heal(from);
  const again = await orNull(
    waitFor(() => stage.redundant(otherOf(from)), {
      timeoutMs: STANDBY_AGAIN_MS,
      intervalMs: POLL_MS,
      message: 'a standby again',
    }).then(monotonicMs),
  );
  return {
    fault,
    outageMs: arrived === null ? null : arrived - at,
    standbyAgainMs: again === null ? null : again - mended,
  };
}

/** What was waited for in vain is a result here. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch {
    return null;
  }
}

function masterNow(writer: Writer): DataHost {
  const host = writer.host();
  if (host === null) throw new Error('no host has acknowledged anything');
  return host;
}

async function conclude(end: {
  readonly deaths: readonly Death[];
  readonly settings: PeerSettings;
  readonly writer: Writer;
  readonly ask: (host: DataHost, sql: string) => Promise<string>;
}): Promise<SeriesResult> {
  const master = masterNow(end.writer);
  const { acknowledged } = await end.writer.stop();
  const present = new Set((await end.ask(master, 'SELECT id FROM bench_write')).split('\n').map(Number));
  return {
    name: end.settings.name,
    deaths: end.deaths,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !present.has(id)).length,
  };
}

function describe(death: Death): string {
  const seconds = (ms: number | null) => (ms === null ? 'never' : `${(ms / 1000).toFixed(2)} s`);
  return `outage ${seconds(death.outageMs)}, standby again after ${seconds(death.standbyAgainMs)}`;
}
