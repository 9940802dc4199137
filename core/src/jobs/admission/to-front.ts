// The operation that moves what waits in a queue to the front of all that wait for the same. Found possible before.
import { say } from '@nezuban/protocol/sentences/sentence';
import { byWhom, type Mark } from '../marks.ts';
import { giveReason } from '../reasons.ts';
import type { UnitRecord } from '../session-state.ts';
import { touch } from '../step.ts';
import type { Step } from '../step.ts';

/** `key`: before all others; who knows no others just comes before its own. */
export function toFront(
  step: Step,
  record: UnitRecord,
  { by, key }: { readonly by: Mark; readonly key: number | undefined },
): void {
  const queued = record.control?.queued;
  if (queued === undefined) throw new Error(`"${record.unit.path}" stands in no queue`);
  record.control = { ...record.control, queued: { ...queued, key: key ?? queued.key - 1 } };
  giveReason(record, say('reason_moved_to_front', { by: byWhom(by.by, by.reason) }));
  touch(step.session, record);
  step.session.stirred.units.push(record);
}
