// The plan of a job net: its definition flattened into an array with every index that the engine needs prebuilt, so that one input
// costs what it changes and not what the net holds. Immutable, derived from the definition alone, never stored.
// Not responsible for judging: `judgeJobNet` has refused cycles and unknown names before a definition comes here.
import type { BusinessDateRule } from '@nezuban/protocol/jobs/business-date';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { UnitLimits } from '@nezuban/protocol/jobs/units/limits';
import type { Edge, Target } from '@nezuban/protocol/jobs/units/unit-base';
import type { EventSendUnit } from '@nezuban/protocol/jobs/units/event-send';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { OrUnit } from '@nezuban/protocol/jobs/units/or';
import type { EventWaitUnit } from '@nezuban/protocol/jobs/units/event-wait';
import type { NetWaitUnit } from '@nezuban/protocol/jobs/units/net-wait';
import type { NetStartUnit } from '@nezuban/protocol/jobs/units/net-start';
import type { ApprovalUnit } from '@nezuban/protocol/jobs/units/approval';
import type { MailSendUnit } from '@nezuban/protocol/jobs/units/mail-send';
import type { NetRefUnit } from '@nezuban/protocol/jobs/units/net-ref';
import type { JudgmentUnit } from '@nezuban/protocol/jobs/units/judgment';
import type { WaitUnit } from '@nezuban/protocol/jobs/units/wait';
import type { UnitPath } from '@nezuban/protocol/ids';
import { rulesOf, type AttemptRules } from './attempt-rules.ts';
import { plannedControl, type PlannedControl } from './watch/planned-control.ts';
import { placesOfRoot, placesOfUnit, type PlannedPlaces } from './admission/planned-places.ts';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { anyEnd, outcomeMask } from './end-status.ts';
import type { NetReferences } from './expand-net.ts';
import type { UnitNumbers } from './unit-numbers.ts';

/** One arrow of the graph, seen from either end. `unit` is the index of the other unit, `on` the outcomes on which it holds. */
export type PlannedEdge = { readonly unit: number; readonly on: number };

/** What a unit is, whatever its type. Index 0 is the root net itself; a net's descendants follow it directly, up to `subtreeEnd`. */
type PlannedBase = {
  readonly index: number;
  /** What it is known by outside of the plan: in rows, attempts, works, mails. Its index, unless the session has been given another definition (unit-numbers.ts). */
  readonly number: number;
  /** Empty for the root. */
  readonly path: UnitPath;
  readonly name: string;
  readonly title: string | null;
  /** Index of the enclosing net; -1 for the root. */
  readonly parent: number;
  readonly children: readonly number[];
  /** Index of the reference in whose net it stands; 0: it stands in the session's own net. A reference stands outside of itself. */
  readonly scope: number;
  /** First index behind the unit's own descendants. */
  readonly subtreeEnd: number;
  readonly mode: 'all' | 'any';
  readonly edges: readonly PlannedEdge[];
  readonly successors: readonly PlannedEdge[];
  readonly hold: boolean;
  /** It runs only if one of its edges holds, which name failures; else it is passed over. */
  readonly recovery: boolean;
  readonly position: { readonly x: number; readonly y: number } | null;
  readonly places: PlannedPlaces;
  /** Watches, conditional hold, how a net ends; null for nearly all. */
  readonly control: PlannedControl | null;
};
/** A unit that does its work by attempts on nodes: a command, or one of the tools of agents. */
export type PlannedAttempt = PlannedBase & AttemptPart;
type AttemptPart = {
  readonly type: AttemptUnit['type'];
  readonly definition: AttemptUnit;
  /** Its own target or the nearest enclosing net's; null where nobody names one. */
  readonly target: Target | null;
  /** A reference to its net has named the target: whoever wrote the unit has not chosen it. */
  readonly targetGiven: boolean;
  readonly rules: AttemptRules;
};
export type PlannedNet = PlannedBase & {
  readonly type: 'net';
  /** It is a reference: its units are those of another job net. */
  readonly reference: PlannedReference | null;
};
export type PlannedReference = {
  readonly net: string;
  readonly revision: number;
  /** Texts with places, by the names of that net's parameters. */
  readonly given: Readonly<Record<string, string>>;
};
/** What units of one definition see alike: the session's own net, or one that it refers to. */
export type PlannedScope = {
  /** The reference, or 0. */
  readonly unit: number;
  readonly net: string;
  readonly zone: string;
  readonly parameters: readonly ParameterDefinition[];
  readonly businessDate: BusinessDateRule | undefined;
  /** What its commands and containers may use, where they say nothing themselves. */
  readonly limits: UnitLimits | undefined;
};
export type PlannedWait = PlannedBase & { readonly type: 'wait'; readonly definition: WaitUnit };
export type PlannedJudgment = PlannedBase & { readonly type: 'judgment'; readonly definition: JudgmentUnit };
export type PlannedEventSend = PlannedBase & {
  readonly type: 'event_send';
  readonly definition: EventSendUnit;
};
export type PlannedOr = PlannedBase & { readonly type: 'or'; readonly definition: OrUnit };
export type PlannedEventWait = PlannedBase & {
  readonly type: 'event_wait';
  readonly definition: EventWaitUnit;
};
export type PlannedNetWait = PlannedBase & { readonly type: 'net_wait'; readonly definition: NetWaitUnit };
export type PlannedNetStart = PlannedBase & { readonly type: 'net_start'; readonly definition: NetStartUnit };
export type PlannedApproval = PlannedBase & { readonly type: 'approval'; readonly definition: ApprovalUnit };
export type PlannedMailSend = PlannedBase & { readonly type: 'mail_send'; readonly definition: MailSendUnit };
/** Units that wait for something inside the manager, and those that do nothing. */
type PlannedInside =
  | PlannedOr
  | PlannedEventWait
  | PlannedNetWait
  | PlannedNetStart
  | PlannedApproval
  | PlannedMailSend;
