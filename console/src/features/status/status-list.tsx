// What is the matter now, the worst first: chosen, cleared by hand, taken up; each entry leads to the event that said it.
import { Button, Checkbox, Group, MultiSelect, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCircleCheck, IconSearch, IconUserCheck } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatusEntry } from '@nezuban/protocol/events/status';
import { eventTextIn } from '../../i18n/event-said.ts';
import { priorities } from '@nezuban/protocol/priority';
import { useBackend } from '../../app/backend.tsx';
import type { StatusSearch } from '../../app/search.ts';
import { useMay } from '../../app/use-may.ts';
import { defineColumns, type DataColumn } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList, type LoadedList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/times.tsx';
import { useFieldText } from '../../components/use-field-text.ts';
import { useFormat } from '../../components/use-format.ts';
import { matterPriorities } from './scope-status.ts';
import { useChangeStatus, type StatusAction } from './use-change-status.tsx';

export type StatusChange = { [Key in keyof StatusSearch]: StatusSearch[Key] | undefined };
type Props = { readonly search: StatusSearch; readonly onChange: (change: StatusChange) => void };

export const StatusList = ({ search, onChange }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const filter = {
    // What only informs is not the matter, until somebody asks for it.
    priority: search.priority ?? matterPriorities,
    ...(search.scope === undefined ? {} : { scope: search.scope }),
    ...(search.acknowledged === undefined ? {} : { acknowledged: search.acknowledged }),
    ...(search.q === undefined ? {} : { q: search.q }),
  };
  const filterKey = JSON.stringify(filter);
  // The key holds all of the filter.
  // oxlint-disable-next-line react/exhaustive-deps
  const options = useMemo(() => queries.status(filter), [queries, filterKey]);
  const isFiltered =
    search.priority !== undefined || search.acknowledged !== undefined || search.q !== undefined;
  return (
    <>
      <Filters search={search} onChange={onChange} />
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconCircleCheck />}
            title={t(isFiltered ? 'situation.noMatch.title' : 'situation.well.title')}
            text={t(isFiltered ? 'situation.noMatch.text' : 'situation.well.text')}
          >
            {isFiltered && (
              <Button
                variant="default"
                onClick={() => onChange({ priority: undefined, acknowledged: undefined, q: undefined })}
              >
                {t('situation.filter.clear')}
              </Button>
            )}
          </EmptyState>
        }
      >
        {(list) => <Entries key={filterKey} list={list} />}
      </QueryList>
    </>
  );
};

const Filters = ({ search, onChange }: Props) => {
  const { t } = useTranslation();
  const [text, changeText] = useFieldText(search.q, (q) => onChange({ q }));
  return (
    <Group gap="xs" role="search" aria-label={t('situation.filter.label')}>
      <TextInput
        type="search"
        aria-label={t('situation.filter.text')}
        placeholder={t('situation.filter.text')}
        value={text}
        onChange={(event) => changeText(event.currentTarget.value)}
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        w={{ base: '100%', xs: 240 }}
      />
      <MultiSelect
        aria-label={t('situation.filter.priority')}
        placeholder={search.priority === undefined ? t('situation.filter.priority') : ''}
        value={[...(search.priority ?? [])]}
        onChange={(value) => onChange({ priority: value.length === 0 ? undefined : value })}
        data={priorities.toReversed().map((value) => ({ value, label: t(`status.priority.${value}`) }))}
        clearable
        miw={150}
      />
      <SegmentedControl
        aria-label={t('situation.filter.acknowledged')}
        value={search.acknowledged ?? 'all'}
        onChange={(value) => onChange({ acknowledged: value === 'all' ? undefined : value })}
        data={(['all', 'no', 'yes'] as const).map((value) => ({
          value,
          label: t(`situation.filter.${value}`),
        }))}
        size="sm"
      />
    </Group>
  );
};

const rowHeights = { line: 38, twoLines: 54, card: 76 } as const;

const keyOfEntry = ({ node, monitor, key }: StatusEntry) => JSON.stringify([node, monitor, key]);

