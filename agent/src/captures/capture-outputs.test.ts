// Tests of variables taken out of outputs: by lines, by JSON, across pieces and cuts, and what is said where there is none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CaptureOrder } from '@nezuban/protocol/agent/link';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import { captureOutputs, type CaptureFolders } from './capture-outputs.ts';

const id = attemptIdSchema.parse('1-abcdef-1.1.0.1');
const foldersOf = (files: Record<string, Buffer | string>, end?: number): CaptureFolders => {
  const bytesOf = (name: string) => Buffer.from(files[name] ?? '');
  return {
    readOutput: (_id, { stream, offset, bytesMax }) => bytesOf(stream).subarray(offset, offset + bytesMax),
    keptOutput: (_id, stream) => ({
      headBytes: bytesOf(stream).length,
      tailBytes: bytesOf(`${stream}.tail`).length,
      end: end ?? bytesOf(stream).length,
    }),
  };
};
const capture = async (
  files: Record<string, Buffer | string>,
  { encoding = 'auto', end, ...item }: Partial<CaptureOrder> & { encoding?: string; end?: number },
) =>
  (
    await captureOutputs(foldersOf(files, end), id, {
      encoding,
      items: [{ name: 'X', from: 'stdout', ...item }],
    })
  )[0];

describe('captures', () => {
  test('regex: first group of the first line that fits; of the last where it says so', async () => {
    const stdout = 'a\nfile=one.csv\nfile=two.csv\n';
    assert.deepEqual(await capture({ stdout }, { regex: 'file=(\\S+)' }), { name: 'X', value: 'one.csv' });
    assert.deepEqual(await capture({ stdout }, { regex: 'file=(\\S+)', take: 'last' }), {
      name: 'X',
      value: 'two.csv',
    });
    assert.deepEqual(await capture({ stdout }, { regex: 'FILE', ignoreCase: true }), {
      name: 'X',
      value: 'file',
    });
  });

  test('regex: a line across pieces, an end without a line end, CRLF', async () => {
    const long = `${'x'.repeat(300 * 1024)}\n${'y\n'.repeat(200_000)}count: 42`;
    assert.equal((await capture({ stdout: long }, { regex: 'count: (\\d+)' }))?.value, '42');
    assert.equal((await capture({ stdout: 'v=1\r\n' }, { regex: 'v=(.*)$' }))?.value, '1');
  });

  test('regex: in the end of an output that was cut: found; if not, the cut is said', async () => {
    const files = { stdout: 'begin\n', 'stdout.tail': 'rest of a line\nrows 9\n' };
    assert.equal((await capture(files, { regex: 'rows (\\d+)', end: 1_000_000 }))?.value, '9');
    assert.match(
      (await capture(files, { regex: 'none', end: 1_000_000 }))?.says ?? '',
      /too long to be kept whole/,
    );
  });

  test('regex: in the encoding of the output', async () => {
    const stdout = Buffer.from([0x8c, 0x8f, 0x90, 0x94, 0x3d, 0x35, 0x0a]); // 件数=5
    assert.equal((await capture({ stdout }, { regex: '件数=(\\d)', encoding: 'shift_jis' }))?.value, '5');
  });

  test('JSON: what stands at the path; objects as JSON', async () => {
    const stdout = '{"result":{"files":[{"name":"a"},{"name":"b"}],"count":2,"none":null}}\n';
    assert.equal((await capture({ stdout }, { json: '$.result.files[-1].name' }))?.value, 'b');
    assert.equal((await capture({ stdout }, { json: "$['result'].count" }))?.value, '2');
    assert.equal((await capture({ stdout }, { json: '$.result.files[0]' }))?.value, '{"name":"a"}');
    assert.match((await capture({ stdout }, { json: '$.result.none' }))?.says ?? '', /nothing stands at/);
    assert.match((await capture({ stdout: 'oops' }, { json: '$.a' }))?.says ?? '', /is not JSON/);
  });

  test('value: too long: not taken; with NUL: none in it', async () => {
    assert.match(
      (await capture({ stdout: 'z'.repeat(5000) }, { regex: 'z+' }))?.says ?? '',
      /more than 4096 characters/,
    );
    assert.equal((await capture({ stdout: 'a\0b' }, { regex: '.*' }))?.value, 'a\u{FFFD}b');
  });

  test('pattern: that would take for ever elsewhere: ends', async () => {
    const stdout = `${'a'.repeat(16_000)}!\n`.repeat(20);
    assert.equal((await capture({ stdout }, { regex: '^(a+)+$' }))?.value, undefined);
  });
});
