// The commands on users, roles, sign-ins, limited tokens and the audit log, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import { handlers, token } from '../../testing/answers.ts';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';
const folder = mkdtempSync('/tmp/nz-cli-access-');
after(() => rmSync(folder, { recursive: true }));

const at = '2026-11-22T09:00:00.000Z';
const page = <Item>(items: Item[]) => ({ items, nextCursor: null });
const user = {
  name: 'sato',
  title: '佐藤 花子',
  roles: ['operator'],
  disabled: false,
  lockedUntil: null,
  mustChangePassword: false,
  createdAt: at,
  passwordChangedAt: at,
  lastSignInAt: at,
  signInCount: 1,
  tokenCount: 2,
  revision: 7,
};
const role = {
  role: { name: 'night' as never, title: '夜間', grants: [] },
  builtin: false,
  revision: 7,
  userCount: 2,
  updatedAt: at,
  updatedBy: 'admin',
};

const start = (more: FakeHandlers = {}) => {
  const sent: unknown[] = [];
  const keep =
    <Body, Result>(answer: (body: Body) => Result) =>
    ({ body }: { body: Body }) => {
      sent.push(body);
      return answer(body);
    };
  const manager = startFakeManager({
    ...handlers,
    listUsers: () => page([user, { ...user, name: 'tanaka', title: null, disabled: true }]),
    getUser: ({ params }) => {
      if (params.name !== 'sato') throw new CodedError('not_found', `There is no user "${params.name}".`);
      return user;
    },
    createUser: keep((body) => ({ ...user, ...body, oneTimePassword: 'once-only' })),
    updateUser: keep((body) => ({ ...user, ...body })),
    deleteUser: () => undefined,
    resetUserPassword: () => ({ oneTimePassword: 'once-only' }),
    unlockUser: () => user,
    previewAccess: () => ({ items: [], counts: { refused: 0, allowed: 0, kept: 0 }, hidden: 0 }),
    listRoles: () => ({
      items: [role, { ...role, role: { name: 'viewer', grants: [] }, builtin: true }],
    }),
    getRole: () => role,
    exportRole: () => 'kind: role\nname: night\n',
    deleteRole: () => undefined,
    listSignIns: () =>
      page([
        {
          id: 7,
          user: 'sato',
          createdAt: at,
          lastSeenAt: at,
          expiresAt: at,
          address: '192.0.2.7',
          userAgent: 'Firefox',
          current: false,
        },
      ]),
    revokeSignIn: () => undefined,
    createToken: keep((body) => ({ ...token, name: body.name, token: 'nzt_new' })),
    exportAudit: ({ query }) =>
      Buffer.from(`format ${query.format}, actor ${query.actor ?? '-'}, from ${query.from ?? '-'}\n`),
    ...more,
  });
  return { manager, sent };
};

const cases: readonly { readonly line: string; readonly text: RegExp; readonly json: unknown }[] = [
  {
    line: 'users',
    text: /^USER +TITLE +ROLES +STATE[^]*sato +佐藤 花子 +operator +active +2026-11-22 18:00:00\ntanaka +- +operator +disabled/,
    json: { nextCursor: null },
  },
  {
    line: 'user show sato',
    text: /^sato {2}佐藤 花子 {2}active\nroles +operator\n[^]*1 browser, 2 API tokens\n$/,
    json: { name: 'sato' },
  },
  {
    line: 'user create kato --role operator',
    text: /^once-only\n$/,
    json: { name: 'kato', oneTimePassword: 'once-only' },
  },
  {
    line: 'user set sato --add-role editor',
    text: /^User sato: enabled, roles operator, editor\.\n$/,
    json: { roles: ['operator', 'editor'] },
  },
  { line: 'user delete sato', text: /^User sato is deleted/, json: { deleted: 'sato' } },
  {
    line: 'user reset-password sato',
    text: /^once-only\n$/,
    json: { user: 'sato', oneTimePassword: 'once-only' },
  },
  { line: 'user unlock sato', text: /may sign in again/, json: { name: 'sato' } },
  {
    line: 'roles',
    text: /\nnight +夜間 +2 {2}admin[^]*\nviewer +- +2 {2}built in/,
    json: { items: [{ builtin: false }, {}] },
  },
  { line: 'role show night', text: /^kind: role\n/, json: { role: { name: 'night' } } },
  { line: 'role delete night', text: /^Role night is deleted\.\n$/, json: { deleted: 'night' } },
  {
    line: 'sign-ins --all',
    text: /\n +7 {2}sato +2026-11-22 18:00:00 [^]*192\.0\.2\.7 +Firefox\n$/,
    json: { nextCursor: null },
  },
  { line: 'sign-in revoke 7', text: /^Sign-in 7 has ended\.\n$/, json: { revoked: 7 } },
];

for (const { line, text, json } of cases) {
  test(`${line}: as text, and as JSON`, async () => {
    const { manager } = start();
    await using running = await manager;
    const words = line.split(' ');
    const result = await runCli(words, { url: running.url });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, text);
    const asJson = await runCli([...words, '--json'], { url: running.url });
    assert.equal(asJson.stderr, '');
    assert.partialDeepStrictEqual(JSON.parse(asJson.stdout), json);
  });
}

test('user set: what is not named: stays', async () => {
  const { manager, sent } = start();
  await using running = await manager;
  await runCli(['user', 'set', 'sato', '--disable', '--remove-role', 'operator'], { url: running.url });
  assert.deepEqual(sent, [{ title: '佐藤 花子', roles: [], disabled: true }]);
  const nothing = await runCli(['user', 'set', 'sato'], { url: running.url });
  assert.equal(nothing.exitCode, 2);
  assert.match(nothing.stderr, /Name what is to change/);
});

test('token create: narrowed to rights and a folder', async () => {
  const { manager, sent } = start();
  await using running = await manager;
  const line = 'token create start --right nets.run --right nets.read --folder night --days 30';
  const result = await runCli(line.split(' '), { url: running.url });
  assert.equal(result.stdout, 'nzt_new\n');
  assert.partialDeepStrictEqual(sent, [
    { rights: ['nets.run', 'nets.read'], folder: 'night', expires_in_days: 30 },
  ]);
});

test('audit export: to standard output and to a file, which is whole or not there', async () => {
  const { manager } = start();
  await using running = await manager;
  const line = 'audit export --actor bob --from 2026-11-22';
  const plain = await runCli(line.split(' '), { url: running.url });
  assert.equal(plain.stdout, 'format csv, actor bob, from 2026-11-21T15:00:00.000Z\n');
  const file = `${folder}/audit.csv`;
  const saved = await runCli(['audit', 'export', '--file', file], { url: running.url });
  assert.equal(saved.exitCode, 0, saved.stderr);
  assert.equal(readFileSync(file, 'utf8'), 'format csv, actor -, from -\n');
  const wrong = await runCli(['audit', 'export', '--file', `${folder}/none/audit.csv`], { url: running.url });
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /audit\.csv cannot be written: ENOENT/);
  assert.deepEqual(readdirSync(folder), ['audit.csv']);
});
