/**
 * Backups without a manager around them: what is refused and how, what a cut leaves, the archived log over a restart, and the way out and in as text.
 * With a real PostgreSQL that has the manager's tables. The whole, with manager and agent: `tests/src/acceptance/backup.test.ts`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { restoringSentence } from '../keeper/restoring.ts';
import { readBlocks } from './block-file.ts';
import { backup, closeHome, openHome, type Home } from '../testing/backup-home.ts';
import { parseBackup } from './options.ts';
import { restoredTerm } from './restore-backup.ts';
import { planStart } from './wal-archive.ts';
import { runBackup } from './run.ts';
import { parseHistory, type Segment } from './wal-files.ts';

const STEP_MS = 60_000;
const scratch = fs.mkdtempSync('/tmp/nz-bak-');
const directory = path.join(scratch, 'backups');
let home: Home;

before(async () => {
  fs.chmodSync(scratch, 0o755);
  home = await openHome(path.join(scratch, 'a'), true);
});

after(async () => {
  await closeHome(home);
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function made(...args: readonly string[]): Promise<string> {
  const said = await backup('create', '--home', home.path, '--to', directory, '--json', ...args);
  assert.equal(said.code, 0, said.stderr);
  return path.join(directory, (JSON.parse(said.stdout) as { name: string }).name);
}

/** A copy of a backup in a folder of its own, to be harmed. */
function copyOf(folder: string, name: string): string {
  const copy = path.join(scratch, name, path.basename(folder));
  fs.cpSync(folder, copy, { recursive: true });
  return copy;
}

test('backup: made, listed, verified; nothing else is left in the folder', async () => {
  const folder = await made('--verify');
  const listed = await backup('list', '--from', directory);
  assert.match(listed.stdout, new RegExp(`${path.basename(folder)} .*verified .*checksums`));
  assert.deepEqual(
    fs.readdirSync(directory).filter((name) => !name.startsWith('.')),
    [path.basename(folder), 'place.json'],
  );
  for (const name of fs.readdirSync(folder))
    assert.equal(fs.statSync(path.join(folder, name)).mode & 0o077, 0, `${name} is its owner's alone`);
});

test('backup: torn, changed, foreign, newer: each is refused with a sentence, and no home is begun', async () => {
  const folder = await made();
  const target = path.join(scratch, 'never');
  const harm: readonly (readonly [string, RegExp, (copy: string) => void])[] = [
    [
      'torn',
      /is damaged: (data\.tar\.zst is not what was written|.*cannot be read|.*cut off)/,
      (copy) => fs.truncateSync(path.join(copy, 'data.tar.zst'), 100_000),
    ],
    [
      'flipped',
      /damaged/,
      (copy) => {
        const file = path.join(copy, 'data.tar.zst');
        const bytes = fs.readFileSync(file);
        bytes[300_000] = (bytes[300_000] ?? 0) ^ 0x40;
        fs.writeFileSync(file, bytes);
      },
    ],
    ['keyless', /lacks its file keys\.json/, (copy) => fs.rmSync(path.join(copy, 'keys.json'))],
    [
      'changed',
      /was changed or damaged after the backup was made/,
      (copy) => replaceIn(copy, '"term": 131072', '"term": 1'),
    ],
    [
      'newer',
      /was made by release 99\.0\.0, and this is release/,
      (copy) => replaceIn(copy, /"release": "[^"]*"/, '"release": "99.0.0"'),
    ],
    [
      'other',
      /is a backup of another product/,
      (copy) => replaceIn(copy, '"product": "nezuban"', '"product": "else"'),
    ],
    ['empty', /is no backup of Nezuban/, (copy) => fs.rmSync(path.join(copy, 'manifest.json'))],
  ];
  for (const [name, says, work] of harm) {
    const copy = copyOf(folder, name);
    work(copy);
    const verified = await backup('verify', '--from', path.dirname(copy), path.basename(copy));
    assert.match(verified.stderr, says, name);
    assert.equal(verified.code, 5, name);
    if (name === 'keyless') continue;
    const restored = await backup(
      'restore',
      '--from',
      path.dirname(copy),
      path.basename(copy),
      '--home',
      target,
    );
    assert.notEqual(restored.code, 0, name);
    assert.match(restored.stderr, /^.*nezuban: [^\n]+\n$/s, name);
    assert.ok(!restored.stderr.includes('Something broke'), restored.stderr);
    for (const part of ['postgres', 'manager', 'keeper', 'restoring.json'])
      assert.ok(!fs.existsSync(path.join(target, part)), `${name} leaves no ${part}`);
  }
});

