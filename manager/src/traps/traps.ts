// The traps domain: both intakes read, what they heard stored, orders told to them, and the view of all that.
// Responsible for putting its parts together and for what does not hang on a single record: who is behind an address, what the intakes are to
// listen to, receivers that cannot. Made by master.ts for the manager on duty.
import type { OidNames } from '@nezuban/core/traps/mib/oid-names';
import type { ParsedTrap, PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import { createPlacer, type Placer, type PlacingNode } from '@nezuban/core/traps/placing';
import type { TrapVerdicts } from '@nezuban/core/traps/verdict';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Term } from '@nezuban/protocol/ids';
import type { IntakeStatus } from '@nezuban/protocol/intake/hand-over';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { IntakeView, TrapProcessing } from '@nezuban/protocol/traps/trap';
import type { TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
import { createDatabase, type Database, type DatabaseAddress } from '../database/database.ts';
import type { EventSink, ScopePlaces, TrapSecrets } from '../ports.ts';
import type { SettingsDomain } from '../settings/settings.ts';
import { createIntakeClient, type IntakeClient, type IntakeRole } from './intake-client.ts';
import { receiverDraft } from './trap-events.ts';
import { createTrapLoop, type TrapLoopStats } from './trap-loop.ts';
import { createTrapReading, type TrapReading } from './trap-reading.ts';
import { createTrapRoutes, type TrapRoutes } from './trap-routes.ts';
import { createTrapSources } from './trap-sources.ts';
import { trapsLimits as limits } from './traps-limits.ts';

/** Trap monitors and aliases as they are now. */
export type TrapRules = {
  readonly judge: (trap: PlacedTrap) => TrapVerdicts;
  readonly aliases: () => readonly TrapAlias[];
  /** Called after each change that was committed. */
  readonly onChange: (listener: () => void) => void;
};

export type TrapsPorts = {
  /** For lists; what is stored has a connection of its own. */
  readonly database: Database;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly settings: Pick<SettingsDomain, 'of' | 'onChange'>;
  readonly secrets: TrapSecrets;
  readonly names: () => OidNames;
  readonly rules: TrapRules;
  readonly nodes: { readonly version: () => number; readonly nodes: () => Iterable<PlacingNode> };
  readonly places: Pick<ScopePlaces, 'scopesOfNode'>;
  /** Whether there is another host. */
  readonly isPair: () => boolean;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
};
export type TrapsOptions = {
  readonly address: DatabaseAddress;
  readonly sockets: { readonly own: string; readonly peer: string | null } | null;
  readonly term: Term;
};

export type TrapsStats = TrapLoopStats & {
  /** Records in journals that are not stored, as the intakes told last. */
  readonly backlog: number;
  readonly intakes: readonly {
    readonly role: IntakeRole;
    readonly connected: boolean;
    readonly status: IntakeStatus | null;
  }[];
};
export type Traps = {
  readonly routes: TrapRoutes;
  readonly reading: TrapReading;
  readonly place: TrapPlace;
  readonly start: () => void;
  readonly stats: () => TrapsStats;
  /** After what is under way is committed. Idempotent. */
  readonly stop: () => Promise<void>;
};
export type TrapPlace = (trap: Pick<ParsedTrap, 'address' | 'claimedHost'>) => ReturnType<Placer['place']>;

/** One for the batch, one for what a start and late marks need meanwhile. */
const CONNECTIONS_MAX = 2;
/** A receiver that cannot listen for so many looks is told: at a restart the old one may hold the port for a moment. */
const FAILED_LOOKS = 2;

export const createTraps = (ports: TrapsPorts, options: TrapsOptions): Traps => {
  const { clock, timers, rules, nodes, settings, secrets } = ports;
  const logger = ports.logger.child({ domain: 'traps' });
  const database = createDatabase({
    address: options.address,
    logger,
    name: 'nezuban-traps',
    connectionsMax: CONNECTIONS_MAX,
  });
  const reading = createTrapReading(ports.names);
  const sources = createTrapSources(limits.sourcesMax);
  const clients = new Map<IntakeRole, IntakeClient>();

  let placer: Placer | null = null;
  let placedVersion = -1;
  let placedAtMs = 0;
  const place: TrapPlace = (trap) => {
    if (placer === null || nodes.version() !== placedVersion) {
      const nowMs = clock.monotonicMs();
      // While thousands of agents come at once, the last picture serves for a moment.
      if (placer === null || nowMs - placedAtMs >= limits.placesEveryMs) {
        placedVersion = nodes.version();
        placedAtMs = nowMs;
        placer = createPlacer({
          aliases: rules.aliases(),
          nodes: nodes.nodes(),
          scopesOfNode: ports.places.scopesOfNode,
        });
      }
    }
    return placer.place(trap);
  };
  rules.onChange(() => (placer = null));

  const [low = 0, high = 0] = new Uint32Array(ports.random(8).slice().buffer);
  const loop = createTrapLoop(
    {
      database,
      events: ports.events,
      clock,
      timers,
      logger,
      breathe: () => new Promise((resolve) => void setImmediate(resolve)),
      reading,
      place,
      judge: rules.judge,
      isPair: ports.isPair,
      noteSource: sources.note,
    },
    { term: options.term, freshKey: { low, high } },
  );

  let revision = 0;
  const orders = (): IntakeOrders => ({
    // Rises over managers too: the clock is the only thing that they have in common.
    revision: (revision = Math.max(revision + 1, Math.floor(clock.epochMs()))),
    settings: settings.of('intake'),
    snmpUsers: [...secrets.snmpUsers()],
    httpTokenHashes: [...secrets.httpTokenHashes()],
    // Each host has its own, which its intake knows.
    tls: null,
  });
  const order = (): void => {
    const next = orders();
    for (const client of clients.values()) client.order(next);
  };

  /** Receivers by what was told of them, and how often they failed in a row. */
  const receivers = new Map<string, { failed: number; told: boolean }>();
  const hostOf = (role: IntakeRole): string | null =>
    loop.stats().positions.find((position) => position.role === role)?.host ?? null;
  const look = (role: IntakeRole, status: IntakeStatus): void => {
    const host = hostOf(role);
    if (host === null) return;
    for (const receiver of status.receivers) {
      const key = `${host} ${receiver.name}`;
      const known = receivers.get(key) ?? { failed: 0, told: false };
      receivers.set(key, known);
      known.failed = receiver.state === 'failed' ? known.failed + 1 : 0;
      const isTroubled = known.failed >= FAILED_LOOKS;
      if (isTroubled === known.told || (receiver.state === 'failed' && !isTroubled)) continue;
      known.told = isTroubled;
      ports.events
        .appendNow([receiverDraft(new Date(clock.epochMs()), host, receiver)])
        .catch((error: unknown) => {
          known.told = !isTroubled;
          logger.warn(
            { err: error },
            'What a receiver does could not be told; it is tried with the next look',
          );
        });
    }
  };

  const { sockets } = options;
  const addresses: readonly (readonly [IntakeRole, string | null])[] =
    sockets === null
      ? []
      : [
          ['own', sockets.own],
          ['peer', sockets.peer],
        ];
  for (const [role, socketPath] of addresses) {
    if (socketPath === null) continue;
    const listener = loop.listen(role, () => client);
    const client: IntakeClient = createIntakeClient(
      {
        clock,
        timers,
        logger: logger.child({ intake: role }),
        listener: { ...listener, status: (status) => look(role, status) },
      },
      { socketPath, term: options.term },
    );
    clients.set(role, client);
  }

  const backlog = (): number => {
    const { positions } = loop.stats();
    return [...clients].reduce((sum, [role, client]) => {
      const { status } = client.view();
      const position = positions.find((one) => one.role === role);
      if (status === null || position === undefined) return sum;
      return sum + Math.max(0, status.nextSeq - 1 - Math.max(position.seq, status.processedSeq));
    }, 0);
  };
  const views = (): readonly IntakeView[] =>
    [...clients].flatMap(([role, client]): readonly IntakeView[] => {
      // The door to another host is there before there is one.
      if (role === 'peer' && !ports.isPair()) return [];
      const position = loop.stats().positions.find((one) => one.role === role);
      return [{ role, host: position?.host ?? null, storedSeq: position?.seq ?? null, ...client.view() }];
    });
  const processing = (): TrapProcessing => {
    const stats = loop.stats();
    return {
      traps: stats.traps,
      copies: stats.copies,
      unmatched: stats.unmatched,
      malformed: stats.malformed,
      perhapsRepeats: stats.perhaps,
      summarised: stats.summarised,
      dropped: stats.dropped,
      refusedFull: stats.refusedFull,
      failures: stats.failures,
      lagSeconds: Math.round(stats.lagS * 1_000) / 1_000,
      backlog: backlog(),
      unpaired: stats.marks.stored,
    };
  };
  let stopped: Promise<void> | undefined;

  return {
    routes: createTrapRoutes({ database: ports.database, reading, sources, intakes: views, processing }),
    reading,
    place,
    start() {
      order();
      settings.onChange((section) => {
        if (section === 'intake') order();
      });
      secrets.onChange(order);
      if (clients.size > 0) loop.start();
    },
    stats: () => ({
      ...loop.stats(),
      backlog: backlog(),
      intakes: [...clients].map(([role, client]) => {
        const { connected, status } = client.view();
        return { role, connected, status };
      }),
    }),
    stop() {
      stopped ??= (async () => {
        for (const client of clients.values()) client.stop();
        await loop.stop();
        await database.stop();
      })();
      return stopped;
    },
  };
};
