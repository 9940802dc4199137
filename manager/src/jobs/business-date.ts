// The business date of a session that is about to start: by the calendars in force in this moment, and fixed from then on.
// Called by the engine's batch, and by the preview of an order.
import { businessDaysOf } from '@nezuban/core/calendars/business-days';
import { momentOf } from '@nezuban/core/jobs/variables/place-values';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Calendars } from '../ports.ts';
import type { StartJob } from './engine-jobs.ts';

/** By the rule of its own net, or else of the first net in it that has one. */
export const withBusinessDate = (
  { plan, trigger }: Pick<StartJob, 'plan' | 'trigger'>,
  calendars: Pick<Calendars, 'book'> | undefined,
  now: number,
): SessionTrigger => {
  const rule = [...plan.scopes.values()].find(({ businessDate }) => businessDate !== undefined)?.businessDate;
  const calendar = rule === undefined ? null : (calendars?.book().find(rule.calendar) ?? null);
  if (rule === undefined || calendar === null) return trigger;
  const business = businessDaysOf(momentOf({ trigger, createdAt: now }), rule, calendar);
  return business === null ? trigger : { ...trigger, business };
};
