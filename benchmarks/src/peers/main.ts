/**
 * How long others take: Patroni with etcd and pg_auto_failover from Debian's packages, on this machine, under the same faults as our pair,
 * at their defaults and as fast as they can be set. Ours is read from what `npm run bench:failover` has written.
 *
 * Run as root on Debian 12: `npm run bench:peers -- --deaths 5 [--only patroni-default,...] [--faults kill,cut] [--seed N] [--install]`.
 * Installs nothing unless `--install` is given; a peer whose packages are missing is skipped and named. `--report` runs nothing and prints
 * the table of what was measured last.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { removeLeftLabs } from './lab.ts';
import { installPackages, missingPackages, versionsOf } from './packages.ts';
import { readOurFailover } from './our-failover.ts';
import type { PeerSettings } from './peer.ts';
import { reportLines } from './report.ts';
import { readSavedSeries, type SavedSeries, saveSeries } from './saved-series.ts';
import { type Fault, faults, runSeries } from './series.ts';
import { peerSettings } from './settings.ts';

interface Options {
  readonly chosen: readonly PeerSettings[];
  readonly faults: readonly Fault[];
  /** Null: as many as each peer's settings say. */
  readonly deaths: number | null;
  readonly seed: number;
  readonly install: boolean;
  /** Of what was measured before. */
  readonly reportOnly: boolean;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      faults: { type: 'string' },
      deaths: { type: 'string' },
      seed: { type: 'string' },
      install: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  });
  const pick = <T>(all: readonly T[], nameOf: (one: T) => string, said: string | undefined): T[] => {
    if (said === undefined) return [...all];
    const names = said.split(',');
    const unknown = names.filter((name) => all.every((one) => nameOf(one) !== name));
    if (unknown.length > 0)
      throw new Error(`"${unknown.join(', ')}" is none of ${all.map(nameOf).join(', ')}.`);
    return all.filter((one) => names.includes(nameOf(one)));
  };
  const whole = (name: 'deaths' | 'seed'): number | null => {
    const said = values[name];
    if (said === undefined) return null;
    if (!/^[1-9]\d{0,8}$/.test(said))
      throw new Error(`--${name} must be a whole number from 1, it is "${said}".`);
    return Number(said);
  };
  return {
    chosen: pick(peerSettings, (one) => one.name, values.only),
    faults: pick(faults, (one) => one, values.faults),
    deaths: whole('deaths'),
    seed: whole('seed') ?? Math.floor(Math.random() * 1e6) + 1,
    install: values.install,
    reportOnly: values.report,
  };
}

/** Mulberry32: the moments of the faults can be drawn again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function run(options: Options, signal: AbortSignal): Promise<SavedSeries[]> {
  const random = randomFrom(options.seed);
  const done: SavedSeries[] = [];
  for (const settings of options.chosen) {
    const missing = missingPackages(settings.product);
    if (missing.length > 0 && options.install) await installPackages(missing);
    else if (missing.length > 0) {
      console.log(
        `${settings.name}: skipped, ${missing.join(', ')} not installed here; --install installs Debian's packages.`,
      );
      continue;
    }
    try {
      const result = await runSeries(settings, {
        deaths: options.deaths ?? settings.deaths,
        faults: options.faults,
        random,
        say: (text) => console.log(text),
        signal,
      });
      const one = { ...result, versions: await versionsOf(settings.product) };
      await saveSeries(one);
      done.push(one);
    } catch (error) {
      if (signal.aborted) throw error;
      // The next peer may still be weighed.
      console.error(`${settings.name}: no result: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  return done;
}

async function report(series: readonly SavedSeries[]): Promise<void> {
  const reported = peerSettings.flatMap((settings) =>
    series.filter(({ name }) => name === settings.name).map((result) => ({ settings, result })),
  );
  console.log(['', ...reportLines(reported, await readOurFailover()), ''].join('\n'));
  for (const versions of new Set(series.map((one) => one.versions))) console.log(versions);
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.reportOnly) {
    await report(await readSavedSeries());
    return;
  }
  if (process.getuid?.() !== 0 || process.platform !== 'linux')
    throw new Error('bench:peers makes network namespaces: run it as root on Linux.');
  await removeLeftLabs();
  const load = () => os.loadavg()[0]?.toFixed(1) ?? '?';
  console.log(`seed ${options.seed}; load average ${load()}`);
  const done = await run(options, interruption());
  if (done.length > 0) await report(done);
  console.log(`load average at the end ${load()}; ${os.cpus().length} cores, ${os.cpus()[0]?.model ?? '?'}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  // What a series that was interrupted still waits for would keep the process.
  process.exit(1);
}
