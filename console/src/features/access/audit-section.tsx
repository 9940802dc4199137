// Who did what and when: searched, filtered, and exported as it is filtered.
import { Anchor, Button, Code, Group, Menu, TextInput } from '@mantine/core';
import { IconDownload, IconHistory } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { hrefOf } from '../../api/client.ts';
import type { AuditFilter, ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch, type AccessSearch } from '../../app/search.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { Instant } from '../../components/times.tsx';
import { fromLocalInput, toLocalInput } from './local-time.ts';

type AuditEntry = ListItem<'listAudit'>;
type Change = { readonly [Key in keyof AccessSearch]?: AccessSearch[Key] | undefined };

export const AuditSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const search = useSearch({ from: '/gate/access/$section' });
  const navigate = useNavigate({ from: '/access/$section' });
  const filter: AuditFilter = search;
  const options = useMemo(() => queries.audit(filter), [queries, filter]);
  const change = (next: Change) =>
    void navigate({ search: (before) => mergeSearch<AccessSearch>(before, next), replace: true });
  const filtered = Object.keys(search).length > 0;
  return (
    <div className="nz-section">
      <Group gap="sm" align="flex-end">
        <SearchField label={t('audit.search')} value={search.q} onSearch={(q) => change({ q })} />
        <TextInput
          type="datetime-local"
          label={t('audit.from')}
          value={toLocalInput(search.from)}
          onChange={(event) => change({ from: fromLocalInput(event.currentTarget.value) })}
        />
        <TextInput
          type="datetime-local"
          label={t('audit.to')}
          value={toLocalInput(search.to)}
          onChange={(event) => change({ to: fromLocalInput(event.currentTarget.value) })}
        />
        {(['actor', 'action', 'target'] as const).map(
          (key) =>
            search[key] !== undefined && (
              <Button
                key={key}
                size="compact-sm"
                variant="light"
                onClick={() => change({ [key]: undefined })}
                title={t('audit.drop')}
              >
                {t(`audit.columns.${key}`)}: {search[key]} ×
              </Button>
            ),
        )}
        <ExportMenu filter={filter} />
      </Group>
      <AuditTable options={options} filtered={filtered} onFilter={change} />
    </div>
  );
};

const ExportMenu = ({ filter }: { readonly filter: AuditFilter }) => {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" ml="auto" leftSection={<IconDownload size={15} aria-hidden="true" />}>
          {t('audit.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            href={hrefOf('exportAudit', { query: { ...filter, format } })}
            download={`audit.${format}`}
          >
            {t(`audit.exportAs.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};

type TableProps = {
  readonly options: ReturnType<ReturnType<typeof useBackend>['queries']['audit']>;
  readonly filtered: boolean;
  readonly onFilter: (change: Change) => void;
};

const AuditTable = ({ options, filtered, onFilter }: TableProps) => {
  const { t } = useTranslation();
  const columns = useMemo(() => {
    const only = (key: 'actor' | 'action' | 'target', value: string) => (
      <Anchor
        component="button"
        type="button"
        size="sm"
        ta="left"
        onClick={() => onFilter({ [key]: value })}
        title={t('audit.only', { what: t(`audit.columns.${key}`), value })}
      >
        {key === 'action' ? <Code>{value}</Code> : <span className="nz-break">{value}</span>}
      </Anchor>
    );
    return defineColumns<AuditEntry>([
      { id: 'at', header: t('audit.columns.at'), cell: (entry) => <Instant at={entry.at} /> },
      { id: 'actor', header: t('audit.columns.actor'), cell: (entry) => only('actor', entry.actor) },
      { id: 'action', header: t('audit.columns.action'), cell: (entry) => only('action', entry.action) },
      {
        id: 'target',
        header: t('audit.columns.target'),
        cell: (entry) => (entry.target === null ? '–' : only('target', entry.target)),
      },
      {
        id: 'details',
        header: t('audit.columns.details'),
        wide: true,
        cell: (entry) => (
          <span className="nz-break nz-mono">
            {Object.keys(entry.details).length === 0 ? '' : JSON.stringify(entry.details)}
          </span>
        ),
      },
      {
        id: 'address',
        header: t('audit.columns.address'),
        wide: true,
        cell: (entry) => entry.address ?? '–',
      },
    ]);
  }, [t, onFilter]);
  return (
    <QueryList
      options={options}
      empty={
        <EmptyState
          icon={<IconHistory />}
          title={t('audit.none.title')}
          text={filtered ? t('audit.none.filtered') : t('audit.none.text')}
        />
      }
    >
      {({ items, loadMore, footer }) => (
        <DataTable
          label={t('admin.audit.title')}
          items={items}
          columns={columns}
          keyOf={(entry) => String(entry.id)}
          onEndReached={loadMore}
          footer={footer}
        />
      )}
    </QueryList>
  );
};
