/**
 * Definitions as code over the real product: what is exported into a folder, kept in Git and applied again is "unchanged" for every
 * definition of every kind, with comments and layout as people left them, and without a secret in any file.
 *
 * Not responsible for single formats (core/src/definitions) and for every way of the commands (cli/src/commands/definitions).
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createScratchHome } from '../support/scratch-home.ts';
import { choosePlace, repositoryRoot, startProduct, type Product, waitForLocalAgent } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const CLI_TIMEOUT_MS = 300_000;
const SECRETS = ['hunter2-mail', 'hunter2-hook'];

/** One of every kind, several to a file, with comments. */
const FIRST = `# Scopes of the site.
kind: scope
name: everything
---
kind: scope
name: web   # the front
title: ウェブ
parent: everything
nodes: [local]
---
kind: notification
name: night-mail
priorities: [critical, warning]
nets: ["night/*"]
times:
  only: [{ calendar: bank, on: closed }]
channel:
  type: mail
  smtp: { host: mail.example, user: nezuban, password: hunter2-mail }
  from: nezuban@example.com
  to: [ops@example.com]
---
kind: notification
name: hook
channel:
  type: webhook
  url: https://hook.example/nezuban
  headers: { X-Team: night, X-Token: hunter2-hook }
---
kind: jobnet
name: night/日次/settlement
title: 夜間決済
timezone: Asia/Tokyo
target: { scope: web }
schedules:
  - { name: nightly, cron: "0 22 * * *" }
  - { name: closing, calendar: bank, days: ["open -1"], times: ["26:00"] }
units:
  - { name: extract, command: "echo 1" }
  - { name: load, command: [sh, -c, "echo 2"], after: [extract], retry: { count: 2 } }
---
kind: jobnet
name: plain
target: { node: local }
units:
  - { name: a, command: "true" }
---
kind: role
name: night-operator
title: 夜間オペレーター
grants:
  - { rights: [nets.read, nets.run, output.read], folder: night }
  - { effect: deny, rights: [nets.run], folder: night/日次 }
---
kind: maintenance_window
name: patch-day
places: [{ scope: web }]
timezone: Asia/Tokyo
cron: "0 3 * * 0"
duration_min: 120
---
kind: trap_monitor
name: routers
title: ルータ
source: syslog
scope: web
rules:
  - name: link-down   # the first that fits decides
    when: { text: { matches: 'link (\\d+) (down|断)', ignore_case: true }, severities: [err, crit] }
    priority: critical
    message: "{{host}}: {{1}}"
    key: link:{{1}}
  - { name: noise, do: ignore, when: { apps: [snmpd, "cron*"] } }
unmatched: unknown
---
kind: calendar
name: bank
inherits: japan
day_starts: "05:00"
closed:
  - { date: 12-31, to: 01-03, name: 年末年始 }
---
kind: calendar
name: japan   # after the one that inherits from it
timezone: Asia/Tokyo
closed: [{ date: 2027-01-01, name: 元日 }, 2027-02-11]
---
kind: trap_alias
name: relay
addresses: [192.0.2.1, "2001:db8::/32"]
node: claimed
`;
describe('definitions as code', { timeout: 1_200_000 }, () => {
  let product: Product;
  let home: ReturnType<typeof createScratchHome>;
  let work: ReturnType<typeof createScratchHome>;
  let folder: string;
  let count: number;

  before(async () => {
    home = createScratchHome();
    work = createScratchHome();
    folder = path.join(work.path, 'definitions');
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product.stop();
    await home.remove();
    await work.remove();
  });

  const nezuban = (...words: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: product.place.home, NO_COLOR: '1' };
      execFile(CLI, words, { env, timeout: CLI_TIMEOUT_MS }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
    });
  const git = (...words: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example', '-c', 'core.quotePath=off', ...words],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
  const succeed = async (...words: string[]): Promise<string> => {
    const result = await nezuban(...words);
    assert.equal(result.code, 0, `${words.join(' ')}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };

  test('export, Git, apply: everything is unchanged, no secret stands in a file', async () => {
    const first = path.join(work.path, 'first.yaml');
    await writeFile(first, FIRST);
    await succeed('apply', first);
    await succeed('export', '--all', '--to', folder);
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'Export');
    const files = git('ls-files').trim().split('\n');
    count = files.length;
    assert.deepEqual(files, [
      'calendars/bank.yaml',
      'calendars/japan.yaml',
      'maintenance-windows/patch-day.yaml',
      'nets/night/日次/settlement.yaml',
      'nets/plain.yaml',
      'notifications/hook.yaml',
      'notifications/night-mail.yaml',
      'roles/night-operator.yaml',
      'scopes/everything.yaml',
      'scopes/web.yaml',
      'trap-aliases/relay.yaml',
      // Three of them stand there from the start.
      'trap-monitors/custom-traps.yaml',
      'trap-monitors/routers.yaml',
      'trap-monitors/severe-syslog.yaml',
      'trap-monitors/standard-snmp.yaml',
    ]);
    for (const file of files) {
      const text = await readFile(path.join(folder, file), 'utf8');
      for (const secret of SECRETS) assert.ok(!text.includes(secret), `${file} holds a secret`);
    }
    assert.match(
      await readFile(path.join(folder, 'notifications/night-mail.yaml'), 'utf8'),
      /password: "\*{8}"/,
    );

    const applied = await succeed('apply', '--atomic', folder);
    assert.equal(applied.trim().split('\n').length, files.length);
    for (const line of applied.trim().split('\n')) assert.match(line, / unchanged /);
    assert.equal((await nezuban('diff', folder)).code, 0);
    assert.equal(
      (await nezuban('diff', first)).code,
      0,
      'the first file, with the secrets in clear, means the same',
    );
    await succeed('apply', folder);
  });

  test('a person edits files: comments stay, diff shows the one change, and a second export writes nothing', async () => {
    const net = path.join(folder, 'nets/plain.yaml');
    await writeFile(
      net,
      `# Why it is here: the auditors want it.\n${(await readFile(net, 'utf8')).replace('"true"', '"echo new"').replace('command: true', 'command: echo new')}`,
    );
    await mkdir(path.join(folder, 'moved'), { recursive: true });
    git('mv', 'scopes/web.yaml', 'moved/web-scope.yml');
    const diff = await nezuban('diff', folder);
    assert.equal(diff.code, 5, diff.stderr);
    assert.match(diff.stdout, /^jobnet plain: would be updated[^]*\n-.*true.*\n\+.*echo new/m);
    assert.match(
      diff.stderr,
      new RegExp(`${count} definitions: 1 would be updated, ${count - 1} unchanged\\.`),
    );
    await succeed('apply', '--atomic', folder);
    git('add', '.');
    git('commit', '-qm', 'Edit');
    assert.match(
      await succeed('export', '--all', '--to', folder),
      new RegExp(`^0 written, ${count} unchanged`),
    );
    assert.equal(git('status', '--porcelain'), '');
    assert.match(await readFile(net, 'utf8'), /^# Why it is here/);
  });

  test('a secret is changed: diff says that it is another one, never which', async () => {
    const file = path.join(folder, 'notifications/hook.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"********"', 'another-secret'));
    const diff = await nezuban('diff', file);
    assert.equal(diff.code, 5, diff.stderr);
    assert.match(diff.stdout, /\n\+ +X-Token: "\*{8} \(new\)"/);
    assert.ok(!diff.stdout.includes('another-secret'));
    await writeFile(file, text);
    await succeed('apply', file);
  });

  test('prune: nets of the folder that stand in no file are deleted; one bad file of a set: nothing is changed', async () => {
    git('rm', '-q', 'nets/night/日次/settlement.yaml');
    assert.match((await nezuban('apply', folder, '--prune', 'night')).stderr, /night\/日次\/settlement/);
    const bad = path.join(folder, 'nets/bad.yaml');
    await writeFile(bad, 'kind: jobnet\nname: bad\nunits: []\n');
    const refused = await nezuban('apply', folder, '--prune', 'night', '--yes');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /nets\/bad\.yaml:3/);
    assert.match(await succeed('nets'), /settlement/);
    await writeFile(
      bad,
      'kind: jobnet\nname: good\ntarget: { node: local }\nunits: [{ name: a, command: "true" }]\n',
    );
    const pruned = await succeed('apply', folder, '--prune', 'night', '--yes');
    assert.match(pruned, /jobnet night\/日次\/settlement deleted\n/);
    assert.ok(!(await succeed('nets')).includes('settlement'));
    assert.deepEqual((await readdir(path.join(folder, 'nets'))).toSorted(), ['bad.yaml', 'plain.yaml']);
  });
});
