// Reading lists page by page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, type Page } from './pages.ts';

const numbers = (total: number) => {
  const asked: unknown[] = [];
  const load = ({ limit, cursor }: { limit: number; cursor?: string }): Promise<Page<number>> => {
    asked.push({ limit, cursor });
    const from = Number(cursor ?? 0);
    const items = Array.from(
      { length: Math.max(0, Math.min(limit, total - from)) },
      (_, index) => from + index,
    );
    const next = from + items.length;
    return Promise.resolve({ items, nextCursor: next < total ? String(next) : null });
  };
  return { load, asked };
};

test('pages: more than fits one page: read on to the end', async () => {
  const { load, asked } = numbers(1200);
  const page = await collect(load, 20_000);
  assert.equal(page.items.length, 1200);
  assert.equal(page.nextCursor, null);
  assert.equal(asked.length, 3);
});

test('pages: a limit: not one item more is asked for, and it is told that there are more', async () => {
  const { load, asked } = numbers(1200);
  const page = await collect(load, 501);
  assert.equal(page.items.length, 501);
  assert.equal(page.nextCursor, '501');
  assert.deepEqual(asked, [
    { limit: 500, cursor: undefined },
    { limit: 1, cursor: '500' },
  ]);
});

test('pages: a list that goes in circles: refused', async () => {
  await assert.rejects(
    collect(() => Promise.resolve({ items: [1], nextCursor: 'same' }), 10),
    /same page/,
  );
});
