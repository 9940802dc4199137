// What `nezuban pair status` says and by which exit code, for each way in which a pair can be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeKeeper } from '../../testing/fake-keeper.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import * as samples from '../../testing/pair-samples.ts';
import { runCli, startCli } from '../../testing/run-cli.ts';
import { waitFor } from '../../testing/wait-for.ts';

process.env['TZ'] = 'Asia/Tokyo';

const textOf = async (status: PairStatus) => {
  await using keeper = await startFakeKeeper({ status: () => status });
  const result = await runCli(['pair', 'status', '--home', keeper.home], { now: samples.sampleNow });
  assert.equal(result.stderr, '');
  return { exitCode: result.exitCode, text: result.stdout.replaceAll(keeper.home, 'HOME') };
};

const history = `
Last changes of master
WHEN                 WHAT         FROM  TO       TOOK  DETECT   ELECT  PROMOTE    OPEN  WHY
2026-11-22 18:00:30  failover     beta  alpha  2.21 s  1.62 s  0.04 s   0.31 s  0.24 s  The former master was not heard any more.
2026-11-22 18:00:05  first start  -     beta   1.08 s       -       -   0.18 s  0.90 s  It was started for the first time.

Asked the keeper of this host (HOME) at 2026-11-22 19:00:00.
`;
const alone = `◆ alpha  master, alone: no standby is in sync  (answers here)
    since 2026-11-22 18:50:00 (10 min 00 s): beta is out. This host goes on alone.
    database is primary, 1.3 GB, 119 GB free
    192.0.2.10:7382, release 0.1.0
`;

test('pair status: redundant: both hosts, the voters, the last changes; exit code 0', async () => {
  const { exitCode, text } = await textOf(samples.samplePair());
  assert.equal(exitCode, 0);
  assert.equal(
    text,
    `Redundant: either host may fail, and nothing that was acknowledged is lost.
alpha is master since 2026-11-22 18:00:30 (59 min 30 s), term 3: The former master was not heard any more.

◆ alpha  master, with a standby in sync  (answers here)
    since 2026-11-22 18:01:00 (59 min 00 s): beta is in sync: the pair is redundant.
    database is primary, 1.3 GB, beta is level with it, commits wait for it, 119 GB free
    192.0.2.10:7382, release 0.1.0
● beta   standby, in sync: it can take over
    since 2026-11-22 18:01:00 (59 min 00 s): This host holds everything that alpha has acknowledged, and can take over.
    database follows the master, 1.2 GB, 119 GB free
    192.0.2.11:7382, release 0.1.0, round trip 0.4 ms

Voters: 3 of 3 answer, 2 are needed: alpha, beta, witness web-1.
Tie-breaker: witness.
${history}`,
  );
});

test('pair status: a single host: how to make a pair; exit code 20', async () => {
  const { exitCode, text } = await textOf(samples.sampleSingle());
  assert.equal(exitCode, exitCodes.pairNotRedundant);
  assert.equal(
    text,
    `One host alone: no pair has been made.

◆ alpha  serves; there is no second host
    since 2026-11-22 18:01:00 (59 min 00 s): This host is master of term 2, alone: nothing is redundant yet.
    database is primary, 1.3 GB, 119 GB free
    release 0.1.0

To make a pair, type on this host:
  nezuban pair create
It prints the line to type on the second host.

Asked the keeper of this host (HOME) at 2026-11-22 19:00:00.
`,
  );
});

test('pair status: the standby copies: how far it is, how fast, how long still', async () => {
  const { exitCode, text } = await textOf(samples.sampleCopying(310_000_000));
  assert.equal(exitCode, exitCodes.pairNotRedundant);
  assert.equal(
    text,
    `Not redundant yet: the standby is being made ready.
alpha is master since 2026-11-22 18:00:30 (59 min 30 s), term 3: The former master was not heard any more.

${alone}● beta   standby, copying the data of the master
    since 2026-11-22 18:59:30 (30.0 s): The data of this host cannot follow alpha: it has none. It is made anew from there.
    copied 310 MB of 1.3 GB (24 %), 10.3 MB/s, about 1 min 31 s left
    no database yet, 119 GB free
    192.0.2.11:7382, release 0.1.0, round trip 0.4 ms

Voters: 3 of 3 answer, 2 are needed: alpha, beta, witness web-1.
Tie-breaker: witness.

What is missing, and what to type
  info      beta copies the data. It becomes redundant by itself.
${history}`,
  );
});

