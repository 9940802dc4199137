/**
 * One host: its processes, its disks, its clock, and what can happen to all of them at once.
 *
 * Responsible for power, pauses and kills. Not responsible for when they happen (`faults.ts`).
 */
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { Agent } from './agents.ts';
import type { Clock } from './clock.ts';
import { DatabaseActor } from './database-actor.ts';
import type { RecordDisk } from './disk.ts';
import { Guard } from './guard.ts';
import { Keeper } from './keeper.ts';
import { Manager } from './manager.ts';
import { Postgres, type Waiter } from './postgres.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

/** Process numbers of a host in the trace's hash. */
const CODES_PER_HOST = 8;

const KEEPER_RESTART_MIN_MS = 200;
const KEEPER_RESTART_MAX_MS = 1500;
const BOOT_MIN_MS = 20;
const BOOT_MAX_MS = 200;
/** After a pause PostgreSQL and manager run first; guard and keeper look at the clock a little later. */
const GUARD_WAKES_MAX_MS = 20;
const KEEPER_WAKES_MAX_MS = 60;
/** The kernel had handed the write to the plate before the process or the power went. */
const WRITE_REACHES_CHANCE = 0.5;

export interface HostOptions {
  readonly index: number;
  readonly name: string;
  readonly role: 'member' | 'witness';
  readonly clock: Clock;
}

export class Host {
  readonly world: World;
  readonly index: number;
  readonly name: string;
  readonly role: 'member' | 'witness';
  readonly clock: Clock;
  readonly disk: RecordDisk;
  readonly keeper: Keeper;
  readonly guard: Guard;
  readonly postgres: Postgres;
  readonly manager: Manager;
  readonly actor: DatabaseActor | null;
  readonly agent: Agent | null;
  voterId: VoterId;
  up = false;
  /** How many operators keep it off until they release it. */
  holders = 0;
  /** An operator stands beside it and sees to it that nothing happens. */
  sheltered = false;
  /** The data disk is slow, or looks sick to the probe writes. */
  slowData = false;
  sick = false;
  /** The voter record could not be written: its keeper is mute until it is started anew. */
  recordFailed = false;
  isWhollyPaused = false;
  resumedAt = -Infinity;
  #identities = 1;
  #bootAt = Infinity;
  readonly #hardware: Process;

  constructor(world: World, options: HostOptions) {
    const { index, name, role, clock } = options;
    const code = (index + 1) * CODES_PER_HOST;
    this.world = world;
    this.index = index;
    this.name = name;
    this.role = role;
    this.clock = clock;
    this.voterId = name;
    this.#hardware = new Process(code);
    this.keeper = new Keeper(this, code + 1);
    this.guard = new Guard(this, code + 2);
    this.postgres = new Postgres(this, code + 3, world.root);
    this.manager = new Manager(this, code + 4);
    this.actor = role === 'member' ? new DatabaseActor(this) : null;
    this.agent = role === 'witness' ? new Agent(this, code + 5) : null;
    this.disk = world.core.createDisk({
      queue: world.queue,
      random: world.chance.draw,
      hardware: this.#hardware,
      written: (records, sequence) => {
        world.checks.written(records);
        if (sequence > 0) this.keeper.tell({ type: 'persisted', sequence }, 0);
        world.adversary.written(this);
      },
      failed: () => {
        this.recordFailed = true;
        this.keeper.tell({ type: 'persist-failed', why: 'I/O error' }, 0);
      },
    });
  }

  get held(): boolean {
    return this.holders > 0;
  }

  /** Off, and off it stays until whoever called this releases it. */
  hold(): void {
    this.holders += 1;
    this.cutPower(0);
  }

  release(): void {
    this.holders -= 1;
    this.powerOn();
  }

  boot(): void {
    this.up = true;
    this.#bootAt = Infinity;
    this.recordFailed = false;
    this.guard.reset();
    this.keeper.start();
    this.agent?.start();
  }

  /** Power fails. */
  powerOff(offMs: number): void {
    if (!this.sheltered) this.cutPower(offMs);
  }

