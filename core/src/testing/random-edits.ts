// Random changes to the definition of a job net, as an operator makes them in an editor: units added in the middle and inside nets, taken out,
// connected otherwise, changed, of another type, in another order. For tests of sessions that are given another definition.
import { judgeJobNet } from '../definitions/judge-job-net.ts';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';

type Edge = { unit: string; on?: unknown };
type Draft = Record<string, unknown> & {
  name: string;
  units?: Draft[];
  after?: { all?: Edge[]; any?: Edge[] };
  if?: { unit?: string };
};
/** Numbers below a bound, the same ones for the same seed. */
export type Dice = (bound: number) => number;

export function createDice(seed: number): Dice {
  let state = (seed * 2_654_435_761 + 12_345) % 4_294_967_296;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

/** The definition after a few changes, three in four of them at one of these units; the same definition where they make none that can be judged right. */
export function editNet(
  definition: JobNetDefinition,
  dice: Dice,
  around: readonly string[],
): JobNetDefinition {
  let edited = definition;
  for (let left = 1 + dice(4); left > 0; left -= 1)
    edited = editOnce(edited, dice, dice(4) === 0 ? undefined : around[dice(around.length)]);
  return edited;
}

function editOnce(definition: JobNetDefinition, dice: Dice, path: string | undefined): JobNetDefinition {
  const draft = JSON.parse(JSON.stringify(definition)) as { units: Draft[] };
  const names = path?.split('/') ?? [];
  let named: Draft[] | undefined = draft.units;
  for (const name of names.slice(0, -1)) named = named?.find((unit) => unit.name === name)?.units;
  const found = named?.findIndex(({ name }) => name === names.at(-1)) ?? -1;
  const lists = listsOf(draft.units);
  const units = (found < 0 ? undefined : named) ?? lists[dice(lists.length)] ?? draft.units;
  const at = found < 0 ? dice(units.length) : found;
  const unit = units[at];
  if (unit === undefined) return definition;
  edits[dice(edits.length)]?.(units, at, dice);
  const parsed = jobNetSchema.safeParse(draft);
  return parsed.success && judgeJobNet(parsed.data).length === 0 ? parsed.data : definition;
}

function listsOf(units: Draft[]): Draft[][] {
  return [units, ...units.flatMap((unit) => (unit.units === undefined ? [] : listsOf(unit.units)))];
}

type Edit = (units: Draft[], at: number, dice: Dice) => void;

const leaves: readonly ((dice: Dice) => object)[] = [
  (dice) => ({
    type: 'command',
    command: `true ${dice(3)}`,
    exit_codes: { normal: '0', warning: '1' },
    ...(dice(3) === 0 ? { retry: { count: 1, delay_s: dice(2) * 30 } } : {}),
  }),
  () => ({ type: 'wait', for_s: 30 }),
  () => ({ type: 'or' }),
  () => ({ type: 'event_send', message: '{{unit}} of size {{ parameter.SIZE }}' }),
  (dice) => ({ type: 'judgment', if: { parameter: 'SIZE', at_least: dice(10) } }),
  () => ({ type: 'event_wait', event: { codes: ['job_event'] } }),
  () => ({ type: 'net_wait', nets: ['x', 'y'] }),
];

const leaf = (name: string, dice: Dice): Draft => ({ name, ...leaves[dice(leaves.length)]?.(dice) });
const newName = (units: readonly Draft[], dice: Dice): string => {
  for (let number = dice(5); ; number += 1)
    if (units.every(({ name }) => name !== `n${number}`)) return `n${number}`;
};
const edgesOf = ({ after }: Draft): Edge[] => after?.all ?? after?.any ?? [];
const outcomes = ['normal', 'warning', 'abnormal', 'unknown'] as const;
function connect(unit: Draft, to: Draft, dice: Dice): void {
  const known = edgesOf(unit);
  if (unit === to || known.some((edge) => edge.unit === to.name)) return;
  const edge = dice(2) === 0 ? { unit: to.name } : { unit: to.name, on: outcomes.slice(dice(3)) };
  unit.after = unit.after?.any === undefined ? { all: [...known, edge] } : { any: [...known, edge] };
}

/** Nobody waits for it any more, nor judges it. */
function forget(units: readonly Draft[], name: string): void {
  for (const unit of units) {
    const rest = edgesOf(unit).filter((edge) => edge.unit !== name);
    if (unit.after === undefined) continue;
    if (rest.length > 0) unit.after = unit.after.any === undefined ? { all: rest } : { any: rest };
    else {
      delete unit.after;
      delete unit['recovery'];
    }
    if (unit.if?.unit === name) unit.if = { parameter: 'SIZE', at_least: 5 } as object;
  }
}

const edits: readonly Edit[] = [
  // In the middle: behind one, before another.
  (units, at, dice) => {
    const added = leaf(newName(units, dice), dice);
    const before = units[at];
    const behind = units[dice(units.length)];
    if (before !== undefined && dice(4) > 0) connect(added, before, dice);
    units.splice(dice(units.length + 1), 0, added);
    if (behind !== undefined && behind !== before && dice(2) === 0) connect(behind, added, dice);
  },
  (units, at, dice) => {
    const inner = leaf('i0', dice);
    const added = { name: newName(units, dice), units: [inner, leaf('i1', dice)] } as Draft;
    const before = units[at];
    if (before !== undefined && dice(3) > 0) connect(added, before, dice);
    units.splice(dice(units.length + 1), 0, added);
  },
  (units, at) => {
    const [gone] = units.splice(at, 1);
    if (gone !== undefined) forget(units, gone.name);
  },
  (units, at, dice) => {
    const [from, to] = [units[at], units[dice(units.length)]];
    if (from !== undefined && to !== undefined) connect(from, to, dice);
  },
  (units, at, dice) => {
    const unit = units[at];
    const edges = unit === undefined ? [] : edgesOf(unit);
    if (unit === undefined || edges.length === 0) return;
    const rest = edges.toSpliced(dice(edges.length), 1);
    if (rest.length === 0) delete unit.after;
    else unit.after = dice(2) === 0 ? { all: rest } : { any: rest };
  },
  (units, at, dice) => {
    const unit = units[at];
    if (unit?.after === undefined) return;
    if (unit['recovery'] === undefined) unit['recovery'] = dice(2) === 0 || ['abnormal', 'unknown'];
    else delete unit['recovery'];
  },
  (units, at, dice) => {
    const unit = units[at];
    if (unit === undefined) return;
    if (unit['command'] !== undefined) unit['command'] = `true ${dice(3)}`;
    else if (unit['for_s'] !== undefined) unit['for_s'] = 30 + dice(3);
    else unit['title'] = `t${dice(3)}`;
  },
  (units, at) => {
    const unit = units[at];
    if (unit !== undefined) unit['hold'] = unit['hold'] !== true;
  },
  (units, at) => {
    const unit = units[at];
    delete unit?.after;
    delete unit?.['recovery'];
  },
  // Of another type, with its name and its place.
  (units, at, dice) => {
    const unit = units[at];
    if (unit === undefined) return;
    const other = leaf(unit.name, dice);
    units[at] = { ...other, ...(unit.after === undefined ? {} : { after: unit.after }) };
  },
  (units, at, dice) => {
    const unit = units[at];
    if (unit === undefined || unit.units !== undefined) return;
    const { name, after } = unit;
    units[at] = {
      name,
      units: [leaf('i0', dice), leaf('i1', dice)],
      ...(after === undefined ? {} : { after }),
    };
  },
  (units, at, dice) => {
    const [moved] = units.splice(at, 1);
    if (moved !== undefined) units.splice(dice(units.length + 1), 0, moved);
  },
];
