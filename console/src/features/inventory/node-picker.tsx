// Picks nodes by name. Only those that fit the typed text are asked for: there may be ten thousand.
import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';

const searchDelayMs = 250;

type Props = {
  readonly label: string;
  readonly description?: string;
  readonly value: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
  readonly disabled?: boolean;
  readonly error?: string | undefined;
};

export const NodePicker = ({ label, description, value, onChange, disabled = false, error }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), searchDelayMs);
  const found = useInfiniteQuery(queries.nodes(wanted === '' ? {} : { q: wanted }));
  const names = found.data?.pages.flatMap((page) => page.items.map(({ name }) => String(name))) ?? [];
  return (
    <MultiSelect
      label={label}
      description={description}
      placeholder={value.length === 0 ? t('scopes.pickNodes') : ''}
      value={[...value]}
      onChange={onChange}
      data={[...new Set([...names, ...value])]}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options }) => options.filter((option) => 'value' in option && names.includes(option.value))}
      hidePickedOptions
      nothingFoundMessage={found.isFetching ? t('states.loading') : t('scopes.noSuchNode')}
      maxDropdownHeight={260}
      disabled={disabled}
      error={error}
      classNames={{ pillsList: 'nz-pills' }}
    />
  );
};
