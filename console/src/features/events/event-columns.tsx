// How an event looks in a row: in columns, or stacked where there is no room for them. Shared by the page of events and the overview.
import { Checkbox, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { defineColumns } from '../../components/data-columns.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { eventText } from '@nezuban/protocol/events/event-text';

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

export type EventColumnsInput = {
  readonly t: TFunction;
  readonly selected: ReadonlyMap<number, EventView>;
  readonly allChosen: boolean;
  readonly mayConfirm: boolean;
  /** `range`: from the one chosen before to this one. */
  readonly onToggle: (event: EventView, range: boolean) => void;
  readonly onToggleAll: () => void;
  readonly onOpen: (event: EventView) => void;
  readonly onConfirm: (event: EventView) => void;
};

const selectColumn = ({ t, selected, allChosen, onToggle, onToggleAll }: EventColumnsInput) => ({
  id: 'select',
  width: '2.5rem',
  header: (
    <Checkbox
      size="xs"
      aria-label={t('events.selectAll')}
      checked={allChosen}
      indeterminate={!allChosen && selected.size > 0}
      onChange={onToggleAll}
    />
  ),
  cell: (event: EventView) => (
    // The browser's own: there are as many as rows, and they have to scroll.
    <input
      type="checkbox"
      className="nz-row-check"
      aria-label={t('events.select', { id: event.id })}
      checked={selected.has(event.id)}
      onChange={() => {}}
      onClick={(click: MouseEvent) => onToggle(event, click.shiftKey)}
    />
  ),
});

const ConfirmCell = ({ event, input }: { readonly event: EventView; readonly input: EventColumnsInput }) => {
  const { t, mayConfirm, onConfirm } = input;
  if (event.confirm === 'confirmed')
    return (
      <span className="nz-cut nz-row-small">
        {t('events.confirmedBy', { user: event.confirmedBy ?? '' })}
      </span>
    );
  if (!mayConfirm)
    return (
      <span className="nz-cut nz-row-small">
        {event.confirm === 'confirming'
          ? t('events.confirmingBy', { user: event.confirmingBy ?? '' })
          : t('events.confirmState.unconfirmed')}
      </span>
    );
  return (
    <button
      type="button"
      className="nz-row-button"
      onClick={() => onConfirm(event)}
      aria-label={t('events.confirm.one', { id: event.id })}
    >
      {t('events.confirm.action')}
    </button>
  );
};

const MessageButton = ({
  event,
  onOpen,
}: { readonly event: EventView } & Pick<EventColumnsInput, 'onOpen'>) => (
  <button type="button" className="nz-event-link" data-row-main onClick={() => onOpen(event)}>
    <EventMessage event={event} />
  </button>
);

export const wideColumns = (input: EventColumnsInput) =>
  defineColumns<EventView>([
    selectColumn(input),
    {
      id: 'priority',
      width: '6.5rem',
      header: input.t('events.columns.priority'),
      cell: (event) => <StatusBadge status={priorityStatus(event.priority)} plain />,
    },
    {
      id: 'at',
      width: '9.5rem',
      header: input.t('events.columns.at'),
      cell: (event) => <Instant at={event.at} />,
    },
    {
      id: 'message',
      header: input.t('events.columns.message'),
      cell: (event) => <MessageButton event={event} onOpen={input.onOpen} />,
    },
    {
      id: 'node',
      width: '7.5rem',
      header: input.t('events.columns.node'),
      cell: (event) => <span className="nz-cut">{event.node ?? '–'}</span>,
    },
    {
      id: 'confirm',
      width: '8rem',
      header: input.t('events.columns.confirm'),
      cell: (event) => <ConfirmCell event={event} input={input} />,
    },
  ]);

export const narrowColumns = (input: EventColumnsInput) =>
  defineColumns<EventView>([
    selectColumn(input),
    {
      id: 'message',
      header: input.t('events.columns.message'),
      cell: (event) => (
        <div className="nz-event-card">
          <div>
            <StatusBadge status={priorityStatus(event.priority)} plain /> <Instant at={event.at} />
            <ConfirmCell event={event} input={input} />
          </div>
          <MessageButton event={event} onOpen={input.onOpen} />
        </div>
      ),
    },
  ]);
