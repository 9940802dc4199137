/**
 * The adversary: faults by chance, as the seed's weights say, and one staged scenario.
 *
 * It knows everything and may do anything that the protocol claims to survive. It does not destroy what nobody could survive: the last
 * complete copy of the data, or the memory of a majority of the voters. Staged scenarios are in `scenarios.ts`.
 */
import { isActing, type StateName } from '@nezuban/ha/decision/state';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Roster, VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';
import { faultNames, type FaultName } from './options.ts';
import type { Random } from './random.ts';
import { createStage } from './stage.ts';
import type { Stage } from './trap.ts';
import type { World } from './world.ts';

const CUT_MIN_MS = 100;
const CUT_MAX_MS = 7000;
const SHORT_OFF_MIN_MS = 20;
const SHORT_OFF_MAX_MS = 400;
const OFF_MAX_MS = 8000;
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 5000;
const SLOW_MIN_MS = 500;
const SLOW_MAX_MS = 6000;
/** Connections are reset at once by some cuts; others are silent. */
const RESET_CHANCE = 0.4;

export class Adversary {
  readonly world: World;
  readonly random: Random;
  #active = false;
  #total = 0;
  readonly #stage: Stage;
  readonly #strikes: Readonly<Record<FaultName, () => void>>;

  constructor(world: World, random: Random) {
    this.world = world;
    this.random = random;
    this.#stage = createStage(this);
    this.#strikes = this.#createStrikes();
    for (const name of faultNames) this.#total += world.options.faults[name];
  }

