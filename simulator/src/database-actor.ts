/**
 * Carries out what the core demands of PostgreSQL on one member, as the keeper's one serialised actor would.
 *
 * It lives in the keeper: dies, pauses and restarts with it. Every answer is an input some time later. `stand-down` cancels what is under
 * way. Readings of the contract, where it leaves a choice:
 * - the lineage of a report is that of the newest flushed WAL entry, so a promotion counts once its first entry is on the plate;
 * - `promote` without a running standby, and `restart-primary` without a directory, answer `database-lost`;
 * - `run-standby` on a running primary ends that one first; during a copy it is remembered and not carried out;
 * - whatever changes what runs is followed by a `database` report.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import type { DatabaseReport, Input } from '@nezuban/ha/decision/inputs';
import type { Host } from './host.ts';
import { copyDirectory } from './copy.ts';
import type { Waiter } from './postgres.ts';
import type { Entry } from './wal.ts';
import { poweringOff } from './power.ts';

const START_MIN_MS = 30;
const START_MAX_MS = 300;
const RECOVERY_MIN_MS = 80;
const RECOVERY_MAX_MS = 900;
const PROMOTE_MIN_MS = 60;
const PROMOTE_MAX_MS = 250;
const PROMOTE_HANGS_MS = 20_000;
const KILL_MIN_MS = 15;
const KILL_MAX_MS = 220;
/** The keeper looks at `pg_stat_replication` that often. */
const POLL_MIN_MS = 100;
const POLL_MAX_MS = 250;
const STANDBY_REPORT_MS = 500;
const PROBE_SEEN_MIN_MS = 2;
const PROBE_SEEN_MAX_MS = 20;
const DRAIN_POLL_MS = 20;
const STOP_POLL_MS = 10;
/** `wal_sender_timeout`: the longest that a fast stop waits for a silent standby. */
const STOP_WAITS_MS = 5000;
/** Signals and system calls. */
const PROMPT_MS = 2;

export type DatabaseEffect = Extract<
  Effect,
  {
    type:
      | 'run-standby'
      | 'promote'
      | 'restart-primary'
      | 'set-names'
      | 'probe'
      | 'open-service'
      | 'drain'
      | 'stop-database'
      | 'stand-down'
      | 'copy'
      | 'fence';
  }
>;

export class DatabaseActor {
  readonly host: Host;
  copying = false;
  /** Raised by whatever cancels the operations before it. */
  operation = 0;
  #starting = false;
  #polling = false;
  #reporting = false;
  /** Which probe wrote the entry. */
  #probes = new Map<Entry, number>();
  /** Term of the stand-down that is under way. */
  #ending: number | null = null;
  /** Highest position that both had, since this start as primary. */
  #acked = 0;

  constructor(host: Host) {
    this.host = host;
  }

  /** The keeper is new: nothing of before is under way. */
  reset(): void {
    this.cancel();
    this.copying = false;
    this.#ending = null;
    this.#polling = false;
    this.#reporting = false;
  }

  cancel(): void {
    this.operation += 1;
    this.#starting = false;
  }

  perform(effect: DatabaseEffect): void {
    const { postgres, manager } = this.host;
    switch (effect.type) {
      case 'run-standby':
        this.#runStandby(effect);
        return;
      case 'promote':
        this.#promote(effect.term);
        return;
      case 'restart-primary':
        this.#restartPrimary(effect.term);
        return;
      case 'set-names':
        if (postgres.role === 'primary') postgres.setNames(effect.names);
        return;
      case 'probe':
        if (postgres.role !== 'primary') return;
        this.#probes.set(postgres.commit('probe', 0, 'probe'), effect.id);
        return;
      case 'open-service':
        if (postgres.role === 'primary') manager.open(effect.term);
        return;
      case 'drain':
        manager.stopTaking();
        this.#later(DRAIN_POLL_MS, () => this.#drained());
        return;
      case 'stop-database':
        this.#stop();
        return;
      case 'stand-down':
        this.#standDown(effect.term);
        return;
      case 'copy':
        copyDirectory(this, effect.from);
        return;
      case 'fence':
        poweringOff(this.host, effect.peer, effect.attempt);
        return;
    }
  }

