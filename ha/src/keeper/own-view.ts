// What this keeper knows of its own host, as others see it (`KeeperView`).
// Responsible for gathering it cheaply: the free space is looked at beside, never waited for. Called by the pair's office each second.
import fs from 'node:fs';
import type { KeeperView } from '@nezuban/protocol/pair/status';
import type { HeldAuthority } from '@nezuban/platform/authority-exchange';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { State } from '../decision/state.ts';
import type { DatabaseFacts } from '../drivers/ports.ts';
import type { HomeLayout } from './child-config.ts';
import type { TakeOvers } from './take-overs.ts';

export type OwnViewPorts = {
  readonly clock: Clock;
  readonly database: () => DatabaseFacts;
  readonly takeOvers: TakeOvers;
  readonly serviceOpen: () => boolean;
  /** The host's name, for people. */
  readonly name: () => string;
  /** What this host holds during an exchange of the authority; null: one alone. */
  readonly authority: () => HeldAuthority | null;
};

export type OwnView = {
  readonly view: (state: State | null) => KeeperView;
  readonly moved: (state: State) => void;
  readonly setGuard: (runs: () => boolean) => void;
};

const SPACE_LOOK_MS = 5_000;
/** The newest ones; the history page of both hosts together shows a hundred. */
const TAKE_OVERS_MAX = 50;

export function createOwnView(ports: OwnViewPorts, options: { readonly layout: HomeLayout }): OwnView {
  const { clock } = ports;
  let since = formatInstant(clock.now());
  let freeBytes: number | null = null;
  let lookedAt = -Infinity;
  let guardRuns: () => boolean = () => false;

  function lookAtSpace(): void {
    const now = clock.monotonicMs();
    if (now - lookedAt < SPACE_LOOK_MS) return;
    lookedAt = now;
    fs.promises.statfs(ports.database().dataDirectory).then(
      ({ bavail, bsize }) => (freeBytes = bavail * bsize),
      // The directory is being made anew.
      () => (freeBytes = null),
    );
  }

  return {
    setGuard(runs) {
      guardRuns = runs;
    },
    moved() {
      since = formatInstant(clock.now());
    },
    view(state) {
      lookAtSpace();
      const facts = ports.database();
      const { report, replication } = facts;
      const authority = ports.authority();
      return {
        id: state?.record.id ?? 'unknown',
        name: ports.name(),
        kind: 'member',
        release: options.layout.version,
        at: formatInstant(clock.now()),
        state: state?.name ?? 'starting',
        reason:
          facts.trouble?.message ??
          (state === null || state.reason === '' ? 'This host has just started.' : state.reason),
        since,
        term: state?.record.term ?? 0,
        database: {
          runs: report.runs,
          healthy: report.healthy,
          streaming: report.streaming,
          flushed: report.flushed,
          bytes: null,
        },
        copy: facts.copy,
        lagBytes: replication?.connectedAs == null ? null : Math.max(0, Math.round(replication.lag)),
        // Placeholder and name alike: a commit is acknowledged only with the standby.
        commitsWait: state?.duty != null && state.duty.names !== '',
        serviceOpen: ports.serviceOpen(),
        guardRuns: guardRuns(),
        freeBytes,
        takeOvers: ports.takeOvers.list().slice(0, TAKE_OVERS_MAX),
        ...(authority === null ? {} : { authority }),
      };
    },
  };
}
