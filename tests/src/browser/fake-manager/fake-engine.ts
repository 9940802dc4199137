// Runs sessions of the fake world: after its condition holds, a unit runs for a moment and ends as its name says (`fail` in it: abnormally).
// Only as clever as browser tests need; the real engine is core/jobs.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { OperationName, SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import { attemptOf, operationsOf, summarise } from './fake-data.ts';

export type EngineHooks = {
  /** A session has a new state; `units` are those that changed. */
  readonly changed: (session: SessionDetail, units: readonly UnitView[]) => void;
  readonly output: (
    session: SessionDetail,
    output: { readonly attemptId: string; readonly text: string; readonly complete: boolean },
  ) => void;
  /** How a unit is to end. */
  readonly outcome: (session: SessionDetail, unit: UnitView) => EndStatus;
  readonly unitMs: number;
};

export type FakeEngine = {
  readonly advance: (session: SessionDetail) => void;
  readonly operate: (
    session: SessionDetail,
    operation: OperationName,
    path: string | undefined,
  ) => SessionDetail;
  readonly stop: () => void;
};

const over = (unit: UnitView) =>
  unit.state === 'ended' || unit.state === 'skipped' || unit.state === 'not_run' || unit.state === 'stopped';

const applyOperation = (unit: UnitView, operation: OperationName): UnitView | null => {
  switch (operation) {
    case 'kill':
      return { ...unit, state: 'stopped', endedAt: new Date().toISOString() };
    case 'set_status':
      return { ...unit, state: 'ended', endStatus: 'normal', endedAt: new Date().toISOString() };
    case 'interrupt':
    case 'suspend':
    case 'to_front':
    case 'take_definition':
      return null;
    case 'rerun_only':
    case 'rerun_next':
    case 'rerun_failed':
    case 'rerun_failed_nets':
    case 'rerun_after_failed':
    case 'rerun_warnings':
    case 'hold':
      return { ...unit, state: 'held' };
    case 'release':
      return { ...unit, state: 'waiting' };
    case 'skip':
      return { ...unit, state: 'skipped' };
    case 'stop':
      return { ...unit, state: 'stopped', endedAt: new Date().toISOString() };
    case 'rerun':
      if (unit.endStatus === 'normal') return null;
      return {
        ...unit,
        state: 'waiting',
        endStatus: null,
        run: unit.run + 1,
        startedAt: null,
        endedAt: null,
      };
  }
};

export const createFakeEngine = (hooks: EngineHooks): FakeEngine => {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const current = new Map<number, SessionDetail>();

  const set = (session: SessionDetail, changed: readonly UnitView[]): SessionDetail => {
    const byPath = new Map(changed.map((unit) => [unit.path, { ...unit, operations: operationsOf(unit) }]));
    const units = session.units.map((unit) => byPath.get(unit.path) ?? unit);
    const done = units.every(over);
    const next = summarise({
      ...session,
      units,
      revision: session.revision + 1,
      ...(done
        ? { state: 'ended' as const, endedAt: new Date().toISOString() }
        : { state: 'running' as const, endedAt: null }),
    });
    current.set(session.id, next);
    hooks.changed(next, [...byPath.values()]);
    return next;
  };

  const holds = (session: SessionDetail, unit: UnitView): boolean | 'never' => {
    const siblings = session.units.filter(({ parent }) => parent === unit.parent);
    const verdicts = unit.after.edges.map((edge) => {
      const from = siblings.find(({ name }) => name === edge.unit);
      if (from === undefined || !over(from)) return 'open';
      const status: EndStatus | null = from.state === 'skipped' ? 'normal' : from.endStatus;
      return status !== null && edge.on.includes(status) ? 'yes' : 'no';
    });
    if (unit.parent !== null && session.units.find(({ path }) => path === unit.parent)?.state !== 'running')
      return false;
    if (verdicts.includes('no')) return 'never';
    return verdicts.every((verdict) => verdict === 'yes');
  };

  const start = (session: SessionDetail, unit: UnitView): UnitView => {
    const startedAt = new Date().toISOString();
    if (unit.type === 'net') return { ...unit, state: 'running', startedAt };
    const attempt = attemptOf(session.id, {
      state: 'running',
      exitCode: null,
      startedAt,
      endedAt: null,
      createdAt: startedAt,
      run: unit.run,
      stdoutBytes: 0,
    });
    const end = setTimeout(() => {
      timers.delete(end);
      const now = current.get(session.id) ?? session;
      const running = now.units.find(({ path }) => path === unit.path);
      if (running === undefined || running.state !== 'running') return;
      const endStatus = hooks.outcome(now, running);
      const endedAt = new Date().toISOString();
      hooks.output(now, {
        attemptId: attempt.id,
        text: `start ${unit.path}\nwork done\n${endStatus === 'abnormal' ? 'the totals differ\n' : 'ok\n'}`,
        complete: true,
      });
      const attempts = running.attempts.map((each) =>
        each.id === attempt.id
          ? {
              ...each,
              state: 'ended' as const,
              exitCode: endStatus === 'abnormal' ? 1 : 0,
              endedAt,
              stdoutBytes: 40,
            }
          : each,
      );
      advance(set(now, [{ ...running, state: 'ended', endStatus, endedAt, attempts }]));
    }, hooks.unitMs);
    timers.add(end);
    hooks.output(session, { attemptId: attempt.id, text: `start ${unit.path}\n`, complete: false });
    return {
      ...unit,
      state: 'running',
      endStatus: null,
      startedAt,
      endedAt: null,
      attempts: [attempt, ...unit.attempts],
    };
  };

  const advance = (given: SessionDetail): void => {
    const changes: UnitView[] = [];
    for (const unit of given.units) {
      if (unit.state === 'waiting') {
        const verdict = holds(given, unit);
        if (verdict === 'never')
          changes.push({ ...unit, state: 'not_run', reason: 'Its condition can no longer hold.' });
        else if (verdict) changes.push(start(given, unit));
      } else if (unit.type === 'net' && unit.state === 'running') {
        const children = given.units.filter(({ parent }) => parent === unit.path);
        if (children.every(over))
          changes.push({
            ...unit,
            state: 'ended',
            endStatus: children.some(({ endStatus }) => endStatus === 'abnormal') ? 'abnormal' : 'normal',
            endedAt: new Date().toISOString(),
          });
      }
    }
    if (changes.length > 0) advance(set(given, changes));
  };

  const operate = (
    given: SessionDetail,
    operation: OperationName,
    path: string | undefined,
  ): SessionDetail => {
    const session = current.get(given.id) ?? given;
    const targets = session.units.filter((unit) =>
      path === undefined ? !over(unit) || operation === 'rerun' : unit.path === path,
    );
    const changed = targets.map((unit) => applyOperation(unit, operation)).filter((unit) => unit !== null);
    const waitingAgain =
      operation === 'rerun'
        ? session.units
            .filter((unit) => unit.state === 'not_run' && !changed.some((each) => each.path === unit.path))
            .map((unit): UnitView => ({ ...unit, state: 'waiting', reason: null }))
        : [];
    const next = set(session, [...changed, ...waitingAgain]);
    advance(next);
    return current.get(session.id) ?? next;
  };

  return {
    advance: (session) => {
      current.set(session.id, session);
      advance(session);
    },
    operate,
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};
