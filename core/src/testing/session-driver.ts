// Drives the engine in tests as the manager does: keeps what is dispatched, stores what changes, and can restart from what is stored.
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { NetReferences } from '../jobs/expand-net.ts';
import { planNet, type NetPlan } from '../jobs/net-plan.ts';
import { applySession } from '../jobs/apply-session.ts';
import { planSession } from '../jobs/plan-session.ts';
import type { Preparation } from '../jobs/preparation/fit-preparation.ts';
import type {
  ApplyResult,
  Inventory,
  SessionEffect,
  SessionEvent,
  SessionHistory,
  SessionInput,
  CapturedInput,
} from '../jobs/session-inputs.ts';
import { dehydrateSession, rehydrateSession, takeChanges } from '../jobs/session-rows.ts';
import { judgeDefinition, takeDefinition } from '../jobs/operate/take-definition.ts';
import { withNumbers, type UnitNumbers } from '../jobs/unit-numbers.ts';
import type { AttemptRow, Session, SessionRow, UnitRow } from '../jobs/session-state.ts';

type StoredPlan = {
  readonly definition: JobNetDefinition;
  readonly references: NetReferences | undefined;
  readonly numbers: UnitNumbers | null;
};

export type EndOptions = {
  exitCode?: number | null;
  signal?: string;
  startError?: string;
  timedOut?: boolean;
  cancelled?: boolean;
  leftovers?: readonly { pid: number; command: string }[];
  captured?: readonly CapturedInput[];
};

/** A net in the definition language's own form; `target` and `kind` are added where they are missing. */
export function net(units: readonly object[], more: object = {}): JobNetDefinition {
  return jobNetSchema.parse({ kind: 'jobnet', name: 'night/run', target: { node: 'web1' }, units, ...more });
}

export function inventoryOf(
  nodes: Readonly<Record<string, boolean>>,
  scopes: Readonly<Record<string, readonly string[]>> = {},
): Inventory {
  return {
    nodes: new Map(Object.entries(nodes).map(([name, connected]) => [name, { connected }])),
    scopes: new Map(Object.entries(scopes)),
  };
}

export class SessionDriver {
  definition: JobNetDefinition;
  #plan: NetPlan;
  session: Session;
  now = Date.UTC(2026, 0, 1);
  inventory: Inventory;
  readonly dispatched: AttemptId[] = [];
  readonly effects: SessionEffect[] = [];
  /** What a database would hold. */
  readonly store: {
    session: SessionRow | null;
    units: Map<number, UnitRow>;
    attempts: Map<AttemptId, AttemptRow>;
    plan: StoredPlan | null;
  } = { session: null, units: new Map(), attempts: new Map(), plan: null };
  #removed: number[] = [];
  #references: NetReferences | undefined;

  constructor(
    definition: JobNetDefinition,
    options: {
      inventory?: Inventory;
      history?: SessionHistory;
      parameters?: Record<string, string>;
      references?: NetReferences;
      /** Of a start by a schedule. */
      preparation?: Preparation;
    } = {},
  ) {
    this.definition = definition;
    this.#plan = planNet(definition, options.references);
    this.#references = options.references;
    this.inventory = options.inventory ?? inventoryOf({ web1: true });
    const planned = planSession(
      {
        definition,
        plan: this.#plan,
        sessionId: 7 as SessionId,
        nonce: 'abc123',
        parameters: options.parameters ?? {},
        trigger:
          options.preparation === undefined
            ? { type: 'manual', user: 'admin' }
            : { type: 'schedule', schedule: 'nightly', dueAt: new Date(this.now).toISOString() },
        ...(options.preparation === undefined ? {} : { preparation: options.preparation }),
        ...(options.history === undefined ? {} : { history: options.history }),
      },
      { now: this.now, inventory: this.inventory },
    );
    if (!planned.ok) throw new Error(`${planned.detail.message} ${JSON.stringify(planned.issues)}`);
    this.session = planned.session;
    this.#take(planned.effects);
  }

  apply(input: SessionInput): ApplyResult {
    const result = applySession(this.session, input, { now: this.now, inventory: this.inventory });
    if (result.ok) this.#take(result.effects);
    return result;
  }

  /** Applies an input that must not be refused. */
  must(input: SessionInput): readonly SessionEffect[] {
    const result = this.apply(input);
    if (!result.ok) throw new Error(result.detail.message);
    return result.effects;
  }

  operate(operation: OperationName, unit?: string, options: OperationOptions = {}): ApplyResult {
    return this.apply({ type: 'operation', operation, unit, actor: 'admin', ...options });
  }

