// A second, slow and simple engine for tests: no queues, no counters, no indices. After each change it looks at every unit again until
// nothing follows any more. Shares no code with the real one; where both disagree, one of them is wrong.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { WaitUnit } from '@nezuban/protocol/jobs/units/wait';
import type { OperationOptions, SettableStatus } from '@nezuban/protocol/jobs/operate';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { above, mayOperate, reconsider, rerun, waitsForTime, worstInside } from './reference-operations.ts';
import type { World } from './reference-operations.ts';
import { mayTake, take } from './reference-edits.ts';
import { nothingInside, newUnit, activeStates, isSettled, subtree, worst } from './reference-units.ts';
import type { ReferenceAttempt, ReferenceUnit } from './reference-units.ts';

export class ReferenceSession {
  readonly units: ReferenceUnit[] = [];
  readonly #nodes: number;
  #nextIndex = 0;

  readonly #parameters: Readonly<Record<string, string>>;
  #now: number;

  /** `nodes`: how many nodes each command runs on. */
  constructor(
    definition: JobNetDefinition,
    {
      nodes,
      now,
      parameters = {},
    }: {
      readonly nodes: number;
      readonly now: number;
      readonly parameters?: Readonly<Record<string, string>>;
    },
  ) {
    this.#nodes = nodes;
    this.#now = now;
    this.#parameters = parameters;
    const root = this.#add(null, null, '');
    for (const unit of definition.units) this.#plant(unit, root);
    this.#settleAll();
  }

  get root(): ReferenceUnit {
    return this.at(0);
  }

  at(index: number): ReferenceUnit {
    return present(this.units.find((unit) => unit.index === index));
  }

  open(): string[] {
    return this.units.flatMap((unit) =>
      [...unit.attempts]
        .filter(([, attempt]) => attempt.end === null)
        .map(([node, attempt]) => `${unit.index}.${unit.run}.${node}.${attempt.try}`),
    );
  }

  started(unit: ReferenceUnit, node: number): void {
    present(unit.attempts.get(node)).started = true;
    if (unit.state === 'starting') this.#run(unit);
  }

  ended(
    unit: ReferenceUnit,
    node: number,
    result: { end: EndStatus; code: number | null; output: string | null; ran: boolean; now: number },
  ): void {
    this.#now = result.now;
    const attempt = present(unit.attempts.get(node));
    const outputs = (unit.definition?.type === 'command' ? unit.definition.outputs : undefined) ?? [];
    const lacks = outputs.some(({ required }) => required !== false) && result.output === null;
    attempt.end = lacks && result.end !== 'unknown' ? 'abnormal' : result.end;
    // A watch knows no exit code that means a warning.
    if (unit.definition?.type === 'file_watch' && attempt.end === 'warning') attempt.end = 'abnormal';
    const tries = unit.tries.get(node) ?? { known: 0, unknown: 0 };
    tries[attempt.end === 'unknown' ? 'unknown' : 'known'] += 1;
    unit.tries.set(node, tries);
    attempt.code = result.code;
    attempt.output = outputs.length === 0 ? null : result.output;
    const open = [...unit.attempts.values()].filter((other) => other.end === null).length;
    if (open > 0) {
      if ((result.ran || attempt.started) && unit.state === 'starting') this.#run(unit);
      return;
    }
    this.#tryDone(unit, result.now);
    this.#settleAll();
  }

