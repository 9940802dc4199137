// A field to search a list with: what is typed quickly is one search.
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';

const searchDelayMs = 250;

type Props = {
  readonly label: string;
  readonly value: string | undefined;
  readonly onSearch: (text: string | undefined) => void;
};

/** `undefined`: nothing is searched for. */
export const SearchField = ({ label, value, onSearch }: Props) => {
  const search = useDebouncedCallback(
    (text: string) => onSearch(text === '' ? undefined : text),
    searchDelayMs,
  );
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={value ?? ''}
      onChange={(event) => search(event.currentTarget.value.trim())}
      leftSection={<IconSearch size={15} aria-hidden="true" />}
      w={{ base: '100%', xs: 300 }}
    />
  );
};
