// What follows when the result of a settled unit is not what it was: successors that had been ruled out because of it get their turn, the
// nets around it go on or get another end status. What has run, runs or was stopped stays as it is: nothing runs twice because of this.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { conditionOf, recountEdges } from '../conditions.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isSettled, parentOf, recordAt, touch } from '../step.ts';
import type { Step } from '../step.ts';
import { netEndStatus } from '../watch/net-end-status.ts';
import { beginAgain, recountAround, reopen } from './begin-again.ts';

/** Changes an end status alone: nobody gets a turn because of it but those who wait. Nets that have ended take it over. */
export function changeResult(step: Step, record: UnitRecord, endStatus: EndStatus): void {
  const { session } = step;
  for (let current: UnitRecord | null = record; current !== null; current = parentOf(session, current)) {
    if (current !== record && current.state !== 'ended') return;
    const status: EndStatus = current === record ? endStatus : netEndStatus(session, current);
    if (current.endStatus === status) return;
    current.endStatus = status;
    touch(session, current);
    for (const { unit } of current.unit.successors) {
      const successor = recordAt(session, unit);
      recountEdges(session, successor);
      step.ready.push(successor);
    }
  }
}

/** Follows up a result that has been changed. True if units get their turn because of it. */
export function reconsider(step: Step, changed: UnitRecord): boolean {
  const { session } = step;
  const queue = [changed];
  let revived = false;
  for (const record of queue) {
    for (const { unit } of record.unit.successors) {
      const successor = recordAt(session, unit);
      recountEdges(session, successor);
      if (!isSettled(successor)) step.ready.push(successor);
      else if (wasRuledOut(successor) && getsItsTurn(session, successor)) {
        revive(step, successor);
        queue.push(successor);
        revived = true;
      }
    }
    const net = parentOf(session, record);
    if (net?.state !== 'ended') continue;
    if (net.openChildren > 0) {
      reopen(step, net);
      queue.push(net);
    } else {
      const status = netEndStatus(session, net);
      if (status === net.endStatus) continue;
      net.endStatus = status;
      touch(session, net);
      queue.push(net);
    }
  }
  return revived;
}

/** It begins again with all that is in it, as if it had never been ruled out. */
function revive(step: Step, record: UnitRecord): void {
  const { index, subtreeEnd } = record.unit;
  for (let inner = index; inner < subtreeEnd; inner += 1) beginAgain(step, recordAt(step.session, inner));
  recountAround(step, [index]);
  step.ready.push(record);
}

/** Of a unit that had been ruled out and whose condition is another one now: it gets its turn, and what follows it, if it can. Its net must run. `wasRecovery`: by the definition before. */
export function reconsiderRuledOut(step: Step, record: UnitRecord, wasRecovery: boolean): void {
  const { session } = step;
  const passedOver =
    wasRecovery && record.state === 'skipped' && isSettled(record) && record.marks?.skipped === undefined;
  if (!wasRuledOut(record) && !passedOver) return;
  if (parentOf(session, record)?.state !== 'running') return;
  if (!getsItsTurn(session, record)) return;
  revive(step, record);
  reconsider(step, record);
}

/** Not by an operator: because of what came before it. */
function wasRuledOut(record: UnitRecord): boolean {
  if (record.state === 'not_run') return true;
  return record.unit.recovery && record.state === 'skipped' && record.marks?.skipped === undefined;
}

/** Its condition is open again or holds, and each net around it runs or has ended: in one that is being stopped it would never end. */
function getsItsTurn(session: Session, record: UnitRecord): boolean {
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net))
    if (net.state !== 'running' && net.state !== 'ended') return false;
  const condition = conditionOf(record);
  return condition === 'satisfied' || condition === 'pending';
}
