/**
 * `npm run test:ha [-- --rounds N --only WORDS --long --list]`: plays the scenarios on real processes in network namespaces, and ends with a
 * table and `N passed, N failed`.
 *
 * Responsible for the order, for pairs that are shared or remade, for what is printed, and for keeping the logs of failures.
 */
import { parseArgs } from 'node:util';
import { createNetwork } from './create-network.ts';
import { joinRefusals, playJoinRefusals } from './join-refusals.ts';
import type { Network } from './network.ts';
import { createPair, type Pair } from './pair.ts';
import { playScenario, type Scenario, type ScenarioResult } from './scenario.ts';
import { notTested, scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    long: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    /** Others use this machine too: how long an outage lasted is shown and not judged. */
    'shared-machine': { type: 'boolean', default: false },
  },
});

interface Line {
  readonly name: string;
  readonly row: string;
  passed: number;
  failed: number;
  readonly outages: number[];
  readonly jobs: number[];
  skipped: string | null;
}

const SHARED = { witness: 'agent', agents: 2 } as const;
const lines = new Map<string, Line>();
const kept: string[] = [];
/** The pair that scenarios share, and the one that is in use now. */
const pairs: { shared: Pair | null; current: Pair | null } = { shared: null, current: null };
const { network, why } = createNetwork();

const matches = ({ name, row }: { readonly name: string; readonly row: string }): boolean =>
  values.only.length === 0 ||
  values.only.some((word) => `${name} ${row}`.toLowerCase().includes(word.toLowerCase()));
const chosen = scenarios.filter((one) => matches(one) && (values.long || one.long !== true));
const refusals = joinRefusals.filter(matches);

if (values.list) {
  for (const { name, row } of [...chosen, ...refusals]) console.log(`${row} | ${name}`);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void breakOff(signal));
if (why !== null) console.log(`hosts are loopback addresses, which cannot be cut: ${why}`);
try {
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    if (Number(values.rounds) > 1) console.log(`\nround ${round} of ${values.rounds}`);
    for (const scenario of chosen) await playOne(scenario);
    await pairs.shared?.stop();
    pairs.shared = null;
    if (refusals.length > 0) await playRefusals(network);
  }
} finally {
  await pairs.shared?.stop();
  network.remove();
}
printTable();

function onPrepared(pair: Pair): void {
  pairs.current = pair;
}

async function playOne(scenario: Scenario): Promise<void> {
  const line = lineOf(scenario);
  line.skipped = scenario.whyNot?.() ?? null;
  if (line.skipped !== null) {
    console.log(`skipped ${scenario.name}: ${line.skipped}`);
    return;
  }
  let pair: Pair;
  try {
    if (scenario.own !== undefined) {
      // Two pairs at once would be four managers on a small machine.
      await pairs.shared?.stop();
      pairs.shared = null;
      pair = await createPair({ network, onPrepared, ...scenario.own });
    } else {
      pairs.shared ??= await createPair({ network, onPrepared, ...SHARED });
      pair = pairs.shared;
    }
  } catch (error) {
    line.failed += 1;
    console.log(`FAILED  ${scenario.name}: ${describe(error)}`);
    return;
  }
  pairs.current = pair;
  const judged = values['shared-machine'] ? { ...scenario, outageMsMax: null } : scenario;
  const result = await playScenario(pair, judged);
  pairs.current = null;
  report(result, line, pair);
  const failed = result.outcome === 'failed';
  // After a failure nobody knows what state the pair is in, and its logs are needed.
  if (failed || scenario.own !== undefined) {
    await pair.stop({ keep: failed || values.keep });
    if (pair === pairs.shared) pairs.shared = null;
  }
}

function report(result: ScenarioResult, line: Line, pair: Pair): void {
  const { outcome, violations, outage, verdict, notes, seconds } = result;
  if (outcome === 'passed') line.passed += 1;
  else line.failed += 1;
  if (outage !== null) line.outages.push(outage.gapMs);
  if (outage?.firstJobMs != null) line.jobs.push(outage.firstJobMs);
  const gap = outage === null ? '' : `, ${outage.gapMs.toFixed(0)} ms without an acknowledgement`;
  const counts =
    verdict === null
      ? ''
      : `, ${verdict.writes.acked} writes, ${verdict.writes.unknownDone + verdict.writes.unknownNotDone} of unknown outcome, ${verdict.jobs.sessions} sessions, ${verdict.jobs.commands} commands, ${verdict.traps.heard} datagrams heard (${verdict.traps.unproven} unproven), ${verdict.traps.acked} traps acknowledged`;
  console.log(
    `${outcome === 'passed' ? 'ok     ' : 'FAILED '} ${result.scenario.name} (${seconds.toFixed(0)} s${gap}${counts})`,
  );
  for (const note of notes) console.log(`          ${note}`);
  for (const sentence of violations.slice(0, 10)) console.log(`        ! ${sentence}`);
  if (violations.length > 10) console.log(`        ! and ${violations.length - 10} more`);
  if (outcome === 'failed') {
    kept.push(`${result.scenario.name}: ${pair.scratch}`);
    console.log(`          logs: ${pair.scratch}`);
  }
}

async function playRefusals(where: Network): Promise<void> {
  await playJoinRefusals({ network: where, onPrepared }, refusals, (name, problem) => {
    const line = lineOf({ name, row: 'refusals' });
    if (problem === null) line.passed += 1;
    else line.failed += 1;
    console.log(problem === null ? `ok      ${name}` : `FAILED  ${name}: ${problem}`);
  });
}

function lineOf({ name, row }: { readonly name: string; readonly row: string }): Line {
  const line = lines.get(name) ?? { name, row, passed: 0, failed: 0, outages: [], jobs: [], skipped: null };
  lines.set(name, line);
  return line;
}

async function breakOff(signal: string): Promise<void> {
  console.error(`\nbroken off by ${signal}`);
  const pair = pairs.current ?? pairs.shared;
  await pair?.stop({ keep: true });
  // What a scenario in the middle of its play has started meanwhile.
  for (const host of Object.values(pair?.hosts ?? {})) await host.processes.kill('everything');
  network.remove();
  process.exit(1);
}

function printTable(): void {
  const span = (numbers: readonly number[]) => {
    const sorted = numbers.toSorted((a, b) => a - b);
    const [least] = sorted;
    if (least === undefined) return '';
    return sorted.length === 1 ? least.toFixed(0) : `${least.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)}`;
  };
  console.log(
    '\n| Scenario | Outcome | Without an acknowledged write, ms | First job after, ms |\n| --- | --- | --- | --- |',
  );
  for (const { name, passed, failed, skipped, outages, jobs } of lines.values()) {
    const outcome =
      skipped !== null
        ? `skipped: ${skipped}`
        : failed === 0
          ? `${passed} of ${passed}`
          : `${failed} FAILED of ${passed + failed}`;
    console.log(`| ${name} | ${outcome} | ${span(outages)} | ${span(jobs)} |`);
  }
  console.log('\nNot tested here:');
  for (const { what, because } of notTested) console.log(`* ${what}: ${because}`);
  for (const line of kept) console.log(`\nlogs of ${line}`);
  const all = [...lines.values()];
  const sum = (of: (line: Line) => number) => all.reduce((total, line) => total + of(line), 0);
  const failed = sum((line) => line.failed);
  const skipped = all.filter((line) => line.skipped !== null).length;
  console.log(
    `\n${sum((line) => line.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
}

function describe(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause) parts.push(one.message);
  return parts.join('; because: ');
}
