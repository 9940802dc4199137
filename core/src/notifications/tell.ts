// Whether a rule tells an event: enough times, not unchanged, not kept back; and what the end of a state means to it. Pure.
import type { CompiledRule } from './configuration.ts';
import { entryKey, rememberedEvent, type Work } from './effects.ts';
import { clearEscalations } from './escalate.ts';
import { gather } from './gather.ts';
import { holdBack } from './keep-back.ts';
import { notificationBounds } from './notification-bounds.ts';
import { notifiedEvent, standingOf, subjectOf, type NotifiedEvent, type ScopesOf } from './notified-event.ts';
import type { Track } from './state.ts';

const MINUTE_MS = 60_000;

/** What one event means to one rule. */
export const consider = (work: Work, compiled: CompiledRule, event: NotifiedEvent): void => {
  const { rule, matcher, remembers } = compiled;
  // A rule is never told of its own failure: that message would fail too.
  if (event.view.code === 'notification_failed' && event.view.details['rule'] === rule.name) return;
  const ends = standingOf(event) === 'clears';
  if (ends && matcher.mayConcern(event)) {
    const told = endState(work, compiled, event);
    if (told || rule.recovered === true) return;
  }
  const fit = matcher.fit(event);
  if (fit === 'no') return;
  if (fit === 'otherPriority') {
    if (remembers && !ends) changePriority(work, compiled, event);
    return;
  }
  if (!compiled.inTimes(work.nowMs)) return;
  // What is counted on one event instead of stored was meant not to be told each time; rules that count want to know.
  if (event.repeats > 0 && rule.after === undefined && typeof rule.repeat !== 'object') {
    noteRepeats(work, rule.name, event);
    return;
  }
  if (holdBack(work, compiled, event)) return;
  tell(work, compiled, event);
};

const emptyTrack = (rule: string, subject: string, event: NotifiedEvent): Track => ({
  rule,
  subject,
  times: [],
  priority: event.view.priority,
  toldMs: null,
  unchanged: 0,
  open: false,
  remindAtMs: null,
  acknowledged: false,
  event: null,
  seenMs: 0,
});

/** Tells it, unless the rule's own counting says that it is not to be told now. Also of what was kept back and is no more. */
export const tell = (work: Work, compiled: CompiledRule, event: NotifiedEvent): void => {
  const { rule, remembers } = compiled;
  const subject = subjectOf(event);
  if (!remembers) return gather(work, compiled, { event, subject, ...plainly });
  const { draft, nowMs } = work;
  const key = entryKey(rule.name, subject);
  const known = draft.get('track', key);
  if (known === undefined && draft.size('track') >= notificationBounds.tracksMax)
    return gather(work, compiled, { event, subject, ...plainly });
  const changed = known !== undefined && known.priority !== event.view.priority;
  const before = {
    ...(known ?? emptyTrack(rule.name, subject, event)),
    ...(changed ? { times: [], acknowledged: false } : {}),
    priority: event.view.priority,
    seenMs: nowMs,
  };
  const times = Math.max(1, event.repeats);
  const counted = count(rule.after, before.times, { nowMs, times });
  const isQuiet = counted.isEnough && !changed && isUnchanged(compiled, before, nowMs);
  if (!counted.isEnough || isQuiet) {
    draft.set('track', key, { ...before, times: counted.times, unchanged: before.unchanged + times });
    return;
  }
  const stands = standingOf(event) === 'raises';
  draft.set('track', key, {
    ...before,
    times: [],
    toldMs: nowMs,
    unchanged: 0,
    open: true,
    remindAtMs: stands ? reminderAt(compiled, nowMs) : null,
    event: rememberedEvent(event.view),
  });
  gather(work, compiled, { event, subject, ...plainly, unchanged: before.unchanged });
};

const noteRepeats = ({ draft, nowMs }: Work, rule: string, event: NotifiedEvent): void => {
  const key = entryKey(rule, subjectOf(event));
  const track = draft.get('track', key);
  if (track !== undefined)
    draft.set('track', key, { ...track, unchanged: track.unchanged + event.repeats, seenMs: nowMs });
};

const plainly = { recovered: false, reminder: false, unchanged: 0 } as const;

const count = (
  after: CompiledRule['rule']['after'],
  before: readonly number[],
  { nowMs, times }: { readonly nowMs: number; readonly times: number },
): { readonly isEnough: boolean; readonly times: readonly number[] } => {
  if (after === undefined) return { isEnough: true, times: [] };
  const kept = [
    ...before.filter((at) => at > nowMs - after.within_min * MINUTE_MS),
    ...Array.from({ length: Math.min(times, after.times) }, () => nowMs),
  ];
  return { isEnough: kept.length >= after.times, times: kept };
};

