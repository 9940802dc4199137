// How an event looks in a row. Shared by the page of events and the overview.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventText } from './event-text.ts';

export const EventMessage = ({ event }: { readonly event: EventView }) => {
  const { i18n, t } = useTranslation();
  return (
    <span className="nz-event-message">
      {eventText(event, i18n.language)}
      {event.comment !== null && (
        <Text span size="xs" c="dimmed" className="nz-event-comment">
          {t('events.commented', { comment: event.comment })}
        </Text>
      )}
    </span>
  );
};
