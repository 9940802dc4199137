// Notification rules: which events each tells, whom, and when it last did.
import { Group, Stack, Text } from '@mantine/core';
import { IconBellPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
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
import { RelativeTime } from '../../components/times.tsx';
import { DeleteButton, EnabledSwitch } from './definition-actions.tsx';
import { matchWords, timesWords } from './match-words.ts';
import { NewButton, SectionHead } from './section-head.tsx';
import { TestButton } from './test-button.tsx';
import { useWording } from './use-wording.ts';

type RuleView = ListItem<'listRules'>;

export const RulesSection = () => {
  const { t } = useTranslation();
  const { queries, api } = useBackend();
  const wording = useWording();
  const mayWrite = useMay('notifications.write');
  const options = useMemo(() => queries.rules(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<RuleView>([
        {
          id: 'enabled',
          header: t('notify.field.enabled'),
          cell: ({ rule, revision }) => (
            <EnabledSwitch
              name={rule.name}
              enabled={rule.enabled}
              list="listRules"
              write={(enabled) =>
                api.call('putRule', {
                  params: { name: rule.name },
                  body: { ...rule, enabled },
                  ifMatch: etagOf(revision),
                })
              }
            />
          ),
        },
        {
          id: 'name',
          header: t('notify.field.name'),
          cell: ({ rule }) => (
            <>
              <Link to="/notifications/edit/$kind/$name" params={{ kind: 'rule', name: rule.name }}>
                {rule.name}
              </Link>
              <Text size="xs" c="dimmed" hiddenFrom="sm">
                {matchWords(wording, rule)}
              </Text>
            </>
          ),
        },
        {
          id: 'what',
          header: t('notify.rules.what'),
          wide: true,
          cell: ({ rule }) => (
            <span className="nz-break">
              {matchWords(wording, rule)}
              {rule.times !== undefined && (
                <Text size="xs" c="dimmed">
                  {timesWords(wording, rule.times)}
                </Text>
              )}
            </span>
          ),
        },
        {
          id: 'whom',
          header: t('notify.rules.whom'),
          wide: true,
          cell: ({ rule }) => <Receivers view={rule} />,
        },
        {
          id: 'told',
          header: t('notify.rules.lastTold'),
          wide: true,
          cell: ({ rule }) => <LastTold rule={rule.name} />,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('notify.field.actions')}</span>,
                cell: ({ rule, revision }: RuleView) => (
                  <Group gap={6} wrap="nowrap">
                    <TestButton operation="testRule" name={rule.name} compact />
                    <DeleteButton
                      operation="deleteRule"
                      list="listRules"
                      name={rule.name}
                      revision={revision}
                      text={t('notify.rules.deleteText')}
                    />
                  </Group>
                ),
              },
            ]
          : []),
      ]),
    [t, wording, api, mayWrite],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <SectionHead text={t('notify.rules.text')}>
        <NewButton kind="rule" label={t('notify.rules.new')} />
      </SectionHead>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconBellPlus />}
            title={t('notify.rules.none.title')}
            text={t('notify.rules.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.rules.title')}
            items={items}
            columns={columns}
            keyOf={({ rule }) => rule.name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
    </Stack>
  );
};

const Receivers = ({ view }: { readonly view: RuleView['rule'] }) => {
  const { t } = useTranslation();
  const { channel, channels = [], escalation } = view;
  const own =
    channel === undefined ? [] : [t('notify.rules.ownKind', { kind: t(`notify.kind.${channel.type}`) })];
  const chain = escalation === undefined ? [] : [t('notify.rules.chain', { name: escalation })];
  return <span className="nz-break">{[...channels, ...own, ...chain].join(t('notify.words.comma'))}</span>;
};

const LastTold = ({ rule }: { readonly rule: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.deliveries({ rule, state: ['sent'] }, 1));
  const last = data?.pages[0]?.items[0];
  if (data === undefined) return null;
  if (last === undefined) return <span>{t('notify.rules.never')}</span>;
  return (
    <Link to="/notifications/$section" params={{ section: 'deliveries' }} search={{ rule }}>
      <RelativeTime at={last.sentAt} />
    </Link>
  );
};
