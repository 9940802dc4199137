// Columns of a DataTable in our own short form, so that pages do not depend on the table library.
import type { ReactNode } from 'react';

export type DataColumn<Item> = {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (item: Item) => ReactNode;
  /** What the column is sorted by, where the table sorts. */
  readonly value?: (item: Item) => string | number;
  /** Hidden on narrow screens. */
  readonly wide?: boolean;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  readonly width?: string;
};

export const defineColumns = <Item>(columns: readonly DataColumn<Item>[]): readonly DataColumn<Item>[] =>
  columns;
