/**
 * Freeze, drain and resume over the real product, by the command line: a node whose unit waits and then runs, a restart in between, and
 * a manager that is frozen over a due schedule, which then runs once.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
/** A schedule of every few seconds falls due in this time even on a machine busy with other tests. */
const DUE_MS = 300_000;

type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

describe('freeze', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  before(async () => {
    home = createScratchHome();
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-freeze-'));
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
  const apply = async (text: string) => {
    const file = path.join(folder, 'net.yaml');
    await writeFile(file, text);
    await must('apply', file);
  };
  const session = async (id: number): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id } });
  const linesOf = async (file: string): Promise<number> =>
    (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1;

  test('freeze: a node: what runs ends, what is ready waits with the reason through a restart, and runs once at the resume', async () => {
    const ledger = path.join(folder, 'ledger');
    const gate = path.join(folder, 'gate');
    await apply(`kind: jobnet
name: night/a
target: { node: local }
units:
  - { name: first, command: "while [ ! -e ${gate} ]; do sleep 0.1; done" }
  - { name: second, command: "echo ran >> ${ledger}", after: [first] }
`);
    const { id } = JSON.parse(await must('run', 'night/a', '--json')) as { id: number };
    await waitFor(async () => (await session(id)).units[0]?.state === 'running');
    const frozen = await must('freeze', 'node', 'local', '--reason', 'disk swap');
    assert.match(frozen, /Now node local is frozen by .*: disk swap\nStill running there: 1 command\./);
    const slow = await cli('drain', 'node', 'local', '--wait', '--timeout', '1');
    assert.equal(slow.code, 6);
    assert.match(slow.stderr, /first of session \d+ \(night\/a\) on local/);
    const drained = must('drain', 'node', 'local', '--wait', '--timeout', '45');
    await writeFile(gate, '');
    assert.match(await drained, /node local is drained: nothing runs there\.\n$/);
    const second = async () => (await session(id)).units[1];
    assert.equal((await second())?.state, 'waiting');
    assert.match(
      (await second())?.reason ?? '',
      /^Waits: node "local" is frozen by .* since .*: disk swap\.$/,
    );

    await product.stop();
    product = await startProduct(product.place);
    await waitForLocalAgent(product);
    assert.match(await must('frozen'), /node local .* disk swap/);
    assert.equal((await second())?.state, 'waiting');
    assert.equal(await linesOf(ledger), 0);

    assert.equal(await must('resume', 'node', 'local'), 'node local is resumed.\n');
    await waitFor(
      async () => (await session(id)).endStatus === 'normal' && (await session(id)).state === 'ended',
    );
    assert.equal(await linesOf(ledger), 1);
    assert.match(await must('audit'), /freeze/);
  });

  test('freeze: the manager over a due schedule: a start by hand is refused, and at the resume one run stands for all', async () => {
    await must('freeze', 'manager', '--reason', 'core switch');
    await apply(`kind: jobnet
name: often
target: { node: local }
schedules:
  - { name: s, cron: "*/5 * * * * *", timezone: UTC, missed: run_once }
units:
  - { name: a, command: "true" }
`);
    const refused = await cli('run', 'often');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /No session of "often" starts: the manager is frozen by .*: core switch/);
    await must('run', 'often', '--override-freeze', '--wait');
    const held = async () => (await product.call(operations.getFrozen)).heldStarts;
    const [first] = await waitFor(
      async () => {
        const starts = await held();
        return starts.length > 0 && starts;
      },
      { timeoutMs: DUE_MS },
    );
    // Until at least two have fallen due.
    await waitFor(() => Date.now() > Date.parse(first?.dueAt ?? '') + 6_000, { timeoutMs: DUE_MS });
    await must('freeze', 'net', 'often', '--reason', 'so that no more start');
    await must('resume', 'manager');
    const byManager = await product.call(operations.listSessions, { query: { net: 'often' } });
    assert.equal(byManager.items.filter(({ trigger }) => trigger.type === 'schedule').length, 0);
    await must('resume', 'net', 'often');
    const scheduled = async () =>
      (await product.call(operations.listSessions, { query: { net: 'often' } })).items.filter(
        ({ trigger }) => trigger.type === 'schedule',
      );
    await waitFor(async () => (await scheduled()).length > 0, { timeoutMs: DUE_MS });
    await must('freeze', 'net', 'often', '--reason', 'enough');
    const due = (await scheduled()).flatMap(({ trigger }) =>
      trigger.type === 'schedule' ? [trigger.dueAt] : [],
    );
    const { items: ends } = await product.call(operations.listEvents, { query: { code: ['work_resumed'] } });
    const resumedAt = Date.parse(ends[0]?.at ?? '');
    // One stands for all that were held; those that fell due since are of their own.
    assert.equal(due.filter((at) => Date.parse(at) <= resumedAt).length, 1);
    const { items } = await product.call(operations.listEvents, { query: { code: ['schedule_late'] } });
    assert.match(
      items[0]?.message ?? '',
      /starts of often by schedule "s" .* were held by a freeze; one start/,
    );
  });
});
