// Trap monitors and aliases as definitions of their kinds, for export and compare. Reads memory; what a change means is
// `trap-definition-changes.ts`.
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { TrapDefinition, TrapDefinitionStore } from './trap-definition-store.ts';

export const createTrapDefinitionSource = <Value extends TrapDefinition>(
  store: Pick<TrapDefinitionStore<Value>, 'all'>,
  kind: Value['kind'],
  toDefinition: (value: Value) => Definition,
): DefinitionSource => ({
  kind,
  hasFolders: false,
  mayRead: ({ permissions }) => permissions.holds('traps.read'),
  list: ({ after, limit }) =>
    Promise.resolve(
      [...store.all().values()]
        .filter(({ value }) => after === undefined || value.name > after)
        .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
        .slice(0, limit)
        .map(({ value }) => toDefinition(value)),
    ),
  find(name) {
    const stored = store.all().get(name);
    return Promise.resolve(stored === undefined ? null : toDefinition(stored.value));
  },
  applied: (definition) => definition,
});