function replaceIn(copy: string, what: string | RegExp, by: string): void {
  const file = path.join(copy, 'manifest.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(what, by));
}

test('backup: the folder of another manager: refused, and nothing is put into it', async () => {
  const foreign = path.join(scratch, 'foreign');
  fs.mkdirSync(foreign);
  fs.writeFileSync(path.join(foreign, 'place.json'), '{"product":"nezuban","systemIdentifier":"1"}');
  const said = await backup('create', '--home', home.path, '--to', foreign);
  assert.match(said.stderr, /holds the backups of another manager/);
  assert.deepEqual(fs.readdirSync(foreign), ['place.json']);
});

test('backup: what a writer that was killed has left: no backup, and gone with the next one', async () => {
  fs.mkdirSync(path.join(directory, '.draft-20260101T000000Z-0000'), { recursive: true });
  fs.mkdirSync(path.join(directory, '20260101T000000Z-0000'));
  const listed = await backup('list', '--from', directory);
  assert.doesNotMatch(listed.stdout, /20260101/);
  await made();
  assert.ok(!fs.existsSync(path.join(directory, '.draft-20260101T000000Z-0000')));
  fs.rmdirSync(path.join(directory, '20260101T000000Z-0000'));
});

test('backup: keys sealed with a passphrase: not readable without it, right with it; old ones go by --keep', async () => {
  const passphrase = path.join(scratch, 'passphrase');
  fs.writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
  const folder = await made('--passphrase-file', passphrase, '--keep', '1');
  assert.ok(!fs.readFileSync(path.join(folder, 'keys.sealed')).includes('content of'));
  assert.deepEqual(
    fs.readdirSync(directory).filter((name) => /^\d/.test(name)),
    [path.basename(folder)],
  );
  const target = path.join(scratch, 'sealed-home');
  const without = await backup('restore', '--from', directory, '--home', target);
  assert.match(without.stderr, /are sealed: name the file with the passphrase/);
  fs.writeFileSync(`${passphrase}2`, 'another long passphrase', { mode: 0o600 });
  const wrong = await backup(
    'restore',
    '--from',
    directory,
    '--home',
    target,
    '--passphrase-file',
    `${passphrase}2`,
  );
  assert.match(wrong.stderr, /passphrase does not open/);
  const right = await backup(
    'restore',
    '--from',
    directory,
    '--home',
    target,
    '--passphrase-file',
    passphrase,
  );
  assert.equal(right.code, 0, right.stderr);
  assert.equal(fs.readFileSync(path.join(target, 'manager/secret-key'), 'utf8'), 'content of secret-key');
  assert.equal(restoringSentence(target), null);
});

test('backup: verify --restore: recovers in a scratch folder and reads every row', async () => {
  await made();
  const said = await backup('verify', '--from', directory, '--restore', '--scratch', scratch);
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /all \d{4,} rows were read/);
  assert.match((await backup('list', '--from', directory)).stdout, /\(restore\)/);
  assert.deepEqual(
    fs.readdirSync(scratch).filter((name) => name.startsWith('nz-verify-')),
    [],
  );
});

