// What a master should do about the pair's make-up next. Pure.
// Responsible for one decision: which voters the pair should have, given who is there, and whether another witness is wanted. Not
// responsible for how voters change (`../decision/voter-change.ts`) and how an agent becomes a witness. Called by the keeper every second.
import type { AddressBook } from '@nezuban/protocol/pair/pair-link';
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import type { Command } from '../decision/inputs.ts';
import type { LinkConnection } from '../drivers/ports.ts';

export type PlanFacts = {
  readonly self: VoterId;
  readonly roster: Roster;
  readonly book: AddressBook;
  readonly connections: readonly Pick<LinkConnection, 'id' | 'kind' | 'heardAgoMs'>[];
  /** What an operator wants; `witness` unless said otherwise. */
  readonly tieBreaker: Roster['tieBreaker'];
  /** A change of voters is under way. */
  readonly busy: boolean;
};

type SetVoters = Omit<Extract<Command, { do: 'set-voters' }>, 'id'>;

export type Plan = {
  /** A change of voters to ask the core for. */
  readonly voters: SetVoters | null;
  /** One more agent should become a witness. */
  readonly wantsWitness: boolean;
  /** Witnesses that are connected and vote for nobody yet, for the core. */
  readonly candidates: readonly VoterId[];
};

/** Connected means heard just now: a voter that does not answer would only delay the change. */
const HEARD_MS = 1_500;

export function planPair(facts: PlanFacts): Plan {
  const { self, roster, book, connections, tieBreaker, busy } = facts;
  const here = connections.filter(({ heardAgoMs }) => heardAgoMs < HEARD_MS);
  const voters = new Set(roster.voters.flat());
  const candidates = here.filter(({ id, kind }) => kind === 'witness' && !voters.has(id)).map(({ id }) => id);
  const witnesses = [...voters].filter((id) => !roster.members.includes(id));
  const liveWitnesses = witnesses.filter((id) => here.some((one) => one.id === id));

  const joined = book.members.map(({ id }) => id).find((id) => !roster.members.includes(id));
  const joining = joined !== undefined && roster.members.length === 1 && here.some(({ id }) => id === joined);
  const members = joining ? [self, joined] : roster.members;
  const isPair = members.length === 2;
  const wantsWitness =
    isPair && tieBreaker === 'witness' && liveWitnesses.length === 0 && candidates.length === 0;

  // An asymmetric roster returns to its former voters by itself, but not where they were left behind for good.
  if (busy || (roster.base !== null && !joining) || !isPair)
    return { voters: null, wantsWitness, candidates };
  const wanted = votersOf({ members, witnesses, candidates, tieBreaker });
  const same =
    !joining &&
    roster.tieBreaker === wanted.tieBreaker &&
    wanted.voters.length === voters.size &&
    wanted.voters.every((id) => voters.has(id));
  return {
    voters: same ? null : { do: 'set-voters', members, ...wanted },
    wantsWitness,
    candidates,
  };
}

/** The witnesses stay whoever they are (the core replaces lost ones); where there is none, the first candidate becomes it. */
function votersOf(wish: {
  readonly members: readonly VoterId[];
  readonly witnesses: readonly VoterId[];
  readonly candidates: readonly VoterId[];
  readonly tieBreaker: Roster['tieBreaker'];
}): Pick<SetVoters, 'voters' | 'tieBreaker'> {
  const { members, witnesses, candidates, tieBreaker } = wish;
  if (tieBreaker !== 'witness') return { voters: members, tieBreaker };
  const chosen = witnesses.length > 0 ? witnesses : candidates.slice(0, 1);
  // Until there is a witness a human breaks the tie: that is stated in the status, with what to do.
  return chosen.length === 0
    ? { voters: members, tieBreaker: 'manual' }
    : { voters: [...members, ...chosen], tieBreaker: 'witness' };
}
