// Aliases of senders in the order in which they are tried, which is that of their names; made, changed and deleted here.
import { Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconId, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapAliasView } from '@nezuban/protocol/api/trap-monitor-operations';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { useAction } from '../../components/use-action.ts';
import { AliasDialog } from './alias-dialog.tsx';

type Numbered = TrapAliasView & { readonly number: number };

export const AliasesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('traps.write');
  const { data, error, refetch } = useQuery(queries.trapAliases());
  const [editing, setEditing] = useState<TrapAliasView | 'new' | null>(null);
  const newButton = mayWrite && (
    <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setEditing('new')}>
      {t('traps.aliases.new')}
    </Button>
  );
  // What was loaded anew behind an opened dialog reaches it: somebody else may have been faster.
  const shown =
    editing === null || editing === 'new'
      ? null
      : (data?.find(({ alias }) => alias.name === editing.alias.name) ?? editing);
  return (
    <Stack gap="md" className="nz-fill">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={720}>
          {t('traps.aliases.text')}
        </Text>
        {(data?.length ?? 0) > 0 && newButton}
      </Group>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data?.length === 0 && (
        <EmptyState
          icon={<IconId />}
          title={t('traps.aliases.none.title')}
          text={t('traps.aliases.none.text')}
        >
          {newButton}
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && <AliasTable aliases={data} onOpen={setEditing} />}
      {editing !== null && (
        <AliasDialog
          key={shown?.alias.name ?? 'new'}
          view={shown}
          prefill={null}
          onClose={() => setEditing(null)}
        />
      )}
    </Stack>
  );
};

type TableProps = {
  readonly aliases: readonly TrapAliasView[];
  readonly onOpen: (alias: TrapAliasView) => void;
};

const AliasTable = ({ aliases, onOpen }: TableProps) => {
  const { t } = useTranslation();
  const mayWrite = useMay('traps.write');
  const rows = useMemo(
    () => aliases.map((view, index): Numbered => ({ ...view, number: index + 1 })),
    [aliases],
  );
  const columns = useMemo(
    () =>
      defineColumns<Numbered>([
        {
          id: 'number',
          header: t('traps.aliases.order'),
          cell: ({ number }) => number,
          numeric: true,
          width: '64px',
        },
        {
          id: 'name',
          header: t('traps.aliases.name'),
          cell: (view) => (
            <UnstyledButton className="nz-link" data-row-main onClick={() => onOpen(view)}>
              {view.alias.name}
            </UnstyledButton>
          ),
        },
        {
          id: 'addresses',
          header: t('traps.aliases.addresses'),
          cell: ({ alias }) => (
            <span className="nz-mono nz-break">
              {alias.addresses.length === 0 ? t('traps.aliases.any') : alias.addresses.join(', ')}
            </span>
          ),
          wide: true,
        },
        {
          id: 'hosts',
          header: t('traps.aliases.hosts'),
          cell: ({ alias }) => (
            <span className="nz-break">
              {alias.hosts.length === 0 ? t('traps.aliases.any') : alias.hosts.join(', ')}
            </span>
          ),
          wide: true,
        },
        {
          id: 'node',
          header: t('traps.columns.node'),
          cell: ({ alias }) => (alias.node === 'claimed' ? t('traps.aliases.claimed') : alias.node),
        },
        ...(mayWrite
          ? [
              {
                id: 'delete',
                header: <span className="nz-hidden">{t('actions.delete')}</span>,
                cell: (view: Numbered) => <DeleteAlias view={view} />,
                width: '90px',
              },
            ]
          : []),
      ]),
    [t, mayWrite, onOpen],
  );
  return (
    <DataTable
      label={t('traps.section.aliases')}
      items={rows}
      columns={columns}
      keyOf={({ alias }) => alias.name}
      onRowClick={onOpen}
    />
  );
};

const DeleteAlias = ({ view }: { readonly view: TrapAliasView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const { name } = view.alias;
  const remove = async () => {
    const agreed = await confirm({
      title: t('traps.aliases.delete.title', { name }),
      text: t('traps.aliases.delete.text'),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      async () => {
        await api.call('deleteTrapAlias', { params: { name }, ifMatch: etagOf(view.revision) });
        await client.invalidateQueries({ queryKey: ['listTrapAliases'] });
      },
      t('traps.aliases.delete.done', { name }),
    );
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      leftSection={<IconTrash size={13} aria-hidden="true" />}
      onClick={() => void remove()}
      aria-label={t('traps.aliases.delete.one', { name })}
    >
      {t('actions.delete')}
    </Button>
  );
};
