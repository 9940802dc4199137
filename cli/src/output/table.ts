// Tables with aligned columns, wide characters counted as wide. Pure.
import type { Paint, Style } from './paint.ts';
import { padEnd, padStart, textWidth, truncate } from './width.ts';
import { visible } from './visible.ts';

export type Cell = string | number | null | { readonly text: string; readonly style: Style | undefined };
export type Column = {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Is cut when the table is wider than the terminal. One column at most. */
  readonly flexible?: boolean;
};
export type TableOptions = {
  readonly paint: Paint;
  /** Columns of the terminal; undefined where nothing is cut (pipes, files). */
  readonly width: number | undefined;
};

const gap = '  ';
/** A flexible column is never cut below this; then lines wrap. */
const flexibleWidthMin = 16;

const plain = (cell: Cell): string => {
  if (cell === null) return '-';
  return visible(typeof cell === 'object' ? cell.text : String(cell));
};

/** The lines of a table, its heading first. */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string[] => {
  const texts = rows.map((row) => columns.map((_, index) => plain(row[index] ?? null)));
  const widths = columns.map((column, index) =>
    texts.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), textWidth(column.title)),
  );
  shrinkFlexible(columns, widths, options.width);
  const place = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    const cut = truncate(text, width);
    if (columns[index]?.align === 'right') return padStart(cut, width);
    return index === columns.length - 1 ? cut : padEnd(cut, width);
  };
  const heading = columns
    .map((column, index) => place(column.title, index))
    .join(gap)
    .trimEnd();
  const lines = rows.map((row, rowIndex) =>
    columns
      .map((_, index) => {
        const cell = row[index] ?? null;
        const placed = place(texts[rowIndex]?.[index] ?? '', index);
        const style = typeof cell === 'object' && cell !== null ? cell.style : undefined;
        return style === undefined ? placed : options.paint(style, placed);
      })
      .join(gap)
      .trimEnd(),
  );
  return [options.paint('bold', heading), ...lines];
};

const shrinkFlexible = (columns: readonly Column[], widths: number[], width: number | undefined): void => {
  const index = columns.findIndex((column) => column.flexible === true);
  if (width === undefined || index < 0) return;
  const total = widths.reduce((sum, one) => sum + one, 0) + gap.length * (columns.length - 1);
  const own = widths[index] ?? 0;
  if (total > width) widths[index] = Math.min(own, Math.max(flexibleWidthMin, own - (total - width)));
};
