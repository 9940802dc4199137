/**
 * `npm run proof:upgrade [-- --version 17.10.0-beta.17 | --postgres DIR]`: the data of a manager whose PostgreSQL is one major version older, carried
 * into this release by `nezuban backup export` and `import`, as the page "Upgrade" says, and compared table by table.
 *
 * A script of its own, since it fetches another PostgreSQL with npm. Everything is in a scratch folder, which is removed.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { operations } from '@nezuban/protocol/api/operations';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { fetchPostgres, makeRelease, versionOf } from './other-release.ts';
import { choosePlace, type Product, repositoryRoot, startProduct, waitForLocalAgent } from './product.ts';
import { differences, digestsAtRest, digestsOfRunning } from './table-digests.ts';

const { values } = parseArgs({
  options: { version: { type: 'string', default: '17.10.0-beta.17' }, postgres: { type: 'string' } },
});
const STEP_MS = 300_000;
const SESSIONS = 12;
/** Something may be written by the manager itself while the export is made: it is made again then. */
const QUIET_TRIES_MAX = 5;

const DEFINITIONS = `kind: scope
name: 東京
title: 東京の本番
nodes: [local]
---
kind: jobnet
name: night/日次/締め
title: 夜間の締め
timezone: Asia/Tokyo
target: { scope: 東京 }
parameters:
  - { name: day, default: '2026-11-26' }
schedules:
  - { name: nightly, cron: "0 22 * * *" }
units:
  - { name: a, command: "printf 'tab\\\\there \\\\\\\\ back 口座 %s\\\\n' $NEZUBAN_SESSION_ID; echo wrong >&2" }
  - { name: b, command: "seq 1 2000", after: [a], retry: { count: 1 } }
---
kind: jobnet
name: night/fails
target: { node: local }
units:
  - { name: a, command: "exit 3" }
---
kind: notification
name: hook
channel:
  type: webhook
  url: https://hook.example/nezuban
  headers: { X-Token: a-secret }
---
kind: role
name: night-operator
title: 夜間オペレーター
grants:
  - { rights: [nets.read, nets.run], folder: night }
  - { effect: deny, rights: [nets.run], folder: night/日次 }
---
kind: maintenance_window
name: patch-day
places: [{ scope: 東京 }]
timezone: Asia/Tokyo
cron: "0 3 * * 0"
duration_min: 120
`;

async function nezuban(root: string, ...args: readonly string[]): Promise<string> {
  const command = path.join(root, 'cli/bin/nezuban');
  const { stdout } = await promisify(execFile)(command, [...args], { timeout: STEP_MS });
  return stdout;
}

async function runToEnd(product: Product, name: string): Promise<number> {
  const { id } = await product.call(operations.runNet, { params: { name }, body: {} });
  await waitFor(
    async () => (await product.call(operations.getSession, { params: { id } })).state !== 'running',
    {
      timeoutMs: STEP_MS,
      intervalMs: 100,
      message: `the end of session ${id}`,
    },
  );
  return id;
}

/** Something in every part of the product. */
async function fill(product: Product): Promise<void> {
  await waitForLocalAgent(product);
  const documents = DEFINITIONS.split('---\n');
  for (const body of documents) await product.call(operations.applyDefinitions, { body });
  for (let count = 0; count < SESSIONS; count += 1) await runToEnd(product, 'night/日次/締め');
  await runToEnd(product, 'night/fails');
  await product.call(operations.createUser, {
    body: { name: 'sato', title: '佐藤 花子', roles: ['night-operator'] },
  });
  await product.call(operations.createToken, { body: { name: 'ci', expires_in_days: 30 } });
  await product.call(operations.freeze, {
    body: { place: { kind: 'net', name: 'night/fails' }, reason: 'upgrade 更新' },
  });
  await product.call(operations.putSettings, {
    params: { section: 'retention' },
    body: { events_days: 800 },
    ifMatch: null,
  });
  const { items } = await product.call(operations.listEvents, { query: { limit: 50 } });
  await product.call(operations.confirmEvents, {
    body: { ids: items.slice(0, 3).map(({ id }) => id), confirmed: true, comment: '確認しました' },
  });
}

type Answers = Readonly<Record<string, unknown>>;

