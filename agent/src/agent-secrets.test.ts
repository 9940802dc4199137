// What an order gives to its command (script, standard input, files), what is hidden in its output, and what is taken out of that.
// A real agent and real commands; the secret is looked for in everything that the agent leaves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Agent } from './agent.ts';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

const secret = 'Zq7-hunter2-Xv';
const isRoot = process.getuid?.() === 0;

/** Files of the folder that hold the text, whatever they are. */
const filesWith = (folder: string, text: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => fs.readFileSync(file).includes(text));

const commandLines = (): string =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .join('\n');

describe('orders with scripts and secrets', () => {
  const fixture = new AgentFixture();
  let manager: FakeManager;
  let agent: Agent;
  before(async () => {
    manager = await FakeManager.start();
    await fixture.join(manager);
    agent = fixture.start();
    await waitUntil(() => manager.hellos.length > 0, 'the agent to connect');
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });
  const outputOf = async (id: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<string> => {
    await manager.wholeOutput(id);
    return manager.output(id, stream).toString();
  };

  test('script: runs by its interpreter line with its arguments; nothing of it stays', async () => {
    const id = manager.dispatchOne({
      script: {
        text: '#!/usr/bin/perl -w\nprint "$^W @ARGV ", -x $0 ? "x" : "-", "\\n";\n',
        arguments: ['a b', "c'd"],
      },
    });
    assert.equal((await manager.ended(id)).exitCode, 0);
    assert.equal(await outputOf(id), "1 a b c'd x\n");
    assert.deepEqual(filesWith(fixture.home, '$^W @ARGV'), []);
  });

  test('script: without an interpreter line: a shell script', async () => {
    const id = manager.dispatchOne({
      script: { text: 'echo "one $1"\nexit 3\n', arguments: ['x'] },
    });
    assert.equal((await manager.ended(id)).exitCode, 3);
    assert.equal(await outputOf(id), 'one x\n');
  });

  test('script, standard input and files: of another user: his alone', { skip: !isRoot }, async () => {
    const id = manager.dispatchOne({
      user: 'nobody',
      script: {
        text: '#!/bin/sh\nid -un; cat; cat "$CONFIG"; stat -L -c "%a %U" "$CONFIG"\n',
        arguments: [],
      },
      stdin: 'from stdin\n',
      files: [{ variable: 'CONFIG', text: 'from file\n' }],
    });
    assert.equal((await manager.ended(id)).exitCode, 0, manager.output(id, 'stderr').toString());
    assert.equal(await outputOf(id), 'nobody\nfrom stdin\nfrom file\n600 nobody\n');
  });

  test('script: whose interpreter is not there: said', async () => {
    const id = manager.dispatchOne({
      script: { text: '#!/no/such/thing\n', arguments: [] },
    });
    assert.match((await manager.ended(id)).startError ?? '', /cannot execute \/no\/such\/thing/);
  });

  test('secret: printed whole, in parts and by both streams: hidden before it is on the disk; nowhere afterwards', async () => {
    const halves = [secret.slice(0, 5), secret.slice(5)];
    const id = manager.dispatchOne({
      command: `echo "whole $PW"; printf '${halves[0]}'; sleep 0.3; printf '${halves[1]} in halves\n'; cat; cat "$FILE" >&2; printf '${halves[0]}'; until [ -e ${fixture.file('go')} ]; do sleep 0.02; done`,
      environment: { PW: secret },
      stdin: `stdin ${secret}\n`,
      files: [{ variable: 'FILE', text: `file ${secret}\n` }],
      secrets: [secret],
    });
    await waitUntil(() => manager.output(id).includes('stdin'), 'the output');
    assert.equal(commandLines().includes(secret), false, 'in no argument');
    const attempt = path.join(fixture.home, 'attempts', id);
    assert.deepEqual(
      filesWith(attempt, secret).map((file) => [path.basename(file), fs.statSync(file).mode & 0o777]),
      [
        ['given-file-FILE', 0o600],
        ['given-stdin', 0o600],
      ],
    );
    fs.writeFileSync(fixture.file('go'), '');
    await manager.ended(id);
    assert.equal(await outputOf(id), `whole ***\n*** in halves\nstdin ***\n${halves[0]}`);
    assert.equal(await outputOf(id, 'stderr'), 'file ***\n');
    await waitUntil(
      () => filesWith(fixture.home, secret).length === 0,
      'the secret to be gone from the journal',
    );
    for (const name of fs.readdirSync(fixture.home).filter((each) => each.startsWith('journal')))
      assert.equal(fs.statSync(path.join(fixture.home, name)).mode & 0o077, 0, name);
  });

  test('captures: values, and why there is none, with the end', async () => {
    const id = manager.dispatchOne({
      command: `echo 'rows: 42'; echo '{"file":{"name":"a.csv"}}' >&2`,
      captures: {
        encoding: 'auto',
        items: [
          { name: 'ROWS', from: 'stdout', regex: 'rows: (\\d+)' },
          { name: 'FILE', from: 'stderr', json: '$.file.name' },
          { name: 'NONE', from: 'stdout', regex: 'nothing' },
        ],
      },
    });
    assert.deepEqual((await manager.ended(id)).captured, [
      { name: 'ROWS', value: '42' },
      { name: 'FILE', value: 'a.csv' },
      { name: 'NONE', says: 'nothing in the output fits', said: { code: 'agent_capture_none' } },
    ]);
  });

  test('captures: a secret one: hidden in the output, gone from the agent once the manager has it', async () => {
    const token = 'tok-5551234-abc';
    const id = manager.dispatchOne({
      command: `echo before; T=tok-5551234; echo "token=$T-abc"; sleep 0.4; echo "again $T-abc"; echo after`,
      captures: {
        encoding: 'auto',
        items: [{ name: 'TOKEN', from: 'stdout', regex: 'token=(\\S+)', secret: true }],
      },
    });
    const ended = await manager.ended(id);
    assert.deepEqual(ended.captured, [{ name: 'TOKEN', value: token, secret: true }]);
    const stars = '*'.repeat(token.length);
    assert.equal(await outputOf(id), `before\ntoken=${stars}\nagain ${stars}\nafter\n`);
    // The next acknowledgement is written with the next change.
    await manager.ended(manager.dispatchOne({ command: 'true' }));
    await waitUntil(() => filesWith(fixture.home, token).length === 0, 'the token to be gone');
  });

  test('captures: a secret one: hidden as JSON writes it, also inside an object, and if it is too long to be a value', async () => {
    const long = 'L0ng'.repeat(1_200);
    const output = `{"auth":"p\\/w\\u00e4-55","all":{ "user":"some-user", "key": "inner-77" },"long":"${long}"}`;
    const id = manager.dispatchOne({
      command: ['printf', '%s\\n', output],
      captures: {
        encoding: 'auto',
        items: ['auth', 'all', 'long'].map((name) => ({
          name: name.toUpperCase(),
          from: 'stdout' as const,
          json: `$.${name}`,
          secret: true,
        })),
      },
    });
    const captured = (await manager.ended(id)).captured ?? [];
    assert.deepEqual(captured[0], { name: 'AUTH', value: 'p/wä-55', secret: true });
    assert.match(captured[2]?.says ?? '', /more than 4096 characters/);
    const shown = await outputOf(id);
    for (const part of ['-55', 'some-user', 'inner-77', 'L0ng'])
      assert.equal(shown.includes(part), false, `${part} in ${shown.slice(0, 200)}`);
  });

  test('captures: a secret one, and nobody can say how the command ended: nothing of its output is sent or stays', async () => {
    const token = 'tok-99887766-abc';
    const id = manager.dispatchOne({
      command: `echo "token=tok-99887766""-abc"; sleep 0.3; kill -KILL $PPID; sleep 0.3`,
      captures: {
        encoding: 'auto',
        items: [{ name: 'TOKEN', from: 'stdout', regex: 'token=(\\S+)', secret: true }],
      },
    });
    assert.equal((await manager.outcome(id)).state, 'unknown');
    await waitUntil(() => filesWith(fixture.home, token).length === 0, 'the token to be gone');
    assert.equal(manager.output(id).toString(), '');
  });

  test('agent: restarted while the command runs: secrets stay hidden, and variables are taken', async () => {
    const id = manager.dispatchOne({
      command: `echo "a $PW"; until [ -e ${fixture.file('go2')} ]; do sleep 0.02; done; echo "value=9 $PW"`,
      environment: { PW: secret },
      secrets: [secret],
      captures: { encoding: 'auto', items: [{ name: 'V', from: 'stdout', regex: 'value=(.*)' }] },
    });
    await waitUntil(() => manager.output(id).includes('a '), 'the first line');
    await fixture.stop(agent);
    agent = fixture.start();
    fs.writeFileSync(fixture.file('go2'), '');
    assert.deepEqual((await manager.ended(id)).captured, [{ name: 'V', value: '9 ***' }]);
    assert.equal(await outputOf(id), 'a ***\nvalue=9 ***\n');
    await waitUntil(() => filesWith(fixture.home, secret).length === 0, 'the secret to be gone');
  });

  test('process list: of the machine: never the secret', () => {
    assert.equal(execFileSync('ps', ['-eo', 'args']).includes(secret), false);
  });
});
