// A paged list from a query to the screen: loading, failed, empty, shown, loading more.
import { Center, Loader, Skeleton, Stack } from '@mantine/core';
import {
  hashKey,
  useInfiniteQuery,
  useQueryClient,
  type UseInfiniteQueryOptions,
  type InfiniteData,
  type QueryKey,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../api/live-patch.ts';
import { ErrorState } from './error-state.tsx';

const pagesKeptMax = 3;

type ListOptions<Item, Key extends QueryKey> = UseInfiniteQueryOptions<
  Page<Item>,
  Error,
  InfiniteData<Page<Item>>,
  Key,
  string | null
>;

export type LoadedList<Item> = {
  readonly items: readonly Item[];
  readonly loadMore: () => void;
  readonly footer: ReactNode;
};

type Props<Item, Key extends QueryKey> = {
  readonly options: ListOptions<Item, Key>;
  readonly empty: ReactNode;
  readonly children: (list: LoadedList<Item>) => ReactNode;
};

export const QueryList = <Item, Key extends QueryKey>({ options, empty, children }: Props<Item, Key>) => {
  const { t } = useTranslation();
  const {
    data,
    error,
    isPending,
    refetch,
    hasNextPage,
    isFetchingNextPage,
    isFetchNextPageError,
    fetchNextPage,
  } = useInfiniteQuery(options);
  useShortMemory(options.queryKey);
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  if (isPending) return <ListSkeleton />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (items.length === 0) return empty;
  const footer = isFetchNextPageError ? (
    <ErrorState error={error} onRetry={() => void fetchNextPage()} />
  ) : isFetchingNextPage ? (
    <Center p="sm">
      <Loader size="sm" aria-label={t('states.loading')} />
    </Center>
  ) : null;
  return children({ items, loadMore, footer });
};

/**
 * A list that is left keeps its first pages only. Whoever comes back sees them at once, and they are loaded anew; hundreds of pages that
 * somebody had scrolled through would all be loaded anew, one after the other.
 */
const useShortMemory = (queryKey: QueryKey): void => {
  const client = useQueryClient();
  const hash = hashKey(queryKey);
  useEffect(
    () => () => {
      client.setQueryData<InfiniteData<unknown>>(JSON.parse(hash) as QueryKey, (list) =>
        list === undefined || list.pages.length <= pagesKeptMax
          ? list
          : { pages: list.pages.slice(0, pagesKeptMax), pageParams: list.pageParams.slice(0, pagesKeptMax) },
      );
    },
    [client, hash],
  );
};

export const ListSkeleton = () => {
  const { t } = useTranslation();
  return (
    <Stack gap={8} role="status" aria-label={t('states.loading')}>
      {[92, 100, 84, 96, 88].map((width) => (
        <Skeleton key={width} height={30} width={`${width}%`} />
      ))}
    </Stack>
  );
};
