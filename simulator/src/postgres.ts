/**
 * PostgreSQL of one member, as far as the protocol can feel it.
 *
 * What is modelled on purpose: written and flushed WAL; `synchronous_standby_names` as shown and, apart from it, the flag that makes
 * commits wait, which the checkpointer sets some time later; empty names free all waiters at once; a crash forgets who waited and shows
 * the rows all the same; timeline numbers that collide. Streams are in `replication.ts`, starts and stops in `database-actor.ts`.
 */
import type { Token, VoterId } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';
import { Process } from './process.ts';
import { connectSoon, type Stream } from './replication.ts';
import type { Entry, EntryKind } from './wal.ts';

const FLUSH_MIN_MS = 0.3;
const FLUSH_MAX_MS = 5;
const SLOW_FLUSH_MAX_MS = 3500;
/** From the flush until a backend looks whether it must wait for the standby. */
const LOOK_MAX_MS = 4;
/** From the reload until the checkpointer has set the flag; a checkpointer that sleeps or writes is late. */
const FLAG_MAX_MS = 300;
const FLAG_PROMPT_MAX_MS = 10;
const FLAG_PROMPT_CHANCE = 0.6;
/** After a mere kill the kernel still holds what was written and not flushed: part of it may survive. */
const UNFLUSHED_SURVIVES = 0.5;

/** Names that nobody streams under: every start as primary begins with them. */
export const PLACEHOLDER = '_none_';

/** What a crash leaves. `flushed` is the newest entry on the plate; the term that it carries is the directory's lineage. */
export interface Directory {
  flushed: Entry;
  /** Null while a copy has removed it. */
  token: Token | null;
  timeline: number;
}

export interface Waiter {
  readonly entry: Entry;
  readonly owner: 'manager' | 'probe';
  /** looking: flushed with the others, but its backend has not asked yet whether it must wait. */
  stage: 'flushing' | 'looking' | 'waiting';
}

export class Postgres {
  readonly host: Host;
  readonly process: Process;
  role: 'none' | 'standby' | 'primary' = 'none';
  directory: Directory | null = null;
  /** Newest entry in memory. */
  head: Entry;
  names = PLACEHOLDER;
  flag = true;
  /** A fast stop is under way: no new commit, no new stream. */
  stopping = false;
  upstream: VoterId | null = null;
  as = '';
  connecting = false;
  inbound: Stream | null = null;
  outbound: Stream | null = null;
  waiters: Waiter[] = [];
  #flushing = false;

  constructor(host: Host, code: number, root: Entry) {
    this.host = host;
    this.process = new Process(code);
    this.head = root;
  }

  startStandby(): void {
    if (this.directory === null) return;
    this.role = 'standby';
    this.head = this.directory.flushed;
    connectSoon(this);
  }

  /** Another upstream or another name while it runs. */
  follow(upstream: VoterId | null, as: string): void {
    if (upstream === this.upstream && as === this.as) return;
    this.upstream = upstream;
    this.as = as;
    const stream = this.inbound;
    if (stream !== null) {
      this.inbound = null;
      stream.endOf(this);
    }
    connectSoon(this);
  }

  /** After a crash: recovery shows everything that was flushed. Commits wait for nobody in particular. */
  startPrimary(): void {
    if (this.directory === null) return;
    this.role = 'primary';
    this.head = this.directory.flushed;
    this.names = PLACEHOLDER;
    this.flag = true;
  }

  /** The end of recovery writes an entry of the new line, on the plate before anybody is told. */
  promote(term: number): void {
    if (this.directory === null) return;
    this.directory.timeline += 1;
    this.startPrimary();
    this.head = this.host.world.newEntry({ before: this.head, lineage: term, kind: 'promotion', closes: 0 });
    this.directory.flushed = this.head;
  }

  append(kind: EntryKind, closes: number): Entry {
    this.head = this.host.world.newEntry({ before: this.head, lineage: this.head.lineage, kind, closes });
    this.#flushSoon();
    return this.head;
  }

  commit(kind: EntryKind, closes: number, owner: Waiter['owner']): Entry {
    const entry = this.append(kind, closes);
    this.waiters.push({ entry, owner, stage: 'flushing' });
    return entry;
  }

  /** The flag follows later; until then commits behave as before. */
  setNames(names: string): void {
    this.names = names;
    const { world } = this.host;
    if (this.flag !== (names !== '')) {
      const { draw } = world.chance;
      const delay = draw.between(0, draw.chance(FLAG_PROMPT_CHANCE) ? FLAG_PROMPT_MAX_MS : FLAG_MAX_MS);
      world.queue.after(delay, this.process, () => {
        this.flag = this.names !== '';
        this.release();
      });
    }
    this.release();
  }

  /** Lets those go whose commit need not wait any longer. */
  release(): void {
    if (this.waiters.length === 0) return;
    const stream = this.outbound;
    const reached = stream !== null && stream.name === this.names ? stream.reported.lsn : -1;
    const free = (waiter: Waiter) =>
      waiter.stage === 'waiting' && (!this.flag || waiter.entry.lsn <= reached);
    if (!this.waiters.some(free)) return;
    const done = this.waiters.filter(free);
    this.waiters = this.waiters.filter((waiter) => !free(waiter));
    for (const waiter of done) this.host.committed(waiter);
  }

  /** A client's wait is cancelled: it is told success with a warning, which it must take as "unknown". */
  cancelOne(): void {
    const index = this.waiters.findIndex(({ stage, owner }) => stage === 'waiting' && owner === 'manager');
    if (index >= 0) this.waiters.splice(index, 1);
  }

  get commitsWait(): boolean {
    return this.waiters.some(({ stage }) => stage === 'waiting');
  }

  /** `power`: the host is gone with it, and so is what was only written. */
  kill(how: 'process' | 'power'): void {
    if (this.role === 'none') return;
    const { draw } = this.host.world.chance;
    if (this.role === 'primary' && this.directory !== null && how === 'process') {
      if (draw.chance(UNFLUSHED_SURVIVES)) this.directory.flushed = this.head;
    }
    this.end();
  }

  /** No process is left; the directory stays as it is. */
  end(): void {
    const { inbound, outbound } = this;
    this.role = 'none';
    this.process.end();
    this.waiters = [];
    this.stopping = false;
    this.connecting = false;
    this.#flushing = false;
    this.inbound = null;
    this.outbound = null;
    inbound?.endOf(this);
    outbound?.endOf(this);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    const { world, slowData } = this.host;
    const delay = world.chance.draw.between(FLUSH_MIN_MS, slowData ? SLOW_FLUSH_MAX_MS : FLUSH_MAX_MS);
    world.queue.after(delay, this.process, () => this.#flush());
  }

  #lookLater(waiter: Waiter): void {
    const { world } = this.host;
    waiter.stage = 'looking';
    world.queue.after(world.chance.draw.between(0, LOOK_MAX_MS), this.process, () => {
      if (!this.waiters.includes(waiter)) return;
      waiter.stage = 'waiting';
      if (this.flag) this.host.actor?.probeWaits(waiter);
      this.release();
    });
  }

  #flush(): void {
    this.#flushing = false;
    if (this.directory === null) return;
    this.directory.flushed = this.head;
    for (const waiter of this.waiters) {
      if (waiter.stage !== 'flushing') continue;
      // The flag is looked at after the flush, by each backend in its own time: the probe may look later than a commit beside it.
      if (waiter.owner === 'probe') this.#lookLater(waiter);
      else waiter.stage = 'waiting';
    }
    this.release();
    this.outbound?.pump();
  }
}
