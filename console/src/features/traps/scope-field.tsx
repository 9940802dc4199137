// A scope, or none: all of them are offered, by title. One that is named but not there stays, and is told by the manager's hints.
import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';

type Props = {
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (scope: string) => void;
};

export const ScopeField = ({ label, description, placeholder, value, onChange }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.scopes());
  const scopes = data?.pages.flatMap(({ items }) => items) ?? [];
  const known = scopes.map(({ name, title }) => ({ value: String(name), label: title ?? name }));
  return (
    <Select
      label={label}
      description={description}
      placeholder={placeholder}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      data={
        value === '' || known.some((each) => each.value === value)
          ? known
          : [...known, { value, label: value }]
      }
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('scopes.field.clearParent') }}
    />
  );
};
