// `nezuban pair recover`: what it finds, what it orders, and how it ends, for every way in which a pair can be broken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeeperView, PairStatus } from '@nezuban/protocol/pair/status';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeKeeper } from '../../testing/fake-keeper.ts';
import * as samples from '../../testing/pair-samples.ts';
import { runCli, startCli } from '../../testing/run-cli.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { planRecovery } from './recovery-plan.ts';
import { createRecoveryProgress } from './recovery-progress.ts';

process.env['TZ'] = 'Asia/Tokyo';

const withBeta = (changes: Partial<KeeperView>, more: Partial<PairStatus> = {}): PairStatus =>
  samples.samplePair({
    redundancy: 'alone',
    hosts: [
      samples.aloneHost(),
      samples.sampleHost('beta', { inSync: false, view: samples.sampleView('beta', changes) }),
    ],
    ...more,
  });
const failed = withBeta({
  state: 'failed',
  reason: 'The copy failed too often: the disk is full. Mend that, then type: nezuban pair recover',
});

const nobody = { ordered: new Set<string>(), stuckMs: 0 };

test('pair recover: redundant: nothing is done, exit code 0; what is still advised is told', async () => {
  await using keeper = await startFakeKeeper({
    status: () =>
      samples.samplePair({
        advice: [
          {
            code: 'witness_silent',
            priority: 'warning',
            says: 'The witness web-1 is silent.',
            facts: {},
            command: null,
          },
        ],
      }),
  });
  const result = await runCli(['pair', 'recover', '--home', keeper.home]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stdout, 'The pair is redundant.\nNote: The witness web-1 is silent.\n');
  assert.deepEqual(keeper.asked, []);
});

test('pair recover: a host has failed: says why, tells it to recover, follows the copy until the pair is redundant', async () => {
  let status: PairStatus = failed;
  let looks = 0;
  await using keeper = await startFakeKeeper({
    status: () => {
      looks += status === failed ? 0 : 1;
      if (looks === 1) status = samples.sampleCopying(130_000_000);
      if (looks === 2) status = samples.sampleCopying(640_000_000);
      if (looks === 3)
        status = withBeta({
          state: 'standby-catching-up',
          reason: 'This host follows alpha and catches up.',
        });
      if (looks === 4) status = samples.samplePair();
      return status;
    },
    order: () => {
      status = samples.sampleCopying(0);
      return { ok: true, says: 'Recovery has begun.' };
    },
  });
  const result = await runCli(['pair', 'recover', '--home', keeper.home], { now: samples.sampleNow });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stdout, 'The pair is redundant.\n');
  assert.match(
    result.stderr,
    /beta: failed: it votes, [^]*The copy failed too often: the disk is full\.[^]*beta is told to try again\.\nbeta: Recovery has begun\.\n[^]*copied 640 MB of 1\.3 GB \(51 %\)[^]*beta {2}standby, catching up\n[^]*beta {2}standby, in sync: it can take over\n$/,
  );
  assert.deepEqual(keeper.asked, [{ command: 'pair-command', host: 'id-beta', operator: { do: 'recover' } }]);
});

