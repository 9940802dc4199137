// Confirms events with a comment, or only comments on them.
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import type { Confirmation } from './use-confirm-events.tsx';

export type ConfirmRequest = {
  readonly events: readonly EventView[];
  /** Undefined: they stay as they are. */
  readonly state?: ConfirmState | undefined;
};

type Props = {
  readonly request: ConfirmRequest | null;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (confirmation: Confirmation) => Promise<void>;
};

export const ConfirmEventsDialog = ({ request, busy, onClose, onConfirm }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={request !== null}
      onClose={onClose}
      title={
        request === null
          ? ''
          : request.state === undefined
            ? t('events.commentOnly.title')
            : t('events.confirm.title', { count: request.events.length })
      }
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {request !== null && (
        <ConfirmForm request={request} busy={busy} onClose={onClose} onConfirm={onConfirm} />
      )}
    </Modal>
  );
};

const ConfirmForm = ({ request, busy, onClose, onConfirm }: Props & { readonly request: ConfirmRequest }) => {
  const { t } = useTranslation();
  const [comment, setComment] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void onConfirm({ ...request, comment });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
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
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t(request.state === undefined ? 'events.commentOnly.action' : 'events.confirm.action')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
