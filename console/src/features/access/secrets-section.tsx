// Kept secrets: which there are and who names them. Values are set here and shown to nobody.
import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { SecretView } from '@nezuban/protocol/api/secret-operations';
import { parameterLimits } from '@nezuban/protocol/jobs/parameter';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

/** What is being set: a new one, or one that there is. */
type Setting = { readonly name: string; readonly description: string; readonly isNew: boolean };

export const SecretsSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('secrets.write');
  const [setting, setSetting] = useState<Setting | null>(null);
  const options = useMemo(() => queries.secrets(), [queries]);
  const columns = useMemo(
    () =>
      defineColumns<SecretView>([
        {
          id: 'name',
          header: t('secrets.name'),
          cell: (secret) => (
            <>
              <strong>{secret.name}</strong>
              {secret.lost && (
                <Text size="xs" c="red">
                  {t('secrets.lost')}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'description',
          header: t('secrets.description'),
          wide: true,
          cell: (secret) => secret.description,
        },
        { id: 'usedBy', header: t('secrets.usedBy'), wide: true, cell: (secret) => secret.usedBy.join(', ') },
        {
          id: 'updated',
          header: t('secrets.updated'),
          wide: true,
          cell: (secret) => <RelativeTime at={secret.updatedAt} />,
        },
        { id: 'updatedBy', header: t('secrets.updatedBy'), wide: true, cell: (secret) => secret.updatedBy },
        {
          id: 'actions',
          header: <span className="nz-hidden">{t('secrets.setAgain')}</span>,
          cell: (secret) => <SecretActions secret={secret} onSet={setSetting} />,
        },
      ]),
    [t],
  );
  const make = (
    <Button
      leftSection={<IconPlus size={15} aria-hidden="true" />}
      onClick={() => setSetting({ name: '', description: '', isNew: true })}
    >
      {t('secrets.set')}
    </Button>
  );
  return (
    <div className="nz-section">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('secrets.text', { place: '{{secret.NAME}}' })}
        </Text>
        {mayWrite && make}
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState icon={<IconKey />} title={t('secrets.none.title')} text={t('secrets.none.text')} />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('secrets.title')}
            items={items}
            columns={columns}
            keyOf={({ name }) => name}
            onEndReached={loadMore}
            footer={footer}
          />
        )}
      </QueryList>
      <Modal
        opened={setting !== null}
        onClose={() => setSetting(null)}
        title={t('secrets.set')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {setting !== null && <SecretForm setting={setting} onDone={() => setSetting(null)} />}
      </Modal>
    </div>
  );
};

const SecretActions = ({
  secret: { name, description },
  onSet,
}: {
  readonly secret: SecretView;
  readonly onSet: (setting: Setting) => void;
}) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('secrets.write');
  const confirm = useConfirm();
  const { run, busy } = useAction();
  if (!mayWrite) return null;
  const remove = async () => {
    const agreed = await confirm({
      title: t('secrets.deleteTitle', { name }),
      text: t('secrets.deleteText'),
      confirmLabel: t('secrets.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(async () => {
      await api.call('deleteSecret', { params: { name } });
      await client.invalidateQueries({ queryKey: ['listSecrets'] });
    });
  };
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button
        size="xs"
        variant="default"
        onClick={() => onSet({ name, description: description ?? '', isNew: false })}
      >
        {t('secrets.setAgain')}
      </Button>
      <Button size="xs" variant="default" c="red" loading={busy} onClick={() => void remove()}>
        {t('secrets.delete')}
      </Button>
    </Group>
  );
};

const SecretForm = ({ setting, onDone }: { readonly setting: Setting; readonly onDone: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState(setting.name);
  const [description, setDescription] = useState(setting.description);
  const [value, setValue] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.call('putSecret', {
        params: { name: name.trim() },
        body: {
          ...(value !== '' && { value }),
          description: description.trim() === '' ? null : description.trim(),
        },
      });
      await client.invalidateQueries({ queryKey: ['listSecrets'] });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('secrets.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          readOnly={!setting.isNew}
          required
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
        />
        <PasswordInput
          label={t('secrets.value')}
          description={t('secrets.valueHint')}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          required={setting.isNew}
          minLength={parameterLimits.secretCharsMin}
          maxLength={parameterLimits.secretCharsMax}
          autoComplete="new-password"
          data-autofocus={!setting.isNew || undefined}
        />
        <TextInput
          label={t('secrets.description')}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={500}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
