// Who may call what: every operation of the API with every kind of user, asked over real HTTP.
// The table is role-matrix.txt, for people to read and to change on purpose. An operation without a row fails the test;
// NEZUBAN_WRITE_MATRIX=1 writes what is, to be looked at before it is committed.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import type { OperationId } from '@nezuban/protocol/api/operations';
import { startAccessBench, windowName } from '../testing/access-bench.ts';
import type { AccessBench, BenchPlace } from '../testing/access-bench.ts';

const file = path.join(import.meta.dirname, 'role-matrix.txt');
const legend = `# Who may call what. One row for each operation of the API; the test asks each of them as each kind of user, over HTTP.
#   +    goes on to the operation
#   403  refused, and the right is named
#   404  answered as if the object were not there
#   401  nobody is signed in
# administrator ... auditor: the built-in roles, asked about night/load and the node of scope batch.
# nobody: without a sign-in.
# night.in, night.out: a role with nets.* and output.read in the folder "night" alone, asked about night/load and about day/load.
# batch.in, batch.out: a role with nodes.* and events.* in the scope "batch" alone, asked about its node and about that of scope "web".
# token: an administrator's API token with nets.* and output.read in the folder "night", asked about night/load.
# deny: an administrator with a second role that denies everything in the folder "day", all of access, and to change settings; about day/load.
`;

type Column = { readonly name: string; readonly token: string | null; readonly place: BenchPlace };

const columnsOf = async (bench: AccessBench): Promise<readonly Column[]> => {
  const { night, day } = bench;
  await bench.makeRole({
    name: 'night',
    grants: [{ effect: 'allow', rights: ['nets.*', 'output.read'], folder: 'night' }],
  });
  await bench.makeRole({
    name: 'batch',
    grants: [{ effect: 'allow', rights: ['nodes.*', 'events.*'], scope: 'batch' }],
  });
  await bench.makeRole({
    name: 'not-day',
    grants: [
      { effect: 'deny', rights: ['*'], folder: 'day' },
      { effect: 'deny', rights: ['access.*', 'settings.write'] },
    ],
  });
  const builtin: Column[] = [];
  for (const role of ['administrator', 'operator', 'editor', 'viewer', 'auditor'])
    builtin.push({ name: role, token: await bench.makeUser(`a-${role}`, [role]), place: night });
  const ofNight = await bench.makeUser('nightly', ['night']);
  const ofBatch = await bench.makeUser('batcher', ['batch']);
  const limited = await bench.must(
    'createToken',
    { body: { name: 'ci', rights: ['nets.*', 'output.read'], folder: 'night' } },
    await bench.tokenOf('a-administrator'),
  );
  return [
    ...builtin,
    { name: 'nobody', token: null, place: night },
    { name: 'night.in', token: ofNight, place: night },
    { name: 'night.out', token: ofNight, place: day },
    { name: 'batch.in', token: ofBatch, place: night },
    { name: 'batch.out', token: ofBatch, place: day },
    { name: 'token', token: limited.token, place: night },
    { name: 'deny', token: await bench.makeUser('denied', ['administrator', 'not-day']), place: day },
  ];
};

/** A version that nothing has: a write is refused for it, after it was seen that it is allowed. */
const STALE = '"999999"';
const MISSING = 999_999;

