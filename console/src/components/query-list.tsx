// A paged list from a query to the screen: loading, failed, empty, shown, loading more.
import { Center, Loader, Skeleton, Stack } from '@mantine/core';
import {
  useInfiniteQuery,
  type UseInfiniteQueryOptions,
  type InfiniteData,
  type QueryKey,
} from '@tanstack/react-query';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../api/live-patch.ts';
import { ErrorState } from './error-state.tsx';

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
