// Trap monitors: which listen to what, whether they are on, what they took, and what is odd about them.
import { Button, Group, Menu, Stack, Switch, Text } from '@mantine/core';
import { IconChevronDown, IconFilter, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapMonitorSummary } from '@nezuban/protocol/api/trap-monitor-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { Mark } from './mark.tsx';

const sources = ['syslog', 'snmp', 'custom'] as const;

export const MonitorsSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('traps.write');
  const { data, error, refetch } = useQuery(queries.trapMonitors());
  return (
    <Stack gap="md" className="nz-fill">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={720}>
          {t('traps.monitors.text')}
        </Text>
        {mayWrite && <NewMonitor />}
      </Group>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data?.length === 0 && (
        <EmptyState
          icon={<IconFilter />}
          title={t('traps.monitors.none.title')}
          text={t('traps.monitors.none.text')}
        />
      )}
      {data !== undefined && data.length > 0 && <MonitorTable monitors={data} />}
    </Stack>
  );
};

const NewMonitor = () => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          {t('traps.monitors.new')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('traps.monitors.listensTo')}</Menu.Label>
        {sources.map((source) => (
          <Menu.Item
            key={source}
            onClick={() => void navigate({ to: '/traps/new-monitor', search: { source } })}
          >
            {t(`traps.protocol.${source}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};

const keyOf = ({ name }: TrapMonitorSummary) => name;

const MonitorTable = ({ monitors }: { readonly monitors: readonly TrapMonitorSummary[] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const columns = useMemo(
    () =>
      defineColumns<TrapMonitorSummary>([
        {
          id: 'enabled',
          header: t('traps.monitors.enabled'),
          cell: (monitor) => <EnableMonitor monitor={monitor} />,
          value: ({ enabled }) => (enabled ? 0 : 1),
          width: '84px',
        },
        {
          id: 'name',
          header: t('traps.monitors.name'),
          cell: ({ name, title }) => (
            <>
              <Link to="/traps/monitor/$name" params={{ name }} data-row-main className="nz-trap-link">
                <strong>{name}</strong>
              </Link>
              {title !== null && (
                <Text size="xs" c="dimmed">
                  {title}
                </Text>
              )}
            </>
          ),
          value: ({ name }) => name,
        },
        {
          id: 'source',
          header: t('traps.monitors.source'),
          cell: ({ source }) => t(`traps.protocol.${source}`),
          value: ({ source }) => source,
          width: '100px',
        },
        {
          id: 'rules',
          header: t('traps.monitors.rules'),
          cell: ({ rules }) => format.number(rules),
          value: ({ rules }) => rules,
          numeric: true,
          wide: true,
          width: '84px',
        },
        {
          id: 'matched',
          header: t('traps.monitors.matched'),
          cell: ({ matched }) => format.number(matched),
          value: ({ matched }) => matched,
          numeric: true,
          wide: true,
          width: '110px',
        },
        {
          id: 'last',
          header: t('traps.monitors.last'),
          cell: ({ lastMatchedAt }) => <RelativeTime at={lastMatchedAt} none={t('traps.monitors.never')} />,
          value: ({ lastMatchedAt }) => lastMatchedAt ?? '',
          wide: true,
          width: '130px',
        },
        {
          id: 'hints',
          header: t('traps.monitors.hints'),
          cell: ({ hints }) =>
            hints === 0 ? '–' : <Mark tone="warning">{t('traps.monitors.hintCount', { count: hints })}</Mark>,
          value: ({ hints }) => hints,
          wide: true,
          width: '100px',
        },
      ]),
    [t, format],
  );
  return (
    <DataTable
      label={t('traps.section.monitors')}
      items={monitors}
      columns={columns}
      keyOf={keyOf}
      sortable
      onRowClick={({ name }) => void navigate({ to: '/traps/monitor/$name', params: { name } })}
    />
  );
};

const EnableMonitor = ({ monitor }: { readonly monitor: TrapMonitorSummary }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('traps.write');
  const { busy, run } = useAction();
  const { name, enabled } = monitor;
  return (
    <Switch
      size="xs"
      checked={enabled}
      disabled={!mayWrite || busy}
      aria-label={t('traps.monitors.enableOne', { name })}
      onChange={(event) => {
        const wanted = event.currentTarget.checked;
        void run(
          async () => {
            await api.call('enableTrapMonitor', { params: { name }, body: { enabled: wanted } });
            await client.invalidateQueries({ queryKey: ['listTrapMonitors'] });
            await client.invalidateQueries({ queryKey: ['trapMonitor', name] });
          },
          t(wanted ? 'traps.monitors.switchedOn' : 'traps.monitors.switchedOff', { name }),
        );
      }}
    />
  );
};
