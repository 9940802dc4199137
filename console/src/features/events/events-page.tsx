// Events, live: filtered by priority, words and confirmation; confirmed one by one or many at once.
import {
  Anchor,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  SegmentedControl,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBellOff, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { priorities } from '@nezuban/protocol/priority';
import { useBackend } from '../../app/backend.tsx';
import type { EventsSearch } from '../../app/search.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { ConfirmEventsDialog, type ConfirmRequest } from './confirm-dialog.tsx';
import { EventMessage } from './event-columns.tsx';
import { EventDrawer } from './event-drawer.tsx';

const searchDelayMs = 250;

export const EventsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/events' });
  const search = useSearch({ from: '/gate/events' });
  const { event: opened, ...filter } = search;
  const filterKey = JSON.stringify(filter);
  // The key holds all of the filter; the object itself is new with every navigation.
  // oxlint-disable-next-line react/exhaustive-deps
  const options = useMemo(() => queries.events(filter), [queries, filterKey]);
  const setSearch = (change: { [Key in keyof EventsSearch]: EventsSearch[Key] | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...change }) as never, replace: true });
  const searchText = useDebouncedCallback(
    (text: string) => setSearch({ q: text === '' ? undefined : text }),
    searchDelayMs,
  );
  const filtered = Object.keys(filter).length > 0;
  return (
    <Page title={t('events.title')} fill>
      <Group gap="sm">
        <TextInput
          type="search"
          aria-label={t('events.filter.text')}
          placeholder={t('events.filter.text')}
          defaultValue={filter.q ?? ''}
          onChange={(event) => searchText(event.currentTarget.value)}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          w={220}
        />
        <MultiSelect
          aria-label={t('events.filter.priority')}
          placeholder={filter.priority === undefined ? t('events.filter.priority') : ''}
          value={[...(filter.priority ?? [])]}
          onChange={(value) => setSearch({ priority: value.length === 0 ? undefined : value })}
          data={priorities.toReversed().map((value) => ({ value, label: t(`status.priority.${value}`) }))}
          clearable
          miw={170}
        />
        <SegmentedControl
          aria-label={t('events.filter.confirm')}
          value={filter.confirm ?? 'all'}
          onChange={(value) => setSearch({ confirm: value === 'all' ? undefined : value })}
          data={(['all', 'unconfirmed', 'confirmed'] as const).map((value) => ({
            value,
            label: t(`events.confirmState.${value}`),
          }))}
          size="xs"
        />
        {filter.session !== undefined && (
          <Button size="xs" variant="light" onClick={() => setSearch({ session: undefined })}>
            {t('events.ofSession', { id: filter.session })} ×
          </Button>
        )}
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconBellOff />}
            title={t(filtered ? 'events.none.filtered' : 'events.none.title')}
            text={t(filtered ? 'events.none.filteredText' : 'events.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <EventList
            events={items}
            onEndReached={loadMore}
            footer={footer}
            opened={opened}
            onOpen={(id) => setSearch({ event: id })}
          />
        )}
      </QueryList>
    </Page>
  );
};

type ListProps = {
  readonly events: readonly EventView[];
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
  readonly opened: number | undefined;
  readonly onOpen: (id: number | undefined) => void;
};

const EventList = ({ events, onEndReached, footer, opened, onOpen }: ListProps) => {
  const { t } = useTranslation();
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [request, setRequest] = useState<ConfirmRequest | null>(null);
  const chosen = events.filter(({ id }) => selected.has(id));
  const toggle = useCallback(
    (id: number) =>
      setSelected((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
    [],
  );
  const allChosen = events.length > 0 && chosen.length === events.length;
  const columns = useMemo(
    () =>
      defineColumns<EventView>([
        {
          id: 'select',
          width: '2.5rem',
          header: (
            <Checkbox
              size="xs"
              aria-label={t('events.selectAll')}
              checked={allChosen}
              indeterminate={!allChosen && chosen.length > 0}
              onChange={() => setSelected(new Set(allChosen ? [] : events.map(({ id }) => id)))}
            />
          ),
          cell: (event) => (
            <Checkbox
              size="xs"
              aria-label={t('events.select', { id: event.id })}
              checked={selected.has(event.id)}
              onChange={() => toggle(event.id)}
            />
          ),
        },
        {
          id: 'priority',
          header: t('events.columns.priority'),
          cell: (event) => <StatusBadge status={priorityStatus(event.priority)} plain />,
        },
        { id: 'at', header: t('events.columns.at'), cell: (event) => <Instant at={event.at} /> },
        {
          id: 'message',
          header: t('events.columns.message'),
          cell: (event) => (
            <Anchor
              component="button"
              type="button"
              size="sm"
              ta="left"
              className="nz-event-link"
              onClick={() => onOpen(event.id)}
            >
              <EventMessage event={event} />
            </Anchor>
          ),
        },
        { id: 'node', header: t('events.columns.node'), wide: true, cell: (event) => event.node ?? '–' },
        {
          id: 'confirm',
          header: t('events.columns.confirm'),
          wide: true,
          cell: (event) =>
            event.confirm === 'confirmed' ? (
              <Text size="xs">{t('events.confirmedBy', { user: event.confirmedBy ?? '' })}</Text>
            ) : (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setRequest({ ids: [event.id], confirmed: true })}
                aria-label={t('events.confirm.one', { id: event.id })}
              >
                {t('events.confirm.action')}
              </Button>
            ),
        },
      ]),
    [t, allChosen, chosen.length, events, selected, toggle, onOpen],
  );
  return (
    <>
      <Group gap="xs" className="nz-selection" role="toolbar" aria-label={t('events.selection')}>
        <Text size="sm" aria-live="polite">
          {t('events.selected', { count: chosen.length })}
        </Text>
        <Button
          size="xs"
          variant="default"
          disabled={chosen.length === 0}
          onClick={() => setRequest({ ids: chosen.map(({ id }) => id), confirmed: true })}
        >
          {t('events.confirm.action')}
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={chosen.length === 0}
          onClick={() => setRequest({ ids: chosen.map(({ id }) => id), confirmed: false })}
        >
          {t('events.unconfirm.action')}
        </Button>
      </Group>
      <DataTable
        label={t('events.title')}
        items={events}
        columns={columns}
        keyOf={(event) => String(event.id)}
        onEndReached={onEndReached}
        onRowClick={(event) => onOpen(event.id)}
        selectedKey={opened === undefined ? null : String(opened)}
        footer={footer}
      />
      <EventDrawer
        event={events.find(({ id }) => id === opened)}
        onClose={() => onOpen(undefined)}
        onConfirm={(event) => setRequest({ ids: [event.id], confirmed: event.confirm === 'unconfirmed' })}
      />
      <ConfirmEventsDialog
        request={request}
        onClose={(changed) => {
          setRequest(null);
          if (changed) setSelected(new Set());
        }}
      />
    </>
  );
};
