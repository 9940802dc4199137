/**
 * How long is nobody served when the master dies, is cut off, or is switched? And what does the standby cost while all is well?
 *
 * Real hosts in network namespaces (root is needed), writers and jobs throughout, every promise checked in every round.
 * Run: `npm run bench:failover [-- --deaths 30 --cuts 10 --switches 20 --fill-mb 400]`.
 */
import { parseArgs } from 'node:util';
import { createNetnsNetwork, whyNoNamespaces } from '@nezuban/tests/ha/netns-network';
import {
  joinAgent,
  joinSecond,
  type Pair,
  preparePair,
  startFirst,
  waitForWitness,
} from '@nezuban/tests/ha/pair';
import { type CommitFigures, measureCommits } from './failover-commits.ts';
import { fillDatabase, measureCp, watchCopy } from './failover-copy.ts';
import { playRound, type RoundFigures, type RoundKind } from './failover-rounds.ts';
import { saveOurFailover } from './peers/our-failover.ts';
import { printRow, quantile, summary } from './statistics.ts';

const { values } = parseArgs({
  options: {
    deaths: { type: 'string', default: '30' },
    cuts: { type: 'string', default: '10' },
    switches: { type: 'string', default: '20' },
    'fill-mb': { type: 'string', default: '400' },
  },
});
const why = whyNoNamespaces();
if (why !== null) throw new Error(`hosts need network namespaces: ${why}`);
const progress = (line: string): void => console.error(line);

const network = createNetnsNetwork();
const pair = await preparePair({ network, witness: 'agent', agents: 2 });
let failed = true;
try {
  await startFirst(pair, progress);
  await joinAgent(pair, 'w');
  const single = await measureCommits(pair, 'a');
  await fillDatabase(pair, { master: 'a', megabytes: Number(values['fill-mb']) });
  await joinSecond(pair);
  const copy = await watchCopy(pair, 'b');
  await pair.waitRedundant();
  await waitForWitness(pair);
  await joinAgent(pair, 'c');
  const cp = measureCp(pair, 'b');
  const paired = await measureCommits(pair, await pair.waitRedundant());
  const rounds = await playRounds(pair);
  printTable({ single, paired, rounds });
  const firstWrites = (kind: RoundKind): number[] =>
    rounds.filter((one) => one.kind === kind).map((one) => one.firstWriteMs);
  await saveOurFailover({
    kill: firstWrites('death'),
    cut: firstWrites('cut'),
    switch: firstWrites('switch'),
  });
  printRow(
    `base copy of ${copy?.megabytes.toFixed(0) ?? '?'} MiB to the second host, MiB/s; cp of the same directory, MiB/s`,
    `${copy?.perSecond.toFixed(0) ?? 'too short to see'}; ${cp.perSecond.toFixed(0)}`,
  );
  failed = rounds.some(({ violations }) => violations.length > 0);
} finally {
  if (failed) progress(`logs: ${pair.scratch}`);
  await pair.stop({ keep: failed });
  network.remove();
}
process.exitCode = failed ? 1 : 0;

async function playRounds(on: Pair): Promise<RoundFigures[]> {
  const plan: readonly (readonly [RoundKind, number])[] = [
    ['death', Number(values.deaths)],
    ['cut', Number(values.cuts)],
    ['switch', Number(values.switches)],
  ];
  const figures: RoundFigures[] = [];
  for (const [kind, count] of plan) {
    for (let round = 1; round <= count; round += 1) {
      const one = await playRound(on, kind);
      figures.push(one);
      const steps = Object.entries(one.steps ?? {}).map(
        ([name, ms]) => `${name.replace(/Ms$/, '')} ${ms?.toFixed(0) ?? '-'}`,
      );
      progress(
        `${kind} ${round} of ${count}: first write ${one.firstWriteMs.toFixed(0)} ms, first job ${one.firstJobMs.toFixed(0)} ms (${steps.join(', ')})${one.violations.map((text) => `\n  ! ${text}`).join('')}`,
      );
    }
  }
  return figures;
}

function printTable(all: {
  readonly single: CommitFigures;
  readonly paired: CommitFigures;
  readonly rounds: readonly RoundFigures[];
}): void {
  console.log('| Question | Measured |\n| --- | --- |');
  const titles: Readonly<Record<RoundKind, string>> = {
    death: 'sudden death of the master (every process killed)',
    cut: 'master cut off without a reset',
    switch: 'planned switch',
  };
  for (const kind of ['death', 'cut', 'switch'] as const) {
    const rounds = all.rounds.filter((one) => one.kind === kind);
    if (rounds.length === 0) continue;
    printRow(
      `${titles[kind]}: to the first acknowledged write, ms`,
      spread(rounds.map((one) => one.firstWriteMs)),
    );
    printRow(
      `${titles[kind]}: to the first job started by the new master, ms`,
      spread(rounds.map((one) => one.firstJobMs)),
    );
    printRow(
      `${titles[kind]}: longest time without an acknowledged write, ms`,
      spread(rounds.map((one) => one.gapMs)),
    );
    for (const step of ['detectMs', 'electMs', 'promoteMs', 'openMs'] as const) {
      const times = rounds.flatMap((one) => one.steps?.[step] ?? []);
      if (times.length > 0) printRow(`... of which ${step.replace(/Ms$/, '')}, ms`, spread(times));
    }
  }
  const violations = all.rounds.flatMap((one) => one.violations);
  const acked = all.rounds.reduce((sum, one) => sum + one.acked, 0);
  printRow(
    `promises broken in ${all.rounds.length} rounds with ${acked} acknowledged writes`,
    String(violations.length),
  );
  printRow('commit of one row, single manager, ms', summary(all.single.latencyMs, 2));
  printRow('commit of one row, pair, ms', summary(all.paired.latencyMs, 2));
  const share = all.paired.perSecond / all.single.perSecond;
  printRow(
    'commits/s over 16 connections, single; pair; share',
    `${all.single.perSecond.toFixed(0)}; ${all.paired.perSecond.toFixed(0)}; ${share.toFixed(2)}`,
  );
  printRow('a small write by the API, single manager, ms', summary(all.single.apiMs));
  printRow('a small write by the API, pair, ms', summary(all.paired.apiMs));
}

function spread(values_: readonly number[]): string {
  const text = (part: number) => quantile(values_, part).toFixed(0);
  return `p50 ${text(0.5)}, p90 ${text(0.9)}, p99 ${text(0.99)}, max ${text(1)}, min ${text(0)} (n=${values_.length})`;
}
