// What an agent runs, and how it ends: real spawner and waiters, real commands, a real TLS link to a fake manager.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';
import { agentLinkFeatures, agentLinkLimits } from '@nezuban/protocol/agent/link';
import { agentMarkOf } from './agent-mark.ts';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

const isRoot = process.getuid?.() === 0;

describe('agent', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.start();
    await manager.connected();
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });

  const run = (order: Parameters<FakeManager['dispatchOne']>[0]) => manager.ended(manager.dispatchOne(order));
  const outputOf = async (order: Parameters<FakeManager['dispatchOne']>[0]): Promise<string> =>
    manager.wholeOutput(manager.dispatchOne(order));

  test('run: a command that ends: accepted, its exit code and pid', async () => {
    const id = manager.dispatchOne({ command: 'exit 7' });
    const ended = await manager.ended(id);
    assert.equal(ended.exitCode, 7);
    assert.equal(ended.signal, null);
    assert.ok((ended.pid ?? 0) > 1);
    assert.deepEqual(ended.leftovers, []);
    assert.equal(manager.receipts.find((receipt) => receipt.attemptId === id)?.state, 'accepted');
  });

  test('run: a command that a signal ends: the name of the signal', async () => {
    const ended = await run({ command: 'kill -SEGV $$' });
    assert.equal(ended.exitCode, null);
    assert.equal(ended.signal, 'SIGSEGV');
  });

  test('run: a list of words: no shell touches them', async () => {
    assert.equal(await outputOf({ command: ['/bin/echo', '$HOME', 'a  b', '*'] }), '$HOME a  b *\n');
  });

  test('run: a program that is not there: it did not run, and why', async () => {
    const ended = await run({ command: ['/no/such/program'] });
    assert.match(ended.startError ?? '', /cannot execute \/no\/such\/program: No such file/);
    assert.equal(ended.pid, null);
    assert.equal(ended.exitCode, null);
  });

  test('run: a script without a first line: the shell runs it', async () => {
    fs.writeFileSync(fixture.file('plain.sh'), 'echo plain\n', { mode: 0o755 });
    assert.equal(await outputOf({ command: [fixture.file('plain.sh')] }), 'plain\n');
  });

  test('working directory: given: the command stands there', async () => {
    assert.equal(await outputOf({ command: 'pwd', workingDirectory: '/usr' }), '/usr\n');
  });

  test('working directory: missing: it did not run, and why', async () => {
    const ended = await run({ command: `touch ${fixture.file('ran')}`, workingDirectory: '/no/such/folder' });
    assert.match(ended.startError ?? '', /working directory \/no\/such\/folder: No such file/);
    assert.equal(fs.existsSync(fixture.file('ran')), false);
  });

  test('environment: clean but for the base, the order and the mark', async () => {
    const id = manager.dispatchOne({
      command: ['/usr/bin/env'],
      environment: { GREETING: 'こんにちは', PATH: '/opt/bin:/usr/bin:/bin' },
    });
    const lines = (await manager.wholeOutput(id)).trim().split('\n').toSorted();
    const user = os.userInfo();
    const base = [
      `NEZUBAN_AGENT=${agentMarkOf(fixture.home)}`,
      `HOME=${user.homedir}`,
      'LANG=C.UTF-8',
      `LOGNAME=${user.username}`,
      `SHELL=${user.shell}`,
      `USER=${user.username}`,
    ];
    assert.deepEqual(
      lines,
      [...base, 'GREETING=こんにちは', `NEZUBAN_ATTEMPT_ID=${id}`, 'PATH=/opt/bin:/usr/bin:/bin'].toSorted(),
    );
  });

  test('environment: a name with "=" or a NUL character: refused as a bad order', async () => {
    for (const environment of [{ 'A=B': '1' }, { A: 'x\0y' }]) {
      const outcome = await manager.outcome(manager.dispatchOne({ command: 'true', environment }));
      assert.equal(outcome.state === 'refused' && outcome.code, 'bad_order');
    }
  });

  test('umask: given and not given', async () => {
    assert.equal((await outputOf({ command: 'umask', umask: '077' })).trim(), '0077');
    assert.equal((await outputOf({ command: 'umask' })).trim(), '0022');
  });

  test('standard input: a file, none, and one that is missing', async () => {
    fs.writeFileSync(fixture.file('input'), 'from the file');
    assert.equal(await outputOf({ command: 'cat', stdinFile: fixture.file('input') }), 'from the file');
    assert.equal(await outputOf({ command: 'cat; echo end' }), 'end\n');
    assert.match(
      (await run({ command: 'cat', stdinFile: '/no/such/file' })).startError ?? '',
      /standard input \/no\/such\/file/,
    );
  });

  test('descriptors: the command has three and no more', async () => {
    assert.equal(
      await outputOf({ command: ['/bin/ls', '/proc/self/fd'] }),
      '0\n1\n2\n3\n',
      'the fourth is ls reading the folder',
    );
  });

  test('signals: the command starts with none ignored', async () => {
    const status = await outputOf({ command: ['/bin/grep', '-E', 'Sig(Ign|Blk)', '/proc/self/status'] });
    assert.match(status, /SigBlk:\s+0+\nSigIgn:\s+0+\n/);
  });

  test('output: bytes that are no UTF-8: kept as they are', async () => {
    const id = manager.dispatchOne({
      command: "printf '\\223\\372\\226\\173\\214\\352 \\000\\377'; printf 'err' >&2",
    });
    await manager.wholeOutput(id);
    assert.deepEqual(manager.output(id), Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x20, 0x00, 0xff]));
    assert.equal(manager.output(id, 'stderr').toString(), 'err');
  });

  test('output: 50 MB against a limit of 1 MB: beginning and end are kept, the rest counted, the command not stopped', async () => {
    const id = manager.dispatchOne({
      command: 'head -c 50000000 /dev/zero | tr "\\0" x; echo last words; echo done >&2',
      outputBytesMax: 1_000_000,
    });
    const ended = await manager.ended(id);
    assert.equal(ended.exitCode, 0);
    const all = 50_000_000 + 'last words\n'.length;
    const tail = agentLinkLimits.outputTailBytesMax;
    assert.equal(ended.stdoutBytes, 1_000_000 + tail);
    assert.equal(ended.droppedBytes, all - 1_000_000 - tail);
    await manager.wholeOutput(id);
    assert.equal(manager.output(id).subarray(-13).toString(), 'xxlast words\n');
    assert.deepEqual(manager.holes(id), [{ at: 1_000_000, bytes: ended.droppedBytes }]);
    assert.equal(manager.output(id, 'stderr').toString(), 'done\n');
  });

  test('output: a manager of the first release: the beginning, raw, as it knows it', async () => {
    manager.features = [];
    manager.kick();
    const hellos = manager.hellos.length;
    await waitUntil(() => manager.hellos.length > hellos, 'the agent to come back');
    const id = manager.dispatchOne({
      command: 'head -c 3000000 /dev/zero | tr "\\0" x',
      outputBytesMax: 500_000,
    });
    await waitUntil(() => manager.output(id).length === 500_000, 'the beginning');
    assert.deepEqual(manager.holes(id), []);
    manager.features = Object.values(agentLinkFeatures);
    manager.kick();
    await waitUntil(() => manager.hellos.length > hellos + 1, 'the agent to come back');
  });

  test('output: held back by the manager: its last bytes at its end, and nothing between', async () => {
    manager.heldBackFrom = 300_000;
    const id = manager.dispatchOne({
      command: 'head -c 9000000 /dev/zero | tr "\\0" x; echo last words',
      outputBytesMax: 64_000_000,
    });
    const ended = await manager.ended(id);
    const end = 9_000_011;
    assert.equal(ended.stdoutBytes, end);
    await waitUntil(() => manager.holes(id).length === 1, 'the end of the output');
    manager.heldBackFrom = null;
    const tail = agentLinkLimits.outputTailBytesMax;
    assert.equal(manager.output(id).length + (manager.holes(id)[0]?.bytes ?? 0), end);
    assert.equal(manager.output(id).length - (manager.holes(id)[0]?.at ?? 0), tail);
    assert.equal(manager.output(id).subarray(-11).toString(), 'last words\n');
  });

  test('output: while the command runs: it arrives before the end', async () => {
    const id = manager.dispatchOne({
      command: `echo first; until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; echo second`,
    });
    await waitUntil(() => manager.output(id).toString() === 'first\n', 'the first line');
    fs.writeFileSync(fixture.file('go'), '');
    assert.equal(await manager.wholeOutput(id), 'first\nsecond\n');
  });

  test('timeout: a group that ignores TERM, with a detached grandchild: KILL ends all of it', async () => {
    const command =
      'trap "" TERM; setsid sh -c "trap \\"\\" TERM; while :; do sleep 0.1; done" & sleep 60; sleep 60';
    const ended = await run({ command, timeoutMs: 200, killAfterMs: 200 });
    assert.equal(ended.timedOut, true);
    assert.equal(ended.cancelled, false);
    assert.equal(ended.signal, 'SIGKILL');
    assert.deepEqual(ended.leftovers, []);
  });

  test('timeout: a command that ends at TERM: its own exit code', async () => {
    const ended = await run({
      command: 'trap "exit 5" TERM; while :; do sleep 0.05; done',
      timeoutMs: 200,
      killAfterMs: 10_000,
    });
    assert.equal(ended.timedOut, true);
    assert.equal(ended.exitCode, 5);
  });

  test('end: a daemon keeps the pipe open: the attempt ends, the daemon is listed and lives', async () => {
    const flag = fixture.file('daemon-wrote');
    const id = manager.dispatchOne({
      command: `(setsid sh -c 'while [ ! -e ${flag}.stop ]; do sleep 0.05; echo noise || exit 1; touch ${flag}; done' &) ; echo started; exit 3`,
    });
    const ended = await manager.ended(id);
    assert.equal(ended.exitCode, 3);
    assert.equal(ended.leftovers.length > 0, true);
    assert.match(ended.leftovers.map((left) => left.command).join('\n'), /noise/);
    fs.rmSync(flag, { force: true });
    await waitUntil(() => fs.existsSync(flag), 'the daemon to write without dying of SIGPIPE');
    fs.writeFileSync(`${flag}.stop`, '');
    assert.equal(await manager.wholeOutput(id), 'started\n');
  });

  test('cancel: a running command: TERM, and the receipt says so', async () => {
    const id = manager.dispatchOne({ command: 'sleep 60' });
    await manager.running(id);
    manager.cancel(id);
    const ended = await manager.ended(id);
    assert.equal(ended.cancelled, true);
    assert.equal(ended.signal, 'SIGTERM');
  });

  test('cancel: before the order arrives: it never runs', async () => {
    const id = '1-cancelled0-0.0.0.0';
    manager.cancel(id);
    const outcome = await manager.outcome(id);
    assert.equal(outcome.state === 'refused' && outcome.code, 'cancelled');
    const seen = manager.receipts.length;
    manager.dispatch({ attemptId: id, command: `touch ${fixture.file('ran-cancelled')}` });
    await waitUntil(() => manager.receipts.length > seen, 'the receipt again');
    assert.equal(manager.receipts.at(-1)?.state, 'refused');
    assert.equal(fs.existsSync(fixture.file('ran-cancelled')), false);
  });

  test('cancel: with the order in one breath: either refused, or ended as cancelled', async () => {
    const ids = manager.dispatch(...Array.from({ length: 10 }, () => ({ command: 'sleep 60' })));
    manager.send({
      type: 'cancel',
      term: manager.term,
      items: ids.map((attemptId) => ({ attemptId, killAfterMs: 0 })),
    });
    for (const id of ids) {
      const outcome = await manager.outcome(id);
      assert.ok(
        (outcome.state === 'refused' && outcome.code === 'cancelled') ||
          (outcome.state === 'ended' && outcome.cancelled),
        JSON.stringify(outcome),
      );
    }
  });

  test('withdrawal: before the order arrives: it never runs', async () => {
    const id = '1-withdrawn0-0.0.0.0';
    manager.withdraw(id);
    manager.dispatch({ attemptId: id, command: `touch ${fixture.file('ran-withdrawn')}` });
    const outcome = await manager.outcome(id);
    assert.equal(outcome.state === 'refused' && outcome.code, 'cancelled');
    assert.equal(fs.existsSync(fixture.file('ran-withdrawn')), false);
  });

  test('withdrawal: of what runs: it goes on, and a cancel ends it still', async () => {
    const id = manager.dispatchOne({ command: `until [ -e ${fixture.file('go-on')} ]; do sleep 0.05; done` });
    const other = manager.dispatchOne({ command: 'sleep 60' });
    await Promise.all([manager.running(id), manager.running(other)]);
    manager.withdraw(id);
    manager.withdraw(other);
    manager.cancel(other);
    assert.equal((await manager.ended(other)).cancelled, true);
    fs.writeFileSync(fixture.file('go-on'), '');
    const ended = await manager.ended(id);
    assert.deepEqual([ended.exitCode, ended.cancelled], [0, false]);
  });

  test('withdrawal: with the order in one breath: either refused and not run, or run to its end', async () => {
    const ids = manager.dispatch(
      ...Array.from({ length: 20 }, () => ({
        command: `echo "$NEZUBAN_ATTEMPT_ID" >> ${fixture.file('breath')}`,
      })),
    );
    for (const id of ids) manager.withdraw(id);
    for (const id of ids) {
      const outcome = await manager.outcome(id);
      const ran = fixture.lines('breath').includes(id);
      if (ran) assert.ok(outcome.state === 'ended' && outcome.exitCode === 0 && !outcome.cancelled, id);
      else assert.equal(outcome.state === 'refused' && outcome.code, 'cancelled', id);
    }
  });

  test('dispatch: repeated while it runs and after: run once, the newest receipt again', async () => {
    const order = {
      attemptId: '1-repeated00-0.0.0.0',
      command: `echo x >> ${fixture.file('ledger')}; sleep 0.3`,
    };
    for (let count = 0; count < 5; count += 1) manager.dispatch(order);
    await manager.running(order.attemptId);
    manager.dispatch(order);
    const ended = await manager.ended(order.attemptId);
    const seen = manager.receipts.length;
    manager.dispatch(order);
    await waitUntil(() => manager.receipts.length > seen, 'the receipt again');
    assert.deepEqual(manager.receipts.at(-1), ended);
    assert.equal(fixture.lines('ledger').length, 1);
  });

  test('query: an id without a record: unknown, and it will never run', async () => {
    const id = '1-neverseen0-0.0.0.0';
    manager.send({ type: 'query', term: manager.term, attemptIds: [id] });
    const outcome = await manager.outcome(id);
    assert.equal(outcome.state === 'unknown' && outcome.reason, 'no record at the agent');
    const seen = manager.receipts.length;
    manager.dispatch({ attemptId: id, command: 'true' });
    await waitUntil(() => manager.receipts.length > seen, 'the receipt again');
    assert.equal(manager.receipts.at(-1)?.state, 'unknown');
  });

  test('user: not known: refused', async () => {
    const outcome = await manager.outcome(manager.dispatchOne({ command: 'true', user: 'no-such-user' }));
    assert.equal(outcome.state === 'refused' && outcome.code, 'user_unknown');
    const group = await manager.outcome(manager.dispatchOne({ command: 'true', group: 'no-such-group' }));
    assert.equal(group.state === 'refused' && group.code, 'user_unknown');
  });

  test(
    'user: another one, for an agent that is not root: refused',
    { skip: isRoot && 'root may' },
    async () => {
      const outcome = await manager.outcome(manager.dispatchOne({ command: 'true', user: 'root' }));
      assert.equal(outcome.state === 'refused' && outcome.code, 'not_permitted');
      assert.equal((await run({ command: 'true', user: os.userInfo().username })).exitCode, 0);
    },
  );

  test(
    'user: another one, with its own groups, home and rights',
    { skip: !isRoot && 'only root can become somebody else' },
    async () => {
      const output = await outputOf({
        command: 'id -u; id -gn; echo $HOME; echo $USER; cat /etc/shadow 2>&1 | head -1; id -G',
        user: 'nobody',
      });
      const [uid, , home, name, shadow] = output.split('\n');
      assert.equal(uid, '65534');
      assert.equal(name, 'nobody');
      assert.equal(home, '/nonexistent');
      assert.match(shadow ?? '', /Permission denied/);
    },
  );

  test(
    'user: given group and supplementary groups: exactly these',
    { skip: !isRoot && 'only root can choose groups' },
    async () => {
      const output = await outputOf({
        command: 'id -gn; id -Gn',
        user: 'nobody',
        group: 'games',
        supplementaryGroups: ['mail', 'news'],
      });
      const [primary, all] = output.trim().split('\n');
      assert.equal(primary, 'games');
      assert.deepEqual(all?.split(' ').toSorted(), ['games', 'mail', 'news']);
    },
  );

  test('many at once: 150 commands: each ran once and has its outcome', async () => {
    const ids = manager.dispatch(
      ...Array.from({ length: 150 }, (_, index) => ({
        command: `echo ${index} >> ${fixture.file('many')}; exit ${index % 4}`,
      })),
    );
    const outcomes = await Promise.all(ids.map((id) => manager.ended(id, 60_000)));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.exitCode),
      ids.map((_, index) => index % 4),
    );
    assert.equal(new Set(fixture.lines('many')).size, 150);
    assert.equal(fixture.lines('many').length, 150);
  });

  test('folders: of ended attempts without output: gone', async () => {
    const id = manager.dispatchOne({ command: 'true' });
    await manager.ended(id);
    await waitUntil(() => !fs.existsSync(`${fixture.home}/attempts/${id}`), 'the folder to go');
  });
});
