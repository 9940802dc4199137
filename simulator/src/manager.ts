/**
 * The manager of one host: a client of PostgreSQL that commits, and sends attempts to agents once their intent is acknowledged.
 *
 * After taking over it dispatches what it finds open in the database again, with the same ids under its own term.
 */
import type { Host } from './host.ts';
import { Process } from './process.ts';
import { openIntents, type Entry } from './wal.ts';

const ACTIVATION_MIN_MS = 5;
const ACTIVATION_MAX_MS = 80;
/** Commits that wait at once. */
const WAITING_MAX = 6;
const INTENT_SHARE = 0.3;
/** Attempts that a new master dispatches again at once. */
const REDISPATCH_MAX = 20;
/** What a manager does between its host's resumption and its end. */
const ZOMBIE_COMMITS = 2;

export class Manager {
  readonly process: Process;
  isOpen = false;
  term = 0;
  #taking = false;
  #newestIntent: Entry | null = null;
  readonly #host: Host;

  constructor(host: Host, code: number) {
    this.#host = host;
    this.process = new Process(code);
  }

  open(term: number): void {
    this.#taking = true;
    if (this.isOpen && this.term === term) return;
    this.isOpen = true;
    this.term = term;
    this.process.end();
    const { queue, chance } = this.#host.world;
    queue.after(chance.draw.between(ACTIVATION_MIN_MS, ACTIVATION_MAX_MS), this.process, () =>
      this.#activate(),
    );
  }

  close(): void {
    this.isOpen = false;
    this.#taking = false;
    this.#newestIntent = null;
    this.process.end();
  }

  /** A drain: what runs may end, nothing new begins. */
  stopTaking(): void {
    this.#taking = false;
  }

  #activate(): void {
    const { world, postgres, index } = this.#host;
    const { directory, waiters } = postgres;
    if (postgres.role !== 'primary' || directory === null) return;
    for (const agent of world.agents) agent.hear(index, this.term);
    for (const intent of openIntents(directory.flushed).slice(-REDISPATCH_MAX)) {
      if (!waiters.some(({ entry }) => entry === intent)) this.#dispatch(intent);
    }
    this.#workLater();
  }

  #workLater(): void {
    const { queue, chance, options } = this.#host.world;
    queue.after(chance.draw.exponential(options.commitMeanMs), this.process, () => {
      this.#work();
      this.#workLater();
    });
  }

  #work(): void {
    const { postgres, world } = this.#host;
    if (!this.#taking || postgres.role !== 'primary' || postgres.stopping) return;
    world.checks.leases.acts(this.#host);
    if (postgres.waiters.length >= WAITING_MAX) return;
    postgres.commit(world.chance.draw.chance(INTENT_SHARE) ? 'intent' : 'row', 0, 'manager');
  }

  /** The host was paused; nobody here knows that yet. */
  zombieWork(): void {
    if (!this.isOpen || this.process.paused) return;
    for (let count = 0; count < ZOMBIE_COMMITS; count += 1) this.#work();
    if (this.#newestIntent !== null) this.#dispatch(this.#newestIntent);
  }

  acknowledged(entry: Entry): void {
    this.#host.world.checks.acknowledged(this.#host, entry);
    this.#host.world.acknowledged(entry);
    if (entry.kind === 'intent') this.#dispatch(entry);
  }

  #dispatch(intent: Entry): void {
    const { world, index } = this.#host;
    this.#newestIntent = intent;
    world.checks.dispatches(this.#host, intent);
    const agent = world.agents[intent.id % world.agents.length];
    agent?.order({ from: index, term: this.term, id: intent.id, life: this.process.life });
  }

  /** An agent says that the attempt has ended. */
  ended(id: number, life: number): void {
    this.process.run(life, () => {
      const { postgres } = this.#host;
      if (this.#taking && postgres.role === 'primary' && !postgres.stopping)
        postgres.commit('end', id, 'manager');
    });
  }
}