  start(): void {
    this.#active = true;
    const { scenario, faultMeanMs } = this.world.options;
    if (scenario !== null) this.#stage.begin(scenario);
    if (this.#total > 0 && faultMeanMs !== Infinity) this.#strikeLater();
  }

  stop(): void {
    this.#active = false;
    this.#stage.end();
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** Runs later, unless the time for faults is over by then. */
  later(delay: number, action: () => void): void {
    this.world.queue.after(delay, this.world.nature, () => {
      if (this.#active) action();
    });
  }

  // What the stage watches for.

  persists(host: Host, record: VoterRecord): void {
    if (this.#active) this.#stage.persists(host, record);
  }

  written(host: Host): void {
    if (this.#active) this.#stage.written(host);
  }

  /** Extra delay for this message; negative: it is taken off the network. */
  sends(host: Host, message: PairMessage): number {
    return this.#active ? this.#stage.sends(host, message) : 0;
  }

  stateChanged(host: Host, name: StateName): void {
    this.world.trace?.note(host.name, `is ${name}`);
  }

  // Hosts by what they are at the moment.

  master(): Host | undefined {
    return this.world.members.find(({ keeper }) => keeper.state !== null && isActing(keeper.state));
  }

  /** The other member. */
  peerOf(host: Host): Host | undefined {
    return this.world.members.find((one) => one !== host);
  }

  /** Witnesses that vote now. */
  witnesses(): Host[] {
    const voters = this.world.checks.rosters.newest?.roster.voters.flat() ?? [];
    return this.world.hosts.filter(({ role, voterId }) => role === 'witness' && voters.includes(voterId));
  }

  anyHost(): Host {
    const { hosts, members } = this.world;
    // Members are hit as often as all others together.
    return this.random.pick(this.random.chance(0.5) ? members : hosts) ?? failNoHosts();
  }

  anyMember(): Host {
    return this.random.pick(this.world.members) ?? failNoHosts();
  }

  // Strikes that scenarios use too.

  cut(from: Host, to: Host, lengthMs: number): void {
    const { network, trace } = this.world;
    trace?.note('net', `${from.name}>${to.name} cut for ${Math.round(lengthMs)} ms`);
    network.cut(from.index, to.index);
    if (this.random.chance(RESET_CHANCE)) this.breakStreams(from, to);
    this.later(lengthMs, () => network.mend(from.index, to.index));
  }

  cutBoth(one: Host, other: Host, lengthMs: number): void {
    this.cut(one, other, lengthMs);
    this.cut(other, one, lengthMs);
  }

  isolate(host: Host, lengthMs: number): void {
    for (const other of this.world.hosts) if (other !== host) this.cutBoth(host, other, lengthMs);
  }

  breakStreams(one: Host, other: Host): void {
    for (const { postgres } of [one, other]) {
      const stream = postgres.inbound;
      if (stream !== null && (stream.primary.host === one || stream.primary.host === other)) stream.break();
    }
  }

  cutTime(): number {
    const { random } = this;
    return random.chance(0.5) ? random.between(CUT_MIN_MS, 2000) : random.between(CUT_MIN_MS, CUT_MAX_MS);
  }

  offTime(): number {
    const { random } = this;
    return random.chance(0.5)
      ? random.between(SHORT_OFF_MIN_MS, SHORT_OFF_MAX_MS)
      : random.between(SHORT_OFF_MAX_MS, OFF_MAX_MS);
  }

  pauseTime(): number {
    const { random } = this;
    return random.chance(0.4)
      ? random.between(PAUSE_MIN_MS, 1600)
      : random.between(PAUSE_MIN_MS, PAUSE_MAX_MS);
  }

  /** Wipes the data directory if a complete copy remains that could be elected. */
  wipeData(host: Host): void {
    if (host.disk.isWriting || host.keeper.process.paused || host.sheltered) return;
    for (const roster of this.world.checks.rosters.electable())
      if (!this.#survivesWithout(roster, host)) return;
    host.wipeData();
  }

  /** An old copy takes the place of the directory, as if somebody had restored one; its token is that of nobody. */
  replaceData(host: Host): void {
    const { postgres, actor } = host;
    if (postgres.role !== 'none' || postgres.directory === null) return;
    const before = postgres.directory;
    this.wipeData(host);
    if (postgres.directory !== null) return;
    const older = before.flushed.before ?? before.flushed;
    postgres.directory = {
      flushed: older,
      token: `foreign.${this.random.next().toString(36)}`,
      timeline: before.timeline,
    };
    actor?.reportSoon(0);
  }

  #survivesWithout(roster: Roster, host: Host): boolean {
    if (roster.inSync[host.voterId] === undefined) return true;
    return this.world.members.some(
      (other) =>
        other !== host &&
        roster.inSync[other.voterId] !== undefined &&
        other.postgres.directory?.token === roster.inSync[other.voterId],
    );
  }

  /** Wipes a witness's disk if a majority of the voters remembers. */
  wipeWitness(host: Host): void {
    const { durable } = this.world.checks.rosters;
    for (const { voters } of this.world.checks.rosters.electable()) {
      for (const set of voters) {
        const kept = set.filter((id) => id !== host.voterId && durable.has(id)).length;
        if (2 * kept <= set.length) return;
      }
    }
    host.powerOff(this.offTime());
    host.enrolAnew();
  }

  #strikeLater(): void {
    this.later(this.random.exponential(this.world.options.faultMeanMs), () => {
      this.#strike();
      this.#strikeLater();
    });
  }

  #strike(): void {
    let rest = this.random.unit() * this.#total;
    for (const name of faultNames) {
      rest -= this.world.options.faults[name];
      if (rest >= 0) continue;
      this.world.count.faults += 1;
      this.world.trace?.note('fault', name);
      this.#strikes[name]();
      return;
    }
  }

  #createStrikes(): Record<FaultName, () => void> {
    const { random, world } = this;
    const forTime = (set: (on: boolean) => void): void => {
      set(true);
      this.later(random.between(SLOW_MIN_MS, SLOW_MAX_MS), () => set(false));
    };
    return {
      'kill-keeper': () => this.anyHost().killKeeper(),
      'kill-postgres': () => this.anyMember().killPostgres(),
      'kill-guard': () => {
        const host = this.anyMember();
        // A dead guard and a stuck kill, or a keeper that cannot start another guard, are more than the protocol promises to survive.
        const isEnding = host.keeper.state?.standDown != null;
        const canRestart = host.up && host.keeper.alive && !host.keeper.process.paused;
        if (canRestart && !isEnding) host.guard.kill();
      },
      'power-off-one': () => this.anyHost().powerOff(this.offTime()),
      'power-off-two': () => {
        this.anyHost().powerOff(this.offTime());
        this.anyHost().powerOff(this.offTime());
      },
      'power-off-all': () => {
        for (const host of world.hosts) host.powerOff(this.offTime());
      },
      'pause-host': () => this.anyHost().pause(this.pauseTime()),
      'pause-keeper': () => this.anyHost().pauseKeeper(this.pauseTime()),
      'cut-one-way': () => this.cut(this.anyHost(), this.anyHost(), this.cutTime()),
      'cut-both-ways': () => this.cutBoth(this.anyHost(), this.anyHost(), this.cutTime()),
      isolate: () => this.isolate(this.anyHost(), this.cutTime()),
      swizzle: () => {
        const host = this.anyHost();
        for (const other of world.hosts)
          this.later(random.between(0, 1500), () => this.cutBoth(host, other, this.cutTime()));
      },
      'break-stream': () =>
        this.breakStreams(world.members[0] ?? failNoHosts(), world.members[1] ?? failNoHosts()),
      'slow-record-disk': () => {
        const { disk } = this.anyHost();
        forTime((on) => (disk.slow = on));
      },
      'failing-record-disk': () => {
        const host = this.anyHost();
        host.disk.failing = true;
        this.later(random.between(SLOW_MIN_MS, SLOW_MAX_MS), () => {
          host.disk.failing = false;
          if (host.recordFailed) host.restartKeeper();
        });
      },
      'slow-data-disk': () => {
        const host = this.anyMember();
        forTime((on) => (host.slowData = on));
      },
      'sick-disk': () => {
        const host = this.anyMember();
        forTime((on) => {
          host.sick = on;
          host.actor?.reportSoon(0);
        });
      },
      'wipe-data': () => this.wipeData(this.anyMember()),
      'replace-data': () => this.replaceData(this.anyMember()),
      'wipe-witness': () => {
        const host = random.pick(world.hosts.filter(({ role }) => role === 'witness'));
        if (host !== undefined) this.wipeWitness(host);
      },
      'clock-jump': () => this.anyHost().keeper.tell({ type: 'clock-jumped' }, 0),
      'cancel-wait': () => this.anyMember().postgres.cancelOne(),
    };
  }
}

function failNoHosts(): never {
  throw new Error('a world without hosts');
}