test('backup: export and import: what comes out of the imported home is what went in, byte for byte', async () => {
  const [first, second] = [path.join(scratch, 'first.zst'), path.join(scratch, 'second.zst')];
  const said = await backup('export', first, '--home', home.path);
  assert.equal(said.code, 0, said.stderr);
  assert.match((await backup('export', first, '--home', home.path)).stderr, /is there already/);
  const target = path.join(scratch, 'imported');
  const imported = await backup('import', first, '--home', target);
  assert.equal(imported.code, 0, imported.stderr);
  const other = await openHome(target, false);
  try {
    assert.equal((await backup('export', second, '--home', target)).code, 0);
    const [one, two] = [await readAll(first), await readAll(second)];
    assert.ok(one.length > 6_000_000);
    // The first line says when; the second holds the keys, which are the same.
    assert.equal(withoutWhen(two), withoutWhen(one));
    const { rows } = await other.client.query<{ id: number }>(
      `INSERT INTO event (at, priority, code, message) VALUES (now(), 'info', 'manager_started', 'next') RETURNING id::int`,
    );
    assert.equal(rows[0]?.id, 3001, 'numbers go on');
  } finally {
    await closeHome(other);
  }
});

test('backup: an export that is cut off or changed: refused, and nothing is left of the home', async () => {
  const file = path.join(scratch, 'whole.zst');
  assert.equal((await backup('export', file, '--home', home.path)).code, 0);
  const bytes = fs.readFileSync(file);
  const target = path.join(scratch, 'not-imported');
  for (const [name, content] of [
    ['cut', bytes.subarray(0, bytes.length - 200)],
    ['else', Buffer.from('no export at all')],
  ] as const) {
    fs.writeFileSync(`${file}.${name}`, content);
    const said = await backup('import', `${file}.${name}`, '--home', target);
    assert.equal(said.code, 5, `${name}: ${said.stderr}`);
    assert.match(said.stderr, /cut off|damaged|no export|cannot be read/);
    assert.ok(!fs.existsSync(path.join(target, 'postgres')), name);
  }
});

async function readAll(file: string): Promise<string> {
  const parts: Buffer[] = [];
  await readBlocks(file, { onContent: (chunk) => void parts.push(chunk) });
  return Buffer.concat(parts).toString('utf8');
}

/** Without the moment, and without the checksum over it. */
function withoutWhen(text: string): string {
  return text.replace(/"createdAt":"[^"]*"/, '').replace(/"sha256":"[0-9a-f]*"}\n$/, '');
}

test('backup: the archived log: continues after a restart, and a restore goes exactly as far as asked', async () => {
  const place = path.join(scratch, 'logged');
  const archive = () => {
    const interruption = new AbortController();
    let until = '';
    let all = '';
    const ended = runBackup({
      args: ['archive', '--home', home.path, '--to', place, '--json'],
      environment: {},
      stdin: new PassThrough(),
      stdout(text) {
        all += text;
        for (const line of text.trim().split('\n'))
          until = (JSON.parse(line) as { until: string | null }).until ?? until;
      },
      stderr: (text) => (all += text),
      isTerminal: false,
      interruption,
    });
    return {
      reached: async (instant: string) =>
        await waitFor(() => until > instant, { timeoutMs: STEP_MS, message: () => `the archive: ${all}` }),
      async stop() {
        interruption.abort(new Error('enough'));
        await ended;
      },
    };
  };
  const mark = async (name: string): Promise<string> => {
    await home.client.query('INSERT INTO scope (name, updated_by) VALUES ($1, $1)', [name]);
    // A time of ours ends with the millisecond: one that is surely later than the commit.
    await systemTimers.sleep(5);
    const { rows } = await home.client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return rows[0]!.now.toISOString();
  };
  const one = archive();
  await one.reached('2');
  assert.equal((await backup('create', '--home', home.path, '--to', place)).code, 0);
  await one.reached(await mark('before-restart'));
  await one.stop();
  // More than a segment, while nobody archives.
  await home.client.query(`SELECT pg_switch_wal()`);
  await mark('while-away');
  const two = archive();
  const wanted = await mark('wanted');
  await systemTimers.sleep(5);
  await two.reached(await mark('too-late'));
  await two.stop();
  const slots = await home.client.query('SELECT slot_name FROM pg_replication_slots');
  assert.equal(slots.rows.length, 1, 'the log is kept for it meanwhile');

  const target = path.join(scratch, 'at-a-time');
  const said = await backup('restore', '--from', place, '--home', target, '--to-time', wanted);
  assert.equal(said.code, 0, said.stderr);
  const other = await openHome(target, false);
  try {
    const { rows } = await other.client.query<{ name: string }>('SELECT name FROM scope ORDER BY name');
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['before-restart', 'first', 'wanted', 'while-away'],
    );
  } finally {
    await closeHome(other);
  }
  const late = await backup(
    'restore',
    '--from',
    place,
    '--home',
    path.join(scratch, 'x'),
    '--to-time',
    '2099-01-01T00:00:00Z',
  );
  assert.match(late.stderr, /reaches up to .*name a time before that/);
  const early = await backup(
    'restore',
    '--from',
    place,
    '--home',
    path.join(scratch, 'x'),
    '--to-time',
    '2020-01-01T00:00:00Z',
  );
  assert.match(early.stderr, /No backup in .* is old enough/);
  const segment = fs
    .readdirSync(path.join(place, 'wal'))
    .filter((name) => name.endsWith('.zst'))
    .toSorted()
    .at(-1)!;
  fs.truncateSync(path.join(place, 'wal', segment), 50);
  const torn = await backup('restore', '--from', place, '--home', path.join(scratch, 'x'));
  assert.notEqual(torn.code, 0, 'torn log is not taken for the end of it');
  fs.rmSync(path.join(place, 'wal', segment));
  assert.match((await backup('verify', '--from', place)).stderr, /has a gap|is missing/);
});