  time(now: number): void {
    this.#now = now;
    for (const unit of this.units) {
      if (unit.state === 'running' && unit.slowAt !== null && unit.slowAt <= now)
        Object.assign(unit, { slowAt: null, slow: unit.slow + 1 });
      if (unit.state === 'retry_wait' && unit.retryAt <= now) {
        if (this.#isOpen(unit)) this.#retry(unit);
      } else if (waitsForTime(unit) && unit.retryAt <= now) this.#timeUp(unit);
    }
    this.#settleAll();
  }

  allows(unit: ReferenceUnit, operation: OperationName): boolean {
    return mayOperate(this.#world, unit, operation);
  }

  operate(unit: ReferenceUnit, operation: OperationName, options: OperationOptions = {}): void {
    switch (operation) {
      case 'stop':
        this.#stop(unit);
        break;
      case 'kill':
        this.#stop(unit);
        for (const inner of subtree(unit)) if (inner.state === 'stopping') inner.inside.killed = true;
        break;
      case 'interrupt':
        unit.paused = 'interrupted';
        break;
      case 'suspend':
        unit.paused = 'suspended';
        break;
      case 'hold':
        Object.assign(unit, { state: 'held', heldByHand: true });
        break;
      case 'release':
        if (unit.paused === null) Object.assign(unit, { state: 'waiting', heldByHand: false });
        unit.paused = null;
        break;
      case 'skip':
        if (unit.state === 'retry_wait' || waitsForTime(unit)) unit.end = 'normal';
        else if (isSettled(unit)) rerun(this.#world, unit, { operation: 'rerun' });
        Object.assign(unit, { state: 'skipped', skippedByHand: true, heldByHand: false });
        break;
      case 'set_status':
        this.#set(unit, options.status ?? 'normal');
        break;
      case 'rerun':
      case 'rerun_only':
      case 'rerun_next':
      case 'rerun_failed':
      case 'rerun_failed_nets':
      case 'rerun_after_failed':
      case 'rerun_warnings':
        rerun(this.#world, unit, { operation, ...options });
        break;
      case 'to_front':
      case 'take_definition':
        throw new Error('not of this model');
    }
    this.#settleAll();
  }

  mayTake(definition: JobNetDefinition): boolean {
    return mayTake(this.units, definition);
  }

  take(definition: JobNetDefinition): void {
    const make = (unit: UnitDefinition, parent: ReferenceUnit, path: string): ReferenceUnit =>
      this.#make(unit, parent, path);
    take(this.units, definition, { world: this.#world, make });
    this.#settleAll();
  }

  get #world(): World {
    return { units: this.units, condition: (unit) => this.#condition(unit) };
  }

  #set(unit: ReferenceUnit, status: SettableStatus): void {
    const wasSettled = isSettled(unit);
    const end: EndStatus = status === 'skipped' ? 'normal' : status;
    for (const attempt of unit.attempts.values()) attempt.end ??= end;
    Object.assign(unit, {
      state: status === 'skipped' ? 'skipped' : 'ended',
      end,
      countsAs: null,
      skippedByHand: status === 'skipped',
    });
    if (wasSettled) reconsider(this.#world, unit);
  }

  #add(definition: UnitDefinition | null, parent: ReferenceUnit | null, path: string): ReferenceUnit {
    const unit = this.#make(definition, parent, path);
    parent?.kids.push(unit);
    this.units.push(unit);
    return unit;
  }

  #make(definition: UnitDefinition | null, parent: ReferenceUnit | null, path: string): ReferenceUnit {
    this.#nextIndex += 1;
    return { ...newUnit(definition), index: this.#nextIndex - 1, path, parent };
  }

  #plant(definition: UnitDefinition, parent: ReferenceUnit): void {
    const unit = this.#add(
      definition,
      parent,
      parent.path === '' ? definition.name : `${parent.path}/${definition.name}`,
    );
    if (definition.type === 'net') for (const kid of definition.units) this.#plant(kid, unit);
  }

  /** null: not yet known; 'unneeded': a recovery unit, and nothing has failed. */
  #condition(unit: ReferenceUnit): boolean | null | 'unneeded' {
    if (unit.forced) return true;
    const after = unit.definition?.after;
    if (after === undefined || unit.parent === null) return true;
    const edges = 'any' in after ? after.any : after.all;
    const siblings = unit.parent.kids;
    const recovery = unit.definition?.recovery;
    const failures: EndStatus[] =
      recovery === true ? ['abnormal'] : recovery === false ? [] : (recovery ?? []);
    const says = edges.map((edge): boolean | null => {
      const before = present(siblings.find((kid) => kid.definition?.name === edge.unit));
      if (!isSettled(before)) return null;
      const end = before.countsAs ?? before.end;
      if (end === null) return false;
      if (failures.length > 0) return failures.includes(end);
      if (unit.definition?.type === 'judgment' && 'unit' in unit.definition.if)
        if (unit.definition.if.unit === edge.unit && edge.on.join() === 'normal,warning') return true;
      return edge.on.includes(end) || (before.answer !== null && edge.on.includes(before.answer));
    });
    if (failures.length > 0) {
      if ('any' in after && says.includes(true)) return true;
      return says.includes(null) ? null : says.includes(true) ? true : 'unneeded';
    }
    if ('any' in after) return says.includes(true) ? true : says.includes(null) ? null : false;
    return says.includes(false) ? false : says.includes(null) ? null : true;
  }

  /** Looks at every unit again and again until nothing changes. */
  #settleAll(): void {
    for (let changed = true; changed;) {
      changed = false;
      for (const unit of this.units) if (this.#look(unit)) changed = true;
      // Interrupted, and nothing runs any more.
      const busy = this.units.some(
        (unit) => unit.kids.length === 0 && ['starting', 'running', 'stopping'].includes(unit.state),
      );
      if (changed || busy || this.root.state !== 'running' || this.root.paused !== 'interrupted') continue;
      this.#stop(this.root);
      changed = true;
    }
  }

  #look(unit: ReferenceUnit): boolean {
    if (
      unit.kids.length > 0 &&
      (unit.state === 'stopping' || (unit.state === 'running' && unit.paused !== 'suspended')) &&
      unit.kids.every(isSettled)
    ) {
      unit.state = 'ended';
      unit.end = worstInside(unit);
      return true;
    }
    const waits =
      unit.state === 'waiting' || unit.state === 'held' || (unit.state === 'skipped' && unit.end === null);
    if (!waits || !this.#isOpen(unit)) return false;
    const condition = this.#condition(unit);
    if (condition === null || (condition === true && unit.state === 'held')) return false;
    if (condition === false)
      for (const inner of subtree(unit)) if (!isSettled(inner)) inner.state = 'not_run';
    if (condition === 'unneeded' || (condition && unit.state === 'skipped')) {
      for (const inner of subtree(unit).filter((each) => !isSettled(each)))
        Object.assign(inner, { state: 'skipped', end: 'normal' });
    } else if (condition) this.#begin(unit);
    return true;
  }

  /** Whether something may start there. */
  #isOpen(unit: ReferenceUnit): boolean {
    return above(unit).every((net) => net.state === 'running' && net.paused === null);
  }

  #begin(unit: ReferenceUnit): void {
    unit.begun = true;
    switch (unit.definition?.type) {
      case undefined:
      case 'net':
        unit.state = 'running';
        return;
      case 'command':
      case 'file_watch':
        unit.state = 'starting';
        for (let node = 0; node < this.#nodes; node += 1)
          unit.attempts.set(node, { try: 1, end: null, code: null, output: null, started: false });
        return;
      case 'wait':
        Object.assign(unit, { state: 'running', retryAt: endOfWait(unit.definition, this.#now) });
        return;
      case 'judgment':
        Object.assign(unit, { state: 'ended', end: 'normal', answer: this.#answer(unit, unit.definition) });
        return;
      case 'event_send':
        Object.assign(unit, { state: 'ended', end: 'normal', events: unit.events + 1 });
        return;
      case 'or':
        Object.assign(unit, { state: 'ended', end: 'normal' });
        return;
      case 'event_wait':
      case 'approval':
      case 'net_start':
      case 'net_wait': {
        const seconds = unit.definition.timeout_s;
        Object.assign(unit, {
          state: 'running',
          inside: nothingInside(),
          retryAt: seconds === undefined ? Infinity : this.#now + seconds * 1000,
        });
        return;
      }
      case 'net_ref':
      case 'mail_send':
      case 'http':
      case 'ssh':
      case 'container':
      case 'file_transfer':
        throw new Error(`the model knows no ${unit.definition.type}; random nets hold none`);
    }
  }

  /** Of a wait its time has come, of one that waits inside the manager its limit. */
  #timeUp(unit: ReferenceUnit): void {
    const outcome =
      unit.definition !== null && 'on_timeout' in unit.definition ? unit.definition.on_timeout : 'normal';
    if (outcome === 'stopped') unit.state = 'stopped';
    else if (outcome === 'approve' || outcome === 'refuse')
      Object.assign(unit, { state: 'ended', end: 'normal', answer: outcome === 'approve' });
    else Object.assign(unit, { state: 'ended', end: outcome });
  }

  /** What the manager has found out for a unit that waits inside it. False: a person may not decide twice. */
  answered(unit: ReferenceUnit, { pick, now }: { readonly pick: number; readonly now: number }): boolean {
    this.#now = now;
    const { inside, definition } = unit;
    switch (definition?.type) {
      case 'event_wait':
        Object.assign(unit, { state: 'ended', end: 'normal' });
        break;
      case 'approval': {
        const by = `person${pick % 3}`;
        if (inside.approved.includes(by)) return false;
        if (pick % 5 === 0) Object.assign(unit, { state: 'ended', end: 'normal', answer: false });
        else if (inside.approved.push(by) === definition.needed)
          Object.assign(unit, { state: 'ended', end: 'normal', answer: true });
        break;
      }
      case 'net_start':
        if (!inside.child) {
          inside.child = true;
          if (!definition.wait) Object.assign(unit, { state: 'ended', end: 'normal' });
        } else
          Object.assign(unit, {
            state: 'ended',
            end: unit.stopped ? 'abnormal' : (['normal', 'warning', 'abnormal'] as const)[pick % 3],
          });
        break;
      case 'net_wait':
        if (!inside.met.includes(pick % 2)) inside.met.push(pick % 2);
        if ('any' in definition.nets || inside.met.length === 2)
          Object.assign(unit, { state: 'ended', end: 'normal' });
        break;
      default:
        throw new Error('nobody works for it');
    }
    this.#settleAll();
    return true;
  }

  #answer(unit: ReferenceUnit, { if: question }: JudgmentUnit): boolean {
    if ('parameter' in question) {
      const value = this.#parameters[question.parameter];
      if (value === undefined) return false;
      if (question.equals !== undefined) return value === question.equals;
      return (
        Number(value) >= (question.at_least ?? -Infinity) && Number(value) <= (question.at_most ?? Infinity)
      );
    }
    if ('output' in question) return this.#answerOfOutput(unit, question);
    const judged = present(unit.parent?.kids.find((kid) => kid.definition?.name === question.unit));
    const codes = [...judged.attempts.values()].map(({ code }) => code);
    if (codes.length === 0 || codes.includes(null)) return false;
    const [low = 0, high = low] = question.exit_code.split('-').map(Number);
    const worstCode = Math.max(...codes.map(Number));
    return worstCode >= low && worstCode <= high;
  }

  /** Of several nodes the value of the first that has one; a value that is no number answers false. */
  #answerOfOutput(
    unit: ReferenceUnit,
    question: Extract<JudgmentUnit['if'], { readonly output: string }>,
  ): boolean {
    const judged = present(unit.parent?.kids.find((kid) => kid.definition?.name === question.unit));
    const values = [...judged.attempts].sort(([a], [b]) => a - b).map(([, attempt]) => attempt.output);
    const value = values.find((each) => each !== null);
    if (value === undefined || value === null) return false;
    return (
      Number(value) >= (question.at_least ?? -Infinity) && Number(value) <= (question.at_most ?? Infinity)
    );
  }

  #tryDone(unit: ReferenceUnit, now: number): void {
    const again = this.#again(unit);
    if (!unit.stopped && again.length > 0) {
      const failed = again.some(([, attempt]) => attempt.end !== 'unknown');
      const delay = failed ? (retryOf(unit)?.delay_s ?? 0) : 0;
      if (delay === 0 && this.#isOpen(unit)) this.#retry(unit);
      else Object.assign(unit, { state: 'retry_wait', retryAt: now + delay * 1000 });
      return;
    }
    unit.state = 'ended';
    unit.end = worst([...unit.attempts.values()].map((attempt) => present(attempt.end)));
  }

  #run(unit: ReferenceUnit): void {
    const seconds = unit.definition?.type === 'command' ? unit.definition.warn_after_s : undefined;
    Object.assign(unit, {
      state: 'running',
      slowAt: seconds === undefined ? null : this.#now + seconds * 1000,
    });
  }

  /** Those that failed and are tried again; with them, or alone, watches whose end nobody knows. */
  #again(unit: ReferenceUnit): [number, ReferenceAttempt][] {
    const retry = retryOf(unit);
    const isWatch = unit.definition?.type === 'file_watch';
    const tries = (node: number) => unit.tries.get(node) ?? { known: 0, unknown: 0 };
    const failed = [...unit.attempts].filter(
      ([node, attempt]) =>
        retry !== undefined &&
        (isWatch ? tries(node).known : attempt.try) <= retry.count &&
        (retry.on as (string | null)[]).includes(attempt.end),
    );
    const unknown = [...unit.attempts].filter(
      ([node, attempt]) => isWatch && attempt.end === 'unknown' && tries(node).unknown <= 20,
    );
    return [...failed, ...unknown];
  }

  #retry(unit: ReferenceUnit): void {
    unit.state = 'starting';
    const failed = this.#again(unit);
    const next = Math.max(...failed.map(([, attempt]) => attempt.try)) + 1;
    for (const [node] of failed)
      unit.attempts.set(node, { try: next, end: null, code: null, output: null, started: false });
  }

