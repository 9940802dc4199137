/**
 * The guard of one host: ends the tree at the time it was told, by the host's own clock, or when its keeper has died.
 *
 * It lives through a pause of the keeper alone; a pause of the whole host stops it too. Called by keeper, host and faults.
 */
import type { Host } from './host.ts';
import { Process } from './process.ts';

const KILL_MIN_MS = 10;
const KILL_MAX_MS = 90;
/** The end of the pipe is seen at once; ending PostgreSQL's children takes most of the time. */
const EOF_KILL_MIN_MS = 20;
const EOF_KILL_MAX_MS = 100;
const RESTART_MIN_MS = 50;
const RESTART_MAX_MS = 300;
/** Timers fire late, never early. */
const TIMER_SLACK_MS = 0.01;

export class Guard {
  alive = true;
  readonly process: Process;
  #until: number | null = null;
  /** True time at which it was told its deadline. */
  #toldAt = 0;
  /** True time of the pending look at the clock; one at a time. */
  #lookAt = Infinity;
  readonly #host: Host;

  constructor(host: Host, code: number) {
    this.#host = host;
    this.process = new Process(code);
  }

  set(until: number | null): void {
    this.#until = until;
    this.#toldAt = this.#host.world.queue.now;
    if (this.alive) this.#watch();
  }

  /** Kills at the deadline even if the keeper is dead: the operating system ends orphans with their parent. */
  keeperDied(): void {
    const { world } = this.#host;
    this.#until = null;
    world.queue.after(world.chance.draw.between(EOF_KILL_MIN_MS, EOF_KILL_MAX_MS), this.process, () =>
      this.#host.killTree(),
    );
  }

  /** The keeper starts another one, which gets the latest deadline. */
  kill(): void {
    const { world, keeper } = this.#host;
    this.alive = false;
    this.process.end();
    this.#lookAt = Infinity;
    world.queue.after(world.chance.draw.between(RESTART_MIN_MS, RESTART_MAX_MS), keeper.process, () => {
      this.alive = true;
      this.#watch();
    });
  }

  /** With the host, or for a keeper that starts anew. */
  reset(): void {
    this.alive = true;
    this.process.end();
    this.#until = null;
    this.#lookAt = Infinity;
  }

  #watch(): void {
    const { world, clock } = this.#host;
    if (this.#until === null || this.#until === Infinity) return;
    const at = Math.max(world.queue.now, clock.trueAt(this.#until)) + TIMER_SLACK_MS;
    if (at >= this.#lookAt) return;
    this.#lookAt = at;
    world.queue.after(at - world.queue.now, this.process, () => this.#look(at));
  }

  #look(at: number): void {
    const { world, clock } = this.#host;
    if (at !== this.#lookAt) return;
    this.#lookAt = Infinity;
    if (this.#until === null) return;
    if (clock.localAt(world.queue.now) < this.#until) this.#watch();
    else this.#fire();
  }

  #fire(): void {
    const { world } = this.#host;
    world.trace?.note(this.#host.name, 'guard fires');
    world.count.guardFired += 1;
    world.checks.guardFires(this.#host, this.#toldAt);
    const until = this.#until;
    world.queue.after(world.chance.draw.between(KILL_MIN_MS, KILL_MAX_MS), this.process, () => {
      if (this.#until === until) this.#until = null;
      this.#host.killTree();
      this.#host.keeper.tell({ type: 'guard-fired' }, 0);
      this.#host.actor?.treeEnded();
      this.#host.actor?.reportSoon(0);
    });
  }
}
