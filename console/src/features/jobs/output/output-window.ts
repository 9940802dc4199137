// The part of an output that the screen holds: pages one behind the other, with a bound, growing at either end. Pure. Called by use-output.ts.
// An output may be a gigabyte: the window moves over it, and what lies outside is read again when somebody scrolls there.
import type { OutputPage } from '@nezuban/protocol/api/output-operations';
import { toVisibleText } from './visible-text.ts';

export const outputLimits = {
  /** Bytes of one page: read quickly, more than a screen. */
  pageBytes: 128 * 1024,
  /** Bytes held; pages at the far end are dropped. Well over what somebody reads, well below what makes a tab slow. */
  windowBytes: 1024 * 1024,
  /** How finely it is said which byte stands at the top. */
  topStepBytes: 4 * 1024,
  /** A longer line is broken: one line of a megabyte would stop the page. */
  lineLengthMax: 4_000,
} as const;

export type Gap = { readonly bytes: number; readonly reason: 'limit' | 'quota' };
type WindowPage = {
  readonly offset: number;
  readonly nextOffset: number;
  readonly text: string;
  readonly gap?: Gap | undefined;
};
export type OutputWindow = {
  readonly pages: readonly WindowPage[];
  /** Its first byte is the first of a line: a place that was found, or the beginning. */
  readonly isAligned: boolean;
  readonly storedBytes: number;
  readonly droppedBytes: number;
  /** Nothing more will be written. */
  readonly complete: boolean;
  readonly encoding: string;
};
export type OutputLine = { readonly text: string } | { readonly gap: Gap };

export const emptyWindow: OutputWindow = {
  pages: [],
  isAligned: true,
  storedBytes: 0,
  droppedBytes: 0,
  complete: false,
  encoding: '',
};

export const startOf = ({ pages }: OutputWindow): number => pages[0]?.offset ?? 0;
export const endOf = ({ pages }: OutputWindow): number => pages.at(-1)?.nextOffset ?? 0;
/** Everything up to the end of what is there now is held. */
export const reachesEnd = (window: OutputWindow): boolean => endOf(window) >= window.storedBytes;

const known = ({ storedBytes, droppedBytes, complete, encoding }: OutputPage) => ({
  storedBytes,
  droppedBytes,
  complete,
  encoding,
});
const toWindowPage = ({ offset, nextOffset, text, gap }: OutputPage): WindowPage => ({
  offset,
  nextOffset,
  text,
  gap: gap === undefined ? undefined : { bytes: nextOffset - gap.from, reason: gap.reason },
});

/** One more page behind the window; the first begins it. `isAligned`: the page begins with a line. */
export const appendPage = (window: OutputWindow, page: OutputPage, isAligned = false): OutputWindow => {
  const added = toWindowPage(page);
  const pages = [...window.pages];
  const last = pages.at(-1);
  if (page.nextOffset === page.offset && last !== undefined) return { ...window, ...known(page) };
  const isSmall =
    last !== undefined &&
    last.gap === undefined &&
    added.gap === undefined &&
    added.nextOffset - last.offset <= outputLimits.pageBytes;
  // An output that grows line by line would else be thousands of pages.
  if (isSmall && last !== undefined)
    pages[pages.length - 1] = { ...last, nextOffset: added.nextOffset, text: last.text + added.text };
  else pages.push(added);
  let aligned = window.pages.length === 0 ? isAligned || page.offset === 0 : window.isAligned;
  while (pages.length > 1 && heldBytes(pages) > outputLimits.windowBytes) {
    const dropped = pages.shift();
    aligned = dropped?.gap !== undefined || dropped?.text.endsWith('\n') === true;
  }
  return { ...known(page), pages, isAligned: aligned };
};

/** One more page before the window. */
export const prependPage = (window: OutputWindow, page: OutputPage): OutputWindow => {
  const added = toWindowPage(page);
  // A page that asked into the middle of a range stands for all of it.
  const whole = page.gap === undefined ? added : { ...added, offset: page.gap.from };
  const pages = [whole, ...window.pages];
  while (pages.length > 1 && heldBytes(pages) > outputLimits.windowBytes) pages.pop();
  return { ...known(page), pages, isAligned: whole.offset === 0 || whole.gap !== undefined };
};

const heldBytes = (pages: readonly WindowPage[]): number =>
  pages.reduce((sum, page) => sum + (page.gap === undefined ? page.nextOffset - page.offset : 0), 0);

/** What is shown: safe lines of bounded length. The last one may still be growing. */
export const linesOf = ({ pages, isAligned }: OutputWindow): readonly OutputLine[] => {
  const lines: OutputLine[] = [];
  let text = '';
  let isTorn = !isAligned;
  const flush = (): void => {
    const pieces = text.split('\n');
    text = '';
    if (pieces.at(-1) === '') pieces.pop();
    // The window begins anywhere in a line; half a line is worse than none.
    if (isTorn && pieces.length > 1) pieces.shift();
    isTorn = false;
    for (const piece of pieces) for (const line of toLines(piece)) lines.push({ text: line });
  };
  for (const page of pages) {
    if (page.gap === undefined) {
      text += page.text;
      continue;
    }
    flush();
    lines.push({ gap: page.gap });
  }
  flush();
  return lines;
};

/** Index of the line that begins at a byte where a page begins; null: no page of the window does. */
export const lineAt = (window: OutputWindow, offset: number): number | null => {
  const index = window.pages.findIndex((page) => page.offset === offset);
  return index < 0 ? null : linesOf({ ...window, pages: window.pages.slice(0, index) }).length;
};

/** A finished or unfinished line as it is shown: safe, and in pieces of bounded length. */
export const toLines = (text: string): string[] => {
  // A return inside a line draws over what stands there: the last state is what a person would have seen.
  const bare = text.endsWith('\r') ? text.slice(0, -1) : text;
  const drawn = bare.slice(bare.lastIndexOf('\r') + 1);
  const visible = toVisibleText(drawn);
  if (visible.length <= outputLimits.lineLengthMax) return [visible];
  const parts: string[] = [];
  for (let at = 0; at < visible.length; at += outputLimits.lineLengthMax)
    parts.push(visible.slice(at, at + outputLimits.lineLengthMax));
  return parts;
};
