/**
 * A member that is not master: whom it follows, and what may be done to its data directory.
 *
 * Responsible for the standby states. The rule that counts: while the newest roster lists this member in sync, its directory is not
 * rewound, copied over or dropped; only a decided, active roster without it allows that.
 */
import { positionOf, comparePositions, streamName, whyCopy } from './roster.ts';
import { move, type Turn } from './turn.ts';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { NO_DATABASE, type Leader } from './state.ts';
import type { DatabaseReport } from './inputs.ts';

/** A copy that fails this often needs a human: a full disk or a broken network does not heal by repeating. */
const COPY_FAILURES_MAX = 5;
/** A standby whose PostgreSQL ends this often without ever being well is not healed by one more start. */
const DATABASE_LOSSES_MAX = 5;

/** Runs PostgreSQL as a standby of nobody, so that its position is known and it can be promoted. */
function runIdle(turn: Turn): void {
  runStandby(turn, null, '');
}

function runStandby(turn: Turn, upstream: VoterId | null, as: string): void {
  const { state } = turn;
  if (state.database.runs === 'absent') return;
  const following = `${upstream ?? ''}|${as}`;
  if (state.following === following) return;
  state.following = following;
  turn.effects.push({ type: 'run-standby', upstream, as });
}

/** Follows the present master, if its roster is known; waits where the roster is not clear yet. */
export function followLeader(turn: Turn): void {
  const { state } = turn;
  const { leader, record, database } = state;
  const { roster } = record;
  if (leader === null || roster === null) return;
  // The roster of this master's own term says who is in sync under it; before that it acts on nothing.
  if (roster.term !== leader.term || roster.master !== leader.id || roster.phase !== 'active') return;
  const token = roster.inSync[record.id];
  // Nothing is done to a directory, and nothing is claimed, by a roster that is not decided or not the newest of this master.
  const own = positionOf(roster);
  const settled = comparePositions(leader.decided, own) === 0 && comparePositions(leader.position, own) === 0;
  if (token !== undefined) {
    // Another directory than the one that the roster names: the master will notice and drop this member; until then nothing is touched.
    if (token !== database.token || database.runs === 'absent') return;
    if (state.name !== 'standby-in-sync' && settled) move(turn, 'follows-in-sync', { who: leader.id });
    runStandby(turn, leader.id, streamName(record.id, roster.epoch));
    return;
  }
  if (!settled) return;
  if (record.maintenance) {
    move(turn, 'maintenance-begins');
    return;
  }
  const why = whyCopy(database, roster);
  if (why !== null) {
    move(turn, 'follows-by-copy', { who: leader.id, why });
    state.copyFailures = 0;
    startCopy(turn, leader);
    return;
  }
  if (state.name !== 'standby-catching-up') move(turn, 'follows-catching-up', { who: leader.id });
  runStandby(turn, leader.id, streamName(record.id, leader.epoch));
}

function startCopy(turn: Turn, { id, epoch }: Leader): void {
  const { state } = turn;
  state.following = '';
  state.database = NO_DATABASE;
  turn.effects.push({ type: 'copy', from: id, epoch });
}

/** Whom this member follows, if it was heard within a promise. */
function heardLeader(turn: Turn): Leader | null {
  const { leader, timing } = turn.state;
  return leader !== null && turn.now - leader.at < timing.promiseMs ? leader : null;
}

/** No heartbeat for a whole promise: what was followed is gone. */
export function watchLeader(turn: Turn): void {
  const { state } = turn;
  if (heardLeader(turn) !== null) return;
  move(turn, 'leader-lost', { who: state.leader?.id ?? 'The master' });
  state.leader = null;
  runIdle(turn);
}

/** The directory is new and carries a fresh token. */
export function onCopied(turn: Turn, report: DatabaseReport): void {
  const { state } = turn;
  state.copyFailures = 0;
  state.database = report;
  const { leader } = state;
  if (leader === null) {
    move(turn, 'leader-lost', { who: 'The master' });
    return;
  }
  move(turn, 'follows-catching-up', { who: leader.id });
  runStandby(turn, leader.id, streamName(state.record.id, leader.epoch));
}

export function onCopyFailed(turn: Turn, why: string): void {
  const { state, now } = turn;
  state.copyFailures += 1;
  if (state.copyFailures >= COPY_FAILURES_MAX) {
    move(turn, 'copy-given-up', { why });
    return;
  }
  move(turn, 'copy-repeated', { who: state.leader?.id ?? 'the master', why });
  state.copyAt = now + state.timing.copyRetryMs * 2 ** (state.copyFailures - 1);
}

/** A copy that failed is tried again after a while, if there is still a master to copy from. */
export function repeatCopy(turn: Turn): void {
  const { state, now } = turn;
  if (now < state.copyAt) return;
  state.copyAt = Infinity;
  const leader = heardLeader(turn);
  if (leader === null) watchLeader(turn);
  else startCopy(turn, leader);
}

/** The own roster does not list this member any more, and nobody is heard: it holds no place to take over from. */
export function watchPlace(turn: Turn): void {
  const { leader, record } = turn.state;
  if (heardLeader(turn) !== null || record.roster?.inSync[record.id] !== undefined) return;
  move(turn, 'leader-lost', { who: leader?.id ?? 'The master' });
}

/** A standby's PostgreSQL has ended by itself: it is started again, but not without end. */
export function onStandbyLost(turn: Turn): void {
  const { state } = turn;
  state.database = { ...state.database, runs: 'stopped', streaming: false, healthy: false };
  state.following = '';
  state.databaseLosses += 1;
  if (state.databaseLosses > DATABASE_LOSSES_MAX) {
    state.election = null;
    move(turn, 'database-given-up');
    return;
  }
  move(turn, 'standby-database-restarted');
  attend(turn);
}

/** Whatever runs follows whom it should; where nobody is heard it runs by itself, so that it can be promoted. */
export function attend(turn: Turn): void {
  const { state } = turn;
  const heard = heardLeader(turn) !== null;
  if (heard && state.name !== 'candidate') followLeader(turn);
  if (!heard || state.name === 'waiting' || state.name === 'candidate') runIdle(turn);
}

/** Back on duty after maintenance or a repair: whatever was told to the database before counts no more. */
export function beginAnew(turn: Turn): void {
  turn.state.following = '';
  attend(turn);
}
