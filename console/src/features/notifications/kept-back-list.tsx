// What silences and inhibitions keep back at this moment, and will be told if it still stands when they end.
import { IconBellZ } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { eventTextIn } from '../../i18n/event-said.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';

type KeptBack = ListItem<'listKeptBack'>;
const refreshMs = 15_000;

export const KeptBackList = () => {
  const { t, i18n } = useTranslation();
  const { queries } = useBackend();
  const options = useMemo(() => ({ ...queries.keptBack(), refetchInterval: refreshMs }), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<KeptBack>([
        {
          id: 'priority',
          header: t('notify.match.priority'),
          cell: ({ event }) => <StatusBadge status={priorityStatus(event.priority)} plain />,
        },
        {
          id: 'at',
          header: t('notify.deliveries.created'),
          wide: true,
          cell: ({ event }) => <Instant at={event.at} />,
        },
        {
          id: 'event',
          header: t('notify.deliveries.event'),
          cell: ({ event }) => (
            <Link to="/events" search={{ event: event.id }} className="nz-break">
              {event.node === null ? '' : `${event.node}: `}
              {eventTextIn(event, i18n.language)}
            </Link>
          ),
        },
        {
          id: 'rule',
          header: t('notify.deliveries.rule'),
          wide: true,
          cell: ({ rule }) => rule,
        },
        {
          id: 'by',
          header: t('notify.deliveries.keptBy'),
          cell: ({ kind, by }) => t(`notify.kept.${kind}`, { by }),
        },
      ]),
    [t, i18n.language],
  );
  return (
    <QueryList
      options={options}
      empty={
        <EmptyState icon={<IconBellZ />} title={t('notify.kept.none')} text={t('notify.kept.noneText')} />
      }
    >
      {({ items, loadMore, footer }) => (
        <DataTable
          label={t('notify.deliveries.keptNow')}
          items={items}
          columns={columns}
          keyOf={({ rule, event }) => `${rule} ${event.id}`}
          onEndReached={loadMore}
          footer={footer}
        />
      )}
    </QueryList>
  );
};
