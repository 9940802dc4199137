// Units of a session as the graph shows them. Pure; one object per unit view, so that what did not change is not drawn again.
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import { unitStatus } from '../../components/status.ts';
import type { ShownUnit } from './graph/graph-model.ts';

const noNotes: ReadonlyMap<string, string> = new Map();

export type SessionUnitCache = WeakMap<UnitView, ShownUnit>;

/** `notes`: words that stand with units for the moment, such as what an operation would do to them. */
export const toShownUnits = (
  detail: SessionDetail,
  cache: SessionUnitCache,
  notes: ReadonlyMap<string, string> = noNotes,
): ShownUnit[] =>
  detail.units.map((unit) => {
    const note = notes.get(unit.path) ?? null;
    const known = cache.get(unit);
    if (known !== undefined && known.note === note) return known;
    const shown: ShownUnit = {
      path: unit.path,
      parent: unit.parent,
      name: unit.name,
      title: unit.title,
      type: unit.type,
      position: unit.position,
      after: unit.after,
      status: unitStatus(unit.state, unit.endStatus, unit.type),
      startedAt: unit.startedAt,
      endedAt: unit.endedAt,
      note,
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
