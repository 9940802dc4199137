/**
 * Scenarios: commands that print hundreds of megabytes while masters die, lose power and change places, and an agent is killed. What is
 * stored in the end is what was printed, by a digest that the printing program takes itself; where the limit of a unit cuts, the gap is
 * named (decision 0013).
 *
 * Part of the table in `scenarios.ts`. `output-digest-main.ts` reads what is stored.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { operations } from '@nezuban/protocol/api/operations';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '../support/wait-for.ts';
import { monotonicMs } from './http-call.ts';
import { otherMember } from './network.ts';
import type { Pair } from './pair.ts';
import type { Scenario, Stage } from './scenario.ts';
import { switchOver } from './scenarios-operator.ts';

const OUTPUT_ROW = 'long output across switches';
const NET = 'ha/output';
/** As much at least; it goes on printing until the last fault is over. */
const PACED_BYTES = 200_000_000;
/** At once, so that what is not sent yet lies on the agent's disk when the master goes. */
const FLAT_BYTES = 300_000_000;
const CUT_BYTES = 120_000_000;
const CUT_LIMIT = 20_000_000;
/** Below 1 GiB, the most that is kept of a stream. */
const PRINTED_MAX = 1_000_000_000;
/** Some 5 MB/s: at the pace of the store a restore would take longer than all of it. */
const PACE_S = 0.015;
const GROWS_BYTES = 4_000_000;
const GROWS_TIMEOUT_MS = 90_000;
const TAKE_OVER_TIMEOUT_MS = 90_000;
const COMPLETE_TIMEOUT_MS = 300_000;
const DIGEST_TIMEOUT_MS = 300_000;

/** Prints numbered lines until so many bytes and the stop file are there; then writes their count and digest beside it. */
const PRINTER = `use Digest::SHA;
my ($least, $most, $pause, $stop, $sum) = @ARGV;
my ($digest, $bytes, $n) = (Digest::SHA->new(256), 0, 0);
$| = 1;
until ($bytes >= $most || $bytes >= $least && ($stop eq '-' || -e $stop)) {
    my $block = '';
    $block .= sprintf "%012d the night run books account after account and says so\\n", $n++ for 1 .. 1000;
    $digest->add($block);
    print $block or die "print: $!";
    $bytes += length $block;
    select undef, undef, undef, $pause if $pause;
}
open my $file, '>', "$sum.draft" or die $!;
print $file "$bytes " . $digest->hexdigest;
close $file or die $!;
rename "$sum.draft", $sum or die $!;
`;

interface Run {
  readonly id: number;
  attemptOf(unit: string): Promise<AttemptId>;
  /** What the printing program says that it has printed. */
  printed(unit: string): { readonly bytes: number; readonly sha256: string };
  stopPrinting(): void;
}

async function startPrinting(pair: Pair): Promise<Run> {
  const folder = fs.mkdtempSync(path.join(pair.scratch, 'output-run-'));
  const file = (name: string): string => path.join(folder, name);
  fs.writeFileSync(file('print.pl'), PRINTER);
  const unit = (name: string, node: string, words: readonly (string | number)[]) =>
    `  - name: ${name}\n    target: { node: ${node} }\n    output_bytes_max: ${name === 'cut' ? CUT_LIMIT : 1024 ** 3}\n    command: [perl, ${file('print.pl')}, ${words.map((word) => `"${word}"`).join(', ')}, ${file(name)}]\n`;
  const paced = unit('paced', 'c', [PACED_BYTES, PRINTED_MAX, PACE_S, file('stop')]);
  const flat = unit('flat', 'w', [FLAT_BYTES, FLAT_BYTES, 0, '-']);
  const cut = unit('cut', 'w', [CUT_BYTES, CUT_BYTES, 0, '-']);
  await pair.api.call(operations.applyDefinitions, {
    body: `kind: jobnet\nname: ${NET}\nunits:\n${paced}${flat}${cut}`,
  });
  const { id } = await pair.api.call(operations.runNet, {
    params: { name: NET },
    body: { idempotencyKey: path.basename(folder) },
  });
  return {
    id,
    async attemptOf(name) {
      return waitFor(async () => unitOf(await sessionOf(pair, id), name).attempts[0]?.id, {
        timeoutMs: GROWS_TIMEOUT_MS,
        message: `the attempt of ${name}`,
      });
    },
    printed(name) {
      const [bytes, sha256 = ''] = fs.readFileSync(file(name), 'utf8').split(' ');
      return { bytes: Number(bytes), sha256 };
    },
    stopPrinting: () => fs.writeFileSync(file('stop'), ''),
  };
}

const sessionOf = (pair: Pair, id: number): Promise<SessionDetail> =>
  pair.api.call(operations.getSession, { params: { id } });

function unitOf(session: SessionDetail, name: string) {
  const found = session.units.find((one) => one.path === name);
  assert.ok(found, name);
  return found;
}

const endOf = (pair: Pair, attemptId: AttemptId) =>
  pair.api.call(operations.getOutput, { params: { attemptId }, query: { offset: -100 } });

