// Tests of process identity: the same pid is not the same process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { describeExit } from './process-exit.ts';
import { identifyProcess, isAlive } from './process-identity.ts';

test('process identity: alive, then another start time, then gone', async () => {
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  const identity = identifyProcess(child.pid ?? -1);
  assert.ok(identity);
  assert.equal(isAlive(identity), true);
  assert.equal(isAlive({ ...identity, startTime: `${identity.startTime}1` }), false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(isAlive(identity), false);
  assert.equal(identifyProcess(2 ** 22 + 1), null);
});

test('process exit: in words', () => {
  assert.equal(describeExit('agent', null, 'SIGKILL'), 'agent was killed by SIGKILL');
  assert.equal(describeExit('agent', 3, null), 'agent ended with exit code 3');
  assert.equal(describeExit('agent', 0, null), 'agent ended by itself');
});
