// Compares what this manager believes of attempts with what the agents know, again and again, and says what differs.
// Responsible for asking each connected agent, for repairing what can be (an attempt that the agent does not run is asked for: its last receipt, or
// "no record", closes it), for telling what cannot (attempts that nobody here waits for; agents that are silent), once each, and for the view of the
// API. What counts as different is decided in core/jobs/compare-attempts. Everything is memory: a manager that takes over compares anew.
import { compareAttempts, type Doubts } from '@nezuban/core/jobs/compare-attempts';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { OpenAttemptsReport, Receipt } from '@nezuban/protocol/agent/link';
import type { ReconciliationView } from '@nezuban/protocol/api/reconciliation-operations';
import { noRecordReason } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { Database } from '../database/database.ts';
import type { AgentHub, EventDraft, EventSink, Inventory } from '../ports.ts';
import { parseAttemptId } from './attempt-key.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import type { StoredSession } from './session-statements.ts';

export type ReconciliationPorts = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly engine: Pick<Engine, 'openOn'>;
  readonly hub: Pick<AgentHub, 'isConnected' | 'askOpenAttempts' | 'query' | 'cancel'>;
  readonly inventory: Pick<Inventory, 'snapshot' | 'nodeView'>;
  readonly events: EventSink;
  readonly settings: () => Settings['reconciliation'];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type Reconciliation = {
  readonly start: () => void;
  readonly connected: (node: string) => void;
  readonly disconnected: (node: string) => void;
  readonly removed: (node: string) => void;
  /** What an agent runs, as it was asked. */
  readonly reported: (node: string, report: OpenAttemptsReport) => void;
  /** Receipts that were committed. */
  readonly receipts: (node: string, receipts: readonly Receipt[]) => void;
  readonly view: () => ReconciliationView;
  /** Since when the agent of a node that has running attempts is silent; null: it is not. */
  readonly silentSince: (node: string) => Date | null;
  /** Ends a stray: TERM, and KILL after the time. False: there is none of this id. */
  readonly endStray: (attemptId: AttemptId, killAfterMs: number) => boolean;
  readonly strayNode: (attemptId: AttemptId) => string | null;
  readonly figures: () => {
    readonly strays: number;
    readonly silent: number;
    readonly comparisons: number;
    readonly repaired: number;
  };
  readonly stop: () => Promise<void>;
};

type Stray = ReconciliationView['strays'][number];
type Silence = { readonly since: Date; told: boolean };
type NodeState = { doubts: Doubts; dueAtMs: number };

/** How often it is looked who is due and who is silent. */
const TICK_MS = 2_000;
/** After a connection: what was under way has arrived by then. */
const SETTLE_MS = 5_000;
/** What differed is looked at again so soon. */
const DOUBT_MS = 5_000;
/** Agents asked in one tick: ten thousand in five minutes need 67. */
const ASKED_PER_TICK = 200;
/** Strays that are kept and shown; an agent that has more is told by their number. */
const STRAYS_MAX = 1_000;
/** Attempts that a message names before it only counts. */
const NAMED_MAX = 5;
/** Receipts that say "no record" are gathered for so long into one event of their node. */
const FORGOT_GATHER_MS = 2_000;