async function waitForMore(pair: Pair, attemptId: AttemptId): Promise<void> {
  const { storedBytes: before } = await endOf(pair, attemptId);
  await waitFor(async () => (await endOf(pair, attemptId)).storedBytes > before + GROWS_BYTES, {
    timeoutMs: GROWS_TIMEOUT_MS,
    intervalMs: 200,
    message: `more output than ${before} bytes`,
  });
}

/** By a program on the client's host: hundreds of megabytes do not fit into a message to it. */
async function storedOf(pair: Pair, attemptId: AttemptId): Promise<{ bytes: number; sha256: string }> {
  const master = await pair.waitForMaster('any', TAKE_OVER_TIMEOUT_MS);
  const program = path.join(import.meta.dirname, 'output-digest-main.ts');
  const { code, output } = await pair.hosts.c.run(
    [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      program,
      `${pair.url(master)}/api/v1/attempts/${attemptId}/output/raw`,
    ],
    { timeoutMs: DIGEST_TIMEOUT_MS, env: { OUTPUT_TOKEN: pair.api.token() } },
  );
  assert.equal(code, 0, output);
  const [bytes, sha256 = ''] = output.trim().split(' ');
  return { bytes: Number(bytes), sha256 };
}

/** Each stored as it was printed, each attempt once. */
async function judge(pair: Pair, run: Run): Promise<string> {
  const session = await waitFor(
    async () => {
      const seen = await sessionOf(pair, run.id);
      return seen.state === 'ended' && seen;
    },
    { timeoutMs: COMPLETE_TIMEOUT_MS, intervalMs: 500, message: 'the end of the session that prints' },
  );
  assert.equal(session.endStatus, 'normal', JSON.stringify(session.units.map(({ reason }) => reason)));
  const said: string[] = [];
  for (const name of ['paced', 'flat', 'cut']) {
    const { attempts } = unitOf(session, name);
    assert.equal(attempts.length, 1, `${name} ran once`);
    const attemptId = await run.attemptOf(name);
    const last = await waitFor(
      async () => {
        const page = await endOf(pair, attemptId);
        return page.complete && page;
      },
      { timeoutMs: COMPLETE_TIMEOUT_MS, intervalMs: 500, message: `all output of ${name}` },
    );
    const printed = run.printed(name);
    assert.equal(last.storedBytes, printed.bytes, name);
    if (name === 'cut') await judgeGap(pair, attemptId, { bytes: printed.bytes, kept: last });
    else {
      assert.equal(last.droppedBytes, 0, name);
      assert.deepEqual(await storedOf(pair, attemptId), printed, name);
    }
    said.push(`${name} ${(printed.bytes / 1e6).toFixed(0)} MB`);
  }
  return said.join(', ');
}

/** The beginning up to the limit, the end, and between them a range that says how much is missing and why. */
async function judgeGap(
  pair: Pair,
  attemptId: AttemptId,
  {
    bytes,
    kept,
  }: { readonly bytes: number; readonly kept: { readonly text: string; readonly droppedBytes: number } },
): Promise<void> {
  const page = await pair.api.call(operations.getOutput, {
    params: { attemptId },
    query: { offset: CUT_LIMIT },
  });
  assert.deepEqual(page.gap, { bytes: kept.droppedBytes, from: CUT_LIMIT, reason: 'limit' });
  assert.equal(page.nextOffset, CUT_LIMIT + kept.droppedBytes);
  assert.ok(
    bytes - page.nextOffset > 0 && bytes - page.nextOffset <= 64 * 1024,
    `a tail at ${page.nextOffset}`,
  );
  assert.match(kept.text, /the night run books account after account and says so\n$/);
}

export const outputScenarios: readonly Scenario[] = [
  {
    name: 'commands print 600 MB while the master is killed, an agent dies, the master loses power, hosts change places: stored as printed',
    row: OUTPUT_ROW,
    outageMsMax: null,
    async play(stage) {
      const { pair } = stage;
      const run = await startPrinting(pair);
      const attemptId = await run.attemptOf('paced');
      await waitForMore(pair, attemptId);
      await stage.fault(() => pair.hosts[stage.master].processes.kill('everything'));
      await stage.expectTakeOver();
      await waitForMore(pair, attemptId);
      await pair.hosts.c.processes.killKind('agent');
      pair.startAgent('c');
      await waitForMore(pair, attemptId);
      await powerOffOnce(stage);
      await waitForMore(pair, attemptId);
      await switchOver(stage, await pair.restore());
      await waitForMore(pair, attemptId);
      run.stopPrinting();
      stage.note(`printed and stored: ${await judge(pair, run)}`);
    },
  },
];

/** Whoever is master now, as soon as the pair is redundant again. */
async function powerOffOnce({ pair, load }: Stage): Promise<void> {
  const master = await pair.restore();
  const at = monotonicMs();
  await pair.powerOff(master);
  await load.waitForAck(at, { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: master });
  assert.equal(await pair.waitForMaster('any', TAKE_OVER_TIMEOUT_MS), otherMember(master));
}
