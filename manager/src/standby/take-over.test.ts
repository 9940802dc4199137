// Tests of a standby with a real master beside it, and of the take-over: who waits is served, nothing is closed, nobody is let in who may not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AGENT_TERMS_PER_DUTY_TERM } from '@nezuban/protocol/pair/agent-term';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { WebSocket } from 'ws';
import type { ManagedManager } from '../testing/keeper-stand-in.ts';
import { createPairBench, type PairBench } from '../testing/pair-bench.ts';
import {
  createRequest,
  enrolmentOf,
  helloOf,
  openLink,
  postEnrolment,
  type AgentIdentity,
} from '../testing/test-agent.ts';

describe('take-over', () => {
  let bench: PairBench;
  let a: ManagedManager;
  let b: ManagedManager;
  let ca: string;
  let token: string;

  const call = async (
    of: ManagedManager,
    place: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    await fetch(`${of.serves().consoleUrl}${place}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    });
  const portOf = (of: ManagedManager) => ({ agentAddress: of.serves().agentAddress, ca });
  const enrol = async (nodeName: string): Promise<AgentIdentity> => {
    const made = await call(a, '/api/v1/join-tokens', { method: 'POST', body: '{}' });
    const { token: joinToken } = (await made.json()) as { token: string };
    const { csr, key } = await createRequest();
    const { status, body } = await postEnrolment(portOf(a), enrolmentOf(joinToken, csr, nodeName));
    assert.equal(status, 200, body.detail);
    return { agentId: body.agentId ?? '', nodeName, certificate: body.certificate ?? '', ca, key };
  };
  const waitAt = async (of: ManagedManager, identity: AgentIdentity, highestTerm = 0) => {
    const agent = openLink(portOf(of), identity);
    await waitFor(() => agent.socket.readyState === WebSocket.OPEN, {
      message: () => `the link to open: ${agent.error()?.message ?? ''}`,
    });
    agent.send(helloOf(identity, { highestTerm: highestTerm as never }));
    await agent.received('standby');
    return agent;
  };
  const sql = async (text: string, values: unknown[] = []) => {
    const client = new pg.Client(bench.database.config);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const say = (
    agent: { send: (message: unknown) => void },
    otherMasterHeardAgoMs: number | null,
    clockMs = Date.now(),
  ) =>
    agent.send({
      type: 'heartbeat',
      clock: new Date(clockMs).toISOString(),
      runningAttempts: 0,
      otherMasterHeardAgoMs,
    });

  before(async () => {
    bench = await createPairBench();
    a = await bench.start('a');
    await a.beMaster(1);
    await bench.share();
    [ca, token] = [await bench.ca(), await bench.token()];
    b = await bench.start('b');
    await b.standBy('alpha');
  });
  after(async () => bench.stop());

  test('standby: everything for people: answered by the master, with the client that asked', async () => {
    const system = await call(b, '/api/v1/system');
    assert.equal(system.status, 200);
    assert.equal(((await system.json()) as { term: number }).term, AGENT_TERMS_PER_DUTY_TERM);
    const applied = await call(b, '/api/v1/definitions', {
      method: 'POST',
      headers: { 'content-type': 'application/yaml', 'x-forwarded-for': '6.6.6.6' },
      body: 'kind: jobnet\nname: n\ntarget: { node: web-1 }\nunits:\n  - { name: u, command: "true" }\n',
    });
    assert.equal(applied.status, 200, await applied.text());
    const [entry] = await sql("SELECT address FROM audit WHERE action = 'applyDefinitions'");
    assert.equal(entry?.['address'], '127.0.0.1', 'what a client says of itself is not believed');
  });

  test('standby: a sign-in by cookie at its own address: same-origin checks and cookie hold over the master', async () => {
    const origin = b.serves().consoleUrl;
    const signIn = await fetch(`${origin}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ user: 'admin', password: a.serves().adminPassword }),
    });
    assert.equal(signIn.status, 200, await signIn.text());
    const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const out = (from: string) =>
      fetch(`${origin}/api/v1/sign-out`, { method: 'POST', headers: { cookie, origin: from } });
    assert.equal((await out('http://elsewhere.example')).status, 403);
    assert.equal((await out(origin)).status, 204);
  });

  test('standby: a live stream: opened at the master, arrives piece by piece', async () => {
    const stream = await call(b, '/api/v1/live?topic=events&topic=pair');
    assert.equal(stream.headers.get('content-type')?.startsWith('text/event-stream'), true);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.match((await reader?.read())?.value ?? '', /event: hello/);
    a.manager.notice({
      type: 'notice',
      code: 'redundancy_lost',
      at: new Date().toISOString(),
      process: 'keeper',
      priority: 'critical',
      message: 'The standby is gone.',
      details: {},
    });
    const piece = (await reader?.read())?.value ?? '';
    assert.match(piece, /"code":"redundancy_lost"/);
    assert.match(piece, /"priority":"critical"/);
    await reader?.cancel();
  });

  test('standby: health: alive, not on duty; the master: on duty; neither asks for a sign-in or a Host', async () => {
    const statusOf = async (of: ManagedManager, what: string) => {
      const answer = await fetch(`${of.serves().consoleUrl}/health/${what}`);
      await answer.body?.cancel();
      return answer.status;
    };
    assert.deepEqual(
      [
        await statusOf(a, 'live'),
        await statusOf(a, 'master'),
        await statusOf(b, 'live'),
        await statusOf(b, 'master'),
      ],
      [200, 200, 200, 503],
    );
  });

  test('standby: an enrolment: not the master, come again at the other address', async () => {
    const { csr } = await createRequest();
    const unused = `nzj_${'x'.repeat(43)}.${'y'.repeat(43)}`;
    const { status, body } = await postEnrolment(portOf(b), enrolmentOf(unused, csr, 'early'));
    assert.deepEqual([status, body.code], [503, 'not_master']);
  });

  test('standby: a certificate of another kind of the same authority: sent away', async () => {
    const { csr, key } = await createRequest();
    await a.tell({ type: 'question', n: 7, question: { ask: 'pair-certificate', csr, id: 'b' } });
    const { answer } = await a.reported('answer');
    assert.equal(answer.to, 'pair-certificate');
    const agent = openLink(portOf(b), {
      certificate: answer.to === 'pair-certificate' ? answer.certificate : '',
      key,
    });
    assert.equal((await agent.whenClosed()).code, 1008);
  });

  test('take-over: agents that wait are welcomed on the same connection, revoked and removed ones closed, the row of the term comes first', async () => {
    const [one, two, revoked, removed] = [
      await enrol('web-1'),
      await enrol('web-2'),
      await enrol('revoked'),
      await enrol('removed'),
    ];
    await sql(
      "UPDATE node_certificate SET revoked_at = now() WHERE node_id = (SELECT id FROM node WHERE name = 'revoked')",
    );
    assert.equal((await call(a, '/api/v1/nodes/removed', { method: 'DELETE' })).status, 204);
    const from = b.reports.length;
    const agents = {
      one: await waitAt(b, one, AGENT_TERMS_PER_DUTY_TERM + 5),
      two: await waitAt(b, two),
      revoked: await waitAt(b, revoked),
      removed: await waitAt(b, removed),
    };
    const silent = openLink(portOf(b), two);
    await waitFor(() => silent.socket.readyState === WebSocket.OPEN, { message: 'a link without a hello' });
    assert.equal(
      (await b.reported('agents', from)).highestTerm,
      AGENT_TERMS_PER_DUTY_TERM + 5,
      'said at once',
    );
    // Judged by its last word, not by what its hello is compared with at the take-over.
    say(agents.two, 120, Date.now() - 60_000);
    await waitFor(
      () => b.reports.some((report) => report.type === 'agents' && report.otherMasterHeardAgoMs !== null),
      {
        message: 'when an agent heard the other master',
      },
    );
    assert.ok(b.reports.some((report) => report.type === 'agents' && report.connected === 4));

    await a.stop();
    const gone = await call(b, '/api/v1/system');
    assert.deepEqual([gone.status, gone.headers.get('retry-after')], [503, '1']);
    assert.equal(((await gone.json()) as { code: string }).code, 'not_master');

    await b.standBy(null);
    // Asked in the moment of the take-over: held, and answered by the new master.
    const taking = b.beMaster(2, ['10.0.0.2:7381', '10.0.0.1:7381']);
    const held = call(b, '/api/v1/system');
    say(agents.one, 200);
    await taking;
    const { term } = await b.reported('on-duty');
    assert.equal(term, 2 * AGENT_TERMS_PER_DUTY_TERM);
    assert.equal(((await (await held).json()) as { term: number }).term, term);
    for (const agent of [agents.one, agents.two]) {
      const welcome = await agent.received('welcome');
      assert.deepEqual([welcome.term, welcome.managers], [term, ['10.0.0.2:7381', '10.0.0.1:7381']]);
      assert.equal(agent.closed(), null);
    }
    assert.match((await agents.revoked.whenClosed()).reason, /replaced by a newer one/);
    assert.match((await agents.removed.whenClosed()).reason, /not known here/);
    silent.send(helloOf(two));
    assert.equal((await silent.received('welcome')).term, term, 'one that had not spoken yet goes on too');
    assert.equal((await agents.two.whenClosed()).code, 4001, 'and is the newer connection of its agent');
    assert.equal((await fetch(`${b.serves().consoleUrl}/health/master`)).status, 200);
    const clocks = () => sql("SELECT node, message FROM event WHERE code = 'agent_clock_differs'");
    await waitFor(async () => (await clocks()).length > 0, { message: 'the clock that is wrong' });
    assert.partialDeepStrictEqual(await clocks(), [{ node: 'web-2' }]);
    for (const agent of [...Object.values(agents), silent]) agent.stop();
  });

  test('take-over: its phases: measured, said in the log', () => {
    const phases = b.manager.phases();
    assert.ok(phases !== null && (phases['open'] ?? 0) > 0);
    assert.ok(b.logger.lines.some(({ message }) => message === 'This manager is on duty'));
  });
});
