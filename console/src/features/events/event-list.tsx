// The rows of events: chosen, confirmed, opened, by mouse or by single keys. What arrives while older ones are read waits behind a
// button, so that nothing moves under the hand.
import { Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { QueryKey } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import type { EventsFilter } from '../../api/queries.ts';
import { useMay } from '../../app/use-may.ts';
import { DataTable, type DataTableHandle } from '../../components/data-table.tsx';
import { ShortcutHelp } from '../../components/shortcut-help.tsx';
import { useShortcuts } from '../../components/use-shortcuts.ts';
import { BulkConfirm } from './bulk-confirm.tsx';
import { ConfirmEventsDialog, type ConfirmRequest } from './confirm-dialog.tsx';
import { narrowColumns, wideColumns, widestColumns, type EventColumnsInput } from './event-columns.tsx';
import { EventDrawer } from './event-drawer.tsx';
import { NewEventsBar } from './new-events-bar.tsx';
import { useConfirmEvents } from './use-confirm-events.tsx';
import { useEventStream } from './use-event-stream.ts';

const rowHeights = { wide: 38, narrow: 76 } as const;

type Props = {
  readonly filter: EventsFilter;
  readonly listKey: QueryKey;
  readonly events: readonly EventView[];
  readonly onEndReached: () => void;
  readonly footer: ReactNode;
  readonly opened: number | undefined;
  readonly onOpen: (id: number | undefined) => void;
};

export const EventList = ({ filter, listKey, events, onEndReached, footer, opened, onOpen }: Props) => {
  const { t } = useTranslation();
  const wide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false });
  const widest = useMediaQuery('(min-width: 100em)', false, { getInitialValueInEffect: false });
  const mayConfirm = useMay('events.confirm');
  const table = useRef<DataTableHandle>(null);
  const [selected, setSelected] = useState<ReadonlyMap<number, EventView>>(new Map());
  const [request, setRequest] = useState<ConfirmRequest | null>(null);
  const [help, setHelp] = useState(false);
  const { busy, confirm } = useConfirmEvents();
  const { shown, waiting, onAtTop, showNewest } = useEventStream({
    events,
    filter,
    listKey,
    inUse: opened !== undefined || selected.size > 0,
  });
  const { toggle, toggleAll, allChosen } = useSelection(shown, selected, setSelected);
  const chosen = [...selected.values()];

  const confirmNow = useCallback(
    (which: readonly EventView[], state: ConfirmState) => {
      const changing = which.filter((event) => event.confirm !== state);
      if (changing.length === 0) return;
      void confirm({ events: changing, state }).then((done) => done && setSelected(new Map()));
    },
    [confirm],
  );
  const focused = () => shown[table.current?.focusedRow() ?? -1];
  const meant = () => (chosen.length > 0 ? chosen : [focused()].filter((event) => event !== undefined));
  const move = (by: number) => {
    const at = table.current?.focusedRow() ?? -1;
    if (shown.length > 0) table.current?.focusRow(Math.max(0, Math.min(shown.length - 1, at + by)));
  };
  const moveInList = (by: number) => (table.current?.focusedRow() ?? -1) >= 0 && move(by);
  const confirmMeant = (state: ConfirmState, withComment = false) => {
    const which = meant();
    if (!mayConfirm || which.length === 0) return;
    if (withComment) setRequest({ events: which, state });
    else confirmNow(which, state);
  };
  const toNewest = () => {
    showNewest();
    table.current?.toTop();
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => moveInList(1),
    ArrowUp: () => moveInList(-1),
    x: () => {
      const event = focused();
      if (event !== undefined) toggle(event, false);
    },
    c: () => confirmMeant('confirmed'),
    C: () => confirmMeant('confirmed', true),
    o: () => confirmMeant('confirming'),
    u: () => confirmMeant('unconfirmed'),
    g: toNewest,
    '/': () => document.querySelector<HTMLElement>('#events-search')?.focus(),
    '?': () => setHelp(true),
  });

  const columnsInput: EventColumnsInput = useMemo(
    () => ({
      t,
      selected,
      allChosen,
      mayConfirm,
      onToggle: toggle,
      onToggleAll: toggleAll,
      onOpen: (event) => onOpen(event.id),
      onConfirm: (event) => confirmNow([event], 'confirmed'),
    }),
    [t, selected, allChosen, mayConfirm, toggle, toggleAll, onOpen, confirmNow],
  );
  const columns = useMemo(
    () => (widest ? widestColumns : wide ? wideColumns : narrowColumns)(columnsInput),
    [widest, wide, columnsInput],
  );
  const at = opened === undefined ? -1 : shown.findIndex(({ id }) => id === opened);
  const neighbour = (by: number) => {
    const next = at < 0 ? undefined : shown[at + by];
    return next === undefined ? undefined : () => onOpen(next.id);
  };
  return (
    <>
      <Group gap="xs" className="nz-selection" role="toolbar" aria-label={t('events.selection')}>
        <Text size="sm" aria-live="polite">
          {t('events.selected', { count: selected.size })}
        </Text>
        {mayConfirm && (
          <>
            <SelectionButton disabled={selected.size === 0 || busy} onClick={() => confirmMeant('confirmed')}>
              {t('events.confirm.action')}
            </SelectionButton>
            <SelectionButton
              disabled={selected.size === 0 || busy}
              onClick={() => setRequest({ events: chosen, state: 'confirmed' })}
              wide
            >
              {t('events.confirm.withComment')}
            </SelectionButton>
            <SelectionButton
              disabled={selected.size === 0 || busy}
              onClick={() => confirmMeant('confirming')}
            >
              {t('events.confirming.action')}
            </SelectionButton>
            <SelectionButton
              disabled={selected.size === 0 || busy}
              onClick={() => confirmMeant('unconfirmed')}
              wide
            >
              {t('events.unconfirm.action')}
            </SelectionButton>
            <BulkConfirm filter={filter} />
          </>
        )}
        <ShortcutHelp
          opened={help}
          onOpen={() => setHelp(true)}
          onClose={() => setHelp(false)}
          keys={keysOf(t)}
        />
      </Group>
      <div className="nz-live-list">
        <NewEventsBar waiting={waiting} onShow={toNewest} />
        <DataTable
          handle={table}
          label={t('events.title')}
          items={shown}
          columns={columns}
          keyOf={keyOfEvent}
          onEndReached={onEndReached}
          onRowClick={(event) => onOpen(event.id)}
          selectedKey={opened === undefined ? null : String(opened)}
          rowHeight={wide ? rowHeights.wide : rowHeights.narrow}
          onAtTop={onAtTop}
          footer={footer}
        />
      </div>
      <EventDrawer
        id={opened}
        known={shown[at]}
        onClose={() => {
          onOpen(undefined);
          if (at >= 0) table.current?.focusRow(at);
        }}
        onNext={neighbour(1)}
        onPrevious={neighbour(-1)}
      />
      <ConfirmEventsDialog
        request={request}
        busy={busy}
        onClose={() => setRequest(null)}
        onConfirm={async (confirmation) => {
          if (!(await confirm(confirmation))) return;
          setRequest(null);
          setSelected(new Map());
        }}
      />
    </>
  );
};

