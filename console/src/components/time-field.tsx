// A moment as one end of a filter: left empty, the end is open. Called by the filters of events, traps and sessions.
import { TextInput } from '@mantine/core';

type TimeFieldProps = {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
};

/** The browser's own field, in its zone; the address holds the instant. */
export const TimeField = ({ label, value, onChange }: TimeFieldProps) => (
  <TextInput
    type="datetime-local"
    key={value ?? 'none'}
    label={label}
    defaultValue={value === undefined ? '' : toLocalField(value)}
    onBlur={(event) => {
      const text = event.currentTarget.value;
      const next = text === '' ? undefined : new Date(text).toISOString();
      if ((next ?? '').slice(0, 16) !== (value ?? '').slice(0, 16)) onChange(next);
    }}
    w={200}
  />
);

const toLocalField = (iso: string): string => {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
