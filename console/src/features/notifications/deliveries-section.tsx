// The outbox: what was sent, waits, failed and may be tried again, was kept back and why. Filters stand in the address.
import { Button, Checkbox, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch } from '../../app/search.ts';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { deliveryStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { DeliveryDrawer, SuppressedBy } from './delivery-drawer.tsx';
import { KeptBackList } from './kept-back-list.tsx';
import { useChannelNames, useRuleNames } from './known-names.ts';
import { deliveryShows, type DeliveryShow, type NotificationsSearch } from './notifications-search.ts';
import { SectionHead } from './section-head.tsx';

const refreshMs = 15_000;
/** One by one: the API retries one or all that fit. */
const selectedMax = 200;

export const DeliveriesSection = () => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/gate/notifications/$section' });
  const rules = useRuleNames();
  const channels = useChannelNames();
  const show: DeliveryShow = search.state ?? 'all';
  const change = (next: {
    readonly [Key in keyof NotificationsSearch]?: NotificationsSearch[Key] | undefined;
  }) =>
    void navigate({
      to: '/notifications/$section',
      params: { section: 'deliveries' },
      search: mergeSearch<NotificationsSearch>(search, next),
      replace: true,
    });
  const withChosen = (names: readonly string[], chosen: string | undefined) => [
    ...new Set([...names, ...(chosen === undefined ? [] : [chosen])]),
  ];
  return (
    <Stack gap="md" className="nz-fill">
      <SectionHead text={t('notify.deliveries.text')} />
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('notify.deliveries.state')}
          value={show}
          onChange={(value) => {
            const next = deliveryShows.find((each) => each === value);
            change({ state: next === 'all' ? undefined : next });
          }}
          data={deliveryShows.map((value) => ({
            value,
            label:
              value === 'all'
                ? t('notify.deliveries.all')
                : value === 'kept'
                  ? t('notify.deliveries.keptNow')
                  : t(`status.delivery.${value}`),
          }))}
          className="nz-wrap-control"
        />
        {show !== 'kept' && (
          <>
            <Select
              size="xs"
              aria-label={t('notify.deliveries.rule')}
              placeholder={t('notify.deliveries.anyRule')}
              value={search.rule ?? null}
              onChange={(value) => change({ rule: value ?? undefined })}
              data={withChosen(rules, search.rule)}
              clearable
              searchable
              w={170}
            />
            <Select
              size="xs"
              aria-label={t('notify.deliveries.channel')}
              placeholder={t('notify.deliveries.anyChannel')}
              value={search.channel ?? null}
              onChange={(value) => change({ channel: value ?? undefined })}
              data={withChosen(channels, search.channel)}
              clearable
              searchable
              w={170}
            />
          </>
        )}
      </Group>
      {show === 'kept' ? <KeptBackList /> : <DeliveryList show={show} search={search} />}
    </Stack>
  );
};

type ListProps = {
  readonly show: Exclude<DeliveryShow, 'kept'>;
  readonly search: NotificationsSearch;
};

