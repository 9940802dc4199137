// Makes a user, and shows the one-time password once.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { OneTimePassword } from './one-time-password.tsx';
import { RolePicker } from './role-picker.tsx';

type Props = { readonly opened: boolean; readonly onClose: () => void };

export const NewUserDialog = ({ opened, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('admin.users.new')}
      // A click beside it must not lose the password.
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <NewUser onClose={onClose} />}
    </Modal>
  );
};

const NewUser = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [roles, setRoles] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<{ readonly name: string; readonly password: string } | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const user = await api.call('createUser', {
        body: { name: name.trim(), title: title.trim() === '' ? null : title.trim(), roles: [...roles] },
      });
      setMade({ name: user.name, password: user.oneTimePassword });
      await client.invalidateQueries({ queryKey: ['listUsers'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  if (made !== null) return <OneTimePassword user={made.name} password={made.password} onClose={onClose} />;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('admin.users.field.name')}
          description={t('admin.users.field.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label={t('admin.users.field.title')}
          description={t('admin.users.field.titleHint')}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          autoComplete="off"
          maxLength={200}
        />
        <RolePicker value={roles} onChange={setRoles} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('admin.users.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
