// Names that fields offer: channels, escalations, scopes, nodes. More than a page of them is typed.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMay } from '../../app/use-may.ts';
import { useBackend } from '../../app/backend.tsx';

type Pages<Item> = { readonly pages: readonly { readonly items: readonly Item[] }[] } | undefined;
const named = <Item>(data: Pages<Item>, nameOf: (item: Item) => string): readonly string[] =>
  data?.pages.flatMap(({ items }) => items.map(nameOf)) ?? [];

export const useChannelNames = (): readonly string[] => {
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.channels());
  return useMemo(() => named(data, ({ definition }) => String(definition.name)), [data]);
};

export const useEscalationNames = (): readonly string[] => {
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.escalations());
  return useMemo(() => named(data, ({ escalation }) => String(escalation.name)), [data]);
};

export const useCalendarNames = (): readonly string[] => {
  const { queries } = useBackend();
  const mayRead = useMay('calendars.read');
  const { data } = useQuery({ ...queries.calendars(), enabled: mayRead });
  return useMemo(() => data?.map(({ calendar }) => String(calendar.name)) ?? [], [data]);
};

export const useRuleNames = (): readonly string[] => {
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.rules());
  return useMemo(() => named(data, ({ rule }) => String(rule.name)), [data]);
};

export const usePlaceNames = (): {
  readonly scopes: readonly string[];
  readonly nodes: readonly string[];
} => {
  const { queries } = useBackend();
  const mayRead = useMay('nodes.read');
  const scopes = useInfiniteQuery({ ...queries.scopes(), enabled: mayRead });
  const nodes = useInfiniteQuery({ ...queries.nodes(), enabled: mayRead });
  return useMemo(
    () => ({
      scopes: named(scopes.data, ({ name }) => String(name)),
      nodes: named(nodes.data, ({ name }) => String(name)),
    }),
    [scopes.data, nodes.data],
  );
};

export const useNetNames = (): readonly string[] => {
  const { queries } = useBackend();
  const mayRead = useMay('nets.read');
  const { data } = useInfiniteQuery({ ...queries.nets(), enabled: mayRead });
  return useMemo(() => named(data, ({ name }) => String(name)), [data]);
};
