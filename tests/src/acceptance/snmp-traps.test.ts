// SNMP over the real product: a MIB module by the command line, a user of SNMPv3, a monitor; an encrypted trap and an acknowledged inform
// become traps and events with names.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { writeV2cMessage } from '@nezuban/core/traps/snmp/trap-writer';
import { operations } from '@nezuban/protocol/api/operations';
import { snmpUserSchema } from '@nezuban/protocol/intake/orders';
import { createScratchHome, freePort } from '../support/scratch-home.ts';
import { linkDown, writeV3Trap } from '../support/snmp-sender.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, type Product } from './product.ts';

const ACME_MIB = `ACME-DOOR-MIB DEFINITIONS ::= BEGIN
IMPORTS OBJECT-TYPE, NOTIFICATION-TYPE, enterprises FROM SNMPv2-SMI;
acme OBJECT IDENTIFIER ::= { enterprises 99999 }
doorState OBJECT-TYPE SYNTAX INTEGER { open(1), closed(2) } MAX-ACCESS read-only STATUS current DESCRIPTION "" ::= { acme 1 }
doorOpened NOTIFICATION-TYPE OBJECTS { doorState } STATUS current DESCRIPTION "" ::= { acme 0 1 }
END`;
const MONITOR = `kind: trap_monitor
name: doors
source: snmp
rules:
  - name: opened
    when: { trap_oids: ["ACME-DOOR-MIB::doorOpened"], fields: [{ name: doorState, equals: open }] }
    priority: critical
    message: "door is {{field.doorState}}"
unmatched: info
`;
const run = promisify(execFile);
const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const TIMEOUT_MS = 300_000;

describe('snmp traps', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let product: Product;
  let port: number;
  before(async () => {
    home = createScratchHome();
    port = await freePort();
    product = await startProduct(await choosePlace(home.path));
    const off = { enabled: false };
    await product.call(operations.putSettings, {
      params: { section: 'intake' },
      body: { syslog_udp: off, syslog_tcp: off, http: off, snmp: { enabled: true, host: '127.0.0.1', port } },
      ifMatch: '"0"',
    });
  });
  after(async () => {
    await product?.stop();
    await home?.remove();
  });

  const cli = async (...words: readonly string[]): Promise<string> => {
    const env = { ...process.env, NEZUBAN_HOME: product.place.home, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
    return (await run(CLI, [...words], { env, timeout: TIMEOUT_MS })).stdout;
  };
  const fileOf = async (name: string, text: string): Promise<string> => {
    const file = path.join(home.path, name);
    await writeFile(file, text);
    return file;
  };

  test('snmp traps: from MIB, user and monitor to an event with names', async (t) => {
    const user = snmpUserSchema.parse({
      name: 'doors',
      auth_password: 'auth-password-1',
      priv_password: 'priv-password-1',
    });
    await cli('mib', 'import', await fileOf('acme.mib', ACME_MIB));
    await cli('apply', await fileOf('doors.yaml', MONITOR));
    const auth = await fileOf('auth', 'auth-password-1\n');
    const priv = await fileOf('priv', 'priv-password-1\n');
    await cli('trap', 'user', 'set', 'doors', '--auth-password-file', auth, '--priv-password-file', priv);

    const socket = createSocket('udp4');
    t.after(() => socket.close());
    const answers: Buffer[] = [];
    socket.on('message', (message) => answers.push(message));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const send = (bytes: Uint8Array): void => socket.send(bytes, port, '127.0.0.1');
    const trap = linkDown({
      trapOid: '1.3.6.1.4.1.99999.0.1',
      varbinds: [{ oid: '1.3.6.1.4.1.99999.1.0', value: { type: 'integer', value: 1 } }],
    });
    const engineId = Buffer.from('80000000050102030405060708', 'hex');
    let messageId = 0;
    // Until the orders with the user have come, the receiver refuses: a sender of traps hears nothing of it.
    await waitFor(
      async () => {
        messageId += 1;
        send(writeV3Trap({ user, engineId, boots: 1, time: messageId, trap, messageId }));
        const { items } = await product.call(operations.listEvents, { query: { q: 'door is open' } });
        return items.length > 0;
      },
      { timeoutMs: TIMEOUT_MS, intervalMs: 300, message: 'the event of the door' },
    );
    const inform = writeV2cMessage(Buffer.from('public'), linkDown({ kind: 'inform', requestId: 99 }));
    send(inform);
    await waitFor(() => answers.length === 1, { message: 'the answer to the inform' });
    const expected = Buffer.from(inform);
    expected[expected.indexOf(0xa6)] = 0xa2;
    assert.deepEqual(answers[0], expected);
    const events = await waitFor(
      async () => {
        const { items } = await product.call(operations.listEvents, { query: { q: 'linkDown' } });
        return items.length > 0 && items;
      },
      { timeoutMs: TIMEOUT_MS, message: 'the event of the inform' },
    );
    assert.match(events[0]?.message ?? '', /IF-MIB::linkDown ifIndex\.3=3/);
    // The status is asked for now and then.
    await waitFor(
      async () => {
        const { intakes } = await product.call(operations.getIntake);
        const receiver = intakes[0]?.status?.receivers.find(({ name }) => name === 'snmp');
        return receiver?.state === 'listening' && receiver.received >= 2;
      },
      { timeoutMs: TIMEOUT_MS, message: 'the status of the receiver' },
    );
  });
});
