/**
 * Streaming replication between two hosts: one stream with a primary's end and a standby's end.
 *
 * Only flushed WAL is sent. Each end notices by itself, and maybe late, that the other is gone. A standby whose history is not the
 * beginning of the primary's is not served: PostgreSQL would loop on an invalid record; it never merges the two.
 * Called by `postgres.ts`.
 */
import type { Entry } from './wal.ts';
import { contains } from './wal.ts';
import type { Postgres } from './postgres.ts';
import type { World } from './world.ts';

const CONNECT_MIN_MS = 60;
const CONNECT_MAX_MS = 200;
const FLUSH_MIN_MS = 0.3;
const FLUSH_MAX_MS = 4;
/** A standby's disk that is sick. */
const SLOW_FLUSH_MAX_MS = 6000;
const RETRY_MS = 60;
/** `wal_sender_timeout`, keepalives and `tcp_user_timeout`: when a silent peer is given up. */
const SILENT_MIN_MS = 500;
const SILENT_MAX_MS = 5000;

export class Stream {
  readonly primary: Postgres;
  readonly standby: Postgres;
  readonly name: string;
  /** What the primary knows of the standby's flushed WAL. */
  reported: Entry;
  primaryOpen = true;
  standbyOpen = true;
  #sending = false;
  #stalled = false;
  readonly #world: World;

  constructor(primary: Postgres, standby: Postgres, flushed: Entry) {
    this.primary = primary;
    this.standby = standby;
    this.name = standby.as;
    this.reported = flushed;
    this.#world = standby.host.world;
  }

  /** Sends what the standby does not have yet, unless something is under way. */
  pump(): void {
    const target = this.primary.directory?.flushed;
    const isOpen = this.primaryOpen && this.standbyOpen;
    if (this.#sending || !isOpen || target === undefined || target === this.standby.head) return;
    const delay = this.#world.network.streamDelay(this.primary.host.index, this.standby.host.index);
    if (delay < 0) {
      this.#stall(() => this.pump());
      return;
    }
    this.#sending = true;
    const { draw } = this.#world.chance;
    const flush = this.standby.host.slowData
      ? draw.between(FLUSH_MAX_MS, SLOW_FLUSH_MAX_MS)
      : draw.between(FLUSH_MIN_MS, FLUSH_MAX_MS);
    this.#world.queue.after(delay + flush, this.standby.process, () => this.#arrive(target));
  }

  #arrive(target: Entry): void {
    this.#sending = false;
    if (!this.standbyOpen || this.standby.directory === null) return;
    this.standby.head = target;
    this.standby.directory.flushed = target;
    this.#report();
    this.pump();
  }

  #report(): void {
    const flushed = this.standby.directory?.flushed;
    if (!this.standbyOpen || flushed === undefined) return;
    const delay = this.#world.network.streamDelay(this.standby.host.index, this.primary.host.index);
    if (delay < 0) {
      this.#stall(() => this.#report());
      return;
    }
    this.#world.queue.after(delay, this.primary.process, () => {
      if (!this.primaryOpen || flushed.lsn < this.reported.lsn) return;
      this.reported = flushed;
      this.primary.release();
    });
  }

  /** TCP sends again until it works or one end gives up. */
  #stall(again: () => void): void {
    this.#world.queue.after(RETRY_MS, this.#world.nature, again);
    if (this.#stalled) return;
    this.#stalled = true;
    this.#world.queue.after(this.silence(), this.#world.nature, () => {
      this.#stalled = false;
      if (!this.#world.network.connects(this.primary.host.index, this.standby.host.index)) this.break();
    });
  }

  silence(): number {
    return this.#world.chance.draw.between(SILENT_MIN_MS, SILENT_MAX_MS);
  }

  /** Both ends notice. */
  break(): void {
    this.closePrimary();
    this.closeStandby();
  }

  closePrimary(): void {
    if (!this.primaryOpen) return;
    this.primaryOpen = false;
    if (this.primary.outbound !== this) return;
    this.primary.outbound = null;
    this.primary.host.actor?.replicationSoon();
  }

  closeStandby(): void {
    if (!this.standbyOpen) return;
    this.standbyOpen = false;
    if (this.standby.inbound !== this) return;
    this.standby.inbound = null;
    this.standby.host.actor?.reportSoon(0);
    connectSoon(this.standby);
  }

  /** One end's processes are gone; the other hears of it at once if its host still answers. */
  endOf(side: Postgres): void {
    const isPrimary = side === this.primary;
    const peer = isPrimary ? this.standby : this.primary;
    if (isPrimary) this.primaryOpen = false;
    else this.standbyOpen = false;
    const delay = side.host.up ? this.#world.network.streamDelay(side.host.index, peer.host.index) : -1;
    this.#world.queue.after(delay < 0 ? this.silence() : delay, peer.process, () => {
      if (isPrimary) this.closeStandby();
      else this.closePrimary();
    });
  }
}

/** The wal receiver tries again and again, as `wal_retrieve_retry_interval` says. One attempt is pending at a time. */
export function connectSoon(standby: Postgres): void {
  if (standby.connecting || standby.role !== 'standby' || standby.upstream === null) return;
  standby.connecting = true;
  const { world } = standby.host;
  const delay = world.chance.draw.between(CONNECT_MIN_MS, CONNECT_MAX_MS);
  world.queue.after(delay, standby.process, () => {
    standby.connecting = false;
    tryConnect(standby);
  });
}

function tryConnect(standby: Postgres): void {
  const { world } = standby.host;
  if (standby.role !== 'standby' || standby.inbound !== null || standby.upstream === null) return;
  const primary = world.hostOf(standby.upstream)?.postgres ?? null;
  if (primary === null || !isReachable(primary, standby)) {
    connectSoon(standby);
    return;
  }
  const from = standby.directory?.flushed;
  const to = primary.directory;
  if (from === undefined || to === null) return;
  if (!contains(to.flushed, from)) {
    world.count.diverged += 1;
    connectSoon(standby);
    return;
  }
  const stream = new Stream(primary, standby, from);
  primary.outbound?.closePrimary();
  primary.outbound = stream;
  standby.inbound = stream;
  if (standby.directory !== null) standby.directory.timeline = to.timeline;
  world.trace?.note(standby.host.name, `streams from ${primary.host.name} as ${stream.name}`);
  standby.host.actor?.reportSoon(0);
  primary.host.actor?.replicationSoon();
  primary.release();
  stream.pump();
}

function isReachable(primary: Postgres, standby: Postgres): boolean {
  return (
    primary !== standby &&
    primary.role === 'primary' &&
    !primary.stopping &&
    !primary.process.paused &&
    standby.host.world.network.connects(primary.host.index, standby.host.index)
  );
}
