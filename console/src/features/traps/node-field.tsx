// The name of a node: offered are those that fit what is typed, but any name may stand, as an alias may name what is not managed.
import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useBackend } from '../../app/backend.tsx';

const searchDelayMs = 250;
/** Of the first page: more do not help whoever types. */
const offeredMax = 50;

type Props = {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
};

export const NodeField = ({ label, description, value, onChange, disabled = false }: Props) => {
  const { queries } = useBackend();
  const [wanted] = useDebouncedValue(value.trim(), searchDelayMs);
  const { data } = useInfiniteQuery(queries.nodes(wanted === '' ? {} : { q: wanted }));
  const names = data?.pages[0]?.items.map(({ name }) => String(name)) ?? [];
  return (
    <Autocomplete
      label={label}
      description={description}
      value={value}
      onChange={onChange}
      data={names}
      limit={offeredMax}
      maxLength={100}
      maxDropdownHeight={240}
      disabled={disabled}
    />
  );
};
