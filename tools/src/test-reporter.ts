/**
 * Reporter of node:test that writes one JSON line per test, for the test runner (`test-file.ts`) to read.
 *
 * Responsible for saying what happened to each test and when the last one has ended. Not for people to read.
 * Loaded by node itself (`--test-reporter`), which demands the default export.
 */
import { inspect } from 'node:util';
import type { TestEvent } from 'node:test/reporters';

export type TestRecord =
  | { readonly kind: 'passed'; readonly name: string }
  | { readonly kind: 'skipped'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly error: string }
  /** Every test declared so far has ended: if no other follows, the process should end too. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' };

/** @public node:test loads it by its path. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  let open = 0;
  for await (const event of source) {
    if (event.type === 'test:enqueue' && event.data.nesting === 0 && open++ === 0)
      yield line({ kind: 'busy' });
    if (event.type === 'test:start') {
      names.length = event.data.nesting;
      names.push(event.data.name);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const record = toRecord(event, names);
    if (record) yield line(record);
    if (event.data.nesting === 0 && --open === 0) yield line({ kind: 'idle' });
  }
}

function line(record: TestRecord): string {
  return `${JSON.stringify(record)}\n`;
}

type TestResult = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

function toRecord(event: TestResult, open: readonly string[]): TestRecord | undefined {
  const { data } = event;
  // Events come in the order of the file: the open names above this one are those of its parents.
  const name = [...open.slice(0, data.nesting), data.name].join(' > ');
  if (data.skip !== undefined || data.todo !== undefined) return { kind: 'skipped', name };
  if (event.type === 'test:pass') return data.details.type === 'suite' ? undefined : { kind: 'passed', name };
  const { error } = event.data.details;
  // The failed test inside has been told already.
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  return { kind: 'failed', name, error: inspect(error.cause ?? error, { depth: 6 }) };
}