  /** Runs in the keeper's life unless the operation was cancelled meanwhile. */
  #later(delay: number, action: () => void): void {
    const { operation } = this;
    this.host.world.queue.after(delay, this.host.keeper.process, () => {
      if (operation === this.operation) action();
    });
  }

  #between(low: number, high: number): number {
    return this.host.world.chance.draw.between(low, high);
  }

  #tell(input: Input): void {
    this.host.keeper.tell(input, 0);
  }

  #runStandby(effect: Extract<Effect, { type: 'run-standby' }>): void {
    const { postgres, manager } = this.host;
    if (postgres.role === 'primary') {
      manager.close();
      postgres.kill('process');
    }
    if (postgres.role === 'standby') {
      postgres.follow(effect.upstream, effect.as);
      return;
    }
    postgres.upstream = effect.upstream;
    postgres.as = effect.as;
    if (this.#starting || this.copying) return;
    if (postgres.directory === null) {
      this.reportSoon(PROMPT_MS);
      return;
    }
    this.#starting = true;
    this.#later(this.#between(START_MIN_MS, START_MAX_MS), () => {
      this.#starting = false;
      if (postgres.role === 'none') postgres.startStandby();
      this.report();
    });
  }

  #promote(term: number): void {
    const { postgres, world } = this.host;
    if (postgres.role !== 'standby') {
      this.#later(PROMPT_MS, () => this.#lost());
      return;
    }
    postgres.follow(null, postgres.as);
    const trouble = world.chance.promotionTrouble();
    const usual = this.#between(PROMOTE_MIN_MS, PROMOTE_MAX_MS);
    this.#later(trouble === 'hangs' ? PROMOTE_HANGS_MS : usual, () => {
      if (postgres.role !== 'standby' || trouble === 'fails') {
        postgres.kill('process');
        this.#lost();
        return;
      }
      const startLsn = postgres.directory?.flushed.lsn ?? 0;
      postgres.promote(term);
      this.#acked = 0;
      this.#tell({ type: 'promoted', term, timeline: postgres.directory?.timeline ?? 0, startLsn });
      this.#runsAsPrimary();
    });
  }

  #restartPrimary(term: number): void {
    const { postgres, manager } = this.host;
    manager.close();
    postgres.kill('process');
    this.#later(this.#between(RECOVERY_MIN_MS, RECOVERY_MAX_MS), () => {
      if (postgres.directory === null || postgres.role !== 'none') {
        this.#lost();
        return;
      }
      postgres.startPrimary();
      this.#acked = 0;
      this.#tell({ type: 'primary-restarted', term, recoveryEnd: postgres.head.lsn });
      this.#runsAsPrimary();
    });
  }

  #runsAsPrimary(): void {
    this.report();
    this.replicationSoon();
    if (this.#polling) return;
    this.#polling = true;
    this.#poll();
  }

  #poll(): void {
    this.host.world.queue.after(this.#between(POLL_MIN_MS, POLL_MAX_MS), this.host.keeper.process, () => {
      if (this.host.postgres.role !== 'primary') {
        this.#polling = false;
        return;
      }
      this.#tellReplication();
      this.#poll();
    });
  }

  replicationSoon(): void {
    this.host.world.queue.after(PROMPT_MS, this.host.keeper.process, () => this.#tellReplication());
  }

  #tellReplication(): void {
    const { postgres } = this.host;
    if (postgres.role !== 'primary' || postgres.directory === null) return;
    const stream = postgres.outbound;
    const flushed = stream?.reported.lsn ?? 0;
    this.#acked = Math.max(this.#acked, flushed);
    this.#tell({
      type: 'replication',
      connectedAs: stream?.name ?? null,
      flushed,
      lag: stream === null ? 0 : postgres.directory.flushed.lsn - flushed,
      acked: this.#acked,
      waiting: postgres.commitsWait,
    });
  }

  /** The probe's session is seen with `wait_event = SyncRep`, unless it is gone by the time one looks. */
  probeWaits(waiter: Waiter): void {
    const id = this.#probes.get(waiter.entry) ?? 0;
    this.#later(this.#between(PROBE_SEEN_MIN_MS, PROBE_SEEN_MAX_MS), () => {
      if (this.host.postgres.waiters.includes(waiter)) this.#tell({ type: 'probe', id, stage: 'waiting' });
    });
  }

  probeReturned(entry: Entry): void {
    const id = this.#probes.get(entry) ?? 0;
    this.#probes.delete(entry);
    this.#later(PROMPT_MS, () => this.#tell({ type: 'probe', id, stage: 'returned' }));
  }

  #drained(): void {
    const { postgres } = this.host;
    if (postgres.role !== 'primary') return;
    if (postgres.waiters.some(({ owner }) => owner === 'manager')) {
      this.#later(DRAIN_POLL_MS, () => this.#drained());
      return;
    }
    postgres.append('checkpoint', 0);
    this.#later(DRAIN_POLL_MS, () => this.#tell({ type: 'drained' }));
  }

  #stop(): void {
    const { postgres, manager, world } = this.host;
    manager.close();
    if (postgres.role !== 'primary') {
      this.#later(this.#between(START_MIN_MS, START_MAX_MS), () => {
        postgres.end();
        this.#tell({ type: 'database-stopped', end: postgres.directory?.flushed.lsn ?? null });
        this.report();
      });
      return;
    }
    postgres.stopping = true;
    const checkpoint = postgres.append('checkpoint', 0);
    const giveUp = world.queue.now + STOP_WAITS_MS;
    const look = () => {
      if (postgres.role !== 'primary' || postgres.directory === null) return;
      const isFlushed = postgres.directory.flushed.lsn >= checkpoint.lsn;
      const hasStandby = postgres.outbound !== null && postgres.outbound.reported.lsn < checkpoint.lsn;
      if (!isFlushed || (hasStandby && world.queue.now < giveUp)) {
        this.#later(STOP_POLL_MS, look);
        return;
      }
      postgres.end();
      this.#tell({ type: 'database-stopped', end: checkpoint.lsn });
      this.report();
    };
    this.#later(STOP_POLL_MS, look);
  }

  #standDown(term: number): void {
    this.cancel();
    const { world, postgres, manager } = this.host;
    // The guard may have ended everything already.
    const isLeft = postgres.role !== 'none' || manager.isOpen;
    const stuck = isLeft ? world.chance.killTrouble(this.host) : 0;
    const duration = isLeft ? this.#between(KILL_MIN_MS, KILL_MAX_MS) + stuck : PROMPT_MS;
    this.#ending = term;
    this.#later(duration, () => {
      this.host.killTree();
      this.treeEnded();
    });
  }

  /** Nothing is left, by whomever it was ended: whoever was told to end it answers. */
  treeEnded(): void {
    const term = this.#ending;
    if (term === null) return;
    this.#ending = null;
    this.#tell({ type: 'stood-down', term });
    this.report();
  }

  /** PostgreSQL has ended by itself. */
  lost(): void {
    this.cancel();
    this.host.world.queue.after(PROMPT_MS, this.host.keeper.process, () => this.#lost());
  }

  #lost(): void {
    this.#tell({ type: 'database-lost' });
    this.report();
  }

  reportSoon(delay: number): void {
    this.host.world.queue.after(delay, this.host.keeper.process, () => this.report());
  }

  report(): void {
    this.#tell({ type: 'database', ...this.present() });
    if (this.host.postgres.role === 'standby') this.#reportAgain();
  }

  present(): DatabaseReport {
    const { postgres, sick } = this.host;
    const { directory } = postgres;
    return {
      runs: directory === null ? 'absent' : postgres.role === 'none' ? 'stopped' : postgres.role,
      token: directory?.token ?? null,
      lineage: directory?.flushed.lineage ?? 0,
      flushed: directory?.flushed.lsn ?? 0,
      streaming: postgres.inbound !== null,
      healthy: !sick && directory !== null,
    };
  }

  /** A standby's position moves without anything else changing. */
  #reportAgain(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    this.host.world.queue.after(STANDBY_REPORT_MS, this.host.keeper.process, () => {
      this.#reporting = false;
      if (this.host.postgres.role === 'standby') this.report();
    });
  }
}
