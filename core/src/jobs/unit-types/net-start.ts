// Unit type "net_start": starts a session of another job net, once for each run, and ends as that does, or as soon as it has begun.
// A stop is passed on, and the end over there still waited for, for the unit ends as that does. A kill is the way out of that wait: the unit ends as
// soon as the kill is stored with the other session, whatever becomes of it there.
// The number of the session is stored as soon as it is known; until then the manager asks for it by a key of this run, which gives the same
// session again.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { PlannedNetStart } from '../net-plan.ts';
import { byWord, giveReason, statusWord } from '../reasons.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { moveTo, remember } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitWork, WorkAnswer } from '../unit-work.ts';
import { fillPlaces } from '../variables/unit-texts.ts';
import { givenOutputs } from '../variables/unit-variables.ts';
import { askForWork, beginWait, endByTimeout, endWait, stopWait, tell } from './inside-wait.ts';
import type { UnitType } from './unit-type.ts';

type Memo = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: number | null;
  readonly stopBy: string | null;
  readonly kill?: true;
};

/** Characters of a parameter's value. */
const valueCharsMax = 10_000;

function netStartOf(record: UnitRecord): PlannedNetStart {
  if (record.unit.type !== 'net_start') throw new Error(`unit "${record.unit.path}" starts no net`);
  return record.unit;
}

function memoOf(record: UnitRecord): Memo | null {
  return record.memo as Memo | null;
}

function start(step: Step, record: UnitRecord): void {
  const { definition } = netStartOf(record);
  const parameters = Object.fromEntries(
    Object.entries(definition.parameters ?? {}).map(([name, text]) => [
      name,
      fillPlaces(step.session, { record, text, charsMax: valueCharsMax }),
    ]),
  );
  const memo: Memo = { parameters, session: null, stopBy: null };
  beginWait(step, record, { memo, timeoutS: definition.timeout_s });
  giveReason(record, say('reason_starts_net', { net: definition.net }));
  askForWork(step, record, workOf);
}

function workOf(_session: Session, record: UnitRecord): UnitWork | null {
  const memo = memoOf(record);
  if (memo === null) return null;
  const { net } = netStartOf(record).definition;
  return { kind: 'net_start', net, ...memo, kill: memo.kill === true };
}

function workAnswered(step: Step, record: UnitRecord, answer: WorkAnswer): boolean {
  const { definition } = netStartOf(record);
  const memo = memoOf(record);
  if (memo === null) return false;
  switch (answer.kind) {
    case 'net_started': {
      if (memo.session !== null) return false;
      const { session } = answer;
      remember(step.session, record, { ...memo, session });
      record.variables = givenOutputs({ session: String(session) });
      if (!definition.wait)
        endWait(step, record, {
          endStatus: 'normal',
          reason: say('reason_started', { session, net: definition.net }),
        });
      else {
        if (record.state === 'running')
          tell(
            step.session,
            record,
            say('reason_waits_net_end', {
              what: { code: 'session_of', values: { session, net: definition.net } },
            }),
          );
        askForWork(step, record, workOf);
      }
      return true;
    }
    case 'net_refused':
      if (memo.session !== null) return false;
      endWait(step, record, {
        endStatus: 'abnormal',
        reason: say('reason_not_started', { net: definition.net, why: answer.reason }),
      });
      return true;
    case 'net_ended': {
      if (memo.session !== answer.session) return false;
      const { endStatus, session } = answer;
      const values = { session, net: definition.net, status: statusWord(endStatus) };
      const { stoppedBy } = record;
      const reason =
        stoppedBy === null
          ? say('reason_net_ended', values)
          : say('reason_net_ended_stopped', { ...values, by: byWord(stoppedBy) });
      endWait(step, record, { endStatus: stoppedBy === null ? endStatus : 'abnormal', reason });
      return true;
    }
    case 'net_killed': {
      if (memo.session !== answer.session || memo.kill !== true) return false;
      const { session, problem } = answer;
      const values = { by: byWord(record.stoppedBy), session, net: definition.net };
      const reason =
        problem === null
          ? say('reason_killed_too', values)
          : say('reason_killed_alone', { ...values, problem });
      endWait(step, record, { endStatus: 'abnormal', reason });
      return true;
    }
    case 'says':
      return tell(step.session, record, answer.reason);
    default:
      return false;
  }
}

function timeReached(step: Step, record: UnitRecord): void {
  const { definition } = netStartOf(record);
  endByTimeout(step, record, {
    outcome: definition.on_timeout,
    what: { code: 'end_of', values: { what: definition.net } },
  });
}

/** With `pass_stop` the other session is stopped, and this one's end is waited for. */
function stop(step: Step, record: UnitRecord, actor: string): void {
  const memo = memoOf(record);
  if (memo === null || !netStartOf(record).definition.pass_stop) {
    stopWait(step, record, actor);
    return;
  }
  record.stoppedBy = actor;
  moveTo(step.session, record, 'stopping');
  giveReason(record, say('reason_stop_passed_on', { by: byWord(actor) }));
  remember(step.session, record, { ...memo, stopBy: actor });
  askForWork(step, record, workOf);
}

function kill(step: Step, record: UnitRecord, actor: string): void {
  const memo = memoOf(record);
  if (memo === null || memo.kill === true) return;
  record.stoppedBy = actor;
  giveReason(record, say('reason_kill_passed_on', { by: byWord(actor) }));
  remember(step.session, record, { ...memo, stopBy: actor, kill: true });
  askForWork(step, record, workOf);
}

/** The session that it has started; null: none yet. */
export function startedSession(record: UnitRecord): number | null {
  return record.unit.type === 'net_start' ? (memoOf(record)?.session ?? null) : null;
}

export const netStartUnitType: UnitType = { start, stop, kill, timeReached, workOf, workAnswered };
