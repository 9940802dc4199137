// Picks roles by title.
import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useRoleTitles } from './role-titles.ts';

type Props = {
  readonly value: readonly string[];
  readonly onChange: (roles: readonly string[]) => void;
  readonly disabled?: boolean;
};

export const RolePicker = ({ value, onChange, disabled = false }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: roles = [] } = useQuery(queries.roles());
  const titleOf = useRoleTitles();
  const names = [...new Set([...roles.map(({ role }) => String(role.name)), ...value])];
  return (
    <MultiSelect
      label={t('admin.users.columns.roles')}
      description={t('admin.users.rolesHint')}
      placeholder={value.length === 0 ? t('admin.users.pickRoles') : ''}
      value={[...value]}
      onChange={onChange}
      data={names.map((name) => ({ value: name, label: titleOf(name) }))}
      searchable
      hidePickedOptions
      nothingFoundMessage={t('admin.roles.noSuchRole')}
      disabled={disabled}
    />
  );
};
