// Keys and ciphers of SNMPv3, held against the vectors of the standards.
import assert from 'node:assert/strict';
import test from 'node:test';
import { snmpAuthProtocols, snmpPrivProtocols } from '@nezuban/protocol/intake/orders';
import {
  decryptPdu,
  encryptPdu,
  isSignedBy,
  keyOfPassword,
  localiseKey,
  privacyKeyOf,
  signatureBytesOf,
  signMessage,
} from './snmp-usm.ts';

const password = Buffer.from('maplesyrup');
const engineId = Buffer.from('000000000000000000000002', 'hex');

test('snmp usm: the example of RFC 3414, A.3: the same keys', () => {
  const md5 = keyOfPassword('md5', password);
  assert.equal(md5.toString('hex'), '9faf3283884e92834ebc9847d8edd963');
  assert.equal(localiseKey('md5', md5, engineId).toString('hex'), '526f5eed9fcce26f8964c2930787d82b');
  const sha = keyOfPassword('sha', password);
  assert.equal(sha.toString('hex'), '9fb5cc0381497b3793528939ff788d5d79145211');
  assert.equal(localiseKey('sha', sha, engineId).toString('hex'), '6695febc9288e36282235fc7151f128497b38f3f');
});

test('snmp usm: keys lengthened for AES-256: the examples of the drafts', () => {
  const localised = localiseKey('sha', keyOfPassword('sha', password), engineId);
  // draft-reeder-snmpv3-usm-3desede, B.2.
  assert.equal(
    privacyKeyOf({ auth: 'sha', priv: 'aes256c' }, localised, engineId).toString('hex'),
    '6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c',
  );
  const blumenthal = privacyKeyOf({ auth: 'sha', priv: 'aes256' }, localised, engineId);
  assert.equal(blumenthal.length, 32);
  assert.deepEqual(blumenthal.subarray(0, 20), localised);
});

test('snmp usm: a signature: fits its key and message alone', () => {
  for (const auth of snmpAuthProtocols) {
    if (auth === 'none') continue;
    const key = localiseKey(auth, keyOfPassword(auth, password), engineId);
    const message = Buffer.from('message');
    const signature = signMessage(auth, key, message);
    assert.equal(signature.length, signatureBytesOf(auth));
    assert.equal(isSignedBy({ auth, key, signature }, message), true);
    assert.equal(isSignedBy({ auth, key, signature }, Buffer.from('massage')), false);
    assert.equal(isSignedBy({ auth, key, signature: signature.subarray(1) }, message), false);
    assert.equal(isSignedBy({ auth, key, signature: new Uint8Array(0) }, message), false);
  }
});

test('snmp usm: every cipher: what was encrypted comes back', () => {
  for (const priv of snmpPrivProtocols) {
    if (priv === 'none') continue;
    const localised = localiseKey('sha', keyOfPassword('sha', password), engineId);
    const context = {
      priv,
      key: privacyKeyOf({ auth: 'sha', priv }, localised, engineId),
      boots: 3,
      time: 4711,
      salt: Buffer.from('0102030405060708', 'hex'),
    };
    const pdu = Buffer.from('a scoped PDU of some length');
    const encrypted = encryptPdu(context, pdu);
    assert.notDeepEqual(encrypted.subarray(0, pdu.length), pdu);
    assert.deepEqual(decryptPdu(context, encrypted)?.subarray(0, pdu.length), pdu);
    assert.equal(decryptPdu({ ...context, salt: new Uint8Array(3) }, encrypted), null);
  }
});
