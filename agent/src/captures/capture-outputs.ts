// Takes the variables that an order asks for out of what a command wrote, after its end.
// Responsible for reading what is kept of the outputs piece by piece, with bounded memory, and for letting the agent breathe in between.
// Not responsible for what a missing one means (the manager's engine). Called by attempt-watch.ts before the end is journalled.
//
// Regular expressions run on RE2 (docs/internals/decisions/0010): an output cannot make one take for ever.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { saidByAgent, sendable, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import type { CaptureOrder, Captured, OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { parseJsonPath, valueAtPath } from '@nezuban/protocol/jobs/json-path';
import { unitOutputLimits } from '@nezuban/protocol/jobs/units/unit-output';
import { RE2JS, RE2JSException } from 're2js';
import type { AttemptFolders } from '../attempts/attempt-folders.ts';
import { createLineReader } from './line-reader.ts';

/** A turn of the event loop reads so much: some milliseconds. */
const PIECE_BYTES = 256 * 1024;
/** As in core's bounded patterns: what the engine may remember of one pattern. */
const PATTERN_MEMORY_BYTES = 512 * 1024;

/** A shorter text of a secret object would be hidden in every other word; as of secrets that are given at a start. */
const PART_CHARS_MIN = 4;

export type CaptureOrders = {
  readonly encoding: string;
  readonly items: readonly CaptureOrder[];
  /** Told each text that must not be seen: the value of a secret one, also where it is too long to be taken. */
  readonly onSecret?: (text: string) => void;
};
export type CaptureFolders = Pick<AttemptFolders, 'readOutput' | 'keptOutput'>;

export async function captureOutputs(
  folders: CaptureFolders,
  id: AttemptId,
  { encoding, items: orders, onSecret = () => undefined }: CaptureOrders,
): Promise<Captured[]> {
  const captured = new Map<string, Captured>();
  for (const stream of ['stdout', 'stderr'] as const) {
    const wanted = orders.filter((order) => order.from === stream);
    const byLine = wanted.filter(({ regex }) => regex !== undefined);
    const byPath = wanted.filter(({ json }) => json !== undefined);
    if (byLine.length > 0)
      for (const each of await captureLines(folders, { id, stream, encoding, onSecret }, byLine))
        captured.set(each.name, each);
    if (byPath.length > 0)
      for (const each of captureJson(folders, { id, stream, encoding, onSecret }, byPath))
        captured.set(each.name, each);
  }
  // In the order of the definition.
  return orders.flatMap(({ name }) => captured.get(name) ?? []);
}

type Place = {
  readonly id: AttemptId;
  readonly stream: OutputStream;
  readonly encoding: string;
  readonly onSecret: (text: string) => void;
};

async function captureLines(
  folders: CaptureFolders,
  { id, stream, encoding, onSecret }: Place,
  orders: readonly CaptureOrder[],
): Promise<Captured[]> {
  const searches = orders.map((order) => createSearch(order));
  const reader = createLineReader(unitOutputLimits.lineCharsMax, (line) => {
    for (const search of searches) search.look(line);
  });
  const kept = folders.keptOutput(id, stream);
  for (const [file, bytes] of [
    [stream, kept.headBytes],
    [`${stream}.tail`, kept.tailBytes],
  ] as const) {
    const decoder = decoderOf(encoding);
    for (let offset = 0; offset < bytes;) {
      const piece = folders.readOutput(id, {
        stream: file,
        offset,
        bytesMax: Math.min(PIECE_BYTES, bytes - offset),
      });
      if (piece.length === 0) break;
      reader.push(decoder.decode(piece, { stream: true }));
      offset += piece.length;
      if (searches.every((search) => search.isDone())) break;
      await nextTurn();
    }
    reader.push(decoder.decode());
    // What was left out between beginning and end belongs to no line.
    reader.end();
  }
  for (const search of searches) for (const text of search.secrets()) onSecret(text);
  const isCut = kept.tailBytes > 0 && kept.end > kept.headBytes + kept.tailBytes;
  return searches.map((search) => search.result(isCut));
}

