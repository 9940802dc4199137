// The editor of an inhibition: while these events stand, notifications of those are kept back; and the sentence that says so in words.
import { SimpleGrid, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { Section } from '../../components/section.tsx';
import type { Versioned } from '../../components/use-versioned-form.ts';
import { EditorFrame, toDraft, useEditor } from './editor.tsx';
import type { Draft } from './form/draft.ts';
import { NumberAt, SwitchAt, TagsAt, TextAt } from './form/fields.tsx';
import { MatchFields } from './form/match-fields.tsx';
import { inhibitionWords } from './inhibition-words.ts';
import { useWording } from './use-wording.ts';

type View = ListItem<'listInhibitions'>;

const fresh: Versioned<Draft> = {
  draft: { kind: 'inhibition', name: '', enabled: true, while: {}, keep_back: {} },
  revision: null,
};
const toVersioned = ({ inhibition, revision }: View): Versioned<Draft> => ({
  draft: toDraft(inhibition),
  revision,
});
/** A condition that is left empty is one that everything fits. */
const whole = (draft: Draft): Draft => ({ while: {}, keep_back: {}, ...draft });
const schema = {
  safeParse: (draft: unknown) => inhibitionSchema.safeParse(whole(draft as Draft)),
};
const dayMin = 1_440;

export const InhibitionEditor = ({ view }: { readonly view: View | null }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const wording = useWording();
  const editor = useEditor({
    loaded: view === null ? fresh : toVersioned(view),
    schema,
    reload: () => client.invalidateQueries({ queryKey: ['listInhibitions'] }),
    save: async (draft, over) => {
      const inhibition = inhibitionSchema.parse(whole(draft));
      const saved = await api.call('putInhibition', {
        params: { name: inhibition.name },
        body: inhibition,
        ifMatch: over === null ? null : etagOf(over),
      });
      await client.invalidateQueries({ queryKey: ['listInhibitions'] });
      return toVersioned(saved);
    },
  });
  return (
    <EditorFrame
      editor={editor}
      stored={view !== null}
      changedBy={view?.updatedBy ?? null}
      back={{ section: 'inhibitions', label: t('notify.inhibitions.title') }}
      onSaved={(draft) =>
        void navigate({
          to: '/notifications/edit/$kind/$name',
          params: { kind: 'inhibition', name: String(draft['name']) },
          replace: true,
        })
      }
      aside={
        <Section title={t('notify.inhibitions.inWords')}>
          <Text size="sm" aria-live="polite">
            {inhibitionWords(wording, whole(editor.form.draft))}
          </Text>
          <Text size="xs" c="dimmed">
            {t('notify.inhibitions.note')}
          </Text>
        </Section>
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt
          path="name"
          label={t('notify.field.name')}
          description={t('notify.field.nameHint')}
          disabled={view !== null}
          required
        />
        <TextAt path="title" label={t('notify.field.title')} description={t('notify.field.titleHint')} />
        <SwitchAt path="enabled" orElse label={t('notify.field.enabled')} />
      </SimpleGrid>
      <Section title={t('notify.inhibitions.while')} text={t('notify.inhibitions.whileText')}>
        <MatchFields at="while." />
      </Section>
      <Section title={t('notify.inhibitions.keepBack')} text={t('notify.inhibitions.keepBackText')}>
        <MatchFields at="keep_back." />
      </Section>
      <Section title={t('notify.inhibitions.related')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextAt
            path="behind"
            label={t('notify.inhibitions.behind')}
            description={t('notify.inhibitions.behindHint', { name: '{{node}}' })}
            placeholder="behind-{{node}}"
          />
          <TagsAt
            path="equal"
            label={t('notify.inhibitions.equal')}
            description={t('notify.inhibitions.equalHint')}
            data={['node', 'scope', 'monitor', 'key', 'net']}
          />
          <NumberAt
            path="at_most_min"
            label={t('notify.inhibitions.atMost')}
            description={t('notify.inhibitions.atMostHint')}
            placeholder={String(dayMin)}
            suffix={t('notify.minutes')}
          />
        </SimpleGrid>
      </Section>
    </EditorFrame>
  );
};
