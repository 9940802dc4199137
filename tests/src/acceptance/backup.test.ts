/**
 * A backup while clients write and jobs run, the loss of the host, a restore to a point in time on a fresh home with the agent that was left, and the
 * same data carried over as text. With the real product; the parts alone are in `ha/src/backup/backup.test.ts`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { readLedger } from './ledger-net.ts';
import {
  choosePlace,
  type Product,
  repositoryRoot,
  startProduct,
  waitForLocalAgent,
  waitUntilGone,
} from './product.ts';

const STEP_MS = 300_000;
const launcher = path.join(repositoryRoot, 'cli/bin/nezuban');

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

async function nezuban(...args: readonly string[]): Promise<Ran> {
  return await new Promise((resolve) => {
    execFile(launcher, [...args], { timeout: STEP_MS }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

const netYaml = (name: string, command: string): string =>
  `kind: jobnet\nname: ${name}\ntarget: { node: local }\nunits:\n  - name: work\n    command: '${command}'\n`;

/** Applies one net after the other, and remembers when each was begun and acknowledged. */
function startWriter(product: Product) {
  const acknowledged: { readonly name: string; readonly begunAt: number; readonly at: number }[] = [];
  let stopped = false;
  const writing = (async () => {
    for (let index = 0; !stopped; index += 1) {
      const name = `load/net-${index}`;
      const begunAt = Date.now();
      await product.call(operations.applyDefinitions, { body: netYaml(name, 'true') });
      acknowledged.push({ name, begunAt, at: Date.now() });
    }
  })();
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await writing;
    },
  };
}

