// The SNMP receiver over a real socket: what is journaled, what is answered, what is refused.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { readScopedPdu } from '@nezuban/core/traps/snmp/trap-message';
import { writeV1Message, writeV2cMessage } from '@nezuban/core/traps/snmp/trap-writer';
import { readV3Envelope, writeV3Message } from '@nezuban/core/traps/snmp/v3-message';
import {
  snmpAuthProtocols,
  snmpPrivProtocols,
  snmpUserSchema,
  type SnmpUser,
} from '@nezuban/protocol/intake/orders';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { linkDown, writeV3Trap } from '@nezuban/tests/support/snmp-sender';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { freePort, openBench, ordersFor } from '../../testing/snmp-bench.ts';

const directory = await mkdtemp(path.join(os.tmpdir(), 'nz-snmp-receiver-'));
after(async () => await rm(directory, { recursive: true, force: true }));
let files = 0;
const newStateFile = (): string => path.join(directory, `state-${(files += 1)}.json`);

const user = (more: Partial<SnmpUser> = {}): SnmpUser =>
  snmpUserSchema.parse({
    name: 'ops',
    auth: 'sha256',
    auth_password: 'authpassword',
    priv: 'aes',
    priv_password: 'privpassword',
    ...more,
  });
const peer = Buffer.from('80000000050102030405060708', 'hex');
const community = Buffer.from('public');
/** Sent last: once it is heard, everything before it has been judged. */
const neighbour = (number: number): Uint8Array =>
  writeV2cMessage(community, linkDown({ requestId: number, upTime: number }));

test('snmp receiver: v1 and v2c: journaled as they came', async () => {
  const bench = await openBench({ stateFile: newStateFile() });
  const v1 = writeV1Message(community, {
    enterprise: '1.3.6.1.4.1.9',
    agent: Uint8Array.of(1, 2, 3, 4),
    generic: 6,
    specific: 1,
    upTime: 1,
    varbinds: [],
  });
  bench.send(v1);
  bench.send(neighbour(1));
  bench.send(Buffer.from('hello'));
  await waitFor(() => bench.heard.length === 3);
  assert.deepEqual(
    bench.heard.map(({ payload, protocol, address, flags, extra }) => ({
      payload: payload.toString('hex'),
      protocol,
      address,
      flags,
      extra,
    })),
    [v1, neighbour(1), Buffer.from('hello')].map((bytes) => ({
      payload: Buffer.from(bytes).toString('hex'),
      protocol: 'snmp',
      address: '127.0.0.1',
      flags: 0,
      extra: null,
    })),
  );
  const status = bench.receiver.status();
  assert.deepEqual(
    [status.state, status.received, status.refused, status.malformed, status.says],
    ['listening', 3, 0, 1, null],
  );
  await bench.close();
});

test('snmp receiver: a community that is not in the list: refused and told', async () => {
  const bench = await openBench({ stateFile: newStateFile(), communities: ['secret', '監視'] });
  bench.send(neighbour(1));
  bench.send(writeV2cMessage(Buffer.from('監視'), linkDown()));
  await waitFor(() => bench.heard.length === 1);
  assert.match(
    bench.receiver.status().says ?? '',
    /^Refused: 1 with a community that is not in the list \(last from 127\.0\.0\.1\)\.$/,
  );
  assert.equal(bench.receiver.status().refused, 1);
  await bench.close();
});

test('snmp receiver: an inform: answered once it is durable, repeats are answered and not journaled again', async () => {
  const bench = await openBench({ stateFile: newStateFile() });
  const inform = writeV2cMessage(community, linkDown({ kind: 'inform', requestId: 815 }));
  bench.hold();
  bench.send(inform);
  bench.send(inform);
  await waitFor(() => bench.receiver.status().received === 2);
  assert.equal(bench.answers.length, 0);
  bench.release();
  await waitFor(() => bench.answers.length === 2);
  bench.send(inform);
  await waitFor(() => bench.answers.length === 3);
  assert.equal(bench.heard.length, 1);
  const expected = Buffer.from(inform);
  expected[expected.indexOf(0xa6)] = 0xa2;
  for (const answer of bench.answers) assert.deepEqual(answer, expected);
  await bench.close();
});

