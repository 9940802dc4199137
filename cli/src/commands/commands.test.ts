// Each command once with --json and once as text against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handlers, net, token } from '../testing/answers.ts';
import { startFakeManager } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { commands } from './registry.ts';

process.env['TZ'] = 'Asia/Tokyo';

type Case = {
  readonly line: string;
  readonly stdin?: string;
  /** A part of the JSON document. */
  readonly json: unknown;
  /** What the text looks like. */
  readonly text: RegExp | string;
};

const cases: readonly Case[] = [
  {
    line: 'apply -',
    stdin: 'kind: jobnet',
    text: 'jobnet night/settlement created  <stdin>:1\n',
    json: {
      files: [
        {
          file: '<stdin>',
          result: {
            dryRun: false,
            changes: [{ kind: 'jobnet', name: 'night/settlement', change: 'created', line: 1 }],
          },
        },
      ],
    },
  },
  {
    line: 'export night/settlement',
    text: 'kind: jobnet\nname: night/settlement\n',
    json: { net: 'night/settlement', yaml: 'kind: jobnet\nname: night/settlement\n' },
  },
  {
    line: 'nets',
    text: /^NET +TITLE +UNITS +NEXT START +LAST SESSION\nnight\/settlement +夜間決済 +4  2026-11-22 18:00:00  12 ended normal\n$/,
    json: { items: [net], nextCursor: null },
  },
  {
    line: 'net map night/settlement --depth 3',
    text: /^NET +RELATION +OTHER NET +UNITS\nnight\/settlement +starts +night\/report \(there is none\) +report, close\/again, 2 more\n$/,
    json: { truncated: false },
  },
  {
    line: 'net preview night/settlement --unit load --param FILE=a.csv',
    text: /^Unit: load\nRuns on: web1\nCommand: \.\/load\.sh "\$FILE"\nUser: batch\nDirectory: \/srv\nEnvironment:\n {2}FILE=a\.csv\n {2}PASSWORD=\*\*\*\n$/,
    json: { unit: 'load', nodes: ['web1'] },
  },
  {
    line: 'net delete night/settlement --reason old',
    text: /is deleted/,
    json: { deleted: 'night/settlement' },
  },
  {
    line: 'net history night/settlement',
    text: /^REVISION +WHEN +BY +HOW +REASON\n +7 +2026-11-22 18:00:00 +admin +restore of 5 +in force +切り戻し\n +6 [^]*suzuki +put *\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'net restore night/settlement 5 --reason back',
    text: 'Job net night/settlement has the content of revision 5 again, as revision 8.\n',
    json: { net: 'night/settlement', from: 5, change: 'updated', revision: 8 },
  },
  {
    line: 'net release night/settlement 8 --at 2026-12-01',
    text: /^Release 4: revision 8 of night\/settlement comes into force at 2026-12-01 00:00:00/,
    json: { id: 4, state: 'planned', at: '2026-11-30T15:00:00.000Z' },
  },
  {
    line: 'net releases night/settlement',
    text: /planned +admin +the net has been changed: it would be refused now; 月末対応\n[^]*refused +admin +the net had been changed/,
    json: { nextCursor: null },
  },
  {
    line: 'net cancel-release 4 --reason postponed',
    text: /^Release 4 of job net night\/settlement is cancelled/,
    json: { id: 4, state: 'cancelled', detail: 'postponed' },
  },
  {
    line: 'run night/settlement --param DATE=2026-11-22',
    text: /^Session 12 of night\/settlement is running\. See: nezuban session show 12\n$/,
    json: { id: 12, state: 'running' },
  },
  {
    line: 'sessions --state ended --net night/a',
    text: /^SESSION +NET[^]*12 +night\/a +ended normal +2026-11-22 18:00:00 +42\.0 s +by admin\n[^]*by schedule nightly, due 2026-11-22 18:00:00\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'session show 12',
    json: { id: 12, parameters: { DATE: '2026-11-22' } },
    text: /^Session 12 {2}night\/settlement {2}夜間決済 {2}ended normal\nbegun [^]*took 42\.0 s\nparameters: DATE=2026-11-22\npossible now: rerun\n\nUNIT[^]*\nextract +ended normal +2\.00 s +local +12-abc123-1\.1\.0\.1\nloads +ended normal[^]*\n├─ load-a[^]*\n└─ load-b +ended warning +2\.00 s +local +12-abc123-4\.1\.0\.2 +try 2, exit code 3\n$/,
  },
  { line: 'stop 12', text: 'Session 12 is being stopped (running)\n', json: { id: 12 } },
  { line: 'rerun 12 --unit extract', text: 'extract of session 12 runs again (running)\n', json: { id: 12 } },
  {
    line: 'hold 12 --unit loads/load-a',
    text: 'loads/load-a of session 12 is held (running)\n',
    json: { id: 12 },
  },
  { line: 'release 12 --unit extract', text: /is released/, json: { id: 12 } },
  { line: 'kill 12 --reason stuck', text: 'Session 12 is being killed (running)\n', json: { id: 12 } },
  { line: 'interrupt 12', text: 'Session 12 is interrupted (running)\n', json: { id: 12 } },
  { line: 'suspend 12 --unit loads', text: 'loads of session 12 is suspended (running)\n', json: { id: 12 } },
  {
    line: 'rerun 12 --after-failed --old-as-warning',
    text: 'Session 12 runs again behind what failed (running)\n',
    json: { id: 12 },
  },
  {
    line: 'rerun 12 --unit extract --what-if',
    text: /^UNIT +AT ONCE +LATER\nextract +starts at once +runs\nloads +begins again when its turn comes +runs\nmend +never runs\n\nIf every command ends normally, the session ends normal\.\n$/,
    json: { operation: 'rerun', refusal: null },
  },
  {
    line: 'rerun 12 --unit extract --only --hold --what-if',
    text: /It does not end by itself then: extract\.\n$/,
    json: { operation: 'rerun_only' },
  },
  {
    line: 'set-status 12 normal --unit extract --reason checked',
    text: 'extract of session 12 has a new result (running)\n',
    json: { id: 12 },
  },
  {
    line: 'take-definition 12 --revision 8',
    text: 'Session 12 has another definition (running)\n',
    json: { id: 12 },
  },
  {
    line: 'take-definition 12 --file - --reason forgotten',
    stdin: 'kind: jobnet',
    text: 'Session 12 has another definition (running)\n',
    json: { id: 12 },
  },
  {
    line: 'net change-start night/settlement nightly --skip',
    text: 'The start of night/settlement by schedule nightly is skipped, this once.\n',
    json: { session: null },
  },
  {
    line: 'net change-start night/settlement nightly --now --reason early',
    text: 'The start of night/settlement by schedule nightly was begun now: session 13.\n',
    json: { session: 13 },
  },
  {
    line: 'net prepare-start night/settlement nightly --hold loads/a --skip archive --param MODE=x --priority 4',
    text: /is prepared: hold loads\/a, skip archive, MODE=x, priority 4\.\n$/,
    json: { schedule: 'nightly' },
  },
  {
    line: 'net prepare-start night/settlement nightly --withdraw',
    text: 'The start of night/settlement comes as schedule nightly has it.\n',
    json: { withdrawn: true },
  },
  {
    line: 'net prepared-starts night/settlement',
    text: /nightly +admin +begins suspended, skip archive, KEY=\(secret\) +late delivery/,
    json: { items: [{ id: 4 }] },
  },
  { line: 'to-front 12 --unit extract', text: /comes next in its queue/, json: { id: 12 } },
  {
    line: 'why 12 loads',
    text: '"loads" waits for "extract", which is running on "local".\n',
    json: { unit: 'loads', state: 'waiting' },
  },
  {
    line: 'why 13',
    text: `Session 13 has ended (abnormal).
What failed, the first first:
  2026-11-22 18:00:00  loads/load-a  abnormal: Exit code 3 on local. (try 2)  nezuban output 13-abc123-2.1.0.2
  and 4 more
Not run because of that: 119
  archive
  and 118 more
`,
    json: { end: { notRun: ['archive'] } },
  },
  {
    line: 'output 12-abc123-1.1.0.1',
    text: 'stdout 行\n',
    json: { attemptId: '12-abc123-1.1.0.1', text: 'stdout 行\n', complete: true },
  },
  {
    line: 'output --session 12 --unit loads/load-b --stderr',
    text: 'stderr 行\n',
    json: { attemptId: '12-abc123-4.1.0.2' },
  },
  {
    line: 'events --priority warning --unconfirmed',
    text: / 2 {2}2026-11-22 18:00:02 {2}info {6}Event number 2 \(confirmed by admin: seen\)\n +3 {2}2026-11-22 18:00:03 {2}warning {3}local: Event number 3\n$/,
    json: { nextCursor: null },
  },
  { line: 'confirm 2 3 --comment seen', text: '2 of 2 confirmed.\n', json: { changed: 2 } },
  {
    line: 'nodes',
    text: /\nlocal +connected +2 +host-1[^]*\n東京-2 +disconnected +2 +host-1 +- +0\.1\.0 /,
    json: { nextCursor: null },
  },
  { line: 'node remove local', text: /is removed/, json: { removed: 'local' } },
  {
    line: 'scopes',
    text: 'SCOPE  TITLE   NODES\nall\n  web  ウェブ  local, b\n',
    json: { nextCursor: null },
  },
  {
    line: 'join-token --expires-in 600',
    text: 'nezuban agent join --manager host:7444 --token nzj_x # 600\n',
    json: { token: 'nzj_x' },
  },
  {
    line: 'whoami',
    text: /^admin at http:\/\/127\.0\.0\.1:\d+ \(NEZUBAN_URL\)\n$/,
    json: { user: 'admin', source: 'NEZUBAN_URL' },
  },
  {
    line: 'tokens',
    text: /\n +3 {2}admin {2}ci +all that the user may +2026-11-22 18:00:00 {2}never/,
    json: { items: [token] },
  },
  { line: 'token create ci --never-expires', text: 'nzt_new\n', json: { token: 'nzt_new', expiresAt: null } },
  { line: 'token revoke 3', text: 'Token 3 is revoked.\n', json: { revoked: 3 } },
  {
    line: 'audit --actor bob',
    text: /bob +127\.0\.0\.1 +runNet +night\/settlement +\{"session":12\}\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'pair status',
    text: /^Redundant: [^]*\n◆ alpha  master, with a standby in sync[^]*Asked the manager at http/,
    json: { redundancy: 'redundant' },
  },
  {
    line: 'pair maintenance on',
    text: 'Noted: maintenance by id-beta.\n',
    json: { ok: true, says: 'Noted: maintenance by id-beta.' },
  },
  { line: 'pair witness --node web-1', text: 'Noted: witness by whoever has to.\n', json: { ok: true } },
  { line: 'pair tie-breaker manual', text: 'Noted: tie-breaker by whoever has to.\n', json: { ok: true } },
  { line: 'pair leave --yes', text: 'Noted: remove-member by whoever has to.\n', json: { ok: true } },
  { line: 'pair recover', text: 'The pair is redundant.\n', json: { redundant: true, command: null } },
  {
    line: 'status',
    text: /^Nezuban 0\.1\.0 at http[^]*\nnodes +1 of 2 connected\nevents +3 critical, unconfirmed\n$/,
    json: { product: 'Nezuban', counts: { nets: 4 } },
  },
  { line: 'sample', text: 'Job net sample/night-run is created.\n', json: { net: 'sample/night-run' } },
  { line: 'logout', text: /were not signed in/, json: { loggedOut: false } },
  { line: 'help run', text: /^Run a job net now\.\n/, json: {} },
  { line: 'version', text: /^Nezuban \d+\.\d+\.\d+\n$/, json: { node: process.versions.node } },
  { line: 'completion bash', text: /complete -o default -F _nezuban nezuban\n$/, json: { shell: 'bash' } },
];

