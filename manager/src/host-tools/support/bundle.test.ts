// The support bundle: secrets of every kind are planted in files, logs and the database; none leaves. It is made with the manager down too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openSecretBox } from '../../files/secret-box.ts';
import { rulePurpose } from '../../files/sealed-places.ts';
import { openBareDatabase, type BareDatabase } from '../../testing/bare-database.ts';
import { openHost } from '../host.ts';
import { makeBundle } from './bundle.ts';
import { runSupportBundle } from './command.ts';
import { createMask } from './mask.ts';
import { packTar } from './tar.ts';

let bare: BareDatabase;
let home: string;
before(async () => {
  bare = await openBareDatabase();
  home = mkdtempSync(path.join(os.tmpdir(), 'nz-care-bundle-'));
});
after(async () => {
  rmSync(home, { recursive: true, force: true });
  await bare.stop();
});

const planted = {
  apiToken: 'nzt_Zq3fG7hJ9kLmN1pQrS5tUvW8xYaBcDeF2gHiJkLmNoP',
  joinToken: 'nzj_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg.QWERTYuiopASDFGhjklZXCVbnm0123456789qwertyu',
  oneTimePassword: 'k7mw-2xqd-hj9p-vt4r',
  webhook: 'https://hooks.example.com/services/T000/B111/veryPrivatePath',
  webhookPath: '/services/T000/B111/veryPrivatePath',
  smtpPassword: 'correct horse "battery" staple',
  jobEnvironment: 'pa55-of-the-core-banking-job',
  nestedEnvironment: 'another-value-of-a-job',
  cookie: 'nezuban=Zq3fG7hJ9kLmN1pQrS5tUvW8xYaBcDeF2gHiJkLmNoP',
  hash: '$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo',
  literal: 'O’Brien account 4711',
  community: 'c0mmunity-of-the-core',
  nextAuthority: 'nextAuthorityKeyMaterialLine2nextAuthorityKey',
};
const PRIVATE_KEY =
  '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\nplantedKeyMaterialLine2plantedKeyMaterialLine2\n-----END PRIVATE KEY-----\n';

const plant = async (): Promise<string> => {
  for (const folder of ['manager/ca', 'log', 'keeper', 'agent'])
    mkdirSync(path.join(home, folder), { recursive: true });
  const file = (name: string, content: string): void =>
    writeFileSync(path.join(home, name), content, { mode: 0o600 });
  file('VERSION', '1\n');
  const box = await openSecretBox(path.join(home, 'manager', 'secret-key'));
  const key = readFileSync(path.join(home, 'manager', 'secret-key'), 'utf8').trim();
  file('cli.json', JSON.stringify({ url: 'http://127.0.0.1:7380', token: planted.apiToken, ca: null }));
  file('manager/one-time-password', `${planted.oneTimePassword}\n`);
  file('manager/ca/ca.key', PRIVATE_KEY);
  file(
    'manager/ca/exchange.json',
    JSON.stringify({ phase: 'moving', next: { certificate: 'c', key: planted.nextAuthority } }),
  );
  await bare.database.query({
    text: "INSERT INTO setting (section, value, revision, updated_by) VALUES ('intake', $1, 1, 'test') ON CONFLICT (section) DO UPDATE SET value = $1",
    values: [JSON.stringify({ snmp: { communities: [planted.community] } })],
  });
  file('agent/join-token', `${planted.joinToken}\n`);
  await bare.database.query({
    text: "INSERT INTO notification_rule (name, definition, secret_box, updated_by) VALUES ('mail', $1, $2, 'test')",
    values: [
      JSON.stringify({ channel: { type: 'webhook', url: planted.webhook } }),
      box.seal(JSON.stringify({ url: planted.webhook, password: planted.smtpPassword }), rulePurpose('mail')),
    ],
  });
  const definition = {
    units: [
      { name: 'a', environment: { DB_PASSWORD: planted.jobEnvironment } },
      { name: 'b', units: [{ name: 'c', environment: { OTHER: planted.nestedEnvironment } }] },
    ],
  };
  await bare.database.query({
    text: `INSERT INTO net_revision (net, revision, definition, created_at, created_by) VALUES ('x', 1, $1, now(), 'test')`,
    values: [JSON.stringify(definition)],
  });
  // What only PostgreSQL would write is planted in its log alone.
  const everything = Object.values({ ...planted, literal: '' }).join(' | ');
  await bare.events.appendNow([
    {
      at: new Date(),
      priority: 'warning',
      code: 'notification_failed',
      node: null,
      message: `POST ${planted.webhook} failed for ${planted.jobEnvironment}`,
      details: { password: 'short', error: everything },
    },
  ]);
  await bare.database.query({
    text: "INSERT INTO setting (section, value, revision, updated_by) VALUES ('extra', $1, 1, 'test')",
    values: [JSON.stringify({ proxy_password: 'proxy-pass-1', note: everything })],
  });
  file('log/intake.log', `the next key is ${planted.nextAuthority}\n`);
  file(
    'log/manager.log',
    [
      JSON.stringify({
        level: 'warn',
        msg: everything,
        headers: { authorization: 'Bearer abc.def.ghi', cookie: planted.cookie },
      }),
      JSON.stringify({ level: 'info', environment: { SOME: 'env-only-in-the-log' }, key }),
      `Error: at ${PRIVATE_KEY}`,
      `smtp://user:smtp-pass-2@mail.example.com password=plain-pass-3`,
    ].join('\n'),
  );
  file(
    'log/postgres.log',
    `2026-01-01 00:00:00 UTC [1] nezuban STATEMENT:  INSERT INTO x VALUES ('${planted.literal}')\nDETAIL:  Failing row contains (1, ${planted.literal}).\n`,
  );
  return key;
};

