// Answers of a fake manager to every operation that a command asks for.
import assert from 'node:assert/strict';
import { CodedError } from '@nezuban/protocol/errors';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { StartPreparation, StartWish } from '@nezuban/protocol/jobs/start-preparation';
import type { WaitEnd } from '@nezuban/protocol/jobs/waiting';
import type { FakeHandlers } from './fake-manager.ts';
import { netVersionHandlers } from './net-version-answers.ts';
import { samplePair } from './pair-samples.ts';
import { sampleEvent, sampleNode, sampleSession, sampleSummary, sampleUnit } from './samples.ts';

const at = '2026-11-22T09:00:00.000Z';
const page = <Item>(items: Item[]) => ({ items, nextCursor: null });
export const net = {
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
const preparation: StartPreparation = {
  id: 4,
  net: net.name,
  schedule: 'nightly',
  at,
  movedTo: null,
  leftOut: null,
  keepableSecrets: [],
  wish: { hold: true, units: { archive: 'skip' } as StartWish['units'], parameters: { KEY: null } },
  by: 'admin',
  writtenAt: at,
  reason: 'late delivery',
};
export const token = {
  id: 3,
  user: 'admin',
  name: 'ci',
  createdAt: at,
  expiresAt: null,
  lastUsedAt: at,
  rights: null,
  folder: null,
  scope: null,
};

const sampleEnd: WaitEnd = {
  failures: [
    {
      unit: 'loads/load-a' as UnitPath,
      state: 'ended',
      endStatus: 'abnormal',
      run: 1,
      endedAt: at,
      reason: 'Exit code 3 on local.',
      attempt: { id: '13-abc123-2.1.0.2' as AttemptId, node: 'local', try: 2, exitCode: 3, signal: null },
      nodes: 1,
    },
  ],
  failuresLeftOut: 4,
  notRun: ['archive' as UnitPath],
  notRunLeftOut: 118,
};

export const handlers: FakeHandlers = {
  ...netVersionHandlers,
  listNets: () => page([net]),
  previewOrder: ({ params, body }) => {
    assert.deepEqual([params.name, body.unit], ['night/settlement', 'load']);
    return {
      unit: body.unit,
      type: 'command' as const,
      nodes: ['web1'],
      noNodes: null,
      command: './load.sh "$FILE"',
      script: null,
      tool: null,
      user: 'batch',
      group: null,
      workingDirectory: '/srv',
      stdin: null,
      stdinFile: null,
      files: [],
      environment: { FILE: body.parameters['FILE'] ?? '', PASSWORD: '***' },
      problems: [],
    };
  },
  getNetMap: ({ query }) => {
    assert.equal(query.depth, 3);
    return {
      nets: [
        { name: 'night/report', title: null, exists: false, lastSession: null },
        { name: query.net ?? '', title: null, exists: true, lastSession: null },
      ],
      relations: [
        {
          net: query.net ?? '',
          kind: 'starts' as const,
          other: 'night/report',
          units: ['report', 'close/again'],
          unitCount: 4,
        },
      ],
      truncated: false,
    };
  },
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
  changeSessionDefinition: ({ params, body }) => {
    assert.equal(body.yaml, 'kind: jobnet');
    return sampleSession({ id: params.id, state: 'running' });
  },
  changeComingStart: ({ body }) => ({ session: body.change === 'start' ? (13 as SessionId) : null }),
  listStartPreparations: () => ({ items: [preparation] }),
  prepareStart: ({ body: { reason = null, schedule, at: _at, replaces: _replaces, ...wish } }) => ({
    ...preparation,
    schedule,
    reason,
    wish,
  }),
  withdrawStartPreparation: () => undefined,
  previewOperation: ({ body }) => ({
    operation: body.operation,
    unit: body.unit ?? null,
    refusal: body.operation === 'skip' ? 'It cannot be skipped: it has ended already.' : null,
    units: [
      {
        unit: 'extract' as UnitPath,
        type: 'command',
        effects: ['starts'],
        state: 'starting',
        run: 2,
        later: 'runs',
      },
      {
        unit: 'loads' as UnitPath,
        type: 'net',
        effects: ['begins_again'],
        state: 'waiting',
        run: 2,
        later: 'runs',
      },
      { unit: 'mend' as UnitPath, type: 'command', effects: [], state: 'waiting', run: 2, later: 'not_run' },
    ],
    unitsLeftOut: 0,
    state: 'running',
    endsAs: body.hold === true ? null : 'normal',
    waitsFor: body.hold === true ? ['extract'] : [],
  }),
  explainWaiting: ({ params, query }) => ({
    unit: query.unit ?? null,
    state: 'waiting',
    ...(params.id === 13 && { end: sampleEnd }),
    facts: params.id === 13 ? [{ code: 'over', facts: {}, phrase: 'has ended (abnormal)' }] : [],
    roots: [
      {
        through: ['loads' as UnitPath, 'extract' as UnitPath],
        fact: { code: 'running', facts: { node: 'local' }, phrase: 'is running on "local"' },
      },
    ],
    rootsLeftOut: 0,
    sentence: '"loads" waits for "extract", which is running on "local".',
  }),
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
      {
        name: 'all' as never,
        title: null,
        parent: null,
        nodes: [],
        revision: 1,
        updatedAt: at,
        updatedBy: 'admin',
      },
      {
        name: 'web' as never,
        title: 'ウェブ',
        parent: 'all' as never,
        nodes: ['local' as never, 'b' as never],
        revision: 2,
        updatedAt: at,
        updatedBy: 'admin',
      },
    ]),
  createJoinToken: ({ body }) => ({
    token: 'nzj_x',
    expiresAt: at,
    command: `nezuban agent join --manager host:7444 --token nzj_x # ${body.expires_in_s}`,
  }),
  whoAmI: () => ({
    user: 'admin',
    title: null,
    mustChangePassword: false,
    by: 'token',
    roles: ['administrator'],
    rights: [],
    grants: [],
    limits: null,
    passwordLengthMin: 10,
  }),
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
  getPair: () => samplePair(),
  commandPair: ({ body }) => ({
    ok: true,
    says: `Noted: ${body.command.do} by ${body.host ?? 'whoever has to'}.`,
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
      changes: [{ kind: 'jobnet', name: 'night/settlement', change: 'created', file: null, line: 1 }],
    };
  },
};
