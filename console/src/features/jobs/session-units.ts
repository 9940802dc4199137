// Units of a session as the graph shows them. Pure; one object per unit view, so that what did not change is not drawn again.
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import { unitStatus } from '../../components/status.ts';
import type { ShownUnit } from './graph/graph-model.ts';

export type SessionUnitCache = WeakMap<UnitView, ShownUnit>;

export const toShownUnits = (detail: SessionDetail, cache: SessionUnitCache): ShownUnit[] =>
  detail.units.map((unit) => {
    const known = cache.get(unit);
    if (known !== undefined) return known;
    const shown: ShownUnit = {
      path: unit.path,
      parent: unit.parent,
      name: unit.name,
      title: unit.title,
      type: unit.type,
      position: unit.position,
      after: unit.after,
      status: unitStatus(unit.state, unit.endStatus),
      startedAt: unit.startedAt,
      endedAt: unit.endedAt,
      note: null,
      reruns: unit.run - 1,
    };
    cache.set(unit, shown);
    return shown;
  });

/** What was in hand when a session changed: for the sentence that a screen reader says. */
export const newlyFailed = (before: readonly UnitView[], after: readonly UnitView[]): UnitView[] => {
  const failedBefore = new Map(before.map((unit) => [unit.path, hasFailed(unit)]));
  return after.filter(
    (unit) => hasFailed(unit) && unit.type !== 'net' && failedBefore.get(unit.path) === false,
  );
};

const hasFailed = (unit: UnitView): boolean =>
  unit.state === 'ended' && (unit.endStatus === 'abnormal' || unit.endStatus === 'unknown');
