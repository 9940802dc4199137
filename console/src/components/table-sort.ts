// The order of a table's rows: by one column, up or down, or as they came. Pure. Called by data-table.tsx and by pages that keep the order
// in the address.
import type { DataColumn } from './data-columns.ts';

export type Sort = { readonly column: string; readonly descending: boolean };

/** Up, down, as they came: what a further press on the same heading means. */
export const nextSort = (sort: Sort | null, column: string): Sort | null => {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
};

/** As it stands in an address: the column, with a minus before it for downwards. */
export const sortToText = (sort: Sort | null): string | undefined =>
  sort === null ? undefined : `${sort.descending ? '-' : ''}${sort.column}`;
export const sortFromText = (text: string | undefined): Sort | null =>
  text === undefined ? null : { column: text.replace(/^-/, ''), descending: text.startsWith('-') };

/** Stable; numbers by size, words as the language of the browser orders them, with numbers in words by their size. */
export const sortItems = <Item>(
  items: readonly Item[],
  columns: readonly Pick<DataColumn<Item>, 'id' | 'value'>[],
  sort: Sort | null,
): readonly Item[] => {
  const value = columns.find(({ id }) => id === sort?.column)?.value;
  if (sort === null || value === undefined) return items;
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const direction = sort.descending ? -1 : 1;
  return items
    .map((item) => ({ item, value: value(item) }))
    .sort(
      (a, b) =>
        direction *
        (typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : compare(String(a.value), String(b.value))),
    )
    .map(({ item }) => item);
};
