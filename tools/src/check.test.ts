/** `npm run check` as a test: format, lint, types, boundaries and dead code count like every other promise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stages } from './check-stages.ts';

for (const stage of stages) {
  test(`check: ${stage.name}: nothing found`, async () => {
    const { ok, output } = await stage.run();
    assert.ok(ok, `${output}\n(${stage.hint})`);
  });
}
