// From an event to what one wants next: its session, its like, and to keep such events quiet or have others told of them.
import { Button, Group } from '@mantine/core';
import { Link, useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
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
          <AddressButton address={`/notifications/silences?${likeThis(event)}`}>
            {t('event.silence')}
          </AddressButton>
          <AddressButton address={`/notifications/new/rule?${likeThis(event)}`}>
            {t('event.makeRule')}
          </AddressButton>
        </>
      )}
      {maySeeTraps && event.monitor !== null && event.trapId !== null && (
        <AddressButton address={`/traps/monitor/${encodeURIComponent(event.monitor)}`}>
          {t('event.openMonitor', { name: event.monitor })}
        </AddressButton>
      )}
    </Group>
  );
};

/** A way to another part of the console, whose addresses it alone knows. */
const AddressButton = ({ address, children }: { readonly address: string; readonly children: ReactNode }) => {
  const { history } = useRouter();
  return (
    <Button
      variant="default"
      component="a"
      href={address}
      onClick={(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        history.push(address);
      }}
    >
      {children}
    </Button>
  );
};

const stateOf = ({ node, monitor, key }: EventView) => ({
  ...(node === null ? {} : { node }),
  ...(monitor === null ? {} : { monitor }),
  ...(key === null ? {} : { key }),
});

/** What the pages of notifications begin a silence or a rule with. */
const likeThis = (event: EventView): string =>
  new URLSearchParams({
    event: String(event.id),
    ...stateOf(event),
    ...(event.monitor === null ? { code: event.code } : {}),
  }).toString();
