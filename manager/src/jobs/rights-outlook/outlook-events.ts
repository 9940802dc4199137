// Events of what a change of rules or rights has stopped. One for each job net, so that those hear of it who look after it and may see it; beyond a
// bound one more says how many others there are. Pure. Called in the transaction of the change.
import { outlookLimits, type RefusedRun, type StandingOrder } from '@nezuban/protocol/access/outlook';
import type { EventCode } from '@nezuban/protocol/events/event';
import type { EventDraft } from '../../ports.ts';

type By = { readonly actor: string; readonly at: Date };
type Told = Pick<EventDraft, 'message' | 'details'>;

/** Units that one sentence names. */
const NAMED_MAX = 10;

export const orderEvents = (orders: readonly StandingOrder[], by: By): EventDraft[] => {
  const refused = orders.filter(({ becomes }) => becomes === 'refused');
  const told = refused.slice(0, outlookLimits.netsToldMax).map((order) => orderEvent(order, by));
  const rest = refused.length - told.length;
  return rest <= 0
    ? told
    : [
        ...told,
        draft(by, 'rights_stop_start', {
          message: `The changed rights of authors (by ${by.actor}) stop ${rest} more starts, releases and preparations.`,
          details: { more: rest, actor: by.actor },
        }),
      ];
};

const orderEvent = (order: StandingOrder, by: By): EventDraft => {
  switch (order.what) {
    case 'start':
      return draft(by, 'rights_stop_start', startOf(order, by));
    case 'release':
      return draft(by, 'rights_stop_release', releaseOf(order, by));
    case 'preparation':
      return draft(by, 'rights_stop_preparation', preparationOf(order, by));
  }
};

const startOf = (
  { author, net, other, units, unitCount }: Extract<StandingOrder, { what: 'start' }>,
  { actor }: By,
): Told => {
  const named = namesOf(units, unitCount);
  return {
    message: `${author} may not run "${other}" any more (changed by ${actor}): the job net "${net}", which he has saved, will not start it (${named}) until somebody who may saves "${net}" again.`,
    details: { net, other, author, units: named, actor },
  };
};

const releaseOf = (
  { author, net, id, revision, at, lacks }: Extract<StandingOrder, { what: 'release' }>,
  { actor }: By,
): Told => ({
  message: `Revision ${revision} of the job net "${net}", planned by ${author} for ${at}, will be refused, as he lacks rights now (changed by ${actor}): ${lacks ?? ''}`,
  details: { net, release: id, revision, author, plannedFor: at, lacks: lacks ?? '', actor },
});

const preparationOf = (
  { author, net, schedule, at }: Extract<StandingOrder, { what: 'preparation' }>,
  { actor }: By,
): Told => ({
  message: `${author} may not run the job net "${net}" any more (changed by ${actor}): its start by schedule "${schedule}" at ${at}, which he has prepared, will begin suspended, and nothing of what he prepared will be done, unless somebody who may prepares it anew or withdraws it.`,
  details: { net, schedule, author, plannedFor: at, actor },
});

/** `runs`: those that are refused since then, net by net. */
export const runAsEvents = async (runs: AsyncIterable<RefusedRun>, by: By): Promise<EventDraft[]> => {
  const nets = new Map<string, { readonly units: string[]; count: number }>();
  let more = 0;
  let last: string | null = null;
  for await (const { net, unit, isNew } of runs) {
    if (!isNew) continue;
    const known = nets.get(net);
    if (known !== undefined) {
      known.count += 1;
      if (known.units.length < NAMED_MAX && !known.units.includes(unit)) known.units.push(unit);
    } else if (nets.size < outlookLimits.netsToldMax) nets.set(net, { units: [unit], count: 1 });
    else if (net !== last) more += 1;
    last = net;
  }
  const told = [...nets].map(([net, { units, count }]) => {
    const named = namesOf(units, count);
    return draft(by, 'rules_refuse_units', {
      message: `The rules of the settings "run_as", changed by ${by.actor}, refuse units of the job net "${net}" when they are to run: ${named}.`,
      details: { net, units: named, count, actor: by.actor },
    });
  });
  return more === 0
    ? told
    : [
        ...told,
        draft(by, 'rules_refuse_units', {
          message: `The rules of the settings "run_as", changed by ${by.actor}, refuse units of ${more} more job nets.`,
          details: { more, actor: by.actor },
        }),
      ];
};

const draft = ({ at }: By, code: EventCode, { message, details }: Told): EventDraft => ({
  at,
  priority: 'warning',
  code,
  node: null,
  message,
  details,
});

const namesOf = (units: readonly string[], count: number): string => {
  const named = units.slice(0, NAMED_MAX);
  const rest = count - named.length;
  return `${named.join(', ')}${rest > 0 ? ` (+${rest})` : ''}`;
};
