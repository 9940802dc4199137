// Pauses a queue, lock or limit of a node, and asks why.
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { LimitSummary } from '@nezuban/protocol/jobs/control/limit';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';

type Props = {
  readonly limit: LimitSummary;
  readonly opened: boolean;
  readonly onClose: () => void;
};

export const PauseDialog = ({ limit, opened, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('places.pause.title', { name: limit.name })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <PauseForm limit={limit} onClose={onClose} />}
    </Modal>
  );
};

const PauseForm = ({ limit: { kind, name }, onClose }: Pick<Props, 'limit' | 'onClose'>) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const why = reason.trim();
      await api.call('pauseLimit', { params: { kind, name }, body: why === '' ? {} : { reason: why } });
      await client.invalidateQueries({ queryKey: ['limits'] });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <Text size="sm">{t('places.pause.text')}</Text>
        <Textarea
          label={t('places.pause.reason')}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('places.pause.action')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
