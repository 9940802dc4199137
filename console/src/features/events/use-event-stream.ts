// How the stream of events stays calm: while somebody reads, rows stand still and what is new waits behind a bar. In a storm the manager says only
// that there is more; then the newest are loaded anew, and never while somebody reads.
import { useInfiniteQuery, useQuery, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventsMovedKey } from '../../api/live-bridge.ts';
import type { Pages } from '../../api/live-patch.ts';
import type { EventsFilter } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';

export type NewEvents =
  | { readonly kind: 'none' }
  /** These wait above the rows that are shown. */
  | { readonly kind: 'counted'; readonly count: number }
  /** There is more than was told: as many as the numbers of events say (0: only changes), or nobody knows. */
  | { readonly kind: 'storm'; readonly about: number | null };

type Options = {
  readonly events: readonly EventView[];
  readonly filter: EventsFilter;
  readonly listKey: QueryKey;
  /** Something is opened or selected: the rows must not change under it. */
  readonly inUse: boolean;
};

export const useEventStream = ({ events, filter, listKey, inUse }: Options) => {
  const client = useQueryClient();
  const { shown, newer, isAway, onAtTop, showAll } = useStandingList(events);
  const { data: moved } = useQuery({
    queryKey: eventsMovedKey,
    queryFn: () => 0,
    enabled: false,
    initialData: 0,
  });
  const [seen, setSeen] = useState(moved);
  const isBehind = moved !== seen;
  const about = useAbout({ filter, isAsked: isBehind && (isAway || inUse), newest: events[0]?.id ?? 0 });

  const loadNewest = useCallback(() => {
    setSeen(client.getQueryData<number>(eventsMovedKey) ?? 0);
    // The first page alone: hundreds may be loaded, and each would be loaded anew.
    client.setQueryData<Pages<EventView>>(listKey, (list) =>
      list === undefined ? list : { pages: list.pages.slice(0, 1), pageParams: list.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey: listKey, exact: true });
  }, [client, listKey]);

  const isReading = isAway || inUse;
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- it answers a message from outside, and takes part of it off the list
    if (isBehind && !isReading) loadNewest();
  }, [isBehind, isReading, loadNewest]);

  const waiting: NewEvents = isBehind
    ? isReading
      ? { kind: 'storm', about }
      : { kind: 'none' }
    : newer > 0
      ? { kind: 'counted', count: newer }
      : { kind: 'none' };
  const showNewest = () => {
    showAll();
    if (isBehind) loadNewest();
  };
  return { shown, waiting, onAtTop, showNewest };
};

/** While older events are read, the list stands; `newer` of them wait above it. */
const useStandingList = (events: readonly EventView[]) => {
  const [floor, setFloor] = useState<number | null>(null);
  const newest = events[0]?.id ?? 0;
  const onAtTop = (atTop: boolean) => {
    // Left at the top with some waiting: they are shown by the button alone, or the rows would jump.
    if (!atTop) setFloor((before) => before ?? newest);
    else if (floor === newest) setFloor(null);
  };
  const found = floor === null ? 0 : events.findIndex(({ id }) => id <= floor);
  const newer = Math.max(0, found);
  const shown = useMemo(() => (newer === 0 ? events : events.slice(newer)), [events, newer]);
  return { shown, newer, isAway: floor !== null, onAtTop, showAll: () => setFloor(null) };
};

type AboutOptions = {
  readonly filter: EventsFilter;
  readonly isAsked: boolean;
  readonly newest: number;
};

/** Events are numbered in their order: without a filter, the newest number says how many have come. */
const useAbout = ({ filter, isAsked, newest }: AboutOptions): number | null => {
  const { queries } = useBackend();
  const options = useMemo(() => queries.events({}, 1), [queries]);
  const isWhole = Object.keys(filter).length === 0;
  const { data } = useInfiniteQuery({ ...options, enabled: isAsked && isWhole });
  const last = data?.pages[0]?.items[0]?.id;
  return !isWhole || last === undefined ? null : Math.max(0, last - newest);
};
