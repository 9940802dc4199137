// With which status a net ends, of those of its units, as its definition says.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { worseStatus } from '../end-status.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { countedStatus, recordAt } from '../step.ts';

/**
 * `worst`: of all units. `ignore_warning`: the same, and a warning is normal. `last`: of the units that nothing follows. `units`: of those named
 * alone. Where none of those that count has a status, it is normal.
 */
export function netEndStatus(session: Session, net: UnitRecord): EndStatus {
  const rule = net.unit.control?.endStatus ?? 'worst';
  let worst: EndStatus | null = null;
  for (const child of net.unit.children) {
    const record = recordAt(session, child);
    if (rule === 'last' && record.unit.successors.length > 0) continue;
    if (typeof rule === 'object' && !rule.units.includes(record.unit.name)) continue;
    worst = worseStatus(worst, countedStatus(record));
  }
  // Whoever counts, a stop is no success.
  if (rule !== 'worst' && net.stoppedBy !== null) worst = worseStatus(worst, 'abnormal');
  return rule === 'ignore_warning' && worst === 'warning' ? 'normal' : (worst ?? 'normal');
}
