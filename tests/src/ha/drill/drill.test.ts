/**
 * `nezuban drill` as a person starts it, on real processes: Ctrl-C leaves nothing behind, and a planned switch of a real pair is measured.
 * Faults under load are `quick.test.ts` and `npm run test:ha`; the drill plays the same scenarios.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { processesThat } from '../../support/processes.ts';
import { createScratchHome } from '../../support/scratch-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import { NEZUBAN } from '../host.ts';
import { createNetnsNetwork, whyNoNamespaces } from '../netns-network.ts';
import { createPair } from '../pair.ts';
import { acquireDrillLock } from './drill-lock.ts';

const skip = whyNoNamespaces() ?? false;
const TEST_TIMEOUT_MS = 1_200_000;
const DRILL_TIMEOUT_MS = 300_000;
/** Somebody else's drill on this machine. */
const LOCK_TIMEOUT_MS = 300_000;

interface Typed {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  readonly interrupt: () => void;
}

function type(words: readonly string[]): Typed {
  const child = spawn(NEZUBAN, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let text = '';
  const gather = (chunk: string) => void (text += chunk);
  child.stdout.setEncoding('utf8').on('data', gather);
  child.stderr.setEncoding('utf8').on('data', gather);
  return {
    pid: child.pid ?? -1,
    output: () => text,
    ended: new Promise((resolve) => child.once('close', resolve)),
    interrupt: () => void child.kill('SIGINT'),
  };
}

const typed = async (words: readonly string[]): Promise<{ code: number | null; output: string }> => {
  const one = type(words);
  return { code: await one.ended, output: one.output() };
};

test('drill: mistyped, or with a report that cannot be written: one sentence, at once, and nothing begun', async () => {
  const unknown = await typed(['drill', '--faults', 'sharks']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.output, /^No fault is called "sharks"\. There are: host-killed.*\n$/);
  const nowhere = await typed(['drill', '--report', '/proc/no/x.html']);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.output, /^The report cannot be written to \/proc\/no\/x\.html: .*\n$/);
  const help = await typed(['drill', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.output, /^Usage:\n {2}nezuban drill /);
});

test('drill switch: no manager runs here: said with the home that was looked at', async () => {
  await using scratch = createScratchHome();
  const { code, output } = await typed(['drill', 'switch', '--home', scratch.path]);
  assert.equal(code, 1);
  assert.equal(
    output,
    `No manager runs on this host with the home ${scratch.path}: start it with "nezuban manager", or name its home with --home.\n`,
  );
});

test(
  'drill: Ctrl-C while the pair is made: processes, namespaces and homes are gone, and a second drill had to wait',
  { skip, timeout: TEST_TIMEOUT_MS },
  async () => {
    await untilNoDrill();
    const drill = type(['drill', '--faults', 'host-killed']);
    const namespace = `/run/netns/nzha-${drill.pid}-a`;
    const keeper = await waitFor(
      () => {
        const identity = `net:[${fs.statSync(namespace).ino}]`;
        const inside = processesThat((pid) => fs.readlinkSync(`/proc/${pid}/ns/net`) === identity);
        const found = inside.find(({ command }) => command.includes('postgres -D'));
        return found && { identity, home: /-D (\S+)\/a\/postgres/.exec(found.command)?.[1] };
      },
      { timeoutMs: DRILL_TIMEOUT_MS, message: () => `a database of the drill: ${drill.output()}` },
    );
    const second = await typed(['drill', '--faults', 'host-killed']);
    assert.equal(second.code, 1);
    assert.match(
      second.output,
      new RegExp(`^Another drill runs on this machine \\(process ${drill.pid}, since `),
    );
    drill.interrupt();
    drill.interrupt();
    assert.equal(await drill.ended, 130);
    assert.match(drill.output(), /Nothing is left behind\.\n$/);
    assert.ok(keeper.home !== undefined && !fs.existsSync(keeper.home), `${keeper.home} is still there`);
    assert.ok(!fs.existsSync(namespace));
    const left = processesThat((pid) => fs.readlinkSync(`/proc/${pid}/ns/net`) === keeper.identity);
    assert.deepEqual(left, []);
  },
);

test(
  'drill switch: a real pair: the service moves, the report says how long nobody was master',
  { skip, timeout: TEST_TIMEOUT_MS },
  async () => {
    const network = createNetnsNetwork();
    try {
      const pair = await createPair({ network, witness: 'agent', agents: 1 });
      let failed = true;
      try {
        const { a } = pair.hosts;
        const report = path.join(pair.scratch, 'report.html');
        const words = ['drill', 'switch', '--home', a.home, '--report', report, '--language', 'en'];
        const unasked = await a.run([NEZUBAN, ...words]);
        assert.equal(unasked.code, 1);
        assert.match(unasked.output, /There is nobody to ask\.[^]*Nothing was changed\.\n$/);
        const { code, output } = await a.run([NEZUBAN, ...words, '--yes'], { timeoutMs: DRILL_TIMEOUT_MS });
        assert.equal(code, 0, output);
        assert.match(output, /Planned switch +host-b took over from host-a +\d+\.\d+ s +(passed|slow)/);
        assert.match(output, /kept +Never two masters\n/);
        assert.match(output, /No new advice and no alarm afterwards\./);
        assert.equal(await pair.waitRedundant(), 'b');
        assert.match(fs.readFileSync(report, 'utf8'), /<title>Drill: planned switch of the pair/);
        failed = false;
      } finally {
        await pair.stop({ keep: failed });
      }
    } finally {
      network.remove();
    }
  },
);

/** A drill of the person who runs the tests is none of theirs. */
async function untilNoDrill(): Promise<void> {
  await waitFor(
    async () => {
      const lock = await acquireDrillLock('scratch', 'a test');
      if (lock.held) lock.release();
      return lock.held;
    },
    { timeoutMs: LOCK_TIMEOUT_MS, intervalMs: 500, message: 'the end of another drill on this machine' },
  );
}
