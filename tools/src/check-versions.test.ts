/** Tests of the sentence that `npm ci` says when Node or npm is too old. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startProcess } from '@nezuban/tests/support/processes';
import { readText, repositoryRoot } from './repository.ts';

const SCRIPT = 'tools/check-versions.cjs';

async function verdictFor(userAgent: string) {
  const file = path.join(repositoryRoot, SCRIPT);
  const run = startProcess([process.execPath, file], { env: { npm_config_user_agent: userAgent } });
  const { code } = await run.waitForEnd();
  return { code, sentence: run.stderr().trim() };
}

test('versions: new enough: silent', async () => {
  assert.deepEqual(await verdictFor('npm/11.0.0 node/v20.17.0 linux x64 workspaces/false'), {
    code: 0,
    sentence: '',
  });
});

test('versions: Node too old: one sentence and exit 1', async () => {
  assert.deepEqual(await verdictFor('npm/9.9.4 node/v18.20.8 linux x64 workspaces/false'), {
    code: 1,
    sentence: 'Nezuban needs Node 20 or newer to install, but this npm runs on Node 18.20.8.',
  });
});

test('versions: npm too old: one sentence with the remedy and exit 1', async () => {
  assert.deepEqual(await verdictFor('npm/10.8.2 node/v20.20.2 linux x64 workspaces/false'), {
    code: 1,
    sentence:
      'Nezuban needs npm 11 or newer, but this is npm 10.8.2: run "npm install --global npm@11" and try again.',
  });
});

test('versions: another package manager: told to use npm', async () => {
  assert.deepEqual(await verdictFor('pnpm/10.1.0 npm/? node/v22.0.0 linux x64'), {
    code: 1,
    sentence: 'Nezuban is installed with npm 11 or newer: run "npm ci".',
  });
});

test('versions: the script itself: any old Node can parse it', () => {
  const code = readText(SCRIPT).replaceAll(/\/\*[^]*?\*\/|'[^'\n]*'/g, '');
  assert.doesNotMatch(code, /\b(?:const|let|class|async|import)\b|=>|`|\?\.|\?\?|\.\.\./);
});
