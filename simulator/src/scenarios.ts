/**
 * The scenarios: sequences that chance alone hardly ever finds, each aimed at one rule of the protocol.
 *
 * Some are a row of strikes; others set traps that wait for a moment (a proposal leaves, a vote reaches the disk). Called by `stage.ts`.
 */
import type { Adversary } from './faults.ts';
import type { Host } from './host.ts';
import { createPairPlays } from './pair-scenarios.ts';
import type { ScenarioName } from './options.ts';
import { KEEP, type Stage } from './trap.ts';

/** The window in which messages are delayed before a candidacy. */
const DELAY_WINDOW_MS = 400;
/** Past one round of a candidacy and into the next one. */
const NEXT_ROUND_MIN_MS = 400;
const NEXT_ROUND_MAX_MS = 1500;

export type Plays = Readonly<Record<ScenarioName, () => void>>;

/** What scenarios are made of. */
export interface Props {
  readonly master: () => Host;
  readonly standbyOf: (host: Host) => Host;
  readonly between: (low: number, high: number) => number;
  readonly someWitness: () => Host | undefined;
  readonly restart: (host: Host) => void;
  readonly lose: (host: Host, lengthMs: number) => void;
}

export function createProps(adversary: Adversary): Props {
  const { random } = adversary;
  const between = (low: number, high: number): number => random.between(low, high);
  return {
    between,
    master: () => adversary.master() ?? adversary.anyMember(),
    standbyOf: (host) => adversary.peerOf(host) ?? host,
    someWitness: () => random.pick(adversary.witnesses()),
    /** Off for a moment, or only the keeper killed: in both cases it forgets its promises. */
    restart: (host) => {
      if (random.chance(0.5)) host.powerOff(between(10, 300));
      else host.killKeeper();
    },
    lose: (host, lengthMs) => {
      if (random.chance(0.5)) host.powerOff(lengthMs);
      else adversary.isolate(host, lengthMs);
    },
  };
}

export function createPlays(adversary: Adversary, stage: Stage): Plays {
  const props = createProps(adversary);
  return { ...createVotingPlays(adversary, stage, props), ...createPairPlays(adversary, stage, props) };
}

export type VotingPlay =
  | 'restart-two-voters'
  | 'pause-between-propose-and-decided'
  | 'late-message-past-candidacy'
  | 'late-votes'
  | 'propose-after-vote'
  | 'slow-answers-then-cut'
  | 'crash-after-vote'
  | 'crash-before-vote'
  | 'cut-during-voter-change'
  | 'pause-past-lease';

function createVotingPlays(adversary: Adversary, stage: Stage, props: Props): Pick<Plays, VotingPlay> {
  const { random, world } = adversary;
  const { master, standbyOf, between, someWitness, restart, lose } = props;
  let votedTerm = 0;

  /** Is this a vote of a term that no trap has struck at yet? */
  const isFreshVote = (term: number, votedFor: string | null): boolean => {
    if (votedFor === null || term <= votedTerm) return false;
    votedTerm = term;
    return true;
  };
  const strikeSender = (host: Host): void =>
    adversary.later(between(0, 4), () => {
      if (random.chance(0.6)) host.pause(adversary.pauseTime());
      else if (random.chance(0.5)) adversary.isolate(host, adversary.cutTime());
      else host.powerOff(adversary.offTime());
    });

  return {
    'restart-two-voters': () => {
      const acting = master();
      if (random.chance(0.7)) adversary.isolate(acting, between(1500, 4000));
      for (const other of [standbyOf(acting), ...adversary.witnesses()])
        adversary.later(between(0, 300), () => restart(other));
    },
    'pause-between-propose-and-decided': () => {
      stage.set({
        proposes: (host) => {
          strikeSender(host);
          return true;
        },
      });
      // Something must change for a proposal to leave.
      const way = random.below(3);
      if (way === 0) adversary.breakStreams(master(), standbyOf(master()));
      else if (way === 1) standbyOf(master()).powerOff(between(100, 2000));
      else adversary.cutBoth(master(), standbyOf(master()), between(1500, 4000));
    },
    'late-message-past-candidacy': () => {
      const acting = master();
      stage.delay(DELAY_WINDOW_MS, () => (random.chance(0.4) ? between(500, 4500) : 0));
      adversary.later(between(0, DELAY_WINDOW_MS), () => lose(acting, between(1500, 5000)));
    },
    'late-votes': () => {
      lose(master(), between(2000, 6000));
      stage.delay(6000, (_, { body }) => {
        if (body.type === 'vote')
          return random.chance(0.7) ? between(NEXT_ROUND_MIN_MS, NEXT_ROUND_MAX_MS) : 0;
        return body.type === 'request-vote' && random.chance(0.3) ? KEEP : 0;
      });
    },
    /** A roster of the old master reaches a voter right after that one has voted for the next. */
    'propose-after-vote': () => {
      const acting = master();
      const standby = standbyOf(acting);
      const kept = new Map<Host, () => void>();
      stage.delay(8000, (host, message) => {
        const target = world.hostOf(message.to);
        if (host !== acting || message.body.type !== 'propose' || target === undefined || target === standby)
          return 0;
        kept.set(target, () => target.keeper.receive(message));
        return KEEP;
      });
      adversary.cutBoth(acting, standby, 8000);
      stage.set({
        proposes: (host) => {
          if (host !== acting) return false;
          adversary.later(between(1, 5), () => adversary.isolate(acting, between(3000, 6000)));
          return true;
        },
      });
      stage.set({
        written: (host) => {
          const deliver = kept.get(host);
          if (deliver === undefined || host.disk.durable?.votedFor !== standby.voterId) return false;
          kept.delete(host);
          deliver();
          return kept.size === 0;
        },
      });
    },
    'slow-answers-then-cut': () => {
      const acting = master();
      const slow = between(80, 500);
      stage.delay(1500, (_, { body }) => (body.type === 'heartbeat-ack' ? slow : 0));
      adversary.later(between(600, 1200), () => adversary.isolate(acting, between(2500, 5000)));
    },
    'crash-after-vote': () => {
      stage.set({
        written: (host) => {
          const record = host.disk.durable;
          if (record === null || !isFreshVote(record.term, record.votedFor)) return false;
          adversary.later(between(0, 3), () => host.powerOff(between(20, 1800)));
          return true;
        },
      });
      lose(master(), between(1500, 4000));
    },
    'crash-before-vote': () => {
      stage.set({
        persists: (host, record) => {
          if (!isFreshVote(record.term, record.votedFor)) return false;
          adversary.later(0, () => host.powerOff(between(20, 1800)));
          return true;
        },
      });
      lose(master(), between(1500, 4000));
    },
    /** The master keeps a majority of one of the two sets only. */
    'cut-during-voter-change': () => {
      const acting = master();
      stage.set({
        proposes: (host, { body }) => {
          if (body.type !== 'propose' || body.roster.voters.length < 2) return false;
          const old = body.roster.voters[random.below(2)] ?? [];
          for (const id of old) {
            const other = world.hostOf(id);
            if (other !== undefined && other !== host) adversary.cutBoth(host, other, between(2500, 6000));
          }
          return true;
        },
      });
      world.operators.changeVoters(acting);
      const witness = someWitness();
      if (random.chance(0.3) && witness !== undefined) adversary.later(500, () => lose(witness, 5000));
    },
    'pause-past-lease': () => {
      const host = master();
      if (random.chance(0.7)) host.pause(between(900, 4500));
      else host.pauseKeeper(between(900, 4500));
    },
  };
}
