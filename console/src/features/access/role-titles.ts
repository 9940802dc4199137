// How a role is called: its own title; the built-in ones in the user's language.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { builtinRoleNames } from '@nezuban/protocol/access/role';
import { useBackend } from '../../app/backend.tsx';

type BuiltinName = 'administrator' | 'operator' | 'editor' | 'viewer' | 'auditor';

export const isBuiltinName = (name: string): name is BuiltinName => builtinRoleNames.has(name);

export const useRoleTitles = (): ((name: string) => string) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: roles } = useQuery(queries.roles());
  return useCallback(
    (name) =>
      isBuiltinName(name)
        ? t(`admin.builtin.${name}.title`)
        : (roles?.find(({ role }) => role.name === name)?.role.title ?? name),
    [t, roles],
  );
};
