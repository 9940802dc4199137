// Every operation that changes something leaves an entry in the audit log: who, from where, what, on what.
// An operation that is neither asked here nor excused with a reason fails the test.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import type { OperationId } from '@nezuban/protocol/api/operations';
import { startAccessBench, windowName } from '../testing/access-bench.ts';
import type { AccessBench } from '../testing/access-bench.ts';

let bench: AccessBench;
/** Of the token that is made on the way. */
let tokenId = 0;
before(async () => {
  bench = await startAccessBench();
});
after(() => bench.stop());

/** Why no entry is looked for here. */
const excused: Partial<Record<OperationId, string>> = {
  holdNetEditing: 'changes nothing that is kept: who has an editor open',
  endNetEditing: 'changes nothing that is kept: who has an editor open',
  previewOrder: 'changes nothing; it is a POST for its body',
  decideApproval: 'needs a session that asks: unit-works.test.ts looks for its entry',
  operateNetMonitoring: 'needs start conditions at work: start-conditions.test.ts looks for its entry',
  endStrayAttempt: 'needs a stray: reconciliation.test.ts looks for its entry',
  takeReportAside: 'needs a report that was put aside: reports-aside.test.ts looks for its entry',
  removeReportAside: 'needs a report that was put aside: reports-aside.test.ts looks for its entry',
  changeComingStart: 'needs a schedule: planned-starts.test.ts looks for its entry',
  prepareStart: 'needs a schedule: preparations.test.ts looks for its entry',
  withdrawStartPreparation: 'needs a schedule: preparations.test.ts looks for its entry',
  previewOperation: 'changes nothing; it is a POST for its body',
  previewSessionDefinition: 'changes nothing; it is a POST for its body',
  changeSessionDefinition: 'needs a suspended session: session-definitions.test.ts looks for its entries',
  previewRunAs: 'changes nothing; it is a POST for its body',
  previewAccess: 'changes nothing; it is a POST for its body',
  compareDefinitions: 'changes nothing; it is a POST for its body',
  testTrapMonitor: 'changes nothing; it is a POST for its body',
  signOut: 'needs a cookie: sign-ins of the console are asked by access.test.ts',
  changePassword: 'needs a password hash each: access.test.ts',
  revokeSignIn: 'needs a cookie: written in one transaction with the end, see own-routes.ts',
  commandPair: 'needs a pair: pair.test.ts',
  retryDelivery: 'needs a delivery that failed: notifications.test.ts',
  simulateRule: 'changes nothing; it is a POST for its body',
  previewSchedule: 'changes nothing; it is a POST for its body',
  testRule: 'sends one message to a channel that is not there; nothing of ours changes',
  createBackup: 'needs a keeper: the tests of backup',
  setEventFields: 'needs a field of the settings: the tests of events',
  changeStatus: 'needs an entry: the tests of the status view',
};

const net = (name: string) => ({
  kind: 'jobnet',
  name,
  target: { node: 'local' },
  units: [{ name: 'a', type: 'command', command: 'true' }],
});
const yaml = (name: string) =>
  `kind: jobnet\nname: ${name}\ntarget: { node: local }\nunits:\n  - { name: a, command: "true" }\n`;
const rule = { kind: 'notification', name: 'x', channel: { type: 'webhook', url: 'http://127.0.0.1:9/' } };
const window = {
  kind: 'maintenance_window',
  name: 'w',
  places: [{ net: 'night/load' }],
  // Never while the test runs.
  start: '2099-01-01T00:00:00Z',
  end: '2099-01-01T00:10:00Z',
};

type Step = {
  readonly id: OperationId;
  readonly input: (revision: string) => unknown;
  /** Action in the log, where it is not the operation. */
  readonly action?: string;
  readonly target?: string | RegExp | null;
  /** The read that says the version. */
  readonly versionBy?: readonly [OperationId, unknown];
};

