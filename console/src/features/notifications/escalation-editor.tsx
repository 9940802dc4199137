// The editor of an escalation: its steps as a time line from the rule's own message down, each with whom it tells.
import { ActionIcon, Button, Group, SimpleGrid, Stack, Text, Timeline } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconBell, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { escalationLimits, escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { Section } from '../../components/section.tsx';
import type { Versioned } from '../../components/use-versioned-form.ts';
import { EditorFrame, toDraft, useEditor } from './editor.tsx';
import { valueAt, type Draft } from './form/draft.ts';
import { useDraftForm } from './form/draft-form.tsx';
import { ChoicesAt, listOf, NumberAt, SwitchAt, TextAt } from './form/fields.tsx';
import { useChannelNames } from './known-names.ts';

type View = ListItem<'listEscalations'>;

const firstStep = { after_min: 10 };
const fresh: Versioned<Draft> = {
  draft: { kind: 'escalation', name: '', enabled: true, steps: [firstStep], rounds: 1 },
  revision: null,
};
const toVersioned = ({ escalation, revision }: View): Versioned<Draft> => ({
  draft: toDraft(escalation),
  revision,
});

export const EscalationEditor = ({ view }: { readonly view: View | null }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const editor = useEditor({
    loaded: view === null ? fresh : toVersioned(view),
    schema: escalationSchema,
    reload: () => client.invalidateQueries({ queryKey: ['listEscalations'] }),
    save: async (draft, over) => {
      const escalation = escalationSchema.parse(draft);
      const saved = await api.call('putEscalation', {
        params: { name: escalation.name },
        body: escalation,
        ifMatch: over === null ? null : etagOf(over),
      });
      await client.invalidateQueries({ queryKey: ['listEscalations'] });
      return toVersioned(saved);
    },
  });
  return (
    <EditorFrame
      editor={editor}
      stored={view !== null}
      changedBy={view?.updatedBy ?? null}
      back={{ section: 'escalations', label: t('notify.escalations.title') }}
      onSaved={(draft) =>
        void navigate({
          to: '/notifications/edit/$kind/$name',
          params: { kind: 'escalation', name: String(draft['name']) },
          replace: true,
        })
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
        <NumberAt
          path="rounds"
          label={t('notify.escalations.rounds')}
          description={t('notify.escalations.roundsHint')}
        />
      </SimpleGrid>
      <Section title={t('notify.escalations.steps')} text={t('notify.escalations.stepsText')}>
        <Steps />
      </Section>
    </EditorFrame>
  );
};

const Steps = () => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const names = useChannelNames();
  const raw = valueAt(form.draft, 'steps');
  const steps = Array.isArray(raw) ? (raw as readonly Draft[]) : [];
  const setSteps = (next: readonly Draft[]) => form.set('steps', next);
  const swap = (index: number, by: -1 | 1) => {
    const [step, other] = [steps[index], steps[index + by]];
    if (step === undefined || other === undefined) return;
    setSteps(steps.with(index, other).with(index + by, step));
  };
  const minutesOf = (step: Draft | undefined) => {
    const minutes = Number(step?.['after_min']);
    return Number.isFinite(minutes) ? minutes : 0;
  };
  const sums = steps.map((_, index) =>
    steps.slice(0, index + 1).reduce((sum, step) => sum + minutesOf(step), 0),
  );
  return (
    <Stack gap="md">
      <Timeline bulletSize={24} lineWidth={2} active={steps.length}>
        <Timeline.Item
          bullet={<IconBell size={13} aria-hidden="true" />}
          title={t('notify.escalations.begin')}
        >
          <Text size="sm" c="dimmed">
            {t('notify.escalations.beginText')}
          </Text>
        </Timeline.Item>
        {steps.map((step, index) => (
          // A step has no name; its place in the list is what it is known by.
          <Timeline.Item
            key={index}
            bullet={index + 1}
            title={t('notify.escalations.step', { number: index + 1, minutes: sums[index] ?? 0 })}
          >
            <div role="group" aria-label={t('notify.escalations.stepName', { number: index + 1 })}>
              <Group gap="sm" align="flex-start" mt={4}>
                <NumberAt
                  path={`steps.${index}.after_min`}
                  label={t(index === 0 ? 'notify.escalations.afterFirst' : 'notify.escalations.after')}
                  suffix={t('notify.minutes')}
                />
                <div style={{ flex: '1 1 220px', minWidth: 0 }}>
                  <ChoicesAt
                    path={`steps.${index}.channels`}
                    label={t('notify.escalations.channels')}
                    placeholder={t('notify.rules.pickChannels')}
                    data={[...new Set([...names, ...listOf(step['channels'])])].map((value) => ({
                      value,
                      label: value,
                    }))}
                  />
                </div>
                <Group gap={4} mt={{ base: 0, sm: 26 }} wrap="nowrap">
                  <ActionIcon
                    variant="default"
                    disabled={index === 0}
                    aria-label={t('notify.escalations.up', { number: index + 1 })}
                    onClick={() => swap(index, -1)}
                  >
                    <IconArrowUp size={15} aria-hidden="true" />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    disabled={index === steps.length - 1}
                    aria-label={t('notify.escalations.down', { number: index + 1 })}
                    onClick={() => swap(index, 1)}
                  >
                    <IconArrowDown size={15} aria-hidden="true" />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    disabled={steps.length === 1}
                    aria-label={t('notify.escalations.remove', { number: index + 1 })}
                    onClick={() => setSteps(steps.toSpliced(index, 1))}
                  >
                    <IconTrash size={15} aria-hidden="true" />
                  </ActionIcon>
                </Group>
              </Group>
            </div>
          </Timeline.Item>
        ))}
      </Timeline>
      {steps.length < escalationLimits.stepsMax && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setSteps([...steps, firstStep])}
          >
            {t('notify.escalations.add')}
          </Button>
        </Group>
      )}
    </Stack>
  );
};
