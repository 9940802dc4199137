// Definitions as files: apply of folders in one change, diff, and export into a folder that a person keeps in Git.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { DefinitionComparison } from '@nezuban/protocol/api/definitions-operations';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { pathOf, planExport } from './export-plan.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
const newFolder = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = mkdtempSync('/tmp/nz-cli-folder-');
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
};

/** A manager whose definitions are their names: a text is the same if it is so without comments. */
const start = (inForce: Readonly<Record<string, string>>) => {
  const bare = (text: string) => text.replaceAll(/^#.*\n/gm, '');
  const documentsOf = (files: readonly { name: string; text: string }[]) =>
    files.flatMap(({ name: file, text }) =>
      text.split('---\n').map((yaml, index) => ({
        kind: 'jobnet',
        name: /^name: (.*)$/m.exec(yaml)?.[1] ?? '',
        file,
        line: index + 1,
        yaml: bare(yaml),
      })),
    );
  const sent: { files: string[]; prune: string | null; dryRun: boolean }[] = [];
  const compare = (files: readonly { name: string; text: string }[], prune: string | null) => {
    const documents = documentsOf(files);
    const changes = documents.map(({ yaml, ...rest }): DefinitionComparison => {
      const before = inForce[rest.name] ?? null;
      const change = before === null ? 'created' : before === yaml ? 'unchanged' : 'updated';
      return { ...rest, change, before, after: yaml };
    });
    const pruned = Object.keys(inForce)
      .filter((name) => prune !== null && name.startsWith(`${prune}/`))
      .filter((name) => !documents.some((document) => document.name === name))
      .map((name): DefinitionComparison => {
        const before = inForce[name] ?? '';
        return { kind: 'jobnet', name, change: 'deleted', file: null, line: null, before, after: null };
      });
    return [...changes, ...pruned];
  };
  return {
    sent,
    manager: startFakeManager({
      exportDefinitions: () => ({
        items: Object.entries(inForce).map(([name, yaml]) => ({ kind: 'jobnet', name, yaml })),
        nextCursor: null,
      }),
      compareDefinitions: ({ body }) => ({ changes: compare(body.files, body.prune) }),
      applyDefinitionSet: ({ body }) => {
        sent.push({ files: body.files.map(({ name }) => name), prune: body.prune, dryRun: body.dryRun });
        return { dryRun: body.dryRun, changes: compare(body.files, body.prune) };
      },
    }),
  };
};

test('diff: something would change: a unified diff, and the exit code says so; nothing would: code 0', async () => {
  const { manager } = start({ a: 'name: a\nx: 1\n' });
  await using running = await manager;
  const folder = newFolder({
    'a.yaml': 'name: a\nx: 2\n',
    'sub/b.yml': 'name: b\n',
    '.git/c.yaml': 'broken',
    'd.txt': '',
  });
  const result = await runCli(['diff', folder], { url: running.url });
  assert.equal(result.exitCode, exitCodes.different, result.stderr);
  assert.equal(
    result.stdout,
    `jobnet a: would be updated (${folder}/a.yaml:1)\n--- in force: jobnet a\n+++ ${folder}/a.yaml\n@@ -1,2 +1,2 @@\n name: a\n-x: 1\n+x: 2\n\n` +
      `jobnet b: would be created (${folder}/sub/b.yml:1)\n--- /dev/null\n+++ ${folder}/sub/b.yml\n@@ -0,0 +1,1 @@\n+name: b\n\n`,
  );
  assert.equal(result.stderr, '2 definitions: 1 would be created, 1 would be updated.\n');
  writeFileSync(`${folder}/a.yaml`, '# why\nname: a\nx: 1\n');
  rmSync(`${folder}/sub/b.yml`);
  const same = await runCli(['diff', folder, '--json'], { url: running.url });
  assert.equal(same.exitCode, exitCodes.ok);
  assert.equal(JSON.parse(same.stdout).different, false);
});

test('apply --atomic: a folder: every file in one request', async () => {
  const { manager, sent } = start({});
  await using running = await manager;
  const folder = newFolder({ 'b.yaml': 'name: b\n', 'a/x.yaml': 'name: x\n' });
  const result = await runCli(['apply', '--atomic', folder], { url: running.url });
  assert.equal(result.exitCode, exitCodes.ok, result.stderr);
  assert.deepEqual(sent, [{ files: [`${folder}/a/x.yaml`, `${folder}/b.yaml`], prune: null, dryRun: false }]);
});

test('apply --prune: what would be deleted is named and asked for; without a terminal it is refused with what to type', async () => {
  const { manager, sent } = start({ 'night/a': 'name: night/a\n', 'night/old': 'name: night/old\n' });
  await using running = await manager;
  const folder = newFolder({ 'a.yaml': 'name: night/a\n' });
  const refused = await runCli(['apply', folder, '--prune', 'night'], { url: running.url });
  assert.equal(refused.exitCode, exitCodes.usage);
  assert.match(refused.stderr, / {2}night\/old\n/);
  assert.match(refused.stderr, /type: nezuban apply \S+ --prune night --yes/);
  assert.deepEqual(
    sent.map(({ dryRun }) => dryRun),
    [true],
  );
  const done = await runCli(['apply', folder, '--prune', 'night', '--yes'], { url: running.url });
  assert.equal(done.exitCode, exitCodes.ok, done.stderr);
  assert.match(done.stdout, /jobnet night\/old deleted\n/);
  assert.equal(sent.at(-1)?.dryRun, false);
});

test('export --all --to, then Git: nothing differs; comments stay; only what changed is written', async () => {
  const inForce: Record<string, string> = { 'night/a': 'name: night/a\nx: 1\n', 夜: 'name: 夜\n' };
  const { manager } = start(inForce);
  await using running = await manager;
  const folder = newFolder();
  const git = (...words: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example', '-c', 'core.quotePath=off', ...words],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
  const exported = (...more: string[]) =>
    runCli(['export', '--all', '--to', folder, ...more], { url: running.url });
  assert.equal((await exported()).stdout, `2 written, 0 unchanged in ${folder}.\n`);
  writeFileSync(`${folder}/nets/夜.yaml`, '# why it is\nname: 夜\n');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'x');
  const again = await exported();
  assert.equal(again.exitCode, exitCodes.ok, again.stderr);
  assert.equal(again.stdout, `0 written, 2 unchanged in ${folder}.\n`);
  assert.equal(git('status', '--porcelain'), '');
  assert.equal((await runCli(['diff', folder], { url: running.url })).exitCode, exitCodes.ok);

  inForce['night/a'] = 'name: night/a\nx: 2\n';
  delete inForce['夜'];
  const changed = await exported();
  assert.match(changed.stderr, /left {5}nets\/夜\.yaml: jobnet "夜" is not in force; --prune removes it/);
  assert.equal(git('status', '--porcelain'), ' M nets/night/a.yaml\n');
  assert.equal(readFileSync(`${folder}/nets/night/a.yaml`, 'utf8'), 'name: night/a\nx: 2\n');
  assert.equal((await exported('--prune', '--yes')).exitCode, exitCodes.ok);
  assert.match(git('status', '--porcelain'), / D nets\/夜\.yaml\n/);
});

test('export plan: a definition that stands with others in a file: is told, the file stays', () => {
  const present = (name: string, change: 'unchanged' | 'updated' | 'created', file: string) =>
    ({ kind: 'jobnet', name, change, file, line: 1, before: null, after: null }) as const;
  const inForce = ['a', 'b', 'c'].map((name) => ({ kind: 'jobnet', name, yaml: `${name}\n` }));
  const steps = planExport(inForce, [
    present('a', 'updated', 'many.yaml'),
    present('b', 'unchanged', 'many.yaml'),
    present('x', 'created', 'nets/c.yaml'),
  ]);
  assert.deepEqual(
    steps.map((step) => [step.do, step.path]),
    [
      ['tell', 'many.yaml'],
      ['keep', 'many.yaml'],
      ['tell', 'nets/c.yaml'],
      ['remove', 'nets/c.yaml'],
    ],
  );
});

test('export paths: folders of job nets are folders, each kind has its own', () => {
  assert.equal(pathOf({ kind: 'jobnet', name: 'night/日次/a' }), 'nets/night/日次/a.yaml');
  assert.equal(
    pathOf({ kind: 'maintenance_window', name: 'patch-day' }),
    'maintenance-windows/patch-day.yaml',
  );
  assert.equal(pathOf({ kind: 'something_new', name: 'x' }), 'something_new/x.yaml');
});
