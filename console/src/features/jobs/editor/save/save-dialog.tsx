// A new version before it is saved: what it changes, and why. Called by net-editor.tsx.
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { FormError } from '../../../../components/error-state.tsx';
import type { DraftNet } from '../model/draft-net.ts';
import type { MergeClash } from '../model/merge-nets.ts';
import type { Base } from './base.ts';
import { Changes } from './changes.tsx';

const reasonMax = 500;

type Props = {
  readonly net: DraftNet;
  readonly base: Base | null;
  /** Where the draft was put on top of another's change, and both had changed the same. */
  readonly clashes: readonly MergeClash[];
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSave: (reason: string) => void;
  readonly onClose: () => void;
};

export const SaveDialog = ({ net, base, clashes, busy, error, onSave, onClose }: Props) => {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSave(reason.trim());
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('editor.save.title', { net: net.name })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FormError error={error} />
          {clashes.length > 0 && (
            <Alert color="yellow" title={t('editor.merge.clashes', { count: clashes.length })}>
              <ul className="nz-plain-list">
                {clashes.map(({ path, field }) => (
                  <li key={`${path} ${field ?? ''}`}>
                    {path === '' ? t('editor.panel.net') : path} {field !== null && <code>{field}</code>}
                  </li>
                ))}
              </ul>
            </Alert>
          )}
          {base === null ? (
            <Text size="sm">{t('editor.save.new', { count: net.units.length })}</Text>
          ) : (
            <Changes
              before={base.net}
              after={net}
              titles={[t('netVersions.revision', { revision: base.revision }), t('editor.save.mine')]}
            />
          )}
          <Textarea
            label={t('netVersions.reason')}
            description={t('netVersions.reasonHint')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={reasonMax}
            autosize
            minRows={2}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
            <Button
              type="submit"
              loading={busy}
              leftSection={<IconDeviceFloppy size={15} aria-hidden="true" />}
            >
              {t('editor.save.confirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
