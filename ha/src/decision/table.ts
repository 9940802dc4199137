/**
 * The decision table: for each input and each state either what is done, or the reason why nothing is.
 *
 * Responsible for completeness: the types demand every cell, and `decide.test.ts` walks through all of them. A text is a reason to do
 * nothing. Not responsible for what happens on its own in every turn (`decide.ts`).
 */
import type { PairMessageBody } from '@nezuban/protocol/pair/messages';
import * as commands from './commands.ts';
import * as duty from './duty.ts';
import * as election from './election.ts';
import * as follow from './follow.ts';
import * as handOver from './hand-over.ts';
import type { Command, DatabaseReport, Input, InputType } from './inputs.ts';
import * as pair from './pair.ts';
import { onStoodDown, standDown, watchStandDown } from './stand-down.ts';
import { stateNames, type StateName } from './state.ts';
import { move, raiseTerm, send, sendDeferred, type Turn } from './turn.ts';
import * as voter from './voter.ts';

type Handler<Given> = (turn: Turn, given: Given) => void;
export type Cell<Given> = Handler<Given> | string;
export type Line<Given> = Readonly<Record<StateName, Cell<Given>>>;

/** voting: may answer for itself. acting: something of ours acts. ending: something of ours may still act, so nobody is answered. */
type Group = 'voting' | 'acting' | 'ending';

const groups: Readonly<Record<StateName, Group>> = {
  starting: 'voting',
  waiting: 'voting',
  'standby-copying': 'voting',
  'standby-catching-up': 'voting',
  'standby-in-sync': 'voting',
  candidate: 'voting',
  promoting: 'acting',
  'master-alone': 'acting',
  'master-paired': 'acting',
  resigning: 'acting',
  'standing-down': 'ending',
  fenced: 'ending',
  maintenance: 'voting',
  failed: 'voting',
  witness: 'voting',
};

/** One line of the table: a cell for each group, and for single states where they differ. */
function line<Given>(
  spec: Readonly<Record<Group, Cell<Given>>>,
  exceptions: Partial<Record<StateName, Cell<Given>>> = {},
): Line<Given> {
  const cells: Partial<Record<StateName, Cell<Given>>> = {};
  for (const name of stateNames) cells[name] = exceptions[name] ?? spec[groups[name]];
  return cells as Line<Given>;
}

const ENDING = 'something may still act here: nothing is promised before it has ended';
const LATE = 'a late answer: what it belongs to is over';
const NO_DATA = 'a witness holds no data';

type Said<Type extends PairMessageBody['type']> = voter.Said<Type>;
type Messages = { readonly [Type in PairMessageBody['type']]: Line<Said<Type>> };

/** Tells a sender with an old term, so that it stops. */
const tellOutdated: Handler<{ readonly message: { readonly from: string; readonly term: number } }> = (
  turn,
  { message },
) => {
  if (message.term < turn.state.record.term) send(turn, message.from, { type: 'outdated' });
};

const followHeartbeat: Handler<Said<'heartbeat'>> = (turn, said) => {
  if (voter.onHeartbeat(turn, said)) follow.attend(turn);
};
const followProposal: Handler<Said<'propose'>> = (turn, said) => {
  voter.onPropose(turn, said);
  follow.attend(turn);
};
const resigned: Handler<Said<'resign'>> = (turn, said) => {
  voter.onResign(turn, said);
  election.considerCandidacy(turn);
};
const learn: Handler<Said<'pre-vote-answer'> | Said<'vote'>> = (turn, { message, body }) =>
  voter.learn(turn, message.term, body.roster);