async function netNames(product: Product): Promise<Set<string>> {
  const names = new Set<string>();
  let cursor: string | undefined;
  do {
    const page: { items: readonly { name: string }[]; nextCursor: string | null } = await product.call(
      operations.listNets,
      { query: { limit: 200, ...(cursor !== undefined && { cursor }) } },
    );
    for (const { name } of page.items) names.add(name);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return names;
}

async function endOf(product: Product, id: number) {
  return await waitFor(
    async () => {
      const session = await product.call(operations.getSession, { params: { id } });
      return session.state === 'ended' && session;
    },
    { timeoutMs: STEP_MS, intervalMs: 100, message: `the end of session ${id}` },
  );
}

test('backup: made under load, the host lost, restored to a point in time: all that was acknowledged is there, nothing runs twice', async () => {
  await using scratch = createScratchHome();
  // The homes lie in it, and PostgreSQL's own user has to come through.
  await chmod(scratch.path, 0o711);
  const directory = path.join(scratch.path, 'backups');
  const ledger = path.join(scratch.path, 'ledger');
  const place = await choosePlace(path.join(scratch.path, 'a'));
  let product = await startProduct(place);
  let told = Infinity;
  let longSession: number;
  let written: ReturnType<typeof startWriter>['acknowledged'];
  try {
    await waitForLocalAgent(product);
    await product.call(operations.putSettings, {
      params: { section: 'backup' },
      body: { directory, keep: 3 },
      ifMatch: null,
    });
    const writer = startWriter(product);
    written = writer.acknowledged;
    await product.call(operations.applyDefinitions, {
      // It ends after the host is lost, however long the backup takes.
      body: netYaml(
        'work/long',
        `echo "work 1 1 $NEZUBAN_ATTEMPT_ID" >> ${ledger}; until [ -e ${ledger}.end ] || [ ! -e ${ledger} ]; do sleep 0.2; done`,
      ),
    });
    await product.call(operations.applyDefinitions, { body: netYaml('work/short', 'echo done') });
    const short = await product.call(operations.runNet, { params: { name: 'work/short' }, body: {} });
    await endOf(product, short.id);
    await product.call(operations.createBackup);
    longSession = (await product.call(operations.runNet, { params: { name: 'work/long' }, body: {} })).id;
    const status = await waitFor(
      async () => {
        const now = await product.call(operations.getBackupStatus);
        return now.running === null && now.last !== null && now;
      },
      { timeoutMs: STEP_MS, message: 'the backup' },
    );
    assert.equal(status.last?.ok, true, status.last?.says ?? '');
    const { items } = await product.call(operations.listBackups);
    assert.equal(items.length, 1);
    assert.equal(items[0]?.verifiedHow, 'checksums');
    await waitFor(async () => (await readLedger(ledger)).length === 1, { message: 'the long command' });
    const before = written.length;
    await waitFor(() => written.length > before + 3, { message: 'more writes' });
    told = Date.now();
    await waitFor(
      async () => {
        const until = (await product.call(operations.getBackupStatus)).archive?.until ?? null;
        return until !== null && Date.parse(until) > told;
      },
      { timeoutMs: STEP_MS, message: 'the archive of the log' },
    );
    await writer.stop();
    product.process.kill('SIGKILL');
  } finally {
    if (product.process.child.exitCode === null) product.process.kill('SIGKILL');
    await waitUntilGone(place.home);
  }

  // The command goes on without manager and agent. Its folder is moved when it has ended, as from a disk that is put into another host.
  await writeFile(`${ledger}.end`, '');
  const attempts = path.join(place.home, 'agent/attempts');
  await waitFor(
    async () =>
      (await readdir(attempts)).some(
        (id) => id.startsWith(`${longSession}-`) && existsSync(path.join(attempts, id, 'exit')),
      ),
    { timeoutMs: STEP_MS, message: 'the exit record of the long command' },
  );

  const home = path.join(scratch.path, 'b');
  const toTime = new Date(told).toISOString();
  const restored = await nezuban(
    'backup',
    'restore',
    '--from',
    directory,
    '--home',
    home,
    '--to-time',
    toTime,
  );
  assert.equal(restored.code, 0, restored.stderr);
  assert.match(restored.stdout, /holds everything that was acknowledged before/);
  const again = await nezuban('backup', 'restore', '--from', directory, '--home', home);
  assert.match(again.stderr, /is not empty .*nothing is ever restored over what is there/);
  await rename(path.join(place.home, 'agent'), path.join(home, 'agent'));

  product = await startProduct({ ...place, home });
  try {
    const names = await netNames(product);
    const lost = written.filter(({ at, name }) => at < told && !names.has(name));
    assert.deepEqual(lost, [], 'everything acknowledged before the instant is there');
    const tooNew = written.filter(({ begunAt, name }) => begunAt > told && names.has(name));
    assert.deepEqual(tooNew, [], 'nothing of later');
    assert.ok(
      written.some(({ begunAt }) => begunAt > told),
      'something came later',
    );

    await waitForLocalAgent(product);
    const { items: events } = await product.call(operations.listEvents, { query: { limit: 100 } });
    assert.ok(
      events.some(({ code }) => code === 'backup_restored'),
      'it is said',
    );
    const session = await endOf(product, longSession);
    assert.equal(session.endStatus, 'normal', 'the agent was asked, and knew');
    assert.equal((await readLedger(ledger)).length, 1, 'it ran once');

    const refused = await product.call(operations.runNet, { params: { name: 'work/short' }, body: {} }).then(
      () => 'it was started',
      (error: Error) => error.message,
    );
    assert.match(refused, /Restored from the backup/, 'nothing new starts before it is resumed');
    const noBackup = await product.call(operations.createBackup).then(
      () => 'it was begun',
      (error: Error) => error.message,
    );
    assert.match(noBackup, /nobody has resumed it/, 'the folder of backups is left alone');
    assert.equal((await product.call(operations.getBackupStatus)).archive, null);
    await product.call(operations.resume, { body: { place: { kind: 'manager' } } });
    const fresh = await product.call(operations.runNet, { params: { name: 'work/short' }, body: {} });
    assert.equal((await endOf(product, fresh.id)).endStatus, 'normal');
    await product.call(operations.createBackup);

    const file = path.join(scratch.path, 'export.zst');
    const writer = startWriter(product);
    const exported = await nezuban('backup', 'export', file, '--home', home);
    await writer.stop();
    assert.equal(exported.code, 0, exported.stderr);
    const third = path.join(scratch.path, 'c');
    const imported = await nezuban('backup', 'import', file, '--home', third, '--json');
    assert.equal(imported.code, 0, imported.stderr);
    const [, rows] = /^(\d+) rows/.exec(exported.stdout) ?? [];
    assert.equal((JSON.parse(imported.stdout) as { rows: number }).rows, Number(rows));
  } finally {
    await product.stop();
  }
});