test('snmp receiver: an inform that the journal does not take: no answer, the next try is taken', async () => {
  const bench = await openBench({ stateFile: newStateFile() });
  const inform = writeV2cMessage(community, linkDown({ kind: 'inform' }));
  bench.hold();
  bench.send(inform);
  await waitFor(() => bench.waiting.length === 1);
  bench.release('full');
  await waitFor(() => bench.receiver.status().refused === 1);
  assert.equal(bench.answers.length, 0);
  bench.send(inform);
  await waitFor(() => bench.answers.length === 1);
  assert.equal(bench.heard.length, 1);
  await bench.close();
});

test('snmp receiver: v3 traps in every protocol: the scoped PDU in clear, with who said it', async () => {
  const users = snmpAuthProtocols
    .filter((auth) => auth !== 'none')
    .flatMap((auth) => snmpPrivProtocols.map((priv) => user({ name: `${auth}-${priv}`, auth, priv })));
  const bench = await openBench({ stateFile: newStateFile(), users });
  for (const [index, one] of users.entries())
    bench.send(
      writeV3Trap({
        user: one,
        engineId: peer,
        boots: 3,
        time: 1000 + index,
        trap: linkDown({ requestId: index }),
      }),
    );
  await waitFor(() => bench.heard.length === users.length, {
    message: () => bench.receiver.status().says ?? 'traps',
  });
  for (const [index, one] of users.entries()) {
    const heard = bench.heard[index];
    assert.deepEqual(heard?.extra, { user: one.name, engine: peer.toString('hex') });
    assert.equal(heard?.flags, recordFlags.authentic);
    const read = readScopedPdu(heard?.payload ?? Buffer.alloc(0));
    assert.equal(read.ok && read.message.requestId, index);
  }
  assert.equal(bench.receiver.status().says, null);
  await bench.close();
});

test('snmp receiver: v3 that is not right: refused, told, and never answered', async () => {
  const unsigned = snmpUserSchema.parse({ name: 'open', auth: 'none', priv: 'none' });
  const bound = user({ name: 'bound', engine_id: 'FFFFFFFFFF' });
  const bench = await openBench({ stateFile: newStateFile(), users: [user(), unsigned, bound] });
  const sending = { engineId: peer, boots: 3, time: 1000 } as const;
  const wrong: readonly Buffer[] = [
    writeV3Trap({ ...sending, user: user({ name: 'nobody' }) }),
    writeV3Trap({ ...sending, user: user({ auth_password: 'wrongpassword' }) }),
    writeV3Trap({ ...sending, user: user({ auth: 'sha512' }) }),
    writeV3Trap({ ...sending, user: user({ priv: 'none' }) }),
    writeV3Trap({ ...sending, user: snmpUserSchema.parse({ name: 'ops', auth: 'none', priv: 'none' }) }),
    writeV3Trap({ ...sending, user: user({ priv_password: 'wrongpassword' }), messageId: 5 }),
    writeV3Trap({ ...sending, user: bound }),
  ];
  for (const one of wrong) bench.send(one);
  const changed = writeV3Trap({ ...sending, user: user({ priv: 'none' }) });
  changed[changed.length - 1] = 9;
  bench.send(changed);
  bench.send(writeV3Trap({ ...sending, user: unsigned }));
  bench.send(neighbour(1));
  await waitFor(() => bench.heard.length === 2);
  assert.equal(bench.receiver.status().refused, wrong.length + 1);
  assert.equal(bench.heard[0]?.flags, 0);
  assert.deepEqual(bench.heard[0]?.extra, { user: 'open', engine: peer.toString('hex') });
  assert.match(bench.receiver.status().says ?? '', /1 of an unknown SNMPv3 user .*user "nobody"/);
  assert.match(
    bench.receiver.status().says ?? '',
    /2 with a wrong SNMPv3 authentication password or protocol/,
  );
  assert.match(bench.receiver.status().says ?? '', /1 with a wrong SNMPv3 privacy password/);
  assert.equal(bench.answers.length, 0);
  await bench.close();
});

