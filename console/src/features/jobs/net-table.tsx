// Job nets as rows. Sorted by anything but their name, all of them have to be here first: they are loaded page by page while the user
// already sees the first.
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable, type DataTableHandle } from '../../components/data-table.tsx';
import { ShortcutHelp } from '../../components/shortcut-help.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sessionStatus } from '../../components/status.ts';
import type { Sort } from '../../components/table-sort.ts';
import { RelativeTime } from '../../components/times.tsx';
import { useShortcuts } from '../../components/use-shortcuts.ts';
import { RunButton } from './run-dialog.tsx';
import { EditingBadge } from './editor/editing-badge.tsx';
import { NetFrozenBadge } from '../operations/frozen-badge.tsx';

const rowHeight = 52;

type Props = {
  readonly nets: readonly NetSummary[];
  /** What all of them have in common need not be said in each row. */
  readonly folder: string | undefined;
  /** There is less room for columns. */
  readonly besideFolders: boolean;
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
};

/** What needs somebody stands first. */
const ranks: Readonly<Record<string, number>> = {
  unknown: 0,
  abnormal: 1,
  warning: 2,
  stopped: 3,
  stopping: 3,
  running: 4,
  normal: 5,
};
const rankOf = ({ lastSession: last }: NetSummary): number =>
  last === null ? 9 : (ranks[last.state === 'ended' ? (last.endStatus ?? 'unknown') : last.state] ?? 8);

export const NetTable = (props: Props) => {
  const { nets, folder, besideFolders, onEndReached, footer, sort, onSort } = props;
  const { t } = useTranslation();
  const mayRun = useMay('nets.run');
  const table = useRef<DataTableHandle>(null);
  const [help, setHelp] = useState(false);
  const needsAll = sort !== null && !(sort.column === 'name' && !sort.descending);
  useEffect(() => {
    if (needsAll) onEndReached();
  }, [needsAll, onEndReached, nets]);
  const move = (by: number) =>
    nets.length > 0 &&
    table.current?.focusRow(Math.max(0, Math.min(nets.length - 1, table.current.focusedRow() + by)));
  const moveInList = (by: number) => (table.current?.focusedRow() ?? -1) >= 0 && move(by);
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => moveInList(1),
    ArrowUp: () => moveInList(-1),
    '/': () => document.querySelector<HTMLElement>('#nets-search')?.focus(),
    '?': () => setHelp(true),
  });
  const columns = useMemo(
    () =>
      defineColumns<NetSummary>([
        {
          id: 'name',
          header: t('nets.columns.name'),
          value: (net) => net.name,
          cell: (net) => {
            const name =
              folder === undefined || !net.name.startsWith(`${folder}/`)
                ? net.name
                : net.name.slice(folder.length + 1);
            return (
              <>
                <Anchor
                  size="sm"
                  fw={600}
                  className="nz-cut"
                  renderRoot={(rest: object) => (
                    <Link to="/net/$name" params={{ name: net.name }} data-row-main {...rest} />
                  )}
                >
                  {net.title ?? name}
                </Anchor>{' '}
                <NetFrozenBadge net={net.name} /> <EditingBadge net={net.name} />
                {net.title !== null && (
                  <Text size="xs" c="dimmed" className="nz-cut" title={net.name}>
                    {name}
                  </Text>
                )}
              </>
            );
          },
        },
        {
          id: 'last',
          header: t('nets.columns.last'),
          width: '11rem',
          value: rankOf,
          cell: (net) => <LastSession net={net} />,
        },
        {
          id: 'next',
          header: t('nets.columns.next'),
          width: '6.5rem',
          wide: true,
          // What never runs by itself stands last.
          value: (net) => net.nextRunAt ?? '9',
          cell: (net) => <RelativeTime at={net.nextRunAt} none={t('nets.noSchedule')} />,
        },
        ...(besideFolders
          ? []
          : [
              {
                id: 'schedules',
                header: t('nets.columns.schedules'),
                width: '11rem',
                wide: true,
                cell: (net: NetSummary) => (
                  <span className="nz-cut">
                    {net.schedules
                      .filter(({ enabled }) => enabled)
                      .map(({ rule }) => rule)
                      .join(' · ') || '–'}
                  </span>
                ),
              },
            ]),
        {
          id: 'units',
          header: t('nets.columns.units'),
          width: '5.5rem',
          wide: true,
          numeric: true,
          value: (net) => net.unitCount,
          cell: (net) => net.unitCount,
        },
        ...(mayRun
          ? [
              {
                id: 'run',
                header: <span className="nz-hidden">{t('run.open')}</span>,
                width: '6.8rem',
                wide: true,
                cell: (net: NetSummary) => <RunButton net={net.name} size="xs" compact />,
              },
            ]
          : []),
      ]),
    [t, folder, mayRun, besideFolders],
  );
  return (
    <>
      <DataTable
        handle={table}
        label={t('nets.title')}
        items={nets}
        columns={columns}
        keyOf={keyOfNet}
        onEndReached={onEndReached}
        footer={footer}
        sortable
        sort={sort}
        onSort={onSort}
        rowHeight={rowHeight}
      />
      <span className="nz-list-help">
        <ShortcutHelp
          opened={help}
          onOpen={() => setHelp(true)}
          onClose={() => setHelp(false)}
          keys={[
            [['j', '↓'], t('shortcuts.next')],
            [['k', '↑'], t('shortcuts.previous')],
            [['Enter'], t('shortcuts.openRow')],
            [['/'], t('shortcuts.search')],
            [['?'], t('shortcuts.help')],
          ]}
        />
      </span>
    </>
  );
};

const keyOfNet = (net: NetSummary) => net.name;

const LastSession = ({ net }: { readonly net: NetSummary }) => {
  const { t } = useTranslation();
  const last = net.lastSession;
  if (last === null)
    return (
      <Text size="sm" c="dimmed">
        {t('nets.neverRun')}
      </Text>
    );
  return (
    <Link to="/sessions/$id" params={{ id: String(last.id) }} className="nz-last-session">
      <StatusBadge status={sessionStatus(last.state, last.endStatus)} plain />
      <Text span size="xs" c="dimmed">
        <RelativeTime at={last.endedAt ?? last.createdAt} />
      </Text>
    </Link>
  );
};
