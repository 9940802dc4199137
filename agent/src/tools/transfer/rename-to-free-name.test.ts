// A new name without a hard link: in one step, and never over another file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ToolFailure } from '../tool-failure.ts';
import { renameToFreeName } from './rename-to-free-name.ts';

test('rename to a free name: moved; to one that is taken: both stay; elsewhere: said', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-rename-'));
  try {
    const at = (name: Buffer | string): Buffer =>
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
    const odd = at(Buffer.from([0x93, 0xfa, 0x27, 0x20, 0x24]));
    fs.writeFileSync(at('part'), 'new');
    assert.equal(await renameToFreeName(at('part'), odd), true);
    assert.deepEqual([fs.existsSync(at('part')), fs.readFileSync(odd, 'utf8')], [false, 'new']);
    fs.writeFileSync(at('there'), 'old');
    assert.equal(await renameToFreeName(odd, at('there')), false);
    assert.deepEqual([fs.readFileSync(at('there'), 'utf8'), fs.readFileSync(odd, 'utf8')], ['old', 'new']);
    await assert.rejects(
      renameToFreeName(odd, at('nowhere/x')),
      (error) => error instanceof ToolFailure && /ENOENT.*Use "if_exists: replace"/.test(error.message),
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
