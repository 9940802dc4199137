// Sessions, units, nodes and events for tests, with everything that a test does not care about filled in.
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { AttemptId, SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { AttemptView, SessionDetail, SessionSummary, UnitView } from '@nezuban/protocol/jobs/session';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 9, 0, seconds)).toISOString();

export const sampleAttempt = (
  changes: Partial<Omit<AttemptView, 'id'>> & { id?: string } = {},
): AttemptView => {
  const { id = '12-abc123-1.1.0.1', ...rest } = changes;
  return {
    id: id as AttemptId,
    node: 'local',
    run: 1,
    try: 1,
    state: 'ended',
    pid: 4711,
    exitCode: 0,
    signal: null,
    reason: null,
    timedOut: false,
    createdAt: at(0),
    startedAt: at(1),
    endedAt: at(3),
    stdoutBytes: 12,
    stderrBytes: 0,
    outputCut: false,
    ...rest,
  };
};

export const sampleUnit = (path: string, changes: Partial<UnitView> = {}): UnitView => {
  const names = path.split('/');
  return {
    path: path as UnitPath,
    parent: names.length === 1 ? null : (names.slice(0, -1).join('/') as UnitPath),
    name: names.at(-1) ?? '',
    title: null,
    type: 'command',
    state: 'ended',
    endStatus: 'normal',
    run: 1,
    startedAt: at(1),
    endedAt: at(3),
    retryAt: null,
    reason: null,
    position: null,
    after: { mode: 'all', edges: [] },
    operations: ['rerun'],
    attempts: [sampleAttempt()],
    ...changes,
  };
};

export const sampleSummary = (changes: Partial<SessionSummary> = {}): SessionSummary => ({
  id: 12 as SessionId,
  net: 'night/settlement',
  title: '夜間決済',
  state: 'ended',
  endStatus: 'normal',
  trigger: { type: 'manual', user: 'admin' },
  createdAt: at(0),
  endedAt: at(42),
  unitCounts: { ended: 2 },
  revision: 9,
  ...changes,
});

export const sampleSession = (changes: Partial<SessionDetail> = {}): SessionDetail => ({
  ...sampleSummary(),
  parameters: { DATE: '2026-11-22' },
  operations: ['rerun'],
  units: [
    sampleUnit('extract'),
    sampleUnit('loads', { type: 'net', attempts: [] }),
    sampleUnit('loads/load-a', { attempts: [sampleAttempt({ id: '12-abc123-3.1.0.1' })] }),
    sampleUnit('loads/load-b', {
      endStatus: 'warning',
      attempts: [sampleAttempt({ id: '12-abc123-4.1.0.2', try: 2, exitCode: 3 })],
    }),
  ],
  ...changes,
});

export const sampleNode = (changes: Partial<NodeView> = {}): NodeView => ({
  name: 'local',
  agentId: 'agt_abcdefghij0123456789' as NodeView['agentId'],
  connection: 'connected',
  hostname: 'host-1',
  platform: 'linux x64',
  agentVersion: '0.1.0',
  agentSupport: 'current',
  address: '127.0.0.1',
  joinedAt: at(0),
  lastSeenAt: at(5),
  certificateExpiresAt: at(50),
  runningAttempts: 2,
  scopes: ['web'],
  ...changes,
});

export const sampleEvent = (id: number, changes: Partial<EventView> = {}): EventView => ({
  id,
  at: at(id % 60),
  priority: 'info',
  code: 'session_started',
  node: null,
  message: `Event number ${id}`,
  details: {},
  ...newEvent,
  ...changes,
});
