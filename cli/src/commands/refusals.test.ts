// What goes wrong: refused by the manager, not reachable, wrong usage; and what a terminal is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import type { UnitPath } from '@nezuban/protocol/ids';
import { exitCodes } from '../exit-codes.ts';
import { handlers } from '../testing/answers.ts';
import { startFakeManager } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleAttempt, sampleSession, sampleSummary, sampleUnit } from '../testing/samples.ts';
import { commands } from './registry.ts';

test('refused by the manager: its sentence, the places, what to do, exit code 1', async () => {
  await using manager = await startFakeManager(handlers);
  const missing = await runCli(['run', 'night/settlement'], { url: manager.url });
  assert.equal(missing.exitCode, exitCodes.refused);
  assert.equal(
    missing.stderr,
    'nezuban: A parameter has no value.\n  parameters.DATE: has no value\nGive the parameters named in "issues".\n',
  );
  const skip = await runCli(['skip', '12', '--unit', 'extract'], { url: manager.url });
  assert.equal(skip.exitCode, exitCodes.refused);
  assert.match(skip.stderr, /^nezuban: extract cannot be skipped: it has ended already\.\n/);
});

test('a name that is not there: the nearest one that is, if the manager tells; never a second error', async () => {
  const refuse = () => {
    throw new CodedError('not_found', 'There is no node "lcoal".');
  };
  await using manager = await startFakeManager({ ...handlers, getNode: refuse });
  const near = await runCli(['node', 'show', 'lcoal'], { url: manager.url });
  assert.equal(near.exitCode, exitCodes.refused);
  assert.equal(near.stderr, 'nezuban: There is no node "lcoal".\nDid you mean "local"?\n');
  // What is there is not proposed: something else is missing.
  const other = await startFakeManager({
    ...handlers,
    getNode: () => {
      throw new CodedError('not_found', 'The node "local" has no disk "x".');
    },
  });
  await using others = other;
  const missing = await runCli(['node', 'show', 'local'], { url: others.url });
  assert.doesNotMatch(missing.stderr, /Did you mean/);
  await using silent = await startFakeManager({ getNode: refuse });
  const alone = await runCli(['node', 'show', 'lcoal'], { url: silent.url });
  assert.match(alone.stderr, /^nezuban: There is no node "lcoal"\.\nCheck the name or number/);
});

test('refused by the manager: with --json: one JSON document on stderr', async () => {
  await using manager = await startFakeManager(handlers);
  const result = await runCli(['session', 'show', '99', '--json'], { url: manager.url });
  assert.equal(result.stdout, '');
  assert.partialDeepStrictEqual(JSON.parse(result.stderr), {
    error: { code: 'not_found', message: 'There is no session 99.', exitCode: 1 },
  });
});