export const createReconciliation = (ports: ReconciliationPorts): Reconciliation => {
  const { database, engine, hub, inventory, events, clock, timers } = ports;
  const logger = ports.logger.child({ part: 'reconciliation' });
  const states = new Map<string, NodeState>();
  const silences = new Map<string, Silence>();
  const strays = new Map<AttemptId, Stray>();
  const forgotten = new Map<string, AttemptId[]>();
  const running = new Set<Promise<void>>();
  let cancelTick: (() => void) | null = null;
  let stopped = false;
  let comparedAt: Date | null = null;
  let comparisons = 0;
  let repaired = 0;

  const track = (work: Promise<void>): void => {
    const done = work.catch((error: unknown) =>
      logger.warn(
        { err: error },
        'What differs from an agent could not be told; the next comparison tries again',
      ),
    );
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  const append = async (drafts: readonly EventDraft[]): Promise<void> => {
    if (drafts.length > 0 && !stopped) await events.appendNow(drafts);
  };
  const draft = (of: Omit<EventDraft, 'at'>): EventDraft => ({ at: new Date(clock.epochMs()), ...of });

  const stateOf = (node: string, dueInMs: number): NodeState => {
    let state = states.get(node);
    if (state === undefined)
      states.set(node, (state = { doubts: new Set(), dueAtMs: clock.monotonicMs() + dueInMs }));
    return state;
  };

  const tick = (): void => {
    const nowMs = clock.monotonicMs();
    let asked = 0;
    for (const [node, { connected }] of inventory.snapshot().nodes) {
      if (!connected) {
        lookAtSilent(node);
        continue;
      }
      const state = stateOf(node, SETTLE_MS);
      if (state.dueAtMs > nowMs || asked >= ASKED_PER_TICK) continue;
      state.dueAtMs = nowMs + ports.settings().every_s * 1000;
      asked += 1;
      hub.askOpenAttempts(node);
    }
  };

  const lookAtSilent = (node: string): void => {
    const count = engine.openOn(node).attempts.length;
    if (count === 0) {
      silences.delete(node);
      return;
    }
    const silence = silences.get(node);
    if (silence === undefined) track(beginSilence(node));
    else if (
      !silence.told &&
      clock.epochMs() - silence.since.getTime() >= ports.settings().agent_silent_after_s * 1000
    ) {
      silence.told = true;
      track(tellSilent(node, silence, count));
    }
  };
  const beginSilence = async (node: string): Promise<void> => {
    const view = await inventory.nodeView(node);
    if (view === null || hub.isConnected(node) || silences.has(node)) return;
    // What it last said, and not when this manager began to listen: one that takes over goes on with the same silence.
    const since = view.lastSeenAt === null ? new Date(clock.epochMs()) : new Date(view.lastSeenAt);
    silences.set(node, { since, told: false });
  };
  const tellSilent = async (node: string, silence: Silence, count: number): Promise<void> => {
    const told = await database.query({
      text: `SELECT FROM event WHERE code = 'agent_silent' AND node = $1 AND at >= $2 LIMIT 1`,
      values: [node, silence.since],
    });
    if (told.length > 0) return;
    try {
      const since = silence.since.toISOString();
      await append([
        draft({
          code: 'agent_silent',
          priority: 'critical',
          node,
          message: `The agent of "${node}" has been silent since ${since}; nobody knows what becomes of ${count} attempts that run there until it is back. Look at the host; if it will not come back, set their results by hand or remove the node`,
          details: { since, count },
        }),
      ]);
    } catch (error) {
      silence.told = false;
      throw error;
    }
  };

  const compare = async (node: string, report: OpenAttemptsReport): Promise<void> => {
    const state = stateOf(node, 0);
    const believed = new Set(engine.openOn(node).attempts.map(({ attempt }) => attempt));
    const reported = new Set([...report.items, ...report.unrecorded].map(({ attemptId }) => attemptId));
    const { missing, strays: found, doubts } = compareAttempts(believed, reported, state.doubts);
    state.doubts = doubts;
    if (doubts.size > 0) state.dueAtMs = Math.min(state.dueAtMs, clock.monotonicMs() + DOUBT_MS);
    comparisons += 1;
    comparedAt = new Date(clock.epochMs());
    if (missing.length > 0) {
      repaired += missing.length;
      logger.warn(
        { node, attempts: missing.slice(0, NAMED_MAX), count: missing.length },
        'The agent does not run attempts that this manager waits for; their last receipts are asked for',
      );
      hub.query(node, missing);
    }
    for (const [id, stray] of strays) if (stray.node === node && !reported.has(id)) strays.delete(id);
    const fresh = found.filter((id) => !strays.has(id)).slice(0, STRAYS_MAX - strays.size);
    if (fresh.length > 0) await takeStrays(node, fresh, report);
  };

  const takeStrays = async (
    node: string,
    ids: readonly AttemptId[],
    report: OpenAttemptsReport,
  ): Promise<void> => {
    const known = await findKnown(ports, ids);
    const seenAt = new Date(clock.epochMs()).toISOString();
    for (const id of ids) {
      const item = report.items.find(({ attemptId }) => attemptId === id);
      const process = report.unrecorded.find(({ attemptId }) => attemptId === id);
      const { net, unit, endStatus } = known.get(id) ?? { net: null, unit: null, endStatus: null };
      strays.set(id, {
        attemptId: id,
        node,
        pid: item?.pid ?? process?.pid ?? null,
        command: process?.command ?? null,
        startedAt: item?.startedAt ?? null,
        session: parseAttemptId(id).sessionId,
        net,
        unit,
        endStatus,
        seenAt,
      });
    }
    const named = ids.slice(0, NAMED_MAX).map((id) => {
      const { net, endStatus } = known.get(id) ?? { net: null, endStatus: null };
      return `${id} (${net === null ? 'not known here' : `${net}, closed as ${endStatus ?? 'open'}`})`;
    });
    const attempts = `${named.join(', ')}${ids.length > named.length ? ', ...' : ''}`;
    await append([
      draft({
        code: 'attempt_stray',
        priority: 'warning',
        node,
        message: `The agent of "${node}" runs ${ids.length} attempts that nobody waits for: ${attempts}. Look at them with "nezuban reconcile"; end one with "nezuban attempt end"`,
        details: { count: ids.length, attempts },
      }),
    ]);
  };

  const tellForgotten = async (node: string): Promise<void> => {
    await timers.sleep(FORGOT_GATHER_MS);
    const ids = forgotten.get(node) ?? [];
    forgotten.delete(node);
    const attempts = `${ids.slice(0, NAMED_MAX).join(', ')}${ids.length > NAMED_MAX ? ', ...' : ''}`;
    await append([
      draft({
        code: 'agent_forgot',
        priority: 'critical',
        node,
        message: `The agent of "${node}" has no record of ${ids.length} attempts that were given to it: ${attempts}. Its state was lost or is of an older day; they end as unknown, and what they started may still run`,
        details: { count: ids.length, attempts },
      }),
    ]);
  };

  return {
    start() {
      cancelTick ??= timers.every(TICK_MS, tick);
    },
    connected(node) {
      silences.delete(node);
      states.delete(node);
      stateOf(node, SETTLE_MS);
    },
    disconnected(node) {
      states.delete(node);
    },
    removed(node) {
      silences.delete(node);
      states.delete(node);
      for (const [id, stray] of strays) if (stray.node === node) strays.delete(id);
    },
    reported(node, report) {
      if (!stopped) track(compare(node, report));
    },
    receipts(node, receipts) {
      for (const receipt of receipts) {
        if (receipt.state !== 'unknown' || receipt.reason !== noRecordReason) continue;
        const list = forgotten.get(node);
        if (list === undefined) {
          forgotten.set(node, [receipt.attemptId]);
          track(tellForgotten(node));
        } else if (!list.includes(receipt.attemptId)) list.push(receipt.attemptId);
      }
    },
    view: () => ({
      comparedAt: comparedAt?.toISOString() ?? null,
      silent: [...silences].map(([node, { since, told }]) => ({
        node,
        since: since.toISOString(),
        attempts: engine.openOn(node).attempts.length,
        told,
      })),
      strays: [...strays.values()],
    }),
    silentSince: (node) => silences.get(node)?.since ?? null,
    strayNode: (attemptId) => strays.get(attemptId)?.node ?? null,
    endStray(attemptId, killAfterMs) {
      const stray = strays.get(attemptId);
      if (stray === undefined) return false;
      hub.cancel(stray.node, [{ attemptId, killAfterMs }]);
      const state = states.get(stray.node);
      if (state !== undefined) state.dueAtMs = Math.min(state.dueAtMs, clock.monotonicMs() + DOUBT_MS);
      return true;
    },
    figures: () => ({ strays: strays.size, silent: silences.size, comparisons, repaired }),
    async stop() {
      stopped = true;
      cancelTick?.();
      cancelTick = null;
      await Promise.all(running);
    },
  };
};

type KnownAttempt = { readonly net: string; readonly unit: string | null; readonly endStatus: string | null };
type KnownRow = Pick<StoredSession, 'net' | 'net_revision' | 'net_references'> & {
  readonly end_status: string | null;
};
const findKnown = async (
  { database, definitions }: Pick<ReconciliationPorts, 'database' | 'definitions'>,
  ids: readonly AttemptId[],
): Promise<Map<AttemptId, KnownAttempt>> => {
  const known = new Map<AttemptId, KnownAttempt>();
  for (const id of ids) {
    const { sessionId, nonce, unit, run, nodeIndex, try: attemptTry } = parseAttemptId(id);
    const [row] = await database.query<KnownRow>({
      text: `SELECT s.net, s.net_revision, s.net_references, a.end_status FROM session s JOIN attempt a ON a.session_id = s.id
             WHERE s.id = $1 AND s.nonce = $2 AND a.unit = $3 AND a.run = $4 AND a.node_index = $5 AND a.try = $6`,
      values: [sessionId, nonce, unit, run, nodeIndex, attemptTry],
    });
    if (row === undefined) continue;
    const { net, net_revision: revision, net_references: references } = row;
    const plan = await definitions.loadPlan({ net, revision, references });
    known.set(id, { net, unit: plan.units[unit]?.path ?? null, endStatus: row.end_status });
  }
  return known;
};
