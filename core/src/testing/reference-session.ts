// A second, slow and simple engine for tests: no queues, no counters, no indices. After each change it looks at every unit again until
// nothing follows any more. Shares no code with the real one; where both disagree, one of them is wrong.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { WaitUnit } from '@nezuban/protocol/jobs/units/wait';
import type { OperationName, UnitState } from '@nezuban/protocol/jobs/session';

type Attempt = { try: number; end: EndStatus | null; code: number | null; started: boolean };

export type ReferenceUnit = {
  index: number;
  path: string;
  parent: ReferenceUnit | null;
  kids: ReferenceUnit[];
  definition: UnitDefinition | null;
  state: UnitState;
  end: EndStatus | null;
  run: number;
  /** Newest attempt of each node of this run. */
  attempts: Map<number, Attempt>;
  stopped: boolean;
  retryAt: number;
  answer: boolean | null;
  /** How often it has written its event. */
  events: number;
};

const order: EndStatus[] = ['normal', 'warning', 'unknown', 'abnormal'];
const activeStates: UnitState[] = ['starting', 'running', 'retry_wait', 'stopping'];

export class ReferenceSession {
  readonly units: ReferenceUnit[] = [];
  readonly #nodes: number;

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
    return present(this.units[index]);
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
    if (unit.state === 'starting') unit.state = 'running';
  }

  ended(
    unit: ReferenceUnit,
    node: number,
    result: { end: EndStatus; code: number | null; ran: boolean; now: number },
  ): void {
    this.#now = result.now;
    const attempt = present(unit.attempts.get(node));
    attempt.end = result.end;
    attempt.code = result.code;
    const open = [...unit.attempts.values()].filter((other) => other.end === null).length;
    if (open > 0) {
      if ((result.ran || attempt.started) && unit.state === 'starting') unit.state = 'running';
      return;
    }
    this.#tryDone(unit, result.now);
    this.#settleAll();
  }

  time(now: number): void {
    this.#now = now;
    for (const unit of this.units) {
      if (unit.state === 'retry_wait' && unit.retryAt <= now) this.#retry(unit);
      else if (waitsForTime(unit) && unit.retryAt <= now)
        Object.assign(unit, { state: 'ended', end: 'normal' });
    }
    this.#settleAll();
  }

  allows(unit: ReferenceUnit, operation: OperationName): boolean {
    const toBeSkipped = unit.state === 'skipped' && unit.end === null;
    switch (operation) {
      case 'stop':
        return ['starting', 'running', 'retry_wait'].includes(unit.state);
      case 'hold':
        return unit.parent !== null && unit.state === 'waiting';
      case 'release':
        return unit.parent !== null && (unit.state === 'held' || toBeSkipped);
      case 'rerun':
        return isSettled(unit) && this.#canBeginAgain(unit);
      case 'skip':
        if (unit.parent === null) return false;
        if (['waiting', 'held', 'retry_wait'].includes(unit.state) || waitsForTime(unit)) return true;
        return (
          ((unit.state === 'ended' && unit.end !== 'normal') || unit.state === 'stopped') &&
          this.#canBeginAgain(unit)
        );
    }
  }

  operate(unit: ReferenceUnit, operation: OperationName): void {
    switch (operation) {
      case 'stop':
        this.#stop(unit);
        break;
      case 'hold':
        unit.state = 'held';
        break;
      case 'release':
        unit.state = 'waiting';
        break;
      case 'rerun':
        this.#rerun(unit);
        break;
      case 'skip':
        if (unit.state === 'retry_wait' || waitsForTime(unit)) unit.end = 'normal';
        else if (isSettled(unit)) this.#rerun(unit);
        unit.state = 'skipped';
    }
    this.#settleAll();
  }

  #add(definition: UnitDefinition | null, parent: ReferenceUnit | null, path: string): ReferenceUnit {
    const state: UnitState = definition?.hold === true ? 'held' : 'waiting';
    const unit: ReferenceUnit = {
      index: this.units.length,
      path,
      parent,
      kids: [],
      definition,
      state,
      end: null,
      run: 1,
      attempts: new Map(),
      stopped: false,
      retryAt: 0,
      answer: null,
      events: 0,
    };
    parent?.kids.push(unit);
    this.units.push(unit);
    return unit;
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
      if (before.end === null) return false;
      if (failures.length > 0) return failures.includes(before.end);
      if (unit.definition?.type === 'judgment' && 'unit' in unit.definition.if)
        if (unit.definition.if.unit === edge.unit && edge.on.join() === 'normal,warning') return true;
      return edge.on.includes(before.end) || (before.answer !== null && edge.on.includes(before.answer));
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
    }
  }

  #look(unit: ReferenceUnit): boolean {
    if (
      unit.kids.length > 0 &&
      (unit.state === 'running' || unit.state === 'stopping') &&
      unit.kids.every(isSettled)
    ) {
      const counted = unit.kids
        .map((kid) => (kid.state === 'stopped' ? 'abnormal' : kid.end))
        .filter((end) => end !== null);
      unit.state = 'ended';
      unit.end = worst(counted) ?? 'normal';
      return true;
    }
    const waits =
      unit.state === 'waiting' || unit.state === 'held' || (unit.state === 'skipped' && unit.end === null);
    if (!waits || (unit.parent !== null && unit.parent.state !== 'running')) return false;
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

  #begin(unit: ReferenceUnit): void {
    switch (unit.definition?.type) {
      case undefined:
      case 'net':
        unit.state = 'running';
        return;
      case 'command':
        unit.state = 'starting';
        for (let node = 0; node < this.#nodes; node += 1)
          unit.attempts.set(node, { try: 1, end: null, code: null, started: false });
        return;
      case 'wait':
        Object.assign(unit, { state: 'running', retryAt: endOfWait(unit.definition, this.#now) });
        return;
      case 'judgment':
        Object.assign(unit, { state: 'ended', end: 'normal', answer: this.#answer(unit, unit.definition) });
        return;
      case 'event_send':
        Object.assign(unit, { state: 'ended', end: 'normal', events: unit.events + 1 });
    }
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
    const judged = present(unit.parent?.kids.find((kid) => kid.definition?.name === question.unit));
    const codes = [...judged.attempts.values()].map(({ code }) => code);
    if (codes.length === 0 || codes.includes(null)) return false;
    const [low = 0, high = low] = question.exit_code.split('-').map(Number);
    const worstCode = Math.max(...codes.map(Number));
    return worstCode >= low && worstCode <= high;
  }

  #tryDone(unit: ReferenceUnit, now: number): void {
    if (unit.definition?.type !== 'command') throw new Error('only commands have attempts');
    const retry = unit.definition.retry;
    if (!unit.stopped && retry !== undefined && this.#failed(unit).length > 0) {
      if (retry.delay_s === 0) this.#retry(unit);
      else Object.assign(unit, { state: 'retry_wait', retryAt: now + retry.delay_s * 1000 });
      return;
    }
    unit.state = 'ended';
    unit.end = worst([...unit.attempts.values()].map((attempt) => present(attempt.end)));
  }

  #failed(unit: ReferenceUnit): [number, Attempt][] {
    const retry = unit.definition?.type === 'command' ? unit.definition.retry : undefined;
    return [...unit.attempts].filter(
      ([, attempt]) =>
        retry !== undefined &&
        attempt.try <= retry.count &&
        (retry.on as (string | null)[]).includes(attempt.end),
    );
  }

  #retry(unit: ReferenceUnit): void {
    unit.state = 'starting';
    const failed = this.#failed(unit);
    const next = Math.max(...failed.map(([, attempt]) => attempt.try)) + 1;
    for (const [node] of failed)
      unit.attempts.set(node, { try: next, end: null, code: null, started: false });
  }

  #stop(unit: ReferenceUnit): void {
    for (const inner of subtree(unit)) {
      if (isSettled(inner)) continue;
      if (inner.state === 'retry_wait' || waitsForTime(inner))
        Object.assign(inner, { state: 'ended', end: 'abnormal' });
      else if (activeStates.includes(inner.state)) inner.state = 'stopping';
      else inner.state = 'stopped';
      inner.stopped = true;
    }
  }

  #behind(unit: ReferenceUnit): ReferenceUnit[] {
    const found = new Set<ReferenceUnit>();
    const follow = (before: ReferenceUnit): void => {
      for (const sibling of before.parent?.kids ?? []) {
        const after = sibling.definition?.after;
        const names =
          after === undefined ? [] : ('any' in after ? after.any : after.all).map((edge) => edge.unit);
        if (!names.includes(before.definition?.name ?? '') || found.has(sibling)) continue;
        found.add(sibling);
        follow(sibling);
      }
    };
    follow(unit);
    return [...found];
  }

  /** Ended nets around it, and everything that has to begin again with it. */
  #scope(unit: ReferenceUnit): { nets: ReferenceUnit[]; again: ReferenceUnit[] } {
    const nets: ReferenceUnit[] = [];
    const again = [unit, ...this.#behind(unit)];
    for (let net = unit.parent; net?.state === 'ended'; net = net.parent) {
      nets.push(net);
      again.push(...this.#behind(net));
    }
    return { nets, again };
  }

  #canBeginAgain(unit: ReferenceUnit): boolean {
    for (let net = unit.parent; net !== null; net = net.parent)
      if (net.state !== 'running' && net.state !== 'ended') return false;
    return (
      this.#condition(unit) !== false &&
      !this.#scope(unit).again.some((each) => activeStates.includes(each.state))
    );
  }

  #rerun(unit: ReferenceUnit): void {
    const { nets, again } = this.#scope(unit);
    for (const net of nets) Object.assign(net, { state: 'running', end: null, stopped: false });
    for (const each of again.flatMap(subtree)) {
      if (!isSettled(each)) continue;
      const state = each.definition?.hold === true && each !== unit ? 'held' : 'waiting';
      const blank = { end: null, attempts: new Map(), stopped: false, answer: null };
      Object.assign(each, { ...blank, state, run: each.run + 1 });
    }
  }
}

function waitsForTime(unit: ReferenceUnit): boolean {
  return unit.definition?.type === 'wait' && unit.state === 'running';
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

function isSettled(unit: ReferenceUnit): boolean {
  return (
    unit.state === 'ended' ||
    unit.state === 'not_run' ||
    unit.state === 'stopped' ||
    (unit.state === 'skipped' && unit.end !== null)
  );
}

function worst(statuses: readonly EndStatus[]): EndStatus | null {
  return order[Math.max(-1, ...statuses.map((status) => order.indexOf(status)))] ?? null;
}

function subtree(unit: ReferenceUnit): ReferenceUnit[] {
  return [unit, ...unit.kids.flatMap(subtree)];
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the reference engine has lost something');
  return value;
}
