/**
 * Watches the running server in the role that it has, and carries out the probes of a primary.
 *
 * Responsible for how often the core hears of replication, and for what counts as well. Not responsible for the looks themselves
 * (`primary-watch.ts`, `standby-watch.ts`). Called by the actor, which begins it after each change of role and ends it before.
 */
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { Lsn } from '@nezuban/protocol/pair/roster';
import type { DatabaseInput } from '../ports.ts';
import { createPrimaryWatch, type PrimarySample, type PrimaryWatch } from './primary-watch.ts';
import { startProbe, type Probe } from './probe.ts';
import type { ServerRole } from './server-life.ts';
import { createStandbyWatch, type StandbySample, type StandbyWatch } from './standby-watch.ts';

export type Replication = Extract<DatabaseInput, { type: 'replication' }>;

export type ServerWatch = {
  /** Resolves after the first look at a standby. */
  readonly begin: (role: ServerRole | null) => Promise<void>;
  /** Nothing is heard of it any more, of its probes neither. */
  readonly end: () => void;
  readonly isWell: (role: ServerRole) => boolean;
  readonly isStandby: () => boolean;
  readonly streams: () => boolean;
  readonly replication: () => Replication | null;
  /** The log of a standby says so: it may stream again before the next look, and an end is told all the same. */
  readonly streamEnded: () => void;
  readonly probe: (id: number) => void;
};

export type ServerWatchEvents = {
  readonly onReplication: (input: Replication) => void;
  readonly onProbe: (id: number, stage: 'waiting' | 'returned') => void;
  /** Everything below is on our disk. */
  readonly onReached: (position: Lsn) => void;
  readonly onStandby: (sample: StandbySample) => void;
  /** Streaming or well-being has changed. */
  readonly onChanged: () => void;
};

/** As a primary the core hears at least every 250 ms; looks are a tenth of a second apart. */
const REPLICATION_MS = 140;
/** The core waits for the newest one alone; older ones may still hang in their wait. */
const PROBES_MAX = 4;

export function createServerWatch(
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: { readonly socketDirectory: string },
  events: ServerWatchEvents,
): ServerWatch {
  const { clock, timers } = ports;
  const { socketDirectory } = options;
  let standby: StandbyWatch | null = null;
  let primary: PrimaryWatch | null = null;
  let streaming = false;
  let acked = 0;
  let replication: Replication | null = null;
  let toldAt = -Infinity;
  let probes: readonly Probe[] = [];

  async function begin(role: ServerRole | null): Promise<void> {
    end();
    if (role === 'primary') {
      primary = createPrimaryWatch(ports, {
        socketDirectory,
        onSample: onPrimary,
        onWritesChanged: events.onChanged,
      });
      primary.start();
    } else if (role === 'standby') {
      const watch = createStandbyWatch(ports, { socketDirectory, onSample: onStandby });
      standby = watch;
      await watch.look();
      if (standby === watch) watch.start();
    }
  }

  function end(): void {
    primary?.stop();
    standby?.stop();
    primary = null;
    standby = null;
    streaming = false;
    acked = 0;
    replication = null;
    for (const one of probes) one.stop();
    probes = [];
  }

  function onStandby(sample: StandbySample): void {
    events.onReached(sample.flushed);
    const changed = streaming !== sample.streaming;
    streaming = sample.streaming;
    events.onStandby(sample);
    if (changed) events.onChanged();
  }

  function onPrimary(sample: PrimarySample): void {
    events.onReached(sample.position);
    acked = Math.max(acked, sample.flushed);
    const before = replication;
    replication = {
      type: 'replication',
      connectedAs: sample.connectedAs,
      flushed: sample.flushed,
      lag: sample.connectedAs === null ? 0 : Math.max(0, sample.position - sample.flushed),
      acked,
      waiting: sample.waiting,
    };
    const now = clock.monotonicMs();
    if (!hasChanged(before, replication) && now - toldAt < REPLICATION_MS) return;
    toldAt = now;
    events.onReplication(replication);
  }

  return {
    begin,
    end,
    isWell: (role) => (role === 'primary' ? primary?.writes() : standby?.answers()) ?? true,
    isStandby: () => standby !== null,
    streams: () => streaming,
    replication: () => replication,
    streamEnded() {
      if (standby === null) return;
      if (streaming) {
        streaming = false;
        events.onChanged();
      }
      void standby?.look();
    },
    probe(id) {
      const started = startProbe(timers, {
        socketDirectory,
        onStage: (stage) => events.onProbe(id, stage),
        onEnd: () => (probes = probes.filter((one) => one !== started)),
      });
      probes = [...probes, started];
      if (probes.length > PROBES_MAX) probes[0]?.stop();
    },
  };
}

function hasChanged(before: Replication | null, next: Replication): boolean {
  return (
    before === null ||
    before.connectedAs !== next.connectedAs ||
    before.flushed !== next.flushed ||
    before.waiting !== next.waiting
  );
}
