// Both sides of a file transfer joined by pipes that can be cut, as the manager joins them: what arrives, what is taken up, what is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duplexPair, PassThrough, type Duplex } from 'node:stream';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import { dataHead, encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import type { ToWriter } from '@nezuban/protocol/agent/transfer-stream';
import { ToolFailure } from '../tool-failure.ts';
import { partPath } from './part-file.ts';
import { receiveFiles } from './receive-files.ts';
import { sendFiles } from './send-files.ts';

describe('file transfer', () => {
  let folder: string;
  const at = (...names: string[]): string => path.join(folder, ...names);

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-transfer-tool-'));
  });
  beforeEach(() => {
    for (const name of ['out', 'in']) {
      fs.rmSync(at(name), { recursive: true, force: true });
      fs.mkdirSync(at(name));
    }
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const inputOf = (more: Partial<FileTransferInput> = {}): FileTransferInput => ({
    from: { node: 'core01', path: at('out/a'), filesMax: 10 },
    path: at('in/a'),
    ifExists: 'replace',
    keepTimes: false,
    noProgressMs: 60_000,
    name: '7-x-1.1.0',
    takeUp: false,
    resume: false,
    keepPart: false,
    ...more,
  });
  /** The real reading side behind a connection; `watch` sees what it sends, and may cut it. */
  const reader =
    (input: FileTransferInput, watch: (sent: Buffer, connection: Duplex) => void = () => undefined) =>
    async (): Promise<Duplex> => {
      const [writer, other] = duplexPair();
      const output = new PassThrough();
      output.on('data', (chunk: Buffer) => {
        other.write(chunk);
        watch(chunk, writer);
      });
      other.on('error', () => undefined);
      writer.on('close', () => other.destroy());
      void sendFiles(input.from, { input: other, output }).finally(() => other.end());
      return writer;
    };
  /** One that says what the test says, once it is asked for something. */
  const liar =
    (answer: (message: { type: string; offset?: number }, say: (frame: Uint8Array) => void) => void) =>
    async (): Promise<Duplex> => {
      const [writer, other] = duplexPair();
      const say = (frame: Uint8Array): void => void other.write(frame);
      answer({ type: 'connected' }, say);
      other.on('error', () => undefined);
      other.on('data', (chunk: Buffer) => {
        for (const text of chunk.toString('latin1').match(/\{"type".*?\}/g) ?? [])
          answer(JSON.parse(text) as { type: string }, say);
      });
      return writer;
    };
  const frame = (message: ToWriter): Uint8Array => encodeMessage(message);
  const run = async (input: FileTransferInput, connect: () => Promise<Duplex>) => {
    const lines: string[] = [];
    const files = await receiveFiles(input, {
      connect,
      say: (line) => lines.push(line),
      isOwned,
      parts: new Set(),
    });
    return { files, lines };
  };
  let isOwned = (): boolean => true;
  const failure = async (promise: Promise<unknown>): Promise<[number, string]> => {
    const error = await promise.then(
      () => assert.fail('it should have failed'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ToolFailure, String(error));
    return [error.exitCode, error.message];
  };
  const left = (): string[] => fs.readdirSync(at('in'));
  const bytesOf = (length: number): Buffer => {
    const blocks: Buffer[] = [];
    for (let index = 0; index * 64 < length; index += 1)
      blocks.push(createHash('sha512').update(String(index)).digest());
    return Buffer.concat(blocks).subarray(0, length);
  };

  test('a connection that is cut again and again: goes on where it was, and the file is exact', async () => {
    const bytes = bytesOf(24_000_000);
    fs.writeFileSync(at('out/a'), bytes);
    let connections = 0;
    const input = inputOf();
    const { files } = await run(input, async () => {
      connections += 1;
      let sent = 0;
      const last = connections === 3;
      return await reader(input, (chunk, connection) => {
        sent += chunk.length;
        if (!last && sent > 6_000_000) connection.destroy();
      })();
    });
    assert.ok(fs.readFileSync(at('in/a')).equals(bytes));
    assert.equal(files[0]?.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(connections, 3);
    assert.deepEqual(left(), ['a']);
  });

  test('what an earlier try has left: taken up if it is the beginning of the file, else begun anew', async () => {
    const bytes = bytesOf(3_000_000);
    fs.writeFileSync(at('out/a'), bytes);
    const input = inputOf({ takeUp: true });
    const part = partPath(Buffer.from(at('in/a')), input.name);
    fs.writeFileSync(part, bytes.subarray(0, 2_000_000));
    let sent = 0;
    const taken = await run(
      input,
      reader(input, (chunk) => void (sent += chunk.length)),
    );
    assert.match(taken.lines.join(), /goes on behind 2000000 bytes/);
    assert.ok(sent < 1_100_000, `${sent} bytes were sent`);
    fs.writeFileSync(part, 'something else');
    fs.rmSync(at('in/a'));
    const anew = await run(input, reader(input));
    assert.match(anew.lines.join(), /begun anew/);
    assert.ok(fs.readFileSync(at('in/a')).equals(bytes));
    assert.deepEqual(left(), ['a']);
  });

  test('put in its place by a try whose end nobody heard: is found, also where nothing may be replaced', async () => {
    fs.writeFileSync(at('out/a'), 'content');
    fs.writeFileSync(at('in/a'), 'content');
    const { ino } = fs.statSync(at('in/a'));
    const input = inputOf({ takeUp: true, resume: true, ifExists: 'fail' });
    const { lines } = await run(input, reader(input));
    assert.match(lines.join(), /in its place since the try before/);
    assert.equal(fs.statSync(at('in/a')).ino, ino);
    // Between its two names.
    fs.linkSync(at('in/a'), partPath(Buffer.from(at('in/a')), input.name));
    await run(input, reader(input));
    assert.deepEqual([fs.statSync(at('in/a')).ino, left()], [ino, ['a']]);
    fs.writeFileSync(at('in/a'), 'content and more');
    const [code, message] = await failure(run(input, reader(input)));
    assert.deepEqual([code, /is there already/.test(message)], [2, true]);
    fs.writeFileSync(at('in/a'), 'cont');
    assert.equal((await failure(run(input, reader(input))))[0], 2);
    assert.deepEqual(left(), ['a']);
  });

  test('changed while it is read: begun anew; without an end: an error, and nothing in its place', async () => {
    fs.writeFileSync(at('out/a'), bytesOf(9_000_000));
    const input = inputOf();
    let changes = 0;
    const change = (sent: Buffer): void => {
      // Not before its bytes come.
      if (sent.length < 10_000) return;
      changes += 1;
      fs.appendFileSync(at('out/a'), 'x');
    };
    const { lines } = await run(
      input,
      reader(input, (sent) => (changes < 1 ? change(sent) : undefined)),
    );
    assert.match(lines.join(), /was changed while it was read; it is begun anew/);
    assert.equal(fs.statSync(at('in/a')).size, 9_000_001);
    fs.rmSync(at('in/a'));
    const [code, message] = await failure(run(input, reader(input, change)));
    assert.equal(code, 2);
    assert.match(message, /a of .*out\/a on core01 was changed while it was read, 4 times in a row/);
    assert.deepEqual(left(), []);
  });

  test('bytes that were spoilt on the way: never put in their place', async () => {
    const [code, message] = await failure(
      run(
        inputOf(),
        liar(({ type }, say) => {
          if (type === 'connected') say(frame({ type: 'files', items: [{ name: btoa('a'), size: 3 }] }));
          if (type !== 'read') return;
          say(frame({ type: 'begin', file: 0, size: 3, mode: 0o644, modifiedMs: 0 }));
          say(dataHead(3));
          say(Buffer.from('abc'));
          say(frame({ type: 'end', file: 0, size: 3, digest: 'f'.repeat(64) }));
        }),
      ),
    );
    assert.equal(code, 2);
    assert.match(message, /arrived with another checksum than it has there, 4 times/);
    assert.deepEqual(left(), []);
  });

  test('a name that leads elsewhere: refused', async () => {
    for (const name of ['../x', '.', '', 'a/b', 'a\0b']) {
      const [code] = await failure(
        run(
          inputOf({ path: at('in/') }),
          liar(({ type }, say) => {
            if (type === 'connected') say(frame({ type: 'files', items: [{ name: btoa(name), size: 3 }] }));
          }),
        ),
      );
      assert.equal(code, 74);
    }
    assert.deepEqual(left(), []);
  });

  test('a link under the name of what is left: not followed', async () => {
    fs.writeFileSync(at('out/a'), 'content');
    fs.writeFileSync(at('out/victim'), 'victim');
    const input = inputOf({ takeUp: true, resume: true });
    fs.symlinkSync(at('out/victim'), partPath(Buffer.from(at('in/a')), input.name));
    const [code] = await failure(run(input, reader(input)));
    assert.equal(code, 64);
    assert.equal(fs.readFileSync(at('out/victim'), 'utf8'), 'victim');
  });

  test('a link under the name of the target: replaced, not followed', async () => {
    fs.writeFileSync(at('out/a'), 'content');
    fs.writeFileSync(at('out/victim'), 'victim');
    fs.symlinkSync(at('out/victim'), at('in/a'));
    await run(inputOf(), reader(inputOf()));
    assert.equal(fs.readFileSync(at('out/victim'), 'utf8'), 'victim');
    assert.ok(fs.lstatSync(at('in/a')).isFile());
  });

  test('nothing comes: given up after its time, and what has arrived stays for another try', async () => {
    const input = inputOf({ noProgressMs: 1, keepPart: true });
    let connections = 0;
    const [code, message] = await failure(
      run(input, async () => {
        connections += 1;
        if (connections > 1) throw new Error('no manager');
        return await liar(({ type }, say) => {
          if (type === 'connected') say(frame({ type: 'files', items: [{ name: btoa('a'), size: 9 }] }));
          if (type !== 'read') return;
          say(frame({ type: 'begin', file: 0, size: 9, mode: 0o644, modifiedMs: 0 }));
          say(dataHead(3));
          say(Buffer.from('abc'));
          say(new Uint8Array([255, 255, 255, 255, 9]));
        })();
      }),
    );
    assert.equal(code, 69);
    assert.match(message, /Nothing has come of .*out\/a on core01/);
    const [name] = left();
    assert.equal(fs.readFileSync(at('in', name ?? ''), 'utf8'), 'abc');
  });

  test('its waiter is gone: not a byte more is written, and what has arrived is left alone', async () => {
    fs.writeFileSync(at('out/a'), bytesOf(4_000_000));
    let sent = 0;
    isOwned = () => sent < 1_000_000;
    const input = inputOf();
    await assert.rejects(
      run(
        input,
        reader(input, (chunk) => void (sent += chunk.length)),
      ),
      /waiter/,
    );
    isOwned = () => true;
    const [name] = left();
    const { size } = fs.statSync(at('in', name ?? ''));
    assert.ok(size > 0 && size < 4_000_000, String(size));
  });

  test('a file goes away after the files were listed: abnormal, whatever is said of none at all', async () => {
    for (const name of ['a', 'b']) fs.writeFileSync(at('out', name), name);
    const input = inputOf({ from: { ...inputOf().from, path: at('out/*') }, path: at('in/') });
    const [code] = await failure(
      run(
        input,
        reader(input, () => fs.rmSync(at('out/b'), { force: true })),
      ),
    );
    assert.equal(code, 2);
    assert.deepEqual(left(), ['a']);
    // And where the connection was made anew since.
    fs.writeFileSync(at('out/b'), 'b');
    let chunks = 0;
    const again = await failure(
      run(
        input,
        reader(input, (_sent, connection) => {
          chunks += 1;
          // The list has been heard then.
          if (chunks !== 2) return;
          fs.rmSync(at('out/b'), { force: true });
          connection.destroy();
        }),
      ),
    );
    assert.match(again[1], /b of .* has gone|There is no .*out\/b/);
    assert.equal(again[0], 2);
    const gone = inputOf();
    const one = await failure(
      run(
        gone,
        reader(gone, () => fs.rmSync(at('out/a'), { force: true })),
      ),
    );
    assert.equal(one[0], 2);
  });

  test('no such file: exit code 66; no such folder, such as one that is not mounted: another', async () => {
    for (const [name, expected] of [
      ['out/none', 66],
      ['out/none*', 66],
      ['nowhere/none', 74],
      ['nowhere/none*', 74],
    ] as const) {
      const input = inputOf({ from: { ...inputOf().from, path: at(name) } });
      const [code, message] = await failure(run(input, reader(input)));
      assert.equal(code, expected, name);
      if (expected === 74) assert.match(message, /There is no folder .*nowhere on core01/);
    }
  });

  test('several files for the path of one: refused before any is written', async () => {
    for (const name of ['a', 'b']) fs.writeFileSync(at('out', name), name);
    const input = inputOf({ from: { ...inputOf().from, path: at('out/*') } });
    const [code, message] = await failure(run(input, reader(input)));
    assert.equal(code, 64);
    assert.match(message, /2 files on core01 fit .*in\/a is one file.*End the target with "\/"/);
    assert.deepEqual(left(), []);
  });

  test('a path that leads back once it is filled: refused on either side', async () => {
    fs.writeFileSync(at('out/a'), 'a');
    for (const more of [
      { path: `${at('out')}/../in/a` },
      { from: { ...inputOf().from, path: `${at('in')}/../out/a` } },
      { path: 'in/a' },
    ]) {
      const input = inputOf(more);
      const [code, message] = await failure(run(input, reader(input)));
      assert.equal(code, 64);
      assert.match(message, /".."/);
    }
    assert.deepEqual(left(), []);
  });

  // Only root can leave what is of somebody else.
  const asRoot = { skip: process.geteuid?.() !== 0 };
  test(
    'what somebody else has left under the name of a part: not taken up, by root neither',
    asRoot,
    async () => {
      fs.writeFileSync(at('out/a'), 'content');
      const input = inputOf({ takeUp: true });
      const part = partPath(Buffer.from(at('in/a')), input.name);
      fs.writeFileSync(part, 'cont');
      fs.chownSync(part, 65_534, 65_534);
      const [code, message] = await failure(run(input, reader(input)));
      assert.equal(code, 74);
      assert.match(message, /is there already and belongs to somebody else/);
      assert.equal(fs.existsSync(at('in/a')), false);
      // Given to its owner, and the host died before it was put in its place.
      await run({ ...input, owner: 'nobody' }, reader(input));
      assert.equal(fs.statSync(at('in/a')).uid, 65_534);
    },
  );

  test('what hosts that died have left: goes after a day', async () => {
    fs.writeFileSync(at('out/a'), '');
    const old = at('in/.nezuban-transfer-1-old-1.1.0-000000000000');
    fs.writeFileSync(old, 'x');
    fs.writeFileSync(at('in/.nezuban-transfer-1-new-1.1.0-000000000000'), 'x');
    const yesterday = Date.now() / 1000 - 25 * 3600;
    fs.utimesSync(old, yesterday, yesterday);
    await run(inputOf(), reader(inputOf()));
    assert.deepEqual(left(), ['.nezuban-transfer-1-new-1.1.0-000000000000', 'a']);
  });
});
