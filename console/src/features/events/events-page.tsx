// Events, live: narrowed down, confirmed one by one or many at once, exported.
import { Button, Menu } from '@mantine/core';
import { IconBellOff, IconDownload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import { eventStreamPageSize } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import type { EventsSearch } from '../../app/search.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { EventFilters, type EventsChange } from './event-filters.tsx';
import { EventList } from './event-list.tsx';
import { SavedFilters } from './saved-filters.tsx';

export const EventsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/events' });
  const search = useSearch({ from: '/gate/events' });
  const { event: opened, ...filter } = search;
  const filterKey = JSON.stringify(filter);
  // The key holds all of the filter; the object itself is new with every navigation.
  // oxlint-disable-next-line react/exhaustive-deps
  const options = useMemo(() => queries.events(filter, eventStreamPageSize), [queries, filterKey]);
  const setSearch = useCallback(
    (change: EventsChange) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as never, replace: true }),
    [navigate],
  );
  const open = useCallback((event: number | undefined) => setSearch({ event }), [setSearch]);
  const filtered = Object.keys(filter).length > 0;
  return (
    <Page title={t('events.title')} fill actions={<ExportMenu filter={filter} />}>
      <EventFilters filter={filter} onChange={setSearch} />
      <SavedFilters filter={filter} onApply={(next) => void navigate({ search: next, replace: true })} />
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconBellOff />}
            title={t(filtered ? 'events.none.filtered' : 'events.none.title')}
            text={t(filtered ? 'events.none.filteredText' : 'events.none.text')}
          >
            {filtered && (
              <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                {t('events.filter.clearAll')}
              </Button>
            )}
          </EmptyState>
        }
      >
        {({ items, loadMore, footer }) => (
          <EventList
            key={filterKey}
            filter={filter}
            listKey={options.queryKey}
            events={items}
            onEndReached={loadMore}
            footer={footer}
            opened={opened}
            onOpen={open}
          />
        )}
      </QueryList>
    </Page>
  );
};

const ExportMenu = ({ filter }: { readonly filter: EventsSearch }) => {
  const { t } = useTranslation();
  const href = (format: 'csv' | 'ndjson') => {
    const query = new URLSearchParams({ format });
    for (const [name, value] of Object.entries(filter))
      for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
    return `${apiPrefix}/events/export?${query.toString()}`;
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} aria-hidden="true" />}>
          {t('events.export.action')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('events.export.text')}</Menu.Label>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={href(format)} download={`events.${format}`}>
            {t(`events.export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