export const messageTable: Messages = {
  heartbeat: line(
    { voting: (turn, said) => void voter.onHeartbeat(turn, said), acting: tellOutdated, ending: ENDING },
    {
      waiting: followHeartbeat,
      'standby-catching-up': followHeartbeat,
      'standby-in-sync': followHeartbeat,
      candidate: (turn, said) => {
        if (!voter.onHeartbeat(turn, said)) return;
        election.cancelCandidacy(turn, said.message.from);
        follow.attend(turn);
      },
    },
  ),
  'heartbeat-ack': line({
    voting: LATE,
    acting: (turn, said) => duty.onHeartbeatAck(duty.acting(turn), said),
    ending: LATE,
  }),
  'pre-vote': line({ voting: voter.onPreVote, acting: voter.onPreVote, ending: ENDING }),
  'pre-vote-answer': line(
    { voting: learn, acting: LATE, ending: LATE },
    { candidate: election.onPreVoteAnswer, witness: LATE, starting: LATE },
  ),
  'request-vote': line({ voting: voter.onRequestVote, acting: voter.onRequestVote, ending: ENDING }),
  vote: line(
    { voting: learn, acting: LATE, ending: LATE },
    { candidate: election.onVote, witness: LATE, starting: LATE },
  ),
  propose: line(
    { voting: voter.onPropose, acting: tellOutdated, ending: ENDING },
    { waiting: followProposal, 'standby-catching-up': followProposal, 'standby-in-sync': followProposal },
  ),
  accepted: line({
    voting: LATE,
    acting: (turn, said) => duty.onAccepted(duty.acting(turn), said),
    ending: LATE,
  }),
  resign: line(
    { voting: voter.onResign, acting: 'the resignation of an older master', ending: ENDING },
    { waiting: resigned, 'standby-in-sync': resigned },
  ),
  'ask-roster': line({ voting: voter.onAskRoster, acting: voter.onAskRoster, ending: voter.onAskRoster }),
  'roster-answer': line(
    { voting: election.onRosterAnswer, acting: election.noteMet, ending: LATE },
    { witness: LATE, starting: LATE },
  ),
  outdated: line({
    voting: (turn, { message }) => raiseTerm(turn, message.term),
    acting: LATE,
    ending: LATE,
  }),
};

type Of<Type extends InputType> = Extract<Input, { type: Type }>;
type Inputs = { readonly [Type in Exclude<InputType, 'message' | 'command'>]: Line<Of<Type>> };

const AWAITED = 'nothing is asked of the database now';
const OVER = 'it was asked for by a duty that has ended';
const UNASKED = 'nothing like this is under way';
const BY_ITSELF = 'what is due follows at the end of every turn';

function storeReport(turn: Turn, report: DatabaseReport): void {
  const { state } = turn;
  const { runs, token, lineage, flushed, streaming, healthy } = report;
  state.database = { runs, token, lineage, flushed, streaming, healthy };
  if (runs === 'absent' || runs === 'stopped') state.following = '';
  if (healthy) state.databaseLosses = 0;
}

const attendReport: Handler<DatabaseReport> = (turn, report) => {
  storeReport(turn, report);
  follow.attend(turn);
};

function loseRecord(turn: Turn, cause: string): void {
  const { state } = turn;
  const why = `the voter record cannot be written: ${cause}`;
  state.mute = true;
  state.deferred = [];
  state.election = null;
  if (state.standDown !== null) state.standDown = { ...state.standDown, afterwards: 'failed', why };
  else if (state.duty !== null) standDown(duty.acting(turn), { why, afterwards: 'failed' });
  else if (state.name !== 'failed') move(turn, 'record-lost', { why: cause });
}

const waitingTick: Handler<unknown> = (turn) => {
  follow.attend(turn);
  election.askRosters(turn, 2 * turn.state.timing.resendMs);
  election.considerFencing(turn);
  election.considerCandidacy(turn);
};
const ask: Handler<unknown> = (turn) => election.askRosters(turn, turn.state.timing.reachableMs);

