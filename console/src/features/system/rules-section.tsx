// Notification rules: which events go out by mail or webhook; each can be tried at once.
import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBellPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OwnChannel } from '@nezuban/protocol/notifications/channel';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { RuleForm } from './rule-form.tsx';

export type RuleView = ListItem<'listRules'>;

export const RulesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  /** Null: closed. `new`: an empty form. */
  const [editing, setEditing] = useState<RuleView | 'new' | null>(null);
  const options = useMemo(() => queries.rules(), [queries]);
  const format = useFormat();
  const columns = useMemo(
    () =>
      defineColumns<RuleView>([
        {
          id: 'name',
          header: t('rules.columns.name'),
          cell: ({ rule }) => (
            <>
              {rule.name}{' '}
              {!rule.enabled && (
                <Badge size="sm" color="gray" variant="light" miw="max-content">
                  {t('rules.disabled')}
                </Badge>
              )}
            </>
          ),
        },
        {
          id: 'events',
          header: t('rules.columns.events'),
          wide: true,
          cell: ({ rule }) =>
            rule.priorities.length === 0
              ? t('rules.anyPriority')
              : format.list(rule.priorities.map((each) => t(`status.priority.${each}`))),
        },
        {
          id: 'channel',
          header: t('rules.columns.channel'),
          cell: ({ rule }) => (
            <span className="nz-break">
              {rule.channel !== undefined && (
                <>
                  {t(`rules.channel.${rule.channel.type}`)}: {receiverOf(rule.channel)}{' '}
                </>
              )}
              {[...(rule.channels ?? []), ...(rule.escalation === undefined ? [] : [rule.escalation])].join(
                ', ',
              )}
            </span>
          ),
        },
        {
          id: 'actions',
          header: <span className="nz-hidden">{t('rules.columns.actions')}</span>,
          cell: (view) => <RuleActions view={view} onEdit={() => setEditing(view)} />,
        },
      ]),
    [t, format],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('rules.text')}
        </Text>
        <Button onClick={() => setEditing('new')}>{t('rules.new')}</Button>
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState icon={<IconBellPlus />} title={t('rules.none.title')} text={t('rules.none.text')} />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('settings.notifications.title')}
            items={items}
            columns={columns}
            keyOf={({ rule }) => rule.name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        size="lg"
        title={
          editing === 'new' || editing === null
            ? t('rules.new')
            : t('rules.edit', { name: editing.rule.name })
        }
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {editing !== null && (
          <RuleForm view={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
        )}
      </Modal>
    </Stack>
  );
};

const RuleActions = ({ view, onEdit }: { readonly view: RuleView; readonly onEdit: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const { name } = view.rule;
  const test = () =>
    run(async () => {
      const { sent, error } = await api.call('testRule', { params: { name } });
      notifications.show(
        sent
          ? { message: t('rules.test.sent', { name }), color: 'green' }
          : {
              title: t('rules.test.failed', { name }),
              message: error ?? '',
              color: 'red',
              autoClose: 15_000,
            },
      );
    });
  const remove = async () => {
    if (
      !(await confirm({
        title: t('rules.delete.title', { name }),
        text: t('rules.delete.text'),
        confirmLabel: t('actions.delete'),
        danger: true,
      }))
    )
      return;
    await run(async () => {
      await api.call('deleteRule', { params: { name }, ifMatch: etagOf(view.revision) });
      await client.invalidateQueries({ queryKey: ['listRules'] });
    });
  };
  return (
    <Group gap={6}>
      <Button
        size="compact-xs"
        variant="default"
        loading={busy}
        onClick={() => void test()}
        aria-label={t('rules.test.one', { name })}
      >
        {t('rules.test.action')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={onEdit} aria-label={t('rules.edit', { name })}>
        {t('actions.edit')}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        color="red"
        onClick={() => void remove()}
        aria-label={t('rules.delete.one', { name })}
      >
        {t('actions.delete')}
      </Button>
    </Group>
  );
};

/** Where it goes, as far as that is no secret. */
const receiverOf = (channel: OwnChannel): string => {
  switch (channel.type) {
    case 'mail':
      return channel.to.join(', ');
    case 'webhook':
    case 'pagerduty':
      return channel.url;
    case 'syslog':
    case 'snmp_trap':
      return `${channel.host}:${channel.port}`;
    default:
      return '';
  }
};
