// Scopes as definitions of their kind, for export and compare. Reads the registry; what a change means is `scope-changes.ts`.
import type { ScopeDefinition } from '@nezuban/protocol/jobs/definition';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { ScopeRow } from './scope-store.ts';

export const createScopeDefinitions = (registry: Pick<NodeRegistry, 'scopes'>): DefinitionSource => ({
  kind: 'scope',
  hasFolders: false,
  mayRead: ({ permissions }, name) => permissions.onScope('nodes.read', name),
  list: ({ after, limit }) =>
    Promise.resolve(
      [...registry.scopes().values()]
        .filter(({ name }) => after === undefined || name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .slice(0, limit)
        .map(toDefinition),
    ),
  find: (name) => {
    const scope = registry.scopes().get(name);
    return Promise.resolve(scope === undefined ? null : toDefinition(scope));
  },
  // A scope is a set of nodes: in which order a file names them means nothing.
  applied: (definition) =>
    definition.kind === 'scope'
      ? {
          kind: 'scope',
          value: { ...definition.value, nodes: [...new Set(definition.value.nodes)].sort() },
        }
      : definition,
});

const toDefinition = ({ name, title, parent, nodes }: ScopeRow) => ({
  kind: 'scope' as const,
  value: {
    kind: 'scope',
    name,
    ...(title !== null && { title }),
    ...(parent !== null && { parent }),
    nodes: [...nodes].sort(),
  } satisfies ScopeDefinition,
});
