// Tests of the end of a program: real processes whose runtime would not let them go.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

/** A listener that never returns stands in for a thread that never ends: `process.exit` waits for both. */
const stuck = `import { leaveOnceSaid, leaveWhenBroken } from ${JSON.stringify(import.meta.resolve('./leave.ts'))};
  process.on('exit', () => { for (;;); });`;

async function run(program: string): Promise<{ readonly end: unknown; readonly said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A fault of this test must not hold up the run for ever.
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'close');
  const said = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { end: (await ended).at(0), said: said.join('') };
}

test('leave: the runtime would not end: the process ends with its code, and what it has written has arrived', async () => {
  const { end, said } = await run(
    `${stuck} process.stdout.write('x'.repeat(3_000_000)); await leaveOnceSaid(43);`,
  );
  assert.deepEqual([end, said.length], [43, 3_000_000]);
});

test('leave when broken: an error that nobody catches: said, and the process ends with code 1', async () => {
  const { end, said } = await run(
    `${stuck} leaveWhenBroken(); setTimeout(() => Promise.reject(new Error('torn')), 1); setInterval(() => {}, 1_000);`,
  );
  assert.equal(end, 1);
  assert.match(said, /Error: torn\n {4}at /);
});