export const inputTable: Inputs = {
  tick: line(
    { voting: BY_ITSELF, acting: BY_ITSELF, ending: watchStandDown },
    {
      fenced: ENDING,
      waiting: waitingTick,
      'standby-catching-up': (turn) => {
        ask(turn, undefined);
        follow.watchLeader(turn);
      },
      'standby-in-sync': (turn) => {
        ask(turn, undefined);
        follow.attend(turn);
        follow.watchPlace(turn);
        election.watchFencing(turn);
        if (turn.state.name === 'standby-in-sync') election.considerCandidacy(turn);
      },
      'standby-copying': follow.repeatCopy,
      failed: ask,
      witness: voter.tellMembers,
    },
  ),
  persisted: line({ voting: notePersisted, acting: notePersisted, ending: notePersisted }),
  'persist-failed': line({
    voting: (turn, { why }) => loseRecord(turn, why),
    acting: (turn, { why }) => loseRecord(turn, why),
    ending: (turn, { why }) => loseRecord(turn, why),
  }),
  database: line(
    {
      voting: storeReport,
      acting: (turn, report) => {
        storeReport(turn, report);
        handOver.onOwnReport(duty.acting(turn));
      },
      ending: storeReport,
    },
    {
      starting: (turn, report) => {
        storeReport(turn, report);
        if (turn.state.record.maintenance) {
          move(turn, 'started-in-maintenance');
          return;
        }
        move(turn, 'started');
        follow.attend(turn);
      },
      waiting: attendReport,
      candidate: attendReport,
      'standby-catching-up': attendReport,
      'standby-in-sync': attendReport,
      'standby-copying': 'the copy reports when it has ended',
      witness: NO_DATA,
    },
  ),
  'database-lost': line(
    {
      voting: follow.onStandbyLost,
      acting: (turn) => handOver.onDatabaseLost(duty.acting(turn)),
      ending: 'it was told to end',
    },
    {
      starting: AWAITED,
      'standby-copying': 'the copy reports when it has ended',
      maintenance: AWAITED,
      failed: AWAITED,
      witness: NO_DATA,
    },
  ),
  promoted: line(
    { voting: OVER, acting: UNASKED, ending: OVER },
    {
      promoting: (turn, { term, timeline, startLsn }) => {
        const { state } = duty.acting(turn);
        if (state.duty.promotion !== 'asked' || term !== state.duty.term) return;
        state.duty.promotion = 'done';
        state.duty.primary = true;
        state.duty.promotedAt = { timeline, startLsn };
      },
    },
  ),
  'primary-restarted': line(
    {
      voting: OVER,
      acting: (turn, { term, recoveryEnd }) => {
        const { state } = duty.acting(turn);
        if (term !== state.duty.term) return;
        state.duty.primary = true;
        state.duty.recoveryEnd = recoveryEnd;
        state.duty.restartedAt = turn.now;
      },
      ending: OVER,
    },
    { promoting: UNASKED },
  ),
  replication: line(
    { voting: OVER, acting: (turn, input) => pair.onReplication(duty.acting(turn), input), ending: OVER },
    { promoting: 'nobody is let in yet' },
  ),
  probe: line(
    { voting: OVER, acting: UNASKED, ending: OVER },
    { 'master-alone': (turn, input) => pair.onProbe(duty.acting(turn), input) },
  ),
  drained: line(
    { voting: OVER, acting: UNASKED, ending: OVER },
    { resigning: (turn) => handOver.onDrained(duty.acting(turn)) },
  ),
  'database-stopped': line(
    { voting: OVER, acting: UNASKED, ending: OVER },
    { resigning: (turn, { end }) => handOver.onDatabaseStopped(duty.acting(turn), end) },
  ),
  'stood-down': line({
    voting: OVER,
    acting: 'the end of an earlier duty',
    ending: (turn, { term }) => onStoodDown(turn, term),
  }),
  'guard-fired': line({
    voting: 'nothing acted here',
    // Told again, so that an answer proves that nothing is left: the guard's word may belong to an earlier duty.
    acting: (turn) => standDown(duty.acting(turn), { why: 'the guard has ended the database' }),
    ending: 'what is told to end answers by itself',
  }),
  'service-given-up': line({
    voting: 'nothing serves here',
    acting: (turn, { process }) => handOver.onServiceGivenUp(duty.acting(turn), process),
    ending: 'nothing serves here',
  }),
  copied: line(
    { voting: storeReport, acting: OVER, ending: OVER },
    { 'standby-copying': follow.onCopied, witness: NO_DATA },
  ),
  'copy-failed': line(
    { voting: OVER, acting: OVER, ending: OVER },
    { 'standby-copying': (turn, { why }) => follow.onCopyFailed(turn, why) },
  ),
  'fence-result': line(
    { voting: election.forgetFencing, acting: election.forgetFencing, ending: election.forgetFencing },
    {
      waiting: election.onFenceResult,
      candidate: election.onFenceResult,
      'standby-in-sync': election.onFenceResult,
      witness: NO_DATA,
    },
  ),
  'clock-jumped': line({
    voting: 'promises end later by a frozen clock, never earlier',
    acting: (turn) => {
      move(turn, 'clock-jumped');
      const now = duty.acting(turn);
      if (now.state.duty.sole) duty.forgetLease(now);
      else standDown(now, { why: 'the clocks of this host jumped, so its lease proves nothing' });
    },
    ending: ENDING,
  }),
  'agent-term': line({
    voting: (turn, { term }) => raiseTerm(turn, term),
    acting: (turn, { term }) => yieldTo(turn, term, 'an agent knows a newer master'),
    ending: (turn, { term }) => {
      turn.state.higherTerm = Math.max(turn.state.higherTerm, term);
    },
  }),
  'witness-candidates': line({ voting: noteCandidates, acting: noteCandidates, ending: noteCandidates }),
};