test('pair status: the standby is not reached: since when, and what to type', async () => {
  const { exitCode, text } = await textOf(samples.sampleAlone());
  assert.equal(exitCode, exitCodes.pairNotRedundant);
  assert.equal(
    text,
    `Not redundant: one host serves alone.
alpha is master since 2026-11-22 18:00:30 (59 min 30 s), term 3: The former master was not heard any more.

${alone}● beta   does not answer (last heard 10 min 00 s ago)
    192.0.2.11:7382

Voters: 2 of 3 answer, 2 are needed: alpha, beta (does not answer), witness web-1.
Tie-breaker: witness.

What is missing, and what to type
  critical  beta does not answer since 10 minutes. If alpha fails too, nothing serves.
            nezuban pair recover
${history}`,
  );
});

test('pair status: no master: why, and what a human decides; exit code 21', async () => {
  const { exitCode, text } = await textOf(samples.sampleNoMaster());
  assert.equal(exitCode, exitCodes.pairNoMaster);
  assert.equal(
    text,
    `No master: nothing is served.
There is no master: beta and web-1 do not answer, and two of three voters are needed.

● alpha  waiting: no master that it could follow is known  (answers here)
    since 2026-11-22 18:50:00 (10 min 00 s): No master is heard, and this host cannot become one: no majority answers.
    database follows the master, 1.2 GB, 119 GB free
    192.0.2.10:7382, release 0.1.0
● beta   does not answer (not heard yet)
    192.0.2.11:7382

Voters: 1 of 3 answer, 2 are needed: alpha, beta (does not answer), witness web-1 (does not answer).
Tie-breaker: witness.

What is missing, and what to type
  critical  Only one of three voters answers. Start beta or web-1. If both are lost for good, force this host.
            nezuban pair force-master
${history}`,
  );
});

test('pair status: two hosts without a witness: both hold everything, and a human must promote; exit code 0', async () => {
  const { exitCode, text } = await textOf(
    samples.samplePair({
      tieBreaker: 'manual',
      voters: [samples.sampleVoter('alpha'), samples.sampleVoter('beta')],
    }),
  );
  assert.equal(exitCode, 0);
  assert.match(
    text,
    /^Both hosts hold everything that was acknowledged, but there is no witness: when one is lost, nothing serves until a human promotes the other one\.\n/,
  );
  assert.doesNotMatch(text, /either host may fail/);
});

test('pair status: no guard runs: said where a deadline may have to be kept, not of a host that is alone', async () => {
  const unguarded = (status: PairStatus): PairStatus => ({
    ...status,
    hosts: status.hosts.map((host) => ({
      ...host,
      view: host.view === null ? null : { ...host.view, guardRuns: false },
    })),
  });
  const single = samples.sampleSingle();
  for (const [status, isSaid] of [
    [samples.samplePair(), true],
    [samples.sampleAlone(), true],
    [single, false],
    [{ ...single, mode: 'pair' }, false],
    [{ ...single, mode: 'pair', voters: samples.samplePair().voters }, true],
  ] as const) {
    const { text } = await textOf(unguarded(status));
    assert.equal(text.includes('its guard does not run'), isSaid, text);
  }
});

