// Tests of rights around running sessions over real HTTP: who may give a session which definition, on whose behalf nets start, and who may not
// approve because he stands behind a start. What a net demands of its author is approval-routes.test.ts and secrets.test.ts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Right } from '@nezuban/protocol/access/rights';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startAccessBench, type AccessBench } from '../testing/access-bench.ts';

const netOf = (name: string, units: object[], more: object = {}) =>
  jobNetSchema.parse({ kind: 'jobnet', name, units, ...more });
const wait = { name: 'wait', type: 'wait', for_s: 600 };

describe('rights of jobs', () => {
  let bench: AccessBench;
  let runner: string;
  let corrector: string;
  let editor: string;
  before(async () => {
    bench = await startAccessBench();
    const inNight = (name: string, ...rights: Right[]) =>
      bench.makeRole({
        name,
        grants: [{ effect: 'allow', rights: ['nets.read', ...rights], folder: 'night' }],
      });
    await inNight('runner', 'nets.run', 'nets.approve');
    await inNight('corrector', 'nets.run', 'nets.correct');
    await inNight('night-editor', 'nets.run', 'nets.write', 'nets.approve');
    runner = await bench.makeUser('runner', ['runner']);
    corrector = await bench.makeUser('corrector', ['corrector']);
    editor = await bench.makeUser('editor', ['night-editor']);
  });
  after(async () => await bench?.stop());

  const put = async (token: string, body: ReturnType<typeof netOf>) => {
    const { name } = body;
    const seen = await bench.call(bench.local, 'getNet', { params: { name } });
    const ifMatch = seen.status === 200 ? `"${seen.body.revision}"` : null;
    const answer = await bench.call(token, 'putNet', { params: { name }, body, ifMatch });
    assert.ok(answer.status < 300, answer.text);
  };
  const view = async (id: number): Promise<SessionDetail> =>
    await bench.must('getSession', { params: { id: id } });
  const suspended = async (name: string): Promise<SessionDetail> => {
    const { id } = await bench.must('runNet', { params: { name: name }, body: {} });
    return await bench.must('operateSession', { params: { id }, body: { operation: 'suspend' } });
  };
  const take = async (token: string, { id }: SessionDetail, revision?: number) =>
    await bench.call(token, 'operateSession', {
      params: { id },
      body: { operation: 'take_definition', ...(revision === undefined ? {} : { revision }) },
    });

  test('another definition: the one in force who may run the net; an older one only who could bring it into force', async () => {
    await put(editor, netOf('night/take', [wait]));
    await put(editor, netOf('night/take', [wait, { name: 'b', type: 'or', after: ['wait'] }]));
    const session = await suspended('night/take');
    await put(editor, netOf('night/take', [wait, { name: 'b', type: 'or' }]));
    const refused = await take(runner, session, 2);
    assert.equal(refused.status, 403);
    assert.match(
      refused.text,
      /Revision 2 of the job net .* is not the one in force \(3\); to take it needs the right/,
    );
    assert.equal((await take(runner, session)).status, 200);
    assert.equal((await take(editor, session, 2)).status, 200);
    // The author of today must hold what the old one did.
    await bench.must('putNet', {
      params: { name: 'night/take' },
      body: netOf('night/take', [wait, { name: 'b', type: 'net_start', net: 'day/load' }]),
      ifMatch: '"3"',
    });
    await put(bench.local, netOf('night/take', [wait, { name: 'b', type: 'or' }]));
    const foreign = await take(editor, session, 4);
    assert.equal(foreign.status, 404, foreign.text);
    assert.match(foreign.text, /There is no job net \\"day\/load\\"/);
  });

  test('another definition, of a session with an approval: only who may correct results, also the one in force', async () => {
    const ask = { name: 'ask', type: 'approval', question: 'Go?' };
    await put(editor, netOf('night/ask', [ask, { ...wait, after: [{ unit: 'ask', on: [true] }] }]));
    const session = await suspended('night/ask');
    await put(editor, netOf('night/ask', [ask, wait]));
    for (const token of [runner, editor]) {
      const refused = await take(token, session);
      assert.equal(refused.status, 403);
      assert.match(
        refused.text,
        /The session has the approval \\"ask\\".*needs the right \\"nets\.correct\\"/,
      );
      const preview = await bench.call(token, 'previewOperation', {
        params: { id: session.id },
        body: { operation: 'take_definition' },
      });
      assert.equal(preview.status, 403);
    }
    assert.equal((await take(corrector, session)).status, 200);
  });

  const changeTo = async (token: string, { id }: SessionDetail, net: ReturnType<typeof netOf>) => {
    const input = { params: { id }, body: { yaml: JSON.stringify(net) } };
    const preview = await bench.call(token, 'previewSessionDefinition', input);
    const changed = await bench.call(token, 'changeSessionDefinition', input);
    return { preview, changed };
  };

  test('another definition, of a session with a kept secret that its own one names: refused where the new one names it no more', async () => {
    await bench.must('putSecret', { params: { name: 'db' }, body: { value: 'hunter2-hunter2' } });
    const secret = { name: 'P', type: 'secret', default: '{{secret.db}}' };
    const name = 'night/kept';
    await put(bench.local, netOf(name, [wait], { parameters: [secret] }));
    const session = await suspended(name);
    const sends = { name: 'x', command: 'echo $X', target: { node: 'n-batch' } };
    const sending = netOf(name, [wait, { ...sends, environment: { X: '{{parameter.P}}' } }], {
      parameters: [{ name: 'P', type: 'secret' }],
    });
    const { preview, changed } = await changeTo(editor, session, sending);
    assert.match(preview.text, /P was given a kept secret that the definition would not name/);
    assert.equal(changed.status, 409, changed.text);
    assert.match(changed.text, /P was given a kept secret that the definition would not name/);
    const naming = netOf(name, sending.units, { parameters: [secret] });
    const { changed: named } = await changeTo(editor, session, naming);
    assert.equal(named.status, 403);
    assert.match(named.text, /names the secret \\"db\\"/);
    // Brought into force instead, it is no other.
    await put(bench.local, netOf(name, [wait]));
    await put(editor, sending);
    const taken = await take(editor, session);
    assert.equal(taken.status, 409, taken.text);
    assert.match(taken.text, /P was given a kept secret that the definition would not name/);
    await put(bench.local, naming);
    assert.equal((await take(runner, session)).status, 200, 'who named it there may use secrets');
  });

  test('another definition, of a session that was given a secret: only who may use secrets; its own one also others', async () => {
    const name = 'night/given';
    const parameters = [{ name: 'P', type: 'secret' }];
    await put(editor, netOf(name, [wait], { parameters }));
    const { id } = await bench.must('runNet', {
      params: { name },
      body: { parameters: { P: 'typed-by-hand' } },
    });
    const session = await bench.must('operateSession', { params: { id }, body: { operation: 'suspend' } });
    assert.equal((await take(runner, session)).status, 200, 'the same one');
    const other = netOf(name, [wait, { name: 'b', type: 'or' }], { parameters });
    const { preview, changed } = await changeTo(editor, session, other);
    assert.equal(preview.status, 403);
    assert.equal(changed.status, 403);
    assert.match(changed.text, /holds secrets .* needs the right \\"secrets\.use\\"/);
    await put(editor, other);
    assert.equal((await take(editor, session)).status, 403);
    assert.equal((await take(bench.local, session)).status, 200);
  });

  test('a definition of a session that names a net which its author may not see: as if there were none, also in the preview', async () => {
    await bench.must('putNet', {
      params: { name: 'day/hidden' },
      body: netOf('day/hidden', [wait]),
      ifMatch: null,
    });
    await put(editor, netOf('night/see', [wait]));
    const session = await suspended('night/see');
    const looking = netOf('night/see', [wait, { name: 'r', type: 'net_ref', net: 'day/hidden' }]);
    for (const answer of Object.values(await changeTo(editor, session, looking))) {
      assert.equal(answer.status, 404, answer.text);
      assert.match(answer.text, /There is no job net \\"day\/hidden\\"/);
    }
  });

  test('a start by a net: on behalf of who defined it, while he may; and none behind it may approve', async () => {
    await put(
      editor,
      netOf('night/inner', [{ name: 'ask', type: 'approval', question: 'Go?', not_starter: true }]),
    );
    await put(editor, netOf('night/outer', [{ name: 's', type: 'net_start', net: 'night/inner' }]));
    const run = async (): Promise<SessionDetail> => {
      const { id } = await bench.must('runNet', { params: { name: 'night/outer' }, body: {} }, runner);
      return await view(id);
    };
    const outer = await run();
    const inner = await waitFor(async () => {
      const { items } = await bench.must('listSessions', { query: { net: 'night/inner' } });
      return items[0];
    });
    assert.deepEqual(inner.trigger, {
      type: 'unit',
      net: 'night/outer',
      session: outer.id,
      unit: 's',
      by: 'runner',
      onBehalfOf: 'editor',
      behind: ['runner'],
    });
    // Its key outlives those of callers: asked for days later, the start is still found.
    await bench.client.query("UPDATE run_key SET created_at = now() - interval '2 days'");
    await bench.must('runNet', {
      params: { name: 'night/take' },
      body: { idempotencyKey: 'of a caller' },
    });
    const { rows: keys } = await bench.client.query<{ session_id: string }>(
      'SELECT session_id FROM run_key ORDER BY created_at',
    );
    assert.equal(Number(keys[0]?.session_id), inner.id);
    assert.equal(keys.length, 2);
    const decide = async (token: string) =>
      await bench.call(token, 'decideApproval', {
        params: { id: inner.id },
        body: { unit: 'ask', approve: true },
      });
    await waitFor(async () => (await bench.must('listApprovals')).items.length > 0);
    // Another token of the same user is the same person.
    for (const token of [runner, editor, await bench.tokenOf('runner')]) {
      const refused = await decide(token);
      assert.equal(refused.code, 'operation_refused', refused.text);
      assert.match(
        refused.text,
        /You have started this session, had it started or run something in it again/,
      );
    }
    assert.equal((await decide(bench.local)).status, 200);
    // Taken from him meanwhile.
    const { revision } = await bench.must('getUser', { params: { name: 'editor' } });
    await bench.must('updateUser', {
      params: { name: 'editor' },
      body: { title: null, roles: ['viewer'], disabled: false },
      ifMatch: `"${revision}"`,
    });
    const refused = await run();
    const ended = await waitFor(async () => {
      const session = await view(refused.id);
      return session.state === 'ended' ? session : undefined;
    });
    assert.equal(ended.endStatus, 'abnormal');
    assert.match(
      ended.units[0]?.reason ?? '',
      /editor, who has brought this start into force as part of the job net "night\/outer", may not run "night\/inner" any more/,
    );
  });

  test('a start by a net: saved before its author was asked, or by the owner of the host: holds, whatever became of users', async () => {
    const ends = async (net: string): Promise<SessionDetail> => {
      const { id } = await bench.must('runNet', { params: { name: net }, body: {} });
      return await waitFor(async () => {
        const session = await view(id);
        return session.state === 'ended' ? session : undefined;
      });
    };
    const starts = (name: string) => netOf(name, [{ name: 's', type: 'net_start', net: 'night/begun' }]);
    await bench.makeUser('chief', ['administrator']);
    await bench.makeUser('former', ['night-editor']);
    await put(await bench.tokenOf('former'), netOf('night/begun', [{ name: 'a', type: 'or' }]));
    await put(await bench.tokenOf('former'), starts('night/early'));
    await put(bench.local, starts('night/host'));
    const soon = new Date(Date.now() + 300).toISOString();
    await bench.must('planNetRelease', {
      params: { name: 'night/host' },
      body: { yaml: JSON.stringify({ ...starts('night/host'), title: 'Planned' }), at: soon },
    });
    await waitFor(
      async () => (await bench.must('getNet', { params: { name: 'night/host' } })).definition.title,
    );
    for (const name of ['former', 'admin']) {
      const { revision } = await bench.must('getUser', { params: { name } });
      await bench.must('updateUser', {
        params: { name },
        body: { title: null, roles: ['viewer'], disabled: false },
        ifMatch: `"${revision}"`,
      });
    }
    assert.equal((await ends('night/early')).endStatus, 'abnormal');
    // As revisions stand after an upgrade.
    await bench.client.query("UPDATE net_revision SET starts_asked_of = NULL WHERE net = 'night/early'");
    assert.equal((await ends('night/early')).endStatus, 'normal');
    assert.equal((await ends('night/host')).endStatus, 'normal');
  });

  test('what may not be seen: no name of it in the refusal of a change, nor among queues and locks', async () => {
    const other = await bench.makeUser('other', ['night-editor']);
    const inner = netOf('night/shared', [{ name: 'a', type: 'or' }]);
    await put(other, inner);
    const units = [{ name: 'r', type: 'net_ref', net: 'night/shared', locks: ['day-secret-lock'] }];
    await put(bench.local, netOf('day/hidden', units));
    const demanding = netOf('night/shared', [{ name: 'a', type: 'or' }], { parameters: [{ name: 'P' }] });
    const seen = await bench.must('getNet', { params: { name: inner.name } });
    const refused = await bench.call(other, 'putNet', {
      params: { name: inner.name },
      body: demanding,
      ifMatch: `"${seen.revision}"`,
    });
    assert.equal(refused.code, 'invalid_definition');
    assert.match(
      refused.text,
      /A job net that you may not see refers to what is changed, and could not run any more/,
    );
    assert.doesNotMatch(refused.text, /day\/hidden|units\[0\]/);

    await put(bench.local, netOf('day/holder', [wait], { locks: ['day-secret-lock'] }));
    await bench.must('runNet', { params: { name: 'day/holder' }, body: {} });
    await bench.must('putLimit', {
      params: { kind: 'node_limit', name: 'n-web' },
      body: { kind: 'node_limit', name: 'n-web', places: 3 },
      ifMatch: null,
    });
    const names = async (token?: string) =>
      (await bench.must('listLimits', {}, token)).items.map(({ kind, name }) => `${kind} ${name}`);
    await waitFor(async () => (await names()).includes('lock day-secret-lock'));
    assert.deepEqual(await names(), ['lock day-secret-lock', 'node_limit n-web']);
    assert.deepEqual(await names(other), []);
    for (const [kind, name] of [
      ['lock', 'day-secret-lock'],
      ['node_limit', 'n-web'],
    ] as const) {
      const answer = await bench.call(other, 'getLimit', { params: { kind, name: name } });
      assert.equal(answer.status, 404, answer.text);
    }
  });
});
