// What is not told now although a rule would: maintenance, silences, and inhibitions while an event that keeps others back stands.
// Responsible for remembering what still stands, and for telling it when nothing keeps it back any more. Pure.
import type { CompiledInhibition, CompiledRule } from './configuration.ts';
import { entryKey, rememberedEvent, type Work } from './effects.ts';
import { fieldOf } from './event-matcher.ts';
import { notificationBounds } from './notification-bounds.ts';
import { notifiedEvent, standingOf, subjectOf, type NotifiedEvent, type ScopesOf } from './notified-event.ts';
import type { Stand } from './state.ts';

const MINUTE_MS = 60_000;

/** Notes which events stand that keep others back. Of all events of a batch before any of them is told: they may come in any order. */
export const noteStanding = (work: Work, event: NotifiedEvent): void => {
  const { configuration, draft, nowMs } = work;
  const standing = standingOf(event);
  if (standing === 'momentary' || configuration.inhibitions.size === 0) return;
  const subject = subjectOf(event);
  for (const [name, { inhibition, source }] of configuration.inhibitions) {
    const key = entryKey(name, subject);
    if (standing === 'raises' && source.fit(event) === 'yes') {
      if (draft.get('stand', key) === undefined && draft.size('stand') >= notificationBounds.standsMax)
        continue;
      draft.set('stand', key, {
        inhibition: name,
        subject,
        event: rememberedEvent(event.view),
        scopes: [...event.scopes()],
        untilMs: nowMs + inhibition.at_most_min * MINUTE_MS,
      });
    } else draft.remove('stand', key);
  }
};

/** Why the event is not to be told now; null: it is. */
export const causeOf = (work: Work, event: NotifiedEvent): string | null => {
  const window = event.view.details['mutedBy'];
  if (typeof window === 'string') return `maintenance:${window}`;
  const { configuration, nowMs } = work;
  for (const { id, matcher, fromMs, untilMs } of configuration.silences)
    if (fromMs <= nowMs && nowMs < untilMs && matcher.fit(event) === 'yes') return `silence:${id}`;
  if (configuration.inhibitions.size === 0 || work.draft.size('stand') === 0) return null;
  const concerned = new Map(
    [...configuration.inhibitions].filter(([, { target }]) => target.fit(event) === 'yes'),
  );
  if (concerned.size === 0) return null;
  const subject = subjectOf(event);
  for (const [, stand] of work.draft.entries('stand')) {
    const inhibition = concerned.get(stand.inhibition);
    // Nothing keeps itself back.
    if (inhibition === undefined || stand.subject === subject || stand.untilMs <= nowMs) continue;
    if (keepsBack(inhibition, stand, event)) return `inhibition:${stand.inhibition}`;
  }
  return null;
};

const keepsBack = ({ inhibition }: CompiledInhibition, stand: Stand, event: NotifiedEvent): boolean => {
  if (inhibition.behind !== undefined) {
    const behind = inhibition.behind.replaceAll('{{node}}', stand.event.node ?? '');
    if (!event.scopes().has(behind)) return false;
  }
  const source = notifiedEvent(stand.event, {}, () => new Set(stand.scopes));
  return (inhibition.equal ?? []).every((what) => isSame(what, source, event));
};

const isSame = (what: string, a: NotifiedEvent, b: NotifiedEvent): boolean => {
  if (what === 'scope') {
    const other = b.scopes();
    return [...a.scopes()].some((scope) => other.has(scope));
  }
  const value = valueOf(what, a);
  return value !== null && value === valueOf(what, b);
};

const valueOf = (what: string, event: NotifiedEvent): string | null => {
  switch (what) {
    case 'node':
      return event.view.node;
    case 'monitor':
      return event.view.monitor;
    case 'key':
      return event.view.key;
    default:
      return fieldOf(event, what === 'net' ? 'net' : what.slice('field:'.length));
  }
};

/** Keeps the event back if something does, and writes down why. Returns whether. */
export const holdBack = (work: Work, { rule }: CompiledRule, event: NotifiedEvent): boolean => {
  const cause = causeOf(work, event);
  if (cause === null) return false;
  const { draft } = work;
  // Planned work is not told afterwards, as before there were silences; what only happened is over already.
  if (!cause.startsWith('maintenance:') && standingOf(event) === 'raises') {
    const subject = subjectOf(event);
    const key = entryKey(rule.name, subject);
    if (draft.get('kept', key) === undefined && draft.size('kept') >= notificationBounds.keptMax)
      return false;
    draft.set('kept', key, { rule: rule.name, subject, event: rememberedEvent(event.view), cause });
  }
  suppress(work, { rule: rule.name, cause, event });
  return true;
};

/** One effect per rule and cause of a decision: a storm behind a dead router is not a storm of rows. */
const suppress = (
  { effects }: Work,
  { rule, cause, event }: { readonly rule: string; readonly cause: string; readonly event: NotifiedEvent },
): void => {
  const at = effects.findIndex(
    (effect) => effect.type === 'suppressed' && effect.rule === rule && effect.cause === cause,
  );
  const before = effects[at];
  if (before?.type !== 'suppressed') {
    effects.push({ type: 'suppressed', rule, cause, events: [event.view], more: 0 });
    return;
  }
  const fits = before.events.length < notificationBounds.suppressedIdsMax;
  effects[at] = fits
    ? { ...before, events: [...before.events, event.view] }
    : { ...before, more: before.more + 1 };
};

/** Ends what has stood too long, and gives back what nothing keeps back any more. `again`: silences or definitions may have changed. */
export const releaseKept = (
  work: Work,
  { scopesOf, again }: { readonly scopesOf: ScopesOf; readonly again: boolean },
): readonly { readonly rule: string; readonly event: NotifiedEvent }[] => {
  const { configuration, draft, nowMs } = work;
  for (const [key, stand] of draft.list('stand'))
    if (stand.untilMs <= nowMs || !configuration.inhibitions.has(stand.inhibition))
      draft.remove('stand', key);
  if (!again && !draft.hasChanged('stand')) return [];
  const released: { readonly rule: string; readonly event: NotifiedEvent }[] = [];
  for (const [key, kept] of draft.list('kept')) {
    const event = notifiedEvent(kept.event, {}, scopesOf);
    const cause = causeOf(work, event);
    if (cause !== null) {
      if (cause !== kept.cause) draft.set('kept', key, { ...kept, cause });
      continue;
    }
    draft.remove('kept', key);
    released.push({ rule: kept.rule, event });
  }
  return released;
};
