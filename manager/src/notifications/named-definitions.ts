// Inhibitions and escalations as definitions of their kinds, for export and compare. Reads the copies in memory.
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { NamedStore } from './named-store.ts';

export const createNamedDefinitions = <Value>(
  store: Pick<NamedStore<Value>, 'kind' | 'all'>,
  toDefinition: (value: Value) => Definition,
): DefinitionSource => ({
  kind: store.kind,
  hasFolders: false,
  mayRead: ({ permissions }) => permissions.holds('notifications.read'),
  list: ({ after, limit }) =>
    Promise.resolve(
      [...store.all()]
        .filter(([name]) => after === undefined || name > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([, { value }]) => toDefinition(value)),
    ),
  find(name) {
    const stored = store.all().get(name);
    return Promise.resolve(stored === undefined ? null : toDefinition(stored.value));
  },
  applied: (definition) => definition,
});
