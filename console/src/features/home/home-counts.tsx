// The counts of the whole manager in one line of tiles.
import { Paper, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useFormat } from '../../components/use-format.ts';

export const HomeCounts = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const format = useFormat();
  const { data } = useQuery(queries.system());
  const counts = data?.counts;
  const tiles: readonly {
    to: '/sessions' | '/nodes' | '/events' | '/nets';
    label: string;
    value: string;
    alarm: boolean;
  }[] = [
    {
      to: '/sessions',
      label: t('home.counts.running'),
      value: counts === undefined ? '–' : format.number(counts.runningSessions),
      alarm: false,
    },
    {
      to: '/nodes',
      label: t('home.counts.agents'),
      value: counts === undefined ? '–' : `${counts.nodesConnected} / ${counts.nodes}`,
      alarm: counts !== undefined && counts.nodesConnected < counts.nodes,
    },
    {
      to: '/events',
      label: t('home.counts.critical'),
      value: counts === undefined ? '–' : format.number(counts.unconfirmedCritical),
      alarm: (counts?.unconfirmedCritical ?? 0) > 0,
    },
    {
      to: '/nets',
      label: t('home.counts.nets'),
      value: counts === undefined ? '–' : format.number(counts.nets),
      alarm: false,
    },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      {tiles.map(({ to, label, value, alarm }) => (
        <Paper
          key={label}
          withBorder
          p="sm"
          renderRoot={(props: object) => <Link to={to} {...props} />}
          className="nz-tile"
          data-alarm={alarm || undefined}
        >
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text size="xl" fw={700} className="nz-tabular">
            {value}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
};