const SelectionButton = ({
  disabled,
  onClick,
  wide = false,
  children,
}: {
  readonly disabled: boolean;
  readonly onClick: () => void;
  /** Not on narrow screens: the key and the drawer do the same. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}) => (
  <Button
    size="xs"
    variant="default"
    disabled={disabled}
    onClick={onClick}
    {...(wide ? { visibleFrom: 'sm' } : {})}
  >
    {children}
  </Button>
);

const keyOfEvent = (event: EventView) => String(event.id);

const keysOf = (t: EventColumnsInput['t']) =>
  [
    [['j', '↓'], t('shortcuts.next')],
    [['k', '↑'], t('shortcuts.previous')],
    [['Enter'], t('shortcuts.openRow')],
    [['x'], t('shortcuts.select')],
    [['c'], t('shortcuts.confirm')],
    [['Shift+C'], t('shortcuts.confirmWithComment')],
    [['o'], t('shortcuts.confirming')],
    [['u'], t('shortcuts.unconfirm')],
    [['g'], t('shortcuts.newest')],
    [['/'], t('shortcuts.search')],
    [['Esc'], t('shortcuts.close')],
    [['?'], t('shortcuts.help')],
  ] as const;

const useSelection = (
  shown: readonly EventView[],
  selected: ReadonlyMap<number, EventView>,
  setSelected: (change: (before: ReadonlyMap<number, EventView>) => ReadonlyMap<number, EventView>) => void,
) => {
  const last = useRef<number | null>(null);
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  });
  const toggle = useCallback(
    (event: EventView, range: boolean) => {
      const rows = latest.current;
      const from = range ? rows.findIndex(({ id }) => id === last.current) : -1;
      const to = rows.findIndex(({ id }) => id === event.id);
      last.current = event.id;
      setSelected((before) => {
        const after = new Map(before);
        if (from >= 0 && to >= 0)
          for (const each of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) after.set(each.id, each);
        else if (!after.delete(event.id)) after.set(event.id, event);
        return after;
      });
    },
    [setSelected],
  );
  const allChosen = shown.length > 0 && selected.size >= shown.length;
  const toggleAll = useCallback(
    () => setSelected(() => new Map(allChosen ? [] : latest.current.map((event) => [event.id, event]))),
    [allChosen, setSelected],
  );
  return { toggle, toggleAll, allChosen };
};
