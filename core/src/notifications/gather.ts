// Messages of a rule: at once, gathered in groups, and what is more than the rule may send in a minute gathered at its end.
// Responsible for counting what is not listed. Not responsible for whether an event is told (`tell.ts`). Pure.
import { ruleLimits, type NotificationRule, type RuleGroup } from '@nezuban/protocol/notifications/rule';
import type { CompiledRule } from './configuration.ts';
import { entryKey, rememberedEvent, type MessageBody, type Work } from './effects.ts';
import { beginEscalation } from './escalate.ts';
import { holdBack } from './keep-back.ts';
import { notificationBounds } from './notification-bounds.ts';
import { notifiedEvent, standingOf, type NotifiedEvent, type ScopesOf } from './notified-event.ts';
import type { Group, Listed } from './state.ts';

const MINUTE_MS = 60_000;

export type ToldEvent = {
  readonly event: NotifiedEvent;
  readonly subject: string;
  readonly recovered: boolean;
  readonly reminder: boolean;
  readonly unchanged: number;
};

/** Sends it, or puts it where it waits. */
export const gather = (work: Work, compiled: CompiledRule, told: ToldEvent): void => {
  const { rule } = compiled;
  // Also where the rule tells it as an event of its own: something is over, and nobody has to be called for it.
  const ends = standingOf(told.event) === 'clears';
  const listed: Listed = {
    event: told.event.view,
    recovered: told.recovered || ends,
    subject: told.subject,
  };
  if (rule.group !== undefined && !told.reminder) {
    const key = entryKey(rule.name, ...groupValues(rule, told.event));
    const { draft, nowMs } = work;
    const group = draft.get('group', key);
    if (group !== undefined || draft.size('group') < notificationBounds.groupsMax) {
      const flushAtMs =
        group?.flushAtMs ??
        (group?.sentMs == null
          ? nowMs + rule.group.wait_s * 1000
          : Math.max(nowMs, group.sentMs + rule.group.interval_s * 1000));
      draft.set('group', key, added(group ?? emptyGroup(rule.name, false), { listed, told, flushAtMs }));
      return;
    }
  } else if (takeSlot(work, rule)) {
    send(work, compiled, {
      body: {
        events: [told.event.view],
        more: 0,
        counts: { raised: listed.recovered ? 0 : 1, recovered: listed.recovered ? 1 : 0 },
        recovered: listed.recovered,
        reminder: told.reminder,
        overflow: false,
        unchanged: told.unchanged,
        escalation: null,
      },
      subjects: [told.subject],
    });
    return;
  }
  addToOverflow(work, rule.name, { listed, told });
};

const emptyGroup = (rule: string, overflow: boolean): Group => ({
  rule,
  overflow,
  listed: [],
  more: 0,
  raised: 0,
  recovered: 0,
  unchanged: 0,
  flushAtMs: null,
  sentMs: null,
});

const added = (
  group: Group,
  {
    listed,
    told,
    flushAtMs,
  }: {
    readonly listed: Listed;
    readonly told: Pick<ToldEvent, 'unchanged'>;
    readonly flushAtMs: number | null;
  },
): Group => {
  const fits = group.listed.length < notificationBounds.listedMax;
  const remembered = { ...listed, event: rememberedEvent(listed.event) };
  return {
    ...group,
    listed: fits ? [...group.listed, remembered] : group.listed,
    more: group.more + (fits ? 0 : 1),
    raised: group.raised + (listed.recovered ? 0 : 1),
    recovered: group.recovered + (listed.recovered ? 1 : 0),
    unchanged: group.unchanged + told.unchanged,
    flushAtMs,
  };
};

const overflowKey = (rule: string): string => entryKey('overflow', rule);

