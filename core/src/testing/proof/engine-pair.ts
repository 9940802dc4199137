// The engine beside the reference engine: both get the same reports, operations, times and restarts, and are compared after each.
// Called by the tests of the engine and by the long run (`npm run prove:engine`).
import { toldBy } from '../../jobs/reasons.ts';
import assert from 'node:assert/strict';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { settableStatuses } from '@nezuban/protocol/jobs/operate';
import type { OperationOptions } from '@nezuban/protocol/jobs/operate';
import { operationNames } from '@nezuban/protocol/jobs/session';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { nextWakeAt, unfinishedEffects } from '../../jobs/apply-session.ts';
import { allOperations, allowedOperations } from '../../jobs/operation-check.ts';
import type { CapturedInput, SessionInput } from '../../jobs/session-inputs.ts';
import type { WorkAnswer } from '../../jobs/unit-work.ts';
import { expandNet } from '../../jobs/expand-net.ts';
import { modelNodes, modelParameters, withReferences, type Action } from '../random-nets.ts';
import { ReferenceSession } from '../reference-session.ts';
import { createDice, editNet } from '../random-edits.ts';
import { isAsked, type ReferenceUnit } from '../reference-units.ts';
import { endInput, inventoryOf, SessionDriver } from '../session-driver.ts';

/** Until one of them can be taken. */
const editsTriedMax = 4;
const tickMs = 20_000;
/** Longer than a day, so that every time of day comes by. */
const longTickMs = 90_000_000;

/** A new definition makes the session anew: it has tests of its own. */
const modelOperations = operationNames.filter((name) => name !== 'take_definition');

/** The engine and the reference engine, given the same. Throws where they differ. */
export class EnginePair {
  readonly engine: SessionDriver;
  readonly reference: ReferenceSession;
  readonly past: SessionInput[] = [];
  readonly #events = new Map<string, number>();
  readonly #slow = new Map<string, number>();
  #eventsSeen = 0;

  readonly #definitions: JobNetDefinition[] = [];
  readonly definitions = { taken: 0, refused: 0, added: 0, removed: 0, begunAgain: 0 };

  /** The engine runs the net with some of its parts as nets that it refers to, the reference engine the same net written out. */
  constructor(written: JobNetDefinition, nodes: number) {
    const { definition, references } = withReferences(written);
    assert.deepEqual(expandNet(definition, (name) => references.get(name) ?? null).problems, []);
    const inventory = inventoryOf({ web1: true, web2: false }, { all: modelNodes.slice(0, nodes) });
    this.engine = new SessionDriver(definition, { inventory, parameters: modelParameters, references });
    const { now } = this.engine;
    this.reference = new ReferenceSession(written, { nodes, now, parameters: modelParameters });
    this.#definitions.push(written);
  }

  act([kind, pick, what]: Action): void {
    if (kind <= 10) this.report(pick, what);
    else if (kind <= 15) this.operate(pick, what);
    else if (kind === 16) this.tick(what % 8 === 0 ? longTickMs : tickMs);
    else if (kind === 17) this.restart();
    else if (kind === 18) this.late(pick);
    else if (kind === 19) this.repeat(pick);
    else if (kind <= 22) this.answer(pick, what);
    else this.edit(pick, what);
    this.compare();
  }

  open(): { id: AttemptId; unit: ReferenceUnit; node: number }[] {
    return this.reference.open().map((key) => {
      const [unit = 0, , node = 0] = key.split('.').map(Number);
      return { id: `7-abc123-${key}` as AttemptId, unit: this.reference.at(unit), node };
    });
  }

  report(pick: number, what: number): void {
    const open = this.open();
    const chosen = open[pick % Math.max(1, open.length)];
    if (chosen === undefined) return;
    const { id, unit, node } = chosen;
    const { now } = this.engine;
    const output = what % 4 === 0 ? null : String(what % 8);
    const captured: CapturedInput[] = [
      output === null ? { name: 'COUNT', says: 'nothing fits' } : { name: 'COUNT', value: output },
    ];
    const ends = (end: EndStatus, code: number | null = null): void =>
      this.reference.ended(unit, node, {
        end,
        code,
        output: code === null ? null : output,
        ran: code !== null,
        now,
      });
    switch (what % 10) {
      case 0:
        this.give({ type: 'attemptAccepted', attemptId: id });
        break;
      case 1:
      case 2:
        this.give({ type: 'attemptStarted', attemptId: id, pid: 1, startedAt: now });
        this.reference.started(unit, node);
        break;
      case 3:
        this.give({ type: 'attemptUnknown', attemptId: id, reason: 'the waiter died' });
        ends('unknown');
        break;
      case 4:
        this.give({ type: 'attemptRefused', attemptId: id, code: 'user_unknown', reason: 'no such user' });
        ends('abnormal');
        break;
      case 5:
        this.give(endInput(id, { startError: 'no such directory' }, now));
        ends('abnormal');
        break;
      case 6:
        this.give(endInput(id, { exitCode: 1, captured }, now));
        ends('warning', 1);
        break;
      case 7:
        this.give(endInput(id, { exitCode: 2, captured }, now));
        ends('abnormal', 2);
        break;
      default:
        this.give(endInput(id, { exitCode: 0, captured }, now));
        ends('normal', 0);
    }
  }

