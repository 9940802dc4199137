// Tests of what the definition panel says of units with tools.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TFunction } from 'i18next';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { Format } from '../../components/format.ts';
import { toolRows } from './tool-words.ts';

const t = ((key: string) => key.replace(/^.*\./, '')) as unknown as TFunction;
const format = {
  duration: (ms: number) => `${ms / 1000} s`,
  number: String,
} as unknown as Format;
const rowsOf = (unit: object): string[] => {
  const net = jobNetSchema.parse({ kind: 'jobnet', name: 'n', units: [{ name: 'u', ...unit }] });
  const [parsed] = net.units;
  assert.ok(parsed !== undefined && isAttemptUnit(parsed));
  return toolRows(t, format, parsed).map(([name, value]) => `${name}=${value}`);
};

test('panel: a file watch: its paths and times, without what goes without saying', () => {
  assert.deepEqual(rowsOf({ type: 'file_watch', path: ['/a', '/b'], settle_s: 10, warn_after_s: 60 }), [
    'path=/a /b',
    'watch=created',
    'settle_s=10 s',
    'interval_s=5 s',
    'warn_after_s=60 s',
  ]);
});

test('panel: a call: structures as they were written, texts as they are', () => {
  const rows = rowsOf({
    type: 'http',
    url: 'https://x/a',
    status: { normal: '202' },
    body: { json: { at: 'https://y' } },
    method: 'POST',
  });
  assert.deepEqual(rows, [
    'method=POST',
    'url=https://x/a',
    'body={ "json": { "at": "https://y" } }',
    'status={ "normal": "202" }',
  ]);
});

test('panel: a command: only what else than its exit code judges it', () => {
  assert.deepEqual(rowsOf({ command: 'x' }), []);
  assert.deepEqual(rowsOf({ command: 'x', end_by: 'normal' }), ['end_by=normal']);
});

test('panel: very long texts: cut', () => {
  const [, command] = rowsOf({
    type: 'ssh',
    host: 'h',
    login: 'u',
    key_file: '/k',
    known_hosts: 'h k',
    command: 'x'.repeat(2_000),
  }).toReversed();
  assert.ok(command !== undefined && command.length < 600);
});
