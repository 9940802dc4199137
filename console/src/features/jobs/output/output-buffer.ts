// The part of an output that the screen holds: lines, with a bound, growing page by page. Pure. Called by use-output.ts.
import type { OutputPage } from '@nezuban/protocol/api/jobs-operations';
import { toVisibleText } from './visible-text.ts';

export const outputLimits = {
  /** Bytes read from the end at first; earlier ones are downloaded, not scrolled to. */
  firstBytes: 512 * 1024,
  /** Lines held; the oldest are dropped. Well over what somebody reads, well below what makes a tab slow. */
  linesMax: 20_000,
  /** A longer line is broken: one line of a megabyte would stop the page. */
  lineLengthMax: 4_000,
} as const;

export type OutputBuffer = {
  readonly lines: readonly string[];
  /** How many lines or bytes before `lines` are not shown: the first line has this number. */
  readonly firstLine: number;
  /** True where the beginning is not shown. */
  readonly headCut: boolean;
  /** Text behind the last line break. */
  readonly open: string;
  readonly nextOffset: number;
  readonly storedBytes: number;
  readonly droppedBytes: number;
  readonly complete: boolean;
  readonly encoding: string;
};

export const emptyOutput: OutputBuffer = {
  lines: [],
  firstLine: 1,
  headCut: false,
  open: '',
  nextOffset: 0,
  storedBytes: 0,
  droppedBytes: 0,
  complete: false,
  encoding: '',
};

/** The buffer with one more page behind it. The first page may begin in the middle of the output. */
export const appendOutput = (buffer: OutputBuffer, page: OutputPage): OutputBuffer => {
  const isFirst = buffer.encoding === '';
  const pieces = (buffer.open + page.text).split('\n');
  const open = pieces.pop() ?? '';
  const cutHere = isFirst && page.offset > 0;
  // The page begins anywhere in a line; half a line is worse than none.
  if (cutHere && pieces.length > 1) pieces.shift();
  const complete = page.complete && page.nextOffset >= page.storedBytes;
  const fresh = pieces.flatMap(toLines);
  if (complete && open !== '') fresh.push(...toLines(open));
  const kept =
    open.length > outputLimits.lineLengthMax && !complete
      ? { lines: toLines(open), open: '' }
      : { lines: [], open: complete ? '' : open };
  const all = [...buffer.lines, ...fresh, ...kept.lines];
  const dropped = Math.max(0, all.length - outputLimits.linesMax);
  return {
    lines: dropped === 0 ? all : all.slice(dropped),
    firstLine: buffer.firstLine + dropped,
    headCut: buffer.headCut || cutHere || dropped > 0,
    open: kept.open,
    nextOffset: page.nextOffset,
    storedBytes: page.storedBytes,
    droppedBytes: page.droppedBytes,
    complete,
    encoding: page.encoding,
  };
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
