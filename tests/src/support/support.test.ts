/** Tests of the small helpers: waiting, scratch directories, ports, processes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { killMarked, processesWithMark, startProcess } from './processes.ts';
import { createScratchHome, freePort } from './scratch-home.ts';
import { waitFor } from './wait-for.ts';

test('waitFor: the condition comes true later: its value is returned', async () => {
  let asked = 0;
  assert.equal(await waitFor(() => (++asked >= 3 ? `after ${asked}` : undefined)), 'after 3');
});

test('waitFor: the condition never holds: the error names it and its last error', async () => {
  const options = { timeoutMs: 30, message: 'the moon' };
  await assert.rejects(
    waitFor(() => assert.fail('cloudy'), options),
    /30 ms in vain for the moon \(last error: cloudy\)/,
  );
});

test('scratch home: end of the block: the directory is gone with its contents', async () => {
  let seen: string;
  {
    await using home = createScratchHome();
    seen = home.path;
    fs.writeFileSync(`${seen}/file`, 'x');
  }
  assert.equal(fs.existsSync(seen), false);
});

test('free port: asked: one can listen on it', async () => {
  const server = net.createServer();
  const port = await freePort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  server.close();
});

test('process: says something and waits: output is captured and end() stops it', async () => {
  await using sleeper = startProcess(['/bin/sh', '-c', 'echo ready 42; echo loud >&2; exec sleep 60']);
  const match = await sleeper.waitForOutput(/ready (\d+)/);
  assert.equal(match[1], '42');
  await sleeper.waitForOutput(/loud/);
  assert.deepEqual(await sleeper.end(), { code: null, signal: 'SIGTERM' });
});

test('process: ends without the awaited words: fails at once with its output', async () => {
  const short = startProcess(['/bin/sh', '-c', 'echo sorry >&2; exit 3']);
  await assert.rejects(short.waitForOutput(/ready/), /"code":3[^]*sorry/);
});

test('process: a command that does not exist: the error says so', async () => {
  await assert.rejects(startProcess(['/no/such/command']).waitForEnd(), /\/no\/such\/command did not start/);
});

test('processes: orphans that carry a mark: found, killed, and nothing else', async () => {
  const mark = `NEZUBAN_HOME=/tmp/${randomUUID()}` as const;
  const [name, value] = mark.split('=') as [string, string];
  const script = 'sleep 60 & sleep 60 & echo left';
  await using parent = startProcess(['/bin/sh', '-c', script], { env: { [name]: value } });
  await using bystander = startProcess(['/bin/sleep', '60'], { env: { [name]: `${value}-other` } });
  await parent.waitForOutput(/left/);
  await waitFor(() => processesWithMark(mark).filter((one) => one.command === 'sleep 60').length === 2);
  assert.ok((await killMarked(mark)).length >= 2);
  assert.deepEqual(processesWithMark(mark), []);
  assert.equal(processesWithMark(`${mark}-other`).length, 1);
  assert.equal(bystander.child.exitCode, null);
});
