// Tests of what reads requests without a server: bodies, ETags, hosts, origins, places of errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import { matchesEtag, parseExpected } from './etag.ts';
import { isHostAllowed } from './host-check.ts';
import { mergeHandlers } from './handler-table.ts';
import { decodeCursor, encodeCursor } from './paging.ts';
import { decodeBody, parseJson } from './request-body.ts';
import { parseRequest } from './request-parsing.ts';
import { isForeign, isSameOrigin } from './same-origin.ts';
import { formatPath } from './zod-issues.ts';

const refusal = (work: () => unknown): CodedError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CodedError);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
};

test('request body: invalid UTF-8 in the third line: line and column are told', () => {
  const bytes = Buffer.concat([
    Buffer.from('名前: 夜間\nkind: x\nab障\u{fffd}'),
    Buffer.of(0xff),
    Buffer.from('害\n'),
  ]);
  const error = refusal(() => decodeBody(bytes, 'invalid_definition'));
  assert.equal(error.code, 'invalid_definition');
  assert.deepEqual(error.issues, [{ path: '', message: 'is not UTF-8', line: 3, column: 5 }]);
});

test('request body: a character cut off at the end: its place is told', () => {
  const error = refusal(() => decodeBody(Buffer.from('夜').subarray(0, 2), 'invalid_request'));
  assert.deepEqual(error.issues, [{ path: '', message: 'is not UTF-8', line: 1, column: 1 }]);
});

test("request body: broken JSON: the parser's place is told", () => {
  const error = refusal(() => parseJson(Buffer.from('{"a": }')));
  assert.equal(error.code, 'invalid_request');
  assert.match(error.message, /not JSON/);
});

test('request body: JSON nested without end, or with the key of the prototype: refused with its place', () => {
  let net = '[]';
  for (let depth = 0; depth < 5_000; depth += 1) net = `[{"name":"a","units":${net}}]`;
  const deep = refusal(() => parseJson(Buffer.from(`{"units":${net}}`)));
  assert.equal(deep.code, 'invalid_request');
  assert.match(deep.message, /nested deeper than 100 levels/);
  const prototype = refusal(() => parseJson(Buffer.from('{"units":[{"environment":{"__proto__":"x"}}]}')));
  assert.deepEqual(
    prototype.issues.map(({ path }) => path),
    ['body.units[0].environment.__proto__'],
  );
});

test('request body: a byte order mark: taken off', () => {
  assert.deepEqual(parseJson(Buffer.from('\u{feff}{"a":1}')), { a: 1 });
});

test('etag: lists and weak tags: compared as HTTP says', () => {
  assert.equal(matchesEtag('"4", W/"5"', 5), true);
  assert.equal(matchesEtag('"4"', 5), false);
  assert.equal(matchesEtag(undefined, 5), false);
});

test('etag: what a writer may expect: revision, absence, or a clear refusal', () => {
  assert.deepEqual(parseExpected({ 'if-match': '"12"' }), { revision: 12 });
  assert.equal(parseExpected({ 'if-none-match': '*' }), 'absent');
  assert.equal(refusal(() => parseExpected({})).code, 'precondition_required');
  assert.equal(refusal(() => parseExpected({ 'if-match': '*' })).code, 'precondition_required');
  assert.equal(refusal(() => parseExpected({ 'if-match': 'nonsense' })).code, 'precondition_failed');
  assert.equal(
    refusal(() => parseExpected({ 'if-match': '"1"', 'if-none-match': '*' })).code,
    'invalid_request',
  );
});

