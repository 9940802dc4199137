// Nodes and their agents: which are connected, what runs on them, whose certificate ends soon; adding and removing.
import { ActionIcon, Badge, Button, Text } from '@mantine/core';
import { IconPlus, IconServerOff, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { connectionStatus } from '../../components/status.ts';
import { useNow } from '../../components/ticker.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { AddAgentDialog } from './add-agent-dialog.tsx';

/** Certificates renew themselves; one that ends so soon has not. */
const certificateWarningMs = 7 * 86_400_000;

export const AgentsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [adding, setAdding] = useState(false);
  const options = useMemo(() => queries.nodes(), [queries]);
  const add = (
    <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setAdding(true)}>
      {t('agents.add')}
    </Button>
  );
  return (
    <Page title={t('agents.title')} fill actions={add}>
      <QueryList
        options={options}
        empty={
          <EmptyState icon={<IconServerOff />} title={t('agents.none.title')} text={t('agents.none.text')} />
        }
      >
        {({ items, loadMore, footer }) => <NodeTable nodes={items} onEndReached={loadMore} footer={footer} />}
      </QueryList>
      <AddAgentDialog opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
};

type TableProps = {
  readonly nodes: readonly NodeView[];
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
};

const NodeTable = ({ nodes, onEndReached, footer }: TableProps) => {
  const { t } = useTranslation();
  const columns = useMemo(
    () =>
      defineColumns<NodeView>([
        {
          id: 'name',
          header: t('agents.columns.name'),
          cell: (node) => (
            <>
              <Text size="sm" fw={600}>
                {node.name}
              </Text>
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
          header: t('agents.columns.connection'),
          cell: (node) => <Connection node={node} />,
        },
        {
          id: 'running',
          header: t('agents.columns.running'),
          numeric: true,
          cell: (node) => node.runningAttempts,
        },
        { id: 'platform', header: t('agents.columns.platform'), wide: true, cell: (node) => node.platform },
        { id: 'version', header: t('agents.columns.version'), wide: true, cell: (node) => node.agentVersion },
        {
          id: 'address',
          header: t('agents.columns.address'),
          wide: true,
          cell: (node) => node.address ?? '–',
        },
        {
          id: 'scopes',
          header: t('agents.columns.scopes'),
          wide: true,
          cell: (node) => node.scopes.join(', ') || '–',
        },
        {
          id: 'certificate',
          header: t('agents.columns.certificate'),
          wide: true,
          cell: (node) => <Certificate node={node} />,
        },
        {
          id: 'remove',
          header: <span className="nz-hidden">{t('agents.remove.action')}</span>,
          width: '3rem',
          cell: (node) => <RemoveButton node={node} />,
        },
      ]),
    [t],
  );
  return (
    <DataTable
      label={t('agents.title')}
      items={nodes}
      columns={columns}
      keyOf={(node) => node.name}
      onEndReached={onEndReached}
      footer={footer}
    />
  );
};

const Connection = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  return (
    <span className="nz-states">
      <StatusBadge status={connectionStatus(node.connection)} plain />
      {node.connection === 'disconnected' && node.lastSeenAt !== null && (
        <Text size="xs" c="dimmed" component="span">
          {t('agents.lastSeen')} <RelativeTime at={node.lastSeenAt} />
        </Text>
      )}
    </span>
  );
};

const Certificate = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const now = useNow(false);
  const soon = Date.parse(node.certificateExpiresAt) - now < certificateWarningMs;
  return (
    <>
      <Instant at={node.certificateExpiresAt} />{' '}
      {soon && (
        <Badge size="sm" color="yellow" variant="filled">
          {t('agents.certificateSoon')}
        </Badge>
      )}
    </>
  );
};

const RemoveButton = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    if (
      !(await confirm({
        title: t('agents.remove.title', { node: node.name }),
        text: t('agents.remove.text'),
        confirmLabel: t('agents.remove.action'),
        danger: true,
      }))
    )
      return;
    await run(
      async () => {
        await api.call('removeNode', { params: { name: node.name } });
        await client.invalidateQueries({ queryKey: ['listNodes'] });
      },
      t('agents.remove.done', { node: node.name }),
    );
  };
  const label = t('agents.remove.one', { node: node.name });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      loading={busy}
      onClick={() => void remove()}
      aria-label={label}
      title={label}
    >
      <IconTrash size={16} aria-hidden="true" />
    </ActionIcon>
  );
};
