// Many sessions with locks, queues, limits of nodes, priorities and overlap, driven as the manager drives them, beside a second reckoning of
// who holds what: it goes through the definitions and states of all sessions anew after each step, and knows nothing of the book.
// Called by `prove-places.ts`.
import assert from 'node:assert/strict';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { LimitDefinition } from '@nezuban/protocol/jobs/control/limit';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { createAdmissionBook } from '../../jobs/admission/admission-book.ts';
import { limitsOf, type Limit } from '../../jobs/admission/limits.ts';
import { overlapRefusal } from '../../jobs/admission/overlap.ts';
import { applySession } from '../../jobs/apply-session.ts';
import { planSession } from '../../jobs/plan-session.ts';
import type { Inventory, SessionEffect, SessionInput } from '../../jobs/session-inputs.ts';
import { dehydrateSession, rehydrateSession, takeChanges } from '../../jobs/session-rows.ts';
import type { Session, UnitRecord } from '../../jobs/session-state.ts';
import { endInput, inventoryOf } from '../session-driver.ts';

type Ask = { readonly thing: string; readonly count: number | 'all' | 'apart'; readonly max?: number };

export class PlacesWorld {
  readonly sessions = new Map<SessionId, Session>();
  now = Date.UTC(2026, 0, 1);
  limits: Limit[];
  dispatched = 0;
  admitted = 0;
  readonly #nets: readonly JobNetDefinition[];
  #book;
  #nextId = 1;
  #before = new Map<string, number>();

  constructor(nets: readonly JobNetDefinition[], limits: readonly LimitDefinition[]) {
    this.#nets = nets;
    this.limits = limits.map((definition) => ({ definition, paused: null }));
    this.#book = createAdmissionBook(limitsOf(this.limits));
  }

  get inventory(): Inventory {
    return {
      ...inventoryOf({ web1: true, web2: true }, { all: ['web1', 'web2'] }),
      limitedNodes: this.#book.limits().nodes,
      excludedNet: this.#book.isExcluded,
    };
  }

