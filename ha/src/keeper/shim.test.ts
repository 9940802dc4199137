// Tests of the shell shim cli/bin/nezuban, which starts every program of ours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

const SHIM = path.resolve(import.meta.dirname, '../../../cli/bin/nezuban');
const scratch = fs.mkdtempSync('/tmp/nz-shim-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

function run(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  });
  return { status, stdout, stderr };
}

/** A checkout whose programs say what they got; `node` is the text of its runtime. */
function checkout(name: string, node: string | null): string {
  const root = path.join(scratch, name);
  fs.mkdirSync(path.join(root, 'cli/bin'), { recursive: true });
  fs.copyFileSync(SHIM, path.join(root, 'cli/bin/nezuban'));
  if (node !== null) {
    fs.mkdirSync(path.join(root, 'node_modules/.bin'), { recursive: true });
    fs.writeFileSync(path.join(root, 'node_modules/.bin/node'), node, { mode: 0o755 });
  }
  return path.join(root, 'cli/bin/nezuban');
}

const ECHO_NODE =
  '#!/bin/sh\nif [ "$1" = --version ]; then echo v26.1.0; else for word; do echo "$word"; done; echo $$; fi\n';

test('shim: called by a chain of links from another folder: finds its checkout', () => {
  fs.symlinkSync(path.relative(scratch, SHIM), path.join(scratch, 'one'));
  fs.symlinkSync('one', path.join(scratch, 'two'));
  const { status, stdout } = run(path.join(scratch, 'two'), 'manager', '--help');
  assert.equal(status, 0);
  assert.match(stdout, /^Usage:\n {2}nezuban manager/);
});

test('shim: the first word: chooses the program; words that only begin like one go to the CLI', () => {
  const shim = checkout('a folder with blanks', ECHO_NODE);
  const programOf = (...args: string[]) =>
    run(shim, ...args)
      .stdout.split('\n')
      .find((line) => line.endsWith('.ts'))
      ?.replace(/.*blanks\//, '');
  assert.equal(programOf('manager', 'stop'), 'ha/src/keeper/main.ts');
  assert.equal(programOf('agent', 'join'), 'agent/src/main.ts');
  assert.equal(programOf('agents'), 'cli/src/main.ts');
  assert.equal(programOf('nodes'), 'cli/src/main.ts');
  assert.equal(programOf(), 'cli/src/main.ts');
  assert.deepEqual(run(shim, 'apply', 'a b', '*').stdout.split('\n').slice(-5, -2), ['apply', 'a b', '*']);
});

test('shim: becomes the program: no shell stands between', () => {
  const shim = checkout('exec', ECHO_NODE);
  const shell = spawnSync('/bin/sh', ['-c', 'echo $$; exec "$0" x', shim], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n');
  assert.equal(shell[0], shell.at(-1));
});

test('shim: no runtime, one of another version, one that does not run: one sentence and 1', () => {
  const cases = [
    [
      checkout('bare', null),
      /^nezuban: its runtime is not installed: run "npm ci" in .*bare \(Node >= 20 and npm >= 11\)\.\n$/,
    ],
    [checkout('old', '#!/bin/sh\necho v20.1.0\n'), /^nezuban: the runtime .* is not Node 26: run "npm ci"/],
    [
      checkout('broken', '#!/bin/nowhere\n'),
      /^nezuban: the runtime .* does not run on this machine: run "npm ci"/,
    ],
  ] as const;
  for (const [shim, sentence] of cases) {
    const { status, stderr } = run(shim, 'manager');
    assert.equal(status, 1);
    assert.match(stderr, sentence);
  }
});
