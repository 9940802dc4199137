/** The watchdog with a plain file in the device's place. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createWatchdog } from './watchdog.ts';

test('watchdog: opened, touched, closed: each touch is a byte, the last one is the magic one', async () => {
  await using home = createScratchHome();
  const device = path.join(home.path, 'watchdog');
  fs.writeFileSync(device, '');
  const logger = createMemoryLogger();
  const watchdog = createWatchdog({ logger }, device);
  watchdog.pet();
  assert.equal(watchdog.open(), true);
  assert.equal(watchdog.open(), true);
  watchdog.pet();
  await waitFor(() => fs.readFileSync(device, 'latin1') === '\0');
  await waitFor(() => {
    watchdog.pet();
    return fs.readFileSync(device, 'latin1').length >= 2;
  });
  await watchdog.close();
  await watchdog.close();
  watchdog.pet();
  assert.match(fs.readFileSync(device, 'latin1'), /^\0{2,}V$/);
  assert.deepEqual(logger.lines, []);
});

test('watchdog: no such device: said once, and the host runs without', async () => {
  const logger = createMemoryLogger();
  const watchdog = createWatchdog({ logger }, '/nowhere/watchdog');
  assert.equal(watchdog.open(), false);
  watchdog.pet();
  await watchdog.close();
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ['the watchdog /nowhere/watchdog cannot be opened; this host runs without it'],
  );
});

test(
  'watchdog: the device refuses to be touched: said once',
  { skip: !fs.existsSync('/dev/full') },
  async () => {
    const logger = createMemoryLogger();
    const watchdog = createWatchdog({ logger }, '/dev/full');
    watchdog.open();
    for (let touch = 0; touch < 3; touch += 1) {
      watchdog.pet();
      await waitFor(() => logger.lines.length > 0);
    }
    await watchdog.close();
    const said = logger.lines.map(({ message }) => message.includes('cannot be touched'));
    assert.deepEqual(said, [true, false]);
  },
);