  start(pick: number): void {
    const definition = this.#nets[pick % this.#nets.length];
    if (definition === undefined) return;
    const refusal = overlapRefusal(definition, this.#book);
    const live = [...this.sessions.values()].filter(
      (session) => session.plan.definition.name === definition.name && stateOf(session) !== 'ended',
    ).length;
    if (definition.overlap === 'skip') assert.equal(refusal !== null, live >= (definition.overlap_max ?? 1));
    if (refusal !== null) return;
    const id = this.#nextId++ as SessionId;
    const planned = planSession(
      {
        definition,
        sessionId: id,
        nonce: 'abc123',
        parameters: {},
        trigger: { type: 'manual', user: 'admin' },
      },
      { now: this.now, inventory: this.inventory },
    );
    if (!planned.ok) throw new Error(planned.detail.message);
    this.sessions.set(id, planned.session);
    this.#note(planned.effects);
    this.#book.sync(planned.session, this.inventory);
    this.#settle();
  }

  open(): { session: Session; id: AttemptId }[] {
    return [...this.sessions.values()].flatMap((session) =>
      [...session.attempts.values()].flatMap((attempt) =>
        attempt.endStatus === null ? [{ session, id: attempt.id }] : [],
      ),
    );
  }

  report(pick: number, what: number): void {
    const open = this.open();
    const chosen = open[pick % Math.max(1, open.length)];
    if (chosen === undefined) return;
    const { session, id } = chosen;
    if (what % 7 === 0)
      this.#apply(session, { type: 'attemptStarted', attemptId: id, pid: 1, startedAt: this.now });
    else if (what % 7 === 1)
      this.#apply(session, { type: 'attemptUnknown', attemptId: id, reason: 'the waiter died' });
    else this.#apply(session, endInput(id, { exitCode: what % 7 === 2 ? 2 : 0 }, this.now));
    this.#settle();
  }

  operate(pick: number, what: number, operation: OperationName): void {
    const live = [...this.sessions.values()];
    const session = live[pick % Math.max(1, live.length)];
    if (session === undefined) return;
    const record = session.units[what % session.units.length];
    const unit = record === undefined || record.unit.parent === -1 ? undefined : record.unit.path;
    this.#apply(session, { type: 'operation', operation, unit, actor: 'admin' });
    this.#settle();
  }

  tick(ms: number): void {
    this.now += ms;
    for (const session of this.sessions.values()) this.#apply(session, { type: 'timeReached' });
    this.#book.lookAgain((id) => this.sessions.get(id) ?? null, this.inventory);
    this.#settle();
  }

  /** Pauses or opens one, or gives it another number of places. */
  changeLimit(pick: number, what: number): void {
    this.limits = this.limits.map((limit, index) => {
      if (index !== pick % this.limits.length) return limit;
      if (what % 3 === 0)
        return { ...limit, paused: limit.paused === null ? { by: 'admin', at: '', reason: null } : null };
      return { ...limit, definition: { ...limit.definition, places: 1 + (what % 4) } };
    });
    this.#book.setLimits(limitsOf(this.limits), this.sessions.values(), this.inventory);
    this.#settle();
  }

  openAll(): void {
    this.limits = this.limits.map((limit) => ({
      ...limit,
      paused: null,
      definition: { ...limit.definition, places: 4 },
    }));
    this.#book.setLimits(limitsOf(this.limits), this.sessions.values(), this.inventory);
    this.#settle();
  }

  /** Everything is read back from what is stored; who holds and who waits is as before. */
  restart(): void {
    const before = this.#picture();
    this.#book = createAdmissionBook(limitsOf(this.limits));
    for (const [id, session] of this.sessions) {
      takeChanges(session);
      const rows = JSON.parse(JSON.stringify(dehydrateSession(session))) as ReturnType<
        typeof dehydrateSession
      >;
      const read = rehydrateSession(session.plan.definition, rows);
      this.sessions.set(id, read);
      this.#book.take(read, this.inventory);
    }
    assert.deepEqual(this.#picture(), before, 'holders and waiters can be had again');
    this.#book.lookAgain((id) => this.sessions.get(id) ?? null, this.inventory);
    this.#settle();
  }

  ended(): boolean {
    return [...this.sessions.values()].every((session) => stateOf(session) === 'ended');
  }

  #picture(): unknown {
    const lines = [...this.#book.lines().all()].map(({ signature, waiters }) => [
      signature,
      waiters.map(({ id, key }) => [id, key]),
    ]);
    const byText = (all: readonly unknown[]): string[] =>
      all.map((each) => JSON.stringify(each)).toSorted(compare);
    return { uses: byText([...this.#book.uses()]), lines: byText(lines) };
  }

  #apply(session: Session, input: SessionInput): void {
    const result = applySession(session, input, { now: this.now, inventory: this.inventory });
    this.#book.sync(session, this.inventory);
    if (result.ok) this.#note(result.effects);
  }

  #note(effects: readonly SessionEffect[]): void {
    for (const effect of effects) if (effect.type === 'dispatch') this.dispatched += 1;
  }

  #settle(): void {
    for (let round = 0; ; round += 1) {
      assert.ok(round < 10_000, 'admissions come to an end');
      const admissions = this.#book.admit(this.now, this.inventory);
      if (admissions.length === 0) break;
      for (const { sessionId, unit, node } of admissions) {
        const session = this.sessions.get(sessionId);
        assert.ok(session);
        assert.equal(session.units[unit]?.state, 'queued', 'who is admitted is queued');
        this.admitted += 1;
        this.#apply(session, { type: 'admitted', unit, node });
      }
    }
    this.#check();
  }

