// A small world for browser tests: nets, sessions in every state, events, nodes. Every record passes the schemas of the API (the fake
// server checks that), so that a screen which shows this world can show the real one.
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import type { OutputHit, OutputPage, OutputSearch } from '@nezuban/protocol/api/output-operations';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { jobNetSchema, type JobNetDefinition, type UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { After } from '@nezuban/protocol/jobs/units/unit-base';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { AttemptView, SessionDetail, UnitState, UnitView } from '@nezuban/protocol/jobs/session';

/** Units with their paths, each net before what lies in it. */
export const unitsOfDefinition = (
  definition: JobNetDefinition,
): { readonly path: string; readonly parent: string | null; readonly definition: UnitDefinition }[] => {
  const visit = (
    units: readonly UnitDefinition[],
    parent: string | null,
  ): ReturnType<typeof unitsOfDefinition> =>
    units.flatMap((unit) => {
      const path = parent === null ? unit.name : `${parent}/${unit.name}`;
      return [{ path, parent, definition: unit }, ...(unit.type === 'net' ? visit(unit.units, path) : [])];
    });
  return visit(definition.units, null);
};

const conditionOf = (after: After | undefined): UnitView['after'] => {
  if (after === undefined) return { mode: 'all', edges: [] };
  return 'all' in after ? { mode: 'all', edges: after.all } : { mode: 'any', edges: after.any };
};

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const nightRunYaml = `kind: jobnet
name: sample/night-run
title: Night run
timezone: Asia/Tokyo
target: { node: local }
parameters:
  - name: BUSINESS_DATE
    description: The day that is closed
    default: today
units:
  - name: extract
    command: ./extract.sh "$BUSINESS_DATE"
  - name: loads
    after: [extract]
    units:
      - name: customers
        command: ./load.sh customers
      - name: orders
        command: ./load.sh orders
        retry: { count: 2, delay_s: 5 }
      - name: stock
        command: ./load.sh stock
  - name: check
    title: Check totals
    after: [loads]
    command: ./check.sh
  - name: report
    title: 日次レポート
    after: [check]
    command: ./report.sh
  - name: alarm
    after: [{ unit: check, on: [abnormal, unknown] }]
    command: ./alarm.sh
`;

export const nightRun: JobNetDefinition = jobNetSchema.parse({
  kind: 'jobnet',
  name: 'sample/night-run',
  title: 'Night run',
  description:
    'A small business night: extract, load in parallel, check, report; an alarm when the check fails.',
  timezone: 'Asia/Tokyo',
  target: { node: 'local' },
  parameters: [{ name: 'BUSINESS_DATE', description: 'The day that is closed', default: 'today' }],
  schedules: [
    { name: 'nightly', cron: '0 22 * * 1-5' },
    { name: 'month-end', cron: '30 23 L * *', enabled: false },
  ],
  units: [
    { name: 'extract', command: './extract.sh "$BUSINESS_DATE"', timeout_s: 600 },
    {
      name: 'loads',
      after: ['extract'],
      units: [
        { name: 'customers', command: './load.sh customers' },
        { name: 'orders', command: './load.sh orders', retry: { count: 2, delay_s: 5 } },
        { name: 'stock', command: './load.sh stock' },
      ],
    },
    { name: 'check', title: 'Check totals', after: ['loads'], command: './check.sh' },
    { name: 'report', title: '日次レポート', after: ['check'], command: './report.sh' },
    { name: 'alarm', after: [{ unit: 'check', on: ['abnormal', 'unknown'] }], command: './alarm.sh' },
  ],
});

export const backup: JobNetDefinition = jobNetSchema.parse({
  kind: 'jobnet',
  name: 'backup',
  schedules: [{ name: 'hourly', times: ['00:30', '12:30'] }],
  parameters: [{ name: 'TARGET' }, { name: 'LEVEL', default: 'full' }],
  units: [
    { name: 'dump', command: 'pg_dump' },
    { name: 'copy', after: ['dump'], command: ['rsync', '-a', '/backup', 'vault:'], hold: true },
  ],
});

export const large = (count: number): JobNetDefinition =>
  jobNetSchema.parse({
    kind: 'jobnet',
    name: 'large',
    title: `${count} units`,
    units: Array.from({ length: count }, (_, i) => ({
      name: `unit-${i}`,
      command: 'true',
      ...(i < 40 ? {} : { after: [`unit-${i - 40}`] }),
    })),
  });

export const netOf = (definition: JobNetDefinition, more: Partial<NetDetail> = {}): NetDetail => ({
  name: definition.name,
  title: definition.title ?? null,
  unitCount: unitsOfDefinition(definition).filter((unit) => unit.definition.type === 'command').length,
  revision: 3,
  updatedAt: ago(86_400),
  updatedBy: 'admin',
  nextRunAt: definition.schedules.length === 0 ? null : ago(-5400),
  schedules: definition.schedules.map((schedule) => ({
    name: schedule.name,
    rule: schedule.cron ?? (schedule.times ?? []).join(', '),
    timezone: schedule.timezone ?? definition.timezone,
    enabled: schedule.enabled,
    nextRunAt: schedule.enabled ? ago(-5400) : null,
  })),
  lastSession: null,
  definition,
  ...more,
});

let attemptNumber = 0;
export const attemptOf = (session: number, more: Partial<AttemptView> = {}): AttemptView => {
  attemptNumber += 1;
  return {
    id: `${session}-fake0001-${attemptNumber}.1.1.1` as AttemptView['id'],
    node: 'local',
    run: 1,
    try: 1,
    state: 'ended',
    pid: 4711,
    exitCode: 0,
    signal: null,
    reason: null,
    timedOut: false,
    createdAt: ago(300),
    startedAt: ago(299),
    endedAt: ago(290),
    stdoutBytes: 2048,
    stderrBytes: 0,
    outputCut: false,
    ...more,
  };
};

export type UnitChange = Partial<UnitView> & { readonly state: UnitState };

export const operationsOf = (unit: UnitView): UnitView['operations'] => {
  switch (unit.state) {
    case 'waiting':
    case 'queued':
      return ['hold', 'skip'];
    case 'held':
      return ['release', 'skip'];
    case 'starting':
    case 'running':
    case 'retry_wait':
      return ['stop', 'kill'];
    case 'ended':
      return unit.endStatus === 'normal' ? [] : ['rerun', 'rerun_only', 'rerun_next', 'skip', 'set_status'];
    case 'stopping':
    case 'skipped':
    case 'not_run':
      return [];
    case 'stopped':
      return ['rerun'];
  }
};

export const sessionOf = (
  id: number,
  definition: JobNetDefinition,
  changes: Readonly<Record<string, UnitChange>> = {},
): SessionDetail => {
  const units = unitsOfDefinition(definition).map(({ path, parent, definition: unit }): UnitView => {
    const base: UnitView = {
      path: path as UnitView['path'],
      parent: parent as UnitView['parent'],
      name: unit.name,
      title: unit.title ?? null,
      type: unit.type,
      state: unit.hold ? 'held' : 'waiting',
      endStatus: null,
      run: 1,
      startedAt: null,
      endedAt: null,
      retryAt: null,
      reason: null,
      position: unit.position ?? null,
      after: conditionOf(unit.after),
      operations: [],
      attempts: [],
      ...changes[path],
    };
    return { ...base, operations: operationsOf(base) };
  });
  return summarise({
    id: id as SessionDetail['id'],
    net: definition.name,
    title: definition.title ?? null,
    state: 'running',
    endStatus: null,
    trigger: { type: 'manual', user: 'admin' },
    createdAt: ago(300),
    endedAt: null,
    unitCounts: {},
    revision: 1,
    parameters: { BUSINESS_DATE: '2026-11-21' },
    operations: [],
    units,
  });
};

const worst: readonly EndStatus[] = ['normal', 'warning', 'abnormal', 'unknown'];

/** Counts, end status and operations follow from the units. */
export const summarise = (session: SessionDetail): SessionDetail => {
  const unitCounts: SessionDetail['unitCounts'] = {};
  let endStatus: EndStatus | null = null;
  for (const unit of session.units) {
    if (unit.type !== 'command') continue;
    unitCounts[unit.state] = (unitCounts[unit.state] ?? 0) + 1;
    if (
      unit.endStatus !== null &&
      (endStatus === null || worst.indexOf(unit.endStatus) > worst.indexOf(endStatus))
    )
      endStatus = unit.endStatus;
  }
  const failed = endStatus === 'abnormal' || endStatus === 'unknown';
  const operations: SessionDetail['operations'] =
    session.state === 'running' ? ['stop'] : session.state === 'stopped' || failed ? ['rerun'] : [];
  return { ...session, unitCounts, endStatus, operations };
};

const ended = (endStatus: EndStatus, session: number, more: Partial<UnitView> = {}): UnitChange => ({
  state: 'ended',
  endStatus,
  startedAt: ago(280),
  endedAt: ago(240),
  attempts: [attemptOf(session)],
  ...more,
});

export const sampleSessions = (): SessionDetail[] => {
  const running = sessionOf(43, nightRun, {
    extract: ended('normal', 43),
    loads: { state: 'running', startedAt: ago(240) },
    'loads/customers': ended('normal', 43),
    'loads/orders': {
      state: 'retry_wait',
      startedAt: ago(200),
      retryAt: ago(-4),
      attempts: [attemptOf(43, { exitCode: 75, try: 1 })],
      reason: 'The first try ended with exit code 75; one more try is left.',
    },
    'loads/stock': {
      state: 'running',
      startedAt: ago(190),
      attempts: [attemptOf(43, { state: 'running', exitCode: null, endedAt: null, startedAt: ago(190) })],
    },
  });
  const failedCheck = attemptOf(42, { exitCode: 3, stderrBytes: 420 });
  const failed = sessionOf(42, nightRun, {
    extract: ended('normal', 42),
    loads: { state: 'ended', endStatus: 'warning', startedAt: ago(5000), endedAt: ago(4900) },
    'loads/customers': ended('normal', 42),
    'loads/orders': ended('warning', 42),
    'loads/stock': ended('normal', 42),
    check: ended('abnormal', 42, {
      attempts: [failedCheck, attemptOf(42, { exitCode: 3, node: 'local', createdAt: ago(600) })],
    }),
    report: {
      state: 'not_run',
      reason: 'It waits for "check" to end normally or with a warning; that ended abnormally.',
    },
    alarm: ended('normal', 42),
  });
  const done = sessionOf(
    41,
    nightRun,
    Object.fromEntries(
      unitsOfDefinition(nightRun).map(({ path }) => [
        path,
        path === 'alarm' ? { state: 'not_run' } : ended('normal', 41),
      ]),
    ),
  );
  return [
    running,
    {
      ...summarise({
        ...failed,
        state: 'ended',
        endedAt: ago(4800),
        createdAt: ago(5100),
        trigger: { type: 'schedule', schedule: 'nightly', dueAt: ago(5100) },
      }),
    },
    { ...summarise({ ...done, state: 'ended', endedAt: ago(90_000), createdAt: ago(90_300) }) },
  ];
};

export const sampleNodes = (): NodeView[] => [
  nodeOf('local', { runningAttempts: 1 }),
  nodeOf('batch-02', {
    connection: 'disconnected',
    lastSeenAt: ago(1300),
    address: '10.0.4.12',
    scopes: ['batch', 'tokyo'],
    certificateExpiresAt: ago(-3 * 86_400),
  }),
  nodeOf('基幹-01', { address: '10.0.4.11', scopes: ['batch'] }),
];

export const nodeOf = (name: string, more: Partial<NodeView> = {}): NodeView => ({
  name,
  agentId: `agt_${'a'.repeat(20)}` as NodeView['agentId'],
  connection: 'connected',
  hostname: `${name}.example.jp`,
  platform: 'linux x64',
  agentVersion: '0.1.0',
  agentSupport: 'current',
  address: '127.0.0.1',
  joinedAt: ago(900_000),
  lastSeenAt: ago(2),
  certificateExpiresAt: ago(-80 * 86_400),
  runningAttempts: 0,
  scopes: [],
  ...more,
});

export const sampleEvents = (): EventView[] => {
  const kinds = [
    eventOf(0, {
      priority: 'critical',
      code: 'session_ended',
      message: 'Session 42 of sample/night-run ended abnormally',
      details: { session: 42, net: 'sample/night-run', endStatus: 'abnormal' },
    }),
    eventOf(0, {
      priority: 'critical',
      code: 'agent_disconnected',
      node: 'batch-02',
      message: 'The agent of batch-02 is disconnected',
      details: {},
    }),
    eventOf(0, {
      priority: 'warning',
      code: 'schedule_late',
      message: 'Schedule nightly of sample/night-run started late',
      details: { net: 'sample/night-run', schedule: 'nightly' },
    }),
    eventOf(0, {
      priority: 'info',
      code: 'agent_connected',
      node: '基幹-01',
      message: 'The agent of 基幹-01 is connected',
      details: {},
    }),
    eventOf(0, {
      priority: 'unknown',
      code: 'attempt_unknown',
      node: 'batch-02',
      message: 'Nobody can say how copy of session 37 ended',
      details: { session: 37, unit: 'copy' },
      confirm: 'confirmed',
      confirmedBy: 'admin',
      confirmedAt: ago(600),
      comment: 'Checked by hand: it had ended.',
    }),
  ];
  return Array.from({ length: 240 }, (_, i) => ({
    ...kinds[i % kinds.length]!,
    id: 500 - i,
    at: ago(i * 347 + 30),
    ...(i > 20 ? { confirm: 'confirmed' as const, confirmedBy: 'admin', confirmedAt: ago(i * 300) } : {}),
  }));
};

export const eventOf = (id: number, more: Partial<EventView> = {}): EventView => ({
  id,
  at: ago(0),
  priority: 'info',
  code: 'session_started',
  node: null,
  message: 'Something happened',
  details: {},
  ...newEvent,
  ...more,
});

export const outputText = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, i) =>
      `2026-11-22 22:00:${String(i % 60).padStart(2, '0')} loaded block ${i + 1} of ${lines}: 顧客 ${1000 + i} 件`,
  ).join('\n');

