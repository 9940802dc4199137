// One event at an address of its own: to be sent to a colleague, and with room for the chain and the trap.
import { Button } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../../api/api-problem.ts';
import { useBackend } from '../../app/backend.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { EventDetail } from './event-detail.tsx';

export const EventPage = () => {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/gate/events/$id' });
  const { queries } = useBackend();
  const number = Number(id);
  const isNumber = Number.isSafeInteger(number) && number > 0;
  const { data, error, refetch } = useQuery({ ...queries.event(number), enabled: isNumber });
  const isMissing = !isNumber || hasCode(error, 'not_found');
  const all = (
    <Button variant="default" renderRoot={(props: object) => <Link to="/events" {...props} />}>
      {t('event.back')}
    </Button>
  );
  return (
    <Page title={t('events.detail', { id })} actions={all}>
      {isMissing ? (
        <EmptyState icon={<IconBellOff />} title={t('event.missing', { id })} />
      ) : data !== undefined ? (
        <EventDetail event={data} />
      ) : error === null ? (
        <ListSkeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  );
};
