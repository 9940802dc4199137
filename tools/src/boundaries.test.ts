/** Tests of the import rules, on small invented source trees. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBoundaryProblems } from './boundaries.ts';

function problemsOf(files: Record<string, string>): string {
  const manifest = (name: string, dependencies = {}, devDependencies = {}) => ({
    name,
    version: '1.0.0',
    dependencies,
    devDependencies,
  });
  const manifests = new Map([
    ['.', manifest('root', {}, { 'fast-check': '1.0.0' })],
    ['core', manifest('core', { croner: '1.0.0', pg: '1.0.0' })],
    ['agent', manifest('agent', { ws: '1.0.0' }, { '@types/ws': '1.0.0', pg: '1.0.0' })],
    ['ha', manifest('ha', { pg: '1.0.0' })],
  ]);
  return findBoundaryProblems({ files: new Map(Object.entries(files)), manifests }).join('\n');
}

const exporting = 'export const x = 1;';

test('boundaries: imports that the architecture wants: no problem', () => {
  const files = {
    'protocol/src/jobs/definition.ts': exporting,
    'core/src/jobs/plan.ts':
      "import { x } from '@nezuban/protocol/jobs/definition'; import { Cron } from 'croner'; x; Cron;",
    'core/src/jobs/plan.test.ts': "import fc from 'fast-check'; import './plan.ts'; import 'node:test'; fc;",
    'agent/src/link.ts': "import WebSocket from 'ws'; import fs from 'node:fs'; WebSocket; fs;",
    'tests/src/support/postgres.ts': exporting,
    'agent/src/journal.test.ts': "import { x } from '@nezuban/tests/support/postgres'; x;",
  };
  assert.equal(problemsOf(files), '');
});

const forbidden: Record<string, { files: Record<string, string>; says: RegExp }> = {
  'core takes a type from the manager': {
    files: {
      'core/src/a.ts': "import type { x } from '@nezuban/manager/a'; x;",
      'manager/src/a.ts': exporting,
    },
    says: /^core\/src\/a\.ts:1: imports @nezuban\/manager\/a, but core decides/,
  },
  'core imports a Node module': {
    files: { 'core/src/a.ts': "\nimport fs from 'node:fs'; fs;" },
    says: /^core\/src\/a\.ts:2: imports node:fs, but core decides/,
  },
  'core imports a declared package that it may not have': {
    files: { 'core/src/a.ts': "import pg from 'pg'; pg;" },
    says: /package pg, but core decides/,
  },
  'the keeper side imports the manager at run time': {
    files: { 'ha/src/a.ts': "await import('@nezuban/manager/a');", 'manager/src/a.ts': exporting },
    says: /must outlive the manager/,
  },
  'the decision imports a driver': {
    files: { 'ha/src/decision/a.ts': "export * from '../drivers/b.ts';", 'ha/src/drivers/b.ts': exporting },
    says: /pure: it imports protocol alone/,
  },
  'the agent imports a database client': {
    files: { 'agent/src/a.ts': "import pg from 'pg'; pg;" },
    says: /holds no database/,
  },
  'a package that only the tests declare': {
    files: { 'ha/src/a.ts': "import fc from 'fast-check'; fc;" },
    says: /dependencies of ha\/package\.json do not name/,
  },
  'a relative path leaves the workspace': {
    files: {
      'core/src/a.ts': "import { x } from '../../protocol/src/b.ts'; x;",
      'protocol/src/b.ts': exporting,
    },
    says: /leaves the workspace: import @nezuban\/protocol/,
  },
  'production code imports a helper of the tests': {
    files: {
      'ha/src/a.ts': "import { x } from '@nezuban/tests/support/b'; x;",
      'tests/src/support/b.ts': exporting,
    },
    says: /only test files, tools and benchmarks/,
  },
  'production code imports a fake': {
    files: { 'ha/src/a.ts': "import '@nezuban/platform/testing/b';", 'platform/src/testing/b.ts': exporting },
    says: /what lies in testing\/ is for tests/,
  },
  'a file imports a test file': {
    files: { 'ha/src/a.ts': "import './b.test.ts';", 'ha/src/b.test.ts': exporting },
    says: /move what is shared/,
  },
  'a file that does not exist': {
    files: { 'ha/src/a.ts': "import '@nezuban/protocol/nothing';" },
    says: /there is no protocol\/src\/nothing\.ts/,
  },
  'three files in a circle': {
    files: {
      'ha/src/a.ts': "import './b.ts';",
      'ha/src/b.ts': "export { x } from './c.ts';",
      'ha/src/c.ts': "import './a.ts'; export const x = 1;",
    },
    says: /cycle[^]*a\.ts\n {2}-> ha\/src\/b\.ts\n {2}-> ha\/src\/c\.ts\n {2}-> ha\/src\/a\.ts/,
  },
  'a folder without a rule': {
    files: { 'extra/src/a.ts': "import 'node:fs';" },
    says: /no rule says what extra\/ may import/,
  },
};

for (const [situation, { files, says }] of Object.entries(forbidden)) {
  test(`boundaries: ${situation}: refused with the reason`, () => {
    assert.match(problemsOf(files), says);
  });
}

test('boundaries: two files that need only the types of each other: no cycle', () => {
  const files = {
    'ha/src/a.ts': "import type { B } from './b.ts'; export type A = B[];",
    'ha/src/b.ts': "import { type A } from './a.ts'; export type B = A | 1;",
  };
  assert.equal(problemsOf(files), '');
});
