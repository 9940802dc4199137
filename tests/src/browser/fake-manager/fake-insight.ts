// What the fake manager says of operations beforehand, and of what waits: enough for the console to show each kind of line.
import type { OperationPreview, OperationRequest } from '@nezuban/protocol/jobs/operate';
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import type { WaitExplanation } from '@nezuban/protocol/jobs/waiting';
import type { UnitPath } from '@nezuban/protocol/ids';

export const previewOf = (session: SessionDetail, request: OperationRequest): OperationPreview => {
  const named = session.units.filter(({ path }) => request.unit === undefined || path === request.unit);
  const behind = session.units.filter((unit) => named.some((each) => follows(unit, each)));
  const held = request.hold === true;
  return {
    operation: request.operation,
    unit: request.unit ?? null,
    refusal: null,
    units: [
      ...named.map((unit) => ({
        unit: unit.path,
        type: unit.type,
        effects: held ? (['held'] as const).slice() : (['starts'] as const).slice(),
        state: unit.state,
        run: unit.run + 1,
        later: held ? ('waits' as const) : ('runs' as const),
      })),
      ...behind.map((unit) => ({
        unit: unit.path,
        type: unit.type,
        effects: (['begins_again'] as const).slice(),
        state: unit.state,
        run: unit.run + 1,
        later: held ? ('waits' as const) : ('runs' as const),
      })),
    ],
    unitsLeftOut: 0,
    state: 'running',
    endsAs: held ? null : 'normal',
    waitsFor: held && request.unit !== undefined ? [request.unit] : [],
  };
};

export const explanationOf = (session: SessionDetail, path: UnitPath | undefined): WaitExplanation => {
  const unit = session.units.find((each) => each.path === path);
  const before = unit === undefined ? [] : session.units.filter((each) => follows(unit, each));
  const running = session.units.filter(({ state }) => state === 'running' || state === 'starting');
  const failed = session.units.filter(
    ({ state, endStatus }) => state === 'ended' && endStatus === 'abnormal',
  );
  const notRun = session.units.filter(({ state }) => state === 'not_run').map((each) => each.path);
  const end = {
    failures: failed.map(({ path: failedPath, state, endStatus, run, endedAt, reason }) => ({
      unit: failedPath,
      state,
      endStatus,
      run,
      endedAt,
      reason,
    })),
    failuresLeftOut: 0,
    notRun,
    notRunLeftOut: 0,
  };
  if (session.endedAt !== null || unit?.state === 'not_run')
    return {
      unit: path ?? null,
      state: unit?.state ?? 'ended',
      facts: [{ code: 'over', facts: {}, phrase: 'has ended' }],
      roots: [],
      rootsLeftOut: 0,
      ...(failed.length > 0 && { end }),
      sentence: 'It has ended.',
    };
  return {
    unit: path ?? null,
    state: unit?.state ?? 'running',
    ...(failed.length > 0 && { end }),
    facts: before.map((each) => ({
      code: 'predecessor',
      facts: { unit: each.path, state: each.state, mode: 'all' },
      phrase: `waits for "${each.path}"`,
    })),
    roots: running.map((each) => ({
      through: path === undefined ? [each.path] : [path, ...before.map((one) => one.path), each.path],
      fact: {
        code: 'running',
        facts: { node: each.attempts[0]?.node ?? null, nodes: 1, since: each.startedAt },
        phrase: 'is running',
      },
    })),
    rootsLeftOut: 0,
    sentence: 'It waits.',
  };
};

const follows = (unit: UnitView, before: UnitView): boolean =>
  unit.parent === before.parent && unit.after.edges.some((edge) => edge.unit === before.name);
