// A disk that is full before a transfer, or gets full in the middle of it: a sentence with the host, nothing left on it, and the file that was there
// untouched. The disk is a small tmpfs, so it needs root.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { duplexPair, PassThrough, type Duplex } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import type { FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';
import { receiveFiles } from './receive-files.ts';
import { sendFiles } from './send-files.ts';

const DISK_BYTES = 8 * 1024 * 1024;
const FILE_BYTES = 6_000_000;
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('file transfer: full disk', { skip: mayMount ? false : 'only root may mount a small disk' }, () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-transfer-full-'));
  const disk = path.join(scratch, 'disk');
  const source = path.join(scratch, 'day.csv');
  const target = path.join(disk, 'day.csv');
  const filler = path.join(disk, 'filler');
  const bytes = randomBytes(FILE_BYTES);

  before(() => {
    fs.mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
    fs.writeFileSync(source, bytes);
    fs.writeFileSync(target, 'of yesterday');
  });
  after(() => {
    execFileSync('umount', [disk]);
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  const input: FileTransferInput = {
    from: { node: 'core01', path: source, filesMax: 1 },
    path: target,
    ifExists: 'replace',
    keepTimes: false,
    noProgressMs: 60_000,
    name: '7-x-1.1.0',
    takeUp: false,
    resume: false,
    keepPart: true,
  };
  const transfer = async (onBytes: (sent: number) => void = () => undefined) => {
    const connect = async (): Promise<Duplex> => {
      const [writer, other] = duplexPair();
      const output = new PassThrough();
      let sent = 0;
      output.on('data', (chunk: Buffer) => {
        sent += chunk.length;
        onBytes(sent);
        other.write(chunk);
      });
      other.on('error', () => undefined);
      writer.on('close', () => other.destroy());
      void sendFiles(input.from, { input: other, output }).finally(() => other.end());
      return writer;
    };
    return await receiveFiles(input, {
      connect,
      say: () => undefined,
      isOwned: () => true,
      parts: new Set(),
    });
  };
  const failure = async (promise: Promise<unknown>): Promise<[number, string]> => {
    const error = await promise.then(
      () => assert.fail('it should have failed'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ToolFailure, String(error));
    return [error.exitCode, error.message];
  };
  /** Somebody else takes the room. */
  const fill = (leave: number): void => {
    const { bavail, bsize } = fs.statfsSync(disk);
    try {
      fs.appendFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
    } catch (error) {
      // The transfer has taken some of it meanwhile: it is full all the same.
      assert.match(String(error), /ENOSPC/);
    }
  };
  const assertUntouched = (): void => {
    assert.equal(fs.readFileSync(target, 'utf8'), 'of yesterday');
    assert.deepEqual(fs.readdirSync(disk).toSorted(), ['day.csv', 'filler']);
  };

  test('too little room from the beginning: said with what is free and what is to come', async () => {
    fill(1_000_000);
    let most = 0;
    const [code, message] = await failure(transfer((sent) => (most = sent)));
    assert.equal(code, 74);
    assert.match(message, /The disk of \S+ with .*disk has \d{6,7} bytes free; 6000000 more are to come/);
    assert.ok(most < 100_000, 'no byte of it is asked for');
    assertUntouched();
    fs.rmSync(filler);
  });

  test('it gets full in the middle: said, what has arrived is removed, and there is room for the next try', async () => {
    let isFilled = false;
    const [code, message] = await failure(
      transfer((sent) => {
        if (isFilled || sent < 1_000_000) return;
        isFilled = true;
        fill(0);
      }),
    );
    assert.equal(isFilled, true);
    assert.equal(code, 74);
    assert.match(message, /cannot write .*\.nezuban-transfer-.*: the disk is full/);
    assertUntouched();
    fs.rmSync(filler);
    await transfer();
    assert.ok(fs.readFileSync(target).equals(bytes));
    assert.deepEqual(fs.readdirSync(disk), ['day.csv']);
  });
});
