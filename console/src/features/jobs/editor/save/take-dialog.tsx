// The definition of one session before it is taken: what it would bring about, as a list and in the picture, what it changes, and why.
// Called by net-editor.tsx.
import { Alert, Button, Checkbox, Group, Modal, Stack, Tabs, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconReplace } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { OperationPreview } from '@nezuban/protocol/jobs/operate';
import { useBackend } from '../../../../app/backend.tsx';
import { FormError } from '../../../../components/error-state.tsx';
import { ListSkeleton } from '../../../../components/query-list.tsx';
import { PreviewList, previewNotes } from '../../operate/operation-preview.tsx';
import { useDefinitionUnits } from '../../use-definition-units.ts';
import type { DraftNet } from '../model/draft-net.ts';
import { definitionOf, textOfDraft } from '../model/net-text.ts';
import type { Base } from './base.ts';
import { Changes } from './changes.tsx';

const NetGraph = lazy(async () => ({ default: (await import('../../graph/net-graph.tsx')).NetGraph }));

const reasonMax = 500;

type Props = {
  readonly sessionId: number;
  readonly net: DraftNet;
  readonly base: Base;
  readonly onTaken: () => void;
  readonly onClose: () => void;
};

export const TakeDialog = ({ sessionId, net, base, onTaken, onClose }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [release, setRelease] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const yaml = useMemo(() => textOfDraft(net), [net]);
  const definition = useMemo(() => definitionOf(net), [net]);
  const preview = useQuery({
    queryKey: ['previewSessionDefinition', sessionId, yaml] as const,
    queryFn: async () =>
      await api.call('previewSessionDefinition', { params: { id: sessionId }, body: { yaml } }),
    retry: false,
  });
  const take = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    try {
      const taken = await api.call('changeSessionDefinition', {
        params: { id: sessionId },
        body: { yaml, ...why },
      });
      if (release)
        await api.call('operateSession', {
          params: { id: sessionId },
          body: { operation: 'release', ...why },
        });
      await client.invalidateQueries({ queryKey: ['session', sessionId] });
      notifications.show({
        message: t('editor.session.done', { id: sessionId, revision: taken.netRevision ?? '' }),
        color: 'green',
        autoClose: 4000,
      });
      onTaken();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('editor.session.dialog', { id: sessionId })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <form onSubmit={(event) => void take(event)}>
        <Stack gap="sm">
          <FormError error={error ?? preview.error} />
          <Tabs defaultValue="effects" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="effects">{t('editor.session.effects')}</Tabs.Tab>
              <Tabs.Tab value="picture">{t('editor.session.picture')}</Tabs.Tab>
              <Tabs.Tab value="changes">{t('editor.session.changes')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="effects" pt="xs" className="nz-editor-changes" aria-live="polite">
              {preview.error === null && <PreviewList preview={preview.data} />}
            </Tabs.Panel>
            <Tabs.Panel value="picture" pt="xs">
              {definition !== null && <Picture definition={definition} preview={preview.data} />}
            </Tabs.Panel>
            <Tabs.Panel value="changes" pt="xs">
              <Changes
                before={base.net}
                after={net}
                titles={[t('netVersions.revision', { revision: base.revision }), t('editor.save.mine')]}
              />
            </Tabs.Panel>
          </Tabs>
          <Alert color="blue" p="xs">
            <Text size="sm">{t('editor.session.hint')}</Text>
          </Alert>
          <Textarea
            label={t('netVersions.reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={reasonMax}
            autosize
            minRows={1}
            data-autofocus
          />
          <Checkbox
            label={t('editor.session.release')}
            checked={release}
            onChange={(event) => setRelease(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={preview.data === undefined || preview.data.refusal !== null}
              leftSection={<IconReplace size={15} aria-hidden="true" />}
            >
              {t('editor.session.apply')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

/** The net as it would be, with a word at each unit to which something happens. */
const Picture = ({
  definition,
  preview,
}: {
  readonly definition: JobNetDefinition;
  readonly preview: OperationPreview | undefined;
}) => {
  const { t } = useTranslation();
  const [selected, setSelected] = useState<string | null>(null);
  const drawn = useDefinitionUnits(definition);
  const units = useMemo(() => {
    const notes = preview === undefined ? new Map<string, string>() : previewNotes(t, preview);
    return drawn.map((unit) => ({ ...unit, note: notes.get(unit.path) ?? unit.note }));
  }, [drawn, preview, t]);
  return (
    <div className="nz-editor-take-picture">
      <Suspense fallback={<ListSkeleton />}>
        <NetGraph
          units={units}
          label={t('editor.session.picture')}
          selected={selected}
          onSelect={setSelected}
        />
      </Suspense>
    </div>
  );
};