const addToOverflow = (
  work: Work,
  rule: string,
  what: { readonly listed: Listed; readonly told: Pick<ToldEvent, 'unchanged'> },
): void => {
  const { draft, nowMs } = work;
  const group = draft.get('group', overflowKey(rule)) ?? emptyGroup(rule, true);
  const flushAtMs = group.flushAtMs ?? (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
  draft.set('group', overflowKey(rule), added(group, { ...what, flushAtMs }));
};

/** Whether the rule may send one more in this minute. */
const takeSlot = ({ draft, nowMs }: Work, rule: NotificationRule): boolean => {
  const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const rate = draft.get('rate', rule.name);
  const sent = rate?.minuteMs === minuteMs ? rate.sent : 0;
  if (sent >= (rule.limit_per_min ?? ruleLimits.perMinuteDefault)) return false;
  draft.set('rate', rule.name, { minuteMs, sent: sent + 1 });
  return true;
};

const send = (
  work: Work,
  { rule }: CompiledRule,
  { body, subjects }: { readonly body: MessageBody; readonly subjects: readonly string[] },
): void => {
  if (rule.channel !== undefined || rule.channels !== undefined)
    work.effects.push({ type: 'message', rule: rule.name, channels: null, body });
  if (rule.escalation !== undefined && !body.recovered && !body.reminder)
    beginEscalation(work, { rule, body, subjects });
};

/** Sends the groups whose time has come; forgets those that are over. */
export const flushGroups = (work: Work, scopesOf: ScopesOf): void => {
  const { configuration, draft, nowMs } = work;
  for (const [key, group] of draft.list('group')) {
    const compiled = configuration.rules.get(group.rule);
    if (compiled === undefined) {
      draft.remove('group', key);
      continue;
    }
    if (group.flushAtMs === null) {
      const interval = (compiled.rule.group?.interval_s ?? 0) * 1000;
      if (group.sentMs === null || group.sentMs + interval <= nowMs) draft.remove('group', key);
    } else if (group.flushAtMs <= nowMs) flush(work, compiled, { key, group, scopesOf });
  }
};

/** What has been kept back since it was gathered is not told: a router's own trap may come after those of what is behind it. */
const flush = (
  work: Work,
  compiled: CompiledRule,
  { key, group, scopesOf }: { readonly key: string; readonly group: Group; readonly scopesOf: ScopesOf },
): void => {
  const { draft, nowMs } = work;
  const told = group.listed.filter(
    ({ event, recovered }) => recovered || !holdBack(work, compiled, notifiedEvent(event, {}, scopesOf)),
  );
  const held = group.listed.length - told.length;
  const after: Group = { ...emptyGroup(group.rule, group.overflow), sentMs: nowMs };
  if (told.length === 0 && group.more === 0) {
    if (group.overflow) draft.remove('group', key);
    else draft.set('group', key, { ...after, sentMs: group.sentMs });
    return;
  }
  if (!group.overflow && !takeSlot(work, compiled.rule)) {
    mergeIntoOverflow(work, { ...group, listed: told, raised: group.raised - held });
    draft.set('group', key, after);
    return;
  }
  const first = told[0] ?? group.listed[0];
  if (first === undefined) return;
  send(work, compiled, {
    body: {
      events: told.length === 0 ? [first.event] : told.map(({ event }) => event),
      more: group.more - (told.length === 0 ? 1 : 0),
      counts: { raised: group.raised - held, recovered: group.recovered },
      recovered: group.raised - held === 0,
      reminder: false,
      overflow: group.overflow,
      unchanged: group.unchanged,
      escalation: null,
    },
    subjects: told.filter(({ recovered }) => !recovered).map(({ subject }) => subject),
  });
  if (group.overflow) draft.remove('group', key);
  else draft.set('group', key, after);
};

const mergeIntoOverflow = (work: Work, group: Group): void => {
  const { draft, nowMs } = work;
  const key = overflowKey(group.rule);
  const into = draft.get('group', key) ?? emptyGroup(group.rule, true);
  const room = Math.max(0, notificationBounds.listedMax - into.listed.length);
  draft.set('group', key, {
    ...into,
    listed: [...into.listed, ...group.listed.slice(0, room)],
    more: into.more + group.more + Math.max(0, group.listed.length - room),
    raised: into.raised + group.raised,
    recovered: into.recovered + group.recovered,
    unchanged: into.unchanged + group.unchanged,
    flushAtMs: into.flushAtMs ?? (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS,
  });
};

const groupValues = (rule: NotificationRule, event: NotifiedEvent): readonly string[] =>
  (rule.group?.by ?? []).map((by) => groupValue(by, rule, event));

const groupValue = (by: RuleGroup['by'][number], rule: NotificationRule, event: NotifiedEvent): string => {
  const { view } = event;
  switch (by) {
    case 'node':
      return view.node ?? '';
    case 'scope':
      return scopeOf(rule, event);
    case 'monitor':
      return view.monitor ?? '';
    case 'key':
      return view.key ?? '';
    case 'net':
      return String(view.details['net'] ?? '');
    case 'code':
      return view.code;
    case 'priority':
      return view.priority;
  }
};

/** A node may lie in several: the first that the rule names, else the first by name. */
const scopeOf = (rule: NotificationRule, event: NotifiedEvent): string => {
  const own = event.scopes();
  return rule.scopes?.find((scope) => own.has(scope)) ?? [...own].toSorted()[0] ?? '';
};
