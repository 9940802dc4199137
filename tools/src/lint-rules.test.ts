/** Tests that the linter's configuration really refuses what it is meant to refuse, on invented files. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { repositoryRoot } from './repository.ts';
import { runCommand } from './run-command.ts';

const PURE = 'core/src/plan.ts';
const SERVER = 'manager/src/store.ts';
const PAGE = 'console/src/features/jobs/page.tsx';

/** Each snippet breaks exactly the rule whose words the linter must say. */
const cases: readonly { situation: string; file: string; code: string; says: RegExp }[] = [
  {
    situation: 'the clock in pure code',
    file: PURE,
    code: 'export const a = Date.now();',
    says: /knows no clock/,
  },
  {
    situation: 'Temporal.Now in pure code',
    file: PURE,
    code: 'export const b = Temporal.Now.instant();',
    says: /Temporal.*knows no clock/,
  },
  {
    situation: 'chance in pure code',
    file: PURE,
    code: 'export const c = Math.random();',
    says: /knows no chance/,
  },
  {
    situation: 'a timer in pure code',
    file: PURE,
    code: 'setTimeout(() => undefined, 1);',
    says: /owns no timer/,
  },
  {
    situation: 'the process in pure code',
    file: PURE,
    code: 'export const d = process.pid;',
    says: /knows no process/,
  },
  {
    situation: 'the console object in pure code',
    file: PURE,
    code: "console.log('x');",
    says: /writes no log/,
  },
  {
    situation: 'a floating promise',
    file: SERVER,
    code: 'async function e() {}\ne();',
    says: /no-floating-promises/,
  },
  {
    situation: 'an awaited number',
    file: SERVER,
    code: 'export const f = await (1 as number);',
    says: /await-thenable/,
  },
  {
    situation: 'an async callback where nobody awaits it',
    file: SERVER,
    code: '[1].forEach(async () => { await Promise.resolve(); });',
    says: /no-misused-promises/,
  },
  {
    situation: 'a switch that forgets a case',
    file: SERVER,
    code: "export function g(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }",
    says: /switch-exhaustiveness-check/,
  },
  { situation: 'a default export', file: SERVER, code: 'export default 1;', says: /no-default-export/ },
  {
    situation: 'four parameters',
    file: SERVER,
    code: 'export const h = (a: 1, b: 1, c: 1, d: 1) => [a, b, c, d];',
    says: /max-params/,
  },
  { situation: 'an empty catch', file: SERVER, code: 'try { JSON.parse("1"); } catch {}', says: /no-empty/ },
  {
    situation: 'the environment outside main.ts',
    file: SERVER,
    code: "export const i = process.env['X'];",
    says: /no-process-env/,
  },
  { situation: 'any', file: SERVER, code: 'export const j: any = 1;', says: /no-explicit-any/ },
  {
    situation: 'a page that fetches',
    file: PAGE,
    code: "export const k = () => fetch('/');",
    says: /Only console\/src\/api fetches/,
  },
];

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

const outputs = new Map<string, string>();

before(async () => {
  await using scratch = createScratchHome();
  fs.copyFileSync(path.join(repositoryRoot, '.oxlintrc.json'), path.join(scratch.path, '.oxlintrc.json'));
  fs.copyFileSync(
    path.join(repositoryRoot, 'tsconfig.base.json'),
    path.join(scratch.path, 'tsconfig.base.json'),
  );
  const tsconfig = {
    extends: './tsconfig.base.json',
    compilerOptions: { lib: ['esnext', 'dom'] },
    include: ['**/*.ts', '**/*.tsx'],
  };
  fs.writeFileSync(path.join(scratch.path, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const [index, { file, code }] of cases.entries()) {
    const target = path.join(scratch.path, path.dirname(file), `${index}${path.extname(file)}`);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `${code}\n`);
  }
  const { output } = await runCommand([
    'oxlint',
    '--format=json',
    '-c',
    path.join(scratch.path, '.oxlintrc.json'),
    scratch.path,
  ]);
  const { diagnostics } = JSON.parse(output) as { diagnostics: Diagnostic[] };
  for (const [index, { file, situation }] of cases.entries()) {
    const ours = diagnostics.filter(
      ({ filename }) => path.basename(filename) === `${index}${path.extname(file)}`,
    );
    outputs.set(situation, ours.map(({ code, message, help }) => `${code} ${message} ${help}`).join('\n'));
  }
});

for (const { situation, says } of cases) {
  test(`lint: ${situation}: refused`, () => {
    assert.match(outputs.get(situation) ?? '', says);
  });
}
