/** What is looked at before a drill begins, and that there is only one at a time. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { createScratchHome } from '../../support/scratch-home.ts';
import { createLoopbackNetwork } from '../loopback-network.ts';
import { CONSOLE_PORT } from '../pair.ts';
import { acquireDrillLock } from './drill-lock.ts';
import { drillFaults } from './faults.ts';
import { whyNoPorts, whyNoReport, whyNoRoom, whyNotHere } from './preflight.ts';

test('drill preflight: the report: a new file leaves no trace, an old one stays as it is', async () => {
  await using scratch = createScratchHome();
  const fresh = path.join(scratch.path, 'new.html');
  assert.equal(whyNoReport(fresh), null);
  assert.ok(!fs.existsSync(fresh));
  const old = path.join(scratch.path, 'old.html');
  fs.writeFileSync(old, 'last year');
  assert.equal(whyNoReport(old), null);
  assert.equal(fs.readFileSync(old, 'utf8'), 'last year');
});

test('drill preflight: the report: a folder, and a folder that is not there, are named', async () => {
  await using scratch = createScratchHome();
  assert.match(whyNoReport(scratch.path) ?? '', /it is a folder; name a file in it\.$/);
  assert.match(
    whyNoReport(path.join(scratch.path, 'no/x.html')) ?? '',
    /no\/x\.html: the folder .*\/no does not exist\. Name another file with --report\.$/,
  );
  const file = path.join(scratch.path, 'file');
  fs.writeFileSync(file, '');
  assert.match(whyNoReport(path.join(file, 'x.html')) ?? '', /cannot be written/);
});

test(
  'drill preflight: room: this machine has it, and /proc has none',
  { skip: process.platform !== 'linux' },
  () => {
    assert.match(whyNoRoom('/proc') ?? '', /The disk of \/proc has 0 MiB free; the drill needs \d+ MiB/);
  },
);

test(
  'drill preflight: ports: one that is taken is named, with what to do',
  { skip: process.platform !== 'linux' },
  async () => {
    const network = createLoopbackNetwork();
    const taken = net.createServer();
    await new Promise<void>((listening) => taken.listen(CONSOLE_PORT, network.places.b.address, listening));
    try {
      assert.match(
        (await whyNoPorts(network)) ?? '',
        /^127\.79\.0\.2:7380 is in use, .* As root the drill has a network of its own; else stop what listens there\.$/,
      );
    } finally {
      taken.close();
    }
  },
);

test('drill preflight: loopback addresses: what needs a cut is left out, and says why', () => {
  const left = drillFaults.filter((fault) => whyNotHere(fault, 'loopback') === null);
  assert.ok(left.some(({ key }) => key === 'host-killed'));
  for (const fault of drillFaults)
    assert.equal(whyNotHere(fault, 'loopback') !== null, fault.needsRoot === true, fault.key);
});

test('drill preflight: little memory: the fault with its disks in memory is left out', () => {
  const full = drillFaults.find(({ key }) => key === 'disk-full');
  assert.ok(full);
  assert.match(
    whyNotHere(full, 'namespaces', 800)?.en ?? '',
    /needs 2600 MiB of free memory .* there are 800$/,
  );
});

test(
  'drill lock: a second drill is told who holds it; afterwards it is free',
  { skip: process.platform !== 'linux' },
  async () => {
    const name = `test-${process.pid}`;
    const first = await acquireDrillLock(name, 'process 1, since noon');
    assert.ok(first.held);
    assert.deepEqual(await acquireDrillLock(name, 'me'), { held: false, by: 'process 1, since noon' });
    first.release();
    const third = await acquireDrillLock(name, 'me');
    assert.ok(third.held);
    third.release();
  },
);
