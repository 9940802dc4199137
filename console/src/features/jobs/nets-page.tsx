// All job nets: what runs when, how the last run ended, and the button to run one.
import { Anchor, Button, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconCode, IconHierarchy3, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';
import { useBackend } from '../../app/backend.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sessionStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/times.tsx';
import { InstallSampleButton } from './install-sample.tsx';
import { RunButton } from './run-dialog.tsx';

/** Letters typed quickly are one search. */
const searchDelayMs = 250;

export const NetsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/nets' });
  const { q } = useSearch({ from: '/gate/nets' });
  const options = useMemo(() => queries.nets(q === undefined ? {} : { q }), [queries, q]);
  const search = useDebouncedCallback(
    (text: string) => void navigate({ search: text === '' ? {} : { q: text }, replace: true }),
    searchDelayMs,
  );
  return (
    <Page
      title={t('nets.title')}
      fill
      actions={
        <Button
          variant="default"
          leftSection={<IconCode size={15} aria-hidden="true" />}
          renderRoot={(props: object) => <Link to="/nets/new" {...props} />}
        >
          {t('nets.new')}
        </Button>
      }
    >
      <TextInput
        type="search"
        aria-label={t('nets.search')}
        placeholder={t('nets.search')}
        defaultValue={q ?? ''}
        onChange={(event) => search(event.currentTarget.value)}
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        maw={360}
      />
      <QueryList
        options={options}
        empty={
          q === undefined ? (
            <NoNets />
          ) : (
            <EmptyState
              icon={<IconSearch />}
              title={t('nets.none.filtered', { text: q })}
              text={t('nets.none.filteredText')}
            />
          )
        }
      >
        {({ items, loadMore, footer }) => <NetTable nets={items} onEndReached={loadMore} footer={footer} />}
      </QueryList>
    </Page>
  );
};

export const NoNets = () => {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<IconHierarchy3 />} title={t('nets.none.title')} text={t('nets.none.text')}>
      <Group>
        <InstallSampleButton />
        <Button variant="default" renderRoot={(props: object) => <Link to="/nets/new" {...props} />}>
          {t('nets.new')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t('nets.none.cli')}
      </Text>
      <CommandLine command="nezuban apply night-run.yaml" />
    </EmptyState>
  );
};

type TableProps = {
  readonly nets: readonly NetSummary[];
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
};

const NetTable = ({ nets, onEndReached, footer }: TableProps) => {
  const { t } = useTranslation();
  const columns = useMemo(
    () =>
      defineColumns<NetSummary>([
        {
          id: 'name',
          header: t('nets.columns.name'),
          cell: (net) => (
            <>
              <Anchor
                size="sm"
                fw={600}
                renderRoot={(props: object) => (
                  <Link to="/net/$name" params={{ name: net.name }} {...props} />
                )}
              >
                {net.title ?? net.name}
              </Anchor>
              {net.title !== null && (
                <Text size="xs" c="dimmed" className="nz-break">
                  {net.name}
                </Text>
              )}
            </>
          ),
        },
        { id: 'last', header: t('nets.columns.last'), cell: (net) => <LastSession net={net} /> },
        {
          id: 'next',
          header: t('nets.columns.next'),
          wide: true,
          cell: (net) => <RelativeTime at={net.nextRunAt} none={t('nets.noSchedule')} />,
        },
        {
          id: 'schedules',
          header: t('nets.columns.schedules'),
          wide: true,
          cell: (net) => (
            <span className="nz-break">
              {net.schedules
                .filter(({ enabled }) => enabled)
                .map(({ rule }) => rule)
                .join(' · ') || '–'}
            </span>
          ),
        },
        {
          id: 'units',
          header: t('nets.columns.units'),
          wide: true,
          numeric: true,
          cell: (net) => net.unitCount,
        },
        {
          id: 'run',
          header: <span className="nz-hidden">{t('run.open')}</span>,
          width: '7rem',
          cell: (net) => <RunButton net={net.name} size="xs" compact />,
        },
      ]),
    [t],
  );
  return (
    <DataTable
      label={t('nets.title')}
      items={nets}
      columns={columns}
      keyOf={(net) => net.name}
      onEndReached={onEndReached}
      footer={footer}
    />
  );
};

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
