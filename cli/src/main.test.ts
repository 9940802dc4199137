// The real process through the launcher: exit codes, pipes that close, Ctrl-C, files of this host.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { exitCodes } from './exit-codes.ts';
import { startFakeManager, testToken } from './testing/fake-manager.ts';
import { sampleEvent, sampleNode, sampleSession, sampleSummary } from './testing/samples.ts';
import { waitFor } from './testing/wait-for.ts';

const launcher = path.resolve(import.meta.dirname, '../bin/nezuban');
const home = mkdtempSync('/tmp/nz-cli-main-');
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(home, { recursive: true });
});

type Started = {
  readonly child: ChildProcess;
  readonly end: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stdout(): string;
  stderr(): string;
};

const start = (file: string, args: readonly string[], env: Readonly<Record<string, string>>): Started => {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const collected = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (collected.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (collected.stderr += text));
  const end = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return { child, end, stdout: () => collected.stdout, stderr: () => collected.stderr };
};
const nezuban = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  start(launcher, args, env);
const shell = (line: string, env: Readonly<Record<string, string>>) =>
  start('/bin/bash', ['-c', `set -o pipefail; ${line}`], { NEZUBAN: launcher, ...env });

test('process: the manager of this host: is found by the file in its home', async () => {
  await using manager = await startFakeManager({
    listNodes: () => ({ items: [sampleNode()], nextCursor: null }),
  });
  writeFileSync(
    path.join(home, 'cli.json'),
    JSON.stringify({ url: manager.url, token: testToken, ca: null }),
  );
  const byEnvironment = nezuban(['nodes', '--json'], { NEZUBAN_HOME: home });
  assert.deepEqual(await byEnvironment.end, { code: 0, signal: null }, byEnvironment.stderr());
  assert.partialDeepStrictEqual(JSON.parse(byEnvironment.stdout()), { items: [{ name: 'local' }] });
  const byOption = nezuban(['nodes', '--home', home]);
  assert.equal((await byOption.end).code, 0);
  assert.match(byOption.stdout(), /^NODE/);
});

test('process: called as npm links it, through a link whose folder is a link too: finds its checkout', async () => {
  symlinkSync(path.resolve(import.meta.dirname, '..'), path.join(home, 'cli'));
  symlinkSync('cli/bin/nezuban', path.join(home, 'linked'));
  const run = start('/bin/sh', ['-c', 'cd "$HOME" && exec ./linked version'], {});
  assert.equal((await run.end).code, 0, run.stderr());
  assert.match(run.stdout(), /^Nezuban \d/);
});

test('process: wrong words: exit code 2 and a sentence', async () => {
  const run = nezuban(['sesions']);
  assert.equal((await run.end).code, exitCodes.usage);
  assert.equal(
    run.stderr(),
    'nezuban: There is no command "sesions". Did you mean "nezuban sessions"?\nSee: nezuban help\n',
  );
});

test('process: the reader of a list goes away: quiet, exit code 0', async () => {
  const items = Array.from({ length: 20_000 }, (_, index) => sampleNode({ name: `node-${index}` as never }));
  await using manager = await startFakeManager({ listNodes: () => ({ items, nextCursor: null }) });
  const run = shell('"$NEZUBAN" nodes | head -n 2', { NEZUBAN_URL: manager.url, NEZUBAN_TOKEN: testToken });
  assert.equal((await run.end).code, 0);
  assert.equal(run.stdout().split('\n').length, 3);
  assert.equal(run.stderr(), '');
});

test('process: the reader of a followed list goes away: the following ends', async () => {
  let newest = 3;
  await using manager = await startFakeManager({
    listEvents: () => ({
      items: Array.from({ length: newest }, (_, index) => sampleEvent(newest - index)),
      nextCursor: null,
    }),
  });
  const run = shell('"$NEZUBAN" events --follow | head -n 3', {
    NEZUBAN_URL: manager.url,
    NEZUBAN_TOKEN: testToken,
  });
  await waitFor(() => run.stdout().includes('number 3'), run.stderr);
  newest += 1;
  manager.publish({ type: 'event', event: sampleEvent(newest) });
  assert.equal((await run.end).code, 0);
  assert.equal(run.stderr(), '');
});

test('process: the reader of a followed run goes away: the exit code still tells the end of the session', async () => {
  let session = sampleSession({ state: 'running', endStatus: null, endedAt: null });
  await using manager = await startFakeManager({
    runNet: () => sampleSummary({ state: 'running', endStatus: null, endedAt: null }),
    getSession: () => session,
  });
  const run = shell('"$NEZUBAN" run n --follow | head -n 1', {
    NEZUBAN_URL: manager.url,
    NEZUBAN_TOKEN: testToken,
  });
  await waitFor(() => run.stdout().includes('is running'), run.stderr);
  session = sampleSession({ endStatus: 'abnormal' });
  manager.publish({ type: 'session', session: sampleSummary() });
  assert.equal((await run.end).code, exitCodes.sessionAbnormal, run.stderr());
});

for (const [signal, code] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const) {
  test(`process: ${signal} while following: exit code ${code}`, async () => {
    await using manager = await startFakeManager({
      listEvents: () => ({ items: [sampleEvent(1)], nextCursor: null }),
    });
    const run = nezuban(['events', '--follow'], { NEZUBAN_URL: manager.url, NEZUBAN_TOKEN: testToken });
    await waitFor(() => run.stdout().includes('number 1') && manager.streams() === 1, run.stderr);
    run.child.kill(signal);
    assert.deepEqual(await run.end, { code, signal: null });
  });
}

test(
  'process: standard output cannot be written: said so, exit code 1',
  { skip: process.platform !== 'linux' },
  async () => {
    const run = shell('"$NEZUBAN" help > /dev/full', {});
    assert.equal((await run.end).code, exitCodes.refused);
    assert.match(run.stderr(), /^nezuban: Standard output cannot be written: .*ENOSPC/);
  },
);

test('process: a file on standard input: is applied, and the process ends', async () => {
  const bodies: string[] = [];
  await using manager = await startFakeManager({
    applyDefinitions: ({ body }) => {
      bodies.push(body);
      return { dryRun: false, changes: [] };
    },
  });
  const run = shell('printf "kind: jobnet" | "$NEZUBAN" apply -', {
    NEZUBAN_URL: manager.url,
    NEZUBAN_TOKEN: testToken,
  });
  assert.equal((await run.end).code, 0, run.stderr());
  assert.deepEqual(bodies, ['kind: jobnet']);
});

test('process: completion: bash understands the script', async () => {
  const line =
    'source <("$NEZUBAN" completion bash); COMP_WORDS=(nezuban session ""); COMP_CWORD=2; _nezuban; echo "${COMPREPLY[*]}"; COMP_WORDS=(nezuban run x --fo); COMP_CWORD=3; _nezuban; echo "${COMPREPLY[*]}"; COMP_WORDS=(nezuban aud); COMP_CWORD=1; _nezuban; echo "${COMPREPLY[*]}"';
  const run = shell(line, {});
  assert.equal((await run.end).code, 0, run.stderr());
  assert.equal(run.stdout(), 'show\n--follow\naudit\n');
});
