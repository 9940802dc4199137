// Puts the values of secrets into an order, in the moment in which it goes to its agent. Until then an order holds marks alone.
// Pure. Called by the dispatcher. With the values goes the list of what the agent has to hide in the output.
import { mapSecretTexts, openMarks, secretKeysOf } from '@nezuban/core/jobs/variables/secret-marks';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';

/** A line of a longer secret that is hidden by itself: commands print keys line by line. */
const LINE_CHARS_MIN = 8;
/** As the link allows. */
const HIDDEN_MAX = 100;
const HIDDEN_CHARS_MAX = 8_192;

/** Keys of secrets that Nezuban keeps begin so; all others are a session's own. */
export const namedSecretKey = 'secret/';

export type OpenedOrder =
  | { readonly ok: true; readonly order: AttemptOrder }
  /** `reason`: the rest of a sentence for people. */
  | { readonly ok: false; readonly reason: string };

export const openOrder = (order: AttemptOrder, valueOf: (key: string) => string | null): OpenedOrder => {
  const keys = secretKeysOf(order);
  if (keys.length === 0) return { ok: true, order };
  const values = new Map<string, string>();
  for (const key of keys) {
    const value = valueOf(key);
    if (value === null) return { ok: false, reason: missing(key) };
    values.set(key, value);
  }
  const opened = mapSecretTexts(order, (text) => openMarks(text, (key) => values.get(key) ?? ''));
  return { ok: true, order: { ...opened, secrets: toHide([...values.values()]) } };
};

const missing = (key: string): string => {
  return key.startsWith(namedSecretKey)
    ? `the secret "${key.slice(namedSecretKey.length)}" is not kept here, or cannot be opened with the key of this manager`
    : `the secret ${key.split('/').at(-1) ?? key} of the session cannot be opened with the key of this manager`;
};

/**
 * Each value, as programs print it in URLs, forms and JSON too, and the lines of those of several. Whole values come first: what is beyond the
 * bound is the least of it.
 */
const toHide = (values: readonly string[]): string[] => {
  const lines = values.flatMap((value) =>
    value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.length >= LINE_CHARS_MIN) : [],
  );
  const texts = [
    ...values,
    ...values.map((value) => value.trim()),
    ...values.flatMap(spellingsOf),
    ...lines,
    ...lines.flatMap(spellingsOf),
  ];
  return [...new Set(texts)]
    .filter((text) => text !== '' && text.length <= HIDDEN_CHARS_MAX)
    .slice(0, HIDDEN_MAX);
};

/** Slashes are escaped by some that write JSON. */
const spellingsOf = (text: string): string[] => {
  const json = JSON.stringify(text).slice(1, -1);
  const form = new URLSearchParams({ v: text }).toString().slice('v='.length);
  const url = encodeURIComponent(text.toWellFormed());
  return [url, form, json, json.replaceAll('/', '\\/')];
};
