// Users of SNMPv3 that may send traps: made, changed, deleted. Passwords are sealed and never shown.
import { Button, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { snmpAuthProtocols, snmpPrivProtocols } from '@nezuban/protocol/intake/orders';
import type { SnmpUserView } from '@nezuban/protocol/traps/snmp-names';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { Mark } from './mark.tsx';

const passwordLengthMin = 8;

export const SnmpUsers = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('traps.write');
  const { data, error, refetch } = useQuery(queries.snmpUsers());
  const [editing, setEditing] = useState<SnmpUserView | 'new' | null>(null);
  return (
    <Section
      title={t('traps.users.title')}
      text={t('traps.users.text')}
      actions={
        mayWrite && (
          <Button
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setEditing('new')}
          >
            {t('traps.users.new')}
          </Button>
        )
      }
    >
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('traps.users.none')}
        </Text>
      )}
      {data !== undefined && data.length > 0 && <UserTable users={data} onEdit={setEditing} />}
      <Modal
        opened={editing !== null}
        onClose={() => setEditing(null)}
        title={
          editing === null || editing === 'new'
            ? t('traps.users.new')
            : t('traps.users.change', { name: editing.name })
        }
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {editing !== null && (
          <UserForm user={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
        )}
      </Modal>
    </Section>
  );
};

type TableProps = {
  readonly users: readonly SnmpUserView[];
  readonly onEdit: (user: SnmpUserView) => void;
};

const keyOf = ({ name }: SnmpUserView) => name;

const UserTable = ({ users, onEdit }: TableProps) => {
  const { t } = useTranslation();
  const mayWrite = useMay('traps.write');
  const columns = useMemo(
    () =>
      defineColumns<SnmpUserView>([
        {
          id: 'name',
          header: t('traps.users.name'),
          cell: ({ name, secretsLost }) => (
            <>
              <strong>{name}</strong>{' '}
              {secretsLost && (
                <Mark tone="critical" title={t('traps.users.lostText')}>
                  {t('traps.users.lost')}
                </Mark>
              )}
            </>
          ),
        },
        { id: 'auth', header: t('traps.users.auth'), cell: ({ auth }) => protocolText(t, auth) },
        { id: 'priv', header: t('traps.users.priv'), cell: ({ priv }) => protocolText(t, priv) },
        {
          id: 'engine',
          header: t('traps.users.engine'),
          cell: ({ engineId }) => (
            <span className="nz-mono nz-break">{engineId ?? t('traps.users.anyEngine')}</span>
          ),
          wide: true,
        },
        {
          id: 'changed',
          header: t('traps.users.changed'),
          cell: ({ updatedAt, updatedBy }) => (
            <>
              <RelativeTime at={updatedAt} /> {updatedBy}
            </>
          ),
          wide: true,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('actions.edit')}</span>,
                cell: (user: SnmpUserView) => (
                  <Group gap={6} wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => onEdit(user)}
                      aria-label={t('traps.users.editOne', { name: user.name })}
                    >
                      {t('actions.edit')}
                    </Button>
                    <DeleteUser name={user.name} />
                  </Group>
                ),
              },
            ]
          : []),
      ]),
    [t, mayWrite, onEdit],
  );
  return (
    <DataTable
      label={t('traps.listOf', { title: t('traps.users.title') })}
      items={users}
      columns={columns}
      keyOf={keyOf}
    />
  );
};

const protocolText = (t: TFunction, protocol: string): string =>
  protocol === 'none' ? t('traps.users.noProtocol') : protocol.toUpperCase().replace(/^(SHA)(\d)/, '$1-$2');

const DeleteUser = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    const agreed = await confirm({
      title: t('traps.users.delete.title', { name }),
      text: t('traps.users.delete.text'),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      async () => {
        await api.call('deleteSnmpUser', { params: { name } });
        await client.invalidateQueries({ queryKey: ['snmpUsers'] });
      },
      t('traps.users.delete.done', { name }),
    );
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void remove()}
      aria-label={t('traps.users.delete.one', { name })}
    >
      {t('actions.delete')}
    </Button>
  );
};

type FormProps = { readonly user: SnmpUserView | null; readonly onClose: () => void };

const UserForm = ({ user, onClose }: FormProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? '');
  const [auth, setAuth] = useState<SnmpUserView['auth']>(user?.auth ?? 'sha256');
  const [priv, setPriv] = useState<SnmpUserView['priv']>(user?.priv ?? 'aes');
  const [authPassword, setAuthPassword] = useState('');
  const [privPassword, setPrivPassword] = useState('');
  const [engineId, setEngineId] = useState(user?.engineId ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const keepsAuth = user !== null && user.auth === auth && !user.secretsLost;
  const keepsPriv = user !== null && user.priv === priv && !user.secretsLost;
  const lacks = (password: string, protocol: string, keeps: boolean): boolean =>
    protocol !== 'none' && (password === '' ? !keeps : password.length < passwordLengthMin);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.call('putSnmpUser', {
        params: { name: name.trim() },
        body: {
          auth,
          priv: auth === 'none' ? 'none' : priv,
          ...(auth === 'none' || authPassword === '' ? {} : { auth_password: authPassword }),
          ...(auth === 'none' || priv === 'none' || privPassword === ''
            ? {}
            : { priv_password: privPassword }),
          ...(engineId.trim() === '' ? {} : { engine_id: engineId.trim() }),
        },
      });
      await client.invalidateQueries({ queryKey: ['snmpUsers'] });
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('traps.users.name')}
          description={t('traps.users.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={32}
          required
          withAsterisk={false}
          disabled={user !== null}
          data-autofocus
        />
        <Select
          label={t('traps.users.auth')}
          value={auth}
          onChange={(value) => value !== null && setAuth(value)}
          allowDeselect={false}
          data={snmpAuthProtocols.map((value) => ({ value, label: protocolText(t, value) }))}
        />
        {auth !== 'none' && (
          <PasswordInput
            label={t('traps.users.authPassword')}
            description={t(keepsAuth ? 'traps.users.keeps' : 'traps.users.passwordRule')}
            value={authPassword}
            onChange={(event) => setAuthPassword(event.currentTarget.value)}
            autoComplete="new-password"
            maxLength={255}
            visibilityToggleButtonProps={{ 'aria-label': t('traps.users.showPassword') }}
          />
        )}
        {auth !== 'none' && (
          <Select
            label={t('traps.users.priv')}
            value={priv}
            onChange={(value) => value !== null && setPriv(value)}
            allowDeselect={false}
            data={snmpPrivProtocols.map((value) => ({ value, label: protocolText(t, value) }))}
          />
        )}
        {auth !== 'none' && priv !== 'none' && (
          <PasswordInput
            label={t('traps.users.privPassword')}
            description={t(keepsPriv ? 'traps.users.keeps' : 'traps.users.passwordRule')}
            value={privPassword}
            onChange={(event) => setPrivPassword(event.currentTarget.value)}
            autoComplete="new-password"
            maxLength={255}
            visibilityToggleButtonProps={{ 'aria-label': t('traps.users.showPassword') }}
          />
        )}
        <TextInput
          label={t('traps.users.engine')}
          description={t('traps.users.engineHint')}
          classNames={{ input: 'nz-mono' }}
          value={engineId}
          onChange={(event) => setEngineId(event.currentTarget.value)}
          maxLength={64}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={
              name.trim() === '' ||
              lacks(authPassword, auth, keepsAuth) ||
              (auth !== 'none' && lacks(privPassword, priv, keepsPriv))
            }
          >
            {t('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
