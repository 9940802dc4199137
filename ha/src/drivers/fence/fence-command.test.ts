/** The fence with real commands: success is an exit with 0 in time, and nothing else. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { processesWithCommand } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFence } from './fence-command.ts';

const home = createScratchHome();
after(() => home.remove());
const peer = { id: 'b.1', name: 'ops-b', address: '192.0.2.7:7382' };

function fenceOf(command: readonly string[], timeoutMs = 10_000) {
  return createFence({ timers: systemTimers, logger: createMemoryLogger() }, { command, timeoutMs });
}

describe('fence', () => {
  test('fence: the command ends with 0: success; it was told whom, by argument and environment, without a shell', async () => {
    const file = path.join(home.path, 'told');
    const script = `printf '%s\\n' "$NEZUBAN_PEER_ID" "$NEZUBAN_PEER_NAME" "$NEZUBAN_PEER_ADDRESS" "$1" >${file}; env >>${file}`;
    const result = await fenceOf(['/bin/sh', '-c', script, 'fence', '$(id); "x"']).run(peer);
    assert.equal(result.ok, true, result.says);
    assert.match(result.says, /powered off ops-b/);
    const told = fs.readFileSync(file, 'utf8');
    assert.match(told, /^b\.1\nops-b\n192\.0\.2\.7:7382\n\$\(id\); "x"\n/);
    assert.match(told, /^PATH=\/usr\/local\/sbin:/m);
    assert.doesNotMatch(told, /^npm_|NODE_/m, "the keeper's environment stays its own");
  });

  test('fence: another exit code: failure, with its last words', async () => {
    const { ok, says } = await fenceOf(['/bin/sh', '-c', 'echo wrong password >&2; exit 3']).run(peer);
    assert.equal(ok, false);
    assert.equal(
      says,
      'The fence command /bin/sh could not power off ops-b: it ended with exit code 3; it said: wrong password.',
    );
  });

  test('fence: it is killed by a signal: failure', async () => {
    const { ok, says } = await fenceOf(['/bin/sh', '-c', 'kill -9 $$']).run(peer);
    assert.equal(ok, false);
    assert.match(says, /was killed by SIGKILL/);
  });

  test('fence: there is no such program, or no right to it: failure, in words', async () => {
    const missing = await fenceOf(['/nowhere/fence']).run(peer);
    assert.equal(missing.ok, false);
    assert.match(missing.says, /could not be started: there is no program \/nowhere\/fence\.$/);
    const file = path.join(home.path, 'no-program');
    fs.writeFileSync(file, 'x', { mode: 0o600 });
    const refused = await fenceOf([file]).run(peer);
    assert.equal(refused.ok, false);
    assert.match(refused.says, /could not be started/);
    const wrong = await fenceOf(['/bin/sh', '\0']).run(peer);
    assert.equal(wrong.ok, false);
  });

  test('fence: it hangs: killed with everything that it started, sessions of their own too; failure', async () => {
    const script = 'trap "" TERM; setsid sleep 4711 & sleep 4711 & echo connecting; wait';
    const { ok, says } = await fenceOf(['/bin/sh', '-c', script], 400).run(peer);
    assert.equal(ok, false);
    assert.match(says, /did not end within 0\.4 s and was killed; it said: connecting/);
    await waitFor(() => processesWithCommand((command) => command === 'sleep 4711').length === 0);
  });

  test('fence: it ends and leaves somebody who holds its output: not waited for', async (t) => {
    const file = path.join(home.path, 'left');
    const left = `sleep 4712 & echo $! >${file}; echo done`;
    const { ok, says } = await fenceOf(['/bin/sh', '-c', left]).run(peer);
    t.after(() => process.kill(Number(fs.readFileSync(file, 'utf8')), 'SIGKILL'));
    assert.equal(ok, true, says);
    assert.match(says, /it said: done/);
  });

  test('fence: it says more than anybody reads: the end is kept', async () => {
    const { ok, says } = await fenceOf([
      '/bin/sh',
      '-c',
      'yes word | head -c 20000000; echo THE END; exit 1',
    ]).run(peer);
    assert.equal(ok, false);
    assert.match(says, /THE END\.$/);
    assert.ok(says.length < 600, `${says.length} characters`);
  });

  test('fence: asked while it runs: not run twice', async () => {
    const fence = fenceOf(['/bin/sh', '-c', 'sleep 0.3']);
    const first = fence.run(peer);
    const second = await fence.run(peer);
    assert.equal(second.ok, false);
    assert.match(second.says, /still runs/);
    assert.equal((await first).ok, true);
    assert.equal((await fence.run(peer)).ok, true);
  });
});
