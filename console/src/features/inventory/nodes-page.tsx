// Nodes and their agents: which are connected, what runs on them, where they belong; adding.
import { Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconPlus, IconSearch, IconServerOff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch, type NodesSearch } from '../../app/search.ts';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { AddAgentDialog } from './add-agent-dialog.tsx';
import { InventoryPage } from './inventory-page.tsx';
import { Certificate, Connection } from './node-parts.tsx';
import { NodeFrozenBadge } from '../operations/frozen-badge.tsx';

export const NodesPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/nodes' });
  const { q, connection, scope } = useSearch({ from: '/gate/nodes' });
  const [adding, setAdding] = useState(false);
  const mayAdd = useMay('nodes.write');
  const filter = useMemo(
    () => ({
      ...(q === undefined ? {} : { q }),
      ...(connection === undefined ? {} : { connection: [connection] }),
      ...(scope === undefined ? {} : { scope }),
    }),
    [q, connection, scope],
  );
  const options = useMemo(() => queries.nodes(filter), [queries, filter]);
  const change = (next: { readonly [Key in keyof NodesSearch]?: NodesSearch[Key] | undefined }) =>
    void navigate({ search: (before) => mergeSearch<NodesSearch>(before, next), replace: true });
  const filtered = Object.keys(filter).length > 0;
  return (
    <InventoryPage
      tab="nodes"
      actions={
        mayAdd && (
          <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setAdding(true)}>
            {t('nodes.add')}
          </Button>
        )
      }
    >
      <Group gap="sm">
        <SearchField label={t('nodes.search')} value={q} onSearch={(text) => change({ q: text })} />
        <SegmentedControl
          size="xs"
          aria-label={t('nodes.columns.connection')}
          value={connection ?? 'all'}
          onChange={(value) => change({ connection: value === 'all' ? undefined : value })}
          data={[
            { value: 'all', label: t('nodes.any') },
            { value: 'connected', label: t('status.connection.connected') },
            { value: 'disconnected', label: t('status.connection.disconnected') },
          ]}
        />
        {scope !== undefined && (
          <Button size="compact-sm" variant="light" onClick={() => change({ scope: undefined })}>
            {t('nodes.withoutScope', { scope })}
          </Button>
        )}
      </Group>
      <QueryList
        options={options}
        empty={
          filtered ? (
            <EmptyState
              icon={<IconSearch />}
              title={t('nodes.none.filtered')}
              text={t('nodes.none.filteredText')}
            />
          ) : (
            <EmptyState icon={<IconServerOff />} title={t('nodes.none.title')} text={t('nodes.none.text')}>
              {mayAdd && <Button onClick={() => setAdding(true)}>{t('nodes.add')}</Button>}
            </EmptyState>
          )
        }
      >
        {({ items, loadMore, footer }) => <NodeTable nodes={items} onEndReached={loadMore} footer={footer} />}
      </QueryList>
      <AddAgentDialog opened={adding} onClose={() => setAdding(false)} />
    </InventoryPage>
  );
};

type TableProps = {
  readonly nodes: readonly NodeView[];
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
};

const NodeTable = ({ nodes, onEndReached, footer }: TableProps) => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const columns = useMemo(
    () =>
      defineColumns<NodeView>([
        {
          id: 'name',
          header: t('nodes.columns.name'),
          cell: (node) => (
            <>
              <Anchor
                size="sm"
                fw={600}
                renderRoot={(props: object) => (
                  <Link to="/nodes/$name" params={{ name: node.name }} {...props} />
                )}
              >
                {node.name}
              </Anchor>{' '}
              <NodeFrozenBadge node={node} />
              {node.hostname !== node.name && (
                <Text size="xs" c="dimmed">
                  {node.hostname}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'connection',
          header: t('nodes.columns.connection'),
          cell: (node) => <Connection node={node} />,
        },
        {
          id: 'running',
          header: t('nodes.columns.running'),
          numeric: true,
          cell: (node) => node.runningAttempts,
        },
        {
          id: 'scopes',
          header: t('nodes.columns.scopes'),
          wide: true,
          cell: (node) => node.scopes.join(', ') || '–',
        },
        { id: 'version', header: t('nodes.columns.version'), wide: true, cell: (node) => node.agentVersion },
        {
          id: 'address',
          header: t('nodes.columns.address'),
          wide: true,
          cell: (node) => node.address ?? '–',
        },
        {
          id: 'certificate',
          header: t('nodes.columns.certificate'),
          wide: true,
          cell: (node) => <Certificate node={node} />,
        },
        {
          id: 'seen',
          header: t('nodes.columns.seen'),
          wide: true,
          cell: (node) =>
            node.connection === 'connected' ? t('nodes.seenNow') : <RelativeTime at={node.lastSeenAt} />,
        },
      ]),
    [t],
  );
  return (
    <DataTable
      label={t('nodes.title')}
      items={nodes}
      columns={columns}
      keyOf={(node) => node.name}
      onEndReached={onEndReached}
      onRowClick={(node) => void navigate({ to: '/nodes/$name', params: { name: node.name } })}
      footer={footer}
    />
  );
};