  /** Off, surely: nothing of this host runs. Boots again after `offMs`, unless it is held. */
  cutPower(offMs: number): void {
    const { queue, nature, chance, trace } = this.world;
    const at = queue.now + offMs;
    if (this.up) {
      trace?.note(this.name, 'power off');
      this.up = false;
      this.#unpause();
      this.manager.close();
      this.postgres.kill('power');
      this.keeper.die();
      this.guard.reset();
      this.agent?.process.end();
      this.disk.crash(chance.draw.chance(WRITE_REACHES_CHANCE));
    } else if (at <= this.#bootAt) return;
    this.#bootAt = at;
    queue.after(offMs, nature, () => {
      if (this.#bootAt === at && !this.held) this.boot();
    });
  }

  /** Boots now if it is off and nobody holds it. */
  powerOn(): void {
    if (this.up || this.held) return;
    const { queue, nature, chance } = this.world;
    const delay = chance.draw.between(BOOT_MIN_MS, BOOT_MAX_MS);
    const at = queue.now + delay;
    this.#bootAt = at;
    queue.after(delay, nature, () => {
      if (this.#bootAt === at && !this.held) this.boot();
    });
  }

  /** Manager and PostgreSQL are ended, by guard or keeper. */
  killTree(): void {
    this.manager.close();
    this.postgres.kill('process');
    // A copy has no PostgreSQL; it goes on.
    if (this.actor?.copying === false) this.actor.cancel();
  }

  killKeeper(): void {
    if (!this.sheltered) this.restartKeeper();
  }

  /** Ends the keeper, whose supervisor starts it anew. */
  restartKeeper(): void {
    if (!this.up || !this.keeper.alive || this.isWhollyPaused) return;
    const { queue, chance, trace } = this.world;
    trace?.note(this.name, 'keeper killed');
    this.keeper.die();
    this.guard.keeperDied();
    this.disk.crash(chance.draw.chance(WRITE_REACHES_CHANCE));
    this.recordFailed = false;
    this.keeper.process.paused = this.isWhollyPaused;
    const delay = chance.draw.between(KEEPER_RESTART_MIN_MS, KEEPER_RESTART_MAX_MS);
    // In the new life: whoever ends it before that cancels the start.
    queue.after(delay, this.keeper.process, () => {
      this.guard.reset();
      this.keeper.start();
    });
  }

  killPostgres(): void {
    if (this.postgres.role === 'none') return;
    this.world.trace?.note(this.name, 'postgres killed');
    this.manager.close();
    this.postgres.kill('process');
    this.actor?.lost();
  }

  pause(lengthMs: number): void {
    if (!this.up || this.isWhollyPaused || this.sheltered) return;
    const { queue, nature, trace, chance } = this.world;
    trace?.note(this.name, `paused for ${Math.round(lengthMs)} ms`);
    this.isWhollyPaused = true;
    for (const process of this.#processes()) process.paused = true;
    queue.after(lengthMs, nature, () => {
      if (!this.isWhollyPaused) return;
      trace?.note(this.name, 'resumes');
      this.isWhollyPaused = false;
      this.resumedAt = queue.now;
      this.postgres.process.resume();
      this.manager.process.resume();
      this.agent?.process.resume();
      this.manager.zombieWork();
      const { guard, keeper } = this;
      queue.after(chance.draw.between(0, GUARD_WAKES_MAX_MS), nature, () => this.#resume(guard.process));
      queue.after(chance.draw.between(0, KEEPER_WAKES_MAX_MS), nature, () => this.#resume(keeper.process));
    });
  }

  #resume(process: Process): void {
    if (this.isWhollyPaused) return;
    if (process === this.keeper.process) this.keeper.awakeSince = this.world.queue.now;
    process.resume();
  }

  /** The keeper alone stands still; everything else runs on. */
  pauseKeeper(lengthMs: number): void {
    const { process } = this.keeper;
    if (!this.up || process.paused || this.sheltered || !this.guard.alive) return;
    this.world.trace?.note(this.name, `keeper paused for ${Math.round(lengthMs)} ms`);
    process.paused = true;
    this.world.queue.after(lengthMs, this.world.nature, () => this.#resume(process));
  }

  /** Ends every pause at once. */
  wake(): void {
    if (this.isWhollyPaused) this.resumedAt = this.world.queue.now;
    this.isWhollyPaused = false;
    this.keeper.awakeSince = this.world.queue.now;
    for (const process of this.#processes()) process.resume();
  }

  #unpause(): void {
    this.isWhollyPaused = false;
    for (const process of this.#processes()) {
      process.end();
      process.paused = false;
    }
  }

  #processes(): Process[] {
    const all = [this.postgres.process, this.manager.process, this.guard.process, this.keeper.process];
    if (this.agent !== null) all.push(this.agent.process);
    return all;
  }

  committed({ owner, entry }: Waiter): void {
    if (owner === 'manager') this.manager.acknowledged(entry);
    else this.actor?.probeReturned(entry);
  }

  /** The voter's disk is lost, or it has left: it comes back as somebody else who knows nothing. The host must be off. */
  enrolAnew(): void {
    const { world } = this;
    const old = this.voterId;
    this.#identities += 1;
    this.voterId = `${this.name}-${this.#identities}`;
    world.renamed(this, old);
    world.checks.rosters.forget(old);
    this.disk.format(world.emptyRecord(this.voterId));
  }

  /** The data directory is gone; a running PostgreSQL does not survive that. */
  wipeData(): void {
    const { postgres } = this;
    this.world.trace?.note(this.name, 'data directory wiped');
    const isRunning = postgres.role !== 'none';
    if (isRunning) {
      this.manager.close();
      postgres.kill('process');
    }
    postgres.directory = null;
    if (isRunning) this.actor?.lost();
    else this.actor?.reportSoon(0);
  }
}
