// Confirms events or takes that back: at once on the screen, and with a way back for as long as the notice stands.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventMatches } from '../../api/event-filter.ts';
import type { Pages } from '../../api/live-patch.ts';
import type { EventsFilter } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { useAction } from '../../components/use-action.ts';

export type Confirmation = {
  readonly events: readonly EventView[];
  readonly confirmed: boolean;
  readonly comment?: string;
};

/** The API takes so many at once. */
const idsMax = 1000;
/** Long enough to see what went wrong and to reach the button. */
const undoMs = 12_000;

export const useConfirmEvents = () => {
  const { t } = useTranslation();
  const { api, live, queries } = useBackend();
  const client = useQueryClient();
  const { data: me } = useQuery(queries.me());
  const { busy, run } = useAction();

  const send = async ({ events, confirmed, comment }: Confirmation): Promise<void> => {
    const ids = events.map(({ id }) => id);
    for (let from = 0; from < ids.length; from += idsMax)
      await api.call('confirmEvents', {
        body: {
          ids: ids.slice(from, from + idsMax),
          confirmed,
          ...(comment === undefined || comment === '' ? {} : { comment }),
        },
      });
    // The stream tells of each changed event; what it has not told yet is changed here.
    const changed = new Map(
      events.map((event): [number, EventView] => [
        event.id,
        {
          ...event,
          confirm: confirmed ? 'confirmed' : 'unconfirmed',
          confirmedBy: confirmed ? (me?.user ?? null) : null,
          confirmedAt: confirmed ? new Date().toISOString() : null,
          comment: comment === undefined || comment === '' ? event.comment : comment,
        },
      ]),
    );
    for (const query of client.getQueryCache().findAll({ queryKey: ['listEvents'] }))
      client.setQueryData<Pages<EventView>>(query.queryKey, (list) =>
        list === undefined ? list : patchConfirmed(list, changed, query.queryKey[1] ?? {}),
      );
    void client.invalidateQueries({ queryKey: ['system'] });
    if (live.getState().phase !== 'open') await client.invalidateQueries({ queryKey: ['listEvents'] });
  };

  const confirm = async (confirmation: Confirmation): Promise<boolean> => {
    const { events, confirmed } = confirmation;
    const done = await run(() => send(confirmation));
    if (!done) return false;
    const id = `confirm-${Date.now()}`;
    const undo = () => {
      notifications.hide(id);
      void run(() => send({ events, confirmed: !confirmed }), t('events.undone', { count: events.length }));
    };
    notifications.show({
      id,
      color: 'green',
      autoClose: undoMs,
      message: (
        <Group justify="space-between" gap="sm" wrap="nowrap">
          <Text size="sm">
            {t(confirmed ? 'events.confirm.done' : 'events.unconfirm.done', { count: events.length })}
          </Text>
          <Button size="compact-sm" variant="default" onClick={undo}>
            {t('actions.undo')}
          </Button>
        </Group>
      ),
    });
    return true;
  };
  return { busy, confirm };
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
