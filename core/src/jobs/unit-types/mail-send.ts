// Unit type "mail_send": puts a mail into the outbox and ends when a mail server has taken it or the outbox has given up.
// The mail is an effect of the step that begins the unit, so both are committed in one transaction: it is queued once for each run.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { PlannedMailSend } from '../net-plan.ts';
import { giveReason, toldBy } from '../reasons.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import type { Step } from '../step.ts';
import type { UnitWork, WorkAnswer } from '../unit-work.ts';
import { fillPlaces } from '../variables/unit-texts.ts';
import { askForWork, beginWait, endWait, stopWait } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

/** Bounds of what comes of filling: parameters can be long. */
const filledMax = { subject: 500, body: 60_000 } as const;

function mailSendOf(record: UnitRecord): PlannedMailSend {
  if (record.unit.type !== 'mail_send') throw new Error(`unit "${record.unit.path}" sends no mail`);
  return record.unit;
}

function start(step: Step, record: UnitRecord): void {
  const { channel, to, cc, subject, body } = mailSendOf(record).definition;
  const { session } = step;
  const { unit, run } = record;
  beginWait(step, record, { memo: {}, timeoutS: undefined });
  giveReason(record, say('reason_mail_on_way', { channel }));
  step.effects.push({
    type: 'mail',
    unit: unit.number,
    run,
    channel,
    to: to ?? null,
    cc: cc ?? null,
    subject: fillPlaces(session, { record, text: subject, charsMax: filledMax.subject }).replaceAll(
      /\s+/g,
      ' ',
    ),
    body: fillPlaces(session, { record, text: body, charsMax: filledMax.body }),
  });
  askForWork(step, record, workOf);
}

function workOf(_session: Session, record: UnitRecord): UnitWork {
  return { kind: 'mail_send', channel: mailSendOf(record).definition.channel };
}

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean {
  if (answer.kind === 'mail_sent') {
    endWait(step, record, { endStatus: 'normal', reason: answer.note === null ? null : toldBy(answer.note) });
    return true;
  }
  if (answer.kind !== 'mail_failed') return false;
  endWait(step, record, {
    endStatus: 'abnormal',
    reason: say('reason_mail_not_sent', { error: answer.error }),
  });
  return true;
}

export const mailSendUnitType: UnitType = { start, stop: stopWait, workOf, workAnswered };
