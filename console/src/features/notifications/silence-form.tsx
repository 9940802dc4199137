// A new silence: which events, until when, why; and how many of the last day's events it would have kept back.
import { Alert, Button, Chip, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { eventMatchSchema, type EventMatch } from '@nezuban/protocol/notifications/event-match';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { useNow } from '../../components/ticker.tsx';
import { useFormat } from '../../components/use-format.ts';
import { faultsOf, hasContent, type Draft } from './form/draft.ts';
import { DraftFormProvider } from './form/draft-form.tsx';
import { MatchFields } from './form/match-fields.tsx';
import { matchWords } from './match-words.ts';
import { toLocalText, untilChoices, untilOf, type UntilChoice } from './silence-until.ts';
import { useWording } from './use-wording.ts';

const previewHours = 24;
const examplesMax = 3;

type Props = { readonly match: EventMatch; readonly onDone: () => void };

export const SilenceForm = ({ match, onDone }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const wording = useWording();
  const format = useFormat();
  const [draft, setDraft] = useState<Draft>({ ...match });
  const [choice, setChoice] = useState<UntilChoice>('1h');
  const [own, setOwn] = useState(() => toLocalText(untilOf('4h', '', Date.now()) ?? Date.now()));
  const [reason, setReason] = useState('');
  const [judged, setJudged] = useState(false);
  const faults = useMemo(() => faultsOf(eventMatchSchema, draft), [draft]);
  const parsed = eventMatchSchema.safeParse(draft);
  const now = useNow();
  const until = untilOf(choice, own, now);
  const add = useMutation({
    mutationFn: (given: { readonly match: EventMatch; readonly until: string }) =>
      api.call('addSilence', { body: { ...given, reason: reason.trim() } }),
    onSuccess: async (silence) => {
      await client.invalidateQueries({ queryKey: ['listSilences'] });
      notifications.show({
        message: t('notify.silences.added', { id: silence.id }),
        color: 'green',
        autoClose: 4000,
      });
      onDone();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setJudged(true);
    if (!parsed.success || until === null || reason.trim() === '') return;
    add.mutate({ match: parsed.data, until: new Date(until).toISOString() });
  };
  const isEverything = !hasContent(draft);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <DraftFormProvider draft={draft} onChange={setDraft} faults={faults} judged={judged} stored={false}>
          <MatchFields at="" />
        </DraftFormProvider>
        {isEverything && (
          <Alert color="yellow" p="sm" icon={<IconAlertTriangle aria-hidden="true" />}>
            {t('notify.silences.everything')}
          </Alert>
        )}
        <div role="radiogroup" aria-label={t('notify.silences.howLong')}>
          <Text size="sm" fw={500} mb={4}>
            {t('notify.silences.howLong')}
          </Text>
          <Chip.Group
            value={choice}
            onChange={(value) => setChoice(untilChoices.find((each) => each === value) ?? '1h')}
          >
            <Group gap="xs">
              {untilChoices.map((value) => (
                <Chip key={value} value={value} size="sm">
                  {t(`notify.silences.choice.${value}`)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </div>
        {choice === 'own' ? (
          <TextInput
            type="datetime-local"
            label={t('notify.silences.until')}
            value={own}
            onChange={(event) => setOwn(event.currentTarget.value)}
            error={until === null ? t('notify.silences.untilPast') : undefined}
            maw={260}
          />
        ) : (
          until !== null && (
            <Text size="sm" c="dimmed">
              {t('notify.silences.untilAt', { at: format.instant(new Date(until).toISOString()) })}
            </Text>
          )
        )}
        <TextInput
          label={t('notify.silences.reason')}
          description={t('notify.silences.reasonHint')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          error={judged && reason.trim() === '' ? t('notify.fault.missing') : undefined}
          aria-required
        />
        <Text size="sm" aria-live="polite">
          {t('notify.silences.inWords', {
            what: matchWords(wording, parsed.success ? parsed.data : {}),
          })}
        </Text>
        <Preview match={parsed.success ? parsed.data : null} />
        <FormError error={add.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('notify.silences.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** Asked of the manager as a rule that tells everything of the kind: it knows which nodes lie in a scope. */
const Preview = ({ match }: { readonly match: EventMatch | null }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const tried = useMutation({
    mutationFn: (given: EventMatch) =>
      api.call('simulateRule', {
        body: {
          rule: notificationRuleSchema.parse({
            ...given,
            kind: 'notification',
            name: 'preview',
            channels: ['preview'],
            limit_per_min: 6_000,
          }),
          hours: previewHours,
        },
      }),
  });
  const count = tried.data?.messages.reduce((sum, message) => sum + message.count, 0) ?? 0;
  const examples = tried.data?.messages.toReversed().flatMap(({ events }) => events) ?? [];
  return (
    <Stack gap={6}>
      <Group>
        <Button
          size="xs"
          variant="default"
          loading={tried.isPending}
          disabled={match === null}
          onClick={() => match !== null && tried.mutate(match)}
        >
          {t('notify.silences.preview')}
        </Button>
      </Group>
      <FormError error={tried.error} />
      {tried.data !== undefined && (
        <>
          <Text size="sm" role="status">
            {t('notify.silences.previewed', { count, hours: previewHours })}
          </Text>
          <ul className="nz-steps">
            {examples.slice(0, examplesMax).map((event) => (
              <li key={event.id}>
                <Text size="sm" c="dimmed" span>
                  {event.node === null ? event.message : `${event.node}: ${event.message}`}
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </Stack>
  );
};
