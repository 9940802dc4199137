// Compares what this manager believes of attempts with what the agents know, again and again, and says what differs.
// Responsible for asking each connected agent, for repairing what can be (an attempt that the agent does not run is asked for: its last receipt, or
// "no record", closes it), for telling what cannot (attempts that nobody here waits for; agents that are silent), once each, and for the view of the
// API. What counts as different is decided in core/jobs/compare-attempts. Everything is memory: a manager that takes over compares anew.
import { indexOfNumber } from '@nezuban/core/jobs/unit-numbers';
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
/** Strays that are kept and shown, in all and of one node, so that one agent alone does not fill the list; of more their number is told. */
const STRAYS_MAX = 1_000;
const STRAYS_OF_NODE_MAX = 200;
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
  /** How many more a node has. */
  const leftOut = new Map<string, number>();
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
    // What is known and stays as it is, is no reason to look again at once.
    const isNew = [...doubts].some((doubt) => !state.doubts.has(doubt));
    state.doubts = doubts;
    if (isNew) state.dueAtMs = Math.min(state.dueAtMs, clock.monotonicMs() + DOUBT_MS);
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
    const known = await findKnown(ports, found.filter((id) => !strays.has(id)).slice(0, STRAYS_OF_NODE_MAX));
    const listed = [...strays.values()].filter((stray) => stray.node === node).length;
    const room = Math.max(0, Math.min(STRAYS_OF_NODE_MAX - listed, STRAYS_MAX - strays.size));
    const unknown = found.filter((id) => !strays.has(id));
    const fresh = unknown.slice(0, room);
    const more = unknown.length - fresh.length;
    // Told once until there are none left out any more; those who come up from the rest have been counted then.
    const isTold = leftOut.has(node);
    if (more > 0) leftOut.set(node, more);
    else leftOut.delete(node);
    if (fresh.length > 0 || (more > 0 && !isTold))
      await takeStrays(node, { ids: fresh, known, report, leftOut: isTold ? 0 : more, silent: isTold });
  };

  const takeStrays = async (
    node: string,
    { ids, known, report, leftOut: more, silent }: FreshStrays,
  ): Promise<void> => {
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
    if (silent) return;
    const attempts = `${named.join(', ')}${ids.length > named.length ? ', ...' : ''}`;
    const count = ids.length + more;
    const rest = more === 0 ? '' : ` ${more} of them are not listed there before others have ended.`;
    await append([
      draft({
        code: 'attempt_stray',
        priority: 'warning',
        node,
        message: `The agent of "${node}" runs ${count} attempts that nobody waits for${attempts === '' ? '' : `: ${attempts}`}. Look at them with "nezuban reconcile"; end one with "nezuban attempt end".${rest}`,
        details: { count, attempts, ...(more === 0 ? {} : { leftOut: more }) },
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
      leftOut.delete(node);
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
      straysLeftOut: [...leftOut].map(([node, attempts]) => ({ node, attempts })),
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
    figures: () => ({
      strays: [...leftOut.values()].reduce((sum, more) => sum + more, strays.size),
      silent: silences.size,
      comparisons,
      repaired,
    }),
    async stop() {
      stopped = true;
      cancelTick?.();
      cancelTick = null;
      await Promise.all(running);
    },
  };
};

type FreshStrays = {
  readonly ids: readonly AttemptId[];
  readonly known: ReadonlyMap<AttemptId, KnownAttempt>;
  readonly report: OpenAttemptsReport;
  /** How many more there are that are not listed. */
  readonly leftOut: number;
  /** Of them all it has been told already. */
  readonly silent: boolean;
};

type KnownAttempt = { readonly net: string; readonly unit: string | null; readonly endStatus: string | null };
type KnownRow = Pick<StoredSession, 'net' | 'net_revision' | 'net_references' | 'unit_numbers'> & {
  readonly place: number;
  readonly unit: number;
  readonly end_status: string | null;
};
const findKnown = async (
  { database, definitions }: Pick<ReconciliationPorts, 'database' | 'definitions'>,
  ids: readonly AttemptId[],
): Promise<Map<AttemptId, KnownAttempt>> => {
  const keys = ids.map(parseAttemptId);
  const rows =
    ids.length === 0
      ? []
      : await database.query<KnownRow>({
          text: `SELECT p.place::int AS place, p.unit, s.net, s.net_revision, s.net_references, s.unit_numbers, a.end_status
             FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[]) WITH ORDINALITY AS p (id, nonce, unit, run, node_index, try, place)
             JOIN session s ON s.id = p.id AND s.nonce = p.nonce
             JOIN attempt a ON a.session_id = s.id AND a.unit = p.unit AND a.run = p.run AND a.node_index = p.node_index AND a.try = p.try`,
          values: [
            keys.map(({ sessionId }) => sessionId),
            keys.map(({ nonce }) => nonce),
            keys.map(({ unit }) => unit),
            keys.map(({ run }) => run),
            keys.map(({ nodeIndex }) => nodeIndex),
            keys.map(({ try: number }) => number),
          ],
        });
  const known = new Map<AttemptId, KnownAttempt>();
  for (const {
    place,
    unit,
    net,
    net_revision: revision,
    net_references: references,
    unit_numbers: numbers,
    end_status: end,
  } of rows) {
    const id = ids[place - 1];
    if (id === undefined) continue;
    const plan = await definitions.loadPlan({ net, revision, references, numbers });
    const path = plan.units[indexOfNumber(plan, unit) ?? -1]?.path ?? null;
    known.set(id, { net, unit: path, endStatus: end });
  }
  return known;
};
