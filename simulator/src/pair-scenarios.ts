/** Scenarios about the two members: their data, their directories, fencing, force. Called by `scenarios.ts`. */
import type { Adversary } from './faults.ts';
import type { ScenarioName } from './options.ts';
import type { Plays, Props, VotingPlay } from './scenarios.ts';
import type { Stage } from './trap.ts';

type PairPlay = Exclude<ScenarioName, VotingPlay>;

export function createPairPlays(adversary: Adversary, stage: Stage, props: Props): Pick<Plays, PairPlay> {
  const { random, world } = adversary;
  const { master, standbyOf, between, someWitness, restart, lose } = props;
  return {
    'cut-members-only': () => adversary.cutBoth(master(), standbyOf(master()), between(1000, 9000)),
    'witness-then-standby': () => {
      const witness = someWitness();
      if (witness !== undefined) lose(witness, between(4000, 12_000));
      adversary.later(between(100, 7000), () => lose(standbyOf(master()), between(2000, 8000)));
    },
    'standby-then-witness': () => {
      lose(standbyOf(master()), between(4000, 12_000));
      adversary.later(between(100, 5000), () => {
        const witness = someWitness();
        if (witness !== undefined) lose(witness, between(2000, 8000));
      });
    },
    'cut-one-then-the-other': () => {
      const acting = master();
      const other = random.chance(0.5) ? standbyOf(acting) : (someWitness() ?? standbyOf(acting));
      const [from, to] = random.chance(0.5) ? [acting, other] : [other, acting];
      adversary.cut(from, to, between(1000, 4000));
      adversary.later(between(200, 3000), () => adversary.cut(to, from, between(1000, 4000)));
    },
    'promotion-fails-then-old-master': () => {
      const before = world.chance.troubles;
      const fails = random.chance(0.5) ? 1 : 0;
      world.chance.troubles = { ...before, promotionFails: fails, promotionHangs: 1 };
      lose(master(), between(1600, 4000));
      adversary.later(between(2500, 7000), () => (world.chance.troubles = before));
    },
    'wipe-in-sync-member': () => {
      const host = random.chance(0.7) ? standbyOf(master()) : master();
      if (random.chance(0.7)) host.powerOff(between(100, 2500));
      adversary.wipeData(host);
    },
    /** An old copy of the directory is put into its place while both hosts are off. */
    'foreign-directory': () => {
      const host = standbyOf(master());
      const other = master();
      host.powerOff(between(100, 1500));
      adversary.replaceData(host);
      if (random.chance(0.7)) lose(other, between(2500, 7000));
    },
    'both-members-down': () => {
      const acting = master();
      const standby = standbyOf(acting);
      const [first, second] = random.chance(0.5) ? [acting, standby] : [standby, acting];
      first.powerOff(between(100, 6000));
      adversary.later(between(0, 3500), () => second.powerOff(between(100, 6000)));
    },
    'switch-during-cut': () => {
      world.operators.command(master(), { do: 'switch' });
      adversary.later(between(0, 600), () => {
        const acting = master();
        const other = random.chance(0.6) ? standbyOf(acting) : (someWitness() ?? standbyOf(acting));
        if (random.chance(0.5)) adversary.cutBoth(acting, other, between(200, 4000));
        else adversary.cut(acting, other, between(200, 4000));
      });
    },
    'flapping-admission': () => {
      restart(standbyOf(master()));
      for (let at = 500; at < 7000; at += between(100, 900)) {
        adversary.later(at, () => {
          const acting = master();
          const way = random.below(3);
          if (way === 0) adversary.breakStreams(acting, standbyOf(acting));
          else if (way === 1) adversary.cutBoth(acting, standbyOf(acting), between(50, 400));
          else standbyOf(acting).killPostgres();
        });
      }
    },
    'slow-persist-during-change': () => {
      const acting = master();
      acting.disk.slow = true;
      adversary.later(between(1000, 6000), () => (acting.disk.slow = false));
      restart(standbyOf(acting));
    },
    /** Commits wait for a standby that cannot take over, and the primary crashes: recovery shows what nobody was told. */
    'crash-while-commits-wait': () => {
      const acting = master();
      const standby = standbyOf(acting);
      standby.slowData = true;
      standby.sick = true;
      standby.actor?.reportSoon(0);
      adversary.later(between(400, 1300), () => acting.killPostgres());
      adversary.later(between(1500, 5000), () => {
        standby.slowData = false;
        standby.sick = false;
        standby.actor?.reportSoon(0);
        if (random.chance(0.5)) lose(acting, between(1500, 4000));
      });
    },
    /** The master has become the only voter, and is then given up by an operator who forces the other side. */
    'asymmetric-then-force': () => {
      const acting = master();
      // Nobody is left who could become a witness instead.
      for (const host of world.hosts) if (host.role === 'witness') host.powerOff(between(15_000, 25_000));
      adversary.later(between(4500, 7000), () => {
        world.operators.force(standbyOf(acting));
        // Once nobody sees to its connection any more, it may come back in the dark.
        adversary.isolate(acting, between(15_000, 20_000));
      });
    },
    /** The standby comes back while it is still cut off: it must not shoot the master that it has not met. */
    'fence-long-cut': () => adversary.cutBoth(master(), standbyOf(master()), between(8000, 16_000)),
    /** First the master shoots the standby; later, paired again, it is shot itself and comes back in the dark. */
    'fence-each-other': () => {
      const acting = master();
      const standby = standbyOf(acting);
      adversary.cutBoth(acting, standby, between(3200, 4500));
      adversary.later(between(9000, 12_000), () => {
        acting.powerOff(between(2000, 6000));
        adversary.cutBoth(acting, standby, between(12_000, 18_000));
      });
    },
    /** A fence vote is being given up when the power goes. */
    'crash-at-fence-void': () => {
      const acting = master();
      const standby = standbyOf(acting);
      stage.set({
        persists: (host, record) => {
          if (host.disk.durable?.fence == null || record.fence !== null) return false;
          adversary.later(between(0, 6), () => {
            host.powerOff(between(4000, 9000));
            adversary.cutBoth(acting, standby, between(10_000, 16_000));
          });
          return true;
        },
      });
      adversary.cutBoth(acting, standby, between(3200, 4500));
    },
  };
}
