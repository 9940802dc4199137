// Confirms events, or takes that back, with a comment.
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';

export type ConfirmRequest = { readonly ids: readonly number[]; readonly confirmed: boolean };

type Props = { readonly request: ConfirmRequest | null; readonly onClose: (changed: boolean) => void };

export const ConfirmEventsDialog = ({ request, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={request !== null}
      onClose={() => onClose(false)}
      title={
        request === null
          ? ''
          : t(request.confirmed ? 'events.confirm.title' : 'events.unconfirm.title', {
              count: request.ids.length,
            })
      }
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {request !== null && <ConfirmForm request={request} onClose={onClose} />}
    </Modal>
  );
};

const ConfirmForm = ({
  request,
  onClose,
}: {
  readonly request: ConfirmRequest;
  readonly onClose: (changed: boolean) => void;
}) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.call('confirmEvents', {
        body: { ids: [...request.ids], confirmed: request.confirmed, ...(comment === '' ? {} : { comment }) },
      });
      await Promise.all([
        client.invalidateQueries({ queryKey: ['listEvents'] }),
        client.invalidateQueries({ queryKey: ['system'] }),
      ]);
      onClose(true);
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
        <Textarea
          label={t('events.comment')}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(false)}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(request.confirmed ? 'events.confirm.action' : 'events.unconfirm.action')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
