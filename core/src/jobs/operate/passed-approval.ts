// Whether a rerun would let something run that the answer of an approval has kept from running: it runs what is named whatever its condition says,
// so whoever may only run nets could go past a refusal. Pure. Called by the manager before it takes an operation, which asks for another right then.
// Not responsible for whether the operation is possible (`operation-check.ts`).
import type { UnitPath } from '@nezuban/protocol/ids';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { edgeCondition } from '../conditions.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { recordAt } from '../step.ts';
import { isRerun, rerunPlan } from './rerun-scopes.ts';

/** The path of the first such approval; null: there is none. `unit` left out: the whole session. */
export function approvalPassedBy(
  session: Session,
  { operation, unit }: { readonly operation: OperationName; readonly unit?: string | undefined },
): UnitPath | null {
  const index = unit === undefined ? 0 : session.plan.indexByPath.get(unit);
  if (index === undefined || !isRerun(operation)) return null;
  const { again, named } = rerunPlan(session, operation, recordAt(session, index));
  const begins = new Set(again);
  const seen = new Set(named);
  // What keeps the named units from running, and what kept that from running in its turn.
  const open = [...seen].map((each) => recordAt(session, each));
  for (const record of open) {
    for (const from of keepersOf(session, record, begins)) {
      if (from.unit.type === 'approval' && from.state !== 'not_run') return from.unit.path;
      if (from.state !== 'not_run' || seen.has(from.unit.index)) continue;
      seen.add(from.unit.index);
      open.push(from);
    }
  }
  return null;
}

/** Units that stay as they are, and because of which the condition cannot hold. */
function keepersOf(session: Session, { unit }: UnitRecord, begins: ReadonlySet<number>): UnitRecord[] {
  if (unit.recovery) return [];
  const keepers = unit.edges.flatMap((edge) => {
    const from = recordAt(session, edge.unit);
    return !begins.has(edge.unit) && edgeCondition(from, edge.on) === 'impossible' ? [from] : [];
  });
  return unit.mode === 'all' || keepers.length === unit.edges.length ? keepers : [];
}
