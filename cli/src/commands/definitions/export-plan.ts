// Where each definition lies in a folder of files, and what an export writes there. Pure.
// What stands in a file already and means the same stays untouched, with its comments and its layout.
import type { DefinitionComparison, ExportedDefinition } from '@nezuban/protocol/api/definitions-operations';

/** Folder of each kind. A kind that a newer manager knows gets its own word. */
const folders: Readonly<Record<string, string>> = {
  jobnet: 'nets',
  scope: 'scopes',
  calendar: 'calendars',
  queue: 'queues',
  lock: 'locks',
  node_limit: 'node-limits',
  notification: 'notifications',
  role: 'roles',
  maintenance_window: 'maintenance-windows',
  trap_monitor: 'trap-monitors',
  trap_alias: 'trap-aliases',
};

/** Path below the folder of the export; folders of job nets are folders. Names hold neither `..` nor a leading point. */
export const pathOf = ({ kind, name }: Pick<ExportedDefinition, 'kind' | 'name'>): string =>
  `${folders[kind] ?? kind}/${name}.yaml`;

export type ExportStep =
  | { readonly do: 'write'; readonly path: string; readonly text: string; readonly isNew: boolean }
  | { readonly do: 'keep'; readonly path: string }
  /** The definition is gone; nothing else stands in the file. */
  | { readonly do: 'remove'; readonly path: string; readonly says: string }
  /** It stands with others in one file, which only a person can change. */
  | { readonly do: 'tell'; readonly path: string; readonly says: string };

/** `present`: what comparing the files that are there gave; their names are paths below the folder. */
export const planExport = (
  inForce: readonly ExportedDefinition[],
  present: readonly DefinitionComparison[],
): readonly ExportStep[] => {
  const documents = Map.groupBy(present, ({ file }) => file ?? '');
  const placeOf = new Map(present.map((comparison) => [`${comparison.kind} ${comparison.name}`, comparison]));
  const isAlone = (path: string): boolean => (documents.get(path)?.length ?? 0) <= 1;

  const steps = inForce.map((definition): ExportStep => {
    const there = placeOf.get(`${definition.kind} ${definition.name}`);
    const path = there?.file ?? pathOf(definition);
    if (there?.change === 'unchanged') return { do: 'keep', path };
    if (there !== undefined && !isAlone(path))
      return {
        do: 'tell',
        path,
        says: `${definition.kind} "${definition.name}" is another one now, and stands with others in this file`,
      };
    // Another definition may stand where this one would.
    if (there === undefined && documents.has(path))
      return {
        do: 'tell',
        path,
        says: `it holds something else, where ${definition.kind} "${definition.name}" would be written`,
      };
    return { do: 'write', path, text: definition.yaml, isNew: there === undefined };
  });
  const gone = present
    .filter(({ change }) => change === 'created')
    .map(({ kind, name, file }): ExportStep => {
      const path = file ?? '';
      const says = `${kind} "${name}" is not in force`;
      return isAlone(path) ? { do: 'remove', path, says } : { do: 'tell', path, says };
    });
  return [...steps, ...gone];
};
