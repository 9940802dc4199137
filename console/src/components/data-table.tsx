// The one table: TanStack Table for columns and sorting, TanStack Virtual for long lists, a real <table> for readers. Loads more when its
// end comes near. Not responsible for filters and loading states.
import {
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { DataColumn } from './data-columns.ts';

type ColumnMeta = { readonly wide: boolean; readonly numeric: boolean; readonly width: string | undefined };

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
  columnMeta: {} as ColumnMeta,
});
type Features = typeof features;

const toColumnDef = <Item extends object>(column: DataColumn<Item>): ColumnDef<Features, Item> => {
  const meta: ColumnMeta = {
    wide: column.wide ?? false,
    numeric: column.numeric ?? false,
    width: column.width,
  };
  const header = () => column.header;
  const cell = ({ row }: { readonly row: { readonly original: Item } }) => column.cell(row.original);
  return column.value === undefined
    ? { id: column.id, header, cell, meta, enableSorting: false }
    : { id: column.id, header, cell, meta, accessorFn: column.value };
};

/** Rows drawn beyond the visible ones, so that fast scrolling shows no holes. */
const overscan = 12;
const rowHeightEstimate = 38;

type Props<Item extends object> = {
  readonly label: string;
  readonly items: readonly Item[];
  readonly columns: readonly DataColumn<Item>[];
  readonly keyOf: (item: Item) => string;
  readonly onEndReached?: (() => void) | undefined;
  readonly onRowClick?: ((item: Item) => void) | undefined;
  readonly selectedKey?: string | null | undefined;
  readonly sortable?: boolean;
  readonly footer?: ReactNode;
};

export const DataTable = <Item extends object>(props: Props<Item>) => {
  const {
    label,
    items,
    columns,
    keyOf,
    onEndReached,
    onRowClick,
    selectedKey,
    sortable = false,
    footer,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const columnDefs = useMemo(() => columns.map(toColumnDef), [columns]);
  const table = useTable<Features, Item>({
    features,
    columns: columnDefs,
    data: items,
    getRowId: keyOf,
    enableSorting: sortable,
  });
  const rows = table.getRowModel().rows;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightEstimate,
    overscan,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const visible = virtualizer.getVirtualItems();
  const lastIndex = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - overscan) onEndReached?.();
  }, [lastIndex, rows.length, onEndReached]);
  const before = visible[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (visible.at(-1)?.end ?? 0);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div className="nz-table-scroll" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <table className="nz-table" aria-rowcount={rows.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1}>
              {group.headers.map((header) => {
                const sorted = sortable ? header.column.getIsSorted() : false;
                const canSort = sortable && header.column.getCanSort();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={cellClass(header.column.columnDef.meta)}
                    style={
                      header.column.columnDef.meta?.width === undefined
                        ? undefined
                        : { width: header.column.columnDef.meta.width }
                    }
                    {...(canSort
                      ? {
                          'aria-sort':
                            sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none',
                        }
                      : {})}
                  >
                    {canSort ? (
                      <UnstyledButton className="nz-sort" onClick={header.column.getToggleSortingHandler()}>
                        <table.FlexRender header={header} />
                        {sorted === 'asc' && <IconArrowUp size={12} aria-hidden="true" />}
                        {sorted === 'desc' && <IconArrowDown size={12} aria-hidden="true" />}
                      </UnstyledButton>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && (
            <tr aria-hidden="true">
              <td style={{ height: before, padding: 0, border: 0 }} />
            </tr>
          )}
          {visible.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <tr
                key={row.id}
                ref={virtualizer.measureElement}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                data-selected={row.id === selectedKey || undefined}
                className={onRowClick === undefined ? undefined : 'nz-row-click'}
                onClick={
                  onRowClick === undefined
                    ? undefined
                    : (event) => !isInteractive(event.target) && onRowClick(row.original)
                }
              >
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className={cellClass(cell.column.columnDef.meta)}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && (
            <tr aria-hidden="true">
              <td style={{ height: after, padding: 0, border: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
      {footer}
    </div>
  );
};

const cellClass = (meta: ColumnMeta | undefined): string | undefined => {
  const classes = [meta?.wide === true ? 'nz-wide' : '', meta?.numeric === true ? 'nz-numeric' : ''].filter(
    (name) => name !== '',
  );
  return classes.length === 0 ? undefined : classes.join(' ');
};

const isInteractive = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, input, label, [role="menuitem"]') !== null;
