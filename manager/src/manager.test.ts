// Tests of the whole manager in one process: start, stop, what it says when it cannot.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  buildRequest,
  type Operation,
  type OperationInput,
  type OperationOutput,
} from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { problemSchema, type Problem } from '@nezuban/protocol/problem';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import type { ManagerServes } from './manager.ts';
import { startManaged, type ManagedManager } from './testing/keeper-stand-in.ts';

const netOf = (name: string, extra = '') =>
  `kind: jobnet\nname: ${name}\ntarget: { node: local }\n${extra}units:\n  - { name: a, command: "true" }\n`;

describe('manager', () => {
  let database: TestDatabase;
  let home: string;
  let managed: ManagedManager;
  let addresses: ManagerServes;
  let token: string;

  const start = async () => {
    managed = await startManaged({
      home,
      database: { ...database.config },
      localJoinTokenFile: path.join(home, 'join-token'),
    });
    await managed.beMaster();
    addresses = managed.serves();
    ({ token } = JSON.parse(await readFile(path.join(home, 'cli.json'), 'utf8')) as { token: string });
  };
  const send = async (operation: Operation, input: OperationInput<Operation>): Promise<Response> => {
    const { method, path: place, headers, body } = buildRequest(operation, input);
    return await fetch(`${addresses.consoleUrl.replace(/\/$/, '')}${place}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
    });
  };
  const call = async <Op extends Operation>(
    operation: Op,
    input: OperationInput<Op> = {},
  ): Promise<OperationOutput<Op>> => {
    const response = await send(operation, input);
    const text = await response.text();
    assert.equal(response.status, operation.status, text);
    return (
      response.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : text
    ) as OperationOutput<Op>;
  };
  const refuse = async <Op extends Operation>(operation: Op, input: OperationInput<Op>): Promise<Problem> => {
    const response = await send(operation, input);
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    return problemSchema.parse(await response.json());
  };
  const netNames = async () => (await call(operations.listNets)).items.map(({ name }) => name);

  before(async () => {
    database = await testDatabase();
    home = await mkdtemp(path.join(os.tmpdir(), 'nezuban-manager-'));
    await start();
  });
  after(async () => {
    await managed.stop();
    assert.deepEqual(managed.broken, []);
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  test('first start: serves, shows a password once, says so in an event', async () => {
    assert.match(addresses.consoleUrl, /^http:\/\/127\.0\.0\.1:\d+/);
    assert.match(addresses.agentAddress, /^127\.0\.0\.1:\d+$/);
    assert.ok(addresses.adminPassword);
    const { items } = await call(operations.listEvents);
    assert.ok(items.some(({ code }) => code === 'manager_started'));
    assert.equal((await call(operations.getSystem)).term, 1);
  });

  test('apply: a file: created, then unchanged, then updated; every revision is kept', async () => {
    const apply = async (body: string) =>
      (await call(operations.applyDefinitions, { body })).changes.map(({ change }) => change);
    assert.deepEqual(await apply(netOf('apply')), ['created']);
    assert.deepEqual(await apply(netOf('apply')), ['unchanged']);
    assert.deepEqual(await apply(netOf('apply', 'title: New\n')), ['updated']);
    const net = await call(operations.getNet, { params: { name: 'apply' } });
    assert.deepEqual([net.revision, net.title, net.unitCount], [2, 'New', 1]);
    const client = new pg.Client(database.config);
    await client.connect();
    const { rows } = await client.query<{ revision: number }>(
      "SELECT revision FROM net_revision WHERE net = 'apply' ORDER BY revision",
    );
    await client.end();
    assert.deepEqual(
      rows.map(({ revision }) => revision),
      [1, 2],
    );
    const audit = await call(operations.listAudit, { query: { action: 'applyDefinitions' } });
    assert.deepEqual(
      audit.items.filter(({ target }) => target === 'apply').map(({ details }) => details['change']),
      ['updated', 'created'],
    );
  });

  test('apply: a dry run: says what would change, changes nothing', async () => {
    const result = await call(operations.applyDefinitions, {
      query: { dry_run: 'true' },
      body: netOf('dry'),
    });
    assert.deepEqual([result.dryRun, result.changes[0]?.change], [true, 'created']);
    assert.ok(!(await netNames()).includes('dry'));
  });

  test('apply: one document of three is wrong: the place is named, nothing is changed', async () => {
    const body = `${netOf('good-one')}---\n${netOf('good-two')}---\nkind: jobnet\nname: bad\ntarget: { node: local }\nunits:\n  - { name: a, command: x, after: [nosuch] }\n`;
    const problem = await refuse(operations.applyDefinitions, { query: { file: 'three.yaml' }, body });
    assert.equal(problem.code, 'invalid_definition');
    assert.deepEqual([problem.issues[0]?.file, problem.issues[0]?.line], ['three.yaml', 17]);
    assert.match(problem.issues[0]?.path ?? '', /units\[0\]\.after/);
    assert.ok(!(await netNames()).some((name) => name.startsWith('good')));
  });

  test('apply: a scope names an unknown node beside a good net: the document is named, nothing is changed', async () => {
    const body = `${netOf('beside')}---\nkind: scope\nname: s\nnodes: [nosuch]\n`;
    const problem = await refuse(operations.applyDefinitions, { query: { file: 'scope.yaml' }, body });
    assert.equal(problem.code, 'invalid_definition');
    assert.equal(problem.issues[0]?.file, 'scope.yaml');
    assert.ok((problem.issues[0]?.line ?? 0) >= 7);
    assert.ok(!(await netNames()).includes('beside'));
  });

  const bad: readonly (readonly [what: string, body: string, message: RegExp])[] = [
    [
      'unknown key',
      'kind: jobnet\nname: x\ntarget: { node: local }\nunits:\n  - { name: a, comand: x }\n',
      /comand/,
    ],
    ['wrong type', netOf('x').replace('"true"', '7'), /command/],
    [
      'cycle',
      'kind: jobnet\nname: x\ntarget: { node: local }\nunits:\n  - { name: a, command: x, after: [b] }\n  - { name: b, command: x, after: [a] }\n',
      /a|circle/,
    ],
    [
      'duplicate name',
      'kind: jobnet\nname: x\ntarget: { node: local }\nunits:\n  - { name: a, command: x }\n  - { name: a, command: x }\n',
      /a/,
    ],
    ['wrong time zone', netOf('x', 'timezone: Asia/Tokio\n'), /Asia/],
    ['wrong cron', netOf('x', 'schedules:\n  - { name: s, cron: "99 * * * *" }\n'), /cron|99/],
    ['not YAML', 'kind: [', /./],
    [
      'alias bomb',
      `a: &a [${'x,'.repeat(50)}x]\nb: &b [${'*a,'.repeat(50)}*a]\nc: &c [${'*b,'.repeat(50)}*b]\nkind: *c\n`,
      /alias/,
    ],
  ];
  for (const [what, body, message] of bad) {
    test(`apply: ${what}: refused with its place, nothing is changed`, async () => {
      const names = await netNames();
      const problem = await refuse(operations.applyDefinitions, { body });
      assert.equal(problem.code, 'invalid_definition');
      assert.ok((problem.issues[0]?.line ?? 0) > 0);
      assert.match(JSON.stringify(problem.issues), message);
      assert.deepEqual(await netNames(), names);
    });
  }

  test('apply: 10 MB: refused as too large', async () => {
    const problem = await refuse(operations.applyDefinitions, {
      body: `# ${'x'.repeat(10 * 1024 * 1024)}`,
    }).catch((error: unknown) => error);
    // The server may close the connection while the client still sends; both are a refusal.
    if (problem instanceof Error) assert.match(problem.message, /fetch failed/);
    else assert.equal((problem as Problem).code, 'body_too_large');
  });

  test('apply: invalid UTF-8: refused, nothing is changed', async () => {
    const response = await fetch(`${addresses.consoleUrl.replace(/\/$/, '')}/api/v1/definitions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/yaml' },
      body: Buffer.from([0x6b, 0x3a, 0xff, 0xfe]),
    });
    assert.equal(problemSchema.parse(await response.json()).code, 'invalid_definition');
  });

  test('apply: a large file: read in a thread, its last line is named', async () => {
    const units = Array.from(
      { length: 2_000 },
      (_, index) => `  - { name: u${index}, command: "true" }\n`,
    ).join('');
    const head = 'kind: jobnet\nname: large\ntarget: { node: local }\nunits:\n';
    const problem = await refuse(operations.applyDefinitions, {
      body: `${head}${units}  - { name: last, command: x, after: [nosuch] }\n`,
    });
    assert.equal(problem.issues[0]?.line, 2_005);
    assert.deepEqual(
      (await call(operations.applyDefinitions, { body: head + units })).changes[0]?.change,
      'created',
    );
  });

  test('put: two changes of the same revision race: one wins, the other hears that it is late', async () => {
    await call(operations.applyDefinitions, { body: netOf('race') });
    const { definition, revision } = await call(operations.getNet, { params: { name: 'race' } });
    const put = (title: string) =>
      send(operations.putNet, {
        params: { name: 'race' },
        body: { ...definition, title },
        ifMatch: `"${revision}"`,
      });
    const answers = await Promise.all([put('one'), put('two')]);
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 412],
    );
    const winner = answers.findIndex(({ status }) => status === 200);
    assert.equal((await call(operations.getNet, { params: { name: 'race' } })).title, ['one', 'two'][winner]);
  });

  test('put: without saying which version: refused; for a new one: created; again for a new one: refused', async () => {
    const definition = {
      kind: 'jobnet' as const,
      name: 'put',
      target: { node: 'local' },
      units: [{ name: 'a', command: 'true' }],
    };
    assert.equal(
      (await refuse(operations.putNet, { params: { name: 'put' }, body: definition })).code,
      'precondition_required',
    );
    assert.equal(
      (await call(operations.putNet, { params: { name: 'put' }, body: definition, ifMatch: null })).revision,
      1,
    );
    assert.equal(
      (await refuse(operations.putNet, { params: { name: 'put' }, body: definition, ifMatch: null })).code,
      'precondition_failed',
    );
  });

  test('put: text that cannot be stored: refused with its path', async () => {
    const definition = {
      kind: 'jobnet' as const,
      name: 'nul',
      target: { node: 'local' },
      units: [{ name: 'a', command: 'true', working_directory: '/a\0b' }],
    };
    const problem = await refuse(operations.putNet, {
      params: { name: 'nul' },
      body: definition,
      ifMatch: null,
    });
    assert.deepEqual(
      [problem.code, problem.issues[0]?.path],
      ['invalid_definition', 'units[0].working_directory'],
    );
  });

  test('delete: an old version: refused; the newest: gone, and made anew it goes on counting', async () => {
    await call(operations.applyDefinitions, { body: netOf('gone') });
    await call(operations.applyDefinitions, { body: netOf('gone', 'title: B\n') });
    assert.equal(
      (await refuse(operations.deleteNet, { params: { name: 'gone' }, ifMatch: '"1"' })).code,
      'precondition_failed',
    );
    await call(operations.deleteNet, { params: { name: 'gone' }, ifMatch: '"2"' });
    assert.equal((await refuse(operations.getNet, { params: { name: 'gone' } })).code, 'not_found');
    await call(operations.applyDefinitions, { body: netOf('gone') });
    assert.equal((await call(operations.getNet, { params: { name: 'gone' } })).revision, 3);
  });

  test('export: what comes out goes in again as the same', async () => {
    await call(operations.applyDefinitions, {
      body: netOf('export', 'schedules:\n  - { name: s, times: ["22:00"], timezone: Asia/Tokyo }\n'),
    });
    const yaml = await call(operations.exportNet, { params: { name: 'export' } });
    assert.equal((await call(operations.applyDefinitions, { body: yaml })).changes[0]?.change, 'unchanged');
  });

  test('list: pages by cursor, each net once, with the next run of its schedules', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await call(operations.listNets, {
        query: { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      });
      assert.ok(page.items.length <= 2);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(names, await netNames());
    const exported = (await call(operations.listNets, { query: { q: 'EXPORT' } })).items[0];
    assert.match(exported?.nextRunAt ?? '', /T13:00:00\.000Z$/);
    assert.equal(exported?.schedules[0]?.rule, '22:00');
    assert.equal(
      (await refuse(operations.listNets, { query: { cursor: 'nonsense' } })).code,
      'invalid_request',
    );
  });

  test('run: no such net, no such node, parameters that are missing or unknown: refused, no session', async () => {
    await call(operations.applyDefinitions, {
      body: netOf('parameters', 'parameters:\n  - { name: DAY }\n'),
    });
    assert.equal(
      (await refuse(operations.runNet, { params: { name: 'nosuch' }, body: {} })).code,
      'not_found',
    );
    assert.equal(
      (await refuse(operations.runNet, { params: { name: 'apply' }, body: {} })).code,
      'no_target',
    );
    const missing = await refuse(operations.runNet, { params: { name: 'parameters' }, body: {} });
    assert.deepEqual([missing.code, missing.issues[0]?.path], ['missing_parameter', 'parameters.DAY']);
    assert.equal((await refuse(operations.installSample, {})).code, 'no_target');
    assert.deepEqual((await call(operations.listSessions)).items, []);
  });

  test('session, attempt, output that are not there: not found', async () => {
    assert.equal((await refuse(operations.getSession, { params: { id: 99 } })).code, 'not_found');
    assert.equal(
      (await refuse(operations.operateSession, { params: { id: 99 }, body: { operation: 'stop' } })).code,
      'not_found',
    );
    assert.equal(
      (await refuse(operations.listAttempts, { params: { id: 99 }, query: { unit: 'a' } })).code,
      'not_found',
    );
    assert.equal(
      (await refuse(operations.getOutput, { params: { attemptId: '99-abcdef-1.1.0.1' } })).code,
      'not_found',
    );
    assert.equal(
      (await refuse(operations.getRawOutput, { params: { attemptId: '99-abcdef-1.1.0.1' } })).code,
      'not_found',
    );
  });

  test('second start: a higher term, everything is there, the old one has stopped in order', async () => {
    const names = await netNames();
    await managed.stop();
    assert.deepEqual(
      managed.logger.lines.filter(({ level }) => level === 'error'),
      [],
    );
    await start();
    assert.equal((await call(operations.getSystem)).term, 2);
    assert.deepEqual(await netNames(), names);
    const codes = (await call(operations.listEvents)).items.map(({ code }) => code);
    assert.ok(codes.includes('manager_stopped'));
  });
});