type Input = { params?: unknown; query?: unknown; body?: unknown };
/** What is asked about a place. An operation that is not here is asked about something that does not exist, with an empty body. */
const inputs: Partial<Record<OperationId, (place: BenchPlace) => Input>> = {
  signIn: () => ({ body: { user: 'nobody-there', password: 'nonsense' } }),
  changePassword: () => ({ body: { current: 'nonsense', next: 'nonsense' } }),
  createToken: () => ({ body: { name: 'bench', rights: ['nets.read'], expires_in_days: 1 } }),
  listSignIns: () => ({}),
  createUser: () => ({ body: { name: 'a-viewer' } }),
  updateUser: () => ({ params: { name: 'nobody-there' }, body: {} }),
  getUser: () => ({ params: { name: 'a-viewer' } }),
  getRole: () => ({ params: { name: 'viewer' } }),
  exportRole: () => ({ params: { name: 'viewer' } }),
  putRole: () => ({ params: { name: 'x' }, body: { name: 'x', grants: [] } }),
  applyDefinitions: ({ net, node }) => ({
    query: { dry_run: 'true' },
    body: `kind: jobnet\nname: ${net}\ntarget: { node: ${node} }\nunits:\n  - { name: b, command: "true" }\n`,
  }),
  applyDefinitionSet: ({ net, node }) => ({
    body: {
      dryRun: true,
      prune: null,
      files: [
        {
          name: 'x.yaml',
          text: `kind: jobnet\nname: ${net}\ntarget: { node: ${node} }\nunits:\n  - { name: b, command: "true" }\n`,
        },
      ],
    },
  }),
  compareDefinitions: () => ({
    body: { prune: null, files: [{ name: 'x.yaml', text: 'kind: scope\nname: x\nnodes: []\n' }] },
  }),
  getNet: ({ net }) => ({ params: { name: net } }),
  holdNetEditing: ({ net }) => ({ params: { name: net }, body: { editor: 'bench-editor' } }),
  endNetEditing: ({ net }) => ({ params: { name: net }, query: { editor: 'bench-editor' } }),
  getNetHistory: ({ net }) => ({ params: { name: net } }),
  previewRunAs: () => ({ body: { rules: [] } }),
  previewAccess: () => ({ body: { kind: 'role', name: 'nobody', grants: null } }),
  previewNet: ({ net }) => ({ params: { name: net } }),
  previewSchedule: () => ({ body: { schedule: { name: 's', times: ['22:00'] } } }),
  getNetMap: ({ net }) => ({ query: { net } }),
  exportNet: ({ net }) => ({ params: { name: net } }),
  listNetRevisions: ({ net }) => ({ params: { name: net } }),
  getNetRevision: ({ net }) => ({ params: { name: net, revision: 1 } }),
  exportNetRevision: ({ net }) => ({ params: { name: net, revision: 1 } }),
  diffNetRevisions: ({ net }) => ({ params: { name: net } }),
  restoreNetRevision: ({ net }) => ({ params: { name: net, revision: 1 }, body: {} }),
  planNetRelease: ({ net }) => ({
    params: { name: net },
    body: { revision: 1, at: '2099-01-01T00:00:00.000Z' },
  }),
  putNet: ({ net, node }) => ({
    params: { name: net },
    body: {
      kind: 'jobnet',
      name: net,
      target: { node },
      units: [{ name: 'a', type: 'command', command: 'true' }],
    },
  }),
  deleteNet: ({ net }) => ({ params: { name: net } }),
  runNet: ({ net }) => ({ params: { name: net }, body: {} }),
  getSession: ({ session }) => ({ params: { id: session } }),
  operateSession: ({ session }) => ({ params: { id: session }, body: { operation: 'release' } }),
  changeComingStart: ({ net }) => ({
    params: { name: net },
    body: { schedule: 'none', change: 'move' },
  }),
  listStartPreparations: ({ net }) => ({ params: { name: net } }),
  prepareStart: ({ net }) => ({ params: { name: net }, body: { schedule: 'none' } }),
  withdrawStartPreparation: ({ net }) => ({
    params: { name: net },
    query: { schedule: 'none', at: '2099-01-01T00:00:00.000Z' },
  }),
  previewOperation: ({ session }) => ({ params: { id: session }, body: { operation: 'release' } }),
  explainWaiting: ({ session }) => ({ params: { id: session } }),
  listAttempts: ({ session }) => ({ params: { id: session }, query: { unit: 'a' } }),
  getOutput: ({ attempt }) => ({ params: { attemptId: attempt } }),
  getRawOutput: ({ attempt }) => ({ params: { attemptId: attempt } }),
  searchOutput: ({ attempt }) => ({ params: { attemptId: attempt }, query: { text: 'x' } }),
  listTransfers: () => ({}),
  getReconciliation: () => ({}),
  endStrayAttempt: ({ attempt }) => ({ params: { attemptId: attempt }, body: {} }),
  listReportsAside: () => ({}),
  takeReportAside: () => ({ params: { key: 'a'.repeat(32) } }),
  removeReportAside: () => ({ params: { key: 'a'.repeat(32) } }),
  openLive: ({ session }) => ({ query: { session } }),
  confirmEvents: () => ({ body: { ids: [1], confirmed: true } }),
  putRule: () => ({
    params: { name: 'x' },
    body: {
      kind: 'notification',
      name: 'x',
      channel: { type: 'webhook', url: 'http://127.0.0.1:9/' },
    },
  }),
  getNode: ({ node }) => ({ params: { name: node } }),
  listNodeAttempts: ({ node }) => ({ params: { name: node } }),
  removeNode: ({ node }) => ({ params: { name: node } }),
  getScope: ({ scope }) => ({ params: { name: scope } }),
  putScope: ({ scope, node }) => ({
    params: { name: scope },
    body: { title: 'x', parent: 'all', nodes: [node] },
  }),
  deleteScope: ({ scope }) => ({ params: { name: scope } }),
  commandPair: () => ({ body: { host: null, command: { type: 'switch' } } }),
  freeze: ({ net }) => ({ body: { place: { kind: 'net', name: net }, reason: 'bench' } }),
  resume: ({ net }) => ({ body: { place: { kind: 'net', name: net } } }),
  getMaintenanceWindow: ({ net }) => ({ params: { name: windowName(net) } }),
  exportMaintenanceWindow: ({ net }) => ({ params: { name: windowName(net) } }),
  deleteMaintenanceWindow: ({ net }) => ({ params: { name: windowName(net) } }),
  putMaintenanceWindow: ({ net }) => ({
    params: { name: windowName(net) },
    body: {
      kind: 'maintenance_window',
      name: windowName(net),
      places: [{ net }],
      // Never while the test runs.
      start: '2099-01-01T00:00:00Z',
      end: '2099-01-01T00:10:00Z',
    },
  }),
  getTrapMonitor: () => ({ params: { name: 'severe-syslog' } }),
  exportTrapMonitor: () => ({ params: { name: 'severe-syslog' } }),
  putTrapMonitor: () => ({
    params: { name: 'x' },
    body: { kind: 'trap_monitor', name: 'x', source: 'syslog', rules: [{ name: 'r' }] },
  }),
  deleteTrapMonitor: () => ({ params: { name: 'severe-syslog' } }),
  enableTrapMonitor: () => ({ params: { name: 'severe-syslog' }, body: { enabled: true } }),
  orderTrapRules: () => ({ params: { name: 'severe-syslog' }, body: { rules: ['severe'] } }),
  testTrapMonitor: () => ({ body: { against: { type: 'past' } } }),
  putTrapAlias: () => ({
    params: { name: 'x' },
    body: { kind: 'trap_alias', name: 'x', node: 'claimed' },
  }),
  getSettings: () => ({ params: { section: 'retention' } }),
  putSettings: () => ({ params: { section: 'retention' }, body: {} }),
};