test('snmp receiver: a v3 trap that is played again: refused, also after a restart', async () => {
  const stateFile = newStateFile();
  const first = await openBench({ stateFile, users: [user()] });
  const old = writeV3Trap({ user: user(), engineId: peer, boots: 3, time: 1000 });
  const late = writeV3Trap({ user: user(), engineId: peer, boots: 3, time: 2000 });
  first.send(old);
  first.send(late);
  first.send(late);
  // Within the window an older one is only late; beyond it, it is out of time.
  first.send(writeV3Trap({ user: user(), engineId: peer, boots: 3, time: 1900 }));
  first.send(writeV3Trap({ user: user(), engineId: peer, boots: 2, time: 5000 }));
  first.send(writeV3Trap({ user: user(), engineId: peer, boots: 3, time: 1800 }));
  first.send(neighbour(1));
  await waitFor(() => first.heard.at(-1)?.extra === null);
  assert.equal(first.heard.length, 4);
  assert.equal(
    first.receiver.status().says?.replaceAll(/ \(last[^)]*\)/g, ''),
    'Refused: 1 that had been sent before; 2 with an engine time of the past.',
  );
  await first.close();
  const second = await openBench({ stateFile, users: [user()] });
  second.send(old);
  second.send(writeV3Trap({ user: user(), engineId: peer, boots: 4, time: 1 }));
  await waitFor(() => second.heard.length === 1);
  assert.equal(second.receiver.status().refused, 1);
  await second.close();
});

test('snmp receiver: v3 informs: discovery, our time, then the answer', async () => {
  const stateFile = newStateFile();
  const bench = await openBench({ stateFile, users: [user()] });
  const trap = linkDown({ kind: 'inform' });
  const readAnswer = async (count: number) => {
    await waitFor(() => bench.answers.length === count);
    const read = readV3Envelope(bench.answers[count - 1] ?? Buffer.alloc(0));
    assert.ok(read.ok);
    return read.envelope;
  };
  const discovery = writeV3Message({
    messageId: 77,
    flags: 4,
    engineId: new Uint8Array(0),
    boots: 0,
    time: 0,
    user: new Uint8Array(0),
    authLength: 0,
    privParameters: new Uint8Array(0),
    data: Buffer.from('300e0400 0400a0080201050201000201003000'.replaceAll(' ', ''), 'hex'),
  });
  bench.send(discovery.bytes);
  const told = await readAnswer(1);
  const state = JSON.parse(fs.readFileSync(stateFile, 'utf8')) as { engineId: string; boots: number };
  assert.deepEqual(
    [Buffer.from(told.engineId).toString('hex'), told.boots, told.messageId, told.flags],
    [state.engineId, 1, 77, 0],
  );
  const engineId = Buffer.from(told.engineId);
  bench.send(writeV3Trap({ user: user(), engineId, boots: 0, time: 0, reportable: true, trap }));
  const times = await readAnswer(2);
  assert.equal(times.flags, 1);
  const sending = { user: user(), engineId, boots: times.boots, time: times.time, reportable: true, trap };
  bench.send(writeV3Trap({ ...sending, messageId: 9 }));
  const answer = await readAnswer(3);
  assert.deepEqual([answer.messageId, answer.flags], [9, 3]);
  // A repeat has a message id of its own; it is answered and not journaled.
  bench.send(writeV3Trap({ ...sending, messageId: 10 }));
  assert.equal((await readAnswer(4)).messageId, 10);
  assert.equal(bench.heard.length, 1);
  // Wrong passwords are answered nothing, whoever asks.
  bench.send(writeV3Trap({ ...sending, user: user({ auth_password: 'wrongpassword' }) }));
  bench.send(writeV3Trap({ ...sending, user: user({ name: 'nobody' }) }));
  bench.send(neighbour(1));
  await waitFor(() => bench.heard.length === 2);
  assert.equal(bench.answers.length, 4);
  await bench.close();
  const again = await openBench({ stateFile, users: [user()] });
  again.send(discovery.bytes);
  await waitFor(() => again.answers.length === 1);
  const read = readV3Envelope(again.answers[0] ?? Buffer.alloc(0));
  assert.ok(read.ok);
  assert.deepEqual([Buffer.from(read.envelope.engineId), read.envelope.boots], [engineId, 2]);
  await again.close();
});

