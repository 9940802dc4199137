// What an administrator does with a user: unlock, new password, disable and enable, delete. Each says before what it ends.
import { Button, Modal, Stack } from '@mantine/core';
import { IconKey, IconLockOpen, IconTrash, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrdersOutlook } from '@nezuban/protocol/access/outlook';
import type { UserView } from '@nezuban/protocol/access/views';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { useNow } from '../../components/ticker.tsx';
import { useAction } from '../../components/use-action.ts';
import { OneTimePassword } from './one-time-password.tsx';
import { OrderLists } from './order-outlook.tsx';
import { isLocked } from './user-state.tsx';

export const UserActions = ({ user }: { readonly user: UserView }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const now = useNow(user.lockedUntil !== null);
  const mayWrite = useMay('access.write');
  const { data: me } = useQuery(queries.me());
  const [password, setPassword] = useState<string | null>(null);
  if (!mayWrite) return null;
  const isMe = me?.user === user.name;
  const { name } = user;
  const changed = async (saved?: UserView) => {
    if (saved === undefined) await client.invalidateQueries({ queryKey: ['user', name] });
    else client.setQueryData(queries.user(name).queryKey, saved);
    for (const id of ['listUsers', 'listSignIns', 'listTokens'])
      await client.invalidateQueries({ queryKey: [id] });
  };

  const unlock = () =>
    run(
      async () => {
        await changed(await api.call('unlockUser', { params: { name } }));
      },
      t('admin.users.unlock.done', { user: name }),
    );

  const reset = async () => {
    const agreed = await confirm({
      title: t('admin.users.reset.title', { user: name }),
      text: t('admin.users.reset.text'),
      confirmLabel: t('admin.users.reset.action'),
      danger: true,
    });
    if (!agreed) return;
    await run(async () => {
      const answer = await api.call('resetUserPassword', { params: { name } });
      setPassword(answer.oneTimePassword);
      await changed();
    });
  };

  const setDisabled = async (disabled: boolean) => {
    const agreed =
      !disabled ||
      (await confirm({
        title: t('admin.users.disable.title', { user: name }),
        text: t('admin.users.disable.text', { signIns: user.signInCount, tokens: user.tokenCount }),
        confirmLabel: t('admin.users.disable.action'),
        danger: true,
      }));
    if (!agreed) return;
    await run(
      async () => {
        await changed(
          await api.call('updateUser', {
            params: { name },
            body: { title: user.title, roles: user.roles, disabled },
            ifMatch: etagOf(user.revision),
          }),
        );
      },
      t(disabled ? 'admin.users.disable.done' : 'admin.users.enable.done', { user: name }),
    );
  };

  const remove = async () => {
    let outlook: OrdersOutlook | undefined;
    const isKnown = await run(async () => {
      outlook = await client.fetchQuery(queries.accessOutlook({ kind: 'user', name, roles: null }));
    });
    if (!isKnown) return;
    const agreed = await confirm({
      title: t('admin.users.delete.title', { user: name }),
      text: (
        <Stack gap="sm">
          {t('admin.users.delete.text', { signIns: user.signInCount, tokens: user.tokenCount })}
          {outlook !== undefined && <OrderLists outlook={outlook} />}
        </Stack>
      ),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    const gone = await run(
      () => api.call('deleteUser', { params: { name } }),
      t('admin.users.delete.done', { user: name }),
    );
    if (!gone) return;
    await navigate({ to: '/access/$section', params: { section: 'users' }, ignoreBlocker: true });
    await client.invalidateQueries({ queryKey: ['listUsers'] });
  };

  return (
    <>
      {isLocked(user, now) && (
        <Button
          loading={busy}
          leftSection={<IconLockOpen size={15} aria-hidden="true" />}
          onClick={() => void unlock()}
        >
          {t('admin.users.unlock.action')}
        </Button>
      )}
      {!isMe && (
        <>
          <Button
            variant="default"
            loading={busy}
            leftSection={<IconKey size={15} aria-hidden="true" />}
            onClick={() => void reset()}
          >
            {t('admin.users.reset.action')}
          </Button>
          <Button
            variant="default"
            loading={busy}
            leftSection={
              user.disabled ? (
                <IconUserCheck size={15} aria-hidden="true" />
              ) : (
                <IconUserOff size={15} aria-hidden="true" />
              )
            }
            onClick={() => void setDisabled(!user.disabled)}
          >
            {t(user.disabled ? 'admin.users.enable.action' : 'admin.users.disable.action')}
          </Button>
          <Button
            variant="default"
            color="red"
            loading={busy}
            leftSection={<IconTrash size={15} aria-hidden="true" />}
            onClick={() => void remove()}
          >
            {t('actions.delete')}
          </Button>
        </>
      )}
      <Modal
        opened={password !== null}
        onClose={() => setPassword(null)}
        title={t('admin.users.reset.action')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {password !== null && (
          <OneTimePassword user={name} password={password} onClose={() => setPassword(null)} />
        )}
      </Modal>
    </>
  );
};
