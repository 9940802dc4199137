// What the password policy takes and refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePassword } from './password-policy.ts';

const judge = (password: string, userName = 'tanaka', lengthMin = 10) =>
  judgePassword({ password, userName, lengthMin });

test('password policy: honest passwords, of words and of other scripts: taken', () => {
  for (const password of [
    'correct horse 電池',
    'k7mw-2xqd-9abc-pqrs',
    'いろはにほへとちりぬるを',
    'Welcome to the jungle',
  ])
    assert.equal(judge(password), null, password);
});

test('password policy: too short, counted in characters: refused with the length', () => {
  assert.match(judge('short') ?? '', /at least 10 characters/);
  assert.match(judge('😀😁😂🤣😃', 'tanaka', 10) ?? '', /at least 10/);
  assert.equal(judge('abcxyz12', 'tanaka', 8), null);
});

test('password policy: the own name, in any case, backwards or inside: refused; a short name is no word', () => {
  for (const password of ['Tanaka-2026!', 'xxxTANAKAyyy', 'akanat-2026-x'])
    assert.match(judge(password) ?? '', /name of the user/, password);
  assert.equal(judge('abcdeabcdfxq', 'ab'), null);
});

test('password policy: what is tried first, with digits behind too, and runs of keys: refused', () => {
  for (const password of [
    'password12',
    'Password123!',
    'P@ssw0rd2026',
    '1234567890',
    'qwertyuiop',
    'abcdefghij',
    'ａｂｃｄｅｆｇｈｉｊ',
    'パスワード12345',
    '1qaz2wsx3edc',
  ])
    assert.match(judge(password) ?? '', /tried first/, password);
  assert.match(judge('aaaaaaaaaaaa') ?? '', /different characters/);
});
