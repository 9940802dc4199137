// Makes a session begin as its start was prepared: before its first unit is looked at, so that none can begin that was to be held or passed
// over. Where something of the preparation does not fit any more, or may not be done any more, the session begins suspended: what somebody wanted
// to stop must not run past.
// Called by `planSession` alone.
import { say } from '@nezuban/protocol/sentences/sentence';
import { byWhom, mark, type Mark } from '../marks.ts';
import { sessionPaused } from '../operate/operation-events.ts';
import { giveReason, reasonOf, type Reason } from '../reasons.ts';
import { nameOfSession, sessionDetails } from '../session-events.ts';
import type { SessionEvent } from '../session-inputs.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, moveTo, recordAt } from '../step.ts';
import type { Step } from '../step.ts';
import type { FittedPreparation, Preparation } from './fit-preparation.ts';

export function applyPreparation(step: Step, fitted: FittedPreparation): void {
  const { session } = step;
  const { by, reason, hold, lacksRight } = fitted.preparation;
  const said: Mark = { by, at: step.now, reason };
  if (lacksRight) {
    emit(step, preparationRefused(session, fitted.preparation));
    suspend(session, said, reasonOf(say('prepared_without_right')));
    return;
  }
  for (const { index, change } of fitted.units)
    applyToUnit(session, recordAt(session, index), { change, said });
  emit(step, startPrepared(session, fitted));
  if (fitted.misfits.length > 0) {
    emit(step, preparationUnfit(session, fitted));
    suspend(session, said, reasonOf(say('prepared_unfit', { names: fitted.misfits })));
  } else if (hold) {
    suspend(session, said, { reason, reasonSaid: null });
    emit(step, sessionPaused(session, recordAt(session, 0), { kind: 'suspended', by: said }));
  }
}

function suspend(session: Session, said: Mark, { reason, reasonSaid }: Reason): void {
  const why = reasonSaid === null ? { reason } : { reason, reasonSaid };
  mark(session, recordAt(session, 0), { paused: { kind: 'suspended', ...said, ...why } });
}

function applyToUnit(
  session: Session,
  record: UnitRecord,
  { change, said }: { readonly change: FittedPreparation['units'][number]['change']; readonly said: Mark },
): void {
  switch (change) {
    case 'hold':
      moveTo(session, record, 'held');
      giveReason(record, say('reason_held', { by: byWhom(said.by, said.reason) }));
      mark(session, record, { held: said });
      return;
    case 'release':
      // It may have ended well the time before, so that nothing holds it.
      if (record.state !== 'held') return;
      moveTo(session, record, 'waiting');
      giveReason(record, null);
      return;
    case 'skip':
      moveTo(session, record, 'skipped');
      giveReason(record, say('reason_skipped', { by: byWhom(said.by, said.reason) }));
      mark(session, record, { skipped: said });
  }
}

function startPrepared(session: Session, { preparation, units, names }: FittedPreparation): SessionEvent {
  const { by, reason, hold, priority } = preparation;
  const changed = units.map(({ index, change }) => `${recordAt(session, index).unit.path} (${change})`);
  const parts = [...(hold ? ['it begins suspended'] : []), ...partsOf({ changed, names, priority })];
  return {
    code: 'start_prepared',
    priority: 'info',
    node: null,
    message: `${nameOfSession(session)} begins as its start was prepared by ${byWhom(by, reason)}${parts.length === 0 ? '' : `; ${parts.join('; ')}`}.`,
    details: {
      ...sessionDetails(session),
      by,
      ...(reason === null ? {} : { why: reason }),
      ...factsOf({ changed, names, priority }),
    },
  };
}

/** What somebody has prepared, apart from a suspension. */
type Named = {
  readonly changed: readonly string[];
  readonly names: readonly string[];
  readonly priority: number | null;
};

function partsOf({ changed, names, priority }: Named): string[] {
  return [
    ...(changed.length === 0 ? [] : [`units ${changed.join(', ')}`]),
    ...(names.length === 0 ? [] : [`parameters ${names.join(', ')}`]),
    ...(priority === null ? [] : [`priority ${priority}`]),
  ];
}

function factsOf({ changed, names, priority }: Named): Readonly<Record<string, string | number>> {
  return {
    ...(changed.length === 0 ? {} : { units: changed.join(', ') }),
    ...(names.length === 0 ? {} : { parameters: names.join(', ') }),
    ...(priority === null ? {} : { workPriority: priority }),
  };
}

/** All that he wanted is named, so that whoever looks at it can do by hand what is still right. */
function preparationRefused(session: Session, preparation: Preparation): SessionEvent {
  const { by, reason, units, parameters, secrets, priority } = preparation;
  const changed = Object.entries(units).map(([path, change]) => `${path} (${change})`);
  const names = [...new Set([...Object.keys(parameters), ...secrets])];
  const wanted = partsOf({ changed, names, priority });
  return {
    code: 'start_preparation_refused',
    priority: 'critical',
    node: null,
    message: `${nameOfSession(session)} begins suspended: ${by}, who has prepared its start, may not run the job net any more, so nothing of it was done${wanted.length === 0 ? '' : ` (${wanted.join('; ')})`}. Look at it, do by hand what is still right, then release or stop it.`,
    details: {
      ...sessionDetails(session),
      by,
      ...(reason === null ? {} : { why: reason }),
      ...factsOf({ changed, names, priority }),
    },
  };
}

function namesOf({ misfits }: FittedPreparation): string {
  return `${misfits.map((name) => `"${name}"`).join(', ')} ${misfits.length === 1 ? 'does' : 'do'}`;
}

function preparationUnfit(session: Session, fitted: FittedPreparation): SessionEvent {
  const { preparation, misfits } = fitted;
  return {
    code: 'start_preparation_unfit',
    priority: 'critical',
    node: null,
    message: `${nameOfSession(session)} begins suspended: of what ${preparation.by} has prepared for it, ${namesOf(fitted)} not fit the definition any more. Look at it, then release or stop it.`,
    details: { ...sessionDetails(session), by: preparation.by, misfits: misfits.join(', ') },
  };
}