  #stop(unit: ReferenceUnit): void {
    for (const inner of subtree(unit)) {
      inner.paused = null;
      if (isSettled(inner)) continue;
      if (inner.definition?.type === 'net_start' && inner.definition.pass_stop && inner.state === 'running')
        inner.state = 'stopping';
      else if (inner.state === 'retry_wait' || waitsForTime(inner))
        Object.assign(inner, { state: 'ended', end: 'abnormal' });
      else if (activeStates.includes(inner.state)) inner.state = 'stopping';
      else inner.state = 'stopped';
      inner.stopped = true;
    }
  }
}

/** Times of day in UTC alone. */
function endOfWait({ for_s: seconds, until }: WaitUnit, now: number): number {
  if (until === undefined) return now + (seconds ?? 0) * 1000;
  const [hour = 0, minute = 0] = until.split(':').map(Number);
  const day = 86_400_000;
  const today = Math.floor(now / day) * day + (hour * 60 + minute) * 60_000;
  // The next one after the start: a start on the very minute waits for tomorrow, one within its second too.
  return today > now ? today : today + day;
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the reference engine has lost something');
  return value;
}

function retryOf({ definition }: ReferenceUnit) {
  return definition?.type === 'command' || definition?.type === 'file_watch' ? definition.retry : undefined;
}