test('pair status: forced: the change of master says so, and the advice stands above it', async () => {
  const { text } = await textOf(
    samples.samplePair({
      redundancy: 'alone',
      hosts: [
        samples.aloneHost(),
        samples.sampleHost('beta', { reachable: false, view: null, inSync: false }),
      ],
      roster: { ...must(samples.samplePair().roster), forced: true, lossy: true },
      advice: [
        {
          code: 'forced_unconfirmed',
          priority: 'critical',
          says: 'alpha was made master by force, and beta has not agreed yet.',
          facts: { name: 'beta' },
          command: null,
        },
      ],
      history: [
        samples.sampleTakeOver({
          kind: 'forced',
          reason: 'An operator said so.',
          steps: { detectMs: null, electMs: 30, promoteMs: 300, openMs: 200 },
          totalMs: 530,
        }),
      ],
    }),
  );
  assert.match(text, /\n {2}critical {2}alpha was made master by force, and beta has not agreed yet\.\n/);
  assert.match(text, /\n2026-11-22 18:00:30 {2}FORCED {2}beta {2}alpha {2}0\.53 s +- {2}0\.03 s/);
});

const must = <T>(value: T | null): T => {
  assert(value !== null);
  return value;
};

test('pair status: a state of a newer release: shown as it is', async () => {
  const status = samples.samplePair();
  const strange = structuredClone(status) as { hosts: { view: { state: string } }[] };
  const view = strange.hosts[1]?.view;
  assert(view !== undefined);
  view.state = 'dreaming';
  await using manager = await startFakeManager({
    getPair: ({ reply }) =>
      reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(strange)) as never,
  });
  const result = await runCli(['pair', 'status'], { url: manager.url });
  assert.match(result.stdout, /● beta {3}dreaming\n/);
});

test('pair status: names with control characters: shown as escapes', async () => {
  const { text } = await textOf(
    samples.samplePair({
      hosts: [samples.sampleHost('alpha'), samples.sampleHost('beta', { name: 'x\u001b[2J' })],
    }),
  );
  assert(!text.includes('\u001b'));
  assert.match(text, /x\\x1b\[2J/);
});

test('pair status: no keeper here: the manager is asked, and named', async () => {
  await using manager = await startFakeManager({ getPair: () => samples.samplePair() });
  const result = await runCli(['pair', 'status'], { url: manager.url });
  assert.equal(result.exitCode, 0);
  assert.match(result.stdout, /\nAsked the manager at http:\/\/127\.0\.0\.1:\d+ \(NEZUBAN_URL\) at /);
});

test('pair status: the keeper is down: says that none runs, exit code 3', async () => {
  await using keeper = await startFakeKeeper({ status: () => samples.samplePair() });
  await keeper.down();
  const result = await runCli(['pair', 'status', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /^nezuban: No manager runs on this host: nothing listens at .*\nStart it with: nezuban manager\n$/,
  );
});

test('pair status: neither keeper nor manager: exit code 3 and what to type', async () => {
  const result = await runCli(['pair', 'status', '--home', '/nonexistent']);
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(result.stderr, /^nezuban: No manager is known here\.\n/);
});

test('pair status: the keeper cannot say: its sentence, exit code 1', async () => {
  await using keeper = await startFakeKeeper({});
  const result = await runCli(['pair', 'status', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.equal(result.stderr, 'nezuban: This keeper is starting.\n');
});

test('pair status --watch: a pipe: told again when something has changed, until Ctrl-C', async () => {
  let status = samples.sampleCopying(100_000_000);
  await using keeper = await startFakeKeeper({ status: () => status });
  const cli = startCli(['pair', 'status', '--watch', '--json', '--home', keeper.home]);
  await cli.waitForStdout(/"preparing"/);
  await waitFor(
    () => keeper.statuses() > 2,
    () => 'a second look',
  );
  status = samples.samplePair();
  await cli.waitForStdout(/"redundant"/);
  cli.interrupt();
  const { exitCode, stdout } = await cli.end;
  assert.equal(exitCode, exitCodes.interrupted);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as PairStatus).redundancy),
    ['preparing', 'redundant'],
  );
});

test('pair status --watch: a terminal: is drawn anew', async () => {
  await using keeper = await startFakeKeeper({ status: () => samples.samplePair() });
  const cli = startCli(['pair', 'status', '-w', '--home', keeper.home], { columns: 120 });
  await waitFor(
    () => cli.stdout().split('\u001b[H\u001b[J').length > 2,
    () => 'a second picture',
  );
  cli.interrupt();
  assert.equal((await cli.end).exitCode, exitCodes.interrupted);
});
