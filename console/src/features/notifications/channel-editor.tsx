// The editor of a named channel: its kind, where it goes, its words; and one test message by what is stored.
import { Alert, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconLockOpen } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelView } from '@nezuban/protocol/api/channel-operations';
import { channelTypes, namedChannelSchema } from '@nezuban/protocol/notifications/channel';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import type { Versioned } from '../../components/use-versioned-form.ts';
import { EditorFrame, toDraft, useEditor } from './editor.tsx';
import { ChannelFields, newChannel, type ChannelType } from './form/channel-fields.tsx';
import { valueAt, type Draft } from './form/draft.ts';
import { useDraftForm } from './form/draft-form.tsx';
import { NumberAt, SwitchAt, TextAt } from './form/fields.tsx';
import { TestButton } from './test-button.tsx';

const fresh: Versioned<Draft> = {
  draft: { kind: 'channel', name: '', enabled: true, channel: newChannel('mail') },
  revision: null,
};
const toVersioned = ({ definition, revision }: ChannelView): Versioned<Draft> => ({
  draft: toDraft(definition),
  revision,
});

export const LoadedChannelEditor = ({ name }: { readonly name: string }) => {
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.channel(name));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return <ChannelEditor view={data} />;
};

export const ChannelEditor = ({ view }: { readonly view: ChannelView | null }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('notifications.write');
  const editor = useEditor({
    loaded: view === null ? fresh : toVersioned(view),
    schema: namedChannelSchema,
    reload: () => client.invalidateQueries({ queryKey: ['channel'] }),
    save: async (draft, over) => {
      const channel = namedChannelSchema.parse(draft);
      const saved = await api.call('putChannel', {
        params: { name: channel.name },
        body: channel,
        ifMatch: over === null ? null : etagOf(over),
      });
      client.setQueryData(queries.channel(channel.name).queryKey, saved);
      await client.invalidateQueries({ queryKey: ['listChannels'] });
      return toVersioned(saved);
    },
  });
  return (
    <EditorFrame
      editor={editor}
      stored={view !== null}
      changedBy={view?.updatedBy ?? null}
      back={{ section: 'channels', label: t('notify.channels.title') }}
      onSaved={(draft) =>
        void navigate({
          to: '/notifications/edit/$kind/$name',
          params: { kind: 'channel', name: String(draft['name']) },
          replace: true,
        })
      }
      {...(view === null
        ? {}
        : {
            aside: (
              <Section title={t('notify.channels.usedBy')}>
                <UsedBy view={view} />
                {mayWrite && (
                  <Stack gap={4} align="flex-start">
                    <TestButton
                      operation="testChannel"
                      name={view.definition.name}
                      disabled={editor.form.changed}
                    />
                    <Text size="xs" c="dimmed">
                      {editor.form.changed ? t('notify.test.saveFirst') : t('notify.test.hint')}
                    </Text>
                  </Stack>
                )}
              </Section>
            ),
          })}
    >
      {view?.secretsLost === true && (
        <Alert color="yellow" icon={<IconLockOpen aria-hidden="true" />} title={t('notify.channels.lost')}>
          {t('notify.channels.lostText')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt
          path="name"
          label={t('notify.field.name')}
          description={t('notify.field.nameHint')}
          disabled={view !== null}
          required
        />
        <TextAt path="title" label={t('notify.field.title')} description={t('notify.field.titleHint')} />
        <SwitchAt
          path="enabled"
          orElse
          label={t('notify.field.enabled')}
          description={t('notify.channels.enabledHint')}
        />
        <NumberAt
          path="limit_per_min"
          label={t('notify.limit.perMin')}
          description={t('notify.channels.limitHint')}
          placeholder={t('notify.limit.none')}
        />
      </SimpleGrid>
      <Section title={t('notify.channels.where')}>
        <KindChoice />
        <KindFields />
      </Section>
    </EditorFrame>
  );
};

const KindChoice = () => {
  const { t } = useTranslation();
  const { draft, set } = useDraftForm();
  return (
    <Select
      label={t('notify.channel.kind')}
      value={(valueAt(draft, 'channel.type') as string | undefined) ?? null}
      allowDeselect={false}
      onChange={(value) => {
        const next = channelTypes.find((each) => each === value);
        if (next !== undefined) set('channel', newChannel(next));
      }}
      data={channelTypes.map((value) => ({ value, label: t(`notify.kind.${value}`) }))}
      maw={320}
    />
  );
};

/** Fields of another kind are other fields, also where they have the same path. */
const KindFields = () => {
  const { draft } = useDraftForm();
  return <ChannelFields key={valueAt(draft, 'channel.type') as ChannelType | undefined} at="channel." />;
};

export const UsedBy = ({ view }: { readonly view: ChannelView }) => {
  const { t } = useTranslation();
  if (view.usedBy.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('notify.channels.unused')}
      </Text>
    );
  return (
    <span className="nz-break">
      {view.usedBy.map(({ kind, name }, index) => (
        <Fragment key={`${kind} ${name}`}>
          {index > 0 && t('notify.words.comma')}
          <Link
            to="/notifications/edit/$kind/$name"
            params={{ kind: kind === 'notification' ? 'rule' : 'escalation', name }}
          >
            {name}
          </Link>
        </Fragment>
      ))}
    </span>
  );
};