  /** Something comes of what the manager does for a unit. */
  answer(pick: number, what: number): void {
    const asked = this.reference.units.filter(isAsked);
    const unit = asked[pick % Math.max(1, asked.length)];
    if (unit === undefined) return;
    const { now } = this.engine;
    const answer = answerTo(unit, { pick: what, now });
    const input: SessionInput = { type: 'workAnswered', unit: unit.index, run: unit.run, answer };
    const before = this.engine.picture();
    const result = this.engine.apply(input);
    const wanted = this.reference.answered(unit, { pick: what, now });
    assert.equal(result.ok, wanted, `${answer.kind} for "${unit.path}"`);
    if (!wanted) assert.deepEqual(this.engine.picture(), before, 'a refused decision changes nothing');
    // A decision that comes twice is refused in words while the question is open: nothing to be repeated in silence.
    else if (answer.kind !== 'decision') this.past.push(input);
  }

  operate(pick: number, what: number): void {
    const operation = modelOperations[what % modelOperations.length] ?? 'stop';
    // Operations that are meant for whole sessions meet one more often than its share of the units.
    const unit =
      operation.startsWith('rerun_') || pick % 4 === 0
        ? this.#unitAt((pick >> 2) % 2 === 0 ? 0 : pick)
        : this.#unitAt(pick);
    this.operateUnit(unit, operation, optionsOf(operation, Math.floor(what / modelOperations.length)));
  }