const Entries = ({ list }: { readonly list: LoadedList<StatusEntry> }) => {
  const { t, i18n } = useTranslation();
  const { items, loadMore, footer } = list;
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const widest = useMediaQuery('(min-width: 95em)', false, { getInitialValueInEffect: false });
  const mayChange = useMay('events.confirm');
  const navigate = useNavigate();
  const format = useFormat();
  const [selectedKeys, setSelectedKeys] = useState<ReadonlySet<string>>(new Set());
  const { busy, change } = useChangeStatus();
  // What is over is no longer selected.
  const selected = items.filter((entry) => selectedKeys.has(keyOfEntry(entry)));
  const open = (entry: StatusEntry) =>
    void navigate({ to: '/events/$id', params: { id: String(entry.eventId) } });
  const act = (action: StatusAction) =>
    void change(selected, action).then((done) => done && setSelectedKeys(new Set()));
  const input: ColumnsInput = {
    t,
    placeOf: (entry) => entry.node ?? t('situation.managerNode'),
    textOf: (entry) => eventTextIn(entry, i18n.language),
    number: format.number,
    onOpen: open,
  };
  const select = selectColumn({ t, items, selectedKeys, onChange: setSelectedKeys });
  const columns = defineColumns<StatusEntry>([
    ...(mayChange ? [select] : []),
    ...(widest ? widestColumns(input) : wide ? wideColumns(input) : [narrowColumn(input)]),
  ]);
  const isNone = selected.length === 0 || busy;
  return (
    <>
      {mayChange && (
        <Group gap="xs" role="toolbar" aria-label={t('situation.selection')} className="nz-selection">
          <Text size="sm" aria-live="polite">
            {t('situation.selected', { count: selected.length })}
          </Text>
          {(['acknowledge', 'unacknowledge', 'clear'] as const).map((action) => (
            <Button key={action} size="xs" variant="default" disabled={isNone} onClick={() => act(action)}>
              {t(`situation.${action}.action`)}
            </Button>
          ))}
        </Group>
      )}
      <div className="nz-live-list">
        <DataTable
          label={t('situation.views.list')}
          items={items}
          columns={columns}
          keyOf={keyOfEntry}
          onEndReached={loadMore}
          onRowClick={open}
          rowHeight={widest ? rowHeights.line : wide ? rowHeights.twoLines : rowHeights.card}
          footer={footer}
        />
      </div>
    </>
  );
};

type Selecting = {
  readonly t: TFunction;
  readonly items: readonly StatusEntry[];
  readonly selectedKeys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
};

const selectColumn = ({ t, items, selectedKeys, onChange }: Selecting): DataColumn<StatusEntry> => {
  const isAll = items.length > 0 && items.every((entry) => selectedKeys.has(keyOfEntry(entry)));
  return {
    id: 'select',
    width: '2.5rem',
    header: (
      <Checkbox
        size="xs"
        aria-label={t('situation.selectAll')}
        checked={isAll}
        indeterminate={!isAll && selectedKeys.size > 0}
        onChange={() => onChange(new Set(isAll ? [] : items.map(keyOfEntry)))}
      />
    ),
    cell: (entry) => {
      const key = keyOfEntry(entry);
      const place = [entry.node ?? t('situation.managerNode'), entry.monitor, entry.key]
        .filter((part) => part !== null)
        .join(' ');
      return (
        <input
          type="checkbox"
          className="nz-row-check"
          aria-label={t('situation.select', { place })}
          checked={selectedKeys.has(key)}
          onChange={() => {
            const after = new Set(selectedKeys);
            if (!after.delete(key)) after.add(key);
            onChange(after);
          }}
        />
      );
    },
  };
};

type ColumnsInput = {
  readonly t: TFunction;
  readonly placeOf: (entry: StatusEntry) => string;
  readonly textOf: (entry: StatusEntry) => string;
  readonly number: (value: number) => string;
  readonly onOpen: (entry: StatusEntry) => void;
};

const MessageButton = ({
  entry,
  onOpen,
  children,
}: {
  readonly entry: StatusEntry;
  readonly onOpen: (entry: StatusEntry) => void;
  readonly children: ReactNode;
}) => (
  <button type="button" className="nz-event-link" data-row-main onClick={() => onOpen(entry)}>
    {children}
  </button>
);

const TakenUp = ({ entry }: { readonly entry: StatusEntry }) =>
  entry.acknowledgedBy === null ? (
    <span>–</span>
  ) : (
    <span className="nz-cut nz-event-state" data-tone="active">
      <IconUserCheck size={14} aria-hidden="true" /> {entry.acknowledgedBy}
    </span>
  );