for (const { line, stdin, json, text } of cases) {
  const words = line.split(' ');
  const options = stdin === undefined ? {} : { stdin };

  test(`${line}: as text`, async () => {
    await using manager = await startFakeManager(handlers);
    const result = await runCli(words, { url: manager.url, ...options });
    assert.equal(result.exitCode, 0, result.stderr);
    if (typeof text === 'string') assert.equal(result.stdout, text);
    else assert.match(result.stdout, text);
  });

  test(`${line}: as JSON: one document on stdout, nothing on stderr`, async () => {
    await using manager = await startFakeManager(handlers);
    const result = await runCli([...words, '--json'], { url: manager.url, ...options });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(result.stderr, '');
    assert.partialDeepStrictEqual(JSON.parse(result.stdout), json);
  });
}

test('commands: each one is tried above or in a test of its own', () => {
  // access/access.test.ts, operating.test.ts, notify/notify.test.ts and those of single commands.
  const elsewhere = [
    'approvals',
    'approve',
    'refuse',
    'net monitoring',
    'queues',
    'queue show',
    'queue pause',
    'queue open',
    'queue delete',
    'to-front',
    'transfers',
    'reconcile',
    'attempt end',
    'report list',
    'report take',
    'report remove',
    'calendar list',
    'calendar show',
    'calendar import',
    'calendar delete',
    'net starts',
    'secret list',
    'secret set',
    'secret delete',
    'events chain',
    'events follow',
    'events show',
    'events confirming',
    'events unconfirm',
    'events comment',
    'events confirm-all',
    'events field',
    'events filter list',
    'events filter save',
    'events filter delete',
    'status tree',
    'status list',
    'status clear',
    'status acknowledge',
    'notify try',
    'notify kept',
    'channel list',
    'channel test',
    'channel delete',
    'mib import',
    'mib list',
    'mib delete',
    'mib tree',
    'mib search',
    'mib translate',
    'trap user list',
    'trap user set',
    'trap user delete',
    'trap token list',
    'trap token create',
    'trap token delete',
    'trap monitor list',
    'trap monitor show',
    'trap monitor enable',
    'trap monitor disable',
    'trap monitor delete',
    'trap alias list',
    'trap alias show',
    'trap alias delete',
    'trap test',
    'silence add',
    'silence list',
    'silence end',
    'escalation list',
    'escalation runs',
    'skip',
    'login',
    'diff',
    'net diff',
    'pair create',
    'pair switch',
    'pair promote',
    'pair force-master',
    'users',
    'user show',
    'user create',
    'user set',
    'user delete',
    'user reset-password',
    'user unlock',
    'roles',
    'role show',
    'role delete',
    'sign-ins',
    'sign-in revoke',
    'audit export',
    'events export',
    'notify rules',
    'notify test',
    'notify deliveries',
    'notify retry',
    'notify delete',
    'freeze',
    'drain',
    'resume',
    'frozen',
    'backup schedule',
    'backup status',
    'backup now',
    'maintenance list',
    'maintenance add',
    'maintenance remove',
    'node show',
    'scope show',
    'scope set',
    'scope delete',
    'settings',
    'settings set',
    'upgrade',
    'trap list',
    'trap show',
    'trap sources',
    'trap status',
  ];
  const tried = new Set([...cases.map(({ line }) => line), ...elsewhere]);
  const missing = commands.filter(
    (command) =>
      command.load !== undefined &&
      command.hidden !== true &&
      ![...tried].some((line) => line === command.name || line.startsWith(`${command.name} `)),
  );
  assert.deepEqual(
    missing.map((command) => command.name),
    [],
  );
});