/** What people see, by the API: of the same data the same, under either server. */
async function whatPeopleSee(product: Product): Promise<Answers> {
  const { items: sessions } = await product.call(operations.listSessions, { query: { limit: 100 } });
  const details = [];
  for (const { id } of sessions) {
    const session = await product.call(operations.getSession, { params: { id } });
    const attempts = [];
    for (const { path: unit } of session.units)
      attempts.push(
        ...(await product.call(operations.listAttempts, { params: { id }, query: { unit } })).items,
      );
    const outputs = [];
    for (const { id: attemptId } of attempts)
      for (const stream of ['stdout', 'stderr'] as const)
        outputs.push(
          (
            await product.call(operations.getOutput, {
              params: { attemptId },
              query: { stream, offset: 0, limit: 100_000 },
            })
          ).text,
        );
    details.push({ session, outputs });
  }
  const events = await product.call(operations.listEvents, { query: { limit: 200 } });
  return {
    details,
    definitions: await product.call(operations.exportDefinitions),
    events: events.items.filter(({ code }) => code.startsWith('session_') || code.startsWith('unit_')),
    users: (await product.call(operations.listUsers)).items.map(({ name, title }) => ({ name, title })),
    roles: (await product.call(operations.listRoles)).items.map(({ role }) => role),
    retention: (await product.call(operations.getSettings, { params: { section: 'retention' } })).values,
  };
}

async function main(): Promise<void> {
  await using scratch = createScratchHome();
  // PostgreSQL's own user has to come through.
  fs.chmodSync(scratch.path, 0o711);
  const postgres = values.postgres ?? (await fetchPostgres(scratch.path, values.version));
  const older = path.join(scratch.path, 'older');
  await makeRelease(older, path.resolve(postgres));
  console.log(`An older release with PostgreSQL ${versionOf(postgres)} lies in ${older}.`);

  const place = await choosePlace(path.join(scratch.path, 'a'));
  const file = path.join(scratch.path, 'export.zst');
  let product = await startProduct(place, { release: older });
  let before;
  let seen;
  try {
    await fill(product);
    seen = await whatPeopleSee(product);
    await nezuban(
      older,
      'drain',
      'manager',
      '--reason',
      'upgrade',
      '--wait',
      '--url',
      product.url,
      '--home',
      place.home,
    );
    for (let tries = 1; before === undefined; tries += 1) {
      assert.ok(tries <= QUIET_TRIES_MAX, 'the manager never kept still');
      fs.rmSync(file, { force: true });
      const first = await digestsOfRunning(place.home);
      console.log((await nezuban(older, 'backup', 'export', file, '--home', place.home)).trim());
      if (differences(first, await digestsOfRunning(place.home)).length === 0) before = first;
    }
  } finally {
    await product.stop();
  }
  console.log(
    `Exported from PostgreSQL ${before.server}: ${before.rows} rows of ${before.of.size} tables and sequences.`,
  );

  const refused = await nezuban(repositoryRoot, 'manager', '--home', place.home).then(
    () => 'it started',
    (error: Error) => error.message,
  );
  assert.match(refused, /is of PostgreSQL 17, this release runs PostgreSQL 18/, 'the old home is left alone');

  const home = path.join(scratch.path, 'b');
  console.log((await nezuban(repositoryRoot, 'backup', 'import', file, '--home', home)).trim());
  const after = await digestsAtRest(home, scratch.path);
  assert.deepEqual(differences(before, after), [], 'every table holds what it held');
  console.log(`Imported into PostgreSQL ${after.server}: the same.`);

  fs.renameSync(path.join(place.home, 'agent'), path.join(home, 'agent'));
  product = await startProduct({ ...place, home });
  try {
    await waitForLocalAgent(product);
    assert.deepEqual(await whatPeopleSee(product), seen, 'people see the same');
    await product.call(operations.resume, { body: { place: { kind: 'manager' } } });
    const id = await runToEnd(product, 'night/日次/締め');
    const session = await product.call(operations.getSession, { params: { id } });
    assert.equal(session.endStatus, 'normal');
    console.log(
      'The manager serves the same answers with the new PostgreSQL, the agent has come back, and nets run.',
    );
  } finally {
    await product.stop();
  }
}

await main();
