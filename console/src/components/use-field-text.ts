// The text of a field whose value stands in the address: what is typed quickly is sent once, and a change that comes from elsewhere (a
// button, "back") reaches the field without disturbing who types.
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

/** Letters typed quickly are one search, and the answer still feels immediate. */
const typingPauseMs = 100;

export const useFieldText = (
  value: string | undefined,
  send: (value: string | undefined) => void,
): readonly [text: string, change: (text: string) => void] => {
  const [text, setText] = useState(value ?? '');
  const [known, setKnown] = useState(value);
  if (value !== known) {
    setKnown(value);
    setText(value ?? '');
  }
  const sendSoon = useDebouncedCallback((next: string) => {
    const trimmed = next.trim();
    const given = trimmed === '' ? undefined : trimmed;
    setKnown(given);
    send(given);
  }, typingPauseMs);
  const change = (next: string) => {
    setText(next);
    sendSoon(next);
  };
  return [text, change];
};
