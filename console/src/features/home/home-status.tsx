// The status in one line of the overview: how much is the matter now, by priority; it leads to the status page.
import { Paper, Text } from '@mantine/core';
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { matterPriorities } from '../status/scope-status.ts';
import { PriorityCounts } from '../status/priority-counts.tsx';

export const HomeStatus = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('events.read');
  // No node by name: the counts alone.
  const { data } = useQuery({ ...queries.statusTree(0), enabled: may });
  if (!may) return null;
  const isWell =
    data !== undefined && matterPriorities.every((priority) => data.overall.counts[priority] === 0);
  return (
    <Paper
      withBorder
      p="sm"
      renderRoot={(props: object) => <Link to="/status" {...props} />}
      className="nz-tile nz-situation-strip"
      data-alarm={data !== undefined && data.overall.counts.critical > 0 ? true : undefined}
    >
      <Text size="sm" fw={600} component="span">
        {t('situation.home.title')}
      </Text>
      {data !== undefined &&
        (isWell ? (
          <Text size="sm" c="dimmed" component="span" className="nz-fine" data-good>
            <IconCircleCheck size={16} aria-hidden="true" /> {t('situation.home.nothing')}
          </Text>
        ) : (
          <PriorityCounts counts={data.overall.counts} priorities={matterPriorities} />
        ))}
      <Text size="sm" component="span" ml="auto">
        {t('situation.home.open')} <IconChevronRight size={14} aria-hidden="true" />
      </Text>
    </Paper>
  );
};
