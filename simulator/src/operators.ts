/**
 * The operators: commands at good and bad moments, and the rounds that somebody makes every second or two.
 *
 * They are truthful: whom they call off is off and stays so until the command is answered. Force-master is in `force.ts`.
 */
import type { Command } from '@nezuban/ha/decision/inputs';
import { isActing } from '@nezuban/ha/decision/state';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { createForce, type Force } from './force.ts';
import type { Host } from './host.ts';
import { operatorActs, type OperatorAct } from './options.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const ROUND_MS = 1000;
const ANSWER_WITHIN_MS = 4000;
const MAINTENANCE_MIN_MS = 500;
const MAINTENANCE_MAX_MS = 6000;
/** A command is typed twice by impatient people. */
const REPEAT_CHANCE = 0.2;

type Wish = Command extends infer One
  ? One extends { readonly id: string }
    ? Omit<One, 'id'>
    : never
  : never;

export class Operators {
  readonly world: World;
  readonly random: Random;
  #total = 0;
  #commands = 0;
  #acting = false;
  readonly #force: Force;
  readonly #waiting = new Map<string, (ok: boolean) => void>();
  readonly #acts: Readonly<Record<OperatorAct, () => void>>;

  constructor(world: World, random: Random) {
    this.world = world;
    this.random = random;
    this.#force = createForce(this);
    for (const name of operatorActs) this.#total += world.options.acts[name];
    this.#acts = {
      switch: () => this.#toMaster({ do: 'switch' }),
      maintenance: () => this.#maintain(),
      'set-voters': () => {
        const host = this.master();
        if (host !== undefined) this.changeVoters(host);
      },
      recover: () => {
        const host = random.pick(world.members);
        if (host !== undefined) this.command(host, { do: 'recover' });
      },
      'replace-witness': () => this.#replaceWitness(),
      promote: () => this.#promote(),
      'force-master': () => {
        const host = random.pick(world.members);
        if (host !== undefined) this.force(host);
      },
    };
  }

  start(): void {
    this.#acting = true;
    this.#roundLater();
    const { actMeanMs } = this.world.options;
    if (this.#total > 0 && actMeanMs !== Infinity) this.#actLater();
  }

  /** From now on nobody disturbs; failed hosts are recovered and maintenance ends. */
  stopDisturbing(): void {
    this.#acting = false;
  }

  later(delay: number, action: () => void): void {
    this.world.queue.after(delay, this.world.nature, action);
  }

  /** Gives a command to the keeper of that host; `answered` is called at most once. */
  command(host: Host, wish: Wish, answered?: (ok: boolean) => void): void {
    this.#commands += 1;
    this.world.count.commands += 1;
    const id = `cmd${this.#commands}`;
    if (answered !== undefined) this.#waiting.set(id, answered);
    this.world.trace?.note('human', `${wish.do} at ${host.name}`);
    host.keeper.tell({ type: 'command', command: { id, ...wish } as Command }, 0);
    if (answered === undefined && this.random.chance(REPEAT_CHANCE))
      host.keeper.tell({ type: 'command', command: { id: `${id}-again`, ...wish } as Command }, 1);
  }

  replied(id: string, ok: boolean): void {
    const answered = this.#waiting.get(id);
    this.#waiting.delete(id);
    answered?.(ok);
  }

  master(): Host | undefined {
    return this.world.members.find(({ keeper }) => keeper.state !== null && isActing(keeper.state));
  }

  force(host: Host): void {
    this.#force.begin(host);
  }

  #toMaster(wish: Wish): void {
    const host = this.master();
    if (host !== undefined) this.command(host, wish);
  }

  #maintain(): void {
    const host = this.random.pick(this.world.members);
    if (host === undefined) return;
    this.command(host, { do: 'maintenance', on: true });
    this.later(this.random.between(MAINTENANCE_MIN_MS, MAINTENANCE_MAX_MS), () =>
      this.command(host, { do: 'maintenance', on: false }),
    );
  }

  /** Hosts that may become witnesses: empty, up, connected. */
  #candidates(): VoterId[] {
    return this.world.hosts
      .filter(({ role, up, disk }) => role === 'witness' && up && disk.durable?.roster === null)
      .map(({ voterId }) => voterId);
  }

  /** Asks this host for another set of voters that makes sense in this layout. */
  changeVoters(host: Host): void {
    const { newest } = this.world.checks.rosters;
    if (newest === null) return;
    const { layout } = this.world.options;
    const voters = newest.roster.voters.at(-1) ?? [];
    const witnesses = voters.filter((id) => !newest.roster.members.includes(id));
    const fresh = this.#candidates();
    const peer = this.world.members.find((one) => one !== host);
    if (peer === undefined) return;
    const both = [host.voterId, peer.voterId];
    const mayShrink = layout === 'single' && newest.roster.members.length === 2 && this.random.chance(0.5);
    if (mayShrink) {
      this.command(host, {
        do: 'set-voters',
        voters: [host.voterId],
        members: [host.voterId],
        tieBreaker: 'witness',
      });
      return;
    }
    const isTwoHosts = layout === 'fence' || layout === 'manual';
    if (isTwoHosts && witnesses.length > 0) {
      this.command(host, { do: 'set-voters', voters: both, members: both, tieBreaker: layout });
      return;
    }
    const pool = [...witnesses, ...fresh];
    const wanted = this.random.chance(0.6) ? 1 : 3;
    if (pool.length < wanted) return;
    const start = this.random.below(pool.length);
    const chosen = Array.from({ length: wanted }, (_, index) => pool[(start + index) % pool.length] ?? '');
    this.command(host, {
      do: 'set-voters',
      voters: [...both, ...chosen],
      members: both,
      tieBreaker: 'witness',
    });
  }

  #replaceWitness(): void {
    const host = this.master();
    const roster = this.world.checks.rosters.newest?.roster;
    const fresh = this.random.pick(this.#candidates());
    if (host === undefined || roster === undefined || fresh === undefined) return;
    const voters = roster.voters.at(-1) ?? [];
    const old = this.random.pick(voters.filter((id) => !roster.members.includes(id)));
    if (old === undefined) return;
    this.command(host, {
      do: 'set-voters',
      voters: voters.map((id) => (id === old ? fresh : id)),
      members: roster.members,
      tieBreaker: roster.tieBreaker,
    });
  }

  /** Two hosts and no fence: the peer is off, and stays off until this is answered. */
  #promote(): void {
    const host = this.random.pick(this.world.members.filter(({ up }) => up));
    const peer = this.world.members.find((one) => one !== host);
    if (host === undefined || peer === undefined || peer.held) return;
    peer.hold();
    let isHeld = true;
    const release = (): void => {
      if (isHeld) peer.release();
      isHeld = false;
    };
    this.later(this.world.options.timing.forceSilenceMs + ROUND_MS, () =>
      this.command(host, { do: 'promote', peerIsOff: true }, () =>
        this.later(this.random.between(0, ANSWER_WITHIN_MS), release),
      ),
    );
    this.later(this.world.options.timing.forceSilenceMs + 2 * ANSWER_WITHIN_MS, release);
  }

  #actLater(): void {
    this.later(this.random.exponential(this.world.options.actMeanMs), () => {
      if (!this.#acting) return;
      this.#act();
      this.#actLater();
    });
  }

  #act(): void {
    let rest = this.random.unit() * this.#total;
    for (const name of operatorActs) {
      rest -= this.world.options.acts[name];
      if (rest >= 0) continue;
      this.#acts[name]();
      return;
    }
  }

  #roundLater(): void {
    this.later(ROUND_MS, () => {
      this.#offerWitnesses();
      this.#enrolWhoLeft();
      if (!this.#acting) this.#mend();
      this.#roundLater();
    });
  }

  /** The manager tells the keeper which agents could become witnesses. */
  #offerWitnesses(): void {
    const ids = this.#candidates();
    for (const { keeper } of this.world.members) keeper.tell({ type: 'witness-candidates', ids }, 0);
  }

  /** Whoever was a voter and is one no more returns as somebody else, empty. */
  #enrolWhoLeft(): void {
    const rosters = this.world.checks.rosters.electable();
    const changes = this.world.members.map(({ keeper }) => keeper.state?.duty?.change ?? null);
    for (const host of this.world.hosts) {
      if (host.disk.durable?.roster == null || host.held || host.sheltered) continue;
      const isNamed = rosters.some(
        ({ voters, members, base, forced }) =>
          voters.flat().includes(host.voterId) ||
          members.includes(host.voterId) ||
          base?.includes(host.voterId) === true ||
          forced?.oldVoters.flat().includes(host.voterId) === true,
      );
      const isWanted = changes.some((change) => change?.target.includes(host.voterId) === true);
      if (isNamed || isWanted) continue;
      host.powerOff(ROUND_MS / 2);
      host.enrolAnew();
    }
  }

  /** After the faults: what a careful operator would do on seeing the console. */
  #mend(): void {
    for (const host of this.world.hosts) {
      const { keeper, disk } = host;
      if (keeper.state === null) continue;
      if (host.recordFailed) host.restartKeeper();
      else if (keeper.state.name === 'failed') this.command(host, { do: 'recover' });
      else if (keeper.state.name === 'fenced') host.powerOff(0);
      else if (disk.durable?.maintenance === true) this.command(host, { do: 'maintenance', on: false });
    }
  }
}
