// What a unit may use, held by the host: real agent, spawner, waiters and kernel; the manager is a fake one. By cgroup where this host lets the agent
// make one (version 2, or 1), else by the limits of each process. Run by hand under a kernel with version 2 alone: tests/src/support/with-cgroup2.sh.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager, type OrderDraft } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const patienceMs = 120_000;
const mebibyte = 1024 * 1024;

const cases: readonly { readonly name: string; readonly user?: string; readonly agentUid?: number }[] = isRoot
  ? [
      { name: 'agent and command are root' },
      { name: 'agent is root, command is not', user: 'nobody' },
      { name: 'agent is no root', agentUid: nobody },
    ]
  : [{ name: 'agent is no root' }];

for (const { name, user, agentUid } of cases) {
  describe(`limits: ${name}`, () => {
    let manager: FakeManager;
    let fixture: AgentFixture;
    /** What the agent found that its host can hold: the controllers of its cgroups. */
    let bounds = '';
    before(async () => {
      manager = await FakeManager.start();
      fixture = new AgentFixture();
      fs.chmodSync(fixture.base, 0o777);
      await fixture.join(manager);
      if (agentUid !== undefined) fixture.giveTo(agentUid);
      const child = fixture.spawnProgram(['run', '--log-level', 'info'], agentUid);
      let said = '';
      child.stdout?.on('data', (bytes) => (said += String(bytes)));
      child.stderr?.on('data', (bytes) => (said += String(bytes)));
      await manager.connected();
      bounds = await waitUntil(() => /bounds: ([^"]*)/.exec(said)?.[1], 'what the host can hold');
    });
    after(async () => {
      await fixture.clean();
      await manager.stop();
    });
    const dispatch = (draft: OrderDraft): string =>
      manager.dispatchOne({ workingDirectory: '/', ...(user === undefined ? {} : { user }), ...draft });
    const run = (draft: OrderDraft) => manager.outcome(dispatch(draft), patienceMs);
    const ended = (draft: OrderDraft) => manager.ended(dispatch(draft), patienceMs);
    const holds = (controller: string): boolean => bounds.split(' ').includes(controller);

    test('memory: what goes beyond is ended and says so with what it had used; on a host that cannot hold it nothing starts', async () => {
      const greedy = `exec perl -e 'my $x = "x" x (100 * 1024 * 1024); print "survived\\n"'`;
      const outcome = await run({ command: greedy, limits: { memory: 64 * mebibyte } });
      if (!holds('memory')) {
        assert.equal(outcome.state === 'refused' && outcome.code, 'limit_not_held');
        assert.match(
          outcome.state === 'refused' ? outcome.reason : '',
          /the limit of memory cannot be held on this host: the agent has no cgroup/,
        );
        return;
      }
      assert.ok(outcome.state === 'ended');
      assert.equal(outcome.signal, 'SIGKILL');
      assert.deepEqual(outcome.usage?.limit, { name: 'memory', max: 64 * mebibyte });
      const { memory } = outcome.usage ?? {};
      assert.equal(memory?.of, 'all');
      assert.ok(memory.bytes > 48 * mebibyte && memory.bytes <= 64 * mebibyte, `${memory.bytes} bytes`);
      const within = await ended({ command: greedy, limits: { memory: 400 * mebibyte } });
      assert.equal(within.exitCode, 0);
      assert.equal(within.usage?.limit, undefined);
    });

    test('processes: a fork bomb stays within its bound, and other work goes on beside it', async () => {
      const file = fixture.file('bomb-count');
      const bomb = `use POSIX (); my $n = 0; $SIG{TERM} = "IGNORE";
my $end = time + 60;
while (time < $end) { my $p = fork; if (!defined $p) { open my $f, ">>", "${file}"; print $f "full\\n"; close $f; select undef, undef, undef, 0.2 } elsif (!$p) { sleep 1 while time < $end; exit } }`;
      const id = dispatch({
        command: ['/usr/bin/env', 'perl', '-e', bomb],
        limits: { processes: 40 },
        killAfterMs: 100,
      });
      if (!holds('pids') && agentUid === undefined && user === undefined && isRoot) {
        const outcome = await manager.outcome(id);
        assert.match(outcome.state === 'refused' ? outcome.reason : '', /root is not bounded in another way/);
        return;
      }
      await waitUntil(() => fixture.lines('bomb-count').length > 2, 'the bomb to meet its bound', patienceMs);
      const count = marked(id).length;
      assert.ok(count > 5 && count <= (holds('pids') ? 40 : 60), `${count} processes`);
      const beside = await ended({ command: 'for i in 1 2 3 4 5; do /bin/true & done; wait; echo fine' });
      assert.equal(beside.exitCode, 0);
      manager.cancel(id, 100);
      const end = await manager.ended(id, patienceMs);
      assert.deepEqual([end.cancelled, end.leftovers], [true, []]);
      assert.deepEqual(marked(id), []);
    });

    test('processes: what ends because it could start no more says so', async () => {
      const command = [
        '/usr/bin/env',
        'perl',
        '-e',
        'for (1 .. 60) { my $p = fork; exit 9 unless defined $p; if (!$p) { sleep 2; exit } }',
      ];
      const outcome = await run({ command, limits: { processes: 30 } });
      if (outcome.state === 'refused') return;
      assert.ok(outcome.state === 'ended');
      assert.equal(outcome.exitCode, 9);
      if (holds('pids')) assert.deepEqual(outcome.usage?.limit, { name: 'processes', max: 30 });
    });

    test('processes: without a bound of its own a command has that of the agent', async () => {
      const id = dispatch({ command: 'grep "Max processes" /proc/self/limits; sleep 30' });
      await manager.running(id);
      if (holds('pids')) assert.equal(await waitUntil(() => boundOf(id), 'the bound'), '4096');
      else {
        // Whatever else this user runs: no less than half of what the host has, or than what the agent itself may have.
        const kernel = ['pid_max', 'threads-max'].map((file) =>
          Number(readOrNull(`/proc/sys/kernel/${file}`)),
        );
        const own = Number(
          /^Max processes\s+(\d+)/m.exec(readOrNull('/proc/self/limits') ?? '')?.[1] ?? Infinity,
        );
        const words = () => /^Max processes\s+(\w+)/.exec(manager.output(id).toString())?.[1];
        const said = await waitUntil(words, 'what it may have');
        assert.ok(
          said === 'unlimited' || Number(said) >= Math.min(Math.floor(Math.min(...kernel) / 2), own),
          said,
        );
      }
      manager.cancel(id, 0);
      await manager.ended(id);
    });

    test('files: size, open files and core dumps are bounded for each process', async () => {
      const big = fixture.file('big');
      const written = await ended({
        command: `ulimit -n; ulimit -c; exec dd if=/dev/zero of=${big} bs=64k count=100`,
        limits: { fileSize: mebibyte, openFiles: 77, coreSize: 0 },
      });
      assert.match(await manager.wholeOutput(written.attemptId), /^77\n0\n/);
      assert.equal(written.signal, 'SIGXFSZ');
      assert.deepEqual(written.usage?.limit, { name: 'fileSize', max: mebibyte });
      assert.equal(fs.statSync(big).size, mebibyte);
      const much = await run({ command: 'true', limits: { openFiles: 2_000_000_000 } });
      assert.match(
        much.state === 'refused' ? much.reason : '',
        /the limit of the number of open files cannot be held on this host: /,
      );
    });

    test('processor time: a quota and a share are set, or nothing starts', async () => {
      const outcome = await run({ command: 'cat /proc/self/cgroup', limits: { cpus: 0.5, cpuShare: 50 } });
      assert.equal(outcome.state, holds('cpu') ? 'ended' : 'refused');
    });

    test('usage: processor time and peak of memory are told of each command', async () => {
      const busy = await ended({
        command: [
          '/usr/bin/env',
          'perl',
          '-e',
          'my $x = "x" x (60 * 1024 * 1024); my $i = 0; $i++ while $i < 8e6',
        ],
      });
      assert.ok((busy.usage?.cpuMs ?? 0) >= 50, JSON.stringify(busy.usage));
      assert.ok((busy.usage?.memory?.bytes ?? 0) >= 60 * mebibyte, JSON.stringify(busy.usage));
    });

    test('stop command: runs before TERM with the number, the user and the environment of the command', async () => {
      const file = fixture.file('stopped');
      const id = dispatch({
        command: `trap 'echo term >> ${file}; exit 3' TERM; while [ ! -e ${file}.go ]; do sleep 0.05; done; echo asked >> ${file}; exit 5`,
        environment: { WORD: 'a b' },
        stop: {
          command: `echo "stop of $NEZUBAN_PID as $(id -u) $WORD"; touch ${file}.go; sleep 0.3`,
          timeoutMs: 30_000,
        },
      });
      const { pid } = await manager.running(id);
      manager.cancel(id, 20_000);
      const end = await manager.ended(id);
      assert.deepEqual([end.cancelled, end.exitCode, fixture.lines('stopped')], [true, 5, ['asked']]);
      assert.deepEqual(end.usage?.stop, { exitCode: 0, signal: null, timedOut: false });
      await waitUntil(() => manager.output(id, 'stderr').length > 0, 'what it said');
      const uid = user === undefined && agentUid === undefined ? process.getuid?.() : nobody;
      assert.equal(manager.output(id, 'stderr').toString(), `stop of ${pid} as ${uid} a b\n`);
    });

    test('stop command: one that hangs is bounded, then TERM; one that cannot run is said; a kill passes it over', async () => {
      const file = fixture.file('hung');
      const deaf = `trap 'echo term >> ${file}; exit 3' TERM; echo up >> ${file}.up; while :; do sleep 0.05; done`;
      const hung = dispatch({ command: deaf, stop: { command: 'sleep 60', timeoutMs: 300 } });
      await waitUntil(() => fixture.lines('hung.up').length === 1, 'the first');
      manager.cancel(hung, 20_000);
      const first = await manager.ended(hung);
      assert.deepEqual(first.usage?.stop, { exitCode: null, signal: null, timedOut: true });
      assert.deepEqual([first.exitCode, fixture.lines('hung'), first.leftovers], [3, ['term'], []]);
      const missing = dispatch({ command: deaf, stop: { command: ['/no/such/program'], timeoutMs: 10_000 } });
      await waitUntil(() => fixture.lines('hung.up').length === 2, 'the second');
      manager.cancel(missing, 20_000);
      const second = await manager.ended(missing);
      assert.deepEqual(second.usage?.stop, { exitCode: 127, signal: null, timedOut: false });
      await waitUntil(() => manager.output(missing, 'stderr').length > 0, 'what it said');
      assert.match(
        manager.output(missing, 'stderr').toString(),
        /The stop command could not be run: cannot execute/,
      );
      const killed = dispatch({ command: deaf, stop: { command: `echo no >> ${file}`, timeoutMs: 10_000 } });
      await waitUntil(() => fixture.lines('hung.up').length === 3, 'the third');
      manager.cancel(killed, 0);
      const third = await manager.ended(killed);
      assert.deepEqual([third.signal, third.usage?.stop], ['SIGKILL', undefined]);
      assert.deepEqual(fixture.lines('hung'), ['term', 'term']);
    });

    test('stop command: what it was to stop has ended before it looks: the number is nobody else’s', async () => {
      const id = dispatch({
        command: `until [ -e ${fixture.file('end')}-${name.length} ]; do sleep 0.05; done; exit 5`,
        stop: {
          command: `touch ${fixture.file('end')}-${name.length}; until grep -q '^State:.*Z' /proc/$NEZUBAN_PID/status; do sleep 0.05; done`,
          timeoutMs: 20_000,
        },
      });
      await manager.running(id);
      manager.cancel(id, 20_000);
      const end = await manager.ended(id);
      assert.deepEqual([end.exitCode, end.usage?.stop?.exitCode], [5, 0]);
    });

    test('stop command: at a timeout too; a kill while it hangs ends all at once', async () => {
      const late = await ended({
        command: 'sleep 60',
        timeoutMs: 1_000,
        killAfterMs: 20_000,
        stop: { command: 'kill -TERM "$NEZUBAN_PID"; exit 4', timeoutMs: 10_000 },
      });
      assert.deepEqual([late.timedOut, late.signal, late.usage?.stop?.exitCode], [true, 'SIGTERM', 4]);
      const file = fixture.file('both');
      const id = dispatch({
        command: `trap "" TERM; echo up >> ${file}; while :; do sleep 0.05; done`,
        stop: { command: `echo stop >> ${file}; sleep 60`, timeoutMs: 50_000 },
      });
      await waitUntil(() => fixture.lines('both').length === 1, 'the command');
      manager.cancel(id, 20_000);
      await waitUntil(() => fixture.lines('both').length === 2, 'the stop command');
      manager.cancel(id, 0);
      const end = await manager.ended(id);
      assert.deepEqual([end.signal, end.leftovers], ['SIGKILL', []]);
    });
  });
}

/** Living processes that carry the mark of an attempt. */
function marked(id: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const isOurs = readOrNull(`/proc/${name}/environ`)?.includes(`NEZUBAN_ATTEMPT_ID=${id}\0`) === true;
    const stat = readOrNull(`/proc/${name}/stat`);
    return isOurs && stat !== null && !/\) [ZX] /.test(stat) ? [Number(name)] : [];
  });
}

/** The bound of the cgroup that the command of an attempt stands in. */
function boundOf(id: string): string | undefined {
  for (const pid of marked(id)) {
    const line = readOrNull(`/proc/${pid}/cgroup`) ?? '';
    const group = /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:(.*)$/m.exec(line)?.[1] ?? /^0::(.*)$/m.exec(line)?.[1];
    for (const mount of ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']) {
      const text = readOrNull(`${mount}${group}/pids.max`);
      if (text !== null) return text.trim();
    }
  }
  return undefined;
}

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