const inputFor = (operation: Operation, place: BenchPlace): never => {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const params = Object.fromEntries(names.map((name) => [name, name === 'id' ? MISSING : 'x']));
  const given: Input = inputs[operation.id as OperationId]?.(place) ?? {};
  return {
    params,
    ...(operation.body === undefined ? {} : { body: {} }),
    ...given,
    ...(operation.versioned === 'write' ? { ifMatch: STALE } : {}),
  } as never;
};

test('role matrix: every operation, asked by every kind of user: allowed or refused as role-matrix.txt says', async () => {
  const bench = await startAccessBench();
  try {
    const columns = await columnsOf(bench);
    const ids = Object.keys(operations) as OperationId[];
    // Removing comes last: what was removed cannot be asked about.
    const inOrder = ids.toSorted((a, b) => Number(isRemoval(a)) - Number(isRemoval(b)));
    const cells = new Map<string, string>();
    for (const id of inOrder) {
      const answers = [];
      for (const { name, token, place } of ordered(columns, id)) {
        const input = inputFor(operations[id], place);
        const answer = await bench.call(token, id, input);
        answers.push({ name, answer });
      }
      // What even an administrator does not find is not there for anybody.
      const isThere = answers.some(
        ({ name, answer }) => name === 'administrator' && answer.code !== 'not_found',
      );
      for (const { name, answer } of answers) {
        assert.notEqual(answer.status, 500, `${id} as ${name}: ${answer.text}`);
        cells.set(`${id} ${name}`, cellOf(answer, isThere));
        if (answer.code === 'forbidden' && name !== 'token')
          assert.match(answer.text, /"[a-z]+\.[a-z]+"|right|hold/, `${id} as ${name} names no right`);
      }
    }
    const actual = ids.map((id) => [id, ...columns.map(({ name }) => cells.get(`${id} ${name}`) ?? '?')]);
    const text = format([['operation', ...columns.map(({ name }) => name)], ...actual]);
    if (process.env['NEZUBAN_WRITE_MATRIX'] === '1') await writeFile(file, text);
    const expected = parse(await readFile(file, 'utf8'));
    const missing = ids.filter((id) => !expected.has(id));
    assert.deepEqual(
      missing,
      [],
      'these operations have no row in role-matrix.txt: decide who may call them',
    );
    for (const [id = '', ...row] of actual) assert.deepEqual([id, ...row], [id, ...(expected.get(id) ?? [])]);
    assert.deepEqual(
      [...expected.keys()].filter((id) => id !== 'operation' && !(id in operations)),
      [],
    );
  } finally {
    await bench.stop();
  }
});

const isRemoval = (id: OperationId): boolean => id === 'removeNode';
/** Who may not remove goes first. */
const ordered = (columns: readonly Column[], id: OperationId): readonly Column[] =>
  isRemoval(id) ? columns.toReversed() : columns;

const cellOf = (
  { code, status }: { readonly code: string | null; readonly status: number },
  isThere: boolean,
): string => {
  if (code === 'forbidden' || code === 'not_signed_in') return String(status);
  return code === 'not_found' && isThere ? '404' : '+';
};

const format = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return `${legend}${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
};

const parse = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [id = '', ...row] = line.split(/\s+/);
        return [id, row];
      }),
  );
