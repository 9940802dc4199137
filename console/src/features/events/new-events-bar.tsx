// The bar over the stream of events: how many wait while older ones are read, and the way to them. A storm changes this number, not the rows.
import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../components/use-format.ts';
import type { NewEvents } from './use-event-stream.ts';

export const NewEventsBar = ({
  waiting,
  onShow,
}: {
  readonly waiting: NewEvents;
  readonly onShow: () => void;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (waiting.kind === 'none') return null;
  const text =
    waiting.kind === 'counted'
      ? t('events.newer', { count: waiting.count })
      : waiting.about === null
        ? t('events.newerMany')
        : waiting.about === 0
          ? t('events.changed')
          : t('events.newerAbout', { count: format.number(waiting.about) as never });
  return (
    <Button
      size="xs"
      radius="xl"
      className="nz-newer"
      leftSection={<IconArrowUp size={14} aria-hidden="true" />}
      onClick={onShow}
    >
      {text}
    </Button>
  );
};
