// Tests of what a standby needs from its master: the authority, the token of the command line; and of getting another authority later.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openAuthority } from '../inventory/certificates/authority.ts';
import type { ManagedManager } from '../testing/keeper-stand-in.ts';
import { createPairBench, type PairBench } from '../testing/pair-bench.ts';

describe('authority of a pair', () => {
  let bench: PairBench;
  let a: ManagedManager;
  let b: ManagedManager;

  before(async () => {
    bench = await createPairBench();
    a = await bench.start('a');
    await a.beMaster(1);
  });
  after(() => bench.stop());
  const local = async () => {
    const text = await readFile(path.join(bench.homes.b, 'cli.json'), 'utf8');
    const { url, token } = JSON.parse(text) as { url: string; token: string };
    const answer = await fetch(`${url}/api/v1/system`, { headers: { authorization: `Bearer ${token}` } });
    await answer.body?.cancel();
    return { token, status: answer.status };
  };

  test('standby: no authority yet: makes none, waits for the files of the master, then serves', async () => {
    b = await bench.start('b');
    const standing = b.standBy('alpha');
    const again = b.standBy('alpha');
    await assert.rejects(readFile(path.join(bench.homes.b, 'manager/ca/ca.key')), { code: 'ENOENT' });
    assert.throws(() => b.serves());
    await bench.share();
    await Promise.all([standing, again]);
    assert.match(b.serves().agentAddress, /^127\.0\.0\.1:\d+$/);
  });

  test('standby: the command line of its host: let in over the master, and after the take-over by the same token', async () => {
    const asStandby = await local();
    assert.equal(asStandby.status, 200);
    await a.stop();
    await b.beMaster(2);
    assert.deepEqual(await local(), asStandby);
    await b.stop();
  });

  test('standby: its authority is replaced by another pair: ends, so that the next process takes that one', async () => {
    b = await bench.start('b');
    await b.standBy('alpha');
    const ca = path.join(bench.homes.b, 'manager/ca');
    const other = await openAuthority(path.join(bench.homes.b, 'other'));
    await rm(path.join(ca, 'ca.crt'));
    for (const file of ['ca.key', 'ca.crt'])
      await writeFile(path.join(ca, file), await readFile(path.join(bench.homes.b, 'other', file)));
    await assert.rejects(b.standBy('alpha'), /authority of this host has been replaced/);
    await b.stop();
    b = await bench.start('b');
    await b.standBy('alpha');
    assert.equal(await readFile(path.join(ca, 'ca.crt'), 'utf8'), other.certificate);
  });

  test('standby without an authority: told to be master all the same: serves with one of its own', async () => {
    await b.stop();
    await rm(path.join(bench.homes.b, 'manager/ca'), { recursive: true });
    b = await bench.start('b');
    const standing = b.standBy('alpha');
    await b.beMaster(5);
    await standing;
    await b.reported('on-duty');
  });
});
