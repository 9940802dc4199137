/**
 * The fenced blocks of a page of the manual, and its headings. Pure.
 *
 * Called by the tests of the manual and by the test that follows its start page.
 */

export interface FencedBlock {
  /** Words behind the fence, such as `yaml`; empty for commands and what they print. */
  readonly language: string;
  readonly text: string;
}

/** In the order of the page; a block within a list without its indentation. */
export function fencedBlocks(page: string): FencedBlock[] {
  return [...page.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', text = '']) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The page without its fenced blocks: what is prose. */
export const withoutBlocks = (page: string): string => page.replaceAll(/^( *)```\w*\n[^]*?^\1```$/gm, '');

/** A line of a shell as it is typed, without the remark behind it. */
export const typedLine = (line: string): string => line.replace(/\s+# .*$/, '').trim();
