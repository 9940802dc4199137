// From an event to what one wants next: its session, its like, and to keep such events quiet or have others told of them.
import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { useMay } from '../../app/use-may.ts';

export const EventLinks = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const maySeeTraps = useMay('traps.read');
  const mayNotify = useMay('notifications.write');
  const session = event.details['session'];
  const unit = event.details['unit'];
  return (
    <Group gap="xs">
      {session !== undefined && (
        <>
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
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link to="/events" search={{ session: Number(session) }} {...props} />
            )}
          >
            {t('events.allOfSession')}
          </Button>
        </>
      )}
      {event.key !== null && (
        <Button
          variant="default"
          renderRoot={(props: object) => <Link to="/events" search={stateOf(event)} {...props} />}
        >
          {t('event.sameState')}
        </Button>
      )}
      {mayNotify && (
        <>
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link
                to="/notifications/$section"
                params={{ section: 'silences' }}
                search={{ event: event.id, ...stateOf(event) }}
                {...props}
              />
            )}
          >
            {t('event.silence')}
          </Button>
          <Button
            variant="default"
            renderRoot={(props: object) => (
              <Link
                to="/notifications/new/$kind"
                params={{ kind: 'rule' }}
                search={{ event: event.id, ...stateOf(event) }}
                {...props}
              />
            )}
          >
            {t('event.makeRule')}
          </Button>
        </>
      )}
      {maySeeTraps && event.monitor !== null && event.trapId !== null && (
        <Button
          variant="default"
          renderRoot={(props: object) => (
            <Link to="/traps/monitor/$name" params={{ name: event.monitor ?? '' }} {...props} />
          )}
        >
          {t('event.openMonitor', { name: event.monitor })}
        </Button>
      )}
    </Group>
  );
};

const stateOf = ({ node, monitor, key }: EventView) => ({
  ...(node === null ? {} : { node }),
  ...(monitor === null ? {} : { monitor }),
  ...(key === null ? {} : { key }),
});
