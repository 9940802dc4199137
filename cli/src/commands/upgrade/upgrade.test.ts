// What stands in the way of an upgrade: each rule on facts, and the command against a manager and a made-up newer release.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { ReleaseFacts, Versions } from '@nezuban/protocol/versions/versions';
import { exitCodes } from '../../exit-codes.ts';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { judgeUpgrade, worstOf, type UpgradeFacts } from './judge-upgrade.ts';
import { upgradeSteps } from './upgrade-steps.ts';

const folder = mkdtempSync('/tmp/nz-cli-upgrade-');
after(() => rmSync(folder, { recursive: true }));

const nowMs = Date.parse('2026-11-22T09:00:00Z');
const at = '2026-11-22T00:00:00.000Z';
const first = { name: '0001_a.sql', sha256: 'a', oldestRelease: '1.0.0' };
const second = { name: '0002_b.sql', sha256: 'b', oldestRelease: '1.3.0' };
const versions: Versions = {
  release: '1.3.2',
  agentProtocol: { min: 1, max: 2 },
  postgres: { version: '18.4', major: 18 },
  schema: [{ ...first, appliedAt: at }],
  agents: [
    { version: '1.3.2', protocol: { min: 1, max: 2 }, support: 'current', count: 3, nodes: ['a', 'b', 'c'] },
  ],
  databaseBytes: 10 * 1024 ** 3,
  disks: [
    { name: 'home', folder: '/var/lib/nezuban', freeBytes: 50 * 1024 ** 3, totalBytes: 100 * 1024 ** 3 },
  ],
  sessions: { running: 0, openAttempts: 0, oldest: null },
};
const release: ReleaseFacts = {
  product: 'nezuban',
  release: '1.4.0',
  agentProtocol: { min: 1, max: 3 },
  postgresMajor: 18,
  migrations: [first, second],
};
const facts: UpgradeFacts = {
  now: versions,
  next: release,
  pair: { mode: 'single', redundancy: 'none', summary: '' } as never,
  newestBackup: { endedAt: '2026-11-22T03:00:00.000Z' },
  backupHoursMax: 24,
  nowMs,
};
const judge = (change: Partial<UpgradeFacts>) => {
  const findings = judgeUpgrade({ ...facts, ...change });
  return { verdict: worstOf(findings), said: findings.filter(({ level }) => level !== 'fine') };
};
const now = (change: Partial<Versions>) => ({ now: { ...versions, ...change } });
const next = (change: Partial<ReleaseFacts>) => ({ next: { ...release, ...change } });
const pair = (redundancy: string) => ({ pair: { mode: 'pair', redundancy, summary: 'B is away.' } as never });

test('upgrade: nothing in the way: fine, and every topic is told', () => {
  const findings = judgeUpgrade(facts);
  assert.equal(worstOf(findings), 'fine');
  assert.deepEqual(
    findings.map(({ topic }) => topic),
    ['release', 'schema', 'postgres', 'agents', 'pair', 'disk', 'backup', 'sessions'],
  );
  assert.match(
    findings[1]?.says ?? '',
    /1 change of the schema \(0002_b\.sql\); release 1\.3\.2 can run on it again/,
  );
});

