// The people behind a session: who has started it, or had it started by a schedule, a condition or another net, who has run something in it
// again, and who has given it another definition. None of them may decide an approval that excludes its starter. Pure.
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Session } from './session-state.ts';
import { recordAt } from './step.ts';

/** As many are kept; who starts, runs again and defines one session are a handful. */
export const peopleBehindMax = 100;

/** The person who has started it, also where a net between them or a start before its time has begun it; null: nobody. */
export function starterOf(trigger: SessionTrigger): string | null {
  if (trigger.type === 'manual') return trigger.user;
  return trigger.type === 'condition' ? null : (trigger.by ?? null);
}

/** Each once. */
export function peopleBehind(session: Session): string[] {
  const { trigger } = session;
  const people = [starterOf(trigger)];
  if (trigger.type !== 'manual') people.push(trigger.onBehalfOf ?? null);
  if (trigger.type === 'unit' || trigger.type === 'condition') people.push(...(trigger.behind ?? []));
  const { marks } = recordAt(session, 0);
  people.push(...(marks?.rerunBy ?? []), ...(marks?.definitions ?? []).map(({ by }) => by));
  return [...new Set(people.filter((name) => name !== null))].slice(0, peopleBehindMax);
}
