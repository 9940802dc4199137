// Makes an API token, with all or some of the own rights, and shows it once.
import { Alert, Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { useBackend } from '../../app/backend.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { RightBoxes } from './right-boxes.tsx';

const lifetimes = ['30', '90', '365', 'never'] as const;

type Props = { readonly opened: boolean; readonly onClose: () => void };

export const NewTokenDialog = ({ opened, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('admin.tokens.make')}
      size="xl"
      // A click beside it must not lose the token.
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <NewToken onClose={onClose} />}
    </Modal>
  );
};

const NewToken = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const { data: me } = useQuery(queries.me());
  const [name, setName] = useState('');
  const [days, setDays] = useState<string>('365');
  /** Null: all rights. */
  const [chosen, setChosen] = useState<readonly Right[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<string | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { token } = await api.call('createToken', {
        body: {
          name: name.trim(),
          expires_in_days: days === 'never' ? null : Number(days),
          rights: chosen === null ? null : [...chosen],
        },
      });
      setMade(token);
      await client.invalidateQueries({ queryKey: ['listTokens'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (made !== null)
    return (
      <Stack gap="md">
        <Alert
          color="yellow"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={t('admin.tokens.once')}
        />
        <CommandLine command={made} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('actions.close')}</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('admin.tokens.columns.name')}
          description={t('admin.tokens.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Select
          label={t('admin.tokens.lifetime')}
          value={days}
          onChange={(value) => setDays(value ?? '365')}
          allowDeselect={false}
          data={lifetimes.map((value) => ({
            value,
            label:
              value === 'never' ? t('admin.tokens.never') : t('admin.tokens.days', { count: Number(value) }),
          }))}
          maw={260}
        />
        <Radio.Group
          label={t('admin.tokens.columns.rights')}
          value={chosen === null ? 'all' : 'some'}
          onChange={(value) => setChosen(value === 'all' ? null : [])}
        >
          <Group gap="md" mt={4}>
            <Radio value="all" label={t('admin.tokens.allRights')} />
            <Radio value="some" label={t('admin.tokens.someRights')} />
          </Group>
        </Radio.Group>
        {chosen !== null && <RightBoxes offered={me?.rights ?? []} value={chosen} onChange={setChosen} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={chosen?.length === 0}>
            {t('admin.tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
