/**
 * What the program tells people to type can be typed: every command in quotes in a sentence of ours is one that there is.
 *
 * Looks at sources as text: sentences of errors, events, advice, help and the console in both languages. Not at tests.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { unknownWords } from './known-commands.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const speaking = ['protocol', 'core', 'platform', 'ha', 'manager', 'agent', 'cli', 'console'];
const sources = speaking.flatMap((workspace) =>
  fs
    .readdirSync(path.join(root, workspace, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|(^|\/)testing\//.test(file))
    .map((file) => `${workspace}/src/${file}`),
);

/** Between our own programs; nobody is told to type them. */
const internal = ['backup create --progress', 'nezuban complete-names'];

test('sentences: commands that people are told to type: exist, with their options', () => {
  const wrong = sources.flatMap((file) =>
    [
      ...fs.readFileSync(path.join(root, file), 'utf8').matchAll(/["「`]nezuban ([a-z][^"」`$\n]*)["」`$]/g),
    ].flatMap(([, words = '']) =>
      unknownWords(`nezuban ${words.trim()}`)
        .filter((one) => !internal.includes(one))
        .map((one) => `${file}: ${one}`),
    ),
  );
  assert.deepEqual(wrong, []);
});
