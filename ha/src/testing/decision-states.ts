/**
 * A voter in each state of the table, and in the situations within them that matter, each reached by inputs alone.
 *
 * The voter under test is `a`, a member; `b` is the other member, `w` the witness. Responsible for the ways that lead there.
 * Not responsible for the world that answers on the way (`decision-bench.ts`). Called by the tests of the core.
 */
import type { PairMessageBody } from '@nezuban/protocol/pair/messages';
import type { Roster, VoterRecord } from '@nezuban/protocol/pair/roster';
import { createState, type StateName, type StateOptions } from '../decision/state.ts';
import { deriveTiming, LAN, type Timing } from '../decision/timing.ts';
import { Bench, FLUSHED, LONELY } from './decision-bench.ts';

export const TIMING: Timing = deriveTiming(LAN);
/** The host has been up for a while. */
const STARTED_AT = 1_000_000;

/** Both in sync under master `b`, one witness. */
export function rosterOf(changes: Partial<Roster> = {}): Roster {
  return {
    term: 1,
    revision: 1,
    master: 'b',
    phase: 'active',
    inSync: { a: 'token-a', b: 'token-b' },
    voters: [['a', 'b', 'w']],
    base: null,
    tieBreaker: 'witness',
    members: ['a', 'b'],
    lineage: [{ term: 1, member: 'b', timeline: 1, startLsn: 0, lossy: false }],
    epoch: 1,
    forced: null,
    ...changes,
  };
}

export const twoHosts = (tieBreaker: 'fence' | 'manual'): Partial<Roster> => ({
  voters: [['a', 'b']],
  tieBreaker,
});

export function recordOf(changes: Partial<VoterRecord> = {}): VoterRecord {
  return {
    cluster: 'pair',
    id: 'a',
    term: 1,
    votedFor: null,
    roster: rosterOf(),
    fence: null,
    maintenance: false,
    ...changes,
  };
}

/** A keeper that has just read this record. */
export function starting(record: Partial<VoterRecord> = {}, options: Partial<StateOptions> = {}): Bench {
  const state = createState({
    role: 'member',
    startId: 'a-1',
    seed: 7,
    timing: TIMING,
    record: recordOf(record),
    now: STARTED_AT,
    ...options,
  });
  return new Bench(state, STARTED_AT);
}

/** A witness that has never heard anything. */
export function freshWitness(): Bench {
  return witness({ term: 0, roster: null });
}

export function witness(record: Partial<VoterRecord> = {}): Bench {
  return starting({ id: 'w', ...record }, { role: 'witness', startId: 'w-1' });
}

/** The directory has been looked at; nobody is heard. */
export function waiting(record: Partial<VoterRecord> = {}): Bench {
  const bench = starting(record);
  return bench.report({
    runs: 'standby',
    token: 'token-a',
    lineage: bench.state.record.roster?.lineage.at(-1)?.term ?? 0,
    flushed: FLUSHED,
    healthy: true,
  });
}

/** Waits under a roster that differs from the usual one. */
export function waitingUnder(roster: Partial<Roster>): Bench {
  return waiting({ roster: rosterOf(roster) });
}

export function standbyInSync(roster: Partial<Roster> = {}): Bench {
  return waitingUnder(roster).hearMaster('b').report({ streaming: true });
}

/** Follows `b`, which goes on alone. */
export function catchingUp(roster: Partial<Roster> = {}): Bench {
  return waitingUnder({ inSync: { b: 'token-b' }, ...roster })
    .hearMaster('b')
    .report({ streaming: true });
}

/** The directory is of a history that `b` never had. */
export function copying(): Bench {
  return waitingUnder({ inSync: { b: 'token-b' } })
    .report({ lineage: 77 })
    .hearMaster('b');
}

/** Asks whether it may be elected; nobody has answered. */
export function candidate(roster: Partial<Roster> = {}): Bench {
  const bench = waitingUnder(roster);
  // After a restart an asymmetric or forced roster wants those who voted before to be heard first.
  const answer: PairMessageBody = {
    type: 'roster-answer',
    roster: bench.state.record.roster,
    heardMasterAgoMs: -1,
    heardMaster: null,
    fencesYou: false,
  };
  const isAlone = bench.state.record.roster?.base != null || bench.state.record.roster?.forced != null;
  if (isAlone) for (const from of ['b', 'w']) bench.hear(from, answer);
  return bench.after(TIMING.restartQuietMs);
}

