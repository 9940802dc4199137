// Completion as a shell does it: the script in a real bash, with a stand-in for the program that is asked for names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { commands } from '../commands/registry.ts';
import { handlers } from '../testing/answers.ts';
import { startFakeManager } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { renderCompletion } from './render-completion.ts';

const script = renderCompletion('bash', commands);

/** What bash offers for the last word. */
const complete = (...words: string[]): string[] => {
  const program = [
    'nezuban() { echo "asked:$2:$3"; }',
    script,
    `COMP_WORDS=(nezuban ${words.map((word) => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${words.length}`,
    '_nezuban',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  // "asked" begins with nothing that is typed; so the words are shown before they are narrowed.
  const text = execFileSync('bash', ['-c', program.replace('-- "$word"', '-- "${word%%asked*}"')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return text.split('\n').filter(Boolean);
};

test('completion: the first word, and the second where there is one', () => {
  assert.deepEqual(complete('sessi').sort(), ['session', 'sessions']);
  assert.deepEqual(complete('session', 'sh'), ['show']);
  assert.ok(!complete('').includes('complete-names'));
});

test('completion: options of the command, and their values', () => {
  assert.ok(complete('events', '--pri').includes('--priority'));
  assert.deepEqual(complete('events', '--priority', 'w'), ['warning']);
  assert.deepEqual(complete('completion', 'z'), ['zsh']);
});

test('completion: names: asked of the manager, with what was typed', () => {
  assert.deepEqual(complete('run', ''), ['asked:nets:']);
  assert.deepEqual(complete('events', '--node', ''), ['asked:nodes:']);
  assert.deepEqual(complete('user', 'show', ''), ['asked:users:']);
  assert.ok(complete('nets', '').every((word) => !word.startsWith('asked')));
});

test('completion: zsh: is bash with its helper; fish: one line for each word', () => {
  assert.match(renderCompletion('zsh', commands), /^autoload -U \+X bashcompinit && bashcompinit\n_nezuban/);
  const fish = renderCompletion('fish', commands);
  assert.match(fish, /\ncomplete -c nezuban -f -n '__nezuban_is "session"' -a show -d 'Show a session/);
  assert.match(
    fish,
    /'__nezuban_begins "run"' -f -a '\(nezuban complete-names nets \(commandline -ct\) 2>\/dev\/null\)'/,
  );
});

test('complete-names: those that begin as typed, one a line', async () => {
  await using manager = await startFakeManager(handlers);
  const names = async (...words: string[]) =>
    (await runCli(['complete-names', ...words], { url: manager.url })).stdout;
  assert.equal(await names('nets', 'ni'), 'night/settlement\n');
  assert.equal(await names('nodes', ''), 'local\n東京-2\n');
  assert.equal(await names('sessions'), '12\n12\n');
  assert.equal(await names('nonsense'), '');
});

test('complete-names: a manager that is away, refuses or does not answer: nothing, soon, and no error', async () => {
  const silent = { exitCode: 0, stdout: '', stderr: '' };
  assert.deepEqual(await runCli(['complete-names', 'nets', ''], { url: 'http://127.0.0.1:9' }), silent);
  await using manager = await startFakeManager({
    listNets: async () => {
      await delay(10_000, undefined, { ref: false });
      return { items: [], nextCursor: null };
    },
  });
  assert.deepEqual(await runCli(['complete-names', 'nets', ''], { url: manager.url }), silent);
  assert.deepEqual(await runCli(['complete-names', 'users', ''], { url: manager.url }), silent);
});
