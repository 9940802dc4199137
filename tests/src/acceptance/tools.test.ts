/**
 * What agents do themselves, over the real product: a file watch, HTTP calls, a command judged by a file, an engine and a server that are not there.
 * With kills of manager, agent and waiter in the middle, and a ledger at the server of what was called.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, waitForLocalAgent, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const CLI_TIMEOUT_MS = 300_000;
const END_MS = 300_000;
const secret = 'Tk5-api-hunter9';

const net = (folder: string, url: string): string => `kind: jobnet
name: tools
target: { node: local }
parameters: [{ name: DAY, default: "26" }]
units:
  - name: arrive
    type: file_watch
    path: ${folder}/in/*.csv
    settle_s: 0.5
    interval_s: 0.2
    timeout_s: 300
  - name: call
    type: http
    after: [arrive]
    method: POST
    url: ${url}/load/{{parameter.DAY}}
    headers: { X-Key: "{{secret.api}}" }
    body: { json: { file: "{{unit.arrive.output.file}}", all: "{{unit.arrive.output.files}}" } }
    status: { normal: "202" }
    poll: { from: { header: Location }, interval_s: 0.3, done: { json: $.state, equals: done } }
    outputs: [{ name: ROWS, json: $.rows }]
  - name: make
    after: [call]
    command: sleep 2; echo "$ROWS" > ${folder}/made; exit 7
    environment: { ROWS: "{{unit.call.output.ROWS}}" }
    end_by: { file: ${folder}/made }
    warn_after_s: 0.5
  - name: forget
    after: [call]
    command: "true"
    end_by: { file: ${folder}/forgotten, is: exists }
  - name: far
    type: ssh
    after: [call]
    host: 127.0.0.1
    port: 1
    login: nobody
    key_file: ${folder}/key
    known_hosts: none
    command: "true"
  - name: late
    type: file_watch
    after: [call]
    path: ${folder}/never
    interval_s: 0.2
    timeout_s: 1
    on_timeout: warning
`;

type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

describe('tools', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  let server: http.Server;
  let url: string;
  const called: { readonly line: string; readonly key: string; readonly body: string }[] = [];
  let rows: number | null = null;

  before(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const line = `${request.method} ${request.url}`;
        if (request.method === 'POST') {
          called.push({
            line,
            key: String(request.headers['x-key']),
            body: Buffer.concat(chunks).toString(),
          });
          response.writeHead(202, { location: '/state' }).end();
        } else response.end(JSON.stringify(rows === null ? { state: 'running' } : { state: 'done', rows }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    home = createScratchHome();
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-tools-'));
    fs.mkdirSync(path.join(folder, 'in'));
    fs.writeFileSync(path.join(folder, 'key'), 'no key');
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await product?.stop();
    await home?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const cli = async (words: readonly string[], input = ''): Promise<Said> =>
    await new Promise((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: product.place.home, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
      const child = execFile(CLI, [...words], { env, timeout: CLI_TIMEOUT_MS }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  const must = async (words: readonly string[], input = ''): Promise<string> => {
    const said = await cli(words, input);
    assert.equal(said.code, 0, `${words.join(' ')}: ${said.stderr}`);
    return said.stdout;
  };
  const session = async (id: number): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id } });
  const unitOf = (detail: SessionDetail, unit: string) => {
    const found = detail.units.find((each) => each.path === unit);
    assert.ok(found, unit);
    return found;
  };
  const until = async (id: number, is: (detail: SessionDetail) => boolean): Promise<SessionDetail> =>
    await waitFor(
      async () => {
        const detail = await session(id).catch(() => null);
        return detail !== null && is(detail) && detail;
      },
      { timeoutMs: END_MS },
    );

  test('a session: every tool, with kills in the middle: each does its work once and ends as it should', async () => {
    await must(['secret', 'set', 'api'], `${secret}\n`);
    await writeFile(path.join(folder, 'net.yaml'), net(folder, url));
    await must(['apply', path.join(folder, 'net.yaml')]);
    const { id } = JSON.parse(await must(['run', 'tools', '--json'])) as { id: number };
    await until(id, (detail) => unitOf(detail, 'arrive').state === 'running');

    // The waiter of the watch: nobody knows how it ended, so it is begun again.
    for (const { pid } of product.processes('waiter')) process.kill(pid, 'SIGKILL');
    await until(
      id,
      (detail) =>
        unitOf(detail, 'arrive').attempts[0]?.try === 2 && unitOf(detail, 'arrive').state === 'running',
    );
    for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
    fs.writeFileSync(path.join(folder, 'in/b.csv'), '1');
    fs.writeFileSync(path.join(folder, 'in/a.csv'), '2');

    // The call has started its work and asks: agent and manager die meanwhile, it goes on.
    await waitFor(() => called.length > 0, { timeoutMs: END_MS });
    for (const role of ['agent', 'manager'] as const)
      for (const { pid } of product.processes(role)) process.kill(pid, 'SIGKILL');
    rows = 42;
    const detail = await until(id, ({ state }) => state === 'ended');

    const reasons = JSON.stringify(detail.units.map(({ path: at, reason }) => [at, reason]));
    assert.deepEqual(
      detail.units.map(({ path: at, endStatus }) => `${at} ${endStatus}`),
      ['arrive normal', 'call normal', 'make normal', 'forget abnormal', 'far abnormal', 'late warning'],
      reasons,
    );
    const file = path.join(folder, 'in/a.csv');
    assert.deepEqual(
      called.map(({ line, key }) => [line, key]),
      [['POST /load/26', secret]],
    );
    assert.deepEqual(JSON.parse(called[0]?.body ?? ''), {
      file,
      all: JSON.stringify([file, path.join(folder, 'in/b.csv')]),
    });
    assert.equal(fs.readFileSync(path.join(folder, 'made'), 'utf8'), '42\n');
    assert.match(unitOf(detail, 'forget').reason ?? '', /forgotten is not there/);
    assert.match(unitOf(detail, 'far').reason ?? '', /Exit code (69|78)/);
    assert.match(unitOf(detail, 'late').reason ?? '', /nothing was found before its time was over/);
    const events = await product.call(operations.listEvents, { query: { limit: 100 } });
    const slow = events.items.filter(({ code }) => code === 'unit_slow');
    assert.deepEqual(
      slow.map(({ details }) => details['unit']),
      ['make'],
    );
    const unknown = events.items.filter(({ code }) => code === 'attempt_unknown');
    assert.deepEqual(
      unknown.map(({ priority }) => priority),
      ['warning'],
    );
  });

  test('output: what is shown of a call has no secret in it', async () => {
    const sessions = await product.call(operations.listSessions, { query: { limit: 1 } });
    const call = unitOf(await session(sessions.items[0]?.id ?? 0), 'call').attempts[0];
    assert.ok(call);
    const { text: said } = await product.call(operations.getOutput, {
      params: { attemptId: call.id },
      query: { stream: 'stderr' } as never,
    });
    assert.match(said, /POST .*\/load\/26 -> 202/);
    assert.equal(said.includes(secret), false);
  });
});