const DeliveryList = ({ show, search }: ListProps) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('notifications.write');
  const [opened, setOpened] = useState<DeliveryView | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const { rule, channel, event: eventId } = search;
  const options = useMemo(
    () => ({
      ...queries.deliveries({
        ...(show === 'all' ? {} : { state: [show] }),
        ...(rule === undefined ? {} : { rule }),
        ...(channel === undefined ? {} : { channel }),
        ...(eventId === undefined ? {} : { event: eventId }),
      }),
      refetchInterval: refreshMs,
    }),
    [queries, show, rule, channel, eventId],
  );
  const columns = useMemo(
    () =>
      defineColumns<DeliveryView>([
        ...(mayWrite
          ? [
              {
                id: 'select',
                header: <span className="nz-hidden">{t('notify.deliveries.select')}</span>,
                cell: ({ id, state }: DeliveryView) =>
                  state === 'failed' ? (
                    <Checkbox
                      size="xs"
                      checked={selected.has(id)}
                      aria-label={t('notify.deliveries.selectOne', { id })}
                      onClick={(event: { stopPropagation: () => void }) => event.stopPropagation()}
                      onChange={(event) => {
                        const isOn = event.currentTarget.checked;
                        setSelected((before) => {
                          const next = new Set(before);
                          if (!isOn) next.delete(id);
                          else if (next.size < selectedMax) next.add(id);
                          return next;
                        });
                      }}
                    />
                  ) : null,
              },
            ]
          : []),
        {
          id: 'state',
          header: t('notify.deliveries.state'),
          cell: (delivery) => (
            <>
              <StatusBadge status={deliveryStatus(delivery.state)} plain />
              {delivery.maybeRepeated === true && (
                <Text size="xs" c="dimmed">
                  {t('notify.deliveries.repeat')}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'created',
          header: t('notify.deliveries.created'),
          cell: (delivery) => (
            <button
              type="button"
              className="nz-link-button"
              onClick={(event) => {
                event.stopPropagation();
                setOpened(delivery);
              }}
            >
              <span className="nz-hidden">{t('notify.deliveries.show', { id: delivery.id })}</span>
              <Instant at={delivery.createdAt} />
            </button>
          ),
        },
        {
          id: 'rule',
          header: t('notify.deliveries.rule'),
          cell: (delivery) => <span className="nz-break">{delivery.rule}</span>,
        },
        {
          id: 'channel',
          header: t('notify.deliveries.channel'),
          wide: true,
          cell: (delivery) => <span className="nz-break">{delivery.target ?? delivery.channel}</span>,
        },
        {
          id: 'event',
          header: t('notify.deliveries.event'),
          wide: true,
          cell: (delivery) => (
            <Link
              to="/events"
              search={{ event: delivery.eventId }}
              onClick={(event) => event.stopPropagation()}
            >
              {delivery.eventId}
              {(delivery.eventCount ?? 1) > 1 &&
                ` ${t('notify.runs.andMore', { count: (delivery.eventCount ?? 1) - 1 })}`}
            </Link>
          ),
        },
        {
          id: 'outcome',
          header: t('notify.deliveries.outcome'),
          wide: true,
          cell: (delivery) => <Outcome delivery={delivery} />,
        },
      ]),
    [t, selected, mayWrite],
  );
  return (
    <>
      {mayWrite && (show === 'failed' || selected.size > 0) && (
        <RetryBar
          selected={selected}
          rule={rule ?? null}
          channel={channel ?? null}
          onDone={() => setSelected(new Set())}
        />
      )}
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconMailOff />}
            title={t(`notify.deliveries.none.${show === 'failed' ? 'failed' : 'title'}`)}
            text={t(`notify.deliveries.none.${show === 'failed' ? 'failedText' : 'text'}`)}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('notify.deliveries.title')}
            items={items}
            columns={columns}
            keyOf={({ id }) => String(id)}
            onRowClick={setOpened}
            selectedKey={opened === null ? null : String(opened.id)}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <DeliveryDrawer delivery={opened} onClose={() => setOpened(null)} />
    </>
  );
};

const Outcome = ({ delivery }: { readonly delivery: DeliveryView }) => {
  const { t } = useTranslation();
  const { state, sentAt, lastError, nextTryAt } = delivery;
  switch (state) {
    case 'sent':
      return <Instant at={sentAt} />;
    case 'suppressed':
      return <SuppressedBy delivery={delivery} />;
    default:
      return (
        <span className="nz-break">
          {lastError}
          {nextTryAt !== null && (
            <Text size="xs" c="dimmed">
              {t('notify.deliveries.nextTry')} <RelativeTime at={nextTryAt} />
            </Text>
          )}
        </span>
      );
  }
};

type RetryProps = {
  readonly selected: ReadonlySet<number>;
  readonly rule: string | null;
  readonly channel: string | null;
  readonly onDone: () => void;
};

const RetryBar = ({ selected, rule, channel, onDone }: RetryProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const done = async () => {
    onDone();
    await client.invalidateQueries({ queryKey: ['listDeliveries'] });
  };
  const retrySelected = async () => {
    const ids = [...selected];
    await run(
      async () => {
        for (const id of ids) await api.call('retryDelivery', { params: { id } });
      },
      t('notify.deliveries.retried', { count: ids.length }),
    );
    await done();
  };
  const retryAll = async () => {
    const agreed = await confirm({
      title: t('notify.deliveries.retryAll'),
      text:
        rule === null && channel === null
          ? t('notify.deliveries.retryAllText')
          : t('notify.deliveries.retryFitText', {
              what: [rule, channel].filter((each) => each !== null).join(t('notify.words.comma')),
            }),
      confirmLabel: t('notify.deliveries.retry'),
    });
    if (!agreed) return;
    await run(async () => {
      const { retried } = await api.call('retryDeliveries', {
        body: { rule, channel, from: null, to: null },
      });
      return retried;
    }, t('notify.deliveries.retriedAll'));
    await done();
  };
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={selected.size === 0}
        onClick={() => void retrySelected()}
      >
        {t('notify.deliveries.retrySelected', { count: selected.size })}
      </Button>
      <Button size="xs" variant="default" loading={busy} onClick={() => void retryAll()}>
        {t('notify.deliveries.retryAll')}
      </Button>
    </Group>
  );
};
