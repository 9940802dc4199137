// What a rule would have told of the events of the last hours: when, gathered how, what was kept back. Sends nothing.
import { Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OperationOutput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Section } from '../../components/section.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import type { Draft } from './form/draft.ts';
import { toTrial } from './trial-rule.ts';

const spans = ['1', '6', '24', '72', '168'] as const;
/** More are counted: nobody reads them beside a form. */
const shownMax = 50;
const eventsShownMax = 4;

type Simulation = OperationOutput<Operations['simulateRule']>;
type Message = Simulation['messages'][number];

export const SimulationPanel = ({ draft }: { readonly draft: Draft }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const [hours, setHours] = useState<string>('24');
  const trial = toTrial(draft);
  const tried = useMutation({
    mutationFn: (given: { readonly rule: NotificationRule; readonly hours: number }) =>
      api.call('simulateRule', { body: given }),
  });
  const isStale = tried.data !== undefined && JSON.stringify(tried.variables.rule) !== JSON.stringify(trial);
  return (
    <Section title={t('notify.try.title')} text={t('notify.try.text')}>
      <Group align="flex-end" gap="xs">
        <Select
          label={t('notify.try.hours')}
          value={hours}
          onChange={(value) => setHours(value ?? '24')}
          allowDeselect={false}
          data={spans.map((value) => ({ value, label: t('notify.try.span', { hours: Number(value) }) }))}
          w={170}
        />
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
          loading={tried.isPending}
          disabled={trial === null}
          onClick={() => trial !== null && tried.mutate({ rule: trial, hours: Number(hours) })}
        >
          {t('notify.try.action')}
        </Button>
      </Group>
      {trial === null && (
        <Text size="sm" c="dimmed">
          {t('notify.try.faulty')}
        </Text>
      )}
      <FormError error={tried.error} />
      {isStale && (
        <Text size="sm" role="status">
          {t('notify.try.stale')}
        </Text>
      )}
      {tried.data !== undefined && <Outcome simulation={tried.data} />}
    </Section>
  );
};

const Outcome = ({ simulation }: { readonly simulation: Simulation }) => {
  const { t } = useTranslation();
  const { messages, events, isCut } = simulation;
  const told = messages.filter(({ type }) => type === 'message').length;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} role="status">
        {t('notify.try.outcome', { events, told, kept: messages.length - told })}
      </Text>
      {isCut && (
        <Text size="sm" c="dimmed">
          {t('notify.try.cut')}
        </Text>
      )}
      <ul className="nz-told">
        {messages
          .toReversed()
          .slice(0, shownMax)
          .map((message, index) => (
            <MessageItem
              key={`${index} ${message.at} ${message.escalationStep ?? ''} ${message.type} ${message.events.map(({ id }) => id).join()}`}
              message={message}
            />
          ))}
      </ul>
      {messages.length > shownMax && (
        <Text size="sm" c="dimmed">
          {t('notify.try.more', { count: messages.length - shownMax })}
        </Text>
      )}
    </Stack>
  );
};

const MessageItem = ({ message }: { readonly message: Message }) => {
  const { t } = useTranslation();
  const { events, count } = message;
  const marks = marksOf(message);
  return (
    <li {...(message.type === 'suppressed' ? { 'data-kept': true } : {})}>
      <Group gap={6}>
        <Text size="sm" fw={600}>
          <Instant at={message.at} />
        </Text>
        {marks.map((mark) => (
          <Badge key={mark} size="sm" variant="light" color="gray" miw="max-content">
            {t(`notify.mark.${mark}`)}
          </Badge>
        ))}
        {message.escalationStep !== null && (
          <Badge size="sm" variant="light" color="gray" miw="max-content">
            {t('notify.mark.step', { step: message.escalationStep })}
          </Badge>
        )}
        {count > 1 && <Text size="sm">{t('notify.try.events', { count })}</Text>}
      </Group>
      {message.cause !== null && (
        <Text size="xs" c="dimmed">
          {causeWords(t, message.cause)}
        </Text>
      )}
      <ul>
        {events.slice(0, eventsShownMax).map((event) => (
          <li key={event.id}>
            <StatusBadge status={priorityStatus(event.priority)} plain />{' '}
            <Link to="/events" search={{ event: event.id }}>
              {event.node === null ? event.message : `${event.node}: ${event.message}`}
            </Link>
          </li>
        ))}
        {count > eventsShownMax && <li>{t('notify.try.moreEvents', { count: count - eventsShownMax })}</li>}
      </ul>
    </li>
  );
};

/** `silence:4`, `inhibition:router-down`, `maintenance:patch`. */
const causeWords = (t: TFunction, cause: string): string => {
  const colon = cause.indexOf(':');
  const kind = (['silence', 'inhibition', 'maintenance'] as const).find(
    (each) => each === cause.slice(0, colon),
  );
  return kind === undefined ? cause : t(`notify.kept.${kind}`, { by: cause.slice(colon + 1) });
};

const marksOf = (message: Message) =>
  [
    ...(message.type === 'suppressed' ? (['suppressed'] as const) : []),
    ...(message.recovered ? (['recovered'] as const) : []),
    ...(message.reminder ? (['reminder'] as const) : []),
    ...(message.overflow ? (['overflow'] as const) : []),
  ] as const;