test('host check: names of other sites: refused on loopback', () => {
  const allowed = new Set(['nezuban.example']);
  for (const host of ['localhost:7301', '127.0.0.1:7301', '[::1]:7301', 'LOCALHOST', 'nezuban.example:443'])
    assert.equal(isHostAllowed(host, allowed), true, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:7301', undefined])
    assert.equal(isHostAllowed(host, allowed), false, String(host));
});

test('same origin: without proof: refused; a sign-in is refused only from foreign pages', () => {
  const facts = { secFetchSite: undefined, origin: undefined, host: 'a:1', tls: false };
  assert.equal(isSameOrigin(facts), false);
  assert.equal(isSameOrigin({ ...facts, secFetchSite: 'same-origin' }), true);
  assert.equal(isSameOrigin({ ...facts, secFetchSite: 'same-site', origin: 'http://a:1' }), false);
  assert.equal(isSameOrigin({ ...facts, origin: 'http://a:1' }), true);
  assert.equal(isSameOrigin({ ...facts, origin: 'http://a:2' }), false);
  assert.equal(isSameOrigin({ ...facts, origin: 'http://a:1', tls: true }), false);
  assert.equal(isForeign(facts), false);
  assert.equal(isForeign({ ...facts, secFetchSite: 'cross-site' }), true);
  assert.equal(isForeign({ ...facts, origin: 'http://evil' }), true);
});

test('request parsing: several wrong places: all named at once with their paths', () => {
  const raw = {
    params: {},
    query: { limit: '0', nonsense: '1', priority: 'loud' },
    body: undefined,
    headers: {},
  };
  const error = refusal(() => parseRequest(operations.listEvents, raw));
  assert.deepEqual(error.issues.map(({ path }) => path).sort(), [
    'query.limit',
    'query.nonsense',
    'query.priority[0]',
  ]);
});

test('request parsing: a wrong rule: places as in the definition', () => {
  const body = {
    kind: 'notification',
    name: 'a',
    chanel: {},
    channel: { type: 'mail', smtp: { host: '' }, from: 'a@b', to: [] },
  };
  const error = refusal(() =>
    parseRequest(operations.putRule, {
      params: { name: 'a' },
      query: {},
      body,
      headers: { 'if-none-match': '*' },
    }),
  );
  assert.equal(error.code, 'invalid_definition');
  assert.deepEqual(error.issues.map(({ path }) => path).sort(), [
    'chanel',
    'channel.smtp.host',
    'channel.to',
  ]);
});

test('request parsing: NUL and half surrogate pairs: refused with their places before anything asks the database', () => {
  const headers = {};
  const inBody = refusal(() =>
    parseRequest(operations.signIn, {
      params: {},
      query: {},
      body: { user: 'a\0b', password: 'x\ud800' },
      headers,
    }),
  );
  assert.equal(inBody.code, 'invalid_request');
  assert.deepEqual(
    inBody.issues.map(({ path }) => path),
    ['body.user', 'body.password'],
  );
  const inQuery = refusal(() =>
    parseRequest(operations.listAudit, { params: {}, query: { actor: '\0' }, body: undefined, headers }),
  );
  assert.deepEqual(
    inQuery.issues.map(({ path }) => path),
    ['query.actor'],
  );
});

test('request parsing: an instant in the year 0, which the database does not have: refused', () => {
  const query = { from: '0000-01-01T00:00:00.000Z' };
  const error = refusal(() =>
    parseRequest(operations.listEvents, { params: {}, query, body: undefined, headers: {} }),
  );
  assert.deepEqual(
    error.issues.map(({ path }) => path),
    ['query.from'],
  );
});

test('paging: a cursor with a text that cannot be stored: is no cursor', () => {
  const error = refusal(() => decodeCursor(encodeCursor('a\0'), z.string()));
  assert.equal(error.code, 'invalid_request');
});

test('issue path: written as people write it', () => {
  assert.equal(formatPath(['units', 3, 'after', 'all', 0, 'unit']), 'units[3].after.all[0].unit');
});

test('handler table: a handler missing, twice or unknown: all named at start', () => {
  const one = { getSystem: async () => assert.fail() };
  assert.throws(
    () => mergeHandlers([one, one, { nothing: async () => assert.fail() } as never]),
    (error: Error) => {
      assert.match(error.message, /getSystem has two handlers/);
      assert.match(error.message, /nothing is no operation/);
      assert.match(error.message, /listEvents has no handler/);
      assert.doesNotMatch(error.message, /signIn/);
      return true;
    },
  );
});