  #places(thing: string): number {
    const limit = this.limits.find(({ definition }) => `${definition.kind} ${definition.name}` === thing);
    if (limit === undefined) return thing.startsWith('lock ') ? 1 : Infinity;
    return limit.paused === null ? limit.definition.places : 0;
  }

  /** The second reckoning. */
  #check(): void {
    const used = new Map<string, number>();
    const whole = new Map<string, number>();
    const apart = new Map<string, number>();
    const add = (map: Map<string, number>, thing: string, by: number): void =>
      void map.set(thing, (map.get(thing) ?? 0) + by);
    const waiting: { record: UnitRecord; session: Session; asks: Ask[] }[] = [];
    for (const session of this.sessions.values())
      for (const record of session.units) {
        for (const ask of holds(session, record))
          if (ask.count === 'all') add(whole, ask.thing, 1);
          else if (ask.count === 'apart') add(apart, ask.thing, 1);
          else add(used, ask.thing, ask.count);
        if (record.state === 'queued') waiting.push({ record, session, asks: this.#asks(session, record) });
      }
    for (const [thing, count] of used) {
      const places = this.#places(thing);
      // Places taken away under those that hold them: nobody new gets one.
      assert.ok(
        count <= places || count <= (this.#before.get(thing) ?? 0),
        `${thing}: ${count} of ${places}`,
      );
      assert.equal(apart.get(thing) ?? 0, 0, `${thing} runs beside what keeps it out`);
    }
    for (const [thing, count] of whole) {
      assert.equal(count, 1, `${thing} is held whole once`);
      assert.equal(used.get(thing) ?? 0, 0, `${thing} is held whole and in part`);
    }
    for (const net of this.#nets) {
      const runs = used.get(`net ${net.name}`) ?? 0;
      if (net.overlap !== undefined && net.overlap !== 'parallel')
        assert.ok(runs <= (net.overlap_max ?? 1), `${runs} sessions of ${net.name} run`);
    }
    this.#before = used;
    const free = (ask: Ask): boolean => {
      const [count, all, out] = [used, whole, apart].map((map) => map.get(ask.thing) ?? 0) as [
        number,
        number,
        number,
      ];
      if (ask.count === 'all') return count === 0 && all === 0 && this.#places(ask.thing) > 0;
      if (ask.count === 'apart') return count === 0 && all === 0;
      return (
        all === 0 && out === 0 && count + ask.count <= Math.min(this.#places(ask.thing), ask.max ?? Infinity)
      );
    };
    waiting.sort(
      (a, b) =>
        keyOf(a.record) - keyOf(b.record) ||
        a.session.id - b.session.id ||
        a.record.unit.index - b.record.unit.index,
    );
    const wanted = new Set<string>();
    for (const { record, session, asks } of waiting) {
      const first = asks.every(({ thing }) => !wanted.has(thing));
      assert.ok(
        !(first && asks.every(free)) || closed(session, record),
        `session ${session.id} "${record.unit.path}" waits although its places are free and nobody is before it`,
      );
      for (const { thing } of asks) wanted.add(thing);
    }
  }

  #asks(session: Session, record: UnitRecord): Ask[] {
    const asks = record.unit.parent === -1 ? netAsks(session) : [];
    const tried = record.attempts.some(({ run }) => run === record.run);
    if (!tried) asks.push(...lockAsks(session, record));
    if (record.unit.type !== 'command') return asks;
    const queue = inherited(session, record.unit.path, 'queue');
    if (queue !== undefined) asks.push({ thing: `queue ${queue}`, count: 1 });
    // Every command of the nets has one node as its target, or all of them: then the first try asks for all.
    const target = record.unit.target;
    const nodes = target !== null && 'node' in target ? [target.node] : ['web1', 'web2'];
    for (const node of nodes)
      if (this.limits.some(({ definition }) => definition.kind === 'node_limit' && definition.name === node))
        asks.push({ thing: `node_limit ${node}`, count: 1 });
    return asks;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function stateOf(session: Session): string | undefined {
  return session.units[0]?.state;
}

function keyOf(record: UnitRecord): number {
  return record.control?.queued?.key ?? 0;
}

function closed(session: Session, record: UnitRecord): boolean {
  for (let net = session.units[record.unit.parent]; net !== undefined; net = session.units[net.unit.parent])
    if (net.state !== 'running' || net.marks?.paused !== undefined) return true;
  return false;
}

const active = ['starting', 'running', 'retry_wait', 'stopping'];

function holds(session: Session, record: UnitRecord): Ask[] {
  const tried = record.attempts.some(({ run }) => run === record.run);
  const isActive = active.includes(record.state) || (record.state === 'queued' && tried);
  const asks: Ask[] = isActive ? lockAsks(session, record) : [];
  if (isActive && record.unit.parent === -1) asks.push(...netAsks(session));
  const open = record.attempts.filter(({ endStatus }) => endStatus === null);
  const queue = inherited(session, record.unit.path, 'queue');
  if (open.length > 0 && queue !== undefined) asks.push({ thing: `queue ${queue}`, count: 1 });
  for (const { node } of open) asks.push({ thing: `node_limit ${node}`, count: 1 });
  return asks;
}

function netAsks({ plan: { definition } }: Session): Ask[] {
  const max =
    definition.overlap === undefined || definition.overlap === 'parallel'
      ? {}
      : { max: definition.overlap_max ?? 1 };
  return [
    { thing: `net ${definition.name}`, count: 1, ...max },
    ...(definition.exclusive_with ?? []).map((name): Ask => ({ thing: `net ${name}`, count: 'apart' })),
  ];
}

function lockAsks(session: Session, record: UnitRecord): Ask[] {
  const path = record.unit.path.split('/').filter((name) => name !== '');
  const own = definitionAt(session, path);
  return (own.locks ?? []).map(({ name, count }) => ({ thing: `lock ${name}`, count }));
}

type Keys = Pick<UnitDefinition, 'locks' | 'queue'>;

function definitionAt(session: Session, path: readonly string[]): Keys {
  let at: { units?: UnitDefinition[] } & Keys = session.plan.definition;
  for (const name of path) {
    const inner: UnitDefinition | undefined = at.units?.find((unit) => unit.name === name);
    if (inner === undefined) throw new Error(`no unit ${path.join('/')}`);
    at = inner;
  }
  return at;
}

function inherited(session: Session, path: string, key: 'queue'): string | undefined {
  const names = path.split('/').filter((name) => name !== '');
  for (let length = names.length; length >= 0; length -= 1) {
    const found = definitionAt(session, names.slice(0, length))[key];
    if (found !== undefined) return found;
  }
  return undefined;
}
