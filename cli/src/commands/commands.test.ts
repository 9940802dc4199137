// Each command once with --json and once as text against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import type { UnitPath } from '@nezuban/protocol/ids';
import { exitCodes } from '../exit-codes.ts';
import { startFakeManager, type FakeHandlers } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import {
  sampleAttempt,
  sampleEvent,
  sampleNode,
  sampleSession,
  sampleSummary,
  sampleUnit,
} from '../testing/samples.ts';
import { commands } from './registry.ts';

process.env['TZ'] = 'Asia/Tokyo';
const at = '2026-11-22T09:00:00.000Z';
const page = <Item>(items: Item[]) => ({ items, nextCursor: null });
const net = {
  name: 'night/settlement',
  title: '夜間決済',
  unitCount: 4,
  revision: 7,
  updatedAt: at,
  updatedBy: 'admin',
  nextRunAt: at,
  schedules: [{ name: 'nightly', rule: '0 22 * * *', timezone: 'Asia/Tokyo', enabled: true, nextRunAt: at }],
  lastSession: sampleSummary(),
};
const token = { id: 3, name: 'ci', createdAt: at, expiresAt: null, lastUsedAt: at };

const handlers: FakeHandlers = {
  listNets: () => page([net]),
  exportNet: ({ params }) => `kind: jobnet\nname: ${params.name}\n`,
  getNet: () => ({
    ...net,
    definition: {
      kind: 'jobnet',
      name: 'night/settlement',
      timezone: 'UTC',
      parameters: [],
      schedules: [],
      units: [{ name: 'a', type: 'command', command: 'true' }] as never,
    },
  }),
  deleteNet: ({ headers }) => {
    assert.equal(headers['if-match'], '"7"');
    return undefined;
  },
  runNet: ({ params, body }) => {
    assert.equal(params.name, 'night/settlement');
    if (body.parameters['DATE'] === undefined) {
      throw new CodedError('missing_parameter', 'A parameter has no value.', {
        issues: [{ path: 'parameters.DATE', message: 'has no value' }],
      });
    }
    return sampleSummary({ state: 'running', endStatus: null, endedAt: null });
  },
  listSessions: ({ query }) =>
    page([
      sampleSummary({ net: query.net ?? 'night/settlement' }),
      sampleSummary({
        state: query.state?.[0] ?? 'stopped',
        trigger: { type: 'schedule', schedule: 'nightly', dueAt: at },
      }),
    ]),
  getSession: ({ params }) => {
    if (params.id !== 12) throw new CodedError('not_found', `There is no session ${params.id}.`);
    return sampleSession();
  },
  operateSession: ({ params, body }) => {
    if (body.operation === 'skip')
      throw new CodedError('operation_refused', 'extract cannot be skipped: it has ended already.');
    return sampleSession({
      id: params.id,
      state: 'running',
      units: [sampleUnit(body.unit ?? 'extract', { state: 'running', endStatus: null })],
    });
  },
  listEvents: ({ query }) =>
    page([
      sampleEvent(3, { priority: query.priority?.[0] ?? 'critical', node: 'local' }),
      sampleEvent(2, { confirm: 'confirmed', confirmedBy: 'admin', comment: 'seen' }),
    ]),
  confirmEvents: ({ body }) => ({ changed: body.ids.length }),
  listNodes: () =>
    page([sampleNode(), sampleNode({ name: '東京-2', connection: 'disconnected', address: null })]),
  removeNode: () => undefined,
  listScopes: () =>
    page([
      { name: 'all' as never, title: null, parent: null, nodes: [] },
      {
        name: 'web' as never,
        title: 'ウェブ',
        parent: 'all' as never,
        nodes: ['local' as never, 'b' as never],
      },
    ]),
  createJoinToken: ({ body }) => ({
    token: 'nzj_x',
    expiresAt: at,
    command: `nezuban agent join --manager host:7444 --token nzj_x # ${body.expires_in_s}`,
  }),
  whoAmI: () => ({ user: 'admin', mustChangePassword: false, by: 'token' }),
  listTokens: () => page([token]),
  createToken: ({ body }) => ({
    ...token,
    name: body.name,
    expiresAt: body.expires_in_days === null ? null : at,
    token: 'nzt_new',
  }),
  deleteToken: () => undefined,
  listAudit: ({ query }) =>
    page([
      {
        id: 1,
        at,
        actor: query.actor ?? 'admin',
        action: 'runNet',
        target: 'night/settlement',
        details: { session: 12 },
        address: '127.0.0.1',
      },
    ]),
  getSystem: () => ({
    product: 'Nezuban',
    version: '0.1.0',
    managerId: 'm',
    term: 1,
    startedAt: at,
    timezone: 'Asia/Tokyo',
    counts: {
      nets: 4,
      runningSessions: 1,
      openAttempts: 2,
      nodesConnected: 1,
      nodes: 2,
      unconfirmedCritical: 3,
    },
  }),
  installSample: () => ({ net: 'sample/night-run', change: 'created' }),
  getOutput: ({ query }) => ({
    stream: query.stream,
    offset: query.offset,
    nextOffset: 12,
    text: query.offset === 0 ? `${query.stream} 行\n` : '',
    encoding: 'utf-8',
    storedBytes: 12,
    droppedBytes: 0,
    complete: true,
  }),
  getRawOutput: () => Buffer.from([0x83, 0x5c, 0x0a]),
  applyDefinitions: ({ query, body }) => {
    if (body.includes('wrong')) {
      throw new CodedError('invalid_definition', 'The definition has 1 error.', {
        issues: [
          {
            path: 'units[0].tpye',
            message: 'is not a key here; did you mean "type"?',
            file: query.file,
            line: 3,
            column: 5,
          },
        ],
      });
    }
    return {
      dryRun: query.dry_run,
      changes: [{ kind: 'jobnet', name: 'night/settlement', change: 'created', line: 1 }],
    };
  },
};

