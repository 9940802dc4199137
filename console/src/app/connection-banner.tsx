// Says when the screen may be out of date, since when, and when the next try is made.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { useFormat } from '../components/use-format.ts';
import { useNow } from '../components/ticker.tsx';
import { useBackend, useLiveState } from './backend.tsx';

/** A blink of the connection is not worth a word. */
const quietMs = 1500;

/** Of a pair another host may be master now, which is no restart. */
const isPair = (status: PairStatus | undefined): boolean => status?.mode === 'pair';

export const ConnectionBanner = () => {
  const { t } = useTranslation();
  const { live, client } = useBackend();
  const { phase, lostAt, retryAt } = useLiveState();
  const lost = phase === 'lost' && lostAt !== null;
  const now = useNow(lost);
  const format = useFormat();
  useEffect(
    () =>
      live.subscribe((notice) => {
        if (notice.kind === 'opened' && notice.restarted)
          notifications.show({
            message: isPair(client.getQueryData(['pair']))
              ? t('pair.reopened')
              : t('frame.restarted', { version: notice.version }),
            color: 'blue',
          });
      }),
    [live, client, t],
  );
  const shown = lost && now - lostAt >= quietMs;
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <Group className="nz-banner" gap="sm">
          <IconCloudOff size={18} aria-hidden="true" />
          <Text size="sm" fw={600}>
            {t('frame.connection.lost')}
          </Text>
          <Text size="sm" aria-hidden="true">
            {t('frame.connection.since', {
              duration: format.duration(now - lostAt),
              seconds: Math.max(0, Math.ceil(((retryAt ?? now) - now) / 1000)),
            })}
          </Text>
          <Button size="compact-xs" variant="white" color="dark" onClick={() => live.retryNow()}>
            {t('frame.connection.retry')}
          </Button>
        </Group>
      )}
    </div>
  );
};
