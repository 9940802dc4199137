/**
 * Operations on a live session over the real product, by the command line: a command that ignores TERM is stopped and then killed, its
 * result is set by hand, a suspended session outlives the death of the manager, and "why" and "--what-if" say beforehand what then is.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, waitForLocalAgent, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const CLI_TIMEOUT_MS = 300_000;
const END_MS = 300_000;

type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

const net = (folder: string): string => `kind: jobnet
name: night
target: { node: local }
units:
  - name: stubborn
    script: |
      #!/usr/bin/env bash
      trap '' TERM
      touch ${folder}/begun
      while :; do sleep 0.2; done
    kill_after_s: 3600
  - { name: use, command: "echo used >> ${folder}/used", after: [stubborn] }
  - { name: alarm, command: "echo alarm >> ${folder}/alarm", after: [{ unit: stubborn, on: [abnormal] }] }
`;

describe('operations on a live session', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  before(async () => {
    home = createScratchHome();
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-operate-'));
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product?.stop();
    await home?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const cli = async (...words: readonly string[]): Promise<Said> =>
    await new Promise((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: product.place.home, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
      execFile(CLI, [...words], { env, timeout: CLI_TIMEOUT_MS }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  const must = async (...words: readonly string[]): Promise<string> => {
    const said = await cli(...words);
    assert.equal(said.code, 0, `${words.join(' ')}: ${said.stderr}`);
    return said.stdout;
  };
  const session = async (id: string): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id: Number(id) } });
  const unitOf = (detail: SessionDetail, name: string) => {
    const unit = detail.units.find(({ path: each }) => each === name);
    assert.ok(unit !== undefined, name);
    return unit;
  };
  const until = async (id: string, holds: (detail: SessionDetail) => boolean): Promise<SessionDetail> =>
    await waitFor(
      async () => {
        const detail = await session(id);
        return holds(detail) && detail;
      },
      { timeoutMs: END_MS },
    );

  test('a command that ignores TERM: stopped, then killed; its result set by hand; what had been ruled out runs once', async () => {
    const file = path.join(folder, 'net.yaml');
    await writeFile(file, net(folder));
    await must('apply', file);
    const { id: number } = JSON.parse(await must('run', 'night', '--json')) as { id: number };
    const id = String(number);
    await until(id, (detail) => unitOf(detail, 'stubborn').attempts[0]?.state === 'running');
    assert.match(
      await must('why', id, 'use'),
      /^"use" waits for "stubborn", which is running on "local" since /,
    );

    const preview = await must('kill', id, '--unit', 'stubborn', '--what-if');
    assert.match(preview, /stubborn +is ended by KILL/);
    assert.match(preview, /use +never runs/);
    await must('stop', id, '--unit', 'stubborn');
    await until(id, (detail) => unitOf(detail, 'stubborn').state === 'stopping');
    await must('kill', id, '--unit', 'stubborn', '--reason', 'it ignores TERM');
    const killed = await until(id, ({ state }) => state === 'ended');
    assert.equal(unitOf(killed, 'stubborn').attempts[0]?.signal, 'SIGKILL');
    assert.equal(unitOf(killed, 'use').state, 'not_run');
    assert.equal(unitOf(killed, 'alarm').endStatus, 'normal');

    await must('set-status', id, 'normal', '--unit', 'stubborn', '--reason', 'its work was done');
    const mended = await until(id, ({ state, endStatus }) => state === 'ended' && endStatus === 'normal');
    assert.deepEqual(
      mended.units.map(({ path: each, endStatus, run }) => [each, endStatus, run]),
      [
        ['stubborn', 'normal', 1],
        ['use', 'normal', 2],
        ['alarm', 'normal', 1],
      ],
    );
  });

  test('suspended over the death of the manager: nothing starts meanwhile; released, it goes on', async () => {
    const { id: number } = JSON.parse(await must('run', 'night', '--json')) as { id: number };
    const id = String(number);
    await until(id, (detail) => unitOf(detail, 'stubborn').attempts[0]?.state === 'running');
    await must('suspend', id, '--reason', 'look first');
    await must('kill', id, '--unit', 'stubborn');
    await until(id, (detail) => unitOf(detail, 'stubborn').state === 'ended');
    for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
    await waitFor(async () => (await cli('session', 'show', id)).stdout.includes('suspended by'), {
      timeoutMs: END_MS,
    });
    assert.equal(unitOf(await session(id), 'alarm').state, 'waiting');
    assert.match(await must('why', id, 'alarm'), /its session was suspended by .*: look first/);
    await must('release', id);
    const over = await until(id, ({ state }) => state === 'ended');
    assert.equal(unitOf(over, 'alarm').endStatus, 'normal');
  });
});