export type PlannedUnit =
  | PlannedAttempt
  | PlannedNet
  | PlannedWait
  | PlannedJudgment
  | PlannedEventSend
  | PlannedInside;

export type NetPlan = {
  readonly definition: JobNetDefinition;
  readonly units: readonly PlannedUnit[];
  readonly indexByPath: ReadonlyMap<string, number>;
  /** Of a session that has been given another definition; null: the number of each unit is its index. */
  readonly numbers: UnitNumbers | null;
  readonly indexByNumber: ReadonlyMap<number, number> | null;
  /** Indices in an order in which every unit comes after the siblings it waits for, and after its net. */
  readonly order: readonly number[];
  /** By `scope` of their units. */
  readonly scopes: ReadonlyMap<number, PlannedScope>;
  /** The revision of each net that it refers to, at any depth; null if it refers to none. */
  readonly revisions: Readonly<Record<string, number>> | null;
  /** Units with times that are watched, and those of them that lie in each net. */
  readonly watched: readonly number[];
  readonly watchedIn: ReadonlyMap<number, readonly number[]>;
  /** A session needs to know how earlier ones went. */
  readonly asksHistory: boolean;
};

type Growing = { -readonly [K in keyof PlannedBase]: PlannedBase[K] } & {
  children: number[];
  edges: PlannedEdge[];
  successors: PlannedEdge[];
};
type GrowingNet = Growing & Pick<PlannedNet, 'type' | 'reference'>;
type GrowingUnit =
  | GrowingNet
  | (Growing & AttemptPart)
  | (Growing & Pick<PlannedWait, 'type' | 'definition'>)
  | (Growing & Pick<PlannedJudgment, 'type' | 'definition'>)
  | (Growing & Pick<PlannedEventSend, 'type' | 'definition'>)
  | (Growing & Pick<PlannedOr, 'type' | 'definition'>)
  | (Growing & Pick<PlannedEventWait, 'type' | 'definition'>)
  | (Growing & Pick<PlannedNetWait, 'type' | 'definition'>)
  | (Growing & Pick<PlannedNetStart, 'type' | 'definition'>)
  | (Growing & Pick<PlannedApproval, 'type' | 'definition'>)
  | (Growing & Pick<PlannedMailSend, 'type' | 'definition'>);

export function isPlannedAttempt(unit: PlannedUnit): unit is PlannedAttempt {
  return 'rules' in unit;
}

type Inherited = { readonly target: Target | null; readonly isGiven: boolean };

/**
 * Flattens a judged definition, with the nets that it refers to (`expandNet`) in their places. Throws on a definition that `judgeJobNet` or
 * `expandNet` would have refused.
 */
