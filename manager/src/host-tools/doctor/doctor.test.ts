// The doctor without a manager: what lies on the disk is judged, what does not run is said, nothing throws.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { openHost } from '../host.ts';
import { runDoctor } from './command.ts';
import { diagnose } from './doctor.ts';

const uid = process.getuid?.() ?? 0;
const hostAt = (home: string) => openHost({ home, uid, person: 'test', locale: 'C' });

const scratch = (context: TestContext): string => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'nz-care-doctor-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
};

const byId = async (home: string) => {
  const { findings, level } = await diagnose(hostAt(home), null);
  const ids = new Map(findings.map((finding) => [finding.id, finding]));
  // Every finding that is not well says what to do or what it means.
  for (const finding of findings) assert.match(finding.says, /\.$/, finding.id);
  return { ids, level };
};

test('doctor: a manager that does not run: said, with what to type; the rest is still checked', async (context) => {
  const home = scratch(context);
  writeFileSync(path.join(home, 'VERSION'), '1\n');
  mkdirSync(path.join(home, 'manager'), { mode: 0o700 });
  writeFileSync(path.join(home, 'manager', 'secret-key'), 'x', { mode: 0o600 });
  const { ids, level } = await byId(home);
  assert.equal(level, 'problem');
  assert.deepEqual(ids.get('manager.runs')?.type?.[0], 'nezuban manager');
  assert.equal(ids.get('home.secrets')?.level, 'ok');
  assert.equal(ids.get('home.rights')?.level, 'ok');
  assert.equal(ids.get('database.reached')?.level, 'warning');
  assert.equal(ids.get('locale.utf8')?.level, 'warning');
  for (const id of ['disk.free', 'release.node', 'time.zones', 'memory.available', 'limits.files'])
    assert.ok(ids.has(id), id);
});

test('doctor: keys that others can read, a home open to others, a layout of another release: problems', async (context) => {
  const home = scratch(context);
  writeFileSync(path.join(home, 'VERSION'), '7\n');
  mkdirSync(path.join(home, 'manager'));
  writeFileSync(path.join(home, 'manager', 'secret-key'), 'x');
  chmodSync(path.join(home, 'manager', 'secret-key'), 0o644);
  chmodSync(home, 0o755);
  const { ids } = await byId(home);
  assert.match(ids.get('home.secrets')?.says ?? '', /secret-key can be read by others \(mode 644\)/);
  assert.equal(ids.get('home.rights')?.level, 'problem');
  assert.equal(ids.get('home.layout')?.level, 'problem');
});

test('doctor: an agent that has not joined, or whose identity is damaged: said', async (context) => {
  const home = scratch(context);
  writeFileSync(path.join(home, 'journal.db'), '');
  assert.equal((await byId(home)).ids.get('agent.joined')?.level, 'warning');
  writeFileSync(path.join(home, 'identity.json'), '{', { mode: 0o600 });
  assert.equal((await byId(home)).ids.get('agent.joined')?.level, 'problem');
});

test('doctor: no home at all: one problem, exit code 31, one JSON document', async (context) => {
  const home = path.join(scratch(context), 'nothing');
  const { answer, exitCode } = await runDoctor(hostAt(home), {
    command: 'doctor',
    home,
    json: true,
    agent: false,
  });
  assert.equal(exitCode, 31);
  assert.match(answer.lines.join('\n'), /PROBLEM {2}There is no home of Nezuban/);
  assert.equal((JSON.parse(JSON.stringify(answer.value)) as { level: string }).level, 'problem');
});
