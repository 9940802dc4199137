// The generated pages of the manual are those of the present tables.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { docsFolder, renderPages } from './pages.ts';

for (const [file, text] of renderPages()) {
  test(`manual: ${file}: is up to date`, () => {
    const written = readFileSync(path.join(docsFolder, file), 'utf8');
    assert.equal(written, text, `run: node cli/src/reference/write-reference-main.ts`);
  });
}