type Case = {
  readonly line: string;
  readonly stdin?: string;
  /** A part of the JSON document. */
  readonly json: unknown;
  /** What the text looks like. */
  readonly text: RegExp | string;
};

const cases: readonly Case[] = [
  {
    line: 'apply -',
    stdin: 'kind: jobnet',
    text: 'jobnet night/settlement created  <stdin>:1\n',
    json: {
      files: [
        {
          file: '<stdin>',
          result: {
            dryRun: false,
            changes: [{ kind: 'jobnet', name: 'night/settlement', change: 'created', line: 1 }],
          },
        },
      ],
    },
  },
  {
    line: 'export night/settlement',
    text: 'kind: jobnet\nname: night/settlement\n',
    json: { net: 'night/settlement', yaml: 'kind: jobnet\nname: night/settlement\n' },
  },
  {
    line: 'nets',
    text: /^NET +TITLE +UNITS +NEXT START +LAST SESSION\nnight\/settlement +夜間決済 +4  2026-11-22 18:00:00  12 ended normal\n$/,
    json: { items: [net], nextCursor: null },
  },
  { line: 'net delete night/settlement', text: /is deleted/, json: { deleted: 'night/settlement' } },
  {
    line: 'run night/settlement --param DATE=2026-11-22',
    text: /^Session 12 of night\/settlement is running\. See: nezuban session show 12\n$/,
    json: { id: 12, state: 'running' },
  },
  {
    line: 'sessions --state ended --net night/a',
    text: /^SESSION +NET[^]*12 +night\/a +ended normal +2026-11-22 18:00:00 +42\.0 s +by admin\n[^]*by schedule nightly, due 2026-11-22 18:00:00\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'session show 12',
    json: { id: 12, parameters: { DATE: '2026-11-22' } },
    text: /^Session 12 {2}night\/settlement {2}夜間決済 {2}ended normal\nbegun [^]*took 42\.0 s\nparameters: DATE=2026-11-22\npossible now: rerun\n\nUNIT[^]*\nextract +ended normal +2\.00 s +local +12-abc123-1\.1\.0\.1\nloads +ended normal[^]*\n├─ load-a[^]*\n└─ load-b +ended warning +2\.00 s +local +12-abc123-4\.1\.0\.2 +try 2, exit code 3\n$/,
  },
  { line: 'stop 12', text: 'Session 12 is being stopped (running)\n', json: { id: 12 } },
  { line: 'rerun 12 --unit extract', text: 'extract of session 12 runs again (running)\n', json: { id: 12 } },
  {
    line: 'hold 12 --unit loads/load-a',
    text: 'loads/load-a of session 12 is held (running)\n',
    json: { id: 12 },
  },
  { line: 'release 12 --unit extract', text: /is released/, json: { id: 12 } },
  {
    line: 'output 12-abc123-1.1.0.1',
    text: 'stdout 行\n',
    json: { attemptId: '12-abc123-1.1.0.1', text: 'stdout 行\n', complete: true },
  },
  {
    line: 'output --session 12 --unit loads/load-b --stderr',
    text: 'stderr 行\n',
    json: { attemptId: '12-abc123-4.1.0.2' },
  },
  {
    line: 'events --priority warning --unconfirmed',
    text: / 2 {2}2026-11-22 18:00:02 {2}info {6}Event number 2 \(confirmed by admin: seen\)\n +3 {2}2026-11-22 18:00:03 {2}warning {3}local: Event number 3\n$/,
    json: { nextCursor: null },
  },
  { line: 'confirm 2 3 --comment seen', text: '2 of 2 confirmed.\n', json: { changed: 2 } },
  {
    line: 'nodes',
    text: /\nlocal +connected +2 +host-1[^]*\n東京-2 +disconnected +2 +host-1 +- +0\.1\.0 /,
    json: { nextCursor: null },
  },
  { line: 'node remove local', text: /is removed/, json: { removed: 'local' } },
  {
    line: 'scopes',
    text: 'SCOPE  TITLE   NODES\nall\n  web  ウェブ  local, b\n',
    json: { nextCursor: null },
  },
  {
    line: 'join-token --expires-in 600',
    text: 'nezuban agent join --manager host:7444 --token nzj_x # 600\n',
    json: { token: 'nzj_x' },
  },
  {
    line: 'whoami',
    text: /^admin at http:\/\/127\.0\.0\.1:\d+ \(NEZUBAN_URL\)\n$/,
    json: { user: 'admin', source: 'NEZUBAN_URL' },
  },
  { line: 'tokens', text: /\n +3 {2}ci +2026-11-22 18:00:00 {2}never/, json: { items: [token] } },
  { line: 'token create ci --never-expires', text: 'nzt_new\n', json: { token: 'nzt_new', expiresAt: null } },
  { line: 'token revoke 3', text: 'Token 3 is revoked.\n', json: { revoked: 3 } },
  {
    line: 'audit --actor bob',
    text: /bob +127\.0\.0\.1 +runNet +night\/settlement +\{"session":12\}\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'status',
    text: /^Nezuban 0\.1\.0 at http[^]*\nnodes +1 of 2 connected\nevents +3 critical, unconfirmed\n$/,
    json: { product: 'Nezuban', counts: { nets: 4 } },
  },
  { line: 'sample', text: 'Job net sample/night-run is created.\n', json: { net: 'sample/night-run' } },
  { line: 'logout', text: /were not signed in/, json: { loggedOut: false } },
  { line: 'help run', text: /^Run a job net now\.\n/, json: {} },
  { line: 'version', text: /^Nezuban \d+\.\d+\.\d+\n$/, json: { node: process.versions.node } },
  { line: 'completion bash', text: /complete -o default -F _nezuban nezuban\n$/, json: { shell: 'bash' } },
];

