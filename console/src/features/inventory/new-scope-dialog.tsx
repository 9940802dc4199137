// Makes a scope: name, title, place.
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { titleOf } from './scope-tree.ts';

type Props = {
  readonly opened: boolean;
  /** Where it is put unless told otherwise. */
  readonly parent: string | null;
  readonly scopes: readonly ScopeView[];
  readonly onClose: () => void;
  readonly onMade: (name: string) => void;
};

export const NewScopeDialog = (props: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t('scopes.new')}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {props.opened && <NewScope {...props} />}
    </Modal>
  );
};

const NewScope = ({ parent: initialParent, scopes, onClose, onMade }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [parent, setParent] = useState(initialParent);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.call('putScope', {
        params: { name: name.trim() },
        body: { title: title.trim() === '' ? null : title.trim(), parent, nodes: [] },
        ifMatch: null,
      });
      await client.invalidateQueries({ queryKey: ['listScopes'] });
      onClose();
      onMade(name.trim());
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
          label={t('scopes.field.name')}
          description={t('scopes.field.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label={t('scopes.field.title')}
          description={t('scopes.field.titleHint')}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={200}
        />
        <Select
          label={t('scopes.field.parent')}
          value={parent}
          onChange={setParent}
          data={scopes.map((scope) => ({ value: scope.name, label: titleOf(scope) }))}
          placeholder={t('scopes.field.top')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('scopes.field.clearParent') }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('scopes.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
