// The commands on kept secrets, and secrets of a start: values come from files and pipes, and are in no output.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

const value = 'Zq7-hunter2';
const view = {
  name: 'db',
  description: null,
  usedBy: ['night'],
  lost: false,
  revision: 3,
  updatedAt: '2026-11-26T09:00:00.000Z',
  updatedBy: 'sato',
};

test('nezuban secret: set from a file, listed with who names it, deleted; never shown', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-var-cli-'));
  try {
    const file = path.join(folder, 'value');
    await writeFile(file, `${value}\n`);
    const bodies: unknown[] = [];
    await using manager = await startFakeManager({
      ...handlers,
      listSecrets: () => ({ items: [view], nextCursor: null }),
      putSecret: ({ body }) => {
        bodies.push(body);
        return view;
      },
      deleteSecret: () => undefined,
    });
    const set = await runCli(['secret', 'set', 'db', '--file', file], { url: manager.url });
    assert.equal(set.exitCode, 0, set.stderr);
    assert.deepEqual(bodies, [{ value }]);
    assert.equal(`${set.stdout}${set.stderr}`.includes(value), false);
    const listed = await runCli(['secret', 'list'], { url: manager.url });
    assert.match(listed.stdout, /db +night +sato/);
    const gone = await runCli(['secret', 'delete', 'db'], { url: manager.url });
    assert.equal(gone.stdout, 'The secret db is deleted.\n');
    const missing = await runCli(['secret', 'set', 'db', '--file', path.join(folder, 'none')], {
      url: manager.url,
    });
    assert.match(missing.stderr, /cannot be read/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('nezuban run --secret: from a file, beside other parameters; twice the same: refused', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-var-cli-'));
  try {
    const file = path.join(folder, 'value');
    await writeFile(file, value);
    const given: unknown[] = [];
    await using manager = await startFakeManager({
      ...handlers,
      runNet: (request) => {
        given.push((request as { body: { parameters: unknown } }).body.parameters);
        return (handlers['runNet'] as (asked: typeof request) => never)(request);
      },
    });
    const started = await runCli(
      ['run', 'night/settlement', '--parameter', 'A=1', '--param', 'DATE=2', '--secret', `PW=${file}`],
      { url: manager.url },
    );
    assert.equal(started.exitCode, 0, started.stderr);
    assert.deepEqual(given, [{ A: '1', DATE: '2', PW: value }]);
    assert.equal(`${started.stdout}${started.stderr}`.includes(value), false);
    const twice = await runCli(['run', 'n', '--secret', `PW=${file}`, '--secret', `PW=${file}`], {
      url: manager.url,
    });
    assert.match(twice.stderr, /--secret PW is given twice/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
