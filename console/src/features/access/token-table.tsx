// API tokens and their end: the own ones, those of one user, or of all.
import { Button, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TokenView } from '@nezuban/protocol/access/views';
import type { Owner } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useRightText } from './right-text.ts';

export const TokenTable = ({ owner }: { readonly owner: Owner }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const textOf = useRightText();
  const { user, all = false } = owner;
  const own = user === undefined && !all;
  const options = useMemo(
    () => queries.tokens({ ...(user === undefined ? {} : { user }), ...(all ? { all } : {}) }),
    [queries, user, all],
  );
  const columns = useMemo(
    () =>
      defineColumns<TokenView>([
        ...(all
          ? [
              {
                id: 'user',
                header: t('admin.tokens.columns.user'),
                cell: (token: TokenView) => <strong>{token.user}</strong>,
              },
            ]
          : []),
        { id: 'name', header: t('admin.tokens.columns.name'), cell: (token) => token.name },
        {
          id: 'rights',
          header: t('admin.tokens.columns.rights'),
          wide: true,
          cell: (token) => (
            <>
              <Text size="sm" lineClamp={2}>
                {token.rights === null ? t('admin.tokens.allRights') : token.rights.map(textOf).join(', ')}
              </Text>
              {token.folder !== null && (
                <Text size="xs" c="dimmed">
                  {t('admin.grant.folder', { folder: token.folder })}
                </Text>
              )}
              {token.scope !== null && (
                <Text size="xs" c="dimmed">
                  {t('admin.grant.scope', { scope: token.scope })}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'expires',
          header: t('admin.tokens.columns.expires'),
          cell: (token) => <Instant at={token.expiresAt} none={t('admin.tokens.never')} />,
        },
        {
          id: 'used',
          header: t('admin.tokens.columns.used'),
          wide: true,
          cell: (token) => <RelativeTime at={token.lastUsedAt} none={t('admin.tokens.unused')} />,
        },
        {
          id: 'revoke',
          header: <span className="nz-hidden">{t('admin.tokens.revoke')}</span>,
          cell: (token) => <RevokeToken token={token} own={own} />,
        },
      ]),
    [t, textOf, all, own],
  );
  return (
    <QueryList
      options={options}
      empty={
        <EmptyState
          icon={<IconKey />}
          title={t('admin.tokens.none.title')}
          {...(own ? { text: t('admin.tokens.none.text') } : {})}
        />
      }
    >
      {({ items, loadMore, footer }) => (
        <DataTable
          label={user === undefined ? t('admin.tokens.title') : t('admin.tokens.of', { user })}
          items={items}
          columns={columns}
          keyOf={(token) => String(token.id)}
          onEndReached={loadMore}
          footer={footer}
        />
      )}
    </QueryList>
  );
};

const RevokeToken = ({ token, own }: { readonly token: TokenView; readonly own: boolean }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const mayWrite = useMay('access.write');
  if (!own && !mayWrite) return null;
  const revoke = async () => {
    const agreed = await confirm({
      title: t('admin.tokens.revokeTitle', { name: token.name }),
      text: t('admin.tokens.revokeText'),
      confirmLabel: t('admin.tokens.revoke'),
      danger: true,
    });
    if (!agreed) return;
    await run(async () => {
      await api.call('deleteToken', { params: { id: token.id } });
      await client.invalidateQueries({ queryKey: ['listTokens'] });
    });
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void revoke()}
      aria-label={t('admin.tokens.revokeOne', { name: token.name, user: token.user })}
    >
      {t('admin.tokens.revoke')}
    </Button>
  );
};
