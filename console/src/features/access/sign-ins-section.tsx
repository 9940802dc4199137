// Browsers that are signed in, and the end of one: the own ones, those of one user, or of all.
import { Badge, Button, Text } from '@mantine/core';
import { IconDeviceDesktop } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInView } from '@nezuban/protocol/access/views';
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
import { browserName } from './browser-name.ts';

const everybody: Owner = { all: true };

export const AllSignInsSection = () => {
  const { t } = useTranslation();
  return (
    <div className="nz-section">
      <Text size="sm" c="dimmed">
        {t('admin.sign-ins.text')}
      </Text>
      <SignInTable owner={everybody} />
    </div>
  );
};

export const SignInTable = ({ owner }: { readonly owner: Owner }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { user, all = false } = owner;
  const options = useMemo(
    () => queries.signIns({ ...(user === undefined ? {} : { user }), ...(all ? { all } : {}) }),
    [queries, user, all],
  );
  const columns = useMemo(
    () =>
      defineColumns<SignInView>([
        ...(all
          ? [
              {
                id: 'user',
                header: t('admin.sign-ins.columns.user'),
                cell: (signIn: SignInView) => <strong>{signIn.user}</strong>,
              },
            ]
          : []),
        {
          id: 'browser',
          header: t('admin.sign-ins.columns.browser'),
          cell: (signIn) => (
            <>
              <span title={signIn.userAgent ?? ''}>
                {signIn.userAgent === null ? '–' : browserName(signIn.userAgent)}
              </span>{' '}
              {signIn.current && (
                <Badge size="sm" variant="light" miw="max-content">
                  {t('admin.sign-ins.current')}
                </Badge>
              )}
            </>
          ),
        },
        {
          id: 'address',
          header: t('admin.sign-ins.columns.address'),
          cell: (signIn) => signIn.address ?? '–',
        },
        {
          id: 'seen',
          header: t('admin.sign-ins.columns.seen'),
          cell: (signIn) => <RelativeTime at={signIn.lastSeenAt} />,
        },
        {
          id: 'created',
          header: t('admin.sign-ins.columns.created'),
          wide: true,
          cell: (signIn) => <Instant at={signIn.createdAt} />,
        },
        {
          id: 'expires',
          header: t('admin.sign-ins.columns.expires'),
          wide: true,
          cell: (signIn) => <Instant at={signIn.expiresAt} />,
        },
        {
          id: 'revoke',
          header: <span className="nz-hidden">{t('admin.sign-ins.revoke')}</span>,
          cell: (signIn) => <RevokeSignIn signIn={signIn} own={user === undefined && !all} />,
        },
      ]),
    [t, all, user],
  );
  return (
    <QueryList
      options={options}
      empty={<EmptyState icon={<IconDeviceDesktop />} title={t('admin.sign-ins.none')} />}
    >
      {({ items, loadMore, footer }) => (
        <DataTable
          label={user === undefined ? t('admin.sign-ins.title') : t('admin.sign-ins.of', { user })}
          items={items}
          columns={columns}
          keyOf={(signIn) => String(signIn.id)}
          onEndReached={loadMore}
          footer={footer}
        />
      )}
    </QueryList>
  );
};

const RevokeSignIn = ({ signIn, own }: { readonly signIn: SignInView; readonly own: boolean }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const mayWrite = useMay('access.write');
  if (signIn.current || (!own && !mayWrite)) return null;
  const revoke = async () => {
    const agreed = await confirm({
      title: t('admin.sign-ins.revokeTitle', { user: signIn.user }),
      text: t('admin.sign-ins.revokeText', { address: signIn.address ?? '–' }),
      confirmLabel: t('admin.sign-ins.revoke'),
      danger: true,
    });
    if (!agreed) return;
    await run(async () => {
      await api.call('revokeSignIn', { params: { id: signIn.id } });
      await client.invalidateQueries({ queryKey: ['listSignIns'] });
    });
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void revoke()}
      aria-label={t('admin.sign-ins.revokeOne', { id: signIn.id, user: signIn.user })}
    >
      {t('admin.sign-ins.revoke')}
    </Button>
  );
};
