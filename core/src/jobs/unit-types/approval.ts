// Unit type "approval": asks people, and answers with true or false as a judgment does.
// True when enough different people have approved, false as soon as one has refused. Who may decide at all is the manager's to know; that
// nobody decides twice, and not who has started the session where that is excluded, is looked at here.
import type { PlannedApproval } from '../net-plan.ts';
import { peopleBehind } from '../people-behind.ts';
import { approvalAsked, approvalDecided } from '../session-events.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, remember, settle } from '../step.ts';
import type { Step } from '../step.ts';
import type { Decision, UnitWork, WorkAnswer } from '../unit-work.ts';
import { fillPlaces } from '../variables/unit-texts.ts';
import { askForWork, beginWait, endByTimeout, say, stopWait } from './inside-wait.ts';
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
  record.reason = waitsFor(definition.needed, 0);
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

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean | string {
  const memo = memoOf(record);
  if (answer.kind !== 'decision' || memo === null) return false;
  const { decision } = answer;
  const { needed, not_starter: notStarter } = approvalOf(record).definition;
  if (notStarter && peopleBehind(step.session).includes(decision.by))
    return `${decision.by} has started the session, had it started or run something in it again, and whoever has may not decide here`;
  if (memo.decisions.some(({ by }) => by === decision.by)) return `${decision.by} has decided already`;
  const decisions = [...memo.decisions, decision];
  remember(step.session, record, { ...memo, decisions });
  emit(step, approvalDecided(step.session, record, decision));
  const approved = decisions.filter(({ approve }) => approve);
  const comment = decision.comment === null ? '' : `: ${decision.comment}`;
  if (!decision.approve) end(step, record, { answer: false, reason: `Refused by ${decision.by}${comment}` });
  else if (approved.length >= needed)
    end(step, record, {
      answer: true,
      reason: `Approved by ${approved.map(({ by }) => by).join(', ')}${comment}`,
    });
  else {
    say(step.session, record, waitsFor(needed, approved.length));
    askForWork(step, record, workOf);
  }
  return true;
}

function timeReached(step: Step, record: UnitRecord): void {
  const outcome = approvalOf(record).definition.on_timeout;
  if (outcome === 'approve' || outcome === 'refuse')
    end(step, record, {
      answer: outcome === 'approve',
      reason: `${outcome === 'approve' ? 'Approved' : 'Refused'}, because its time was up.`,
    });
  else endByTimeout(step, record, { outcome, what: 'an approval' });
}

function end(
  step: Step,
  record: UnitRecord,
  { answer, reason }: { readonly answer: boolean; readonly reason: string },
): void {
  record.answer = answer;
  settle(step, record, { state: 'ended', endStatus: 'normal', reason });
}

function waitsFor(needed: number, approved: number): string {
  return needed === 1
    ? 'Waits for somebody to approve it.'
    : `Waits for people to approve it: ${approved} of ${needed} have.`;
}

/** With its places filled once it has begun. */
export function questionOf(record: UnitRecord): string {
  return memoOf(record)?.question ?? approvalOf(record).definition.question;
}

export function decisionsOf(record: UnitRecord): readonly Decision[] {
  return record.unit.type === 'approval' ? (memoOf(record)?.decisions ?? []) : [];
}

export const approvalUnitType: UnitType = { start, stop: stopWait, timeReached, workOf, workAnswered };
