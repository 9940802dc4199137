// Plays a copy of a session on to where it comes to if every command, wait and question ends normally and nobody does anything: held units
// and suspended nets stay. Changes the copy, and gives no effects. Called by the preview of operations; a session in service never comes here.
import { advance, admit } from '../advance.ts';
import { endInterrupted } from '../apply-session.ts';
import type { EngineContext, Inventory } from '../session-inputs.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { beginStep, isActive, settle } from '../step.ts';
import type { Step } from '../step.ts';

/** A run of a unit settles it once, so that the rounds are bounded by the units; more is a fault. */
const roundsMax = 1_000_000;

export function playOn(copy: Session, context: EngineContext): void {
  const step = beginStep(copy, { ...context, inventory: allThere(context.inventory) });
  // What waits for a frozen node, too.
  for (const record of copy.units) if (record.state === 'waiting') step.ready.push(record);
  advanceAll(step);
  let changed: readonly UnitRecord[] = copy.units;
  for (let round = 0; changed.length > 0; round += 1) {
    if (round > roundsMax) throw new Error(`the preview of session ${copy.id} does not come to an end`);
    copy.dirtyUnits.length = 0;
    for (const record of changed) {
      record.dirty = false;
      if (record.state === 'queued') admit(step, record, null);
      if (record.unit.type !== 'net' && isActive(record)) endWell(step, record);
    }
    advanceAll(step);
    changed = copy.dirtyUnits.slice();
  }
}

function advanceAll(step: Step): void {
  advance(step);
  endInterrupted(step);
  step.effects.length = 0;
}

/** What is being stopped ends as such; the rest normally. */
function endWell(step: Step, record: UnitRecord): void {
  const cut = record.state === 'stopping';
  const endStatus = cut ? 'abnormal' : 'normal';
  for (const attempt of record.attempts) {
    if (attempt.run !== record.run || attempt.endStatus !== null) continue;
    Object.assign(attempt, { state: 'ended', endStatus, exitCode: cut ? null : 0 });
  }
  record.openAttempts = 0;
  settle(step, record, { state: 'ended', endStatus, reason: null });
}

/** Every node is there and none is frozen: what keeps a unit waiting for a node is no matter of the operation. */
function allThere({ nodes, scopes }: Inventory): Inventory {
  return { nodes: new Map([...nodes.keys()].map((name) => [name, { connected: true }])), scopes };
}
