// Starts and ends that come late: told once with an event and a flag, and answered as the definition says.
// Responsible for which times a session is woken at for this, and for what follows. When something is late is `watch-times.ts`.
import { inside } from '../advance.ts';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { say } from '@nezuban/protocol/sentences/sentence';
import { endWatch, startWatch } from '../reasons.ts';
import { unitDelayed } from '../session-events.ts';
import { stop } from '../operations.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, isSettled, recordAt, settle, touch } from '../step.ts';
import type { Step } from '../step.ts';
import { nextWatch, type Watched } from './watch-times.ts';

/** Looks at the times of what has moved in this step, and of the units of nets that have begun. */
export function armWatches(step: Step): void {
  const { session } = step;
  if (session.plan.watched.length === 0) return;
  for (const record of session.moved) {
    if (record.unit.control?.watch != null) arm(step, record);
    if (record.unit.type !== 'net' || record.state !== 'running') continue;
    for (const child of session.plan.watchedIn.get(record.unit.index) ?? [])
      arm(step, recordAt(session, child));
  }
  session.moved.length = 0;
}

/** All times, of a session that was planned or loaded. */
export function rememberWatches(session: Session): void {
  for (const index of session.plan.watched) {
    const next = nextWatch(session, recordAt(session, index));
    if (next !== null) session.watched.set(index, next.at);
  }
}

function arm(step: Step, record: UnitRecord): void {
  const next = nextWatch(step.session, record);
  if (next === null) {
    step.session.watched.delete(record.unit.index);
    return;
  }
  step.session.watched.set(record.unit.index, next.at);
  step.effects.push({ type: 'wakeAt', at: next.at });
}

/** Carries out what is late. True if something is. */
export function wakeWatches(step: Step): boolean {
  let changed = false;
  for (const [index, at] of step.session.watched) {
    if (at > step.now) continue;
    const record = recordAt(step.session, index);
    step.session.watched.delete(index);
    const next = nextWatch(step.session, record);
    if (next === null || next.at > step.now) continue;
    late(step, record, next);
    changed = true;
  }
  return changed;
}

function late(step: Step, record: UnitRecord, { what, at }: Watched): void {
  const { session } = step;
  record.control = { ...record.control, delayed: { ...record.control?.delayed, [what]: step.now } };
  touch(session, record);
  const root = recordAt(session, 0);
  if (root !== record && root.control?.delayed?.inside === undefined) {
    root.control = { ...root.control, delayed: { ...root.control?.delayed, inside: step.now } };
    touch(session, root);
  }
  const watch = record.unit.control?.watch;
  const action = (what === 'start' ? watch?.start?.do : watch?.end?.do) ?? 'notify';
  const doing = typeof action === 'object' ? `set to ${action.set_status}` : action;
  emit(step, unitDelayed(session, record, { what, at, doing }));
  // Its end may be watched, too.
  session.moved.push(record);
  if (action === 'notify') return;
  if (what === 'start') answerStart(step, record, action);
  else answerEnd(step, record, action);
}

type Action = 'skip' | 'stop' | { readonly set_status: EndStatus };

function answerStart(step: Step, record: UnitRecord, action: Action): void {
  const because = say('reason_not_in_time');
  if (action === 'stop') {
    stop(step, record, { by: startWatch, at: step.now, reason: null });
    for (const each of [record, ...inside(step, record)])
      if (!isSettled(each) && each.unit.parent !== -1)
        settle(step, each, { state: 'stopped', reason: because });
    return;
  }
  const endStatus = action === 'skip' ? 'normal' : action.set_status;
  const state = action === 'skip' ? 'skipped' : 'ended';
  for (const inner of inside(step, record))
    settle(step, inner, {
      state: 'skipped',
      endStatus: 'normal',
      reason: say('reason_net_not_run', { net: record.unit.path }),
    });
  settle(step, record, { state, endStatus, reason: because });
}

function answerEnd(step: Step, record: UnitRecord, action: Action): void {
  if (typeof action === 'object') record.control = { ...record.control, forcedEnd: action.set_status };
  if (record.state === 'stopping') return;
  stop(step, record, { by: endWatch, at: step.now, reason: null });
}
