// The language of what the manager says: chosen by the environment, told by code, and English wherever a code is not known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import { say } from '@nezuban/protocol/sentences/sentence';
import { startFakeManager } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { languageOf, loadTeller } from './language.ts';

test('language: the variable of our own before the locale, and all but Japanese is English', () => {
  for (const [env, language] of [
    [{}, 'en'],
    [{ LANG: 'ja_JP.UTF-8' }, 'ja'],
    [{ LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'C', LC_MESSAGES: 'ja_JP.UTF-8' }, 'ja'],
    [{ LANG: 'ja_JP.UTF-8', NEZUBAN_LANG: 'en' }, 'en'],
    [{ LANG: 'en_US.UTF-8', NEZUBAN_LANG: 'ja' }, 'ja'],
    [{ LANG: 'ja_JP.UTF-8', LC_ALL: '' }, 'ja'],
    [{ NEZUBAN_LANG: 'jamaican' }, 'en'],
  ] as const)
    assert.equal(languageOf(env), language, JSON.stringify(env));
});

test('language: an answer: reasons by code and events in Japanese, at any depth; what has no code that is known as it came', async () => {
  const { retell } = await loadTeller('ja');
  const unit = {
    name: 'load',
    reason: 'refused (no record at the agent)',
    reasonSaid: { code: 'attempt_refused', values: { why: { code: 'agent_no_record' } } },
  };
  const newer = { reason: 'newly said', reasonSaid: { code: 'of_a_newer_release' } };
  const event = {
    id: 1,
    code: 'session_ended',
    priority: 'info',
    node: null,
    message: 'Session 3 of a ended normal.',
    details: { net: 'a', session: 3, endStatus: 'normal' },
    fields: {},
  };
  const answer = { items: [{ units: [unit, newer] }, event], nextCursor: null, text: 'message' };
  const told = retell(answer) as { items: [{ units: { reason: string }[] }, { message: string }] };
  assert.deepEqual(
    told.items[0].units.map(({ reason }) => reason),
    ['エージェントが拒否(エージェントに記録がありません)', 'newly said'],
  );
  assert.equal(told.items[1].message, 'a のセッション 3 が終了しました(正常)');
  assert.equal(unit.reason, 'refused (no record at the agent)', 'the answer itself stays');
  assert.equal((await loadTeller('en')).retell(answer), answer);
});

test('language: a refusal: in Japanese with its issues on a Japanese terminal, in English otherwise and in JSON', async () => {
  await using manager = await startFakeManager({
    listNodes: () => {
      throw new CodedError('invalid_request', say('backup_nothing_yet'), {
        issues: [
          { path: 'a', ...say('backup_foreign') },
          { path: 'b', message: 'newly said', code: 'of_a_newer_release' },
        ],
      });
    },
  });
  const { url } = manager;
  const env = { LANG: 'ja_JP.UTF-8' };
  const japanese = await runCli(['nodes'], { url, env });
  assert.match(japanese.stderr, /^nezuban: このデータベースではマネージャがまだ稼働していません/u);
  assert.match(japanese.stderr, /newly said/);
  for (const { words, env: given } of [
    { words: ['nodes'], env: { ...env, NEZUBAN_LANG: 'en' } },
    { words: ['nodes', '--json'], env },
  ]) {
    const { stderr } = await runCli(words, { url, env: given });
    assert.match(stderr, /The manager has never been on duty/);
    assert.doesNotMatch(stderr, /データベース/u);
  }
});