test('pair recover: it fails again: one sentence with the reason, exit code 20', async () => {
  await using keeper = await startFakeKeeper({
    status: () => failed,
    order: () => ({ ok: true, says: 'Recovery has begun.' }),
  });
  const result = await runCli(['pair', 'recover', '--json', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.pairNotRedundant, result.stderr);
  assert.partialDeepStrictEqual(JSON.parse(result.stdout), {
    redundant: false,
    says: `beta failed again: ${failed.hosts[1]?.view?.reason ?? ''}`,
    command: null,
  });
  assert.equal(keeper.asked.length, 1);
});

test('pair recover: the host refuses: its sentence, exit code 1', async () => {
  await using keeper = await startFakeKeeper({
    status: () => failed,
    order: () => ({
      ok: false,
      says: 'The voter record of this host is lost. Mend its disk, then start the keeper again.',
    }),
  });
  const result = await runCli(['pair', 'recover', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.match(
    result.stderr,
    /\nnezuban: The voter record of this host is lost\. Mend its disk, then start the keeper again\.\n$/,
  );
});

test('pair recover: the standby is switched off: what a human must do, exit code 20', async () => {
  await using keeper = await startFakeKeeper({ status: samples.sampleAlone });
  const result = await runCli(['pair', 'recover', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.pairNotRedundant);
  assert.match(
    result.stdout,
    /^beta does not answer\. Start that host, look whether it is reached at 192\.0\.2\.11:7382, and start its manager; .*:\n {2}nezuban manager\n$/,
  );
});

test('pair recover: no master and no majority: the pair is asked, then who is missing is the end, exit code 21', async () => {
  await using keeper = await startFakeKeeper({
    status: samples.sampleNoMaster,
    order: () => ({ ok: true, says: 'Nothing to do here: this host finds its way by itself.' }),
  });
  const result = await runCli(['pair', 'recover', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.pairNoMaster);
  assert.equal(
    result.stdout,
    `There is no master: 1 of 3 voters answer, and 2 are needed. Start beta or the witness web-1: one of them is enough. Only if what is missing is lost for good and switched off, go on with what alpha has:
  nezuban pair force-master --confirm-off beta --confirm-off web-1
`,
  );
  assert.deepEqual(keeper.asked, [{ command: 'pair-command', host: null, operator: { do: 'recover' } }]);
});

/** No majority answers, and the host that is left asks and waits in turn; five seconds pass from one answer to the next. */
const flapping = (changes: Partial<PairStatus> = {}) => {
  let looks = 0;
  return (): PairStatus => {
    const at = new Date(samples.sampleNow + looks * 5_000).toISOString();
    const state = looks % 2 === 0 ? 'candidate' : 'waiting';
    looks += 1;
    const { hosts } = samples.sampleNoMaster();
    return {
      ...samples.sampleNoMaster(),
      at,
      hosts: [
        samples.sampleHost('alpha', {
          isMaster: false,
          view: samples.sampleView('alpha', { state, since: at, at }),
        }),
        ...hosts.slice(1),
      ],
      ...changes,
    };
  };
};

test('pair recover: no majority, and the host that is left asks and waits in turn: ends with who is missing', async () => {
  await using keeper = await startFakeKeeper({ status: flapping() });
  const result = await runCli(['pair', 'recover', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.pairNoMaster, result.stderr);
  assert.match(result.stdout, /^There is no master: 1 of 3 voters answer.*\n {2}nezuban pair force-master /);
  assert.ok(keeper.statuses() <= 9, `after ${keeper.statuses()} looks`);
  assert.equal(result.stderr.match(/alpha {2}(waiting|asking)/g)?.length, 1, 'each is said once');
});

test('pair recover: two hosts without a witness, the other one is silent: a human promotes, or forces what was never heard', async () => {
  for (const [lastHeardAgoMs, command] of [
    [60_000, 'nezuban pair promote --peer-is-off'],
    [null, 'nezuban pair force-master --confirm-off beta'],
  ] as const) {
    await using keeper = await startFakeKeeper({
      status: flapping({
        tieBreaker: 'manual',
        voters: [
          samples.sampleVoter('alpha'),
          samples.sampleVoter('beta', { reachable: false, lastHeardAgoMs }),
        ],
      }),
    });
    const result = await runCli(['pair', 'recover', '--home', keeper.home]);
    assert.equal(result.exitCode, exitCodes.pairNoMaster, result.stderr);
    assert.equal(
      result.stdout,
      `There is no master: beta does not answer, and no witness votes. Start beta; the rest happens by itself. Only if it is surely switched off (that it does not answer proves nothing), type on this host:\n  ${command}\n`,
    );
  }
});

test('recovery progress: asking and waiting in turn is none; copied bytes, a nearer state and a voter more are', () => {
  const progress = createRecoveryProgress();
  const looks = flapping();
  const lonely = () => progress.stuckMs(looks());
  assert.deepEqual([lonely(), lonely(), lonely()], [0, 5_000, 10_000]);
  const withView = (changes: Partial<KeeperView>): PairStatus => {
    const status = looks();
    return {
      ...status,
      hosts: [samples.sampleHost('alpha', { isMaster: false, view: samples.sampleView('alpha', changes) })],
    };
  };
  const copied = (bytes: number) =>
    progress.stuckMs(
      withView({
        state: 'standby-copying',
        copy: { phase: 'copying', bytes, totalBytes: null, startedAt: samples.samplePair().at },
      }),
    );
  assert.deepEqual([copied(1), copied(2), copied(2)], [0, 0, 5_000]);
  assert.equal(progress.stuckMs(withView({ state: 'promoting' })), 0);
  assert.equal(lonely(), 5_000);
  assert.equal(progress.stuckMs(withView({ state: 'promoting' })), 10_000, 'the same once more');
  const status = looks();
  const heard = status.voters.map((voter) => ({ ...voter, reachable: voter.id !== 'id-beta' }));
  assert.equal(progress.stuckMs({ ...status, voters: heard }), 0);
  assert.equal(lonely(), 5_000);
  assert.equal(progress.stuckMs(samples.samplePair()), 0, 'a master');
  assert.deepEqual([lonely(), lonely()], [0, 5_000], 'lost again');
});

test('recovery plan: stuck: not while a database starts or is promoted; with all voters there: the reason', () => {
  const stuck = { ...nobody, stuckMs: 30_000 };
  const kindOf = (state: KeeperView['state']) =>
    planRecovery(withBeta({ state }, { master: null, redundancy: 'no-master', self: 'id-beta' }), stuck);
  for (const state of ['starting', 'promoting'] as const) assert.equal(kindOf(state).kind, 'wait', state);
  assert.match(
    (kindOf('waiting') as { says: string }).says,
    /^No host has become master, though all voters answer: This host holds everything/,
  );
});

test('pair recover --host: that host is told first, whatever its state', async () => {
  await using keeper = await startFakeKeeper({
    status: () => samples.samplePair(),
    order: () => ({ ok: true, says: 'This host is master.' }),
  });
  const result = await runCli(['pair', 'recover', '--host', 'alpha', '--home', keeper.home]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stderr, /\nalpha: This host is master\.\n/);
  assert.partialDeepStrictEqual(keeper.asked, [{ host: 'id-alpha' }]);
});

test('pair recover: Ctrl-C: it goes on in the background, and that is said', async () => {
  await using keeper = await startFakeKeeper({ status: () => samples.sampleCopying(1_000) });
  const cli = startCli(['pair', 'recover', '--home', keeper.home]);
  await waitFor(
    () => keeper.statuses() > 2,
    () => 'the following',
  );
  cli.interrupt();
  const result = await cli.end;
  assert.equal(result.exitCode, exitCodes.interrupted);
  assert.match(
    result.stderr,
    /\nWhat was begun goes on in the background\. See how far it is with: nezuban pair status --watch\n$/,
  );
});

test('recovery plan: maintenance: only who began it ends it', () => {
  const step = planRecovery(withBeta({ state: 'maintenance' }), nobody);
  assert.deepEqual(step, {
    kind: 'human',
    says: 'beta is in maintenance. When the work on it is over, type:',
    command: 'nezuban pair maintenance off --host beta',
  });
});

test('recovery plan: what moves by itself: is waited for', () => {
  for (const state of ['starting', 'standby-copying', 'standby-catching-up', 'standby-in-sync'] as const)
    assert.equal(planRecovery(withBeta({ state }), nobody).kind, 'wait', state);
  for (const state of ['candidate', 'promoting', 'standing-down'] as const)
    assert.equal(
      planRecovery(withBeta({ state }, { master: null, redundancy: 'no-master' }), nobody).kind,
      'wait',
      state,
    );
});

test('recovery plan: silent for a moment: is waited for; nothing is known yet, or for long: a human looks', () => {
  const silent = (lastHeardAgoMs: number | null) =>
    planRecovery(
      samples.samplePair({
        ...samples.sampleAlone(),
        hosts: [
          samples.aloneHost(),
          samples.sampleHost('beta', { reachable: false, view: null, lastHeardAgoMs }),
        ],
      }),
      nobody,
    ).kind;
  assert.equal(silent(3_000), 'wait');
  assert.equal(silent(60_000), 'human');
  assert.equal(silent(null), 'human');
});

test('recovery plan: a host has just begun to wait: elections are given their time', () => {
  const status = withBeta(
    { state: 'waiting', since: new Date(samples.sampleNow - 2_000).toISOString() },
    { master: null, redundancy: 'no-master' },
  );
  assert.equal(planRecovery(status, nobody).kind, 'wait');
});

test('recovery plan: fenced: power it off; single: how to make a pair', () => {
  assert.match(
    (planRecovery(withBeta({ state: 'fenced' }), nobody) as { says: string }).says,
    /power that host off/,
  );
  assert.partialDeepStrictEqual(planRecovery(samples.sampleSingle(), nobody), {
    kind: 'human',
    command: 'nezuban pair create',
  });
});

test('recovery plan: a pair of one host so far: its own advice at once', () => {
  const status = samples.samplePair({
    redundancy: 'alone',
    at: samples.sampleHost('alpha').view?.since ?? '',
    hosts: [samples.aloneHost()],
    advice: [
      {
        code: 'no_standby',
        priority: 'warning',
        says: 'There is no second host.',
        facts: {},
        command: 'nezuban pair create',
      },
    ],
  });
  assert.deepEqual(planRecovery(status, nobody), {
    kind: 'human',
    says: 'There is no second host.',
    command: 'nezuban pair create',
  });
});
