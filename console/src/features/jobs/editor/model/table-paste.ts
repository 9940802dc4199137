// Cells of a spreadsheet put into the draft: the first row names the columns, each other row is a unit by its path or name. Units that are not
// there yet become commands. Pure: says what would change and what could not be read, and gives the commands to do it.
import type { DraftCommand } from './commands.ts';
import { nameOf, parentOf, unitAt, type DraftNet, type DraftUnit } from './draft-net.ts';
import { cellText, cellValue, columnKeys, hasColumn, type ColumnKey } from './table-columns.ts';

/** Rows of one paste: as many as a net may hold. */
export const pasteRowsMax = 20_000;

export type PasteProblem = {
  readonly row: number;
  readonly column: string | null;
  readonly reason: 'no_name' | 'not_read' | 'no_field' | 'no_net';
};
export type PastePlan = {
  readonly commands: readonly DraftCommand[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
  /** Words of the first row that are no columns. */
  readonly unknownColumns: readonly string[];
  readonly problems: readonly PasteProblem[];
};

/** As spreadsheets put it on the clipboard: cells in quotes may hold tabs, line ends and doubled quotes. */
export const readCells = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === '\t') {
      row.push(cell);
      cell = '';
    } else if (sign === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else if (sign !== '\r') cell += sign;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows.filter((each) => each.some((word) => word.trim() !== '')).slice(0, pasteRowsMax + 1);
};

export type PasteInput = {
  readonly net: DraftNet;
  readonly cells: readonly (readonly string[])[];
  /** Column by what its heading may say, in either language; `name` is the unit. */
  readonly headings: ReadonlyMap<string, ColumnKey | 'name'>;
};

export const planPaste = ({ net, cells, headings }: PasteInput): PastePlan => {
  const [first = [], ...rest] = cells;
  const heads = first.map((word) => headings.get(word.trim().toLowerCase()) ?? null);
  const isHeaded = heads.includes('name');
  const columns: readonly (ColumnKey | 'name' | null)[] = isHeaded ? heads : ['name', ...columnKeys];
  const problems: PasteProblem[] = [];
  const commands: DraftCommand[] = [];
  const changed: string[] = [];
  const added: string[] = [];
  const fresh = new Set<string>();
  (isHeaded ? rest : cells).forEach((row, index) => {
    const number = index + (isHeaded ? 2 : 1);
    const path = (row[columns.indexOf('name')] ?? '').trim();
    if (path === '' || path.startsWith('/') || path.endsWith('/')) {
      problems.push({ row: number, column: null, reason: 'no_name' });
      return;
    }
    const known = unitAt(net, path);
    const isNew = known === undefined && !fresh.has(path);
    const parent = parentOf(path);
    if (isNew && parent !== null && unitAt(net, parent)?.units === undefined) {
      problems.push({ row: number, column: null, reason: 'no_net' });
      return;
    }
    const unit: DraftUnit = known ?? { name: nameOf(path), type: 'command', command: '' };
    const fields: [ColumnKey, unknown][] = [];
    columns.forEach((column, at) => {
      const text = row[at];
      if (column === null || column === 'name' || text === undefined) return;
      if (!hasColumn(unit, column)) {
        if (text.trim() !== '') problems.push({ row: number, column, reason: 'no_field' });
        return;
      }
      if (text.trim() === cellText(unit, column).trim()) return;
      const value = cellValue(unit, column, text);
      if (!value.ok) problems.push({ row: number, column, reason: 'not_read' });
      else fields.push([column, value.value]);
    });
    if (isNew) {
      fresh.add(path);
      added.push(path);
      const present = fields.filter(([, value]) => value !== undefined);
      commands.push({ type: 'add', parent, unit: { ...unit, ...Object.fromEntries(present) } });
    } else if (fields.length > 0) {
      changed.push(path);
      for (const [field, value] of fields) commands.push({ type: 'set', paths: [path], field, value });
    }
  });
  const unknownColumns = isHeaded ? first.filter((_, at) => heads[at] === null) : [];
  return { commands, changed, added, unknownColumns, problems };
};
