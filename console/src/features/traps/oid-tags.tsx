// Names or numbers of SNMP traps: offered are notifications of the MIBs that hold what is typed; any OID may stand, with `*` for all below.
import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../app/backend.tsx';

const searchDelayMs = 250;
const lettersMin = 2;

type Props = {
  readonly label: string;
  readonly description: string;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  readonly isBad: boolean;
};

export const OidTags = ({ label, description, value, onChange, isBad }: Props) => {
  const { queries } = useBackend();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim().split('::').at(-1) ?? '', searchDelayMs);
  const { data } = useQuery({ ...queries.oidsFound(wanted), enabled: wanted.length >= lettersMin });
  const offered = (data ?? [])
    .filter(({ kind }) => kind === 'notification')
    .map(({ module, name }) => `${module}::${name}`);
  return (
    <TagsInput
      label={label}
      description={description}
      placeholder={value.length === 0 ? 'IF-MIB::linkDown' : ''}
      value={[...value]}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      data={wanted.length >= lettersMin ? [...new Set(offered)] : []}
      // What was found fits, by the judgement of the manager.
      filter={({ options }) => options}
      error={isBad}
    />
  );
};
