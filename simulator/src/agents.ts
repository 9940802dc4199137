/**
 * The agents: each keeps, durably, the highest term that it heard of and the attempts that it knows, and refuses the rest.
 *
 * One lives on each host that holds no data. It also tells keepers which term it knows.
 */
import type { Host } from './host.ts';
import { Process } from './process.ts';

const RUN_MIN_MS = 5;
const RUN_MAX_MS = 400;
const GOSSIP_MEAN_MS = 6000;

export interface Order {
  /** Number of the host whose manager sends it. */
  readonly from: number;
  readonly term: number;
  readonly id: number;
  /** Life of that manager. */
  readonly life: number;
}

export class Agent {
  term = 0;
  ran = 0;
  refused = 0;
  readonly process: Process;
  readonly #known = new Set<number>();
  readonly #host: Host;

  constructor(host: Host, code: number) {
    this.#host = host;
    this.process = new Process(code);
  }

  start(): void {
    this.#gossipLater();
  }

  /** A manager announces its term. */
  hear(from: number, term: number): void {
    const { world, index } = this.#host;
    world.network.carry({ from, to: index, extraMs: 0 }, () =>
      this.process.run(this.process.life, () => {
        if (term >= this.term) this.term = term;
        else this.#tellTerm(from);
      }),
    );
  }

  order(order: Order): void {
    const { world, index } = this.#host;
    world.network.carry({ from: order.from, to: index, extraMs: 0 }, () =>
      this.process.run(this.process.life, () => this.#take(order)),
    );
  }

  #take(order: Order): void {
    const { world, up } = this.#host;
    if (!up) return;
    if (order.term < this.term) {
      this.refused += 1;
      this.#tellTerm(order.from);
      return;
    }
    const before = this.term;
    this.term = order.term;
    if (!this.#known.has(order.id)) {
      world.checks.agentRuns(order.term, before, this.#known.has(order.id));
      this.#known.add(order.id);
      this.ran += 1;
    }
    world.queue.after(world.chance.draw.between(RUN_MIN_MS, RUN_MAX_MS), this.process, () =>
      world.network.carry({ from: this.#host.index, to: order.from, extraMs: 0 }, () =>
        world.hosts[order.from]?.manager.ended(order.id, order.life),
      ),
    );
  }

  #tellTerm(to: number): void {
    const { world, index } = this.#host;
    const { term } = this;
    world.network.carry({ from: index, to, extraMs: 0 }, () =>
      world.hosts[to]?.keeper.tell({ type: 'agent-term', term }, 0),
    );
  }

  #gossipLater(): void {
    const { queue, chance, members } = this.#host.world;
    queue.after(chance.draw.exponential(GOSSIP_MEAN_MS), this.process, () => {
      for (const member of members) this.#tellTerm(member.index);
      this.#gossipLater();
    });
  }
}
