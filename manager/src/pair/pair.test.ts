// Tests of the pair at the manager on duty: status, commands, questions of the keeper, terms.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ManagerAnswer, ManagerQuestion } from '@nezuban/protocol/keeper/child-messages';
import { AGENT_TERMS_PER_DUTY_TERM } from '@nezuban/protocol/pair/agent-term';
import type { OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { WebSocket } from 'ws';
import { startManaged, type ManagedManager } from '../testing/keeper-stand-in.ts';
import { pairStatus } from '../testing/pair-status.ts';
import { createRequest, enrolmentOf, helloOf, openLink, postEnrolment } from '../testing/test-agent.ts';

describe('pair', () => {
  let database: TestDatabase;
  let home: string;
  let managed: ManagedManager;
  let token: string;
  let ca: string;
  let questions = 0;

  const start = async (term: number) => {
    managed = await startManaged({ home, database: { ...database.config } });
    await managed.beMaster(term);
    ({ token } = JSON.parse(await readFile(path.join(home, 'cli.json'), 'utf8')) as { token: string });
  };
  before(async () => {
    database = await testDatabase();
    home = await mkdtemp(path.join(os.tmpdir(), 'nz-pair-'));
    await start(3);
    ca = await readFile(path.join(home, 'manager/ca/ca.crt'), 'utf8');
  });
  after(async () => {
    await managed.stop();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const call = async (place: string, init: RequestInit = {}): Promise<Response> =>
    await fetch(`${managed.serves().consoleUrl}/api/v1${place}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
  const command = (given: OperatorCommand) =>
    call('/pair/commands', { method: 'POST', body: JSON.stringify({ host: 'b', command: given }) });
  const ask = async (question: ManagerQuestion): Promise<ManagerAnswer> => {
    const from = managed.reports.length;
    await managed.tell({ type: 'question', n: (questions += 1), question });
    const { n, answer } = await managed.reported('answer', from);
    assert.equal(n, questions);
    return answer;
  };

  test('status: before the keeper has spoken: come again; after it: the newest', async () => {
    assert.equal((await call('/pair')).status, 503);
    await managed.tell({ type: 'pair-status', status: pairStatus() });
    await managed.tell({ type: 'pair-status', status: pairStatus({ mode: 'single', summary: 'Single.' }) });
    const { mode, summary } = (await (await call('/pair')).json()) as { mode: string; summary: string };
    assert.deepEqual([mode, summary], ['single', 'Single.']);
  });

  test('live: the first status at once, then the newest of each second', async () => {
    const stream = await call('/live?topic=pair');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    const statuses = Array.from({ length: 5 }, (_, index) => pairStatus({ summary: `number ${index}` }));
    for (const status of statuses) await managed.tell({ type: 'pair-status', status });
    let text = '';
    while (!text.includes('number 4')) text += (await reader?.read())?.value ?? '';
    // The first is folded too where the test before has just sent one.
    assert.ok(['number 0,number 4', 'number 4'].includes(String(text.match(/number \d/g))), text);
    await reader?.cancel();
  });

  test('command: carried to the keeper and answered by it, refusals too; written down before', async () => {
    const from = managed.reports.length;
    const switching = command({ do: 'switch' });
    const first = await managed.reported('command', from);
    assert.deepEqual([first.host, first.command], ['b', { do: 'switch' }]);
    await managed.tell({
      type: 'command-result',
      n: first.n,
      result: { ok: true, says: 'beta takes over.' },
    });
    assert.deepEqual(await (await switching).json(), { ok: true, says: 'beta takes over.' });

    const later = managed.reports.length;
    const forcing = command({ do: 'force-master', confirmedOff: ['a'] });
    const { n } = await managed.reported('command', later);
    await managed.tell({
      type: 'command-result',
      n,
      result: { ok: false, says: 'alpha was heard just now.' },
    });
    const refused = await forcing;
    const { code, detail } = (await refused.json()) as { code: string; detail: string };
    assert.deepEqual([refused.status, code, detail], [409, 'pair_refused', 'alpha was heard just now.']);

    const { items } = (await (await call('/audit?action=commandPair')).json()) as {
      items: { target: string; details: Record<string, unknown> }[];
    };
    assert.deepEqual(
      items.map(({ target, details }) => [target, details['command'], details['confirmedOff']]),
      [
        ['b', 'force-master', ['a']],
        ['b', 'switch', undefined],
      ],
    );
  });

  test('question: a certificate for a host of the pair: name, use, life; a request that is none: refused', async () => {
    const { csr } = await createRequest();
    const answer = await ask({ ask: 'pair-certificate', csr, id: 'b' });
    assert.ok(answer.to === 'pair-certificate');
    const certificate = new X509Certificate(answer.certificate);
    assert.equal(certificate.subject, 'CN=pair:b');
    assert.equal(certificate.subjectAltName, 'DNS:nezuban-pair');
    assert.ok(certificate.verify(new X509Certificate(answer.ca).publicKey));
    // Client and server authentication.
    assert.deepEqual(certificate.keyUsage?.toSorted(), ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    assert.equal((to - from) / 86_400_000, 397);
    assert.ok(from < Date.now() - 23 * 3_600_000);
    assert.equal((await ask({ ask: 'pair-certificate', csr: 'x', id: 'b' })).to, 'refused');
  });

  test('question: a token, then a witness: the one that speaks of it, elsewhere than the pair; named by the keeper when it ends', async () => {
    const answer = await ask({ ask: 'agent-token' });
    assert.ok(answer.to === 'agent-token');
    const { csr, key } = await createRequest();
    const port = { agentAddress: managed.serves().agentAddress, ca };
    const { body } = await postEnrolment(port, enrolmentOf(answer.token, csr, 'gamma'));
    const identity = {
      agentId: body.agentId ?? '',
      nodeName: 'gamma',
      certificate: body.certificate ?? '',
      ca,
      key,
    };
    const agent = openLink(port, identity);
    await waitFor(() => agent.socket.readyState === WebSocket.OPEN, { message: 'the link to open' });
    agent.send(helloOf(identity));
    await agent.received('welcome');
    agent.send({ type: 'witness', state: 'none', says: 'It is none.' });
    await waitFor(() => managed.logger.lines.some(({ details }) => details['says'] === 'It is none.'), {
      message: 'the state in the log',
    });
    // It comes from this very host.
    const wish = {
      ask: 'appoint-witness' as const,
      node: null,
      excludedHosts: [],
      excludedNodes: [],
      join: { members: ['10.0.0.1:7382'], token: 'nzp_x' },
    };
    assert.equal((await ask(wish)).to, 'refused');
    assert.equal((await ask({ ask: 'dismiss-witness', id: 'never' })).to, 'refused');
    await managed.tell({ type: 'pair-status', status: pairStatus() });
    await managed.tell({ type: 'pair-status', status: pairStatus({ voters: [] }) });
    assert.equal((await ask({ ask: 'dismiss-witness', id: 'w' })).to, 'dismiss-witness');
    assert.equal((await agent.received('dismissWitness')).term, 3 * AGENT_TERMS_PER_DUTY_TERM);
    await managed.beMaster(3, ['10.0.0.1:7381', '10.0.0.2:7381']);
    await waitFor(
      () => agent.messages.some((message) => message.type === 'welcome' && message.managers?.length === 2),
      { message: 'the addresses of the new pair on the same connection' },
    );
    agent.stop();
  });

  test('notice: of the pair: an event with its code and priority', async () => {
    managed.manager.notice({
      type: 'notice',
      code: 'duty_taken',
      at: '2026-01-01T00:00:00.000Z',
      process: 'keeper',
      priority: 'info',
      message: 'beta is master.',
      details: { term: 3 },
    });
    await waitFor(
      async () => {
        const { items } = (await (await call('/events?code=duty_taken')).json()) as {
          items: { priority: string; details: Record<string, unknown> }[];
        };
        return items[0]?.priority === 'info' && items[0].details['term'] === 3;
      },
      { message: 'the event' },
    );
  });

  test('term: a start within the same election: one more; after another one: its block', async () => {
    const termNow = async () => ((await (await call('/system')).json()) as { term: number }).term;
    assert.equal(await termNow(), 3 * AGENT_TERMS_PER_DUTY_TERM);
    await managed.stop();
    await start(3);
    assert.equal(await termNow(), 3 * AGENT_TERMS_PER_DUTY_TERM + 1);
    await managed.stop();
    await start(5);
    assert.equal(await termNow(), 5 * AGENT_TERMS_PER_DUTY_TERM);
  });
});
