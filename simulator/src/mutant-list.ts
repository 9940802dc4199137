/**
 * The mutants: at least one for each rule of the protocol, each with the number of seeds within which it is caught.
 *
 * Not among them, because the others stand in for them: the question to the former voters of an asymmetric roster, whose lack shows only
 * where an operator breaks his word about a host that is off; and a stale fence result, which the next message of the peer makes void.
 *
 * That one probe is not enough for an admission shows only where a commit shares its flush with the probe and the standby's flush falls
 * between the two; the exhaustive model in `ha/model` holds that rule (`MUT_PROBE_POSITION`).
 *
 * When a patch no longer fits because the core was rewritten, the rule is looked up there and the patch made anew; it is not deleted.
 */
import type { Mutant } from './mutants.ts';
import { data, membership } from './roster-mutants.ts';

/** Votes, promises, what is durable. */
const voting: readonly Mutant[] = [
  {
    name: 'promise-ignored',
    says: 'a voter supports somebody else although it has promised a master',
    file: 'voter.ts',
    find: 'now >= state.promiseUntil && now >= state.quietUntil',
    replace: 'now >= state.quietUntil',
    seeds: 1500,
  },
  {
    name: 'restart-quiet-skipped',
    says: 'a restarted voter, which has forgotten its promises, supports somebody at once',
    file: 'state.ts',
    find: 'quietUntil: alone ? now : now + timing.restartQuietMs',
    replace: 'quietUntil: now',
    seeds: 1500,
  },
  {
    name: 'heartbeat-promises-nothing',
    says: 'an answered heartbeat is no promise',
    file: 'voter.ts',
    find: 'raiseTerm(turn, message.term);\n  promise(turn);',
    replace: 'raiseTerm(turn, message.term);',
    seeds: 200,
  },
  {
    name: 'self-vote-ignores-promise',
    says: 'a candidate votes for itself although it has promised a master, and is not stopped by a heartbeat',
    file: 'election.ts',
    find: 'record.term >= election.term || !isFree(turn)',
    replace: 'record.term >= election.term',
    also: [
      {
        file: 'election.ts',
        find: 'return Math.max(promiseUntil, quietUntil, candidateAt);',
        replace: 'return Math.max(quietUntil, candidateAt, promiseUntil * 0);',
      },
    ],
    seeds: 5000,
  },
  {
    name: 'voted-twice',
    says: 'a voter votes again in a term in which it has voted',
    file: 'voter.ts',
    find: '(term === record.term && record.votedFor === null)',
    replace: 'term === record.term',
    seeds: 500,
  },
  {
    name: 'answered-before-persisted',
    says: 'a vote or an acceptance leaves before it is on disk',
    file: 'turn.ts',
    find: '  if (isDurable(turn)) {\n    send(turn, to, body);',
    replace: "  if (isDurable(turn) || to !== '') {\n    send(turn, to, body);",
    seeds: 20,
  },
  {
    name: 'own-vote-before-persisted',
    says: "a candidate's own vote counts before it is on disk",
    file: 'election.ts',
    find: ' || election.sequence > state.durable) return;',
    replace: ') return;',
    seeds: 50,
  },
  {
    name: 'own-acceptance-before-persisted',
    says: "a master's own acceptance counts before its roster is on disk",
    file: 'duty.ts',
    find: ' || proposal.sequence > state.durable) return;',
    replace: ') return;',
    seeds: 20,
  },
  {
    name: 'lower-term-accepted',
    says: 'a voter accepts a roster of a term that is lower than its own',
    file: 'voter.ts',
    find: 'if (roster.term < state.record.term) {',
    replace: 'if (roster.term < 0) {',
    seeds: 1500,
  },
  {
    name: 'vote-of-another-term-counted',
    says: 'a late vote for an earlier candidacy counts',
    file: 'election.ts',
    find: "election.stage !== 'vote' || election.term !== body.forTerm",
    replace: "election.stage !== 'vote'",
    seeds: 1500,
  },
  {
    name: 'minority-elects',
    says: 'one voter less than a majority is enough',
    file: 'roster.ts',
    find: '2 * set.filter(yes).length > set.length',
    replace: '2 * set.filter(yes).length + 2 > set.length',
    seeds: 20,
  },
  {
    name: 'one-set-is-enough',
    says: 'a majority of one of the two sets decides while voters change',
    file: 'roster.ts',
    find: 'return sets.every((set)',
    replace: 'return sets.some((set)',
    seeds: 2000,
  },
  {
    name: 'master-votes',
    says: 'a master that acts supports another candidate',
    file: 'voter.ts',
    find: ' && !isActing(state);',
    replace: ';',
    also: [
      {
        file: 'decide.ts',
        find: 'if (isActing(state) && message.term > record.term) {',
        replace: 'if (isActing(state) && message.term > record.term + 1e9) {',
      },
    ],
    seeds: 8000,
  },
  {
    name: 'newest-roster-not-taken',
    says: 'the winner goes on with its own roster instead of the newest one among the votes',
    file: 'voter.ts',
    find: "if (turn.state.role === 'member') takeRoster(turn, roster);",
    replace: 'void roster;',
    seeds: 1000,
  },
  {
    name: 'older-roster-taken',
    says: 'a voter writes a roster over a newer one',
    file: 'voter.ts',
    find: 'roster !== null && isNewer(roster, turn.state.record.roster)',
    replace: 'roster !== null',
    seeds: 50,
  },
  {
    name: 'disk-answers-early',
    says: 'the disk driver reports a record before it is written',
    file: 'disk.ts',
    find: '    queue.after(duration, hardware, () => this.#finish());',
    replace:
      '    this.#ports.written(this.#writing?.records ?? [], this.#writing?.sequence ?? 0);\n    queue.after(duration, hardware, () => this.#finish());',
    seeds: 20,
  },
  {
    name: 'disk-loses-last-write',
    says: 'the disk loses the last record that it reported as written',
    file: 'disk.ts',
    find: '    this.#durable = batch.records.at(-1) ?? this.#durable;',
    replace: '    this.#before = this.#durable;\n    this.#durable = batch.records.at(-1) ?? this.#durable;',
    also: [
      {
        file: 'disk.ts',
        find: '  slow = false;',
        replace: '  #before: VoterRecord | null = null;\n  slow = false;',
      },
      {
        file: 'disk.ts',
        find: '    if (batch !== null && reached) this.#keep(batch);',
        replace: '    this.#durable = this.#before ?? this.#durable;\n    void batch;\n    void reached;',
      },
    ],
    seeds: 20,
  },
];

