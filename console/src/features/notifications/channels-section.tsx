// Named channels: where each goes, who uses it, and whether it works.
import { Badge, Group, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelView } from '@nezuban/protocol/api/channel-operations';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { UsedBy } from './channel-editor.tsx';
import { KindName } from './channel-kinds.tsx';
import { DeleteButton, EnabledSwitch } from './definition-actions.tsx';
import { NewButton, SectionHead } from './section-head.tsx';
import { TestButton } from './test-button.tsx';

export const ChannelsSection = () => {
  const { t } = useTranslation();
  const { queries, api } = useBackend();
  const mayWrite = useMay('notifications.write');
  const options = useMemo(() => queries.channels(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<ChannelView>([
        {
          id: 'enabled',
          header: t('notify.field.enabled'),
          cell: ({ definition, revision }) => (
            <EnabledSwitch
              name={definition.name}
              enabled={definition.enabled}
              list="listChannels"
              write={(enabled) =>
                api.call('putChannel', {
                  params: { name: definition.name },
                  body: { ...definition, enabled },
                  ifMatch: etagOf(revision),
                })
              }
            />
          ),
        },
        {
          id: 'name',
          header: t('notify.field.name'),
          cell: ({ definition, goesTo, secretsLost }) => (
            <>
              <Link to="/notifications/edit/$kind/$name" params={{ kind: 'channel', name: definition.name }}>
                {definition.name}
              </Link>
              {definition.title !== undefined && (
                <Text size="xs" c="dimmed">
                  {definition.title}
                </Text>
              )}
              <Text size="xs" c="dimmed" hiddenFrom="sm" className="nz-break">
                {goesTo}
              </Text>
              {secretsLost && (
                <Badge size="sm" color="yellow" variant="light" miw="max-content">
                  {t('notify.channels.lost')}
                </Badge>
              )}
            </>
          ),
        },
        {
          id: 'kind',
          header: t('notify.channel.kind'),
          wide: true,
          cell: ({ definition }) => <KindName type={definition.channel.type} />,
        },
        {
          id: 'where',
          header: t('notify.channels.where'),
          wide: true,
          cell: ({ goesTo }) => <span className="nz-break">{goesTo}</span>,
        },
        {
          id: 'usedBy',
          header: t('notify.channels.usedBy'),
          wide: true,
          cell: (view) => <UsedBy view={view} />,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('notify.field.actions')}</span>,
                cell: ({ definition, revision }: ChannelView) => (
                  <Group gap={6} wrap="nowrap">
                    <TestButton operation="testChannel" name={definition.name} compact />
                    <DeleteButton
                      operation="deleteChannel"
                      list="listChannels"
                      name={definition.name}
                      revision={revision}
                      text={t('notify.channels.deleteText')}
                    />
                  </Group>
                ),
              },
            ]
          : []),
      ]),
    [t, api, mayWrite],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <SectionHead text={t('notify.channels.text')}>
        <NewButton kind="channel" label={t('notify.channels.new')} />
      </SectionHead>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconSend />}
            title={t('notify.channels.none.title')}
            text={t('notify.channels.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.channels.title')}
            items={items}
            columns={columns}
            keyOf={({ definition }) => definition.name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </Stack>
  );
};
