// API tokens: made, shown once, revoked.
import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import type { ListItem } from '../../api/queries.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

type Token = ListItem<'listTokens'>;

export const TokensSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [making, setMaking] = useState(false);
  const options = useMemo(() => queries.tokens(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<Token>([
        { id: 'name', header: t('settings.tokens.columns.name'), cell: (token) => token.name },
        {
          id: 'created',
          header: t('settings.tokens.columns.created'),
          wide: true,
          cell: (token) => <Instant at={token.createdAt} />,
        },
        {
          id: 'expires',
          header: t('settings.tokens.columns.expires'),
          cell: (token) => <Instant at={token.expiresAt} none={t('settings.tokens.never')} />,
        },
        {
          id: 'used',
          header: t('settings.tokens.columns.used'),
          wide: true,
          cell: (token) => <RelativeTime at={token.lastUsedAt} none={t('settings.tokens.unused')} />,
        },
        {
          id: 'revoke',
          header: <span className="nz-hidden">{t('settings.tokens.revoke')}</span>,
          cell: (token) => <RevokeButton token={token} />,
        },
      ]),
    [t],
  );
  return (
    <Stack gap="md" className="nz-fill">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('settings.tokens.text')}
        </Text>
        <Button onClick={() => setMaking(true)}>{t('settings.tokens.make')}</Button>
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconKey />}
            title={t('settings.tokens.none.title')}
            text={t('settings.tokens.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('settings.tokens.title')}
            items={items}
            columns={columns}
            keyOf={(token) => String(token.id)}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <Modal
        opened={making}
        onClose={() => setMaking(false)}
        title={t('settings.tokens.make')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {making && <MakeToken onClose={() => setMaking(false)} />}
      </Modal>
    </Stack>
  );
};

const RevokeButton = ({ token }: { readonly token: Token }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const revoke = async () => {
    if (
      !(await confirm({
        title: t('settings.tokens.revokeTitle', { name: token.name }),
        text: t('settings.tokens.revokeText'),
        confirmLabel: t('settings.tokens.revoke'),
        danger: true,
      }))
    )
      return;
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
      aria-label={t('settings.tokens.revokeOne', { name: token.name })}
    >
      {t('settings.tokens.revoke')}
    </Button>
  );
};

const lifetimes = ['30', '90', '365', 'never'] as const;

const MakeToken = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [days, setDays] = useState<string>('365');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<string | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { token } = await api.call('createToken', {
        body: { name, expires_in_days: days === 'never' ? null : Number(days) },
      });
      setMade(token);
      await client.invalidateQueries({ queryKey: ['listTokens'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (made !== null) {
    return (
      <Stack gap="md">
        <Alert color="yellow" title={t('settings.tokens.once')} />
        <CommandLine command={made} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('actions.close')}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('settings.tokens.columns.name')}
          description={t('settings.tokens.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Select
          label={t('settings.tokens.lifetime')}
          value={days}
          onChange={(value) => setDays(value ?? '365')}
          allowDeselect={false}
          data={lifetimes.map((value) => ({
            value,
            label:
              value === 'never'
                ? t('settings.tokens.never')
                : t('settings.tokens.days', { count: Number(value) }),
          }))}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('settings.tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
