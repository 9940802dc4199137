// Traps as they came, the newest first: followed while the top is in view, standing while somebody reads further down.
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAntenna, IconArrowUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';
import type { Pages } from '../../api/live-patch.ts';
import { trapPollMs, type TrapsFilter } from '../../api/trap-queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch, type TrapsSearch } from '../../app/search.ts';
import { DataTable, type DataTableHandle } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { narrowTrapColumns, wideTrapColumns } from './trap-columns.tsx';
import { TrapDrawer } from './trap-drawer.tsx';
import { isAddress, TrapFilters, type TrapsChange } from './trap-filters.tsx';

const rowHeights = { wide: 36, narrow: 64 } as const;

const toFilter = (search: TrapsSearch): TrapsFilter => {
  const { q, node, address, protocol, matched, malformed, unknown, from, to } = search;
  return {
    ...(q === undefined ? {} : { q }),
    ...(node === undefined ? {} : { node }),
    ...(address === undefined || !isAddress(address) ? {} : { address }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(matched === undefined ? {} : { matched: matched === 'yes' }),
    ...(malformed === undefined ? {} : { malformed: true }),
    ...(unknown === undefined ? {} : { unknown: true }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
};

export const ReceivedSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as TrapsSearch;
  const wide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false });
  const table = useRef<DataTableHandle>(null);
  const [atTop, setAtTop] = useState(true);
  const { trap: opened } = search;
  const filterKey = JSON.stringify(toFilter(search));
  const follows = atTop && opened === undefined;
  const options = useMemo(
    () => ({
      ...queries.traps(JSON.parse(filterKey) as TrapsFilter),
      refetchInterval: follows ? trapPollMs : (false as const),
    }),
    [queries, filterKey, follows],
  );
  const { queryKey } = options;
  const setSearch = useCallback(
    (change: TrapsChange) =>
      void navigate({
        to: '/traps/$section',
        params: { section: 'received' },
        search: (before) => mergeSearch<TrapsSearch>(before, change),
        replace: true,
      }),
    [navigate],
  );
  const open = useCallback((trap: number | undefined) => setSearch({ trap }), [setSearch]);
  const onAtTop = (now: boolean) => {
    setAtTop(now);
    // The first page alone is followed: hundreds may have been loaded, and each would be loaded anew.
    if (now)
      client.setQueryData<Pages<TrapSummary>>(queryKey, (list) =>
        list === undefined || list.pages.length < 2
          ? list
          : { pages: list.pages.slice(0, 1), pageParams: list.pageParams.slice(0, 1) },
      );
  };
  const columns = useMemo(
    () => (wide ? wideTrapColumns(t, open) : narrowTrapColumns(t, open)),
    [wide, t, open],
  );
  const filtered = filterKey !== '{}';
  return (
    <div className="nz-trap-received">
      <TrapFilters filter={search} onChange={setSearch} />
      <QueryList
        options={options as never}
        empty={
          <EmptyState
            icon={<IconAntenna />}
            title={t(filtered ? 'traps.none.filtered' : 'traps.none.title')}
            text={t(filtered ? 'traps.none.filteredText' : 'traps.none.text')}
          >
            {filtered ? (
              <Button
                variant="default"
                onClick={() =>
                  void navigate({ to: '/traps/$section', params: { section: 'received' }, search: {} })
                }
              >
                {t('traps.filter.clear')}
              </Button>
            ) : (
              <Button
                renderRoot={(props: object) => (
                  <Link to="/traps/$section" params={{ section: 'receivers' }} {...props} />
                )}
              >
                {t('traps.none.toReceivers')}
              </Button>
            )}
          </EmptyState>
        }
      >
        {({ items, loadMore, footer }: TrapList) => (
          <div className="nz-live-list">
            {!atTop && (
              <Button
                size="xs"
                radius="xl"
                className="nz-newer"
                leftSection={<IconArrowUp size={14} aria-hidden="true" />}
                onClick={() => table.current?.toTop()}
              >
                {t('traps.toNewest')}
              </Button>
            )}
            <DataTable
              key={filterKey}
              handle={table}
              label={t('traps.section.received')}
              items={items}
              columns={columns}
              keyOf={keyOfTrap}
              onEndReached={loadMore}
              onRowClick={(trap) => open(trap.id)}
              selectedKey={opened === undefined ? null : String(opened)}
              rowHeight={wide ? rowHeights.wide : rowHeights.narrow}
              onAtTop={onAtTop}
              footer={footer}
            />
            <TrapDrawer
              id={opened}
              neighbours={neighboursOf(items, opened)}
              onOpen={open}
              onClose={() => open(undefined)}
            />
          </div>
        )}
      </QueryList>
    </div>
  );
};

type TrapList = {
  readonly items: readonly TrapSummary[];
  readonly loadMore: () => void;
  readonly footer: ReactNode;
};

const keyOfTrap = ({ id }: TrapSummary) => String(id);

const neighboursOf = (items: readonly TrapSummary[], opened: number | undefined) => {
  const at = opened === undefined ? -1 : items.findIndex(({ id }) => id === opened);
  return at < 0
    ? { next: undefined, previous: undefined }
    : { next: items[at + 1]?.id, previous: items[at - 1]?.id };
};
