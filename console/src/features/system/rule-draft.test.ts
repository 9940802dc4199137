// Tests of the form of a notification rule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDraft, draftOf, emptyDraft } from './rule-draft.ts';

const mail = {
  ...emptyDraft,
  name: 'duty',
  host: 'mail.example.jp',
  from: 'a@example.jp',
  to: ['b@example.jp'],
};

test('rule form: a mail rule: becomes the rule and comes back as the same form', () => {
  const checked = checkDraft({ ...mail, user: 'u' });
  assert.ok(checked.ok);
  assert.deepEqual(draftOf(checked.rule), { ...mail, user: 'u' });
});

test('rule form: an empty password: not sent, so that the stored one stays', () => {
  const checked = checkDraft(mail);
  assert.ok(checked.ok && checked.rule.channel.type === 'mail');
  assert.equal('password' in checked.rule.channel.smtp, false);
});

test('rule form: a webhook with headers: one a line', () => {
  const checked = checkDraft({
    ...emptyDraft,
    name: 'hook',
    type: 'webhook',
    url: 'https://example.jp/x',
    headers: 'Authorization: Bearer a:b\n\nX-One: 1',
  });
  assert.ok(checked.ok && checked.rule.channel.type === 'webhook');
  assert.deepEqual(checked.rule.channel.headers, { Authorization: 'Bearer a:b', 'X-One': '1' });
});

test('rule form: wrong fields: each named', () => {
  const checked = checkDraft({ ...mail, name: '', port: '99999', to: [] });
  assert.ok(!checked.ok);
  assert.deepEqual(Object.keys(checked.errors).sort(), ['name', 'port', 'to']);
  const hook = checkDraft({
    ...emptyDraft,
    name: 'hook',
    type: 'webhook',
    url: 'ftp://x',
    headers: 'bad name: x',
  });
  assert.ok(!hook.ok);
  assert.deepEqual(Object.keys(hook.errors).sort(), ['headers', 'url']);
});
