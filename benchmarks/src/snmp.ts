/**
 * How many SNMP v2c traps a second are heard without losing one: our intake into its durable journal, beside snmptrapd logging to a file;
 * same machine, same run, same sender.
 *
 *   npm run bench:snmp [-- --seconds 15 --from 10000 --peer-from 1500 --step 1.25 --max 120000 --rounds 3]
 *
 * Rates rise by `step` until one loses a trap; the highest before it counts, if it keeps in one more trial. Kept means: read back as durable
 * by a reader of the journal, or a line in the file; each number counts once.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { writeV2cMessage } from '@nezuban/core/traps/snmp/trap-writer';
import { hasSnmptrapd, startIntake, startSnmptrapd, type Listener } from './snmp/listeners.ts';
import { printRow } from './statistics.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    from: { type: 'string', default: '10000' },
    'peer-from': { type: 'string', default: '1500' },
    step: { type: 'string', default: '1.25' },
    max: { type: 'string', default: '120000' },
    rounds: { type: 'string', default: '3' },
  },
});
const seconds = Number(values.seconds);
const step = Number(values.step);
const PORT = 18_470;
/** Nothing more has come for so long: what is missing is lost. */
const STILL_MS = 2_000;
const run = promisify(execFile);

if (!hasSnmptrapd()) {
  console.error('snmptrapd is missing: apt-get install snmptrapd');
  process.exit(2);
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-snmp-bench-'));
const sender = path.join(directory, 'sender');
await run('cc', ['-O2', '-o', sender, path.join(import.meta.dirname, 'snmp/sender.c')]);
let runs = 0;

/** linkDown with four variables, as a switch sends it; the description holds the run and the number. */
const datagramOf = (mark: string): Buffer =>
  Buffer.from(
    writeV2cMessage(Buffer.from('public'), {
      kind: 'trap',
      requestId: 4711,
      upTime: 123_456,
      trapOid: '1.3.6.1.6.3.1.1.5.3',
      varbinds: [
        { oid: '1.3.6.1.2.1.2.2.1.1.3', value: { type: 'integer', value: 3 } },
        { oid: '1.3.6.1.2.1.2.2.1.2.3', value: { type: 'octets', value: Buffer.from(`${mark}-00000000`) } },
        { oid: '1.3.6.1.2.1.2.2.1.7.3', value: { type: 'integer', value: 1 } },
        { oid: '1.3.6.1.2.1.2.2.1.8.3', value: { type: 'integer', value: 2 } },
      ],
    }),
  );

type Trial = { readonly rate: number; readonly sent: number; readonly lost: number };

const tryRate = async (listener: Listener, rate: number): Promise<Trial> => {
  const mark = `run${(runs += 1)}`;
  const datagram = datagramOf(mark);
  const offset = datagram.indexOf('-00000000') + 1;
  const { stdout } = await run(sender, [
    datagram.toString('hex'),
    String(offset),
    String(rate),
    String(seconds),
    String(listener.port),
  ]);
  const { sent, seconds: took } = JSON.parse(stdout) as { sent: number; seconds: number };
  let kept = listener.kept();
  for (let stillMs = 0; stillMs < STILL_MS;) {
    await delay(100);
    const now = listener.kept();
    stillMs = now === kept ? stillMs + 100 : 0;
    kept = now;
  }
  const lost = sent - listener.count(mark);
  console.log(
    `  ${listener.name}: ${Math.round(sent / took)}/s for ${took.toFixed(0)} s: ${lost} of ${sent} lost`,
  );
  return { rate: sent / took, sent, lost };
};

/** A listener of its own for each search: its file and journal begin empty. */
const findHighest = async (
  start: (home: string, port: number) => Promise<Listener>,
  from: number,
): Promise<number> => {
  const home = fs.mkdtempSync(path.join(directory, 'home-'));
  const listener = await start(home, PORT + (runs % 20));
  const kept: number[] = [];
  try {
    for (let rate = from; rate <= Number(values.max); rate *= step) {
      const trial = await tryRate(listener, rate);
      // One loss may be another program's doing: the rate gets a second chance.
      if (trial.lost > 0 && (await tryRate(listener, rate)).lost > 0) break;
      kept.push(trial.rate);
    }
    return Math.max(0, ...kept);
  } finally {
    await listener.stop();
    fs.rmSync(home, { recursive: true });
  }
};

const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  console.log(`round ${round + 1}, load average ${os.loadavg()[0]?.toFixed(1)}`);
  theirs.push(await findHighest(startSnmptrapd, Number(values['peer-from'])));
  ours.push(await findHighest(startIntake, Number(values.from)));
}
fs.rmSync(directory, { recursive: true });

const text = (rates: readonly number[]): string => {
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (place: number): string => Math.round(sorted[place] ?? 0).toLocaleString('en');
  return `${at(Math.floor(sorted.length / 2))}/s (${at(0)} to ${at(sorted.length - 1)}, n=${sorted.length})`;
};
printRow('v2c traps/s into the durable journal, none lost', text(ours));
printRow('snmptrapd to a file', text(theirs));
const ratios = ours.map((rate, index) => rate / (theirs[index] ?? 1)).toSorted((a, b) => a - b);
printRow(
  'ratio',
  `${ratios[Math.floor(ratios.length / 2)]?.toFixed(1)} (${ratios[0]?.toFixed(1)} to ${ratios.at(-1)?.toFixed(1)})`,
);
