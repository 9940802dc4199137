// What is done with an old revision: put into force again now, or at a date; or a planned release cancelled. Asks for the reason.
import { Button, Checkbox, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../../app/backend.tsx';
import { FormError } from '../../../components/error-state.tsx';

export type ChangeRequest =
  | { readonly type: 'restore'; readonly revision: number }
  | { readonly type: 'release'; readonly revision: number }
  | { readonly type: 'cancel'; readonly revision: number; readonly release: number };

type Props = {
  readonly net: string;
  readonly request: ChangeRequest | null;
  readonly onClose: () => void;
};

const reasonMax = 500;

export const ChangeDialog = ({ net, request, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={request !== null}
      onClose={onClose}
      title={
        request === null ? '' : t(`netVersions.${request.type}.title`, { net, revision: request.revision })
      }
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {request !== null && <ChangeForm net={net} request={request} onDone={onClose} />}
    </Modal>
  );
};

type FormProps = { readonly net: string; readonly request: ChangeRequest; readonly onDone: () => void };

const ChangeForm = ({ net, request, onDone }: FormProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [at, setAt] = useState('');
  const [replace, setReplace] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const send = async (): Promise<void> => {
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    if (request.type === 'restore')
      await api.call('restoreNetRevision', {
        params: { name: net, revision: request.revision },
        body: why,
      });
    else if (request.type === 'release')
      await api.call('planNetRelease', {
        params: { name: net },
        body: {
          revision: request.revision,
          // As the clock of the reader's own computer shows it.
          at: new Date(at).toISOString(),
          ifChanged: replace ? 'replace' : 'refuse',
          ...why,
        },
      });
    else await api.call('cancelNetRelease', { params: { id: request.release }, body: why });
  };
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await send();
      const keys = [['netVersions', net], ['net', net], ['netYaml', net], ['listNets']];
      await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
      notifications.show({
        message: t(`netVersions.${request.type}.done`, { net, revision: request.revision }),
        color: 'green',
        autoClose: 4000,
      });
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
        <Text size="sm">{t(`netVersions.${request.type}.text`)}</Text>
        {request.type === 'release' && (
          <>
            <TextInput
              type="datetime-local"
              label={t('netVersions.release.at')}
              description={t('netVersions.release.atHint')}
              value={at}
              onChange={(event) => setAt(event.currentTarget.value)}
              required
              data-autofocus
            />
            <Checkbox
              label={t('netVersions.release.replace')}
              description={t('netVersions.release.replaceHint')}
              checked={replace}
              onChange={(event) => setReplace(event.currentTarget.checked)}
            />
          </>
        )}
        <Textarea
          label={t('netVersions.reason')}
          description={t('netVersions.reasonHint')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={reasonMax}
          autosize
          minRows={2}
          {...(request.type === 'release' ? {} : { 'data-autofocus': true })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.close')}
          </Button>
          <Button type="submit" loading={busy} {...(request.type === 'cancel' ? { color: 'red' } : {})}>
            {t(`netVersions.${request.type}.confirm`)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
