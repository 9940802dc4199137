// Tests of what is shown of a message: no community, whatever else is wrong with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideCommunity } from './hide-community.ts';
import { parseSnmp } from './parse-snmp.ts';
import { writeV1Message, writeV2cMessage } from './trap-writer.ts';
import { createOidNames } from '../mib/oid-names.ts';

const COMMUNITY = 'v3ry-s3cret';
const varbinds = Array.from({ length: 20 }, (_, index) => ({
  oid: `1.3.6.1.2.1.2.2.1.1.${index}`,
  value: { type: 'integer' as const, value: index },
}));
const v2c = writeV2cMessage(Buffer.from(COMMUNITY), {
  kind: 'trap',
  requestId: 7,
  upTime: 1,
  trapOid: '1.3.6.1.6.3.1.1.5.3',
  varbinds,
});
const says = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('hide community: whole, cut off anywhere, lengths that lie: not a piece of it; the rest stays', () => {
  assert.ok(says(v2c).includes(COMMUNITY));
  const hidden = hideCommunity(v2c);
  assert.equal(hidden.length, v2c.length);
  assert.ok(says(hidden).includes('*'.repeat(COMMUNITY.length)));
  assert.equal(says(hidden).slice(-40), says(v2c).slice(-40));
  for (let length = 0; length <= v2c.length; length += 1) {
    const cut = Uint8Array.from(v2c.subarray(0, length));
    assert.ok(!says(hideCommunity(cut)).includes(COMMUNITY.slice(0, 2)), `cut to ${length}`);
  }
  const lying = Uint8Array.from(v2c);
  lying[2] = 0xff;
  assert.ok(!says(hideCommunity(lying)).includes(COMMUNITY));
});

test('hide community: a message that is no trap: the text that is shown does not hold it either', () => {
  const broken = Uint8Array.from(v2c.subarray(0, 60));
  const trap = parseSnmp(
    {
      seq: 1,
      receivedUs: 1,
      protocol: 'snmp',
      flags: 0,
      address: new Uint8Array(16),
      port: 1,
      extra: null,
      payload: broken,
    },
    createOidNames(new Map(), new Map()),
  );
  assert.notEqual(trap.malformed, null);
  assert.ok(!trap.text.replaceAll(/[^0-9a-f]/gi, '').includes(Buffer.from(COMMUNITY).toString('hex')));
});

test('hide community: v1', () => {
  const v1 = writeV1Message(Buffer.from(COMMUNITY), {
    enterprise: '1.3.6.1.4.1.8072',
    agent: Uint8Array.from([192, 0, 2, 1]),
    generic: 6,
    specific: 1,
    upTime: 1,
    varbinds: [],
  });
  assert.ok(!says(hideCommunity(v1)).includes(COMMUNITY));
});
