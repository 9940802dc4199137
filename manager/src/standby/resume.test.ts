// Tests of what a new master takes up: attempts of the old one, missed starts, notifications that were not sent; and of draining before it.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
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
  type TestAgent,
} from '../testing/test-agent.ts';

const NET = `kind: jobnet
name: n
target: { node: web-1 }
units:
  - { name: u, command: "true" }
`;
const NIGHTLY = `kind: jobnet
name: nightly
target: { node: web-1 }
schedules:
  - { name: s, times: ["13:00"], timezone: UTC, missed: run_once }
units:
  - { name: u, command: "true" }
`;

describe('resuming duty', () => {
  let bench: PairBench;
  let a: ManagedManager;
  let b: ManagedManager;
  let ca: string;
  let token: string;
  let identity: AgentIdentity;
  let sql: pg.Client;
  const notified: string[] = [];
  let deaf = true;
  /** The attempt that the old master has handed out. */
  let running = '';
  const webhook = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (deaf) {
        response.writeHead(503).end();
        return;
      }
      notified.push(body);
      response.end('ok');
    });
  });

  const call = async (
    of: ManagedManager,
    place: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    await fetch(`${of.serves().consoleUrl}/api/v1${place}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    });
  const apply = async (of: ManagedManager, body: string) => {
    const answer = await call(of, operations.applyDefinitions.path, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body,
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  const connect = async (of: ManagedManager): Promise<TestAgent> => {
    const agent = openLink({ agentAddress: of.serves().agentAddress, ca }, identity);
    await waitFor(() => agent.socket.readyState === WebSocket.OPEN, { message: 'the link to open' });
    agent.send(helloOf(identity));
    await waitFor(() => agent.messages.length > 0, { message: 'a greeting' });
    return agent;
  };
  const receipt = (agent: TestAgent, seq: number, rest: Readonly<Record<string, unknown>>) =>
    agent.send({
      type: 'receipts',
      items: [{ seq, at: new Date().toISOString(), ...rest }],
    });
  const run = (of: ManagedManager) => call(of, '/nets/n/sessions', { method: 'POST', body: '{}' });

  before(async () => {
    webhook.listen(0, '127.0.0.1');
    bench = await createPairBench();
    a = await bench.start('a');
    await a.beMaster(1);
    await bench.share();
    [ca, token] = [await bench.ca(), await bench.token()];
    b = await bench.start('b');
    await b.standBy('alpha');
    sql = new pg.Client(bench.database.config);
    await sql.connect();
    const made = await call(a, '/join-tokens', { method: 'POST', body: '{}' });
    const { token: joinToken } = (await made.json()) as { token: string };
    const { csr, key } = await createRequest();
    const { body } = await postEnrolment(
      { agentAddress: a.serves().agentAddress, ca },
      enrolmentOf(joinToken, csr, 'web-1'),
    );
    identity = {
      agentId: body.agentId ?? '',
      nodeName: 'web-1',
      certificate: body.certificate ?? '',
      ca,
      key,
    };
  });
  after(async () => {
    webhook.close();
    await sql.end();
    await bench.stop();
  });

  test('drain: people are refused, receipts wait unacknowledged, a duty of the same term undoes it', async () => {
    await apply(a, NET);
    const agent = await connect(a);
    assert.equal((await run(a)).status, 201);
    const { attempts } = await agent.received('dispatch');
    const attemptId = attempts[0]?.attemptId ?? '';
    running = attemptId;

    await a.tell({ type: 'drain' });
    await a.reported('drained');
    const refused = await run(a);
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
    assert.equal(((await refused.json()) as { code: string }).code, 'shutting_down');
    assert.equal((await fetch(`${a.serves().consoleUrl}/health/master`)).status, 503);
    assert.equal((await fetch(`${a.serves().consoleUrl}/health/live`)).status, 200);
    receipt(agent, 1, { attemptId, state: 'accepted' });
    assert.equal((await sql.query("SELECT FROM attempt WHERE state = 'accepted'")).rowCount, 0);
    assert.ok(!agent.messages.some(({ type }) => type === 'receiptsAck'));

    await a.beMaster(1);
    assert.equal((await agent.received('receiptsAck')).seq, 1, 'what had waited is taken');
    receipt(agent, 2, { attemptId, state: 'running', pid: 7, startedAt: new Date().toISOString() });
    await waitFor(
      () => agent.messages.some((message) => message.type === 'receiptsAck' && message.seq === 2),
      {
        message: 'the second acknowledgement',
      },
    );
    assert.equal((await run(a)).status, 201);
    agent.stop();
  });

  test('take-over: a running attempt of the old master: asked for, not sent again; a missed start runs and is told; the outbox goes on', async () => {
    const { port } = webhook.address() as AddressInfo;
    await apply(a, NIGHTLY);
    await apply(
      a,
      `kind: notification\nname: all\npriorities: [info, warning, critical]\nchannel: { type: webhook, url: "http://127.0.0.1:${port}/" }\n`,
    );
    await call(a, '/tokens', { method: 'POST', body: JSON.stringify({ name: 'x' }) });
    const agent = await connect(b);
    await a.stop();
    // As if the hosts had been away for two days.
    await sql.query("UPDATE schedule_state SET last_checked = now() - interval '2 days'");
    assert.ok(
      ((await sql.query("UPDATE delivery SET next_try_at = now() WHERE state = 'pending'")).rowCount ?? 0) >
        0,
    );
    deaf = false;
    await b.beMaster(2);
    await agent.received('welcome');
    const query = await agent.received('query');
    assert.ok(query.attemptIds.includes(running as never));
    await waitFor(
      async () => (await sql.query("SELECT FROM event WHERE code = 'schedule_late'")).rowCount === 1,
      {
        message: 'the event that tells of the missed start',
      },
    );
    const sent = (): string[] =>
      agent.messages.flatMap((message) =>
        message.type === 'dispatch' ? message.attempts.map(({ attemptId }) => attemptId) : [],
      );
    await waitFor(() => sent().length >= 2, { message: 'the two attempts that nobody had confirmed' });
    assert.ok(!sent().includes(running));
    receipt(agent, 3, {
      attemptId: running,
      state: 'ended',
      exitCode: 0,
      signal: null,
      startError: null,
      timedOut: false,
      cancelled: false,
      pid: 7,
      startedAt: new Date().toISOString(),
      endedAt: new Date().toISOString(),
      stdoutBytes: 0,
      stderrBytes: 0,
      droppedBytes: 0,
      leftovers: [],
    });
    await waitFor(
      async () =>
        (await sql.query("SELECT FROM session WHERE state = 'ended' AND end_status = 'normal'")).rowCount ===
        1,
      { message: 'the session of the old master to end' },
    );
    await waitFor(
      () =>
        ['manager_stopped', 'manager_started'].every((code) => notified.some((text) => text.includes(code))),
      {
        message: 'what the old master could not send any more, and what the new one has to say',
      },
    );
    agent.stop();
  });

  test('duty: master to standby, or another term: never in one process', async () => {
    await assert.rejects(b.standBy('alpha'), /another process has to/);
    await assert.rejects(b.beMaster(3), /another process has to/);
  });
});
