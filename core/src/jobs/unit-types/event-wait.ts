// Unit type "event_wait": runs until an event fits its conditions, and keeps what that event says.
// Which events count is fixed when it begins and stored with it: those with a higher number than any that was written then, and those that
// are not older than the look-back. So a restart or a switch of hosts neither misses one nor counts one of before. Events of the session
// itself do not count.
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import { say, type Sentence } from '@nezuban/protocol/sentences/sentence';
import type { PlannedEventWait } from '../net-plan.ts';
import { giveReason, inRow } from '../reasons.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { remember } from '../step.ts';
import { givenOutputs } from '../variables/unit-variables.ts';
import type { Step } from '../step.ts';
import type { CapturedEvent, UnitWork, WorkAnswer } from '../unit-work.ts';
import { askForWork, beginWait, cutText, endByTimeout, endWait, stopWait } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

type Memo = { readonly afterId: number; readonly sinceMs: number; readonly event?: CapturedEvent };

/** Characters of the event's message that the reason shows. */
const shownMessageMax = 200;

function eventWaitOf(record: UnitRecord): PlannedEventWait {
  if (record.unit.type !== 'event_wait') throw new Error(`unit "${record.unit.path}" waits for no event`);
  return record.unit;
}

function memoOf(record: UnitRecord): Memo | null {
  return record.memo as Memo | null;
}

function start(step: Step, record: UnitRecord): void {
  const { definition } = eventWaitOf(record);
  const memo: Memo = {
    afterId: step.lastEventId,
    sinceMs: step.now - Math.round(definition.look_back_s * 1000),
  };
  beginWait(step, record, { memo, timeoutS: definition.timeout_s });
  giveReason(record, say('reason_waits_event', { what: eventInWords(definition.event) }));
  askForWork(step, record, workOf);
}

function workOf(_session: Session, record: UnitRecord): UnitWork | null {
  const memo = memoOf(record);
  if (memo === null) return null;
  const { afterId, sinceMs } = memo;
  return { kind: 'event_wait', match: eventWaitOf(record).definition.event, afterId, sinceMs };
}

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean {
  const memo = memoOf(record);
  if (answer.kind !== 'event_wait' || memo === null) return false;
  const { event } = answer;
  remember(step.session, record, { ...memo, event });
  // What the event says itself goes before a group of the same name.
  const { id, code, node, key, message: text, groups } = event;
  record.variables = givenOutputs({ ...groups, event_id: String(id), code, node, key, message: text });
  const message = cutText(event.message, shownMessageMax);
  endWait(step, record, {
    endStatus: 'normal',
    reason:
      node === null ? say('reason_event', { id, message }) : say('reason_event_of', { id, node, message }),
  });
  return true;
}

function timeReached(step: Step, record: UnitRecord): void {
  const { definition } = eventWaitOf(record);
  endByTimeout(step, record, {
    outcome: definition.on_timeout,
    what: eventInWords(definition.event),
  });
}

/** The event that ended it; null: none has. */
export function capturedEvent(record: UnitRecord): CapturedEvent | null {
  return record.unit.type === 'event_wait' ? (memoOf(record)?.event ?? null) : null;
}

function eventInWords(match: EventMatch): Sentence {
  const list = (word: MatchWord, values: readonly string[] | undefined): Sentence[] =>
    values === undefined || values.length === 0
      ? []
      : [
          {
            code: 'event_part',
            values: {
              word: { code: `event_${word}` },
              values: `${values.slice(0, 3).join(', ')}${values.length > 3 ? ' ...' : ''}`,
            },
          },
        ];
  const text = match.text?.contains ?? match.text?.matches;
  const parts: Sentence[] = [
    ...list('code', match.codes),
    ...list('priority', match.priorities),
    ...list('net', match.nets),
    ...list('monitor', match.monitors),
    ...list('scope', match.scopes),
    ...list('node', match.nodes),
    ...list('key', match.keys),
    ...(text === undefined ? [] : [{ code: 'event_text', values: { text: cutText(text, 80) } } as const]),
    ...list(
      'field',
      match.fields?.map(({ name }) => name),
    ),
  ];
  const said = inRow(parts);
  return said === null ? { code: 'event_any' } : { code: 'event_with', values: { parts: said } };
}

type MatchWord = 'code' | 'priority' | 'net' | 'monitor' | 'scope' | 'node' | 'key' | 'field';

export const eventWaitUnitType: UnitType = { start, stop: stopWait, timeReached, workOf, workAnswered };
