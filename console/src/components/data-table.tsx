// The one table: rows drawn only where they are seen (TanStack Virtual), so that 100,000 scroll smoothly; a real <table> for readers. Loads
// more when its end comes near. Not responsible for filters and loading states.
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from 'react';
import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { DataColumn } from './data-columns.ts';
import { nextSort, sortItems, type Sort } from './table-sort.ts';

/** Rows drawn beyond the visible ones, so that fast scrolling shows no holes. */
const overscan = 12;
const rowHeightEstimate = 38;
/** A row that is scrolled to is there after one frame; on a busy machine after some. */
const focusFramesMax = 20;

export type DataTableHandle = {
  /** Scrolls to a row and gives the focus to what in it carries `data-row-main`. */
  readonly focusRow: (index: number) => void;
  /** Row that has the focus; -1 if none has. */
  readonly focusedRow: () => number;
  readonly toTop: () => void;
};

type Props<Item extends object> = {
  readonly label: string;
  readonly items: readonly Item[];
  readonly columns: readonly DataColumn<Item>[];
  readonly keyOf: (item: Item) => string;
  readonly onEndReached?: (() => void) | undefined;
  readonly onRowClick?: ((item: Item) => void) | undefined;
  readonly selectedKey?: string | null | undefined;
  readonly sortable?: boolean;
  /** Where the page keeps the order, as in the address; otherwise the table itself does. */
  readonly sort?: Sort | null | undefined;
  readonly onSort?: ((sort: Sort | null) => void) | undefined;
  /** Of every row alike: nothing is measured, and nothing moves while it is scrolled. */
  readonly rowHeight?: number | undefined;
  readonly handle?: Ref<DataTableHandle> | undefined;
  /** Whether the newest, at the top, is in view. */
  readonly onAtTop?: ((atTop: boolean) => void) | undefined;
  readonly footer?: ReactNode;
};

export const DataTable = <Item extends object>(props: Props<Item>) => {
  const { label, items, columns, keyOf, onEndReached, onRowClick, selectedKey, footer } = props;
  const { sortable = false, rowHeight, handle, onAtTop } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const sort = props.onSort === undefined ? ownSort : (props.sort ?? null);
  const setSort = props.onSort ?? setOwnSort;
  const rows = useMemo(() => sortItems(items, columns, sort), [items, columns, sort]);
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    [rows, keyOf],
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight ?? rowHeightEstimate,
    overscan,
    getItemKey,
    scrollPaddingStart: rowHeightEstimate,
  });
  useImperativeHandle(
    handle,
    () => ({
      focusRow: (index) => {
        virtualizer.scrollToIndex(index, { align: 'auto' });
        focusWhenThere(scroller.current, index, focusFramesMax);
      },
      focusedRow: () => {
        const row = document.activeElement?.closest('tr[data-index]');
        return row !== null && row !== undefined && scroller.current?.contains(row) === true
          ? Number(row.getAttribute('data-index'))
          : -1;
      },
      toTop: () => scroller.current?.scrollTo({ top: 0 }),
    }),
    [virtualizer],
  );
  const visible = virtualizer.getVirtualItems();
  const lastIndex = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - overscan) onEndReached?.();
  }, [lastIndex, rows.length, onEndReached]);
  const before = visible[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (visible.at(-1)?.end ?? 0);
  return (
    <div
      className="nz-table-scroll"
      ref={scroller}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={onAtTop === undefined ? undefined : (event) => onAtTop(event.currentTarget.scrollTop < 4)}
    >
      <table
        className="nz-table"
        data-fixed={columns.filter(({ width }) => width === undefined).length <= 1 || undefined}
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cellClass(column)}
                style={column.width === undefined ? undefined : { width: column.width }}
                aria-sort={sortable && column.value !== undefined ? ariaSort(column.id, sort) : undefined}
              >
                {sortable && column.value !== undefined ? (
                  <UnstyledButton className="nz-sort" onClick={() => setSort(nextSort(sort, column.id))}>
                    {column.header}
                    {sort?.column === column.id &&
                      (sort.descending ? (
                        <IconArrowDown size={12} aria-hidden="true" />
                      ) : (
                        <IconArrowUp size={12} aria-hidden="true" />
                      ))}
                  </UnstyledButton>
                ) : (
                  column.header
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr aria-hidden="true">
              <td colSpan={columns.length} style={{ height: before, padding: 0, border: 0 }} />
            </tr>
          )}
          {visible.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const key = keyOf(row);
            return (
              <Row
                key={key}
                item={row}
                index={item.index}
                columns={columns}
                selected={key === selectedKey}
                height={rowHeight}
                measure={virtualizer.measureElement}
                onClick={onRowClick}
              />
            );
          })}
          {after > 0 && (
            <tr aria-hidden="true">
              <td colSpan={columns.length} style={{ height: after, padding: 0, border: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
      {footer}
    </div>
  );
};

type RowProps<Item> = {
  readonly item: Item;
  readonly index: number;
  readonly columns: readonly DataColumn<Item>[];
  readonly selected: boolean;
  readonly height: number | undefined;
  readonly measure: (element: Element | null) => void;
  readonly onClick: ((item: Item) => void) | undefined;
};

const PlainRow = <Item,>({ item, index, columns, selected, height, measure, onClick }: RowProps<Item>) => (
  <tr
    ref={height === undefined ? measure : undefined}
    style={height === undefined ? undefined : { height }}
    data-index={index}
    aria-rowindex={index + 2}
    data-selected={selected || undefined}
    className={onClick === undefined ? undefined : 'nz-row-click'}
    onClick={onClick === undefined ? undefined : (event) => !isInteractive(event.target) && onClick(item)}
  >
    {columns.map((column) => (
      <td key={column.id} className={cellClass(column)}>
        {column.cell(item)}
      </td>
    ))}
  </tr>
);
/** With each step of scrolling only the rows that come into view are drawn, not those that stay. */
const Row = memo(PlainRow) as typeof PlainRow;

const focusWhenThere = (scroller: HTMLElement | null, index: number, framesLeft: number): void => {
  const row = scroller?.querySelector(`tr[data-index="${index}"]`);
  const target = row?.querySelector('[data-row-main]');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  else if (framesLeft > 0) requestAnimationFrame(() => focusWhenThere(scroller, index, framesLeft - 1));
};

const ariaSort = (column: string, sort: Sort | null) =>
  sort?.column !== column ? 'none' : sort.descending ? 'descending' : 'ascending';

const cellClass = ({
  wide,
  numeric,
}: {
  readonly wide?: boolean;
  readonly numeric?: boolean;
}): string | undefined => {
  const classes = [wide === true ? 'nz-wide' : '', numeric === true ? 'nz-numeric' : ''].filter(
    (name) => name !== '',
  );
  return classes.length === 0 ? undefined : classes.join(' ');
};

const isInteractive = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('a, button, input, label, [role="menuitem"]') !== null;