function createSearch({ name, regex = '', ignoreCase, take, secret }: CaptureOrder) {
  const pattern = compile(regex, ignoreCase === true);
  let found: string | null = null;
  /** The last that fitted and was too long. */
  let tooLong: string | null = null;
  let problem: AgentReason | null = pattern === null ? saidByAgent('agent_capture_pattern') : null;

  return {
    isDone: () => pattern === null || (found !== null && take !== 'last'),
    look(line: string): void {
      if (pattern === null || (found !== null && take !== 'last')) return;
      const matcher = pattern.matcher(line);
      if (!matcher.find()) return;
      const value = matcher.group(pattern.groupCount() > 0 ? 1 : 0) ?? '';
      const checked = checkedValue(value);
      if (typeof checked === 'string') found = checked;
      else [problem, tooLong] = [checked.problem, value];
    },
    secrets: (): string[] => (secret === true ? [found, tooLong].filter((text) => text !== null) : []),
    result(isCut: boolean): Captured {
      if (found !== null) return { name, value: found, ...(secret === true && { secret }) };
      return missing(name, problem ?? saidByAgent(isCut ? 'agent_capture_cut' : 'agent_capture_none'));
    },
  };
}

function compile(source: string, ignoreCase: boolean): RE2JS | null {
  try {
    const pattern = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    const { dfa } = pattern.re2();
    dfa.stateBudget = PATTERN_MEMORY_BYTES;
    dfa.memBudget = PATTERN_MEMORY_BYTES;
    return pattern;
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    // Named by a newer manager, or "auto".
    return new TextDecoder('utf-8');
  }
}

function captureJson(folders: CaptureFolders, place: Place, orders: readonly CaptureOrder[]): Captured[] {
  const read = readJson(folders, place);
  return orders.map(({ name, json = '', secret }) => {
    if (!read.ok) return missing(name, read.problem);
    const path = parseJsonPath(json);
    const value = path === null ? undefined : valueAtPath(read.value, path);
    if (value === undefined || value === null)
      return missing(name, saidByAgent('agent_capture_path', { path: json }));
    if (secret === true) for (const text of textsIn(value)) place.onSecret(text);
    const checked = checkedValue(typeof value === 'string' ? value : JSON.stringify(value));
    return typeof checked === 'string'
      ? { name, value: checked, ...(secret === true && { secret }) }
      : missing(name, checked.problem);
  });
}

/** The value itself, or of one of several parts each text: how the parts stand in the output is not known. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [typeof value === 'string' ? value : String(value)];
  return Object.values(value).flatMap((part) =>
    typeof part === 'object' || (typeof part === 'string' && part.length >= PART_CHARS_MIN)
      ? textsIn(part)
      : [],
  );
}

function readJson(
  folders: CaptureFolders,
  { id, stream, encoding }: Place,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: AgentReason } {
  const { headBytes, tailBytes } = folders.keptOutput(id, stream);
  const bytesMax = unitOutputLimits.jsonBytesMax;
  if (headBytes > bytesMax || tailBytes > 0)
    return { ok: false, problem: saidByAgent('agent_capture_long_json', { bytes: bytesMax }) };
  const bytes = folders.readOutput(id, { stream, offset: 0, bytesMax: Math.max(1, headBytes) });
  const text = decoderOf(encoding).decode(bytes);
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, problem: saidByAgent('agent_capture_no_json') };
  }
}

function missing(name: string, { text, said }: AgentReason): Captured {
  const kept = sendable(said);
  return { name, says: text, ...(kept === undefined ? {} : { said: kept }) };
}

function checkedValue(value: string): string | { readonly problem: AgentReason } {
  // No command and no database can be given a NUL.
  const clean = value.replaceAll('\0', '\u{FFFD}').toWellFormed();
  return clean.length > unitOutputLimits.valueCharsMax
    ? { problem: saidByAgent('agent_capture_long_value', { count: unitOutputLimits.valueCharsMax }) }
    : clean;
}
