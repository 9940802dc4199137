/**
 * The network between the hosts, by direction: delays, loss, doubles, very late messages, cuts.
 *
 * Datagrams (what keepers and agents say) may be lost, doubled and reordered. Streams (replication, copies) are not: they wait for a cut to
 * end; `streamDelay` says that there is one. Whoever cuts or heals is `faults.ts`.
 */
import type { EventQueue } from './event-queue.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';

/** Chances for each message; all zero in a healthy network. */
export interface Weather {
  readonly loss: number;
  readonly double: number;
  /** Tens or hundreds of milliseconds of delay: a queue in a switch. */
  readonly slow: number;
  /** Seconds of delay: past a lease and past a whole candidacy. */
  readonly late: number;
}

export const CALM: Weather = { loss: 0, double: 0, slow: 0, late: 0 };

const DELAY_MIN_MS = 0.1;
const DELAY_MAX_MS = 2;
const SLOW_MAX_MS = 250;
const LATE_MIN_MS = 500;
const LATE_MAX_MS = 5000;

export interface NetworkPorts {
  readonly queue: EventQueue;
  readonly random: Random;
  /** The process in whose name messages travel: it never pauses. */
  readonly nature: Process;
}

/** A message on its way. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** What the adversary adds to the drawn delay. */
  readonly extraMs: number;
}

export class Network {
  weather: Weather = CALM;
  readonly #ports: NetworkPorts;
  readonly #hosts: number;
  /** How many cuts lie on each direction. */
  readonly #cuts: Uint16Array;
  /** Kept apart by an operator, whatever faults come and go. */
  readonly #blocks: Uint8Array;
  /** Connected by an operator, whatever faults come and go. */
  readonly #wires: Uint8Array;

  constructor(ports: NetworkPorts, hosts: number) {
    this.#ports = ports;
    this.#hosts = hosts;
    this.#cuts = new Uint16Array(hosts * hosts);
    this.#blocks = new Uint8Array(hosts * hosts);
    this.#wires = new Uint8Array(hosts * hosts);
  }

  /** One more reason why this direction is cut. */
  cut(from: number, to: number): void {
    if (from !== to) this.#change(from * this.#hosts + to, 1);
  }

  /** One reason less. */
  mend(from: number, to: number): void {
    if (from !== to) this.#change(from * this.#hosts + to, -1);
  }

  #change(link: number, by: number): void {
    this.#cuts[link] = Math.max(0, (this.#cuts[link] ?? 0) + by);
  }

  /** Both directions at once. */
  setBlock(one: number, other: number, isBlocked: boolean): void {
    if (one === other) return;
    this.#blocks[one * this.#hosts + other] = isBlocked ? 1 : 0;
    this.#blocks[other * this.#hosts + one] = isBlocked ? 1 : 0;
  }

  /** Both directions at once. */
  setWire(one: number, other: number, isWired: boolean): void {
    this.#wires[one * this.#hosts + other] = isWired ? 1 : 0;
    this.#wires[other * this.#hosts + one] = isWired ? 1 : 0;
  }

  isCut(from: number, to: number): boolean {
    const link = from * this.#hosts + to;
    return (this.#cuts[link] !== 0 && this.#wires[link] === 0) || this.#blocks[link] === 1;
  }

  /** Both directions are open. */
  connects(one: number, other: number): boolean {
    return !this.isCut(one, other) && !this.isCut(other, one);
  }

  heal(): void {
    this.#cuts.fill(0);
    this.weather = CALM;
  }

  /** Delivers once, twice or never. A message that has left is not stopped by a later cut. */
  carry(passage: Passage, deliver: () => void): void {
    const { queue, random, nature } = this.#ports;
    const { from, to, extraMs } = passage;
    if (from === to) {
      queue.after(DELAY_MIN_MS, nature, deliver);
      return;
    }
    if (this.isCut(from, to) || random.chance(this.weather.loss)) return;
    queue.after(this.#drawDelay() + extraMs, nature, deliver);
    if (random.chance(this.weather.double)) queue.after(this.#drawDelay(), nature, deliver);
  }

  /** Delay of bytes in a stream; negative when the direction is cut. */
  streamDelay(from: number, to: number): number {
    if (this.isCut(from, to)) return -1;
    const { random } = this.#ports;
    const slow = random.chance(this.weather.slow) ? random.between(0, SLOW_MAX_MS) : 0;
    return random.between(DELAY_MIN_MS, DELAY_MAX_MS) + slow;
  }

  #drawDelay(): number {
    const { random } = this.#ports;
    const base = random.between(DELAY_MIN_MS, DELAY_MAX_MS);
    const draw = random.unit();
    if (draw < this.weather.late) return base + random.between(LATE_MIN_MS, LATE_MAX_MS);
    if (draw < this.weather.late + this.weather.slow) return base + random.between(0, SLOW_MAX_MS);
    return base;
  }
}
