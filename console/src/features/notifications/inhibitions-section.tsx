// Inhibitions, each with the sentence that says what it does.
import { Stack, Text } from '@mantine/core';
import { IconBellMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { DeleteButton, EnabledSwitch } from './definition-actions.tsx';
import { inhibitionWords } from './inhibition-words.ts';
import { NewButton, SectionHead } from './section-head.tsx';
import { useWording } from './use-wording.ts';

type View = ListItem<'listInhibitions'>;

export const InhibitionsSection = () => {
  const { t } = useTranslation();
  const { queries, api } = useBackend();
  const wording = useWording();
  const mayWrite = useMay('notifications.write');
  const options = useMemo(() => queries.inhibitions(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<View>([
        {
          id: 'enabled',
          header: t('notify.field.enabled'),
          cell: ({ inhibition, revision }) => (
            <EnabledSwitch
              name={inhibition.name}
              enabled={inhibition.enabled}
              list="listInhibitions"
              write={(enabled) =>
                api.call('putInhibition', {
                  params: { name: inhibition.name },
                  body: { ...inhibition, enabled },
                  ifMatch: etagOf(revision),
                })
              }
            />
          ),
        },
        {
          id: 'name',
          header: t('notify.field.name'),
          cell: ({ inhibition }) => (
            <>
              <Link
                to="/notifications/edit/$kind/$name"
                params={{ kind: 'inhibition', name: inhibition.name }}
              >
                {inhibition.name}
              </Link>
              <Text size="xs" hiddenFrom="sm">
                {inhibitionWords(wording, inhibition)}
              </Text>
              {inhibition.title !== undefined && (
                <Text size="xs" c="dimmed">
                  {inhibition.title}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'words',
          header: t('notify.inhibitions.inWords'),
          wide: true,
          cell: ({ inhibition }) => <span className="nz-break">{inhibitionWords(wording, inhibition)}</span>,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('notify.field.actions')}</span>,
                cell: ({ inhibition, revision }: View) => (
                  <DeleteButton
                    operation="deleteInhibition"
                    list="listInhibitions"
                    name={inhibition.name}
                    revision={revision}
                    text={t('notify.inhibitions.deleteText')}
                  />
                ),
              },
            ]
          : []),
      ]),
    [t, wording, api, mayWrite],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <SectionHead text={t('notify.inhibitions.text')}>
        <NewButton kind="inhibition" label={t('notify.inhibitions.new')} />
      </SectionHead>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconBellMinus />}
            title={t('notify.inhibitions.none.title')}
            text={t('notify.inhibitions.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.inhibitions.title')}
            items={items}
            columns={columns}
            keyOf={({ inhibition }) => inhibition.name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </Stack>
  );
};