export function planNet(definition: JobNetDefinition, references: NetReferences = new Map()): NetPlan {
  const units: GrowingUnit[] = [];
  const scopes = new Map([[0, scopeOfNet(definition, 0)]]);
  const indexByPath = new Map<string, number>();

  const addNet = (net: GrowingNet, children: readonly UnitDefinition[], inherited: Inherited): void => {
    units.push(net);
    for (const child of children) addUnit(child, net, inherited);
    net.subtreeEnd = units.length;
    for (const [position, child] of children.entries()) connect(child, net, net.children[position] ?? -1);
  };
  const addUnit = (unit: UnitDefinition, net: GrowingNet, inherited: Inherited): void => {
    const base = growing(unit, {
      index: units.length,
      path: pathIn(net, unit.name),
      parent: net.index,
      scope: net.reference === null ? net.scope : net.index,
      places: placesOfUnit(unit.type === 'net_ref' ? withInnerPlaces(unit) : unit, net.places),
    });
    net.children.push(base.index);
    indexByPath.set(base.path, base.index);
    switch (unit.type) {
      case 'net':
        addNet({ ...base, type: 'net', reference: null }, unit.units, targetIn(unit, inherited));
        return;
      case 'net_ref':
        addReference(unit, base);
        return;
      case 'wait':
        units.push({ ...base, type: 'wait', definition: unit });
        return;
      case 'judgment':
        units.push({ ...base, type: 'judgment', definition: unit });
        return;
      case 'event_send':
        units.push({ ...base, type: 'event_send', definition: unit });
        return;
      case 'or':
        units.push({ ...base, type: 'or', definition: unit });
        return;
      case 'event_wait':
        units.push({ ...base, type: 'event_wait', definition: unit });
        return;
      case 'net_wait':
        units.push({ ...base, type: 'net_wait', definition: unit });
        return;
      case 'net_start':
        units.push({ ...base, type: 'net_start', definition: unit });
        return;
      case 'approval':
        units.push({ ...base, type: 'approval', definition: unit });
        return;
      case 'mail_send':
        units.push({ ...base, type: 'mail_send', definition: unit });
        return;
      default: {
        const { target, isGiven } = targetIn(unit, inherited);
        units.push({
          ...base,
          type: unit.type,
          definition: unit,
          target,
          targetGiven: isGiven,
          rules: rulesOf(unit),
        });
      }
    }
  };
  const addReference = (unit: NetRefUnit, base: Growing): void => {
    const referenced = references.get(unit.net);
    if (referenced === undefined)
      throw new Error(`plan of an unjudged net: "${base.path}" refers to the unknown job net "${unit.net}"`);
    const { revision, definition: inner } = referenced;
    scopes.set(base.index, scopeOfNet(inner, base.index));
    const reference = { net: unit.net, revision, given: unit.parameters ?? {} };
    addNet({ ...base, type: 'net', reference }, inner.units, {
      target: unit.target ?? inner.target ?? null,
      isGiven: unit.target !== undefined,
    });
  };
  /** What the other net asks for before it runs, the reference asks for: who runs it like this excludes nobody less. */
  const withInnerPlaces = (unit: NetRefUnit): UnitDefinition => {
    const inner = references.get(unit.net)?.definition;
    if (inner === undefined) return unit;
    const own = unit.locks ?? [];
    const more = (inner.locks ?? []).filter(({ name }) => !own.some((lock) => lock.name === name));
    const locks = [...own, ...more];
    const queue = unit.queue ?? inner.queue;
    return {
      ...unit,
      ...(locks.length === 0 ? {} : { locks }),
      ...(queue === undefined ? {} : { queue }),
    };
  };
  const connect = (unit: UnitDefinition, net: GrowingNet, index: number): void => {
    const self = units[index];
    if (unit.after === undefined || self === undefined) return;
    self.mode = 'any' in unit.after ? 'any' : 'all';
    for (const edge of 'any' in unit.after ? unit.after.any : unit.after.all) {
      const from = units[indexByPath.get(pathIn(net, edge.unit)) ?? -1];
      if (from === undefined)
        throw new Error(`plan of an unjudged net: "${self.path}" waits for the unknown unit "${edge.unit}"`);
      const on = edgeMask(unit, edge);
      self.edges.push({ unit: from.index, on });
      from.successors.push({ unit: index, on });
    }
  };

  const root = growing(
    {
      name: definition.name,
      title: definition.title,
      hold: false,
      delays: definition.delays,
      end_status: definition.end_status,
    },
    { index: 0, path: '' as UnitPath, parent: -1, scope: 0, places: placesOfRoot(definition) },
  );
  addNet({ ...root, type: 'net', reference: null }, definition.units, {
    target: definition.target ?? null,
    isGiven: false,
  });
  return {
    definition,
    units,
    indexByPath,
    numbers: null,
    indexByNumber: null,
    order: topologicalOrder(units),
    scopes,
    revisions: revisionsOf(references),
    ...watchedUnits(units),
  };
}