test('snmp receiver: a damaged file of engines: put aside, and it hears as a new engine', async () => {
  const stateFile = newStateFile();
  fs.writeFileSync(stateFile, '{"engineId": "80');
  const bench = await openBench({ stateFile, users: [user()] });
  bench.send(writeV3Trap({ user: user(), engineId: peer, boots: 1, time: 1 }));
  await waitFor(() => bench.heard.length === 1);
  assert.equal(fs.existsSync(`${stateFile}.damaged`), true);
  assert.equal(bench.receiver.status().says, null);
  await bench.close();
});

test('snmp receiver: a port that is taken: told, and had once it is free', async () => {
  const bench = await openBench({ stateFile: newStateFile() });
  const other = createSocket('udp4');
  const port = await freePort();
  other.bind({ port, address: '127.0.0.1', exclusive: true });
  await once(other, 'listening');
  await bench.receiver.obey(ordersFor({ port }));
  assert.equal(bench.receiver.status().state, 'failed');
  assert.match(bench.receiver.status().says ?? '', /is taken by another program/);
  other.close();
  await once(other, 'close');
  await bench.receiver.obey(ordersFor({ port }));
  assert.equal(bench.receiver.status().state, 'listening');
  await bench.receiver.obey(ordersFor({ port, enabled: false }));
  assert.equal(bench.receiver.status().state, 'off');
  await bench.close();
});

const run = promisify(execFile);
const hasNetSnmp = await run('snmpinform', ['-V']).then(
  () => true,
  () => false,
);

test('snmp receiver: senders of net-snmp: heard, informs acknowledged', { skip: !hasNetSnmp }, async () => {
  const ciphers = [
    { name: 'md5des', auth: 'md5', priv: 'des', a: 'MD5', x: 'DES' },
    { name: 'shaaes', auth: 'sha', priv: 'aes', a: 'SHA', x: 'AES' },
    { name: 'sha512aes', auth: 'sha512', priv: 'aes256', a: 'SHA-512', x: 'AES-256' },
    { name: 'sha1aes256', auth: 'sha', priv: 'aes256', a: 'SHA', x: 'AES-256' },
    { name: 'sha1aes256c', auth: 'sha', priv: 'aes256c', a: 'SHA', x: 'AES-256-C' },
  ] as const;
  const bench = await openBench({
    stateFile: newStateFile(),
    users: ciphers.map(({ name, auth, priv }) => user({ name, auth, priv })),
  });
  const target = `127.0.0.1:${bench.port}`;
  const content = ['', '1.3.6.1.6.3.1.1.5.3', '1.3.6.1.2.1.2.2.1.1.3', 'i', '3'];
  await run('snmpinform', ['-v', '2c', '-c', 'public', '-r', '1', target, ...content]);
  let expected = 1;
  for (const { name, a, x } of ciphers) {
    const secure = [
      '-v',
      '3',
      '-u',
      name,
      '-l',
      'authPriv',
      '-a',
      a,
      '-A',
      'authpassword',
      '-x',
      x,
      '-X',
      'privpassword',
    ];
    const sent = await run('snmpinform', [...secure, '-r', '1', target, ...content]).catch((error: unknown) =>
      String(error),
    );
    // Not every build of net-snmp has AES-256.
    if (typeof sent === 'string' && /Invalid (privacy|authentication) protocol/.test(sent)) continue;
    assert.equal(typeof sent === 'string' ? sent : '', '', `${name}: ${bench.receiver.status().says}`);
    await run('snmptrap', [...secure, '-e', '0x8000000001020304', target, ...content]);
    expected += 2;
  }
  await waitFor(() => bench.heard.length === expected, {
    message: () => bench.receiver.status().says ?? 'traps',
  });
  assert.equal(bench.receiver.status().malformed, 0);
  await bench.close();
});
