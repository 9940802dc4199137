// Unit type "approval": asks people, and answers with true or false as a judgment does.
// True when enough different people have approved, false as soon as one has refused. Who may decide at all is the manager's to know; that
// nobody decides twice, and not who has started the session where that is excluded, is looked at here.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { PlannedApproval } from '../net-plan.ts';
import { peopleBehind } from '../people-behind.ts';
import { giveReason } from '../reasons.ts';
import { approvalAsked, approvalDecided } from '../session-events.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, remember, settle } from '../step.ts';
import type { Step } from '../step.ts';
import type { Decision, UnitWork, WorkAnswer } from '../unit-work.ts';
import { fillPlaces } from '../variables/unit-texts.ts';
import { askForWork, beginWait, endByTimeout, stopWait, tell } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

type Memo = { readonly question: string; readonly decisions: readonly Decision[] };

const questionCharsMax = 2_000;

function approvalOf(record: UnitRecord): PlannedApproval {
  if (record.unit.type !== 'approval') throw new Error(`unit "${record.unit.path}" asks nobody`);
  return record.unit;
}

function memoOf(record: UnitRecord): Memo | null {
  return record.memo as Memo | null;
}

function start(step: Step, record: UnitRecord): void {
  const { definition } = approvalOf(record);
  const { session } = step;
  const question = fillPlaces(session, { record, text: definition.question, charsMax: questionCharsMax });
  beginWait(step, record, {
    memo: { question, decisions: [] } satisfies Memo,
    timeoutS: definition.timeout_s,
  });
  giveReason(record, waitsFor(definition.needed, 0));
  emit(step, approvalAsked(session, record, { question, channel: definition.channel }));
  askForWork(step, record, workOf);
}

function workOf(session: Session, record: UnitRecord): UnitWork | null {
  const memo = memoOf(record);
  if (memo === null) return null;
  const { users, roles, needed, not_starter: notStarter } = approvalOf(record).definition;
  return {
    kind: 'approval',
    question: memo.question,
    users: users ?? null,
    roles: roles ?? null,
    needed,
    notBy: notStarter ? peopleBehind(session) : [],
    decisions: memo.decisions,
    askedAt: record.startedAt ?? 0,
    until: record.retryAt,
  };
}

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean | Said {
  const memo = memoOf(record);
  if (answer.kind !== 'decision' || memo === null) return false;
  const { decision } = answer;
  const { needed, not_starter: notStarter } = approvalOf(record).definition;
  if (notStarter && peopleBehind(step.session).includes(decision.by))
    return say('decider_behind', { by: decision.by });
  if (memo.decisions.some(({ by }) => by === decision.by)) return say('decider_twice', { by: decision.by });
  const decisions = [...memo.decisions, decision];
  remember(step.session, record, { ...memo, decisions });
  emit(step, approvalDecided(step.session, record, decision));
  const approved = decisions.filter(({ approve }) => approve);
  const { comment } = decision;
  const by = decision.approve ? approved.map((each) => each.by) : decision.by;
  if (!decision.approve)
    end(step, record, {
      answer: false,
      reason:
        comment === null ? say('reason_refused', { by }) : say('reason_refused_saying', { by, comment }),
    });
  else if (approved.length >= needed)
    end(step, record, {
      answer: true,
      reason:
        comment === null ? say('reason_approved', { by }) : say('reason_approved_saying', { by, comment }),
    });
  else {
    tell(step.session, record, waitsFor(needed, approved.length));
    askForWork(step, record, workOf);
  }
  return true;
}

function timeReached(step: Step, record: UnitRecord): void {
  const outcome = approvalOf(record).definition.on_timeout;
  if (outcome === 'approve' || outcome === 'refuse')
    end(step, record, {
      answer: outcome === 'approve',
      reason: say(outcome === 'approve' ? 'reason_approved_in_time' : 'reason_refused_in_time'),
    });
  else endByTimeout(step, record, { outcome, what: { code: 'an_approval' } });
}

function end(
  step: Step,
  record: UnitRecord,
  { answer, reason }: { readonly answer: boolean; readonly reason: Said },
): void {
  record.answer = answer;
  settle(step, record, { state: 'ended', endStatus: 'normal', reason });
}

function waitsFor(needed: number, approved: number): Said {
  return needed === 1 ? say('reason_waits_approval') : say('reason_waits_approvals', { approved, needed });
}

/** With its places filled once it has begun. */
export function questionOf(record: UnitRecord): string {
  return memoOf(record)?.question ?? approvalOf(record).definition.question;
}

export function decisionsOf(record: UnitRecord): readonly Decision[] {
  return record.unit.type === 'approval' ? (memoOf(record)?.decisions ?? []) : [];
}

export const approvalUnitType: UnitType = { start, stop: stopWait, timeReached, workOf, workAnswered };
