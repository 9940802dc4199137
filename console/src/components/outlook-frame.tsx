// Around the list of what a change would stop: shown beside the button that saves it, which waits until it has been shown.
// Responsible for asking once typing rests and for saying that it is looked at. Called by the forms of rules, users and roles.
import { Alert, List, Loader, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Of typing, before it is looked at. */
const restMs = 500;
/** Lines of one list; the sentence above says how many there are. */
const linesMax = 10;

/** The change to be looked at, once it has rested; null: there is none. `isRested`: it is the newest. */
export const useRested = <Change,>(change: Change | null) => {
  const text = change === null ? '' : JSON.stringify(change);
  const [rested] = useDebouncedValue(text, restMs);
  return {
    asked: rested === '' ? null : (JSON.parse(rested) as Change),
    isRested: rested === text,
  };
};

export const OutlookPending = () => {
  const { t } = useTranslation();
  return (
    <Text size="sm" component="div" role="status">
      <Loader size="xs" /> {t('outlook.pending')}
    </Text>
  );
};

type Props = {
  readonly color: 'orange' | 'gray';
  readonly title: string;
  readonly lines: readonly { readonly key: string; readonly text: ReactNode }[];
  /** Further ones that are not in the lines. */
  readonly more: number;
};

export const OutlookList = ({ color, title, lines, more }: Props) => {
  const { t } = useTranslation();
  const rest = more + Math.max(lines.length - linesMax, 0);
  return (
    <Alert color={color} icon={<IconInfoCircle aria-hidden="true" />} title={title} role="status" p="sm">
      <List size="sm" className="nz-break">
        {lines.slice(0, linesMax).map(({ key, text }) => (
          <List.Item key={key}>{text}</List.Item>
        ))}
      </List>
      {rest > 0 && <Text size="sm">{t('outlook.more', { count: rest })}</Text>}
    </Alert>
  );
};
