/**
 * The rules of the house that no ready-made tool knows, as tests: names, headers, sizes, versions.
 * Migrations are sealed by `manager/src/database/migrations.test.ts`.
 *
 * Each failure lists every offender with what would be right. Exceptions stand here, each with its reason.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { isTestFile, isTypeScript, listFiles, listWorkspaces, readManifest, readText } from './repository.ts';

const LINES_MAX = 500;

/** Files that may be longer, each with the reason why it cannot be split. */
const longFiles: Readonly<Record<string, string>> = {};

/** What opens a file of this kind: the comment that says what it is for. A first line for the shell may stand before it. */
const headers: Readonly<Record<string, RegExp>> = {
  '.ts': /^(#!.*\n)?(\/\*|\/\/)/,
  '.tsx': /^(\/\*|\/\/)/,
  '.cjs': /^('use strict';\n)?(\/\*|\/\/)/,
  '.css': /^\/\*/,
  '.sql': /^--/,
  '.sh': /^(#!.*\n)?#/,
  '.pl': /^(#!.*\n)?#/,
  '.pm': /^#|^package [\w:]+;\n+#/,
};

const files = listFiles();
const workspaces = listWorkspaces();
const sources = files.filter(
  (file) => path.extname(file) in headers && !/\/(generated|fixtures)\//.test(file),
);
const manifests = ['.', ...workspaces].map((folder) => ({ folder, manifest: readManifest(folder) }));

function assertNone(offenders: readonly string[], rule: string): void {
  assert.ok(offenders.length === 0, `${rule}:\n  ${offenders.join('\n  ')}`);
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

/** Source text without comments and string contents, so that a rule never trips over prose. */
function codeOf(file: string): string {
  return readText(file).replaceAll(/\/\*[^]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''");
}

test('tidy: file names: kebab-case', () => {
  const kebab = /^\d*[a-z0-9]+(?:[-_.][a-z0-9]+)*$/;
  // A Perl module is named for its package.
  const offenders = sources.filter((file) => !file.endsWith('.pm') && !kebab.test(path.basename(file)));
  assertNone(offenders, 'files are named in kebab-case, for their main export');
});

test('tidy: source files: open with a comment that says what they are for', () => {
  const offenders = sources.filter((file) => !headers[path.extname(file)]?.test(readText(file)));
  assertNone(offenders, 'a source file opens with what it is responsible for, what not, and who calls it');
});

test(`tidy: source files: at most ${LINES_MAX} lines`, () => {
  const long = sources.filter((file) => !(file in longFiles) && lineCount(readText(file)) > LINES_MAX);
  assertNone(
    long,
    `more than ${LINES_MAX} lines: split deciding from doing, or add it to longFiles with the reason`,
  );
  const stale = Object.keys(longFiles).filter(
    (file) => !sources.includes(file) || lineCount(readText(file)) <= LINES_MAX,
  );
  assertNone(stale, 'no longer long: remove it from longFiles');
});

test('tidy: source files: no note to self is left', () => {
  const marks = new RegExp(`\\b(?:${['FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
  assertNone(
    sources.filter((file) => marks.test(readText(file))),
    'finish it, or state the limit in plain words',
  );
});

test('tidy: test files: none is switched off or runs alone', () => {
  const switchedOff =
    /\b(?:test|it|describe|suite|t)\.(?:only|skip|todo)\(|\b(?:only|skip|todo): (?:true|'')/;
  const offenders = files.filter((file) => isTestFile(file) && switchedOff.test(codeOf(file)));
  assertNone(offenders, 'a test that does not run proves nothing: repair it or delete it');
});

test('tidy: test files: no two tests of a file have the same name', () => {
  const offenders = files.filter(isTestFile).flatMap((file) => {
    const names = [...readText(file).matchAll(/^(?:await )?test\(\s*(['"])(.+?)\1,/gm)].map(
      (match) => match[2] ?? '',
    );
    return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${file}: ${name}`);
  });
  assertNone(offenders, 'a failure must name one test');
});

test('tidy: pure code: never asks for the present time', () => {
  const pure = (file: string) =>
    /^(?:core|protocol)\/src\/|^ha\/src\/decision\//.test(file) && !isTestFile(file);
  const offenders = sources.filter(
    (file) => isTypeScript(file) && pure(file) && /\bnew Date\(\s*\)|\bDate\(\s*\)/.test(codeOf(file)),
  );
  assertNone(offenders, 'pure code takes `now` as an input');
});

test('tidy: workspaces: listed at the root, and private', () => {
  const folders = files
    .filter((file) => /^[^/]+\/package\.json$/.test(file))
    .map((file) => path.dirname(file));
  assert.deepEqual([...workspaces].toSorted(), folders.toSorted());
  const open = manifests.filter(({ manifest }) => manifest.private !== true).map(({ folder }) => folder);
  assertNone(open, 'package.json must say "private": true');
});

test('tidy: versions: one for all workspaces', () => {
  const version = readManifest('.').version;
  const offenders = manifests
    .filter(({ manifest }) => manifest.version !== version)
    .map(({ folder }) => folder);
  assertNone(offenders, `package.json must have the version ${version}`);
});

test('tidy: dependencies: pinned to exact versions, the same everywhere', () => {
  const seen = new Map<string, string>();
  const offenders: string[] = [];
  for (const { folder, manifest } of manifests) {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    for (const [name, version] of Object.entries(all)) {
      if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
        offenders.push(`${folder}: ${name} ${version} is a range`);
      const other = seen.get(name) ?? version;
      if (other !== version) offenders.push(`${folder}: ${name} ${version}, but ${other} elsewhere`);
      seen.set(name, other);
    }
  }
  assertNone(offenders, 'name exact versions: what was tested is what is installed');
});

test('tidy: licence: Apache 2.0, in the file and in every package', () => {
  assert.match(readText('LICENSE'), /Apache License\s+Version 2\.0/);
  const offenders = manifests
    .filter(({ manifest }) => manifest.license !== 'Apache-2.0')
    .map(({ folder }) => folder);
  assertNone(offenders, 'package.json must say "license": "Apache-2.0"');
});

test('tidy: README: has a line for each top folder', () => {
  assert.ok(files.includes('README.md'), 'README.md is missing');
  const readme = readText('README.md');
  const folders = new Set(
    files.filter((file) => /^[a-z]+\//.test(file)).map((file) => file.slice(0, file.indexOf('/'))),
  );
  const offenders = [...folders].filter((folder) => !readme.includes(`${folder}/`));
  assertNone(offenders, 'README.md does not mention the folder');
});
