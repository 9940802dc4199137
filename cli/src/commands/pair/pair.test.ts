// The commands that change the pair: what they ask the keeper, what they explain before, and what they say when it is done or refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeKeeper, type FakeKeeperAnswers } from '../../testing/fake-keeper.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import * as samples from '../../testing/pair-samples.ts';
import { createKeyboard, runCli, startCli } from '../../testing/run-cli.ts';
import { waitFor } from '../../testing/wait-for.ts';

process.env['TZ'] = 'Asia/Tokyo';

const switched = (): PairStatus =>
  samples.samplePair({
    master: { id: 'id-beta', name: 'beta', since: new Date(samples.sampleNow).toISOString(), term: 4 },
    hosts: [
      samples.sampleHost('alpha', { isMaster: false, view: samples.sampleView('alpha') }),
      samples.sampleHost('beta', { isMaster: true, view: samples.masterView('beta') }),
    ],
    history: [
      samples.sampleTakeOver({
        term: 4,
        kind: 'switch',
        from: 'alpha',
        to: 'beta',
        reason: 'An operator asked for it.',
        steps: { detectMs: null, electMs: 22, promoteMs: 280, openMs: 210 },
        totalMs: 740,
      }),
      ...samples.samplePair().history,
    ],
  });

/** A keeper whose pair moves when it is told to. */
const startMovingKeeper = (answers: Partial<FakeKeeperAnswers> = {}) => {
  let status = samples.samplePair();
  return startFakeKeeper({
    status: () => status,
    order: () => {
      status = switched();
      return { ok: true, says: 'The service has moved.' };
    },
    ...answers,
  });
};

test('pair create: the line alone on stdout, the rest as remarks', async () => {
  const expiresAt = '2026-11-22T10:00:00.000Z';
  await using keeper = await startFakeKeeper({
    create: ({ address }) => ({
      ok: true,
      joinCommand: `nezuban pair join ${address ?? 'alpha:7382'} --token nzp_x`,
      token: 'nzp_x',
      expiresAt,
      says: 'This host is the first of a pair now.',
    }),
  });
  const words = ['pair', 'create', '--home', keeper.home, '--address', '192.0.2.10:7382', '--profile', 'wan'];
  const result = await runCli(words);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stdout, 'nezuban pair join 192.0.2.10:7382 --token nzp_x\n');
  assert.match(
    result.stderr,
    /^This host is the first of a pair now\.\nType this on the other host, .*\nIt is good for one host, until 2026-11-22 19:00:00\.\n[^]*nezuban pair status --watch\n$/,
  );
  assert.deepEqual(keeper.asked, [
    {
      command: 'pair-create',
      listen: null,
      address: '192.0.2.10:7382',
      kind: 'member',
      tieBreaker: null,
      profile: 'wan',
    },
  ]);
  const json = await runCli(['pair', 'create', '--json', '--witness-token', '--home', keeper.home]);
  assert.equal(json.stderr, '');
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { ok: true, expiresAt });
  assert.partialDeepStrictEqual(keeper.asked[1], { kind: 'witness' });
});

