// `nezuban apply` with several files, bad files, and places as editors understand them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { findInvalidUtf8 } from './definition-file.ts';

const folder = mkdtempSync('/tmp/nz-cli-apply-');
after(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Buffer): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};

const start = (bodies: string[] = []) =>
  startFakeManager({
    applyDefinitions: ({ query, body }) => {
      bodies.push(body);
      if (body.includes('tpye')) {
        throw new CodedError('invalid_definition', 'The definition has 2 errors.', {
          issues: [
            { path: 'units[0].tpye', message: 'is not a key here', file: query.file, line: 3, column: 5 },
            { path: '', message: 'is no YAML', file: query.file, line: 9 },
          ],
        });
      }
      return {
        dryRun: query.dry_run,
        changes: [
          { kind: 'jobnet', name: 'a', change: 'created', file: null, line: 1 },
          { kind: 'scope', name: 'b', change: 'unchanged', file: null, line: 4 },
        ],
      };
    },
  });

test('apply: errors: FILE:LINE:COLUMN: PATH: MESSAGE, and the other files are applied', async () => {
  await using manager = await start();
  const bad = write('bad.yaml', 'tpye: x');
  const good = write('good.yaml', 'kind: jobnet');
  const result = await runCli(['apply', bad, good], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.refused);
  assert.equal(
    result.stderr,
    `${bad}:3:5: units[0].tpye: is not a key here\n${bad}:9: is no YAML\n${bad}: 2 errors. Nothing of this file was applied.\n`,
  );
  assert.equal(result.stdout, `jobnet a created  ${good}:1\nscope b unchanged  ${good}:4\n`);
});

test('apply --json: every file with its result or error', async () => {
  await using manager = await start();
  const files = [write('bad.yaml', 'tpye: x'), write('good.yaml', 'kind: jobnet')];
  const result = await runCli(['apply', ...files, '--json'], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.refused);
  assert.partialDeepStrictEqual(JSON.parse(result.stdout), {
    files: [
      { file: files[0], error: { code: 'invalid_definition', issues: [{ line: 3 }, { line: 9 }] } },
      { file: files[1], result: { dryRun: false } },
    ],
  });
});

test('apply --dry-run: says what would change', async () => {
  await using manager = await start();
  const result = await runCli(['apply', '--dry-run', write('a.yaml', 'x: 夜')], { url: manager.url });
  assert.match(result.stdout, /^jobnet a would be created .*\nscope b unchanged /);
});

test('apply: a byte order mark: is not sent', async () => {
  const bodies: string[] = [];
  await using manager = await start(bodies);
  await runCli(['apply', write('bom.yaml', '\u{feff}kind: 夜')], { url: manager.url });
  assert.deepEqual(bodies, ['kind: 夜']);
});

test('apply: files that cannot be sent: each is named with the reason, the manager is not asked', async () => {
  const bodies: string[] = [];
  await using manager = await start(bodies);
  const apply = async (file: string) => {
    const result = await runCli(['apply', file], { url: manager.url });
    assert.equal(result.exitCode, exitCodes.refused);
    return result.stderr;
  };
  assert.match(
    await apply(path.join(folder, 'none.yaml')),
    /none\.yaml: It cannot be read: there is no such file or folder\. Nothing/,
  );
  assert.match(
    await apply(mkdtempSync(`${folder}/empty-`)),
    /There is no YAML file \(\*\.yaml, \*\.yml\) in .* or below it\./,
  );
  assert.match(
    await apply(write('big.yaml', Buffer.alloc(10 * 1024 * 1024, '#'))),
    /more than the 2 MiB that one file may hold; split it\./,
  );
  const shiftJis = write(
    'sjis.yaml',
    Buffer.concat([Buffer.from('kind: jobnet\ntitle: '), Buffer.from([0x96, 0xe9, 0x8a, 0xd4])]),
  );
  assert.match(await apply(shiftJis), /sjis\.yaml:2:8: byte 0x96 is not UTF-8; save the file as UTF-8\n/);
  assert.deepEqual(bodies, []);
});

test('apply -: an endless pipe: reading stops at the limit', async () => {
  await using manager = await start();
  const result = await runCli(['apply', '-'], {
    url: manager.url,
    stdin: Buffer.alloc(3 * 1024 * 1024, 'a'),
  });
  assert.equal(result.exitCode, exitCodes.refused);
  assert.match(result.stderr, /<stdin>: It has more than/);
});

test('invalid UTF-8: found by line and column of characters, wherever it stands', () => {
  const lines = Buffer.from('夜\n間🚀x');
  assert.equal(findInvalidUtf8(lines), undefined);
  for (let index = 0; index < lines.length; index += 1) {
    const broken = Buffer.from(lines);
    broken[index] = 0xff;
    const found = findInvalidUtf8(broken);
    assert.equal(found?.line, index < 4 ? 1 : 2, String(index));
  }
  assert.deepEqual(findInvalidUtf8(Buffer.concat([lines, Buffer.from([0xe5, 0xa4])])), {
    line: 2,
    column: 4,
    byte: 0xe5,
  });
});