  #unitAt(pick: number): ReferenceUnit {
    const { units, root } = this.reference;
    return units[pick % units.length] ?? root;
  }

  operateUnit(unit: ReferenceUnit, operation: OperationName, options: OperationOptions = {}): void {
    const allowed = this.reference.allows(unit, operation);
    const before = this.engine.picture();
    const result = this.engine.operate(operation, unit.parent === null ? undefined : unit.path, options);
    assert.equal(
      result.ok,
      allowed,
      `${operation} of "${unit.path}" (${unit.state}): ${result.ok ? 'accepted' : result.detail.message}`,
    );
    if (allowed) this.reference.operate(unit, operation, options);
    else assert.deepEqual(this.engine.picture(), before, 'a refused operation changes nothing');
  }

  /** Another definition, mostly while the session is suspended: made of the one that it has, or one that it had. */
  edit(pick: number, what: number): void {
    const { root } = this.reference;
    const dice = createDice(pick * 1_001 + what);
    if (dice(8) > 0 && this.reference.allows(root, 'suspend')) this.operateUnit(root, 'suspend');
    const last = this.#definitions.at(-1);
    if (last === undefined) return;
    const free = this.reference.units.flatMap(({ path, state }) =>
      state === 'not_run' || state === 'waiting' || state === 'held' ? [path] : [],
    );
    for (let tries = 0; tries < (root.paused === 'suspended' ? editsTriedMax : 1); tries += 1) {
      const former = this.#definitions[dice(this.#definitions.length)] ?? last;
      if (this.take(dice(6) === 0 ? former : editNet(last, dice, free))) break;
    }
    this.compare();
    if (dice(2) === 0 && this.reference.allows(root, 'release')) this.operateUnit(root, 'release');
  }

  take(wanted: JobNetDefinition): boolean {
    const { definition, references } = withReferences(wanted);
    assert.deepEqual(expandNet(definition, (name) => references.get(name) ?? null).problems, []);
    const allowed = this.reference.mayTake(wanted);
    this.engine.commit();
    const before = this.engine.picture();
    const runs = new Map(this.engine.session.units.map(({ unit, run }) => [unit.path, run]));
    const refusal = this.engine.take(definition, references);
    assert.equal(refusal === null, allowed, refusal ?? 'a definition was taken');
    if (!allowed) {
      this.definitions.refused += 1;
      assert.deepEqual(this.engine.picture(), before, 'a refused definition changes nothing');
      return false;
    }
    // Lost before it is stored: the session is as it was.
    const { effects } = this.engine;
    this.engine.crash();
    assert.deepEqual(this.engine.picture(), before);
    effects.length = this.#eventsSeen;
    assert.equal(this.engine.take(definition, references), null);
    this.reference.take(wanted);
    this.#definitions.push(wanted);
    this.#count(runs);
    return true;
  }

  #count(runs: ReadonlyMap<string, number>): void {
    const said = this.engine.effects.findLast(
      (effect) => effect.type === 'event' && effect.code === 'session_redefined',
    );
    this.definitions.taken += 1;
    if (said?.type !== 'event') return;
    this.definitions.added += Number(said.details['added']);
    this.definitions.removed += Number(said.details['removed']);
    for (const { unit, run } of this.engine.session.units)
      if (run > (runs.get(unit.path) ?? run)) this.definitions.begunAgain += 1;
  }

  /** What an agent says of an attempt that was closed by hand: noted once, and nothing follows. */
  late(pick: number): void {
    const closed = [...this.engine.session.attempts.values()].filter(({ byHand }) => byHand?.late === null);
    const attempt = closed[pick % Math.max(1, closed.length)];
    if (attempt === undefined) return;
    const input = endInput(attempt.id, { exitCode: 0 }, this.engine.now);
    this.past.push(input);
    const states = this.engine.states();
    const effects = this.engine.must(input);
    assert.deepEqual(
      effects.map((effect) => effect.type === 'event' && effect.code),
      ['attempt_reported_late'],
    );
    assert.deepEqual(this.engine.states(), states);
    assert.deepEqual(this.engine.must(input), [], 'it is said once');
  }

  tick(ms: number): void {
    this.engine.now += ms;
    this.engine.must({ type: 'timeReached' });
    this.reference.time(this.engine.now);
  }

  restart(): void {
    this.engine.commit();
    const before = this.engine.picture();
    const effects = unfinishedEffects(this.engine.session);
    this.engine.restart();
    assert.deepEqual(this.engine.picture(), before);
    assert.deepEqual(
      new Set(unfinishedEffects(this.engine.session).map((effect) => JSON.stringify(effect))),
      new Set(effects.map((effect) => JSON.stringify(effect))),
    );
  }

  /** Gives an input again that was given before: nothing may come of it. */
  repeat(pick: number): void {
    const input = this.past[pick % Math.max(1, this.past.length)];
    if (input === undefined) return;
    const closed = this.engine.picture();
    const result = this.engine.apply(input);
    assert.ok(result.ok && !result.changed && result.effects.length === 0);
    assert.deepEqual(this.engine.picture(), closed);
  }

  give(input: SessionInput): void {
    this.past.push(input);
    this.engine.must(input);
  }

  compare(): void {
    const { session } = this.engine;
    const ours = session.units.map(({ unit, state, endStatus, run, answer }) => ({
      path: unit.path,
      state,
      endStatus,
      run,
      answer,
    }));
    const theirs = this.reference.units.map(({ path, state, end, run, answer }) => ({
      path,
      state,
      endStatus: end,
      run,
      answer,
    }));
    assert.deepEqual(ours, theirs);
    const open = [...session.attempts.values()]
      .filter((attempt) => attempt.endStatus === null)
      .map((attempt) => attempt.id as string);
    assert.deepEqual(
      open.toSorted(),
      this.open()
        .map(({ id }) => id as string)
        .toSorted(),
    );
    assert.equal(
      new Set(this.engine.dispatched).size,
      this.engine.dispatched.length,
      'an attempt is dispatched once',
    );
    const each = session.units.map(({ unit }) =>
      allowedOperations(session, unit.parent === -1 ? undefined : unit.path, this.engine.inventory),
    );
    assert.deepEqual(
      allOperations(session, this.engine.inventory),
      each,
      'operations of all units at once are those of each',
    );
    this.compareCounts();
    this.compareEvents();
    this.assertNotStuck();
  }

  /** What units write is written once a run, whatever is repeated or restarted. */
  compareEvents(): void {
    for (; this.#eventsSeen < this.engine.effects.length; this.#eventsSeen += 1) {
      const effect = this.engine.effects[this.#eventsSeen];
      if (effect?.type !== 'event') continue;
      const path = String(effect.details['unit']);
      if (effect.code === 'unit_slow') this.#slow.set(path, (this.#slow.get(path) ?? 0) + 1);
      if (effect.code !== 'job_event') continue;
      assert.equal(effect.message, `${path} of size ${modelParameters.SIZE}`);
      this.#events.set(path, (this.#events.get(path) ?? 0) + 1);
    }
    for (const { path, slow } of this.reference.units)
      assert.equal(this.#slow.get(path) ?? 0, slow, `${path}: how often it was said to take long`);
    for (const { path, events } of this.reference.units)
      if (events > 0 || this.#events.has(path)) assert.equal(this.#events.get(path), events, path);
  }

  compareCounts(): void {
    const counts: Partial<Record<string, number>> = {};
    for (const { unit, state } of this.engine.session.units)
      if (unit.type !== 'net') counts[state] = (counts[state] ?? 0) + 1;
    assert.deepEqual(
      Object.fromEntries(Object.entries(this.engine.session.unitCounts).filter(([, count]) => count > 0)),
      counts,
    );
  }

  assertNotStuck(): void {
    const states = new Set(this.reference.units.map((unit) => unit.state));
    if (this.reference.units.some((unit) => unit.state === 'running' && unit.paused === 'suspended')) return;
    if (this.reference.open().length > 0 || states.has('held')) return;
    const asked = this.reference.units.filter(isAsked);
    if (asked.length > 0) {
      const works = unfinishedEffects(this.engine.session).filter(({ type }) => type === 'work');
      assert.equal(
        works.length,
        asked.length,
        'somebody inside the manager works for each that waits for it',
      );
      return;
    }
    if (states.has('retry_wait')) {
      assert.notEqual(nextWakeAt(this.engine.session), null, 'a retry is woken');
      return;
    }
    if (this.reference.units.some((unit) => unit.definition?.type === 'wait' && unit.state === 'running')) {
      assert.notEqual(nextWakeAt(this.engine.session), null, 'a wait is woken');
      return;
    }
    assert.equal(
      this.reference.root.state,
      'ended',
      'nothing is open, held or waiting for time, so the session has ended',
    );
  }

  /** Lets everything end well. */
  finish(): void {
    for (let round = 0; this.engine.session.units[0]?.state !== 'ended'; round += 1) {
      assert.ok(round < 10_000, 'the session ends');
      for (const unit of this.reference.units)
        if (this.reference.allows(unit, 'release')) this.operateUnit(unit, 'release');
      this.report(0, 9);
      // Not the round itself twice: of two that wait, each would get every second answer alone.
      this.answer(round, round + Math.floor(round / 16));
      this.tick(longTickMs);
      this.compare();
    }
  }
}

function optionsOf(operation: OperationName, what: number): OperationOptions {
  if (operation === 'set_status') return { status: settableStatuses[what % settableStatuses.length] };
  if (!operation.startsWith('rerun')) return what % 3 === 0 ? { reason: 'so it was agreed' } : {};
  return { hold: what % 3 === 0, oldAsWarning: what % 4 < 2 };
}

/** As the reference engine understands the same pick. */
function answerTo(
  { definition, inside }: ReferenceUnit,
  { pick, now }: { readonly pick: number; readonly now: number },
): WorkAnswer {
  switch (definition?.type) {
    case 'event_wait': {
      const says = {
        code: 'job_event',
        priority: 'info',
        node: null,
        monitor: null,
        key: null,
        message: 'x',
      };
      return { kind: 'event_wait', event: { id: pick, at: now, ...says, fields: {}, groups: {} } };
    }
    case 'approval': {
      const decision = { by: `person${pick % 3}`, at: now, approve: pick % 5 !== 0, comment: null };
      return { kind: 'decision', decision };
    }
    case 'net_start':
      if (inside.child && inside.killed && pick % 2 === 0)
        return { kind: 'net_killed', session: 100, problem: pick % 4 === 0 ? null : toldBy('it is gone') };
      return inside.child
        ? {
            kind: 'net_ended',
            session: 100,
            endStatus: (['normal', 'warning', 'abnormal'] as const)[pick % 3] ?? 'normal',
          }
        : { kind: 'net_started', session: 100 };
    case 'net_wait':
      return { kind: 'net_wait', target: pick % 2, met: { session: 100, endStatus: 'normal' } };
    default:
      throw new Error('nobody works for it');
  }
}