const Expiry = ({ entry, t }: { readonly entry: StatusEntry; readonly t: TFunction }) => {
  const format = useFormat();
  if (entry.expiredAt !== null)
    return <span>{t('situation.expired', { at: format.instant(entry.expiredAt) })}</span>;
  if (entry.expiresAt === null) return <span className="nz-row-small">{t('situation.untilCleared')}</span>;
  return <span>{t('situation.until', { at: format.instant(entry.expiresAt) })}</span>;
};

const priorityColumn = ({ t }: ColumnsInput): DataColumn<StatusEntry> => ({
  id: 'priority',
  width: '6.5rem',
  header: t('situation.columns.priority'),
  cell: (entry) => <StatusBadge status={priorityStatus(entry.priority)} plain />,
});
const nodeColumn = ({ t, placeOf }: ColumnsInput): DataColumn<StatusEntry> => ({
  id: 'node',
  width: '8.5rem',
  header: t('situation.columns.where'),
  cell: (entry) => (
    <span className="nz-cut" title={placeOf(entry)}>
      {placeOf(entry)}
    </span>
  ),
});
const sinceColumn = ({ t }: ColumnsInput): DataColumn<StatusEntry> => ({
  id: 'since',
  width: '6.5rem',
  header: t('situation.columns.since'),
  cell: (entry) => <RelativeTime at={entry.since} />,
});
const takenColumn = ({ t }: ColumnsInput): DataColumn<StatusEntry> => ({
  id: 'acknowledged',
  width: '6.5rem',
  header: t('situation.columns.acknowledged'),
  cell: (entry) => <TakenUp entry={entry} />,
});

/** Two lines: who says it, how often and until when stand below the message. */
const wideColumns = (input: ColumnsInput): DataColumn<StatusEntry>[] => {
  const { t, textOf, number, onOpen } = input;
  return [
    priorityColumn(input),
    nodeColumn(input),
    {
      id: 'message',
      header: t('situation.columns.message'),
      cell: (entry) => (
        <>
          <MessageButton entry={entry} onOpen={onOpen}>
            {textOf(entry)}
          </MessageButton>
          <Text size="xs" c="dimmed" component="div" className="nz-cut">
            {[entry.monitor, entry.key]
              .filter((part) => part !== null)
              .concat(entry.count > 1 ? [t('events.counted', { count: number(entry.count) as never })] : [])
              .map((part) => `${part} · `)}
            <Expiry entry={entry} t={t} />
          </Text>
        </>
      ),
    },
    sinceColumn(input),
    takenColumn(input),
  ];
};

const widestColumns = (input: ColumnsInput): DataColumn<StatusEntry>[] => {
  const { t, textOf, number, onOpen } = input;
  return [
    priorityColumn(input),
    nodeColumn(input),
    {
      id: 'monitor',
      width: '12rem',
      header: t('situation.columns.monitor'),
      cell: (entry) => (
        <span
          className="nz-cut"
          title={[entry.monitor, entry.key].filter((part) => part !== null).join(' · ')}
        >
          {entry.monitor ?? '–'}
          {entry.key !== null && (
            <Text span size="xs" c="dimmed">
              {' '}
              {entry.key}
            </Text>
          )}
        </span>
      ),
    },
    {
      id: 'message',
      header: t('situation.columns.message'),
      cell: (entry) => (
        <MessageButton entry={entry} onOpen={onOpen}>
          {textOf(entry)}
        </MessageButton>
      ),
    },
    sinceColumn(input),
    {
      id: 'count',
      width: '4.5rem',
      numeric: true,
      header: t('situation.columns.count'),
      cell: (entry) => number(entry.count),
    },
    {
      id: 'expiry',
      width: '10rem',
      header: t('situation.columns.expiry'),
      cell: (entry) => <Expiry entry={entry} t={t} />,
    },
    takenColumn(input),
  ];
};

const narrowColumn = ({ t, placeOf, textOf, onOpen }: ColumnsInput): DataColumn<StatusEntry> => ({
  id: 'message',
  header: t('situation.columns.message'),
  cell: (entry) => (
    <div className="nz-event-card">
      <div>
        <StatusBadge status={priorityStatus(entry.priority)} plain /> <span>{placeOf(entry)}</span>{' '}
        <RelativeTime at={entry.since} />
      </div>
      <MessageButton entry={entry} onOpen={onOpen}>
        {textOf(entry)}
      </MessageButton>
    </div>
  ),
});