const contextOf = (database: BareDatabase['database'] | null) => ({
  host: openHost({ home, uid: process.getuid?.() ?? 0, person: 'test' }),
  kind: 'manager' as const,
  release: '0.0.0',
  keeper: null,
  pair: null,
  database,
  databaseError: database === null ? 'down' : null,
  now: new Date(),
});

test(
  'support bundle: secrets of every kind are planted: none is in it; what helps is',
  { timeout: 60_000 },
  async () => {
    const key = await plant();
    const { entries } = await makeBundle(contextOf(bare.database));
    const all = entries.map(({ content }) => content.toString('utf8')).join('\n');
    const secrets = {
      ...planted,
      key,
      keyMaterial: 'plantedKeyMaterialLine2',
      short: '"short"',
      proxy: 'proxy-pass-1',
      smtp: 'smtp-pass-2',
      plain: 'plain-pass-3',
      logEnvironment: 'env-only-in-the-log',
      bearer: 'abc.def.ghi',
    };
    for (const [kind, secret] of Object.entries(secrets))
      for (const spelled of [secret, JSON.stringify(secret).slice(1, -1)])
        assert.equal(all.includes(spelled), false, `${kind} is in the bundle: ${around(all, spelled)}`);
    const names = entries.map(({ name }) => name.replace('nezuban-support/', ''));
    for (const wanted of [
      'README.txt',
      'doctor.txt',
      'versions.json',
      'files.txt',
      'database/events.json',
      'database/sizes.json',
      'logs/log_manager.log',
      'manifest.json',
    ])
      assert.ok(names.includes(wanted), `${wanted} is missing: ${names.join(', ')}`);
    assert.match(all, /manager\/secret-key/);
    assert.match(all, /STATEMENT/);
  },
);

test(
  'support bundle: the manager is down: made from what lies there, and it says what is missing',
  { timeout: 60_000 },
  async () => {
    const target = path.join(home, 'bundle.tar.gz');
    const host = openHost({ home, uid: process.getuid?.() ?? 0, person: 'test' });
    const said: string[] = [];
    const { lines } = await runSupportBundle(
      host,
      { command: 'support bundle', home, json: false, file: target },
      (line) => said.push(line),
    );
    assert.match(lines.join('\n'), /It contains:[\s\S]*doctor\.txt[\s\S]*Masked: passwords/);
    const listed = execFileSync('tar', ['-tzf', target], { encoding: 'utf8' });
    assert.match(listed, /^nezuban-support\/README\.txt\n/);
    const readme = execFileSync('tar', ['-xzf', target, '-O', 'nezuban-support/README.txt'], {
      encoding: 'utf8',
    });
    assert.match(readme, /metrics\.txt could not be made/);
    const bytes = gunzipSync(readFileSync(target)).toString('utf8');
    for (const secret of [planted.apiToken, planted.oneTimePassword, 'plantedKeyMaterialLine2'])
      assert.equal(bytes.includes(secret), false);
    await assert.rejects(
      runSupportBundle(host, { command: 'support bundle', home, json: false, file: target }, () => undefined),
      /is there already/,
    );
  },
);

test('mask: what is no secret stays readable', () => {
  const { text, log } = createMask(['known-secret']);
  const line = 'The agent of "db-1" is connected from 10.0.0.5:7381 (session 12, unit load/prices)';
  assert.equal(text(line), line);
  assert.equal(text('a known-secret here'), 'a [redacted] here');
  assert.equal(
    log('{"level":"info","requestId":"req_abc","msg":"Request answered"}'),
    '{"level":"info","requestId":"req_abc","msg":"Request answered"}',
  );
  assert.equal(text('GET https://user:pw@example.com/a?b=c'), 'GET https://example.com/[redacted]');
});

test('tar: as other programs read it', () => {
  const file = path.join(home, 'plain.tar');
  writeFileSync(
    file,
    packTar(
      [
        { name: 'a/b.txt', content: Buffer.from('hello\n') },
        { name: 'c', content: Buffer.alloc(1000, 'x') },
      ],
      0,
    ),
  );
  assert.equal(execFileSync('tar', ['-xf', file, '-O', 'a/b.txt'], { encoding: 'utf8' }), 'hello\n');
  assert.equal(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }), 'a/b.txt\nc\n');
});

const around = (text: string, secret: string): string => {
  const at = text.indexOf(secret);
  return at < 0 ? '' : text.slice(Math.max(0, at - 60), at + 20);
};
