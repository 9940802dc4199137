// Roles as definitions of their kind, for export and compare: those that people made. Reads the role book; what a change means is
// `role-changes.ts`.
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { RoleBook } from './role-book.ts';
import { toDefinition } from './role-store.ts';

export const createRoleDefinitions = (book: RoleBook): DefinitionSource => ({
  kind: 'role',
  hasFolders: false,
  mayRead: ({ permissions }) => permissions.holds('access.read'),
  list: ({ after, limit }) =>
    Promise.resolve(
      book
        .rows()
        .filter(({ name }) => after === undefined || name > after)
        .slice(0, limit)
        .map((row) => ({ kind: 'role', value: toDefinition(row) })),
    ),
  find(name) {
    const row = book.row(name);
    return Promise.resolve(row === undefined ? null : { kind: 'role', value: toDefinition(row) });
  },
  applied: (definition) => definition,
});