const table: readonly (readonly [string, Partial<UpgradeFacts>, 'stop' | 'look', RegExp])[] = [
  [
    'a schema on which the present release cannot run',
    next({ migrations: [first, { ...second, oldestRelease: '1.4.0' }] }),
    'look',
    /only release 1\.4\.0 and newer/,
  ],
  [
    'a build from elsewhere',
    next({ migrations: [{ ...first, sha256: 'x' }, second] }),
    'stop',
    /made by another build/,
  ],
  [
    'back to a release that the schema does not allow',
    {
      ...next({ release: '1.2.0', migrations: [first] }),
      ...now({ schema: [first, second].map((each) => ({ ...each, appliedAt: at })) }),
    },
    'stop',
    /1\.2\.0 cannot run on the present schema \(0002_b\.sql\), which needs 1\.3\.0/,
  ],
  [
    'back to a release that the schema allows',
    {
      ...next({ release: '1.3.0', migrations: [first] }),
      ...now({ schema: [first, second].map((each) => ({ ...each, appliedAt: at })) }),
    },
    'look',
    /older than the present/,
  ],
  [
    'two minor versions with a pair',
    { ...pair('redundant'), ...next({ release: '1.5.0' }) },
    'stop',
    /more than one minor version/,
  ],
  ['a pair that is not redundant', pair('reduced'), 'stop', /not redundant: B is away/],
  [
    'agents that are too old',
    next({ agentProtocol: { min: 3, max: 4 } }),
    'stop',
    /would refuse 3 agents \(a, b, c\): it speaks protocol 3-4, they speak 1-2/,
  ],
  [
    'an agent that nobody knows',
    now({ agents: [{ version: '1.0.0', protocol: null, support: 'unknown', count: 1, nodes: ['z'] }] }),
    'look',
    /Of agent z nobody knows/,
  ],
  [
    'an agent that is refused already',
    now({
      agents: [
        { version: '0.9.0', protocol: { min: 0, max: 0 }, support: 'refused', count: 1, nodes: ['z'] },
      ],
    }),
    'stop',
    /refuses agent z already/,
  ],
  [
    'a full disk',
    now({ disks: [{ name: 'home', folder: '/h', freeBytes: 100, totalBytes: 1000 }] }),
    'stop',
    /\/h has 0 MiB left; 1\.0 GiB are needed/,
  ],
  ['another major version of PostgreSQL', next({ postgresMajor: 19 }), 'look', /from major version 18 to 19/],
  [
    'another major version without room for it',
    {
      ...next({ postgresMajor: 19 }),
      ...now({ disks: [{ name: 'home', folder: '/h', freeBytes: 15 * 1024 ** 3, totalBytes: 1 }] }),
    },
    'stop',
    /20\.0 GiB are needed to carry the data over/,
  ],
  ['no backup', { newestBackup: null }, 'look', /no backup/],
  [
    'an old backup',
    { newestBackup: { endedAt: '2026-11-20T09:00:00Z' } },
    'look',
    /48 h old, and more than 24 h/,
  ],
  ['a backup of which nobody can tell', { newestBackup: 'unknown' }, 'look', /cannot be told/],
];
for (const [what, change, level, says] of table)
  test(`upgrade: ${what}: ${level}`, () => {
    const { verdict, said } = judge(change);
    assert.equal(verdict, level);
    assert.ok(
      said.some((finding) => says.test(finding.says)),
      JSON.stringify(said),
    );
  });

test('upgrade: the same release: nothing to upgrade; none named: what concerns every upgrade', () => {
  assert.equal(judge(next({ release: '1.3.2', migrations: [first] })).verdict, 'fine');
  assert.deepEqual(
    judgeUpgrade({ ...facts, next: null }).map(({ topic }) => topic),
    ['agents', 'pair', 'disk', 'backup', 'sessions'],
  );
});

test('upgrade: steps: the standby first; over PostgreSQL by export and import', () => {
  assert.match(upgradeSteps({ pair: true, postgresChanges: false })[1] ?? '', /^On the standby/);
  assert.match(
    upgradeSteps({ pair: false, postgresChanges: true }).join('\n'),
    /backup export[^]*Stop the manager[^]*backup import/,
  );
});

test('upgrade --check: against a newer release in a folder: findings, steps, exit code', async () => {
  mkdirSync(`${folder}/manager`);
  writeFileSync(`${folder}/manager/release.json`, JSON.stringify({ ...release, moreToCome: true }));
  await using manager = await startFakeManager({
    ...handlers,
    getVersions: () => versions,
    listBackups: () => ({ directory: null, items: [], problem: null }),
  });
  const result = await runCli(['upgrade', '--check', '--to', folder], { url: manager.url, now: nowMs });
  assert.equal(result.exitCode, exitCodes.upgradeLook, result.stderr);
  assert.match(result.stdout, /^Upgrade from release 1\.3\.2 to 1\.4\.0: look at what is marked/);
  assert.match(
    result.stdout,
    /\nlook {2}backup {4}There is no backup[^]*\n {16}nezuban backup create --to DIR --verify\n[^]*\nSteps\n {2}1\. /,
  );
  const json = await runCli(['upgrade', '--check', '--to', folder, '--json'], {
    url: manager.url,
    now: nowMs,
  });
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { from: '1.3.2', to: '1.4.0', verdict: 'look' });
});

test('upgrade --check: what is no release, and without --check: refused with what would be right', async () => {
  await using manager = await startFakeManager({ ...handlers, getVersions: () => versions });
  const wrong = await runCli(['upgrade', '--check', '--to', '/tmp'], { url: manager.url });
  assert.equal(wrong.exitCode, exitCodes.refused);
  assert.match(
    wrong.stderr,
    /\/tmp holds no release of Nezuban: \/tmp\/manager\/release\.json cannot be read\./,
  );
  const plain = await runCli(['upgrade'], { url: manager.url });
  assert.equal(plain.exitCode, exitCodes.usage);
  assert.match(plain.stderr, /"nezuban upgrade --check" says/);
});
