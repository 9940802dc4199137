// The outbox of notifications: what was sent, what failed and why, and another try.
import { Button, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { deliveryStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

type Delivery = ListItem<'listDeliveries'>;
const filters = ['all', 'pending', 'sent', 'failed'] as const;

export const DeliveriesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [filter, setFilter] = useState<(typeof filters)[number]>('all');
  const options = useMemo(
    () => queries.deliveries(filter === 'all' ? {} : { state: [filter] }),
    [queries, filter],
  );
  const columns = useMemo(
    () =>
      defineColumns<Delivery>([
        {
          id: 'state',
          header: t('deliveries.columns.state'),
          cell: (delivery) => <StatusBadge status={deliveryStatus(delivery.state)} plain />,
        },
        {
          id: 'created',
          header: t('deliveries.columns.created'),
          cell: (delivery) => <Instant at={delivery.createdAt} />,
        },
        { id: 'rule', header: t('deliveries.columns.rule'), cell: (delivery) => delivery.rule },
        {
          id: 'event',
          header: t('deliveries.columns.event'),
          wide: true,
          cell: (delivery) => (
            <Link to="/events" search={{ event: delivery.eventId }}>
              {delivery.eventId}
            </Link>
          ),
        },
        {
          id: 'tries',
          header: t('deliveries.columns.tries'),
          wide: true,
          numeric: true,
          cell: (delivery) => delivery.tries,
        },
        {
          id: 'outcome',
          header: t('deliveries.columns.outcome'),
          wide: true,
          cell: (delivery) => (
            <span className="nz-break">
              {delivery.state === 'sent' ? <Instant at={delivery.sentAt} /> : (delivery.lastError ?? '')}
              {delivery.state === 'pending' && delivery.nextTryAt !== null && (
                <Text size="xs" c="dimmed">
                  {t('deliveries.nextTry')} <RelativeTime at={delivery.nextTryAt} />
                </Text>
              )}
            </span>
          ),
        },
        {
          id: 'retry',
          header: <span className="nz-hidden">{t('deliveries.retry')}</span>,
          cell: (delivery) => (delivery.state === 'failed' ? <RetryButton delivery={delivery} /> : null),
        },
      ]),
    [t],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <SegmentedControl
        size="xs"
        aria-label={t('deliveries.filter')}
        value={filter}
        onChange={(value) => setFilter(value)}
        data={filters.map((value) => ({
          value,
          label: value === 'all' ? t('deliveries.all') : t(`status.delivery.${value}`),
        }))}
        style={{ alignSelf: 'flex-start' }}
      />
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconMailOff />}
            title={t('deliveries.none.title')}
            text={t('deliveries.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('settings.deliveries.title')}
            items={items}
            columns={columns}
            keyOf={(delivery) => String(delivery.id)}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </Stack>
  );
};

const RetryButton = ({ delivery }: { readonly delivery: Delivery }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const retry = () =>
    run(async () => {
      await api.call('retryDelivery', { params: { id: delivery.id } });
      await client.invalidateQueries({ queryKey: ['listDeliveries'] });
    }, t('deliveries.retried'));
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void retry()}
      aria-label={t('deliveries.retryOne', { id: delivery.id })}
    >
      {t('deliveries.retry')}
    </Button>
  );
};
