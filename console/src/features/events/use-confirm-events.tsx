// Changes how events are confirmed, or comments on them: at once on the screen, and with a way back for as long as the notice stands.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import { eventMatches } from '../../api/event-filter.ts';
import type { Pages } from '../../api/live-patch.ts';
import type { EventsFilter } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useAction } from '../../components/use-action.ts';

export type Confirmation = {
  readonly events: readonly EventView[];
  /** What they become; undefined: they stay as they are, and are only commented on. */
  readonly state?: ConfirmState | undefined;
  readonly comment?: string;
};

/** The API takes so many at once. */
export const confirmIdsMax = 1000;
/** Long enough to see what went wrong and to reach the button. */
export const undoMs = 12_000;

const doneOf = {
  confirmed: 'events.confirm.done',
  confirming: 'events.confirming.done',
  unconfirmed: 'events.unconfirm.done',
} as const;

export const useConfirmEvents = () => {
  const { t } = useTranslation();
  const { api, live, queries } = useBackend();
  const client = useQueryClient();
  const { data: me } = useQuery(queries.me());
  const { busy, run } = useAction();

  const send = async ({ events, state, comment }: Confirmation): Promise<void> => {
    const said = comment === undefined || comment === '' ? undefined : comment;
    if (state === undefined && said === undefined) return;
    const ids = events.map(({ id }) => id);
    for (let from = 0; from < ids.length; from += confirmIdsMax)
      await api.call('confirmEvents', {
        body: {
          ids: ids.slice(from, from + confirmIdsMax),
          ...(state === undefined ? {} : { state }),
          ...(said === undefined ? {} : { comment: said }),
        },
      });
    // The stream tells of each changed event; what it has not told yet is changed here.
    const by = { user: me?.user ?? null, at: new Date().toISOString() };
    const changed = new Map(
      events.map((event): [number, EventView] => [
        event.id,
        {
          ...event,
          ...(state === undefined ? {} : stateChange(state, by)),
          ...(said === undefined ? {} : { comment: said, commentBy: by.user, commentAt: by.at }),
        },
      ]),
    );
    for (const query of client.getQueryCache().findAll({ queryKey: ['listEvents'] }))
      client.setQueryData<Pages<EventView>>(query.queryKey, (list) =>
        list === undefined ? list : patchConfirmed(list, changed, query.queryKey[1] ?? {}),
      );
    for (const [id, event] of changed)
      client.setQueryData<EventView>(['event', id], (before) => (before === undefined ? before : event));
    void client.invalidateQueries({ queryKey: ['system'] });
    if (live.getState().phase !== 'open') await client.invalidateQueries({ queryKey: ['listEvents'] });
  };

  /** Each to what it was before. */
  const takeBack = async (events: readonly EventView[]): Promise<void> => {
    for (const [state, which] of Map.groupBy(events, (event) => event.confirm))
      await send({ events: which, state });
  };

  const confirm = async (confirmation: Confirmation): Promise<boolean> => {
    const { events, state } = confirmation;
    const done = await run(
      () => send(confirmation),
      state === undefined ? t('events.commentOnly.done') : undefined,
    );
    if (!done || state === undefined) return done;
    showUndo({
      text: t(doneOf[state], { count: events.length }),
      label: t('actions.undo'),
      undo: () => void run(() => takeBack(events), t('events.undone', { count: events.length })),
    });
    return true;
  };
  return { busy, confirm, takeBack, run };
};

type Undo = { readonly text: string; readonly label: string; readonly undo: () => void };

/** A notice of what was done, with the way back. */
export const showUndo = ({ text, label, undo }: Undo): void => {
  const id = `undo-${Date.now()}`;
  notifications.show({
    id,
    color: 'green',
    autoClose: undoMs,
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text size="sm">{text}</Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {label}
        </Button>
      </Group>
    ),
  });
};

type By = { readonly user: string | null; readonly at: string };

const stateChange = (state: ConfirmState, { user, at }: By): Partial<EventView> => {
  switch (state) {
    case 'confirmed':
      return { confirm: state, confirmedBy: user, confirmedAt: at };
    case 'confirming':
      return { confirm: state, confirmedBy: null, confirmedAt: null, confirmingBy: user, confirmingAt: at };
    case 'unconfirmed':
      return {
        confirm: state,
        confirmedBy: null,
        confirmedAt: null,
        confirmingBy: null,
        confirmingAt: null,
      };
  }
};

/** Changed events in their places; those that the filter no longer shows are gone. */
const patchConfirmed = (
  list: Pages<EventView>,
  changed: ReadonlyMap<number, EventView>,
  filter: EventsFilter,
): Pages<EventView> => ({
  ...list,
  pages: list.pages.map((page) => {
    if (!page.items.some(({ id }) => changed.has(id))) return page;
    return {
      ...page,
      items: page.items
        .map((item) => changed.get(item.id) ?? item)
        .filter((item) => eventMatches(item, filter)),
    };
  }),
});
