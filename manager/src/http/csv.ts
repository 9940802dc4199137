// CSV as spreadsheets take it (RFC 4180). Pure. Called by exports.

/** The mark by which Excel knows that the file is UTF-8; without it Japanese is unreadable there. */
export const CSV_START = '\u{feff}';

/** What a spreadsheet would calculate; a Japanese one takes the wide forms too. Texts of machines may begin with it, and a formula in an export runs on an operator's desk. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;

export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(cellText).join(',')}\r\n`;

const cellText = (cell: string | number | null): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