for (const { line, stdin, json, text } of cases) {
  const words = line.split(' ');
  const options = stdin === undefined ? {} : { stdin };

  test(`${line}: as text`, async () => {
    await using manager = await startFakeManager(handlers);
    const result = await runCli(words, { url: manager.url, ...options });
    assert.equal(result.exitCode, 0, result.stderr);
    if (typeof text === 'string') assert.equal(result.stdout, text);
    else assert.match(result.stdout, text);
  });

  test(`${line}: as JSON: one document on stdout, nothing on stderr`, async () => {
    await using manager = await startFakeManager(handlers);
    const result = await runCli([...words, '--json'], { url: manager.url, ...options });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(result.stderr, '');
    assert.partialDeepStrictEqual(JSON.parse(result.stdout), json);
  });
}

test('commands: each one is tried above or in a test of its own', () => {
  const elsewhere = ['skip', 'login'];
  const tried = new Set([...cases.map(({ line }) => line), ...elsewhere]);
  const missing = commands.filter(
    (command) =>
      command.load !== undefined &&
      ![...tried].some((line) => line === command.name || line.startsWith(`${command.name} `)),
  );
  assert.deepEqual(
    missing.map((command) => command.name),
    [],
  );
});

test('refused by the manager: its sentence, the places, what to do, exit code 1', async () => {
  await using manager = await startFakeManager(handlers);
  const missing = await runCli(['run', 'night/settlement'], { url: manager.url });
  assert.equal(missing.exitCode, exitCodes.refused);
  assert.equal(
    missing.stderr,
    'nezuban: A parameter has no value.\n  parameters.DATE: has no value\nGive the parameters named in "issues".\n',
  );
  const skip = await runCli(['skip', '12', '--unit', 'extract'], { url: manager.url });
  assert.equal(skip.exitCode, exitCodes.refused);
  assert.match(skip.stderr, /^nezuban: extract cannot be skipped: it has ended already\.\n/);
});