  /** Gives the session another definition; why it cannot be, as a text. */
  take(definition: JobNetDefinition, references?: NetReferences): string | null {
    const plan = planNet(definition, references);
    const change = judgeDefinition(this.session, plan);
    if ('refused' in change) return change.refused.message;
    const taken = takeDefinition(this.session, plan, {
      change,
      by: { by: 'admin', at: this.now, reason: null },
      from: 1,
      to: 2,
      context: { now: this.now, inventory: this.inventory },
    });
    this.session = taken.session;
    this.definition = definition;
    this.#plan = taken.session.plan;
    this.#references = references;
    this.#removed.push(...taken.removed);
    this.#take(taken.effects);
    return null;
  }

  /** Ends the newest open attempt of a unit (on a node, where it has several). */
  end(path: string, options: EndOptions = {}, node?: string): readonly SessionEffect[] {
    return this.must(endInput(this.openAttempt(path, node).id, options, this.now));
  }

  openAttempt(path: string, node?: string): AttemptRow {
    const attempt = this.unit(path).attempts.findLast(
      (each) => each.endStatus === null && (node === undefined || each.node === node),
    );
    if (attempt === undefined) throw new Error(`${path} has no open attempt`);
    return attempt;
  }

  unit(path: string): Session['units'][number] {
    const unit = this.session.units.find((record) => record.unit.path === path);
    if (unit === undefined) throw new Error(`no unit ${path}`);
    return unit;
  }

  /** State of every unit, as `path state[:endStatus]`. */
  states(): Record<string, string> {
    return Object.fromEntries(
      this.session.units
        .slice(1)
        .map(({ unit, state, endStatus }) => [
          unit.path,
          endStatus === null ? state : `${state}:${endStatus}`,
        ]),
    );
  }

  events(): SessionEvent[] {
    return this.effects.filter((effect) => effect.type === 'event');
  }

  /** Writes what changed into the store. */
  commit(): void {
    const changes = takeChanges(this.session);
    if (changes === null) return;
    this.store.session = structuredCloneOf(changes.session);
    const { definition } = this;
    const { numbers } = this.#plan;
    this.store.plan = { definition, references: this.#references, numbers: structuredCloneOf(numbers) };
    for (const unit of this.#removed) this.store.units.delete(unit);
    this.#removed = [];
    for (const row of changes.units) this.store.units.set(row.unit, structuredCloneOf(row));
    for (const row of changes.attempts) this.store.attempts.set(row.id, structuredCloneOf(row));
  }

  /** Throws the session away and loads it from the store, as after a restart. */
  restart(): void {
    this.commit();
    this.crash();
  }

  /** What is not stored is lost. */
  crash(): void {
    const { session, units, attempts, plan } = this.store;
    if (session === null || plan === null) throw new Error('nothing is stored');
    this.definition = plan.definition;
    this.#references = plan.references;
    this.#plan = withNumbers(planNet(plan.definition, plan.references), plan.numbers);
    this.#removed = [];
    this.session = rehydrateSession(
      this.definition,
      {
        session,
        units: [...units.values()],
        attempts: [...attempts.values()].toReversed(),
      },
      this.#plan,
    );
  }

  /** Everything that is in the session, counters included, for comparison. */
  picture(): unknown {
    const counters = this.session.units.map((record) => {
      const { openAttempts, satisfiedEdges, impossibleEdges, openChildren } = record;
      return {
        openAttempts,
        satisfiedEdges,
        impossibleEdges,
        openChildren,
        attempts: record.attempts.map((attempt) => attempt.id),
        root: record.state,
      };
    });
    const rows = dehydrateSession(this.session);
    const attempts = rows.attempts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return { ...rows, attempts, counters, timed: [...this.session.timed].toSorted((a, b) => a - b) };
  }

  #take(effects: readonly SessionEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'dispatch') this.dispatched.push(effect.attemptId);
    }
  }
}

export function endInput(attemptId: AttemptId, options: EndOptions, now: number): SessionInput {
  const cut = options.signal !== undefined || options.startError !== undefined;
  return {
    type: 'attemptEnded',
    attemptId,
    exitCode: options.exitCode ?? (cut ? null : 0),
    signal: options.signal ?? null,
    startError: options.startError ?? null,
    timedOut: options.timedOut ?? false,
    cancelled: options.cancelled ?? false,
    pid: options.startError === undefined ? 4711 : null,
    startedAt: options.startError === undefined ? now : null,
    endedAt: now,
    stdoutBytes: 5,
    stderrBytes: 0,
    droppedBytes: 0,
    leftovers: options.leftovers ?? [],
    ...(options.captured === undefined ? {} : { captured: options.captured }),
  };
}

/** As a database gives it back: through JSON. */
function structuredCloneOf<T>(row: T): T {
  return JSON.parse(JSON.stringify(row)) as T;
}