/** In an order in which each finds what it needs. */
const steps: readonly Step[] = [
  {
    id: 'signIn',
    input: () => ({ body: { user: 'stranger', password: 'x' } }),
    action: 'signInRefused',
    target: 'stranger',
  },
  { id: 'createUser', input: () => ({ body: { name: 'u', roles: ['viewer'] } }), target: 'u' },
  {
    id: 'updateUser',
    input: (ifMatch) => ({ params: { name: 'u' }, body: { roles: ['operator'] }, ifMatch }),
    target: 'u',
    versionBy: ['getUser', { params: { name: 'u' } }],
  },
  { id: 'resetUserPassword', input: () => ({ params: { name: 'u' } }), target: 'u' },
  { id: 'unlockUser', input: () => ({ params: { name: 'u' } }), target: 'u' },
  { id: 'deleteUser', input: () => ({ params: { name: 'u' } }), target: 'u' },
  { id: 'createToken', input: () => ({ body: { name: 't' } }), target: 't' },
  { id: 'deleteToken', input: () => ({ params: { id: tokenId } }) },
  {
    id: 'putRole',
    input: () => ({ params: { name: 'r' }, body: { name: 'r', grants: [] }, ifMatch: null }),
    target: 'r',
  },
  {
    id: 'deleteRole',
    input: (ifMatch) => ({ params: { name: 'r' }, ifMatch }),
    target: 'r',
    versionBy: ['getRole', { params: { name: 'r' } }],
  },
  { id: 'installSample', input: () => ({}), action: 'applyDefinitions', target: 'sample/night-run' },
  { id: 'applyDefinitions', input: () => ({ body: yaml('a/one') }), target: 'a/one' },
  {
    id: 'applyDefinitionSet',
    input: () => ({ body: { dryRun: false, prune: null, files: [{ name: 'f', text: yaml('a/two') }] } }),
    target: 'a/two',
  },
  {
    id: 'putNet',
    input: () => ({ params: { name: 'a/three' }, body: net('a/three'), ifMatch: null }),
    target: 'a/three',
  },
  { id: 'runNet', input: () => ({ params: { name: 'a/three' }, body: {} }), target: 'a/three' },
  {
    id: 'operateSession',
    input: () => ({ params: { id: bench.night.session }, body: { operation: 'stop' } }),
    target: /^\d+$/,
  },
  {
    id: 'deleteNet',
    input: (ifMatch) => ({ params: { name: 'a/three' }, ifMatch }),
    target: 'a/three',
    versionBy: ['getNet', { params: { name: 'a/three' } }],
  },
  {
    id: 'restoreNetRevision',
    input: () => ({ params: { name: 'a/three', revision: 1 }, body: {} }),
    target: 'a/three',
  },
  {
    id: 'planNetRelease',
    input: () => ({ params: { name: 'a/three' }, body: { revision: 1, at: '2099-01-01T00:00:00.000Z' } }),
    target: 'a/three',
  },
  { id: 'cancelNetRelease', input: () => ({ params: { id: 1 }, body: {} }), target: 'a/three' },
  { id: 'confirmEvents', input: () => ({ body: { ids: [1], confirmed: true } }) },
  { id: 'putRule', input: () => ({ params: { name: 'x' }, body: rule, ifMatch: null }), target: 'x' },
  {
    id: 'deleteRule',
    input: (ifMatch) => ({ params: { name: 'x' }, ifMatch }),
    target: 'x',
    versionBy: ['listRules', {}],
  },
  {
    id: 'uploadMibs',
    input: () => ({ body: { files: [{ name: 'a.mib', text: 'A-MIB DEFINITIONS ::= BEGIN END' }] } }),
    target: 'A-MIB',
  },
  { id: 'deleteMib', input: () => ({ params: { name: 'A-MIB' } }), target: 'A-MIB' },
  {
    id: 'putSnmpUser',
    input: () => ({
      params: { name: 'su' },
      body: { auth: 'sha256', auth_password: 'bench-bench', priv: 'aes', priv_password: 'bench-bench' },
    }),
    target: 'su',
  },
  { id: 'deleteSnmpUser', input: () => ({ params: { name: 'su' } }), target: 'su' },
  { id: 'createTrapToken', input: () => ({ body: { name: 'tt' } }), target: 'tt' },
  { id: 'deleteTrapToken', input: () => ({ params: { name: 'tt' } }), target: 'tt' },
  {
    id: 'putChannel',
    input: () => ({
      params: { name: 'c' },
      body: { kind: 'channel', name: 'c', channel: { type: 'syslog', host: '127.0.0.1', port: 9 } },
      ifMatch: null,
    }),
    target: 'c',
  },
  { id: 'testChannel', input: () => ({ params: { name: 'c' } }), target: 'c' },
  {
    id: 'putInhibition',
    input: () => ({
      params: { name: 'i' },
      body: { kind: 'inhibition', name: 'i', while: { nodes: ['r'] }, keep_back: { nodes: ['s'] } },
      ifMatch: null,
    }),
    target: 'i',
  },
  {
    id: 'deleteInhibition',
    input: (ifMatch) => ({ params: { name: 'i' }, ifMatch }),
    target: 'i',
    versionBy: ['listInhibitions', {}],
  },
  {
    id: 'putEscalation',
    input: () => ({
      params: { name: 'e' },
      body: { kind: 'escalation', name: 'e', steps: [{ after_min: 5, channels: ['c'] }] },
      ifMatch: null,
    }),
    target: 'e',
  },
  {
    id: 'deleteEscalation',
    input: (ifMatch) => ({ params: { name: 'e' }, ifMatch }),
    target: 'e',
    versionBy: ['listEscalations', {}],
  },
  {
    id: 'deleteChannel',
    input: (ifMatch) => ({ params: { name: 'c' }, ifMatch }),
    target: 'c',
    versionBy: ['getChannel', { params: { name: 'c' } }],
  },
  { id: 'putSecret', input: () => ({ params: { name: 's' }, body: { value: 'hunter2' } }), target: 's' },
  { id: 'deleteSecret', input: () => ({ params: { name: 's' } }), target: 's' },
  {
    id: 'addSilence',
    input: () => ({
      body: {
        match: { nodes: ['r'] },
        until: new Date(Date.now() + 3_600_000).toISOString(),
        reason: 'bench',
      },
    }),
    target: '1',
  },
  { id: 'endSilence', input: () => ({ params: { id: 1 } }), target: '1' },
  { id: 'retryDeliveries', input: () => ({ body: { rule: 'x' } }), target: 'x' },
  { id: 'createJoinToken', input: () => ({ body: {} }) },
  {
    id: 'putScope',
    input: () => ({ params: { name: 's' }, body: { title: 'S', parent: null, nodes: [] }, ifMatch: null }),
    target: 's',
  },
  {
    id: 'deleteScope',
    input: (ifMatch) => ({ params: { name: 's' }, ifMatch }),
    target: 's',
    versionBy: ['getScope', { params: { name: 's' } }],
  },
  { id: 'removeNode', input: () => ({ params: { name: 'n-web' } }), target: 'n-web' },
  {
    id: 'freeze',
    input: () => ({ body: { place: { kind: 'net', name: 'night/load' }, reason: 'audit' } }),
    target: /night\/load/,
  },
  {
    id: 'resume',
    input: () => ({ body: { place: { kind: 'net', name: 'night/load' } } }),
    target: /night\/load/,
  },
  {
    id: 'putMaintenanceWindow',
    input: () => ({ params: { name: 'w' }, body: window, ifMatch: null }),
    target: 'w',
  },
  {
    id: 'deleteMaintenanceWindow',
    input: (ifMatch) => ({ params: { name: windowName('night/load') }, ifMatch }),
    target: 'night-load',
    versionBy: ['getMaintenanceWindow', { params: { name: windowName('night/load') } }],
  },
  {
    id: 'putCalendar',
    input: () => ({ params: { name: 'bank' }, body: { kind: 'calendar', name: 'bank' }, ifMatch: null }),
    target: 'bank',
  },
  {
    id: 'importHolidays',
    input: () => ({
      params: { name: 'bank' },
      body: { content: Buffer.from('2026/1/1,元日\n').toString('base64') },
    }),
    target: 'bank',
  },
  {
    id: 'deleteCalendar',
    input: (ifMatch) => ({ params: { name: 'bank' }, ifMatch }),
    target: 'bank',
    versionBy: ['getCalendar', { params: { name: 'bank' } }],
  },
  {
    id: 'putLimit',
    input: () => ({
      params: { kind: 'queue', name: 'q' },
      body: { kind: 'queue', name: 'q', places: 1 },
      ifMatch: null,
    }),
    target: 'queue q',
  },
  {
    id: 'pauseLimit',
    input: () => ({ params: { kind: 'queue', name: 'q' }, body: { reason: 'stock-taking' } }),
    target: 'queue q',
  },
  { id: 'openLimit', input: () => ({ params: { kind: 'queue', name: 'q' } }), target: 'queue q' },
  {
    id: 'deleteLimit',
    input: (ifMatch) => ({ params: { kind: 'queue', name: 'q' }, ifMatch }),
    target: 'queue q',
    versionBy: ['getLimit', { params: { kind: 'queue', name: 'q' } }],
  },
  {
    id: 'putTrapMonitor',
    input: () => ({
      params: { name: 'traps' },
      body: { kind: 'trap_monitor', name: 'traps', source: 'syslog', rules: [{ name: 'a' }, { name: 'b' }] },
      ifMatch: null,
    }),
    target: 'traps',
  },
  {
    id: 'enableTrapMonitor',
    input: () => ({ params: { name: 'traps' }, body: { enabled: false } }),
    target: 'traps',
  },
  {
    id: 'orderTrapRules',
    input: (ifMatch) => ({ params: { name: 'traps' }, body: { rules: ['b', 'a'] }, ifMatch }),
    target: 'traps',
    versionBy: ['getTrapMonitor', { params: { name: 'traps' } }],
  },
  {
    id: 'deleteTrapMonitor',
    input: (ifMatch) => ({ params: { name: 'traps' }, ifMatch }),
    target: 'traps',
    versionBy: ['getTrapMonitor', { params: { name: 'traps' } }],
  },
  {
    id: 'putTrapAlias',
    input: () => ({
      params: { name: 'relay' },
      body: { kind: 'trap_alias', name: 'relay', node: 'claimed' },
      ifMatch: null,
    }),
    target: 'relay',
  },
  {
    id: 'deleteTrapAlias',
    input: (ifMatch) => ({ params: { name: 'relay' }, ifMatch }),
    target: 'relay',
    versionBy: ['getTrapAlias', { params: { name: 'relay' } }],
  },
  {
    id: 'confirmMatchingEvents',
    input: () => ({ body: { filter: {}, state: 'confirming', comment: 'seen' } }),
    action: 'confirmingEvents',
    target: null,
  },
  {
    id: 'putEventFilter',
    input: () => ({ params: { name: 'f' }, body: { filter: { q: 'x' } } }),
    target: 'f',
  },
  { id: 'deleteEventFilter', input: () => ({ params: { name: 'f' } }), target: 'f' },
  {
    id: 'putSettings',
    input: (ifMatch) => ({ params: { section: 'retention' }, body: {}, ifMatch }),
    target: 'retention',
    versionBy: ['getSettings', { params: { section: 'retention' } }],
  },
];