/** A page of a kept text, by bytes as the manager does it. */
export const outputPage = (
  text: string,
  query: { readonly offset: number; readonly limit: number; readonly stream: 'stdout' | 'stderr' },
  complete: boolean,
): OutputPage => {
  const bytes = new TextEncoder().encode(text);
  const offset =
    query.offset < 0 ? Math.max(0, bytes.length + query.offset) : Math.min(query.offset, bytes.length);
  const end = Math.min(bytes.length, offset + query.limit);
  return {
    stream: query.stream,
    offset,
    nextOffset: end,
    text: new TextDecoder().decode(bytes.subarray(offset, end)),
    encoding: 'utf-8',
    storedBytes: bytes.length,
    droppedBytes: 0,
    complete,
  };
};

/** Where the fake manager says that something was not kept: an output with this line has a range of so many bytes there. */
export const gapMark = '<<gap>>\n';
const gapBytes = 9_000_000_000;

/** A page of a kept text with a range that was not kept, by positions in what the command wrote. */
export const gappedPage = (
  text: string,
  query: Parameters<typeof outputPage>[1],
  complete: boolean,
): OutputPage => {
  const cut = text.indexOf(gapMark);
  if (cut < 0) return outputPage(text, query, complete);
  const [head, tail] = [text.slice(0, cut), text.slice(cut + gapMark.length)];
  const headBytes = Buffer.byteLength(head);
  const tailStart = headBytes + gapBytes;
  const storedBytes = tailStart + Buffer.byteLength(tail);
  const known = { storedBytes, droppedBytes: gapBytes };
  const asked = query.offset < 0 ? Math.max(0, storedBytes + query.offset) : query.offset;
  if (asked < headBytes) return { ...outputPage(head, { ...query, offset: asked }, complete), ...known };
  if (asked < tailStart) {
    const gap = { bytes: tailStart - asked, from: headBytes, reason: 'limit' as const };
    return { ...outputPage('', query, complete), ...known, offset: asked, nextOffset: tailStart, gap };
  }
  const page = outputPage(tail, { ...query, offset: asked - tailStart }, complete);
  return { ...page, ...known, offset: page.offset + tailStart, nextOffset: page.nextOffset + tailStart };
};

export const outputSearch = (
  text: string,
  query: { readonly text: string; readonly offset: number; readonly stream: 'stdout' | 'stderr' },
): OutputSearch => {
  const hits: OutputHit[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const start = line.toLowerCase().indexOf(query.text.toLowerCase());
    if (start >= 0 && at >= query.offset)
      hits.push({ offset: at, text: line, start, end: start + query.text.length });
    at += Buffer.byteLength(line) + 1;
  }
  return {
    stream: query.stream,
    encoding: 'utf-8',
    hits: hits.slice(0, 100),
    nextOffset: hits[100]?.offset ?? null,
    searchedBytes: at,
    storedBytes: at,
    complete: true,
  };
};
