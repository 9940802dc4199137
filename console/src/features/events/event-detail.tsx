// One event with all that is known of it: what is said, who is on it, what can be done, its fields, what it came from and what became of it.
// Shown in the drawer of the stream and on a page of its own.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { isOwnFact } from '@nezuban/protocol/events/event-facts';
import { eventTextIn } from '../../i18n/event-said.ts';
import { useMay } from '../../app/use-may.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { ConfirmEventsDialog, type ConfirmRequest } from './confirm-dialog.tsx';
import { EventChain } from './event-chain.tsx';
import { factName } from './event-facts.ts';
import { FactValue } from './fact-value.tsx';
import { EventFields } from './event-fields.tsx';
import { EventLinks } from './event-links.tsx';
import { EventTrap } from './event-trap.tsx';
import { useConfirmEvents } from './use-confirm-events.tsx';

export const EventDetail = ({ event }: { readonly event: EventView }) => {
  const { t, i18n } = useTranslation();
  const mayConfirm = useMay('events.confirm');
  const said = eventTextIn(event, i18n.language);
  return (
    <Stack gap="md" className="nz-event-detail">
      <Group gap="sm">
        <StatusBadge status={priorityStatus(event.priority)} />
        <Text size="sm">{t(`events.code.${event.code}`)}</Text>
      </Group>
      <div>
        <Text fw={600}>{said}</Text>
        {said !== event.message && (
          <Text size="sm" c="dimmed" lang="en" mt={4}>
            {event.message}
          </Text>
        )}
      </div>
      {mayConfirm && <Confirming event={event} />}
      <Facts facts={useFacts(event)} />
      <EventFields event={event} mayEdit={mayConfirm} />
      <EventChain event={event} />
      {event.trapId !== null && <EventTrap id={event.trapId} />}
      <EventLinks event={event} />
      <Group gap="xs">
        <CopyButton
          value={[event.at, event.priority, event.code, event.node ?? '', event.message].join('\t')}
        />
      </Group>
    </Stack>
  );
};

const Confirming = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const { busy, confirm } = useConfirmEvents();
  const [request, setRequest] = useState<ConfirmRequest | null>(null);
  const to = (state: EventView['confirm']) => void confirm({ events: [event], state });
  const isConfirmed = event.confirm === 'confirmed';
  return (
    <Group gap="xs">
      {isConfirmed ? (
        <Button variant="default" disabled={busy} onClick={() => to('unconfirmed')}>
          {t('events.unconfirm.action')}
        </Button>
      ) : (
        <>
          <Button disabled={busy} onClick={() => to('confirmed')}>
            {t('events.confirm.action')}
          </Button>
          <Button
            variant="default"
            disabled={busy}
            onClick={() => setRequest({ events: [event], state: 'confirmed' })}
          >
            {t('events.confirm.withComment')}
          </Button>
          <Button
            variant="default"
            disabled={busy}
            onClick={() => to(event.confirm === 'confirming' ? 'unconfirmed' : 'confirming')}
          >
            {t(event.confirm === 'confirming' ? 'events.unconfirm.action' : 'events.confirming.action')}
          </Button>
        </>
      )}
      <Button variant="default" disabled={busy} onClick={() => setRequest({ events: [event] })}>
        {t('events.comment')}
      </Button>
      <ConfirmEventsDialog
        request={request}
        busy={busy}
        onClose={() => setRequest(null)}
        onConfirm={async (confirmation) => {
          if (await confirm(confirmation)) setRequest(null);
        }}
      />
    </Group>
  );
};

const useFacts = (event: EventView): readonly (readonly [string, ReactNode])[] => {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    [
      t('events.columns.at'),
      <>
        <Instant at={event.at} /> (<RelativeTime at={event.at} />)
      </>,
    ],
    ...(event.count > 1
      ? ([
          [
            t('events.columns.count'),
            t('events.countedTitle', {
              count: format.number(event.count) as never,
              at: format.instant(event.lastAt ?? event.at),
            }),
          ],
        ] as const)
      : []),
    [
      t('events.columns.node'),
      event.node === null ? (
        '–'
      ) : (
        <Anchor
          key="node"
          size="sm"
          renderRoot={(props: object) => (
            <Link to="/nodes/$name" params={{ name: event.node ?? '' }} {...props} />
          )}
        >
          {event.node}
        </Anchor>
      ),
    ],
    ...(event.monitor === null ? [] : ([[t('events.columns.monitor'), event.monitor]] as const)),
    ...(event.key === null && event.clearedAt === null
      ? []
      : ([[t('event.raised'), <StateOfEvent key="state" event={event} />]] as const)),
    ...Object.entries(event.details)
      .filter(([name]) => isOwnFact(name))
      .map(([name, value]): [string, ReactNode] => [
        factName(t, name),
        <FactValue key={name} name={name} value={value} details={event.details} />,
      ]),
    [t('events.columns.confirm'), <ConfirmedBy key="confirm" event={event} />],
    ...(event.comment === null
      ? []
      : ([
          [
            t('events.comment'),
            <>
              <span className="nz-break">{event.comment}</span>
              {event.commentBy !== null && event.commentAt !== null && (
                <Text size="xs" c="dimmed">
                  {t('event.commentBy', { user: event.commentBy, at: format.instant(event.commentAt) })}
                </Text>
              )}
            </>,
          ],
        ] as const)),
    [t('events.codeName'), event.code],
  ];
};

/** What state it raised, and when and by what that ended. */
const StateOfEvent = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className="nz-break">
      {event.key !== null && <>{event.key} </>}
      {event.clearedAt !== null && (
        <>
          {t('event.clearedAt', { at: format.instant(event.clearedAt) })}{' '}
          {event.clearedBy === null ? (
            t('event.clearedByHand')
          ) : (
            <Anchor
              size="sm"
              renderRoot={(props: object) => (
                <Link to="/events/$id" params={{ id: String(event.clearedBy) }} {...props} />
              )}
            >
              {t('event.clearedByEvent', { id: event.clearedBy })}
            </Anchor>
          )}
        </>
      )}
    </span>
  );
};

const ConfirmedBy = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const confirmed =
    event.confirmedAt === null
      ? null
      : t('event.confirmed', { user: event.confirmedBy ?? '', at: format.instant(event.confirmedAt) });
  const confirming =
    event.confirmingAt === null
      ? null
      : t('event.confirming', { user: event.confirmingBy ?? '', at: format.instant(event.confirmingAt) });
  if (confirmed === null && confirming === null) return t('events.confirmState.unconfirmed');
  return (
    <>
      {confirming !== null && <div>{confirming}</div>}
      {confirmed !== null && <div>{confirmed}</div>}
    </>
  );
};
