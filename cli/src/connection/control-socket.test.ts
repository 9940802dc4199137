// The socket of the local keeper: constants against the protocol's, and everything that can answer wrongly.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { CONTROL_ANSWER_MS, CONTROL_FILE, CONTROL_LINE_MAX } from '@nezuban/protocol/keeper/control';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { startFakeKeeper } from '../testing/fake-keeper.ts';
import { samplePair } from '../testing/pair-samples.ts';
import { controlAnswerMs, controlFile, controlLineMax, findKeeper } from './control-socket.ts';

const never = new AbortController().signal;

/** A keeper that answers every line so. */
const withServer = async (serve: (socket: net.Socket) => void, work: (home: string) => Promise<void>) => {
  const home = mkdtempSync('/tmp/nz-cli-socket-');
  const socketPath = path.join(home, 'k.sock');
  mkdirSync(path.join(home, 'keeper'));
  writeFileSync(path.join(home, CONTROL_FILE), JSON.stringify({ socket: socketPath }));
  const server = net.createServer((socket) => {
    // Read, so that its end is seen.
    socket.on('error', () => undefined).resume();
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  try {
    await work(home);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(home, { recursive: true });
  }
};

const ask = async (home: string, signal = never) => {
  const keeper = await findKeeper(home, signal);
  assert(keeper !== undefined);
  return keeper.ask({ command: 'pair-status' });
};

test('control socket: constants copied from the protocol are its own', () => {
  assert.equal(controlFile, CONTROL_FILE);
  assert.equal(controlLineMax, CONTROL_LINE_MAX);
  assert.equal(controlAnswerMs.command, CONTROL_ANSWER_MS);
});

test('control socket: a keeper answers: its answer', async () => {
  await using keeper = await startFakeKeeper({ status: () => samplePair() });
  assert.deepEqual(await ask(keeper.home), samplePair());
});

test('control socket: no home, no file, a file that is being written: no keeper', async () => {
  const home = mkdtempSync('/tmp/nz-cli-socket-');
  try {
    assert.equal(await findKeeper('/nonexistent', never), undefined);
    assert.equal(await findKeeper(home, never), undefined);
    mkdirSync(path.join(home, 'keeper'));
    for (const text of ['', '{', '{}', '{"socket":1}', 'null']) {
      writeFileSync(path.join(home, CONTROL_FILE), text);
      assert.equal(await findKeeper(home, never), undefined, text);
    }
  } finally {
    rmSync(home, { recursive: true });
  }
});

test('control socket: a line in pieces, with wide characters cut apart: is put together', async () => {
  const bytes = Buffer.from('{"summary":"主系"}\n');
  await withServer(
    (socket) => {
      const next = (index: number) => {
        if (index < bytes.length) socket.write(bytes.subarray(index, index + 1), () => next(index + 1));
      };
      next(0);
    },
    async (home) => assert.deepEqual(await ask(home), { summary: '主系' }),
  );
});

for (const [what, line, sentence, exitCode] of [
  ['no JSON', 'hello\n', /not known here/, exitCodes.refused],
  ['no object', '3\n', /not known here/, exitCodes.refused],
  ['its own sentence', '{"error":"It is being copied."}\n', /^It is being copied\.$/, exitCodes.refused],
  ['half a line', '{"mode"', /closed the connection without an answer/, exitCodes.unreachable],
  [
    'too much',
    'x'.repeat(controlLineMax + 1),
    /closed the connection without an answer/,
    exitCodes.unreachable,
  ],
] as const) {
  test(`control socket: the answer is ${what}: a sentence and an exit code`, async () => {
    await withServer(
      (socket) => {
        socket.end(line);
      },
      async (home) => {
        await assert.rejects(ask(home), (error) => {
          assert(error instanceof Failure);
          assert.match(error.message, sentence);
          assert.equal(error.exitCode, exitCode);
          return true;
        });
      },
    );
  });
}

test('control socket: interrupted while waiting: the reason is thrown, nothing stays open', async () => {
  await withServer(
    () => undefined,
    async (home) => {
      const interruption = new AbortController();
      const asked = ask(home, interruption.signal);
      interruption.abort(new Error('enough'));
      await assert.rejects(asked, /enough/);
    },
  );
});

test(
  'control socket: the file is not readable: says as whom to run',
  { skip: process.getuid?.() === 0 },
  async () => {
    await using keeper = await startFakeKeeper({});
    chmodSync(path.join(keeper.home, CONTROL_FILE), 0o000);
    await assert.rejects(findKeeper(keeper.home, never), /You may not speak to the keeper/);
  },
);
