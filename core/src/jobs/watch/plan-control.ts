// What a session takes from how earlier ones went, when it begins: units that are held because of it, and run times from which they are late.
// Both are stored with the session, so that a restart does not ask again.
import { say } from '@nezuban/protocol/sentences/sentence';
import { worseStatus } from '../end-status.ts';
import { giveReason, statusWord } from '../reasons.ts';
import type { SessionHistory } from '../session-inputs.ts';
import type { Session } from '../session-state.ts';
import { moveTo, recordAt, touch } from '../step.ts';
import { runTimeLimit } from './watch-times.ts';

export function takeHistory(session: Session, { previous, runTimes }: SessionHistory): void {
  const limits: Record<number, number> = {};
  for (const record of session.units) {
    const { unit } = record;
    const { holdIf, watch } = unit.control ?? { holdIf: null, watch: null };
    const before = previous.get(unit.path) ?? null;
    if (holdIf !== null && before !== null && before !== 'normal' && worseStatus(before, holdIf) === before) {
      moveTo(session, record, 'held');
      giveReason(record, say('reason_held_before', { status: statusWord(before) }));
    }
    const history = watch?.end?.history;
    const limit = history === undefined ? null : runTimeLimit(runTimes.get(unit.path) ?? [], history);
    if (limit !== null) limits[unit.number] = limit;
  }
  if (Object.keys(limits).length === 0) return;
  const root = recordAt(session, 0);
  root.control = { ...root.control, runTimeLimits: limits };
  touch(session, root);
}
