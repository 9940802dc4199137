// Parts of generated Markdown. Pure.

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The lines of a table with an empty one before it; none without rows. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : [
        '',
        `| ${heads.join(' | ')} |`,
        `|${' --- |'.repeat(heads.length)}`,
        ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
      ];

/** First line of a generated page. */
export const madeBy = (source: string): string =>
  `<!-- Made by cli/src/reference/write-reference-main.ts from ${source}. Change that, then run it again. -->`;