const versionOf = async ({ versionBy }: Step): Promise<string> => {
  if (versionBy === undefined) return '';
  const [id, input] = versionBy;
  const body = (await bench.must(id, input as never)) as {
    revision?: number;
    items?: { revision: number }[];
  };
  return `"${body.revision ?? body.items?.[0]?.revision ?? 0}"`;
};
const newest = async () => {
  const { rows } = await bench.client.query<{
    id: string;
    action: string;
    actor: string;
    target: string | null;
    address: string | null;
  }>('SELECT id, action, actor, target, address FROM audit ORDER BY id DESC LIMIT 5');
  return rows;
};

describe('audit of every change', () => {
  test('audit: every operation that is no GET: asked here, or excused with a reason', () => {
    const unsafe = (Object.values(operations) as Operation[]).filter(({ method }) => method !== 'GET');
    const known = new Set<string>([...steps.map(({ id }) => id), ...Object.keys(excused)]);
    assert.deepEqual(
      unsafe.map(({ id }) => id).filter((id) => !known.has(id)),
      [],
    );
  });

  test('audit: each of them: an entry with who, from where, what and on what', async () => {
    const problems: string[] = [];
    for (const step of steps) {
      const [last] = await newest();
      const answer = await bench.call(bench.local, step.id, step.input(await versionOf(step)) as never);
      if (answer.status >= 400 && step.id !== 'signIn') {
        problems.push(`${step.id} answered ${answer.status}: ${answer.text}`);
        continue;
      }
      if (step.id === 'createToken') tokenId = (answer.body as unknown as { id: number }).id;
      const made = (await newest()).filter(({ id }) => Number(id) > Number(last?.id ?? 0));
      const fits = made.some(
        ({ action, actor, address, target }) =>
          (action === (step.action ?? step.id) || action.startsWith(step.action ?? step.id)) &&
          actor === (step.id === 'signIn' ? 'stranger' : 'admin') &&
          address === '127.0.0.1' &&
          (step.target === undefined ||
            (step.target instanceof RegExp ? step.target.test(target ?? '') : step.target === target)),
      );
      if (!fits) problems.push(`${step.id} wrote ${JSON.stringify(made)}`);
    }
    assert.deepEqual(problems, []);
  });

  test('audit: search and export: found by part of a name and by time; as CSV and as lines, whole, with an entry of its own', async () => {
    await bench.client.query(
      `INSERT INTO audit (actor, action, target, details, address) SELECT 'bulk', 'runNet', '夜間/集計' || n, '{"n": 1}', '::1' FROM generate_series(1, 2500) n`,
    );
    const found = await bench.must('listAudit', { query: { q: '集計2499' } });
    assert.deepEqual(
      found.items.map(({ target }) => target),
      ['夜間/集計2499'],
    );
    const none = await bench.must('listAudit', { query: { actor: 'bulk', to: '2000-01-01T00:00:00.000Z' } });
    assert.equal(none.items.length, 0);
    const ndjson = (
      await bench.call(bench.local, 'exportAudit', { query: { format: 'ndjson', actor: 'bulk' } })
    ).text;
    const lines = ndjson.trimEnd().split('\n');
    assert.equal(lines.length, 2500);
    assert.equal((JSON.parse(lines[0] ?? '') as { target: string }).target, '夜間/集計2500');
    const csv = (await bench.call(bench.local, 'exportAudit', { query: { format: 'csv', actor: 'bulk' } }))
      .text;
    assert.match(csv, /id,at,actor,address,action,target,details\r\n/);
    assert.equal(csv.trimEnd().split('\r\n').length, 2501);
    const [own] = await newest();
    assert.equal(own?.action, 'exportAudit');
  });
});