test('refused by the manager: with --json: one JSON document on stderr', async () => {
  await using manager = await startFakeManager(handlers);
  const result = await runCli(['session', 'show', '99', '--json'], { url: manager.url });
  assert.equal(result.stdout, '');
  assert.partialDeepStrictEqual(JSON.parse(result.stderr), {
    error: { code: 'not_found', message: 'There is no session 99.', exitCode: 1 },
  });
});

test('not signed in: exit code 4 and how to sign in', async () => {
  await using manager = await startFakeManager(handlers);
  const result = await runCli(['nodes'], { url: manager.url, env: { NEZUBAN_TOKEN: 'wrong' } });
  assert.equal(result.exitCode, exitCodes.notSignedIn);
  assert.match(result.stderr, /nezuban login http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('nothing listens: exit code 3 and what to type', async () => {
  const url = await startFakeManager({}).then(async (manager) => {
    await manager[Symbol.asyncDispose]();
    return manager.url;
  });
  const result = await runCli(['nodes'], { url });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.equal(
    result.stderr,
    `nezuban: The manager at ${url} cannot be reached: nothing listens there.\nStart the manager with: nezuban manager\n`,
  );
});

test('no manager known: exit code 3 and what to type', async () => {
  const result = await runCli(['nodes']);
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /^nezuban: No manager is known here\.\nStart one on this computer with: nezuban manager\n/,
  );
});

test('something else answers there: said so, exit code 3', async () => {
  await using manager = await startFakeManager({
    listNodes: ({ reply }) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>') as never,
  });
  const result = await runCli(['nodes'], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /answered 200, but not as a Nezuban manager does\.\nCheck the address \(NEZUBAN_URL\)/,
  );
});

test('wrong usage inside a command: exit code 2, nothing is sent', async () => {
  await using manager = await startFakeManager(handlers);
  for (const line of [
    'hold 12',
    'output',
    'output --session 12',
    'output x',
    'output 12-abc123-1.1.0.1 --unit a',
    'run n --param A',
    'run n --param =1',
    'run n --param A=1 --param A=2',
    'completion fish',
    'help frobnicate',
    'manager',
  ]) {
    const result = await runCli(line.split(' '), { url: manager.url });
    assert.equal(result.exitCode, exitCodes.usage, line);
    assert.match(result.stderr, /^nezuban: .*\.\n/, line);
    assert.equal(result.stdout, '', line);
  }
  assert.deepEqual(manager.calls, []);
});

test('no words: the help on stderr, exit code 2', async () => {
  const result = await runCli([]);
  assert.equal(result.exitCode, exitCodes.usage);
  assert.match(result.stderr, /Usage: nezuban COMMAND/);
});

test('help: every command and topic has a page', async () => {
  for (const words of [
    ...commands.map((command) => command.name.split(' ')),
    ['exit-codes'],
    ['exit', 'codes'],
    ['connection'],
    ['token'],
  ]) {
    const result = await runCli(['help', ...words]);
    assert.equal(result.exitCode, 0, words.join(' '));
    assert(result.stdout.length > 50, words.join(' '));
  }
});

test('colours: on a terminal alone, and not against NO_COLOR or --no-color', async () => {
  await using manager = await startFakeManager(handlers);
  const options = { url: manager.url, columns: 200 };
  assert((await runCli(['nodes'], options)).stdout.includes('\u001b[32mconnected'));
  for (const plain of [
    await runCli(['nodes'], { ...options, env: { NO_COLOR: '1' } }),
    await runCli(['nodes', '--no-color'], options),
    await runCli(['nodes'], { url: manager.url }),
  ]) {
    assert(!plain.stdout.includes('\u001b'));
  }
});

test('output --raw: the bytes as they are', async () => {
  await using manager = await startFakeManager({ getRawOutput: () => Buffer.from('ab\u0000\n') });
  assert.equal(
    (await runCli(['output', '12-abc123-1.1.0.1', '--raw'], { url: manager.url })).stdout,
    'ab\u0000\n',
  );
});

test('output by unit: several nodes, a net, a unit that did not run, an unknown one: each refused in a sentence', async () => {
  const two = [sampleAttempt({ node: 'a' }), sampleAttempt({ id: '12-abc123-1.1.1.1', node: 'b' })];
  await using manager = await startFakeManager({
    ...handlers,
    getSession: () =>
      sampleSession({
        units: [
          sampleUnit('wide', { attempts: two }),
          sampleUnit('net', { type: 'net', attempts: [] }),
          sampleUnit('never', { state: 'not_run', endStatus: null, attempts: [] }),
          sampleUnit('later', { state: 'waiting', endStatus: null, attempts: [] }),
        ],
      }),
  });
  const refusal = async (unit: string, ...more: string[]) => {
    const result = await runCli(['output', '--session', '12', '--unit', unit, ...more], { url: manager.url });
    assert.equal(result.exitCode, exitCodes.refused);
    return result.stderr;
  };
  assert.match(await refusal('wide'), /runs on 2 nodes; name one with --node: a, b\./);
  assert.match(await refusal('wide', '--node', 'c'), /does not run on node "c"/);
  assert.match(await refusal('net'), /is a job net/);
  assert.match(await refusal('never'), /did not run \(not_run\)/);
  assert.match(await refusal('later'), /has not started yet[^]*--follow/);
  assert.match(await refusal('nowhere'), /has no unit "nowhere"[^]*nezuban session show 12/);
  assert.equal(
    (
      await runCli(['output', '--session', '12', '--unit', 'wide', '--node', 'b', '--json'], {
        url: manager.url,
      })
    ).exitCode,
    0,
  );
});

test('run: the answer is lost: asked again with the same key', async () => {
  const keys: unknown[] = [];
  await using manager = await startFakeManager({
    runNet: ({ body, reply }) => {
      keys.push(body.idempotencyKey);
      if (keys.length === 1) reply.socket?.destroy();
      return sampleSummary({ state: 'running', endStatus: null, endedAt: null });
    },
  });
  const result = await runCli(['run', 'night/settlement'], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(result.stderr, /nothing runs twice/);
});

test('session show: unit names with control characters: shown as escapes', async () => {
  await using manager = await startFakeManager({
    getSession: () =>
      sampleSession({ units: [sampleUnit('a', { name: 'x\u001b[2J', path: 'a' as UnitPath })] }),
  });
  assert.match((await runCli(['session', 'show', '12'], { url: manager.url })).stdout, /x\\x1b\[2J/);
});
