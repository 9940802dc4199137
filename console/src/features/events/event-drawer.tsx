// One event with all that is known of it.
import { Anchor, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { eventText } from './event-text.ts';

type Props = {
  readonly event: EventView | undefined;
  readonly onClose: () => void;
  readonly onConfirm: (event: EventView) => void;
};

export const EventDrawer = ({ event, onClose, onConfirm }: Props) => {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={event !== undefined}
      onClose={onClose}
      position="right"
      title={event === undefined ? '' : t('events.detail', { id: event.id })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {event !== undefined && <EventFacts event={event} onConfirm={onConfirm} />}
    </Drawer>
  );
};

const EventFacts = ({
  event,
  onConfirm,
}: {
  readonly event: EventView;
  readonly onConfirm: (event: EventView) => void;
}) => {
  const { t, i18n } = useTranslation();
  const said = eventText(event, i18n.language);
  const session = event.details['session'];
  return (
    <Stack gap="md">
      <Group gap="sm">
        <StatusBadge status={priorityStatus(event.priority)} />
        <Text size="sm">{t(`events.code.${event.code}`)}</Text>
      </Group>
      <Text fw={600}>{said}</Text>
      {said !== event.message && (
        <Text size="sm" c="dimmed" lang="en">
          {event.message}
        </Text>
      )}
      <dl className="nz-facts">
        <dt>{t('events.columns.at')}</dt>
        <dd>
          <Instant at={event.at} />
        </dd>
        <dt>{t('events.columns.node')}</dt>
        <dd>{event.node ?? '–'}</dd>
        {Object.entries(event.details).map(([name, value]) => (
          <div key={name} className="nz-facts-row">
            <dt>{name}</dt>
            <dd className="nz-break">
              {name === 'session' ? (
                <Anchor
                  size="sm"
                  renderRoot={(props: object) => (
                    <Link to="/sessions/$id" params={{ id: String(value) }} {...props} />
                  )}
                >
                  {value}
                </Anchor>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
        <dt>{t('events.columns.confirm')}</dt>
        <dd>
          {event.confirm === 'confirmed' ? (
            <ConfirmedBy event={event} />
          ) : (
            t('events.confirmState.unconfirmed')
          )}
        </dd>
        {event.comment !== null && (
          <>
            <dt>{t('events.comment')}</dt>
            <dd className="nz-break">{event.comment}</dd>
          </>
        )}
      </dl>
      <Group gap="xs">
        <Button
          onClick={() => onConfirm(event)}
          variant={event.confirm === 'confirmed' ? 'default' : 'filled'}
        >
          {t(event.confirm === 'confirmed' ? 'events.unconfirm.action' : 'events.confirm.action')}
        </Button>
        {session !== undefined && (
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link to="/sessions/$id" params={{ id: String(session) }} {...props} />
            )}
          >
            {t('events.openSession')}
          </Button>
        )}
      </Group>
    </Stack>
  );
};

const ConfirmedBy = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  return (
    <>
      {t('events.confirmedBy', { user: event.confirmedBy ?? '' })} <Instant at={event.confirmedAt} />
    </>
  );
};
