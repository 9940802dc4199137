// Tokens that may post custom traps: made and shown once, replaced by a new one while the old one still works, revoked.
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { nameSchema } from '@nezuban/protocol/ids';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

type Token = { readonly name: string; readonly createdAt: string; readonly createdBy: string };
/** `replaces`: name of the token that the new one is made for; null: for nothing that is there. */
type Making = { readonly name: string; readonly replaces: string | null };

export const TrapTokens = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('traps.write');
  const { data, error, refetch } = useQuery(queries.trapTokens());
  const [making, setMaking] = useState<Making | null>(null);
  return (
    <Section
      title={t('traps.tokens.title')}
      text={t('traps.tokens.text')}
      actions={
        mayWrite && (
          <Button
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setMaking({ name: '', replaces: null })}
          >
            {t('traps.tokens.new')}
          </Button>
        )
      }
    >
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('traps.tokens.none')}
        </Text>
      )}
      {data !== undefined && data.length > 0 && <TokenTable tokens={data} onReplace={setMaking} />}
      <Modal
        opened={making !== null}
        onClose={() => setMaking(null)}
        title={t('traps.tokens.new')}
        size="lg"
        // A click beside it must not lose the token.
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {making !== null && <NewToken making={making} onClose={() => setMaking(null)} />}
      </Modal>
    </Section>
  );
};

type TableProps = { readonly tokens: readonly Token[]; readonly onReplace: (making: Making) => void };
const keyOf = ({ name }: Token) => name;

const TokenTable = ({ tokens, onReplace }: TableProps) => {
  const { t } = useTranslation();
  const mayWrite = useMay('traps.write');
  const columns = useMemo(
    () =>
      defineColumns<Token>([
        { id: 'name', header: t('traps.tokens.name'), cell: ({ name }) => <strong>{name}</strong> },
        {
          id: 'made',
          header: t('traps.tokens.made'),
          cell: ({ createdAt, createdBy }) => (
            <>
              <Instant at={createdAt} /> {createdBy}
            </>
          ),
          wide: true,
        },
        ...(mayWrite
          ? [
              {
                id: 'actions',
                header: <span className="nz-hidden">{t('traps.tokens.revoke')}</span>,
                cell: ({ name }: Token) => (
                  <Group gap={6} wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => onReplace({ name: nextName(name, tokens), replaces: name })}
                      aria-label={t('traps.tokens.replaceOne', { name })}
                    >
                      {t('traps.tokens.replace')}
                    </Button>
                    <RevokeToken name={name} />
                  </Group>
                ),
              },
            ]
          : []),
      ]),
    [t, mayWrite, onReplace, tokens],
  );
  return (
    <DataTable
      label={t('traps.listOf', { title: t('traps.tokens.title') })}
      items={tokens}
      columns={columns}
      keyOf={keyOf}
    />
  );
};

/** `batch` becomes `batch-2`, that `batch-3`. */
const nextName = (name: string, tokens: readonly Token[]): string => {
  const taken = new Set(tokens.map((each) => each.name));
  const [, stem = name] = /^(.*?)(?:-\d+)?$/.exec(name) ?? [];
  let number = 2;
  // At most as many steps as there are tokens.
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
};

const RevokeToken = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const revoke = async () => {
    const agreed = await confirm({
      title: t('traps.tokens.revokeTitle', { name }),
      text: t('traps.tokens.revokeText'),
      confirmLabel: t('traps.tokens.revoke'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      async () => {
        await api.call('deleteTrapToken', { params: { name } });
        await client.invalidateQueries({ queryKey: ['trapTokens'] });
      },
      t('traps.tokens.revoked', { name }),
    );
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void revoke()}
      aria-label={t('traps.tokens.revokeOne', { name })}
    >
      {t('traps.tokens.revoke')}
    </Button>
  );
};

const NewToken = ({ making, onClose }: { readonly making: Making; readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState(making.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<string | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { token } = await api.call('createTrapToken', { body: { name: name.trim() } });
      setMade(token);
      await client.invalidateQueries({ queryKey: ['trapTokens'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (made !== null)
    return (
      <Stack gap="md">
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden="true" />} title={t('traps.tokens.once')}>
          {making.replaces !== null && t('traps.tokens.replaceText', { name: making.replaces })}
        </Alert>
        <CommandLine command={made} />
        <Text size="sm">{t('traps.tokens.use')}</Text>
        <CommandLine command={`Authorization: Bearer ${made}`} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('actions.close')}</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        {making.replaces !== null && (
          <Text size="sm">{t('traps.tokens.replaceIntro', { name: making.replaces })}</Text>
        )}
        <TextInput
          label={t('traps.tokens.name')}
          description={t('traps.tokens.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!nameSchema.safeParse(name.trim()).success}>
            {t('traps.tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
