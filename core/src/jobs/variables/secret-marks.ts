// Secrets inside texts, as marks that say where they belong: the engine never holds the value of one. The manager puts the values in when an
// order goes to its agent. A mark is a key between two NUL characters, which no other text can hold.
// Pure. Called by the engine (which writes marks) and by the manager (which opens them); `splitMarks` is how marks are stored as JSON.
import type { AttemptOrder } from '@nezuban/protocol/agent/link';

const markSign = '\0';

/** What people see instead of a secret. */
export const secretMask = '***';

/** Of the session's own secrets `parameter/NAME` and `output/UNIT/NODE/NAME`; of those that Nezuban keeps `secret/NAME`. */
export function secretMark(key: string): string {
  return `${markSign}${key}${markSign}`;
}

export function hasMark(text: string): boolean {
  return text.includes(markSign);
}

/** The text with every mark replaced; `valueOf` is asked for each key. */
export function openMarks(text: string, valueOf: (key: string) => string): string {
  if (!hasMark(text)) return text;
  return text
    .split(markSign)
    .map((piece, index) => (index % 2 === 1 ? valueOf(piece) : piece))
    .join('');
}

/** The keys of a text's marks. */
export function keysOfMarks(text: string): string[] {
  return hasMark(text) ? text.split(markSign).filter((_piece, index) => index % 2 === 1) : [];
}

export function hideMarks(text: string): string {
  return openMarks(text, () => secretMask);
}

/** A text as JSON can hold it: as it is, or in pieces of which every second one is a key. */
export type SplitText = string | readonly string[];

export function splitMarks(text: string): SplitText {
  return hasMark(text) ? text.split(markSign) : text;
}

export function joinMarks(split: SplitText): string {
  return typeof split === 'string' ? split : split.join(markSign);
}

/** Every text of a JSON value, names aside. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, change)]));
}

/** What of an order can hold marks: never arguments, which every user of the host can read in the list of processes. */
export function mapSecretTexts(order: AttemptOrder, change: (text: string) => string): AttemptOrder {
  const changed: AttemptOrder = { ...order };
  if (order.environment !== undefined)
    changed.environment = Object.fromEntries(
      Object.entries(order.environment).map(([name, text]) => [name, change(text)]),
    );
  if (order.tool !== undefined)
    changed.tool = { ...order.tool, input: mapStrings(order.tool.input, change) as typeof order.tool.input };
  if (order.stdin !== undefined) changed.stdin = change(order.stdin);
  if (order.tool !== undefined)
    changed.tool = { ...order.tool, input: mapTexts(order.tool.input, change) as Record<string, unknown> };
  if (order.files !== undefined)
    changed.files = order.files.map((file) => ({ ...file, text: change(file.text) }));
  return changed;
}

/** Every string inside a value as JSON has it. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each: unknown) => mapStrings(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]));
}

/** The keys of all secrets that an order needs, each once. */
export function secretKeysOf(order: AttemptOrder): string[] {
  const keys = new Set<string>();
  mapSecretTexts(order, (text) => {
    for (const key of keysOfMarks(text)) keys.add(key);
    return text;
  });
  return [...keys];
}
