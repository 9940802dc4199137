// MIB modules, SNMPv3 users and trap tokens over HTTP, on a real database.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { snmpUserPutSchema } from '@nezuban/protocol/traps/snmp-names';
import type * as z from 'zod';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';

const ACME_SMI = `ACME-SMI DEFINITIONS ::= BEGIN
IMPORTS enterprises FROM SNMPv2-SMI;
acme OBJECT IDENTIFIER ::= { enterprises 99999 }
END`;
const ACME_DOOR = `ACME-DOOR-MIB DEFINITIONS ::= BEGIN
IMPORTS OBJECT-TYPE, NOTIFICATION-TYPE FROM SNMPv2-SMI acme FROM ACME-SMI;
doorState OBJECT-TYPE SYNTAX INTEGER { open(1), closed(2) } MAX-ACCESS read-only STATUS current DESCRIPTION "The door." ::= { acme 1 }
doorOpened NOTIFICATION-TYPE OBJECTS { doorState } STATUS current DESCRIPTION "Opened." ::= { acme 0 1 }
END`;

describe('snmp', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
  });
  after(() => manager.stop());

  const audited = async (): Promise<string[]> => {
    const rows = await manager.database.query<{ action: string; text: string }>({
      text: 'SELECT action, coalesce(target, $1) || details::text AS text FROM audit ORDER BY id',
      values: [''],
    });
    return rows.map(({ action, text }) => `${action} ${text}`);
  };

  test('snmp: MIB files: taken with what is missing, named once all are here, deleted, kept over a restart', async () => {
    let told = 0;
    manager.snmp.onNames(() => {
      told += 1;
    });
    const first = await manager.call('uploadMibs', {
      body: {
        files: [
          { name: 'door.mib', text: ACME_DOOR },
          { name: 'readme.txt', text: 'hello' },
        ],
      },
    });
    assert.equal(first.status, 200);
    assert.deepEqual(first.body.modules, [
      {
        name: 'ACME-DOOR-MIB',
        fileName: 'door.mib',
        replaced: false,
        definitions: 2,
        problems: [
          {
            line: 3,
            message: '"acme" is imported from ACME-SMI, which is not here yet: upload that module, too',
          },
        ],
      },
    ]);
    assert.deepEqual(
      first.body.refused.map(({ fileName }) => fileName),
      ['readme.txt'],
    );
    assert.equal((await manager.call('translateOid', { query: { q: 'doorOpened' } })).status, 404);
    await manager.call('uploadMibs', { body: { files: [{ name: 'smi.mib', text: ACME_SMI }] } });
    assert.equal(told, 2);
    const translated = await manager.call('translateOid', { query: { q: '1.3.6.1.4.1.99999.1.0' } });
    assert.equal(translated.body.symbol, 'ACME-DOOR-MIB::doorState.0');
    assert.deepEqual(translated.body.entry?.labels, [
      { number: 1, label: 'open' },
      { number: 2, label: 'closed' },
    ]);
    assert.equal(manager.snmp.names.oidOf('ACME-DOOR-MIB::doorOpened'), '1.3.6.1.4.1.99999.0.1');
    const below = await manager.call('browseOids', { query: { below: 'acme' } });
    assert.deepEqual(
      below.body.items.map(({ name }) => name),
      ['doorOpened', 'doorState'],
    );
    const found = await manager.call('searchOids', { query: { q: 'dooro' } });
    assert.equal(found.body.items[0]?.name, 'doorOpened');
    const list = await manager.call('listMibs', { query: { limit: 2 } });
    assert.deepEqual(
      list.body.items.map(({ name, fileName, problems }) => [name, fileName, problems.length]),
      [
        ['ACME-DOOR-MIB', 'door.mib', 0],
        ['ACME-SMI', 'smi.mib', 0],
      ],
    );
    assert.equal((await manager.call('getMib', { params: { name: 'ACME-SMI' } })).body.text, ACME_SMI);

    const { home, database } = await manager.halt();
    manager = await startManagerHarness({ on: { home, database } });
    assert.equal(manager.snmp.names.oidOf('ACME-DOOR-MIB::doorOpened'), '1.3.6.1.4.1.99999.0.1');
    assert.equal((await manager.call('deleteMib', { params: { name: 'ACME-SMI' } })).status, 204);
    assert.equal(manager.snmp.names.oidOf('doorOpened'), null);
    assert.equal((await manager.call('deleteMib', { params: { name: 'ACME-SMI' } })).status, 404);
    assert.equal((await manager.call('deleteMib', { params: { name: 'IF-MIB' } })).status, 409);
    assert.ok((await audited()).some((line) => line.startsWith('deleteMib ACME-SMI')));
  });

  test('snmp: a user: sealed, never shown, passwords stay, orders get them', async () => {
    const put = async (body: z.input<typeof snmpUserPutSchema>, name = 'ops') =>
      await manager.call('putSnmpUser', { params: { name }, body });
    const bare = await put({});
    assert.deepEqual([bare.status, bare.body.issues?.[0]?.path], [400, 'auth_password']);
    const made = await put({ auth_password: 'auth-secret-1', priv_password: 'priv-secret-1' });
    assert.equal(made.status, 200);
    assert.ok(!made.text.includes('secret-1'));
    assert.deepEqual(manager.snmp.secrets.snmpUsers(), [
      {
        name: 'ops',
        auth: 'sha256',
        priv: 'aes',
        auth_password: 'auth-secret-1',
        priv_password: 'priv-secret-1',
      },
    ]);
    await put({ auth: 'sha512', priv: 'aes256', priv_password: 'priv-secret-2', engine_id: '80000000AB' });
    await put({ auth: 'none' }, 'open');
    assert.equal((await put({ auth: 'none' }, 'ユーザー')).status, 400);
    const { home, database } = await manager.halt();
    manager = await startManagerHarness({ on: { home, database } });
    assert.deepEqual(manager.snmp.secrets.snmpUsers(), [
      { name: 'open', auth: 'none', priv: 'none' },
      {
        name: 'ops',
        auth: 'sha512',
        priv: 'aes256',
        auth_password: 'auth-secret-1',
        priv_password: 'priv-secret-2',
        engine_id: '80000000ab',
      },
    ]);
    const list = await manager.call('listSnmpUsers');
    assert.deepEqual(
      list.body.items.map(({ name, auth, priv, engineId, secretsLost }) => [
        name,
        auth,
        priv,
        engineId,
        secretsLost,
      ]),
      [
        ['open', 'none', 'none', null, false],
        ['ops', 'sha512', 'aes256', '80000000ab', false],
      ],
    );
    assert.ok(!list.text.includes('secret-'));
    const [row] = await manager.database.query<{ text: string }>({
      text: "SELECT encode(secret_box, 'escape') AS text FROM snmp_user WHERE name = 'ops'",
    });
    assert.ok(!row?.text.includes('auth-secret'));
    let told = 0;
    manager.snmp.secrets.onChange(() => {
      told += 1;
    });
    assert.equal((await manager.call('deleteSnmpUser', { params: { name: 'ops' } })).status, 204);
    assert.equal((await manager.call('deleteSnmpUser', { params: { name: 'ops' } })).status, 404);
    assert.equal(told, 1);
    const lines = await audited();
    assert.ok(lines.some((line) => line.startsWith('putSnmpUser ops')));
    assert.ok(!lines.join('\n').includes('secret-1'));
  });

  test('snmp: a trap token: shown once, its hash goes to the orders, revoked', async () => {
    const made = await manager.call('createTrapToken', { body: { name: 'backup-tool' } });
    assert.equal(made.status, 201);
    const hash = createHash('sha256').update(made.body.token).digest('hex');
    assert.deepEqual(manager.snmp.secrets.httpTokenHashes(), [hash]);
    assert.equal((await manager.call('createTrapToken', { body: { name: 'backup-tool' } })).status, 409);
    const list = await manager.call('listTrapTokens');
    assert.deepEqual(
      list.body.items.map(({ name }) => name),
      ['backup-tool'],
    );
    assert.ok(!list.text.includes(made.body.token));
    assert.equal((await manager.call('deleteTrapToken', { params: { name: 'backup-tool' } })).status, 204);
    assert.deepEqual(manager.snmp.secrets.httpTokenHashes(), []);
  });
});
