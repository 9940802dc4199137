// One definition by its name, from the list that has it: the API has lists of rules, inhibitions and escalations, and they are short.
import {
  useInfiniteQuery,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Page } from '../../api/live-patch.ts';

type Listed<Item> = {
  /** Undefined: it is still looked for, or there is none. */
  readonly item: Item | undefined;
  readonly isAbsent: boolean;
  readonly error: Error | null;
  readonly refetch: () => unknown;
};

export const useListed = <Item, Key extends QueryKey>(
  options: UseInfiniteQueryOptions<Page<Item>, Error, InfiniteData<Page<Item>>, Key, string | null>,
  isMeant: (item: Item) => boolean,
): Listed<Item> => {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(options);
  const item = data?.pages.flatMap((page) => page.items).find(isMeant);
  const looksOn = data !== undefined && item === undefined && hasNextPage;
  useEffect(() => {
    if (looksOn && !isFetching) void fetchNextPage();
  }, [looksOn, isFetching, fetchNextPage]);
  return {
    item,
    isAbsent: data !== undefined && item === undefined && !hasNextPage && !isFetching,
    error,
    refetch,
  };
};
