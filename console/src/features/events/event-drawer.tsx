// One event with all that is known of it, and the ways to what it is about.
import { ActionIcon, Anchor, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventText } from '@nezuban/protocol/events/event-text';
import { CopyButton } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { factName, factValue } from './event-facts.ts';

type Props = {
  readonly event: EventView | undefined;
  readonly mayConfirm: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (event: EventView) => void;
  readonly onComment: (event: EventView) => void;
  /** Undefined: there is none. */
  readonly onNext: (() => void) | undefined;
  readonly onPrevious: (() => void) | undefined;
};

export const EventDrawer = ({ event, onClose, ...actions }: Props) => {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={event !== undefined}
      onClose={onClose}
      position="right"
      title={event === undefined ? '' : t('events.detail', { id: event.id })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {event !== undefined && <EventFacts event={event} {...actions} />}
    </Drawer>
  );
};

const EventFacts = ({
  event,
  mayConfirm,
  onConfirm,
  onComment,
  onNext,
  onPrevious,
}: Omit<Props, 'event' | 'onClose'> & { readonly event: EventView }) => {
  const { t, i18n } = useTranslation();
  const said = eventText(event, i18n.language);
  const session = event.details['session'];
  const unit = event.details['unit'];
  return (
    <Stack gap="md">
      <Group gap="sm" justify="space-between" wrap="nowrap">
        <Group gap="sm">
          <StatusBadge status={priorityStatus(event.priority)} />
          <Text size="sm">{t(`events.code.${event.code}`)}</Text>
        </Group>
        <Group gap={4} wrap="nowrap">
          <Step label={t('events.previous')} onClick={onPrevious} icon={<IconChevronUp size={18} />} />
          <Step label={t('events.next')} onClick={onNext} icon={<IconChevronDown size={18} />} />
        </Group>
      </Group>
      <Text fw={600}>{said}</Text>
      {said !== event.message && (
        <Text size="sm" c="dimmed" lang="en">
          {event.message}
        </Text>
      )}
      {mayConfirm && (
        <Group gap="xs">
          <Button
            onClick={() => onConfirm(event)}
            variant={event.confirm === 'confirmed' ? 'default' : 'filled'}
          >
            {t(event.confirm === 'confirmed' ? 'events.unconfirm.action' : 'events.confirm.action')}
          </Button>
          <Button variant="default" onClick={() => onComment(event)}>
            {t(event.confirm === 'confirmed' ? 'events.comment' : 'events.confirm.withComment')}
          </Button>
        </Group>
      )}
      <Facts
        facts={[
          [
            t('events.columns.at'),
            <>
              <Instant at={event.at} /> (<RelativeTime at={event.at} />)
            </>,
          ],
          [t('events.columns.node'), event.node ?? '–'],
          ...Object.entries(event.details).map(([name, value]): [string, ReactNode] => [
            factName(t, name),
            <FactValue key={name} name={name} value={value} details={event.details} />,
          ]),
          [
            t('events.columns.confirm'),
            event.confirm === 'confirmed' ? (
              <>
                {t('events.confirmedBy', { user: event.confirmedBy ?? '' })}{' '}
                <Instant at={event.confirmedAt} />
              </>
            ) : event.confirm === 'confirming' ? (
              <>
                {t('events.confirmingBy', { user: event.confirmingBy ?? '' })}{' '}
                <Instant at={event.confirmingAt} />
              </>
            ) : (
              t('events.confirmState.unconfirmed')
            ),
          ],
          ...(event.comment === null ? [] : [[t('events.comment'), event.comment] as const]),
          [t('events.codeName'), event.code],
        ]}
      />
      <Group gap="xs">
        {session !== undefined && (
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link
                to="/sessions/$id"
                params={{ id: String(session) }}
                search={typeof unit === 'string' ? { unit } : {}}
                {...props}
              />
            )}
          >
            {t(unit === undefined ? 'events.openSession' : 'events.openUnit')}
          </Button>
        )}
        {session !== undefined && (
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link to="/events" search={{ session: Number(session) }} {...props} />
            )}
          >
            {t('events.allOfSession')}
          </Button>
        )}
        <CopyButton
          value={[event.at, event.priority, event.code, event.node ?? '', event.message].join('\t')}
        />
      </Group>
    </Stack>
  );
};

const Step = ({
  label,
  onClick,
  icon,
}: {
  readonly label: string;
  readonly onClick: (() => void) | undefined;
  readonly icon: ReactNode;
}) => (
  <ActionIcon
    variant="default"
    size="lg"
    aria-label={label}
    title={label}
    disabled={onClick === undefined}
    onClick={onClick}
  >
    {icon}
  </ActionIcon>
);

type FactValueProps = {
  readonly name: string;
  readonly value: string | number;
  readonly details: EventView['details'];
};

/** What a fact names is one press away. */
const FactValue = ({ name, value, details }: FactValueProps) => {
  const { t } = useTranslation();
  const text = String(value);
  const session = details['session'];
  if (name === 'session')
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => <Link to="/sessions/$id" params={{ id: text }} {...props} />}
      >
        {value}
      </Anchor>
    );
  if (name === 'unit' && session !== undefined)
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => (
          <Link to="/sessions/$id" params={{ id: String(session) }} search={{ unit: text }} {...props} />
        )}
      >
        {value}
      </Anchor>
    );
  if (name === 'net')
    return (
      <Anchor
        size="sm"
        renderRoot={(props: object) => <Link to="/net/$name" params={{ name: text }} {...props} />}
      >
        {value}
      </Anchor>
    );
  return <span className="nz-break">{factValue(t, name, value)}</span>;
};