test('pair create: refused by the keeper: its sentence, exit code 1', async () => {
  await using keeper = await startFakeKeeper({
    create: () => ({ ok: false, says: 'Port 7382 is in use. Name another one with --listen.' }),
  });
  const result = await runCli(['pair', 'create', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.equal(result.stderr, 'nezuban: Port 7382 is in use. Name another one with --listen.\n');
});

test('pair create: no manager on this host: exit code 3 and what to type', async () => {
  const result = await runCli(['pair', 'create', '--home', '/nonexistent']);
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /^nezuban: No manager runs on this host with home \/nonexistent\.\nStart it here with: nezuban manager\n/,
  );
});

test('pair: wrong words: refused in a sentence, nothing is asked of the pair', async () => {
  await using keeper = await startFakeKeeper({ status: () => samples.samplePair() });
  for (const [line, sentence] of [
    ['create --listen 7382', /--listen must be HOST:PORT, such as 192\.0\.2\.10:7382 or/],
    ['create --address host', /--address must be HOST:PORT/],
    ['create --address host:0', /--address must be HOST:PORT/],
    ['create --address host:65536', /--address must be HOST:PORT/],
    ['create --address http://host:1', /--address must be HOST:PORT/],
    ['create --profile moon', /--profile cannot be "moon"; it is one of lan, wan/],
    ['create --tie-breaker dice', /is one of witness, fence, manual/],
    ['maintenance', /needs ON-OR-OFF/],
    ['maintenance of', /Maintenance is "on" or "off", not "of"/],
    [
      'maintenance on --host betta',
      /There is no host of the pair "betta"\. Did you mean "beta"\? There is alpha, beta\./,
    ],
    ['maintenance on --host elsewhere', /There is no host of the pair "elsewhere"\. There is alpha, beta\./],
    ['recover --host web-1', /There is no host of the pair "web-1"\. There is alpha, beta\./],
    ['tie-breaker dice', /one of witness, fence, manual, not "dice"/],
    ['promote', /Say that the other host is switched off, with --peer-is-off/],
    ['force-master --confirm-off gamma --yes', /There is no other voter "gamma"\. There is beta, web-1\./],
    ['force-master --confirm-off alpha --yes', /There is no other voter "alpha"/],
    ['leave --host gamma --yes', /There is no host of the pair "gamma"/],
    ['switch', /There is nobody to ask\. To do it without being asked, type: nezuban pair switch --yes/],
    ['leave --host beta', /type: nezuban pair leave --host beta --yes/],
    ['promote --peer-is-off', /type: nezuban pair promote --peer-is-off --yes/],
    ['force-master', /type: nezuban pair force-master --yes/],
    ['swich', /There is no command "pair swich"\. Did you mean "nezuban pair switch"\?/],
    ['join x', /Options of "pair join" stand behind it/],
  ] as const) {
    const result = await runCli(['pair', ...line.split(' '), '--home', keeper.home]);
    assert.equal(result.exitCode, exitCodes.usage, line);
    assert.match(result.stderr, sentence, line);
  }
  assert.deepEqual(keeper.asked, []);
});

test('pair switch --yes: says what happens, moves, tells how long it took and its steps', async () => {
  await using keeper = await startMovingKeeper();
  const result = await runCli(['pair', 'switch', '--yes', '--home', keeper.home], { now: samples.sampleNow });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(
    result.stdout,
    'beta is master and serves, after 0.74 s (elect 0.02 s, promote 0.28 s, open 0.21 s).\n',
  );
  assert.match(result.stderr, /^The service moves from alpha to beta:\n[^]*Running jobs go on\./);
  assert.match(result.stderr, /\n19:00:00 {2}alpha {2}standby, in sync: it can take over\n/);
  assert.match(result.stderr, /\n19:00:00 {2}beta {2}master, with a standby in sync; the service is open\n/);
  assert.deepEqual(keeper.asked, [{ command: 'pair-command', host: null, operator: { do: 'switch' } }]);
});

test('pair switch --json: one document', async () => {
  await using keeper = await startMovingKeeper();
  const result = await runCli(['pair', 'switch', '--yes', '--json', '--home', keeper.home]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stderr, '');
  assert.partialDeepStrictEqual(JSON.parse(result.stdout), {
    master: 'beta',
    tookMs: 740,
    takeOver: { kind: 'switch', from: 'alpha' },
    status: { redundancy: 'redundant' },
  });
});

const typed = async (words: readonly string[], home: string, answers: readonly string[]) => {
  const keyboard = createKeyboard();
  const cli = startCli([...words, '--home', home], { stdin: keyboard });
  for (const [index, answer] of answers.entries()) {
    await waitFor(
      () => cli.stderr().split(/\[y\/N\]|Type its name:/).length > index + 1,
      () => `question ${index + 1} in ${cli.stderr()}`,
    );
    keyboard.write(`${answer}\n`);
  }
  return cli.end;
};

test('pair switch: on a terminal: asked first; anything but yes changes nothing', async () => {
  await using keeper = await startMovingKeeper();
  const no = await typed(['pair', 'switch'], keeper.home, ['']);
  assert.equal(no.exitCode, exitCodes.refused);
  assert.match(no.stderr, /Move the service to beta\? \[y\/N\] [^]*nezuban: Nothing was changed\.\n$/);
  assert.deepEqual(keeper.asked, []);
  const yes = await typed(['pair', 'switch'], keeper.home, ['y']);
  assert.equal(yes.exitCode, 0, yes.stderr);
});

test('pair switch: the keeper calls it off: its sentence, exit code 1', async () => {
  await using keeper = await startMovingKeeper({
    order: () => ({ ok: false, says: 'Not moved: beta did not receive everything in time.' }),
  });
  const result = await runCli(['pair', 'switch', '--yes', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.match(result.stderr, /\nnezuban: Not moved: beta did not receive everything in time\.\n$/);
});

test('pair switch: no answer comes, and the keeper is away for a moment: the pair itself is watched', async () => {
  let status = samples.samplePair();
  await using keeper = await startFakeKeeper({
    status: () => status,
    order: async () => {
      await keeper.down();
      status = switched();
      await keeper.up();
      return undefined;
    },
  });
  const result = await runCli(['pair', 'switch', '--yes', '--home', keeper.home]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /^beta is master and serves, after 0\.74 s/);
});

test('pair switch: through a manager that goes away meanwhile: waited for', async () => {
  let status = samples.samplePair();
  let refusals = 2;
  await using manager = await startFakeManager({
    getPair: () => {
      if (status.master?.id === 'id-beta' && refusals > 0) {
        refusals -= 1;
        throw new CodedError('not_master', 'This host is not the master now.');
      }
      return status;
    },
    commandPair: ({ reply }) => {
      status = switched();
      reply.socket?.destroy();
      return { ok: true, says: '' };
    },
  });
  const result = await runCli(['pair', 'switch', '--yes'], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(refusals, 0);
  assert.equal(result.stderr.match(/Trying on/g)?.length, 1, result.stderr);
});

test('pair switch: the standby is not in sync, or there is none: said at once', async () => {
  await using copying = await startFakeKeeper({ status: () => samples.sampleCopying(1) });
  const result = await runCli(['pair', 'switch', '--yes', '--home', copying.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.match(
    result.stderr,
    /^nezuban: beta cannot take over now: it is standby, copying the data of the master\.\n/,
  );
  await using single = await startFakeKeeper({ status: () => samples.sampleSingle() });
  assert.match(
    (await runCli(['pair', 'switch', '--yes', '--home', single.home])).stderr,
    /^nezuban: There is no second host to switch to\.\nMake a pair with: nezuban pair create\n$/,
  );
  await using masterless = await startFakeKeeper({ status: () => samples.sampleNoMaster() });
  assert.match(
    (await runCli(['pair', 'switch', '--yes', '--home', masterless.home])).stderr,
    /^nezuban: There is no master whose service could be moved\./,
  );
  assert.deepEqual(
    [copying, single, masterless].flatMap(({ asked }) => asked),
    [],
  );
});

test('pair switch: Ctrl-C: says that it goes on, exit code 130', async () => {
  await using keeper = await startFakeKeeper({
    status: () => samples.samplePair(),
    order: () => new Promise(() => undefined),
  });
  const cli = startCli(['pair', 'switch', '--yes', '--home', keeper.home]);
  await waitFor(
    () => keeper.asked.length === 1,
    () => 'the order',
  );
  cli.interrupt();
  const result = await cli.end;
  assert.equal(result.exitCode, exitCodes.interrupted);
  assert.match(result.stderr, /What was begun goes on without this command\. See: nezuban pair status\n$/);
});

for (const [line, operator, host] of [
  ['maintenance on --host beta', { do: 'maintenance', on: true }, 'id-beta'],
  ['maintenance off --host id-beta', { do: 'maintenance', on: false }, 'id-beta'],
  ['maintenance on --host BETA', { do: 'maintenance', on: true }, 'id-beta'],
  ['maintenance on', { do: 'maintenance', on: true }, 'id-alpha'],
  ['witness', { do: 'witness', node: null }, null],
  ['witness --node web-1', { do: 'witness', node: 'web-1' }, null],
  ['tie-breaker manual', { do: 'tie-breaker', tieBreaker: 'manual' }, null],
  ['leave --host beta --yes', { do: 'remove-member', member: 'id-beta' }, null],
] as const) {
  test(`pair ${line}: goes to the keeper as it is meant, and its sentence is printed`, async () => {
    await using keeper = await startFakeKeeper({
      status: () => samples.samplePair(),
      order: () => ({ ok: true, says: 'Noted.' }),
    });
    const result = await runCli(['pair', ...line.split(' '), '--home', keeper.home]);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(result.stdout, 'Noted.\n');
    assert.deepEqual(keeper.asked, [{ command: 'pair-command', host, operator }]);
  });
}

test('pair maintenance: refused: the sentence as it is, exit code 1', async () => {
  const says = 'This host is master. Move the service first: nezuban pair switch';
  await using keeper = await startFakeKeeper({
    status: () => samples.samplePair(),
    order: () => ({ ok: false, says }),
  });
  const result = await runCli(['pair', 'maintenance', 'on', '--json', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.refused);
  assert.deepEqual(JSON.parse(result.stderr), {
    error: { code: 'pair_refused', message: says, hints: [], issues: [], exitCode: 1 },
  });
});

test('pair maintenance: two hosts of the same name: asked for the id', async () => {
  await using keeper = await startFakeKeeper({
    status: () =>
      samples.samplePair({
        hosts: [samples.sampleHost('alpha'), samples.sampleHost('beta', { name: 'alpha' })],
      }),
  });
  const result = await runCli(['pair', 'maintenance', 'on', '--host', 'alpha', '--home', keeper.home]);
  assert.equal(result.exitCode, exitCodes.usage);
  assert.match(result.stderr, /Several are named "alpha"; name one by its id: id-alpha, id-beta\./);
});

test('pair promote: the name of the host that is off is typed; then this host serves', async () => {
  let status: PairStatus = samples.samplePair({
    ...samples.sampleNoMaster(),
    tieBreaker: 'manual',
    self: 'id-beta',
    hosts: [
      samples.sampleHost('alpha', { isSelf: false, isMaster: false, reachable: false, view: null }),
      samples.sampleHost('beta', { isSelf: true, view: samples.sampleView('beta') }),
    ],
  });
  await using keeper = await startFakeKeeper({
    status: () => status,
    order: () => {
      status = switched();
      return { ok: true, says: 'alpha counts as off. This host asks for its election.' };
    },
  });
  const wrong = await typed(['pair', 'promote', '--peer-is-off'], keeper.home, ['y']);
  assert.equal(wrong.exitCode, exitCodes.refused);
  assert.match(
    wrong.stderr,
    /because you say that alpha is switched off[^]*Is alpha switched off\? Type its name:/,
  );
  const right = await typed(['pair', 'promote', '--peer-is-off'], keeper.home, ['alpha']);
  assert.equal(right.exitCode, 0, right.stderr);
  assert.match(right.stdout, /^beta is master and serves, after /);
  assert.deepEqual(keeper.asked, [
    { command: 'pair-command', host: 'id-beta', operator: { do: 'promote', peerIsOff: true } },
  ]);
});

test('pair force-master: each silent voter must be named; the danger is said; the name is typed', async () => {
  let status = samples.sampleNoMaster();
  await using keeper = await startFakeKeeper({
    status: () => status,
    order: () => {
      status = samples.sampleAlone();
      return { ok: true, says: 'Forced. The other voters are told as soon as they are heard.' };
    },
  });
  const missing = await runCli([
    'pair',
    'force-master',
    '--yes',
    '--confirm-off',
    'beta',
    '--home',
    keeper.home,
  ]);
  assert.equal(missing.exitCode, exitCodes.usage);
  assert.match(
    missing.stderr,
    /not yet: web-1\. When that is so, type: nezuban pair force-master --confirm-off beta --confirm-off web-1\n/,
  );
  const words = ['pair', 'force-master', '--confirm-off', 'beta', '--confirm-off', 'id-web-1'];
  const piped = await runCli([...words, '--home', keeper.home]);
  assert.match(
    piped.stderr,
    /type: nezuban pair force-master --confirm-off beta --confirm-off web-1 --yes\n/,
  );
  assert.deepEqual(keeper.asked, []);
  const result = await typed(words, keeper.home, ['alpha']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stderr,
    /^DANGER: alpha becomes master[^]*is lost[^]*jobs run twice[^]*\n {4}beta\n {4}web-1 \(witness\)\n/,
  );
  assert.match(result.stderr, /The pair is marked as forced until/);
  assert.deepEqual(keeper.asked, [
    {
      command: 'pair-command',
      host: 'id-alpha',
      operator: { do: 'force-master', confirmedOff: ['id-beta', 'id-web-1'] },
    },
  ]);
});

test('pair force-master: voters that were never heard: named as shown, by id, or by id without its random end', async () => {
  const silent = { reachable: false, lastHeardAgoMs: null };
  const noMaster = samples.sampleNoMaster();
  const status = {
    ...noMaster,
    voters: [
      samples.sampleVoter('alpha'),
      samples.sampleVoter('Beta host', { ...silent, id: 'beta.12ab' }),
      samples.sampleVoter('web-1', { ...silent, id: 'web-1.34cd' }),
    ],
    hosts: noMaster.hosts.slice(0, 1),
  };
  const ordered = async (of: PairStatus, words: readonly string[]) => {
    let now = of;
    await using keeper = await startFakeKeeper({
      status: () => now,
      order: () => {
        now = samples.sampleAlone();
        return { ok: true, says: 'Forced.' };
      },
    });
    const confirmed = words.flatMap((word) => ['--confirm-off', word]);
    const result = await runCli(['pair', 'force-master', '--yes', ...confirmed, '--home', keeper.home]);
    return { stderr: result.stderr, exitCode: result.exitCode, asked: keeper.asked };
  };
  for (const words of [
    ['Beta host', 'web-1'],
    ['beta', 'WEB-1'],
    ['beta.12ab', 'web-1.34cd'],
  ]) {
    const { asked, stderr } = await ordered(status, words);
    assert.partialDeepStrictEqual(
      asked,
      [{ operator: { do: 'force-master', confirmedOff: ['beta.12ab', 'web-1.34cd'] } }],
      stderr,
    );
  }
  const wrong = await ordered(status, ['web-2']);
  assert.equal(wrong.exitCode, exitCodes.usage);
  assert.match(
    wrong.stderr,
    /There is no other voter "web-2"\. Did you mean .*\? There is Beta host, web-1\./,
  );
  const twice = {
    ...status,
    voters: [...status.voters, samples.sampleVoter('web-1', { ...silent, id: 'web-1.56ef' })],
  };
  const ambiguous = await ordered(twice, ['web-1']);
  assert.match(ambiguous.stderr, /Several are named "web-1"; name one by its id: web-1\.34cd, web-1\.56ef\./);
  const missing = await ordered(twice, ['beta']);
  assert.match(
    missing.stderr,
    /type: nezuban pair force-master --confirm-off 'Beta host' --confirm-off web-1\.34cd --confirm-off web-1\.56ef\n/,
  );
  assert.deepEqual(missing.asked, []);
});

test('pair leave: on a terminal: says what it means, then asks', async () => {
  await using keeper = await startFakeKeeper({
    status: () => samples.samplePair(),
    order: () => ({ ok: true, says: 'beta is out.' }),
  });
  const result = await typed(['pair', 'leave', '--host', 'beta'], keeper.home, ['yes']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stderr,
    /beta leaves the pair for good[^]*alpha goes on alone; if it fails, nothing serves\./,
  );
});
