// The manager on duty: all domains started, drained and stopped in order.
// Responsible for the order; decides nothing. Who gets what is master-wiring.ts. The ports and the authority are there before it (ground.ts): on a
// take-over they have been open for long. Made by manager.ts on `duty master`.
import { say as sayByCode } from '@nezuban/protocol/sentences/sentence';
import type { Clock } from '@nezuban/platform/clock';
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { ManagerAnswer, ManagerConfig, ManagerQuestion } from '@nezuban/protocol/keeper/child-messages';
import { CodedError } from '@nezuban/protocol/errors';
import type { Term } from '@nezuban/protocol/ids';
import { watchStreams } from './access/stream-watch.ts';
import type { Migration } from './database/migrations.ts';
import { ownAddresses, type Ground } from './ground.ts';
import type { RequestHandler } from './http/console-door.ts';
import type { WaitingAgents } from './inventory/agent-reception.ts';
import type { AgentVoices } from './inventory/agent-voices.ts';
import type { MetricsRegistry } from './metrics/registry.ts';
import type { PairDesk } from './pair/pair-desk.ts';
import { createPairLive } from './pair/pair-live.ts';
import { answerQuestion } from './pair/questions.ts';
import { createWitnesses } from './pair/witnesses.ts';
import type { EventDraft, EventSink } from './ports.ts';
import { wireMaster, type MasterParts } from './master-wiring.ts';
import { createStopList } from './stop-list.ts';

export type MasterPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** The manager cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
  readonly ground: Ground;
  readonly voices: AgentVoices;
  readonly desk: PairDesk;
  readonly migrations: readonly Migration[];
  readonly metrics: MetricsRegistry;
  /** How late the event loop was of late. */
  readonly eventLoopLagMs: () => number;
};

export type MasterDuty = {
  readonly term: number;
  readonly agentAddresses: readonly string[];
  /** Agents that have waited at this host as a standby; null: it was none. */
  readonly waiting: WaitingAgents | null;
};

/** When each part of a start was done, in milliseconds from its beginning. */
export type MasterPhases = Readonly<Record<string, number>>;

export type MasterStarted = {
  readonly consoleUrl: string;
  readonly agentAddress: string;
  readonly adminPassword: string | null;
  readonly term: Term;
  /** What answers at the console's port. */
  readonly handler: RequestHandler;
  readonly phases: MasterPhases;
  /** Whether the holder of an API token may see metrics. Throws not_signed_in for one that is none. */
  readonly mayReadMetrics: (token: string) => Promise<boolean>;
  /** The command line of this host is let in, and the start is told in an event. */
  readonly settled: Promise<void>;
};