const segment = (timeline: number, number: number, whole: boolean): Segment => ({
  timeline,
  number,
  whole,
  file: '',
});

test('backup: where the archive goes on: along the history of the server that is master now', () => {
  const BYTES = 16 * 1024 * 1024;
  const server = { timeline: 2, lsn: 9 * BYTES };
  const branches = parseHistory(`1\t0/6000100\tno recovery target specified\n`);
  const from = (...segments: readonly Segment[]) =>
    planStart(segments, { branches, server, segmentBytes: BYTES });
  assert.equal(from(), null, 'nothing there: from now on');
  assert.deepEqual(
    from(segment(1, 4, true), segment(1, 5, false)),
    { timeline: 1, lsn: 5 * BYTES },
    'partial again',
  );
  assert.deepEqual(from(segment(1, 5, true)), { timeline: 1, lsn: 6 * BYTES }, 'up to the switch');
  assert.deepEqual(
    from(segment(1, 6, true), segment(1, 7, false)),
    { timeline: 2, lsn: 6 * BYTES },
    'the old master had gone on: the new line from the switch',
  );
  assert.deepEqual(from(segment(1, 6, true), segment(2, 7, true)), { timeline: 2, lsn: 8 * BYTES });
});

test('backup: the term of a restored manager: above what agents have seen, later restores above earlier ones', () => {
  const now = Temporal.Instant.from('2026-11-26T10:00:00Z');
  const first = restoredTerm(131_072, now);
  assert.ok(first > 2);
  assert.ok(restoredTerm(131_072, now.add({ seconds: 1 })) > first);
  assert.ok(restoredTerm(first * 65_536, now) > first + 65_536, 'above what force-master may have added');
});

test('backup: options: what is missing or does not belong is said', () => {
  const says = (...words: string[]): string => {
    const parsed = parseBackup(words);
    return parsed.ok ? parsed.order.do : parsed.says;
  };
  assert.equal(says('create', '--to', '/b'), 'create');
  assert.match(says('create'), /name the folder of the backups with --to/);
  assert.match(says('list', '--to', '/b'), /--to does not belong to "nezuban backup list"/);
  assert.match(says('restore', '--from', '/b', '--to-time', 'noon'), /is no instant/);
  assert.match(says('make'), /is no command of backups/);
  assert.match(says('export'), /name the file/);
});