function targetIn({ target }: { readonly target?: Target | undefined }, inherited: Inherited): Inherited {
  return target === undefined ? inherited : { target, isGiven: false };
}

function watchedUnits(units: readonly PlannedUnit[]): Pick<NetPlan, 'watched' | 'watchedIn' | 'asksHistory'> {
  const watched = units.filter(({ control }) => control !== null && control.watch !== null);
  const asksHistory = units.some(
    ({ control }) =>
      control !== null && (control.holdIf !== null || control.watch?.end?.history !== undefined),
  );
  const byNet = Map.groupBy(watched, ({ parent }) => parent);
  return {
    watched: watched.map(({ index }) => index),
    watchedIn: new Map([...byNet].map(([net, inside]) => [net, inside.map(({ index }) => index)])),
    asksHistory,
  };
}

function scopeOfNet(
  { name, timezone, parameters, business_date: businessDate, limits }: JobNetDefinition,
  unit: number,
): PlannedScope {
  return { unit, net: name, zone: timezone, parameters, businessDate, limits };
}

function revisionsOf(references: NetReferences): Record<string, number> | null {
  if (references.size === 0) return null;
  return Object.fromEntries([...references].map(([name, { revision }]) => [name, revision]));
}

/**
 * What an edge to the unit holds on. A recovery unit's edges hold on failures alone; that from the unit which a judgment judges holds
 * however it ended, unless the definition says more than the default.
 */
function edgeMask(unit: UnitDefinition, edge: Edge): number {
  const { recovery } = unit;
  if (isRecovery(unit)) return outcomeMask(Array.isArray(recovery) ? recovery : ['abnormal']);
  const on = outcomeMask(edge.on);
  const judged = unit.type === 'judgment' && 'unit' in unit.if && unit.if.unit === edge.unit;
  return judged && on === outcomeMask(['normal', 'warning']) ? anyEnd : on;
}

function isRecovery({ recovery }: Pick<UnitDefinition, 'recovery'>): boolean {
  return recovery !== undefined && recovery !== false;
}

function pathIn(net: PlannedBase, name: string): UnitPath {
  return (net.parent === -1 ? name : `${net.path}/${name}`) as UnitPath;
}

function growing(
  unit: Pick<UnitDefinition, 'name' | 'title' | 'hold' | 'recovery' | 'position' | 'delays'> &
    Pick<JobNetDefinition, 'end_status'>,
  place: {
    readonly index: number;
    readonly path: UnitPath;
    readonly parent: number;
    readonly scope: number;
    readonly places: PlannedPlaces;
  },
): Growing {
  return {
    ...place,
    number: place.index,
    name: unit.name,
    title: unit.title ?? null,
    children: [],
    subtreeEnd: place.index + 1,
    mode: 'all',
    edges: [],
    successors: [],
    hold: unit.hold === true,
    control: plannedControl(unit),
    recovery: isRecovery(unit),
    position: unit.position ?? null,
  };
}

/** Kahn's algorithm over the whole plan; a net precedes its units. */
function topologicalOrder(units: readonly PlannedUnit[]): number[] {
  const missing = units.map((unit) => unit.edges.length + (unit.parent === -1 ? 0 : 1));
  const order = [0];
  const release = (index: number): void => {
    const left = (missing[index] ?? 0) - 1;
    missing[index] = left;
    if (left === 0) order.push(index);
  };
  for (let next = 0; next < order.length; next += 1) {
    const unit = units[order[next] ?? 0];
    for (const child of unit?.children ?? []) release(child);
    for (const successor of unit?.successors ?? []) release(successor.unit);
  }
  if (order.length !== units.length)
    throw new Error('plan of an unjudged net: its units wait for each other in a circle');
  return order;
}
