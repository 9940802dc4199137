// The numbers of a session's units: by them rows, attempts, works and mails know a unit, for as long as the session is kept.
// As a session begins they are the places of the units in its plan. Once it is given another definition (operate/take-definition.ts) they are not:
// a unit keeps its number wherever it stands from then on, a new one gets a number that no unit of the session has ever had, and that of a removed
// one is never given again. So an agent's report, however late, is always of the unit that it was of. Pure.
import type { NetPlan } from './net-plan.ts';

/** The numbers of all units in the order of the plan, without the root, as runs of consecutive ones. JSON: it is stored with the session. */
export type UnitNumbers = {
  /** The first that has never been given. */
  readonly next: number;
  readonly runs: readonly (readonly [first: number, count: number])[];
};

/** The index of the unit with this number; undefined: there is none (any more). */
export function indexOfNumber({ indexByNumber, units }: NetPlan, number: number): number | undefined {
  if (indexByNumber !== null) return indexByNumber.get(number);
  return number < units.length ? number : undefined;
}

/** The number of the unit with this path; undefined: there is none. */
export function numberOfPath({ indexByPath, units }: NetPlan, path: string): number | undefined {
  const index = indexByPath.get(path);
  return index === undefined ? undefined : units[index]?.number;
}

/** Above every number that the units of the plan have. */
export function numbersEnd({ numbers, units }: NetPlan): number {
  return numbers?.next ?? units.length;
}

/** The plan with these numbers, which were those of its units when they were stored. */
export function withNumbers(plan: NetPlan, numbers: UnitNumbers | null): NetPlan {
  if (numbers === null) return plan;
  const given = [
    0,
    ...numbers.runs.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at)),
  ];
  if (given.length !== plan.units.length)
    throw new Error(`${given.length} numbers are kept for a plan of ${plan.units.length} units`);
  return numbered(plan, given, numbers);
}

/** The plan that takes the place of `before`: a unit with the path of one of its units has that one's number. */
export function numberedLike(before: NetPlan, plan: NetPlan): NetPlan {
  let next = numbersEnd(before);
  const given = plan.units.map(({ path, index }) => {
    if (index === 0) return 0;
    const same = before.indexByPath.get(path);
    const number = same === undefined ? undefined : before.units[same]?.number;
    if (number !== undefined) return number;
    next += 1;
    return next - 1;
  });
  return numbered(plan, given, { next, runs: runsOf(given) });
}

function numbered(plan: NetPlan, given: readonly number[], numbers: UnitNumbers): NetPlan {
  return {
    ...plan,
    units: plan.units.map((unit, index) => ({ ...unit, number: given[index] ?? index })),
    numbers,
    indexByNumber: new Map(given.map((number, index) => [number, index])),
  };
}

function runsOf(given: readonly number[]): UnitNumbers['runs'] {
  const runs: [number, number][] = [];
  for (const number of given.slice(1)) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === number) last[1] += 1;
    else runs.push([number, 1]);
  }
  return runs;
}
