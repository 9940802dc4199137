// How an event looks in a row: in columns, or stacked where there is no room for them. Shared by the page of events and the overview.
import { Checkbox, Text } from '@mantine/core';
import { IconCircleCheck, IconUserCheck } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { defineColumns, type DataColumn } from '../../components/data-columns.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { eventTextIn } from '../../i18n/event-said.ts';

export const EventMessage = ({ event }: { readonly event: EventView }) => {
  const { i18n, t } = useTranslation();
  return (
    <span className="nz-event-message">
      {event.clearedAt !== null && <ClearedSign at={event.clearedAt} />}
      {eventTextIn(event, i18n.language)}
      {event.comment !== null && (
        <Text span size="xs" c="dimmed" className="nz-event-comment">
          {t('events.commented', { comment: event.comment })}
        </Text>
      )}
    </span>
  );
};

/** What it raised is over. */
const ClearedSign = ({ at }: { readonly at: string }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span
      className="nz-event-cleared"
      data-tone="normal"
      title={t('events.clearedTitle', { at: format.instant(at) })}
    >
      <IconCircleCheck size={14} aria-hidden="true" /> {t('events.cleared')}
    </span>
  );
};

/** How often it happened, where that was more than once. */
export const EventCount = ({ event }: { readonly event: EventView }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (event.count <= 1) return null;
  return (
    <span
      className="nz-event-count"
      title={t('events.countedTitle', {
        count: format.number(event.count) as never,
        at: format.instant(event.lastAt ?? event.at),
      })}
    >
      {t('events.counted', { count: format.number(event.count) as never })}
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
  const format = useFormat();
  if (event.confirm === 'confirmed' || event.confirm === 'confirming') {
    const [user, at] =
      event.confirm === 'confirmed'
        ? [event.confirmedBy, event.confirmedAt]
        : [event.confirmingBy, event.confirmingAt];
    return (
      <span
        className="nz-cut nz-row-small nz-event-state"
        data-tone={event.confirm === 'confirming' ? 'active' : undefined}
        title={at === null ? undefined : t('events.confirm.at', { user: user ?? '', at: format.instant(at) })}
      >
        {event.confirm === 'confirming' && <IconUserCheck size={14} aria-hidden="true" />}
        {t(event.confirm === 'confirmed' ? 'events.confirmedBy' : 'events.confirmingBy', {
          user: user ?? '',
        })}
      </span>
    );
  }
  if (!mayConfirm) return <span className="nz-cut nz-row-small">{t('events.confirmState.unconfirmed')}</span>;
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

const priorityColumn = ({ t }: EventColumnsInput): DataColumn<EventView> => ({
  id: 'priority',
  width: '6.5rem',
  header: t('events.columns.priority'),
  cell: (event) => <StatusBadge status={priorityStatus(event.priority)} plain />,
});
const atColumn = ({ t }: EventColumnsInput): DataColumn<EventView> => ({
  id: 'at',
  width: '9.5rem',
  header: t('events.columns.at'),
  cell: (event) => <Instant at={event.at} />,
});
const countColumn = ({ t }: EventColumnsInput): DataColumn<EventView> => ({
  id: 'count',
  width: '4.5rem',
  numeric: true,
  header: t('events.columns.count'),
  cell: (event) => <EventCount event={event} />,
});
const messageColumn = ({ t, onOpen }: EventColumnsInput): DataColumn<EventView> => ({
  id: 'message',
  header: t('events.columns.message'),
  cell: (event) => <MessageButton event={event} onOpen={onOpen} />,
});
const confirmColumn = (input: EventColumnsInput): DataColumn<EventView> => ({
  id: 'confirm',
  width: '8.5rem',
  header: input.t('events.columns.confirm'),
  cell: (event) => <ConfirmCell event={event} input={input} />,
});

/** Node and monitor share a column; when it was last repeated is the title of the count. */
export const wideColumns = (input: EventColumnsInput) =>
  defineColumns<EventView>([
    selectColumn(input),
    priorityColumn(input),
    atColumn(input),
    countColumn(input),
    messageColumn(input),
    {
      id: 'node',
      width: '10rem',
      header: input.t('events.columns.nodeAndMonitor'),
      cell: (event) => (
        <span
          className="nz-cut"
          title={[event.node, event.monitor, event.key].filter((part) => part !== null).join(' · ')}
        >
          {event.node ?? '–'}
          {event.monitor !== null && (
            <Text span size="xs" c="dimmed">
              {' '}
              {event.monitor}
            </Text>
          )}
        </span>
      ),
    },
    confirmColumn(input),
  ]);

/** On a large screen everything has a column of its own. */
export const widestColumns = (input: EventColumnsInput) =>
  defineColumns<EventView>([
    selectColumn(input),
    priorityColumn(input),
    atColumn(input),
    {
      id: 'lastAt',
      width: '9.5rem',
      header: input.t('events.columns.lastAt'),
      cell: (event) => <Instant at={event.lastAt} none="" />,
    },
    countColumn(input),
    messageColumn(input),
    {
      id: 'node',
      width: '9rem',
      header: input.t('events.columns.node'),
      cell: (event) => <span className="nz-cut">{event.node ?? '–'}</span>,
    },
    {
      id: 'monitor',
      width: '11rem',
      header: input.t('events.columns.monitor'),
      cell: (event) => (
        <span className="nz-cut" title={event.key ?? undefined}>
          {event.monitor ?? '–'}
          {event.key !== null && (
            <Text span size="xs" c="dimmed">
              {' '}
              {event.key}
            </Text>
          )}
        </span>
      ),
    },
    confirmColumn(input),
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
            <StatusBadge status={priorityStatus(event.priority)} plain /> <Instant at={event.at} />{' '}
            <EventCount event={event} />
            <ConfirmCell event={event} input={input} />
          </div>
          <MessageButton event={event} onOpen={input.onOpen} />
        </div>
      ),
    },
  ]);