/** Its own vote lies on its disk, and the others are asked. */
export function candidateForVotes(roster: Partial<Roster> = {}): Bench {
  const bench = candidate(roster);
  const { record, election } = bench.state;
  const newTerm = election?.term ?? 0;
  for (const from of new Set(record.roster?.voters.flat()))
    if (from !== 'a' && bench.state.election?.stage === 'pre-vote')
      bench.hear(from, { type: 'pre-vote-answer', newTerm, granted: true, roster: record.roster });
  return bench.persist();
}

/** Elected; the first roster of its term is decided and the database is told to become primary. */
export function promoting(roster: Partial<Roster> = {}): Bench {
  return candidateForVotes(roster).answer({ obeys: [], streams: 'nobody' });
}

/** In service; `b` is there, but not in sync. */
export function masterAlone(roster: Partial<Roster> = {}): Bench {
  return promoting(roster).answer({ streams: 'nobody' });
}

/** In service, and nobody else has answered for longer than a lease: it goes on by the sole rule. */
export function masterSole(): Bench {
  return masterAlone().live(2 * TIMING.leaseMs, LONELY);
}

export function masterPaired(roster: Partial<Roster> = {}): Bench {
  return masterAlone(roster).live(TIMING.stableMs + 2000);
}

/** A planned switch has begun and work is being drained. */
export function resigning(): Bench {
  return masterPaired().command({ do: 'switch' });
}

/** The database has stopped; the standby is not known to hold its end yet. */
export function resigningStopped(): Bench {
  const bench = resigning().give({ type: 'drained' });
  return bench.give({ type: 'database-stopped', end: 2 * FLUSHED * FLUSHED });
}

export function standingDown(): Bench {
  return masterPaired().give({ type: 'clock-jumped' });
}

/** It could not be ended in time. */
export function fenced(): Bench {
  return standingDown().after(TIMING.standDownMs);
}

export function inMaintenance(): Bench {
  return catchingUp().command({ do: 'maintenance', on: true }).persist();
}

/** The copy has failed too often. */
export function failed(): Bench {
  const bench = copying();
  while (bench.state.name === 'standby-copying') bench.give({ type: 'copy-failed', why: 'the disk is full' });
  return bench;
}

/** The record cannot be written. */
export function muted(): Bench {
  return standbyInSync().give({ type: 'persist-failed', why: 'I/O error' });
}

/** The witness is being replaced; the joint roster is on its way, and nobody has accepted it yet. */
export function joint(): Bench {
  const bench = masterPaired();
  bench.command({ do: 'set-voters', voters: ['a', 'b', 'x'], members: ['a', 'b'], tieBreaker: 'witness' });
  return bench.live(TIMING.heartbeatIntervalMs, { answering: ['b', 'x'], disk: false }).persist();
}

/** The only voter, by its own decision, since no witness was left. */
export function asymmetric(): Bench {
  const lost = { answering: ['b'], report: { heard: ['a'] } };
  return masterPaired().live(TIMING.asymmetricAfterMs + 1000, lost);
}

/** Made master by force while nobody else answers. */
export function forced(): Bench {
  const bench = waiting().command({
    do: 'force-master',
    confirmedOff: ['b', 'w'],
    agentsHeardOtherAgoMs: null,
  });
  return bench.answer(LONELY);
}

/** Two hosts alone; `b` has shown that it knows this start of `a` and its roster. */
export function metPeer(tieBreaker: 'fence' | 'manual' = 'fence'): Bench {
  const bench = standbyInSync(twoHosts(tieBreaker));
  return bench.hear('b', {
    type: 'roster-answer',
    roster: bench.state.record.roster,
    heardMasterAgoMs: 0,
    heardMaster: 'b',
    fencesYou: false,
  });
}

/** One way into each state. */
export const benchOf: Readonly<Record<StateName, () => Bench>> = {
  starting,
  waiting,
  'standby-copying': copying,
  'standby-catching-up': catchingUp,
  'standby-in-sync': standbyInSync,
  candidate,
  promoting,
  'master-alone': masterAlone,
  'master-paired': masterPaired,
  resigning,
  'standing-down': standingDown,
  fenced,
  maintenance: inMaintenance,
  failed,
  witness: () => witness(),
};

/** The situations within a state that take other ways through its cells. */
export const variants: Readonly<Record<string, () => Bench>> = {
  freshWitness,
  candidateForVotes,
  masterSole,
  resigningStopped,
  muted,
  joint,
  asymmetric,
  forced,
  metPeer,
};
