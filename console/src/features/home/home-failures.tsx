// What has failed and waits for somebody: sessions first, one press from the output of the unit that failed; then everything else that is
// critical. Confirmed here, it is gone from here.
import { Anchor, Button, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/times.tsx';
import { EventMessage } from '../events/event-columns.tsx';
import { useConfirmEvents } from '../events/use-confirm-events.tsx';
import { groupFailures, withoutSession, type Failure } from './failure-groups.ts';
import { HomePart, homeRowsMax } from './home-part.tsx';

/** Enough to find the units behind the newest failed sessions. */
const eventsLoaded = 200;
const waiting = { priority: ['critical', 'unknown'] as const, confirm: 'unconfirmed' as const };

const useWaitingEvents = () => {
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(queries.events(waiting, eventsLoaded));
  const first = data?.pages[0];
  return useMemo(
    () => ({ events: first?.items, more: first !== undefined && first.nextCursor !== null, error }),
    [first, error],
  );
};

const AllWaiting = ({ count, more }: { readonly count: number; readonly more: boolean }) => {
  const { t } = useTranslation();
  return (
    <Anchor
      size="sm"
      renderRoot={(props: object) => (
        <Link
          to="/events"
          search={{ priority: ['critical', 'unknown'], confirm: 'unconfirmed' }}
          {...props}
        />
      )}
    >
      {count === 0 ? t('home.all') : t('home.allCount', { count: more ? `${count}+` : count })}
    </Anchor>
  );
};

export const HomeFailures = () => {
  const { t } = useTranslation();
  const { events, more, error } = useWaitingEvents();
  const failures = useMemo(() => groupFailures(events ?? []), [events]);
  return (
    <HomePart
      title={t('home.failures.title')}
      loaded={events !== undefined}
      error={error}
      empty={failures.length === 0 ? { text: t('home.failures.none'), good: true } : null}
      link={<AllWaiting count={failures.length} more={more} />}
    >
      {failures.slice(0, homeRowsMax).map((failure) => (
        <FailureRow key={failure.session} failure={failure} />
      ))}
    </HomePart>
  );
};

const FailureRow = ({ failure }: { readonly failure: Failure }) => {
  const { t } = useTranslation();
  const mayConfirm = useMay('events.confirm');
  const { busy, confirm } = useConfirmEvents();
  const { session, net, unit, exitCode, events } = failure;
  const newest = events[0];
  if (newest === undefined) return null;
  return (
    <li className="nz-row-line">
      <Link
        to="/sessions/$id"
        params={{ id: String(session) }}
        search={unit === null ? {} : { unit }}
        className="nz-row"
      >
        <StatusBadge status={priorityStatus(newest.priority)} plain />
        <span className="nz-row-main">
          {net ?? t('session.title', { id: session })}{' '}
          <Text span c="dimmed" size="xs">
            #{session}
          </Text>
          {unit !== null && (
            <Text span size="xs" className="nz-row-unit">
              {exitCode === null
                ? t('home.failures.unit', { unit })
                : t('home.failures.unitCode', { unit, code: exitCode })}
            </Text>
          )}
        </span>
        <RelativeTime at={newest.at} />
      </Link>
      {mayConfirm && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          aria-label={t('home.failures.confirm', { id: session })}
          onClick={() => void confirm({ events, state: 'confirmed' })}
        >
          {t('events.confirm.action')}
        </Button>
      )}
    </li>
  );
};

export const HomeCriticalEvents = () => {
  const { t } = useTranslation();
  const { events, more, error } = useWaitingEvents();
  const mayConfirm = useMay('events.confirm');
  const { busy, confirm } = useConfirmEvents();
  const others = useMemo(() => withoutSession(events ?? []), [events]);
  return (
    <HomePart
      across
      title={t('home.events.title')}
      loaded={events !== undefined}
      error={error}
      empty={others.length === 0 ? { text: t('home.events.none'), good: true } : null}
      link={<AllWaiting count={others.length} more={more} />}
    >
      {others.slice(0, homeRowsMax).map((event) => (
        <li key={event.id} className="nz-row-line">
          <Link to="/events" search={{ ...waiting, event: event.id }} className="nz-row">
            <StatusBadge status={priorityStatus(event.priority)} plain />
            <span className="nz-row-main">
              <EventMessage event={event} />
            </span>
            <RelativeTime at={event.at} />
          </Link>
          {mayConfirm && (
            <Button
              size="compact-xs"
              variant="default"
              disabled={busy}
              aria-label={t('events.confirm.one', { id: event.id })}
              onClick={() => void confirm({ events: [event], state: 'confirmed' })}
            >
              {t('events.confirm.action')}
            </Button>
          )}
        </li>
      ))}
    </HomePart>
  );
};
