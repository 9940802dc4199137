// Maintenance windows as definitions of their kind, for export and compare. Reads memory; what a change means is `window-changes.ts`.
import { toPlace } from '@nezuban/protocol/operations/maintenance-window';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import { maySee } from './operate-rights.ts';
import type { OperationsMemory } from './operations-state.ts';
import type { StoredWindowRow } from './window-store.ts';

export const createWindowDefinitions = (memory: Pick<OperationsMemory, 'windows'>): DefinitionSource => ({
  kind: 'maintenance_window',
  hasFolders: false,
  mayRead(actor, name) {
    const row = memory.windows().get(name);
    return row === undefined || row.window.places.some((place) => maySee(actor, toPlace(place)));
  },
  list: ({ after, limit }) =>
    Promise.resolve(
      [...memory.windows().values()]
        .filter(({ window }) => after === undefined || window.name > after)
        .sort((a, b) => (a.window.name < b.window.name ? -1 : 1))
        .slice(0, limit)
        .map(toDefinition),
    ),
  find(name) {
    const row = memory.windows().get(name);
    return Promise.resolve(row === undefined ? null : toDefinition(row));
  },
  applied: (definition) => definition,
});

const toDefinition = ({ window }: StoredWindowRow) => ({
  kind: 'maintenance_window' as const,
  value: window,
});
