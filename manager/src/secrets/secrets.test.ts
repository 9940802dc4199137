// Tests of kept secrets and references over real HTTP: who may set, see and name them, that no answer holds a value, and what is refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { startAccessBench, type AccessBench } from '../testing/access-bench.ts';

const value = 'Zq7-hunter2-Xv';
const netOf = (name: string, units: object[], more: object = {}) =>
  jobNetSchema.parse({ kind: 'jobnet', name, target: { node: 'n-batch' }, units, ...more });
const naming = [{ name: 'a', command: 'true', environment: { PW: '{{secret.db}}' } }];

describe('secrets', () => {
  let bench: AccessBench;
  let author: string;
  let keeper: string;
  before(async () => {
    bench = await startAccessBench();
    await bench.makeRole({
      name: 'author',
      grants: [{ effect: 'allow', rights: ['nets.read', 'nets.write', 'nets.run'], folder: 'night' }],
    });
    await bench.makeRole({
      name: 'keeper',
      grants: [{ effect: 'allow', rights: ['secrets.use', 'secrets.write'] }],
    });
    await bench.makeRole({ name: 'user', grants: [{ effect: 'allow', rights: ['secrets.use'] }] });
    author = await bench.makeUser('author', ['author']);
    keeper = await bench.makeUser('keeper', ['author', 'keeper']);
  });
  after(async () => await bench?.stop());

  test('set and list: by whom it is allowed; the value in no answer, row, audit entry or event', async () => {
    const set = { params: { name: 'db' }, body: { value, description: 'of the ledger' } };
    assert.equal((await bench.call(author, 'putSecret', set)).status, 403);
    const answer = await bench.call(keeper, 'putSecret', set);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await bench.call(author, 'listSecrets')).status, 403);
    const texts = [
      answer.text,
      (await bench.call(keeper, 'listSecrets')).text,
      (await bench.call(bench.local, 'listAudit', { query: { action: 'putSecret' } })).text,
      (await bench.call(bench.local, 'listEvents')).text,
    ];
    for (const text of texts) assert.equal(text.includes(value), false);
    assert.match(texts[2] ?? '', /"target":"db"/);
    const { rows } = await bench.client.query<{ text: string }>(
      "SELECT secret::text || encode(secret_box, 'escape') AS text FROM secret",
    );
    assert.equal(rows.length, 1);
    assert.equal(rows[0]?.text.includes(value), false);
    // A change of the description keeps the value.
    const described = await bench.call(keeper, 'putSecret', {
      params: { name: 'db' },
      body: { description: null },
    });
    assert.equal((described.body as { description: unknown }).description, null);
    const short = await bench.call(keeper, 'putSecret', { params: { name: 'x' }, body: { value: 'abc' } });
    assert.equal(short.status, 400);
  });

  test('naming one in a definition: by whom it is allowed; whoever changes such a net needs it too; saving it as it is needs nothing', async () => {
    const first = { params: { name: 'night/secret' }, body: netOf('night/secret', naming), ifMatch: null };
    assert.equal((await bench.call(author, 'putNet', first)).status, 403);
    assert.equal((await bench.call(keeper, 'putNet', first)).status, 200);
    const { revision } = await bench.must('getNet', { params: { name: 'night/secret' } });
    const changed = {
      params: { name: 'night/secret' },
      body: netOf('night/secret', [...naming, { name: 'b', command: 'true' }]),
      ifMatch: `"${revision}"`,
    };
    // With the secret in a net of his, he could have another unit send it anywhere.
    const refused = await bench.call(author, 'putNet', changed);
    assert.equal(refused.status, 403);
    assert.match(
      refused.text,
      /names the secret \\"db\\": whoever changes it needs the right \\"secrets\.use\\"/,
    );
    assert.equal((await bench.call(author, 'putNet', { ...changed, body: first.body })).status, 200);
    const listed = await bench.must('listSecrets', {}, keeper);
    assert.deepEqual(
      listed.items.map(({ name, usedBy }) => [name, usedBy]),
      [['db', ['night/secret']]],
    );
    const gone = await bench.call(keeper, 'deleteSecret', { params: { name: 'db' } });
    assert.equal(gone.code, 'operation_refused');
    assert.match(gone.text, /night\/secret/);
  });

  test('a net that another one gives a secret: changed by those alone who may use secrets', async () => {
    const taker = (units: object[]) =>
      netOf('night/taker', units, { parameters: [{ name: 'PW', type: 'secret' }] });
    const put = async (token: string, body: ReturnType<typeof netOf>) => {
      const seen = await bench.call(bench.local, 'getNet', { params: { name: body.name } });
      const ifMatch = seen.status === 200 ? `"${seen.body.revision}"` : null;
      return await bench.call(token, 'putNet', { params: { name: body.name }, body, ifMatch });
    };
    // Its own starters give it theirs.
    assert.equal((await put(author, taker([{ name: 'a', command: 'true' }]))).status, 200);
    const giver = netOf('day/giver', [
      { name: 'r', type: 'net_ref', net: 'night/taker', parameters: { PW: '{{secret.db}}' } },
    ]);
    assert.equal((await put(bench.local, giver)).status, 200);
    const refused = await put(author, taker([{ name: 'a', command: 'false' }]));
    assert.equal(refused.status, 403);
    assert.match(refused.text, /is given a secret by a job net that you may not see/);
    assert.equal((await put(keeper, taker([{ name: 'a', command: 'false' }]))).status, 200);
    await bench.must('deleteNet', { params: { name: 'day/giver' }, ifMatch: '"1"' });
  });

  test('nets that name one: told to those alone who may see them, also by a change and a refusal', async () => {
    const elsewhere = netOf('day/hidden', naming);
    await bench.must('putNet', { params: { name: 'day/hidden' }, body: elsewhere, ifMatch: null });
    const changed = await bench.call(keeper, 'putSecret', {
      params: { name: 'db' },
      body: { description: null },
    });
    const refused = await bench.call(keeper, 'deleteSecret', { params: { name: 'db' } });
    assert.equal(refused.code, 'operation_refused');
    for (const { text } of [changed, refused]) {
      assert.match(text, /night\/secret/);
      assert.doesNotMatch(text, /day\/hidden/);
    }
    assert.match(refused.text, /and by 1 job net that you may not see/);
  });

  test('a start: that names a secret which is not kept, or gives none: refused before anything runs', async () => {
    const body = netOf('night/missing', [{ name: 'a', command: 'true', stdin: '{{secret.nobody}}' }], {
      parameters: [{ name: 'PW', type: 'secret' }],
    });
    await bench.must('putNet', { params: { name: 'night/missing' }, body, ifMatch: null }, keeper);
    const run = async (parameters: Record<string, string>) =>
      await bench.call(keeper, 'runNet', { params: { name: 'night/missing' }, body: { parameters } });
    assert.match((await run({})).text, /parameters\.PW.*needs a value/);
    const missing = await run({ PW: value });
    assert.equal(missing.code, 'missing_parameter');
    assert.match(missing.text, /names \\"nobody\\", and no such secret is kept/);
    assert.equal(missing.text.includes(value), false);
    const preview = await bench.must(
      'previewOrder',
      { params: { name: 'night/missing' }, body: { unit: 'a', parameters: {} } },
      author,
    );
    assert.deepEqual([preview.stdin, preview.problems], ['***', []]);
  });

  test('a session: its secret parameter is sealed in its row, and masked in its answer', async () => {
    const environment = { PW: '{{parameter.PW}}' };
    const body = netOf('night/asks', [{ name: 'a', command: 'true', environment }], {
      parameters: [{ name: 'PW', type: 'secret' }],
    });
    await bench.must('putNet', { params: { name: 'night/asks' }, body, ifMatch: null });
    const run = { params: { name: 'night/asks' }, body: { parameters: { PW: value } } };
    const { id } = await bench.must('runNet', run);
    const shown = await bench.call(bench.local, 'getSession', { params: { id } });
    assert.deepEqual((shown.body as { parameters: unknown }).parameters, { PW: '***' });
    assert.equal(shown.text.includes(value), false);
    const { rows } = await bench.client.query<{ text: string; box: Buffer }>(
      'SELECT session::text AS text, secret_box AS box FROM session WHERE id = $1',
      [id],
    );
    assert.equal(rows[0]?.text.includes(value), false);
    assert.equal(rows[0]?.text.includes(Buffer.from(value).toString('hex')), false);
    assert.ok((rows[0]?.box.length ?? 0) > 0);
  });

  test('references: to a net that one may not run: as if it were not there', async () => {
    const put = async (to: string) =>
      await bench.call(author, 'putNet', {
        params: { name: 'night/refers' },
        body: netOf('night/refers', [{ name: 'r', type: 'net_ref', net: to }]),
        ifMatch: null,
      });
    const hidden = await put('day/load');
    assert.deepEqual([hidden.status, hidden.code], [404, 'not_found']);
    assert.equal((await put('night/load')).status, 200);
    const gone = await bench.call(bench.local, 'deleteNet', {
      params: { name: 'night/load' },
      ifMatch: '"1"',
    });
    assert.equal(gone.code, 'operation_refused');
    assert.match(gone.text, /night\/refers/);
    await bench.must('putNet', {
      params: { name: 'day/refers' },
      body: netOf('day/refers', [{ name: 'r', type: 'net_ref', net: 'night/load' }]),
      ifMatch: null,
    });
    const unseen = await bench.call(author, 'deleteNet', { params: { name: 'night/load' }, ifMatch: '"1"' });
    assert.match(unseen.text, /a job net that you may not see, \\"night\/refers\\" refer to it/);
    assert.doesNotMatch(unseen.text, /day\/refers/);
  });
});
