// The pair on the overview: one line, only where there is a pair.
import { Anchor, Group, Paper, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pairPollMs } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { PairSummary } from './pair-summary.tsx';
import { redundancyStatus } from './pair-view.ts';

export const HomePair = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.pair(pairPollMs.frame));
  if (data === undefined || data.mode === 'single') return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('pair.home.title')}>
      <Group justify="space-between" mb={4}>
        <Group gap="sm">
          <Title order={2} size="h5">
            {t('pair.home.title')}
          </Title>
          <StatusBadge status={redundancyStatus(data)} />
        </Group>
        <Anchor size="sm" renderRoot={(props: object) => <Link to="/pair" {...props} />}>
          {t('pair.home.open')}
        </Anchor>
      </Group>
      <Text component="div" size="sm">
        <PairSummary status={data} />
      </Text>
    </Paper>
  );
};