/** Lease, stand-down, who may act. */
const acting: readonly Mutant[] = [
  {
    name: 'lease-from-answer',
    says: 'the lease runs from the arrival of the answer, not from the sending of the heartbeat',
    file: 'duty.ts',
    find: 'duty.acks = { ...duty.acks, [from]: sent.at };',
    replace: 'duty.acks = { ...duty.acks, [from]: now };',
    seeds: 8000,
  },
  {
    name: 'any-answer-renews',
    says: 'an answer renews the lease from the newest heartbeat, whichever it answers',
    file: 'duty.ts',
    find: 'const sent = duty.sends.find(({ seq }) => seq === body.seq);',
    replace: 'const sent = duty.sends.at(-1);',
    seeds: 10000,
  },
  {
    name: 'lease-over-one-set',
    says: 'the lease counts over the new voters alone while they change',
    file: 'roster.ts',
    find: 'earliest = Math.min(earliest, times[Math.floor(set.length / 2)] ?? -Infinity);',
    replace: 'earliest = times[Math.floor(set.length / 2)] ?? -Infinity;',
    seeds: 5000,
  },
  {
    name: 'acts-before-decided',
    says: 'a master acts on a roster that is not decided',
    file: 'duty.ts',
    find: 'if (!isDecided(turn) || !(hasLease(turn) || duty.sole)) return false;',
    replace: 'if (!(hasLease(turn) || duty.sole)) return false;',
    seeds: 20,
  },
  {
    name: 'lease-not-watched',
    says: 'a master goes on after its lease',
    file: 'decide.ts',
    find: 'if (isActing(state)) duty.watchLease(duty.acting(turn));',
    replace: '',
    seeds: 50,
  },
  {
    name: 'guard-not-told',
    says: 'the guard gets no deadline',
    file: 'duty.ts',
    find: "  turn.effects.push({ type: 'guard', until: guardUntil });",
    replace: '',
    seeds: 1000,
  },
  {
    name: 'resigns-before-stopped',
    says: 'the promises are given back before everything has ended',
    file: 'stand-down.ts',
    find: "  turn.effects.push({ type: 'stand-down', term: duty.term, deadline });",
    replace:
      "  turn.effects.push({ type: 'stand-down', term: duty.term, deadline });\n  if (state.record.roster !== null) for (const id of audienceOf(state.record.roster)) if (id !== state.record.id) send(turn as Turn, id, { type: 'resign', resignedTerm: state.standDown.term, to: resignTo });",
    seeds: 3000,
  },
  {
    name: 'sole-kept-at-proposal',
    says: 'the right to go on alone is kept when a roster with the standby leaves',
    file: 'duty.ts',
    find: 'if (!isAlone(next, state.record.id)) state.duty.sole = false;',
    replace: '',
    seeds: 500,
  },
  {
    name: 'sole-by-proposal',
    says: 'the right to go on alone begins with the proposal of {me}, not with its decision',
    file: 'duty.ts',
    find: 'if (!isAlone(next, state.record.id)) state.duty.sole = false;',
    replace: "state.duty.sole = isAlone(next, state.record.id) && next.phase === 'active';",
    seeds: 1500,
  },
];

export const mutants: readonly Mutant[] = [...voting, ...acting, ...data, ...membership];