export type Master = {
  /** Resolves once console, API and agents are served; what is not felt by anybody may still be under way. If it rejects, `stop` frees what had been started. */
  readonly start: (duty: MasterDuty) => Promise<MasterStarted>;
  /** Something that the keeper did, for people to read. */
  readonly notice: (notice: KeeperNotice) => void;
  readonly answer: (question: ManagerQuestion) => Promise<ManagerAnswer>;
  /** Agents that are connected. */
  readonly connected: () => number;
  readonly setAgentAddresses: (addresses: readonly string[]) => void;
  /** Takes no more work; resolves when what is under way is through, or after a bound. */
  readonly drain: () => Promise<void>;
  /** The hand-over came to nothing: everything goes on. */
  readonly resume: () => void;
  /** In order: no more requests, no more from agents, what is under way is committed, the database last. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

/** Of the time for a stop, what the engine may take to finish what is queued. */
const ENGINE_PART_OF_STOP = 0.4;
/** A planned switch is felt by everybody; what is not through by then is taken up by the new master. */
const DRAIN_MS = 1_000;

export const createMaster = (config: ManagerConfig, ports: MasterPorts): Master => {
  const { clock, logger, timers, ground, desk } = ports;
  const { authority, door } = ground;
  const stops = createStopList(logger);
  let events: EventSink | undefined;
  let parts: MasterParts | undefined;
  let stopWithinMs = 0;

  const say = async (draft: Omit<EventDraft, 'at' | 'node'> & { readonly at?: Date }): Promise<void> => {
    try {
      await events?.appendNow([{ at: new Date(clock.epochMs()), node: null, ...draft }]);
    } catch (error) {
      logger.warn({ err: error, event: draft.code }, 'An event about the manager itself could not be stored');
    }
  };

  const start = async (duty: MasterDuty): Promise<MasterStarted> => {
    const beganMs = clock.monotonicMs();
    const phases: Record<string, number> = {};
    const mark = (phase: string): void => {
      phases[phase] = Math.round((clock.monotonicMs() - beganMs) * 10) / 10;
    };
    parts = await wireMaster(ports, { config, duty, stops, mark, onEvents: (sink) => (events = sink) });
    const { identity, live, operating, notifications, inventory, access, adminPassword, jobs, http } = parts;
    const {
      database,
      selfWatch,
      retention,
      status,
      traps,
      namesReady,
      backups,
      restored,
      calendarWatch,
      transfers,
    } = parts;

    stops.add('jobs', () => jobs.stop(stopWithinMs * ENGINE_PART_OF_STOP));
    // The application is made ready while the engine takes up its sessions; nobody is answered before both are done.
    const [handler] = await Promise.all([http.prepare(), retention.prepare().then(jobs.start)]);
    mark('engine');
    stops.add('agents', () => inventory.stop());
    transfers.start();
    stops.add('transfers', () => transfers.stop());
    inventory.hub.setManagers(duty.agentAddresses);
    await inventory.start(config.localJoinTokenFile);
    // Thousands may wait; nobody else has to wait for them.
    if (duty.waiting !== null) void inventory.admit(duty.waiting);
    mark('agents');
    stops.add('api', async () => {
      door.setOnDuty(false);
      live.stop();
      await http.stop();
    });
    door.setHandler(handler);
    const { consoleUrl, agentAddress } = await ground.open();
    if (config.pairSockets !== null) await door.openForwarded(config.pairSockets.serve);
    door.setOnDuty(true);
    mark('open');
    const pairLive = createPairLive({ live, timers });
    desk.setListener(pairLive.changed);
    stops.add('pair', () => {
      desk.setListener(null);
      pairLive.stop();
    });
    notifications.start();
    let trapsEnded = false;
    stops.add('traps', async () => {
      trapsEnded = true;
      await traps.stop();
    });
    // Traps that are read before the MIB modules would keep numbers for names.
    void namesReady.then(() => {
      if (!trapsEnded) traps.start();
    });
    operating.start();
    stops.add('operations', () => operating.stop());
    retention.start();
    calendarWatch.start();
    stops.add('calendars', () => calendarWatch.stop());
    status.start();
    stops.add('status', () => status.stop());
    stops.add('retention', () => retention.stop());
    stops.add('streams', watchStreams({ database, live, timers, logger }));
    stops.add('backups', () => backups.stop());
    void backups.start().catch((error: unknown) => {
      logger.error({ err: error }, 'No backups are made by themselves');
    });
    stops.add('self-watch', () => selfWatch.stop());
    void selfWatch.start().catch((error: unknown) => {
      logger.error({ err: error }, 'The manager does not watch itself');
    });
    ground.setExchangeListener(() => {
      inventory.hub.authorityChanged();
      void access
        .openLocally({ url: consoleUrl, ca: ground.consoleCa })
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'The command line does not know the new authority'),
        );
    });
    const settling = Promise.all([
      access.openLocally({ url: consoleUrl, ca: ground.consoleCa }),
      say({
        code: 'manager_started',
        priority: 'info',
        message: `The manager was started (term ${identity.term}).`,
        details: { term: identity.term, version: config.version },
      }),
    ]);
    const settled = settling.then(async () => {
      mark('told');
      if (restored === null) return;
      await events?.appendNow([{ at: new Date(clock.epochMs()), node: null, ...restored.event }]);
      await restored.done();
    });
    stops.add('farewell', () =>
      say({
        code: 'manager_stopped',
        priority: 'info',
        message: 'The manager was stopped.',
        details: { term: identity.term },
      }),
    );
    return {
      consoleUrl,
      agentAddress,
      adminPassword,
      term: identity.term,
      handler,
      phases,
      mayReadMetrics: async (token) => {
        const principal = await access.authenticator.byToken(token);
        if (principal === null)
          throw new CodedError('not_signed_in', sayByCode('problem_the_api_token_is_unknown_expired_or'));
        return principal.permissions.holds('settings.read');
      },
      settled,
    };
  };

  return {
    start,
    notice({ code, at, process, priority, message, details }) {
      void say({
        at: new Date(at),
        code,
        priority: priority ?? (code === 'process_gave_up' ? 'critical' : 'warning'),
        message,
        details: { ...details, process },
      });
    },
    async answer(question) {
      if (parts === undefined) return { to: 'refused', says: 'The manager is not on duty yet.' };
      const { inventory, identity } = parts;
      const witnesses = createWitnesses({
        hub: inventory.hub,
        desk,
        term: identity.term,
        ownAddresses: ownAddresses(),
      });
      return await answerQuestion(
        { authority, makeAgentToken: inventory.makeAgentToken, witnesses, logger },
        question,
      );
    },
    connected: () => parts?.inventory.counts().connected ?? 0,
    setAgentAddresses: (addresses) => parts?.inventory.hub.setManagers(addresses),
    async drain() {
      if (parts === undefined) return;
      const { http, inventory, jobs, notifications } = parts;
      door.setOnDuty(false);
      http.setDraining(true);
      inventory.hub.setDraining(true);
      const limit = new AbortController();
      await Promise.race([
        Promise.all([jobs.drain(DRAIN_MS), notifications.pause()]),
        timers.sleep(DRAIN_MS, limit.signal).catch(() => undefined),
      ]);
      limit.abort();
    },
    resume() {
      if (parts === undefined) return;
      const { http, inventory, jobs, notifications } = parts;
      notifications.resume();
      jobs.resume();
      inventory.hub.setDraining(false);
      http.setDraining(false);
      door.setOnDuty(true);
    },
    async stop(withinMs) {
      stopWithinMs = withinMs;
      await stops.run();
    },
  };
};