const isUnchanged = ({ rule }: CompiledRule, track: Track, nowMs: number): boolean => {
  const { repeat } = rule;
  if (repeat === undefined || repeat === 'always' || track.toldMs === null) return false;
  return repeat === 'on_change' || nowMs - track.toldMs < repeat.every_min * MINUTE_MS;
};

const reminderAt = ({ rule }: CompiledRule, nowMs: number): number | null =>
  typeof rule.repeat === 'object' ? nowMs + rule.repeat.every_min * MINUTE_MS : null;

/** Returns whether there was something to tell of. */
const endState = (work: Work, compiled: CompiledRule, event: NotifiedEvent): boolean => {
  const { rule } = compiled;
  const { draft } = work;
  const subject = subjectOf(event);
  const key = entryKey(rule.name, subject);
  draft.remove('kept', key);
  const track = draft.get('track', key);
  if (track === undefined) return false;
  draft.remove('track', key);
  if (rule.recovered !== true || !track.open) return false;
  // To the same people whatever the time, a silence or a priority says: they wait for it.
  gather(work, compiled, {
    event,
    subject,
    recovered: true,
    reminder: false,
    unchanged: track.unchanged,
  });
  return true;
};

/** Somebody says that it is over: whoever was told of it is told so, and the same again is something new. */
export const endByHand = (work: Work, subject: string, scopesOf: ScopesOf): void => {
  const { configuration, draft } = work;
  for (const name of configuration.inhibitions.keys()) draft.remove('stand', entryKey(name, subject));
  for (const [name, compiled] of configuration.rules) {
    const key = entryKey(name, subject);
    draft.remove('kept', key);
    const track = draft.get('track', key);
    if (track === undefined) continue;
    draft.remove('track', key);
    if (compiled.rule.recovered !== true || !track.open || track.event === null) continue;
    const event = notifiedEvent(track.event, {}, scopesOf);
    gather(work, compiled, {
      event,
      subject,
      recovered: true,
      reminder: false,
      unchanged: track.unchanged,
    });
  }
  clearEscalations(work, subject);
};

/** The state goes on with a priority that the rule does not tell. Information is what all is well looks like. */
const changePriority = (work: Work, compiled: CompiledRule, event: NotifiedEvent): void => {
  const { draft, nowMs } = work;
  const subject = subjectOf(event);
  const key = entryKey(compiled.rule.name, subject);
  if (event.view.priority === 'info') {
    endState(work, compiled, event);
    clearEscalations(work, subject);
    return;
  }
  const track = draft.get('track', key);
  if (track === undefined || track.priority === event.view.priority) return;
  draft.set('track', key, {
    ...track,
    priority: event.view.priority,
    times: [],
    remindAtMs: null,
    seenMs: nowMs,
  });
};

/** Reminds of what stands. */
export const remind = (
  work: Work,
  due: readonly string[],
  asNotified: (track: Track) => NotifiedEvent | null,
): void => {
  const { configuration, draft, nowMs } = work;
  for (const key of due) {
    const track = draft.get('track', key);
    if (track === undefined || track.remindAtMs === null || track.remindAtMs > nowMs) continue;
    const event = asNotified(track);
    const compiled = configuration.rules.get(track.rule);
    if (event === null || compiled === undefined || track.acknowledged) {
      draft.set('track', key, { ...track, remindAtMs: null });
      continue;
    }
    const remindAtMs = reminderAt(compiled, nowMs);
    if (!compiled.inTimes(nowMs) || holdBack(work, compiled, event)) {
      draft.set('track', key, { ...track, remindAtMs });
      continue;
    }
    draft.set('track', key, { ...track, toldMs: nowMs, unchanged: 0, remindAtMs });
    gather(work, compiled, {
      event,
      subject: track.subject,
      recovered: false,
      reminder: true,
      unchanged: track.unchanged,
    });
  }
};

/** Forgets what nobody spoke of for long, and what rules remembered that are gone. */
export const sweepTracks = ({ configuration, draft, nowMs }: Work): void => {
  for (const [key, { rule, seenMs }] of draft.list('track'))
    if (!configuration.rules.has(rule) || seenMs + notificationBounds.trackKeptMs < nowMs)
      draft.remove('track', key);
  for (const [key] of draft.list('rate')) if (!configuration.rules.has(key)) draft.remove('rate', key);
  for (const [key, { rule }] of draft.list('kept'))
    if (!configuration.rules.has(rule)) draft.remove('kept', key);
};
