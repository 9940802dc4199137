// Commands that misbehave: each is bounded, each ends, and what got away is told by name. Real agent, spawner and waiters, as root and as an
// ordinary user; the manager is a fake one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { agentLinkLimits } from '@nezuban/protocol/agent/link';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager, type OrderDraft } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

const isRoot = process.getuid?.() === 0;
/** A command that never stops talking. As much once; less of it where only the user differs, since two cores need half a minute for it. */
const floodBytesMax = 10_000_000_000;
const floodBytesElse = 1_000_000_000;
/** What a waiter may take, far below what it is sent: it is a Perl of 10 MB with two pipes and two tails. */
const waiterBytesMax = 40 * 1024 * 1024;
/** Far above what a quick machine needs, so that a busy one of two cores passes too. */
const patienceMs = 120_000;

const nobody = 65_534;

/** Whose agent, and whose command. An agent that is no root has no cgroup of its own here: the other means of containment have to do. */
const cases: readonly { readonly name: string; readonly user?: string; readonly agentUid?: number }[] = isRoot
  ? [
      { name: 'agent and command are root' },
      { name: 'agent is root, command is not', user: 'nobody' },
      { name: 'agent is no root', agentUid: nobody },
    ]
  : [{ name: 'agent is no root' }];

for (const [index, { name, user, agentUid }] of cases.entries()) {
  const floodBytes = index === 0 ? floodBytesMax : floodBytesElse;
  describe(`hostile commands: ${name}`, () => {
    let manager: FakeManager;
    let fixture: AgentFixture;
    before(async () => {
      manager = await FakeManager.start();
      fixture = new AgentFixture();
      fs.chmodSync(fixture.base, 0o777);
      await fixture.join(manager);
      if (agentUid === undefined) fixture.start();
      else {
        fixture.giveTo(agentUid);
        fixture.spawnProgram(['run'], agentUid);
      }
      await manager.connected();
    });
    after(async () => {
      await fixture.clean();
      await manager.stop();
    });
    const order = (draft: OrderDraft): OrderDraft => ({
      workingDirectory: '/',
      ...(user === undefined ? {} : { user }),
      ...draft,
    });
    const dispatch = (draft: OrderDraft): string => manager.dispatchOne(order(draft));
    const pidIn = async (file: string): Promise<number> =>
      Number(await waitUntil(() => fixture.lines(file)[0], `the pid in ${file}`));
    const lives = (pid: number): boolean => {
      const stat = readOrNull(`/proc/${pid}/stat`);
      return stat !== null && !/\) [ZX] /.test(stat);
    };
    const endsWithin = async (pids: readonly number[]): Promise<void> => {
      await waitUntil(() => !pids.some(lives), `${pids.join(', ')} to end`);
    };

    test(`prints ${floodBytes / 1e9} GB: memory and disk are bounded, beginning and end are kept, the cut is said, it ends by itself`, async () => {
      const id = dispatch({
        command: `yes 0123456789012345678901234567890123456789012345678901234567890 | head -c ${floodBytes}; echo the end`,
        outputBytesMax: 1_000_000,
      });
      const waiter = await fixture.waiterPid(id);
      let peak = 0;
      const watching = setInterval(() => {
        const text = readOrNull(`/proc/${waiter}/status`) ?? '';
        peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024);
      }, 50);
      const ended = await manager.ended(id, patienceMs).finally(() => clearInterval(watching));
      assert.equal(ended.exitCode, 0);
      const tail = agentLinkLimits.outputTailBytesMax;
      assert.equal(ended.stdoutBytes, 1_000_000 + tail);
      assert.equal(ended.droppedBytes, floodBytes + 8 - 1_000_000 - tail);
      await manager.wholeOutput(id);
      assert.match(manager.output(id).subarray(-20).toString(), /the end\n$/);
      assert.ok(peak > 0 && peak < waiterBytesMax, `the waiter took ${peak} bytes`);
    });

    test('forks for ever: KILL takes all of them, though they fork on', async () => {
      // The bomb limits itself: at most some hundred at once, and each gives up after a minute whatever happens.
      const bomb = `import os,time,signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
end = time.time() + 60
open(${JSON.stringify(fixture.file('bomb'))}, "a").write("boom\\n")
while time.time() < end:
    try:
        n = sum(1 for p in os.listdir("/proc") if p.isdigit())
        if n < base + 150 and os.fork() == 0: os.setsid()
        else: time.sleep(0.01)
    except OSError: time.sleep(0.01)
`.replace('while time', 'base = sum(1 for p in os.listdir("/proc") if p.isdigit())\nwhile time');
      const id = dispatch({ command: ['/usr/bin/env', 'python3', '-c', bomb], killAfterMs: 100 });
      await waitUntil(() => marked(id).length > 50, 'the bomb to go off', 60_000);
      manager.cancel(id, 100);
      const ended = await manager.ended(id, patienceMs);
      assert.equal(ended.cancelled, true);
      assert.deepEqual(ended.leftovers, []);
      assert.deepEqual(marked(id), []);
    });

    test('ignores TERM: KILL after the time that the order gives', async () => {
      const ended = await manager.ended(
        dispatch({ command: 'trap "" TERM; while :; do sleep 0.05; done', timeoutMs: 200, killAfterMs: 300 }),
      );
      assert.equal(ended.timedOut, true);
      assert.equal(ended.signal, 'SIGKILL');
      const ranMs = Date.parse(ended.endedAt) - Date.parse(ended.startedAt ?? '');
      assert.ok(ranMs >= 500, `it had its time, ${ranMs} ms`);
    });

    test('changes its session, its group, its environment and its name, and forks twice: ended all the same', async () => {
      // A fresh session, no mark of ours in the environment, another argv, and init as its father as far as it knows.
      const file = fixture.file('escaped');
      const bash = `setsid bash -c '(env -i PATH=/usr/bin:/bin bash -c "trap : TERM HUP; echo \\$\\$ >> ${file}; while :; do sleep 0.1; done" &)' & sleep 60`;
      const id = dispatch({ command: ['/bin/bash', '-c', bash] });
      const escaped = await pidIn('escaped');
      assert.doesNotMatch(readOrNull(`/proc/${escaped}/environ`) ?? '', /NEZUBAN/);
      manager.cancel(id, 200);
      const ended = await manager.ended(id);
      assert.equal(ended.cancelled, true);
      assert.deepEqual(ended.leftovers, []);
      await endsWithin([escaped]);
    });

    test('leaves a daemon behind that looks like nobody: the attempt ends, the daemon is told by pid and command', async () => {
      const file = fixture.file('daemon');
      const daemon = `setsid env -i PATH=/usr/bin:/bin bash -c "exec >/dev/null 2>&1 </dev/null; echo \\$\\$ >> ${file}; while [ ! -e ${file}.stop ]; do sleep 0.05; done" &`;
      const id = dispatch({
        command: ['/bin/bash', '-c', `(${daemon}); until [ -s ${file} ]; do sleep 0.02; done; exit 4`],
      });
      const ended = await manager.ended(id);
      assert.equal(ended.exitCode, 4);
      const pid = await pidIn('daemon');
      const told = ended.leftovers.find((left) => left.pid === pid);
      assert.match(told?.command ?? '', /bash -c/);
      assert.ok(lives(pid), 'nobody asked for its end');
      fs.writeFileSync(`${file}.stop`, '');
      await endsWithin([pid]);
    });

    test('closes its outputs and goes on: still bounded by its timeout', async () => {
      const id = dispatch({
        command: 'echo before; exec >&- 2>&-; while :; do sleep 0.05; done',
        timeoutMs: 400,
        killAfterMs: 200,
      });
      const ended = await manager.ended(id);
      assert.equal(ended.timedOut, true);
      assert.equal(await manager.wholeOutput(id), 'before\n');
    });

    test('becomes another program, again and again: one attempt, one end', async () => {
      const ended = await manager.ended(
        dispatch({ command: 'exec env sh -c "exec env -i /bin/sh -c \'exec sh -c \\"exit 6\\"\'"' }),
      );
      assert.equal(ended.exitCode, 6);
      assert.deepEqual(ended.leftovers, []);
    });

    test('overwrites what the kernel shows of its arguments and name: ended, and told by what it shows', async () => {
      const file = fixture.file('renamed');
      const program = `$0 = "[kthreadd]"; open my $f, ">>", ${JSON.stringify(file)}; print $f "$$\\n"; close $f; sleep 1 until -e ${JSON.stringify(`${file}.stop`)};`;
      const id = dispatch({
        command: [
          '/bin/sh',
          '-c',
          `perl -e '${program}' >/dev/null 2>&1 & until [ -s ${file} ]; do sleep 0.02; done`,
        ],
      });
      const ended = await manager.ended(id);
      const pid = await pidIn('renamed');
      assert.deepEqual(ended.leftovers, [{ pid, command: '[kthreadd]' }]);
      fs.writeFileSync(`${file}.stop`, '');
      await endsWithin([pid]);
    });

    test('its waiter is killed while a child of it hides: unknown, and what hides is told by name as far as the host lets it be seen', async () => {
      const file = fixture.file('hidden');
      const hidden = `setsid env -i PATH=/usr/bin:/bin bash -c "echo \\$\\$ >> ${file}; while [ ! -e ${file}.stop ]; do sleep 0.05; done" >/dev/null 2>&1 </dev/null`;
      const id = dispatch({ command: ['/bin/bash', '-c', `(${hidden} &); sleep 60`] });
      const pid = await pidIn('hidden');
      process.kill(await fixture.waiterPid(id), 'SIGKILL');
      const outcome = await manager.outcome(id);
      assert.equal(outcome.state, 'unknown');
      const pids = outcome.state === 'unknown' ? outcome.leftovers.map((left) => left.pid) : [];
      assert.ok(pids.includes(pid), `it is told: ${JSON.stringify(outcome)}`);
      fs.writeFileSync(`${file}.stop`, '');
      await endsWithin([pid]);
    });
  });
}

/** Living processes that carry the mark of an attempt. */
function marked(id: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readOrNull(`/proc/${name}/stat`);
    const environment = readOrNull(`/proc/${name}/environ`);
    const isOurs = environment?.includes(`NEZUBAN_ATTEMPT_ID=${id}\0`) === true;
    return isOurs && stat !== null && !/\) [ZX] /.test(stat) ? [Number(name)] : [];
  });
}

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