test('not signed in: exit code 4 and how to sign in', async () => {
  await using manager = await startFakeManager(handlers);
  const result = await runCli(['nodes'], { url: manager.url, env: { NEZUBAN_TOKEN: 'wrong' } });
  assert.equal(result.exitCode, exitCodes.notSignedIn);
  assert.match(result.stderr, /nezuban login http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('nothing listens: exit code 3 and what to type', async () => {
  const url = await startFakeManager({}).then(async (manager) => {
    await manager[Symbol.asyncDispose]();
    return manager.url;
  });
  const result = await runCli(['nodes'], { url });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.equal(
    result.stderr,
    `nezuban: The manager at ${url} cannot be reached: nothing listens there.\nStart the manager with: nezuban manager\n`,
  );
});

test('no manager known: exit code 3 and what to type', async () => {
  const result = await runCli(['nodes']);
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /^nezuban: No manager is known here\.\nStart one on this computer with: nezuban manager\n/,
  );
});

test('something else answers there: said so, exit code 3', async () => {
  await using manager = await startFakeManager({
    listNodes: ({ reply }) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>') as never,
  });
  const result = await runCli(['nodes'], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /answered 200, but not as a Nezuban manager does\.\nCheck the address \(NEZUBAN_URL\)/,
  );
});

test('wrong usage inside a command: exit code 2, nothing is sent', async () => {
  await using manager = await startFakeManager(handlers);
  for (const line of [
    'hold 12',
    'output',
    'output --session 12',
    'output x',
    'output 12-abc123-1.1.0.1 --unit a',
    'run n --param A',
    'run n --param =1',
    'run n --param A=1 --param A=2',
    'completion tcsh',
    'help frobnicate',
    'manager',
  ]) {
    const result = await runCli(line.split(' '), { url: manager.url });
    assert.equal(result.exitCode, exitCodes.usage, line);
    assert.match(result.stderr, /^nezuban: .*\.+\n/, line);
    assert.equal(result.stdout, '', line);
  }
  assert.deepEqual(manager.calls, []);
});

test('no words: the help on stderr, exit code 2', async () => {
  const result = await runCli([]);
  assert.equal(result.exitCode, exitCodes.usage);
  assert.match(result.stderr, /Usage: nezuban COMMAND/);
});

test('help: every command and topic has a page', async () => {
  for (const words of [
    ...commands.map((command) => command.name.split(' ')),
    ['exit-codes'],
    ['exit', 'codes'],
    ['connection'],
    ['token'],
  ]) {
    const result = await runCli(['help', ...words]);
    assert.equal(result.exitCode, 0, words.join(' '));
    assert(result.stdout.length > 50, words.join(' '));
  }
});

test('colours: on a terminal alone, and not against NO_COLOR or --no-color', async () => {
  await using manager = await startFakeManager(handlers);
  const options = { url: manager.url, columns: 200 };
  assert((await runCli(['nodes'], options)).stdout.includes('\u001b[32mconnected'));
  for (const plain of [
    await runCli(['nodes'], { ...options, env: { NO_COLOR: '1' } }),
    await runCli(['nodes', '--no-color'], options),
    await runCli(['nodes'], { url: manager.url }),
  ]) {
    assert(!plain.stdout.includes('\u001b'));
  }
});

test('output --raw: the bytes as they are', async () => {
  await using manager = await startFakeManager({ getRawOutput: () => Buffer.from('ab\u0000\n') });
  assert.equal(
    (await runCli(['output', '12-abc123-1.1.0.1', '--raw'], { url: manager.url })).stdout,
    'ab\u0000\n',
  );
});

test('output by unit: several nodes, a net, a unit that did not run, an unknown one: each refused in a sentence', async () => {
  const two = [sampleAttempt({ node: 'a' }), sampleAttempt({ id: '12-abc123-1.1.1.1', node: 'b' })];
  await using manager = await startFakeManager({
    ...handlers,
    getSession: () =>
      sampleSession({
        units: [
          sampleUnit('wide', { attempts: two }),
          sampleUnit('net', { type: 'net', attempts: [] }),
          sampleUnit('never', { state: 'not_run', endStatus: null, attempts: [] }),
          sampleUnit('later', { state: 'waiting', endStatus: null, attempts: [] }),
        ],
      }),
  });
  const refusal = async (unit: string, ...more: string[]) => {
    const result = await runCli(['output', '--session', '12', '--unit', unit, ...more], { url: manager.url });
    assert.equal(result.exitCode, exitCodes.refused);
    return result.stderr;
  };
  assert.match(await refusal('wide'), /runs on 2 nodes; name one with --node: a, b\./);
  assert.match(await refusal('wide', '--node', 'c'), /does not run on node "c"/);
  assert.match(await refusal('net'), /is a job net/);
  assert.match(await refusal('never'), /did not run \(not_run\)/);
  assert.match(await refusal('later'), /has not started yet[^]*--follow/);
  assert.match(await refusal('nowhere'), /has no unit "nowhere"[^]*nezuban session show 12/);
  assert.equal(
    (
      await runCli(['output', '--session', '12', '--unit', 'wide', '--node', 'b', '--json'], {
        url: manager.url,
      })
    ).exitCode,
    0,
  );
});

test('run: the answer is lost: asked again with the same key', async () => {
  const keys: unknown[] = [];
  await using manager = await startFakeManager({
    runNet: ({ body, reply }) => {
      keys.push(body.idempotencyKey);
      if (keys.length === 1) reply.socket?.destroy();
      return sampleSummary({ state: 'running', endStatus: null, endedAt: null });
    },
  });
  const result = await runCli(['run', 'night/settlement'], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(result.stderr, /nothing runs twice/);
});

test('session show: unit names with control characters: shown as escapes', async () => {
  await using manager = await startFakeManager({
    getSession: () =>
      sampleSession({ units: [sampleUnit('a', { name: 'x\u001b[2J', path: 'a' as UnitPath })] }),
  });
  assert.match((await runCli(['session', 'show', '12'], { url: manager.url })).stdout, /x\\x1b\[2J/);
});
