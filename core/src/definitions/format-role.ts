// A role as canonical YAML, as exported and compared. Reading the text gives the same role again.
import type { RoleDefinition } from '@nezuban/protocol/access/role';
import { stringify } from 'yaml';

export function formatRole({ name, title, description, grants }: RoleDefinition): string {
  const plain = {
    kind: 'role',
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    grants: grants.map(({ effect, rights, folder, scope }) => ({
      // Allowing is what most grants do; it is left out as other defaults are.
      ...(effect === 'allow' ? {} : { effect }),
      rights,
      ...(folder === undefined ? {} : { folder }),
      ...(scope === undefined ? {} : { scope }),
    })),
  };
  return stringify(plain, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}
