// The one sentence of the pair, and since when.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { standbyOf, summaryKey } from './pair-view.ts';

export const PairSummary = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  const { master } = status;
  const names = {
    master: master?.name ?? '',
    standby: standbyOf(status)?.name ?? t('pair.role.standby'),
  };
  return (
    <>
      {t(summaryKey(status), names)}
      {master !== null && master.since !== null && (
        <Text size="xs" c="dimmed">
          {t('pair.masterSince')} <Instant at={master.since} /> (<RelativeTime at={master.since} />)
        </Text>
      )}
    </>
  );
};
