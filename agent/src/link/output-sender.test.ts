// Output on its way to the manager: positions after breaks, and when the manager has less or more than was thought.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { agentLinkLimits, type OutputChunk } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { AttemptFolders } from '../attempts/attempt-folders.ts';
import { newAttemptId } from '../testing/fake-manager.ts';
import { createOutputSender, type OutputSender } from './output-sender.ts';

describe('output sender', () => {
  let home: string;
  let output: OutputSender;
  let sent: OutputChunk[];
  let delivered: AttemptId[];
  let id: AttemptId;

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-output-'));
    sent = [];
    delivered = [];
    id = newAttemptId() as AttemptId;
    output = createOutputSender({
      folders: new AttemptFolders(home),
      onDelivered: (attemptId) => void delivered.push(attemptId),
    });
  });
  afterEach(() => {
    output.disconnected();
    fs.rmSync(home, { recursive: true });
  });
  const connect = () => output.connected({ send: (chunks) => void sent.push(...chunks), packed: false });
  const write = (bytes: number) => {
    fs.mkdirSync(path.join(home, 'attempts', id), { recursive: true });
    fs.appendFileSync(path.join(home, 'attempts', id, 'stdout'), Buffer.alloc(bytes, 'x'));
  };
  const acknowledge = (offset: number) => output.acked([{ attemptId: id, stream: 'stdout', offset }]);
  /** Offsets of what has been sent since the last call. */
  const offsets = async () => {
    await turn();
    return sent.splice(0).map(({ offset }) => offset);
  };

  test('output: the connection breaks: sent again from what was acknowledged, delivered once', async () => {
    connect();
    write(10);
    output.note(id, false);
    assert.deepEqual(await offsets(), [0]);
    acknowledge(10);
    write(5);
    output.note(id, true);
    assert.deepEqual(await offsets(), [10]);
    output.disconnected();
    connect();
    assert.deepEqual(await offsets(), [10]);
    acknowledge(15);
    assert.deepEqual(delivered, [id]);
  });

  test('output: the manager has more than this agent has sent: it goes on from there', async () => {
    write(20);
    connect();
    output.note(id, true);
    await offsets();
    acknowledge(20);
    assert.deepEqual(delivered, [id]);
  });

  test('output: the manager has less than it had acknowledged: sent again from there, and nothing is held up', async () => {
    const chunk = agentLinkLimits.outputChunkBytesMax;
    const inFlight = agentLinkLimits.outputInFlightBytesMax / chunk;
    connect();
    write(chunk);
    output.note(id, false);
    assert.deepEqual(await offsets(), [0]);
    acknowledge(chunk);
    // The manager's database is of an older day by now: to every piece it answers that it wants the first.
    write(chunk * inFlight);
    output.note(id, false);
    const beyond = await offsets();
    assert.equal(beyond.length, inFlight);
    for (const _ of beyond) acknowledge(0);
    assert.equal((await offsets())[0], 0);
    for (let stored = chunk; stored <= chunk * (inFlight + 1); stored += chunk) acknowledge(stored);
    await offsets();
    output.note(id, true);
    acknowledge(chunk * (inFlight + 1));
    await offsets();
    assert.deepEqual(delivered, [id]);
    id = newAttemptId() as AttemptId;
    write(1);
    output.note(id, false);
    assert.deepEqual(await offsets(), [0], 'there is room for others');
  });
});
