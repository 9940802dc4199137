// Where a definition lets something run on nodes, and as whom: its units with attempts, at any depth, each with the target that it has or inherits,
// who reads the files of a transfer, and watches of files in start conditions. Pure.
// Called by manager/src/jobs (run-as-guard.ts, rights-outlook/), which ask the rules of "run_as" about each.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { Target } from '@nezuban/protocol/jobs/units/unit-base';

export type RunsAs = Pick<AttemptUnit, 'user' | 'group'>;
export type PlacedRun = {
  readonly runs: RunsAs;
  /** Of the definition: `units[0].units[1]`. */
  readonly path: string;
  /** Path of the unit, or name of the start condition. */
  readonly name: string;
  readonly what: 'unit' | 'start_condition';
  /** Undefined: whoever refers to the net names it. */
  readonly target: Target | undefined;
};

export function placedRuns(definition: JobNetDefinition): PlacedRun[] {
  return [
    ...attemptsIn(definition.units, { path: 'units', within: '', target: definition.target }),
    ...watchesIn(definition),
  ];
}

/** Who reads the files of a transfer, and where. */
export function readerOf({ from, user }: FileTransferUnit): {
  readonly runs: RunsAs;
  readonly target: { readonly node: string };
} {
  return { runs: { user: from.user ?? user, group: from.group }, target: { node: from.node } };
}

/** Somebody looks there, too. */
function watchesIn({ start_conditions: conditions }: JobNetDefinition): PlacedRun[] {
  const key = conditions?.any === undefined ? 'all' : 'any';
  return (conditions?.[key] ?? []).flatMap((watcher, index): PlacedRun[] =>
    'files' in watcher
      ? [
          {
            runs: { user: watcher.files.user },
            path: `start_conditions.${key}[${index}].files`,
            name: watcher.name,
            what: 'start_condition',
            target: { node: watcher.files.node },
          },
        ]
      : [],
  );
}

type Around = { readonly path: string; readonly within: string; readonly target: Target | undefined };

function attemptsIn(units: readonly UnitDefinition[], { path, within, target }: Around): PlacedRun[] {
  return units.flatMap((unit, index): PlacedRun[] => {
    const at = `${path}[${index}]`;
    const name = `${within}${unit.name}`;
    if (unit.type === 'net')
      return attemptsIn(unit.units, {
        path: `${at}.units`,
        within: `${name}/`,
        target: unit.target ?? target,
      });
    if (!('kill_after_s' in unit)) return [];
    const own: PlacedRun = { runs: unit, path: at, name, what: 'unit', target: unit.target ?? target };
    return unit.type === 'file_transfer' ? [own, { ...own, ...readerOf(unit), path: `${at}.from` }] : [own];
  });
}
