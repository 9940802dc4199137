// Queues, locks and limits of nodes as definitions of their kinds, for export and compare. Reads memory.
import { limitKinds, type LimitKind } from '@nezuban/protocol/jobs/control/limit';
import type { Definition } from '@nezuban/core/definitions/parse-definition-value';
import type { DefinitionSource } from '../../definitions/definition-source.ts';
import type { LimitChanges } from './limit-changes.ts';
import type { StoredLimit } from './limit-store.ts';

export const createLimitDefinitions = (changes: Pick<LimitChanges, 'all' | 'find'>): DefinitionSource[] =>
  limitKinds.map((kind) => ({
    kind,
    hasFolders: false,
    mayRead: ({ permissions }, name) =>
      kind === 'node_limit' ? permissions.onNode('nodes.read', name) : permissions.holds('nets.read'),
    list: ({ after, limit }) =>
      Promise.resolve(
        changes
          .all()
          .filter(({ definition }) => definition.kind === kind)
          .filter(({ definition }) => after === undefined || definition.name > after)
          .slice(0, limit)
          .map((stored) => toDefinition(kind, stored)),
      ),
    find(name) {
      const stored = changes.find({ kind, name });
      return Promise.resolve(stored === null ? null : toDefinition(kind, stored));
    },
    applied: (definition) => definition,
  }));

const toDefinition = (kind: LimitKind, { definition }: StoredLimit): Definition =>
  ({ kind, value: definition }) as Definition;
