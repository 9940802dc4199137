// The commands on MIB modules, SNMPv3 users and trap tokens, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { snmpAuthProtocols, snmpPrivProtocols } from '@nezuban/protocol/intake/orders';
import { mibUploadLimits } from '@nezuban/protocol/traps/snmp-names';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { uploadLimits } from './mib-import.ts';
import { authChoices, privChoices } from './specs.ts';

process.env['TZ'] = 'Asia/Tokyo';
const folder = mkdtempSync('/tmp/nz-cli-snmp-');
after(() => rmSync(folder, { recursive: true }));

const at = '2026-11-22T09:00:00.000Z';
const entry = {
  oid: '1.3.6.1.2.1.2.2.1.8',
  module: 'IF-MIB',
  name: 'ifOperStatus',
  kind: 'object' as const,
  type: 'INTEGER',
  labels: [{ number: 2, label: 'down' }],
  displayHint: null,
  description: 'State.',
  hasChildren: false,
};
const user = {
  name: 'ops',
  auth: 'sha256' as const,
  priv: 'aes' as const,
  engineId: null,
  updatedAt: at,
  updatedBy: 'admin',
  secretsLost: false,
};

const start = () => {
  const sent: unknown[] = [];
  const manager = startFakeManager({
    ...handlers,
    uploadMibs: ({ body }) => {
      sent.push(body.files);
      return {
        modules: body.files
          .filter(({ text }) => text.includes('BEGIN'))
          .map(({ name }) => ({
            name: 'ACME-MIB',
            fileName: name,
            replaced: false,
            definitions: 3,
            problems: [{ line: 4, message: '"acme" is missing' }],
          })),
        refused: body.files
          .filter(({ text }) => !text.includes('BEGIN'))
          .map(({ name }) => ({ fileName: name, message: 'It holds no MIB module.' })),
      };
    },
    listMibs: () => ({
      items: [
        {
          name: 'ACME-MIB',
          fileName: 'acme.mib',
          uploadedAt: at,
          uploadedBy: 'sato',
          definitions: 3,
          problems: [{ line: null, message: 'something is missing' }],
        },
        { name: 'IF-MIB', fileName: null, uploadedAt: null, uploadedBy: null, definitions: 33, problems: [] },
      ],
      nextCursor: null,
    }),
    deleteMib: () => undefined,
    browseOids: () => ({ at: { ...entry, name: 'ifEntry', labels: [] }, items: [entry] }),
    searchOids: () => ({ items: [entry] }),
    translateOid: () => ({ oid: `${entry.oid}.3`, symbol: 'IF-MIB::ifOperStatus.3', entry }),
    listSnmpUsers: () => ({ items: [user] }),
    putSnmpUser: ({ params, body }) => {
      sent.push(body);
      return { ...user, name: params.name, auth: body.auth, priv: body.priv };
    },
    deleteSnmpUser: () => undefined,
    listTrapTokens: () => ({ items: [{ name: 'backup-tool', createdAt: at, createdBy: 'admin' }] }),
    createTrapToken: ({ body }) => ({ name: body.name, createdAt: at, createdBy: 'admin', token: 'nzt_new' }),
    deleteTrapToken: () => undefined,
  });
  return { manager, sent };
};

const cases: readonly (readonly [line: string, text: RegExp])[] = [
  [
    'mib list',
    /ACME-MIB +3 +acme\.mib +2026-11-22 18:00:00 +sato +1\nIF-MIB +33 +built in[^]*ACME-MIB: something is missing/,
  ],
  ['mib list --uploaded', /^MODULE[^]*ACME-MIB(?![^]*IF-MIB)/],
  ['mib delete OLD-MIB', /^MIB module OLD-MIB is deleted\.\n$/],
  ['mib tree ifEntry', /^IF-MIB::ifEntry[^]*IF-MIB::ifOperStatus +object +INTEGER down\(2\)\n$/],
  ['mib search oper', /IF-MIB::ifOperStatus/],
  [
    'mib translate ifOperStatus.3',
    /^IF-MIB::ifOperStatus\.3 = 1\.3\.6\.1\.2\.1\.2\.2\.1\.8\.3\n {2}down\(2\)\nState\.\n$/,
  ],
  ['trap user list', /^USER[^]*ops +sha256 +aes +any +2026-11-22 18:00:00 +admin/],
  ['trap user delete ops', /^SNMPv3 user ops is deleted/],
  ['trap token list', /^NAME[^]*backup-tool +2026-11-22 18:00:00 +admin/],
  ['trap token create backup-tool', /^nzt_new\n$/],
  ['trap token delete backup-tool', /is revoked/],
];

for (const [line, text] of cases)
  test(`nezuban ${line}: says what the manager answered`, async () => {
    await using manager = await start().manager;
    const result = await runCli(line.split(' '), { url: manager.url });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, text);
  });

test('nezuban mib import: files of any encoding, one without a module: the others are taken, exit code 1', async () => {
  writeFileSync(`${folder}/a.mib`, Buffer.from('ACME-MIB DEFINITIONS ::= BEGIN -- M\xfcller\nEND', 'latin1'));
  writeFileSync(`${folder}/b.txt`, 'hello');
  const { manager: starting, sent } = start();
  await using manager = await starting;
  const result = await runCli(['mib', 'import', `${folder}/a.mib`, `${folder}/b.txt`], { url: manager.url });
  assert.equal(result.exitCode, 1, result.stderr);
  assert.match(
    result.stdout,
    /^ACME-MIB: imported, 3 definitions\n {2}line 4: "acme" is missing\nb\.txt: not imported\. It holds no MIB module\.\n$/,
  );
  assert.deepEqual(sent, [
    [
      { name: 'a.mib', text: 'ACME-MIB DEFINITIONS ::= BEGIN -- Müller\nEND' },
      { name: 'b.txt', text: 'hello' },
    ],
  ]);
});

test('nezuban trap user set: passwords from files, never from the command line', async () => {
  writeFileSync(`${folder}/auth`, 'auth-secret-1\nmore\n');
  writeFileSync(`${folder}/priv`, 'priv-secret-1');
  const { manager: starting, sent } = start();
  await using manager = await starting;
  const line = `trap user set ops --auth sha512 --engine-id 0x80000000AB --auth-password-file ${folder}/auth --priv-password-file ${folder}/priv`;
  const result = await runCli(line.split(' '), { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.ok(!`${result.stdout}${result.stderr}`.includes('secret'));
  assert.deepEqual(sent, [
    {
      auth: 'sha512',
      priv: 'aes',
      engine_id: '80000000AB',
      auth_password: 'auth-secret-1',
      priv_password: 'priv-secret-1',
    },
  ]);
});

test('nezuban: words and limits of SNMP: as the protocol has them', () => {
  assert.deepEqual([...authChoices], [...snmpAuthProtocols]);
  assert.deepEqual([...privChoices], [...snmpPrivProtocols]);
  assert.equal(uploadLimits.fileCharsMax, mibUploadLimits.fileCharsMax);
  assert.equal(uploadLimits.filesMax, mibUploadLimits.filesMax);
});
