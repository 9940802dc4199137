// All roles in memory, as last committed, and what they give together.
// Responsible for a request's permissions without a question to the database: the sign-in's row names the roles, their grants are here.
// The manager on duty is the only writer; changes come here after their commit. Synchronous.
import { createPermissions } from '@nezuban/core/access/permissions';
import type { Permissions } from '@nezuban/core/access/permissions';
import { builtinRoles } from '@nezuban/protocol/access/role';
import type { Grant, RoleDefinition } from '@nezuban/protocol/access/role';
import type { TokenLimits } from '@nezuban/protocol/access/views';
import type { ActorPermissions, ScopePlaces } from '../ports.ts';
import { accessLimits } from './access-limits.ts';
import { createActorPermissions } from './actor-permissions.ts';
import type { RoleRow } from './role-store.ts';

export type RoleBook = {
  load(rows: readonly RoleRow[]): void;
  put(row: RoleRow): void;
  remove(name: string): void;
  readonly rows: () => readonly RoleRow[];
  readonly row: (name: string) => RoleRow | undefined;
  readonly exists: (name: string) => boolean;
  readonly permissions: (roles: readonly string[], limits: TokenLimits | null) => ActorPermissions;
};
export type RoleChange = { readonly name: string; readonly grants: readonly Grant[] | null };

const builtinByName: ReadonlyMap<string, RoleDefinition> = new Map(
  builtinRoles.map((role) => [role.name, role]),
);

/** What roles give together, with one of them as it would be (null: gone); names that no role has give nothing. */
export const roleDecider =
  (rowOf: (name: string) => RoleRow | undefined) =>
  (roles: readonly string[], change?: RoleChange): Permissions =>
    createPermissions(
      roles.flatMap(
        (name) =>
          (change?.name === name ? change.grants : (builtinByName.get(name) ?? rowOf(name))?.grants) ?? [],
      ),
    );

export const createRoleBook = (places: () => ScopePlaces): RoleBook => {
  const rows = new Map<string, RoleRow>();
  const known = new Map<string, ActorPermissions>();

  const decide = roleDecider((name) => rows.get(name));

  return {
    load(all) {
      rows.clear();
      known.clear();
      for (const row of all) rows.set(row.name, row);
    },
    put(row) {
      rows.set(row.name, row);
      known.clear();
    },
    remove(name) {
      rows.delete(name);
      known.clear();
    },
    rows: () => [...rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    row: (name) => rows.get(name),
    exists: (name) => builtinByName.has(name) || rows.has(name),
    permissions(roles, limits) {
      const key = JSON.stringify([roles, limits]);
      const before = known.get(key);
      if (before !== undefined) return before;
      const made = createActorPermissions(createPermissions(decide(roles).grants, limits), places);
      // Few combinations are in use; who makes thousands of tokens only makes this work again.
      if (known.size >= accessLimits.permissionsKeptMax) known.clear();
      known.set(key, made);
      return made;
    },
  };
};
