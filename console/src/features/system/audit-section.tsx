// Who changed what and when.
import { Code, Group, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconHistory } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';

type AuditEntry = ListItem<'listAudit'>;

const searchDelayMs = 250;

export const AuditSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [actor, setActor] = useState('');
  const [action, setAction] = useState('');
  const [wantedActor] = useDebouncedValue(actor.trim(), searchDelayMs);
  const [wantedAction] = useDebouncedValue(action.trim(), searchDelayMs);
  const options = useMemo(
    () =>
      queries.audit({
        ...(wantedActor === '' ? {} : { actor: wantedActor }),
        ...(wantedAction === '' ? {} : { action: wantedAction }),
      }),
    [queries, wantedActor, wantedAction],
  );
  const columns = useMemo(
    () =>
      defineColumns<AuditEntry>([
        { id: 'at', header: t('audit.columns.at'), cell: (entry) => <Instant at={entry.at} /> },
        { id: 'actor', header: t('audit.columns.actor'), cell: (entry) => entry.actor },
        { id: 'action', header: t('audit.columns.action'), cell: (entry) => <Code>{entry.action}</Code> },
        {
          id: 'target',
          header: t('audit.columns.target'),
          cell: (entry) => <span className="nz-break">{entry.target ?? '–'}</span>,
        },
        {
          id: 'details',
          header: t('audit.columns.details'),
          wide: true,
          cell: (entry) => (
            <span className="nz-break nz-mono">
              {Object.keys(entry.details).length === 0 ? '' : JSON.stringify(entry.details)}
            </span>
          ),
        },
        {
          id: 'address',
          header: t('audit.columns.address'),
          wide: true,
          cell: (entry) => entry.address ?? '–',
        },
      ]),
    [t],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <Group gap="sm">
        <TextInput
          aria-label={t('audit.columns.actor')}
          placeholder={t('audit.columns.actor')}
          value={actor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
        <TextInput
          aria-label={t('audit.columns.action')}
          placeholder={t('audit.columns.action')}
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState icon={<IconHistory />} title={t('audit.none.title')} text={t('audit.none.text')} />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('settings.audit.title')}
            items={items}
            columns={columns}
            keyOf={(entry) => String(entry.id)}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </Stack>
  );
};
