// Escalation chains: begun by a rule's message, gone on with step by step, ended when somebody takes care of all its events or they are over.
// Pure. What people have confirmed comes in from outside (`acknowledge`).
import type { EscalationState } from '@nezuban/protocol/notifications/escalation';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { entryKey, rememberedEvent, type MessageBody, type Work } from './effects.ts';
import { notificationBounds } from './notification-bounds.ts';
import type { EscalationRun } from './state.ts';

const MINUTE_MS = 60_000;

/** While a chain of the rule runs for one of the subjects, further events join it: nobody is called twice for one thing. */
export const beginEscalation = (
  work: Work,
  what: {
    readonly rule: NotificationRule;
    readonly body: MessageBody;
    readonly subjects: readonly string[];
  },
): void => {
  const { configuration, draft, nowMs } = work;
  const { rule, body, subjects } = what;
  const chain = configuration.escalations.get(rule.escalation ?? '');
  const [first] = body.events;
  const [step] = chain?.steps ?? [];
  if (chain === undefined || step === undefined || first === undefined || subjects.length === 0) return;
  for (const [key, run] of draft.entries('escalation')) {
    if (run.rule !== rule.name || !run.subjects.some((subject) => subjects.includes(subject))) continue;
    const room = notificationBounds.escalationEventsMax;
    const joined: EscalationRun = {
      ...run,
      events: [...run.events, ...body.events.map(rememberedEvent)].slice(0, room),
      subjects: [...new Set([...run.subjects, ...subjects])].slice(0, room),
    };
    draft.set('escalation', key, joined);
    work.effects.push({ type: 'escalation', run: joined, state: 'running', by: null });
    return;
  }
  if (draft.size('escalation') >= notificationBounds.escalationsMax) return;
  const run: EscalationRun = {
    rule: rule.name,
    chain: chain.name,
    events: body.events.slice(0, notificationBounds.escalationEventsMax).map(rememberedEvent),
    subjects: subjects.slice(0, notificationBounds.escalationEventsMax),
    acknowledged: [],
    step: 0,
    round: 1,
    nextMs: nowMs + step.after_min * MINUTE_MS,
    startedMs: nowMs,
  };
  draft.set('escalation', entryKey(rule.name, String(first.id)), run);
  work.effects.push({ type: 'escalation', run, state: 'running', by: null });
};

/** What these subjects raised is over. */
export const clearEscalations = (work: Work, subject: string): void => {
  for (const [key, run] of work.draft.list('escalation')) {
    if (!run.subjects.includes(subject)) continue;
    const subjects = run.subjects.filter((each) => each !== subject);
    if (subjects.length === 0) end(work, key, { run, state: 'cleared', by: null });
    else work.draft.set('escalation', key, { ...run, subjects });
  }
};

/** Somebody has said of these events that he is on them, or that they are done. */
export const acknowledge = (work: Work, by: ReadonlyMap<number, string>): void => {
  for (const [key, run] of work.draft.list('escalation')) {
    const taken = run.events.filter(({ id }) => by.has(id) && !run.acknowledged.includes(id));
    if (taken.length === 0) continue;
    const acknowledged = [...run.acknowledged, ...taken.map(({ id }) => id)];
    const who = by.get(taken.at(-1)?.id ?? 0) ?? null;
    if (run.events.every(({ id }) => acknowledged.includes(id)))
      end(work, key, { run, state: 'acknowledged', by: who });
    else work.draft.set('escalation', key, { ...run, acknowledged });
  }
};

/** Takes the steps whose time has come. */
export const escalate = (work: Work): void => {
  const { configuration, draft, nowMs, effects } = work;
  for (const [key, run] of draft.list('escalation')) {
    if (run.nextMs > nowMs) continue;
    const chain = configuration.escalations.get(run.chain);
    const step = chain?.steps[run.step];
    if (chain === undefined || step === undefined || !configuration.rules.has(run.rule)) {
      end(work, key, { run, state: 'ended', by: null });
      continue;
    }
    const open = run.events.filter(({ id }) => !run.acknowledged.includes(id));
    effects.push({
      type: 'message',
      rule: run.rule,
      channels: step.channels,
      body: {
        events: open,
        more: 0,
        counts: { raised: open.length, recovered: 0 },
        recovered: false,
        reminder: false,
        overflow: false,
        unchanged: 0,
        escalation: {
          chain: chain.name,
          step: run.step + 1,
          steps: chain.steps.length,
          round: run.round,
        },
      },
    });
    const last = run.step + 1 >= chain.steps.length;
    if (last && run.round >= chain.rounds) {
      end(work, key, { run: { ...run, step: run.step + 1 }, state: 'exhausted', by: null });
      continue;
    }
    const following = last ? 0 : run.step + 1;
    const next: EscalationRun = {
      ...run,
      step: following,
      round: run.round + (last ? 1 : 0),
      nextMs: nowMs + (chain.steps[following]?.after_min ?? 0) * MINUTE_MS,
    };
    draft.set('escalation', key, next);
    effects.push({ type: 'escalation', run: next, state: 'running', by: null });
  }
};

const end = (
  { draft, effects }: Work,
  key: string,
  what: { readonly run: EscalationRun; readonly state: EscalationState; readonly by: string | null },
): void => {
  draft.remove('escalation', key);
  effects.push({ type: 'escalation', ...what });
};