function noteCandidates(turn: Turn, { ids }: Of<'witness-candidates'>): void {
  turn.state.candidates = ids;
}

function notePersisted(turn: Turn, { sequence }: Of<'persisted'>): void {
  const { state } = turn;
  if (state.mute) return;
  state.durable = Math.max(state.durable, sequence);
  sendDeferred(turn);
}

/** Somebody knows a higher term: stand down first, then think. */
export function yieldTo(turn: Turn, term: number, why: string): void {
  if (term <= turn.state.record.term) return;
  turn.state.higherTerm = Math.max(turn.state.higherTerm, term);
  standDown(duty.acting(turn), { why });
}

type Commands = { readonly [Do in Command['do']]: Line<Extract<Command, { do: Do }>> };

const { refuse, accept } = commands;
const noMaster = refuse(
  'This host is not master. Type it there: nezuban pair status says which host that is.',
);
const busy = refuse('This host is changing its role. Try again in a few seconds.');
const isWitness = refuse('This host is a witness: it votes and holds no data.');

export const commandTable: Commands = {
  switch: line(
    { voting: noMaster, acting: refuse('Not moved: there is no standby in sync.'), ending: busy },
    { 'master-paired': commands.doSwitch, resigning: busy, promoting: busy },
  ),
  recover: line(
    {
      voting: accept('Nothing to do here: this host finds its way by itself.'),
      acting: accept('This host is master.'),
      ending: busy,
    },
    { failed: commands.doRecover, maintenance: refuse('This host is in maintenance. End that first.') },
  ),
  maintenance: line(
    {
      voting: commands.doMaintenance,
      acting: refuse('This host is master. Move the service first: nezuban pair switch'),
      ending: busy,
    },
    { candidate: commands.doMaintenance, starting: busy, witness: isWitness },
  ),
  'set-voters': line(
    { voting: noMaster, acting: commands.doSetVoters, ending: busy },
    { promoting: busy, resigning: busy },
  ),
  promote: line(
    {
      voting: refuse('This host cannot be promoted in its present state.'),
      acting: accept('This host is master.'),
      ending: busy,
    },
    {
      waiting: commands.doPromote,
      'standby-in-sync': commands.doPromote,
      candidate: commands.doPromote,
      witness: isWitness,
    },
  ),
  'force-master': line(
    {
      voting: refuse('This host cannot be forced in its present state.'),
      acting: refuse('This host is master.'),
      ending: busy,
    },
    {
      waiting: commands.doForceMaster,
      'standby-catching-up': commands.doForceMaster,
      'standby-in-sync': commands.doForceMaster,
      candidate: commands.doForceMaster,
      witness: isWitness,
    },
  ),
};
