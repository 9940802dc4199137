// Tests of the API client: requests, problems, versions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorRegistry, type ErrorCode } from '@nezuban/protocol/errors';
import { ApiMismatch, ApiProblem, ApiUnreachable, isRetryable } from './api-problem.ts';
import { createApi, etagOf, hrefOf } from './client.ts';

type Sent = { readonly url: string; readonly init: RequestInit };

const apiThatGets = (answer: () => Response | Promise<Response>) => {
  const sent: Sent[] = [];
  const told: string[] = [];
  const api = createApi({
    fetch: async (url, init) => {
      sent.push({ url, init });
      return answer();
    },
    onSignedOut: () => told.push('signed out'),
    onPasswordChangeNeeded: () => told.push('password'),
    onUnreachable: () => told.push('unreachable'),
  });
  return { api, sent, told };
};

const problem = (code: ErrorCode, headers: Record<string, string> = {}) => {
  const { status, title, remedy, retryable } = errorRegistry[code];
  const body = {
    type: `https://nezuban.dev/problems/${code}`,
    title,
    status,
    code,
    detail: 'because',
    instance: 'r1',
    remedy,
    retryable,
    issues: [{ path: 'units[0]', message: 'wrong', line: 4 }],
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
};

const me = {
  user: 'admin',
  title: null,
  mustChangePassword: false,
  by: 'cookie',
  roles: ['administrator'],
  rights: ['nets.read'],
  grants: [],
  limits: null,
  passwordLengthMin: 12,
};

test('client: a good answer: parsed by its schema, with its ETag', async () => {
  const { api, sent } = apiThatGets(() => new Response(JSON.stringify(me), { headers: { etag: '"7"' } }));
  assert.deepEqual(await api.callForAnswer('whoAmI'), { body: me, etag: '"7"' });
  assert.equal(sent[0]?.url, '/api/v1/me');
  assert.equal(sent[0]?.init.credentials, 'same-origin');
});

test('client: a name with a slash and a version: encoded, sent as If-Match', async () => {
  const { api, sent } = apiThatGets(() => new Response(null, { status: 204 }));
  await api.call('deleteNet', { params: { name: 'night/run' }, ifMatch: etagOf(3) });
  assert.equal(sent[0]?.url, '/api/v1/nets/night%2Frun');
  assert.equal(new Headers(sent[0]?.init.headers).get('if-match'), '"3"');
});

test('client: a problem document: its code, issues and Retry-After', async () => {
  const { api, told } = apiThatGets(() => problem('too_many_requests', { 'retry-after': '30' }));
  await assert.rejects(
    api.call('signIn', { body: { user: 'a', password: 'b' } }),
    (error) =>
      error instanceof ApiProblem &&
      error.code === 'too_many_requests' &&
      error.retryAfterSeconds === 30 &&
      error.issues[0]?.line === 4,
  );
  assert.deepEqual(told, []);
});

test('client: the sign-in is over: told once for the answer; a refused sign-in is not that', async () => {
  const over = apiThatGets(() => problem('not_signed_in'));
  await assert.rejects(over.api.call('getSystem'), ApiProblem);
  assert.deepEqual(over.told, ['signed out']);
  const refused = apiThatGets(() => problem('sign_in_refused'));
  await assert.rejects(refused.api.call('signIn', { body: { user: 'a', password: 'b' } }), ApiProblem);
  assert.deepEqual(refused.told, []);
});

test('client: no answer: unreachable, told, worth another try', async () => {
  const { api, told } = apiThatGets(() => Promise.reject(new TypeError('fetch failed')));
  await assert.rejects(api.call('whoAmI'), (error) => error instanceof ApiUnreachable && isRetryable(error));
  assert.deepEqual(told, ['unreachable']);
});

test('client: an answer of another form: mismatch, not worth another try', async () => {
  const { api } = apiThatGets(() => new Response(JSON.stringify({ who: 1 })));
  await assert.rejects(api.call('whoAmI'), (error) => error instanceof ApiMismatch && !isRetryable(error));
});

test('client: a page of a proxy instead of a problem: unreachable for 502, else mismatch', async () => {
  const html = (status: number) => apiThatGets(() => new Response('<html>', { status })).api.call('whoAmI');
  await assert.rejects(html(502), ApiUnreachable);
  await assert.rejects(html(418), ApiMismatch);
});

test('client: cancelled by the caller: the reason itself, nobody is told', async () => {
  const ending = new AbortController();
  const { api, told } = apiThatGets(() => {
    ending.abort();
    return Promise.reject(ending.signal.reason as Error);
  });
  await assert.rejects(api.call('whoAmI', {}, ending.signal), { name: 'AbortError' });
  assert.deepEqual(told, []);
});

test('client: the address of a download: of the operation table', () => {
  assert.equal(
    hrefOf('getRawOutput', { params: { attemptId: '1-abcdef-1.1.1.1' }, query: { stream: 'stderr' } }),
    '/api/v1/attempts/1-abcdef-1.1.1.1/output/raw?stream=stderr',
  );
});
