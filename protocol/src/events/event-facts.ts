// The sentences among the facts of an event: in English under their name, and under `<name>Said` as code and values for other languages.
// Pure. Facts are texts and numbers for whoever reads events, so the sentence is a text, too; nobody is shown it as it is.
import type { Said } from '../sentences/sentence.ts';

const suffix = 'Said';

/** `{ reason, reasonSaid }`: why it happened. */
export function reasonFacts(said: Said): Readonly<Record<string, string>> {
  return saidFacts('reason', said);
}

export function saidFacts(name: string, { code, values, message }: Said): Readonly<Record<string, string>> {
  return {
    [name]: message,
    [`${name}${suffix}`]: JSON.stringify(values === undefined ? { code } : { code, values }),
  };
}

/** Whether it is a fact of its own, for lists of facts. */
export function isOwnFact(name: string): boolean {
  return !name.endsWith(suffix);
}

/** What stands beside a fact; null: nothing that can be read. */
export function saidBeside(
  facts: Readonly<Record<string, string | number | boolean | null>>,
  name: string,
): { readonly message: string; readonly code?: string; readonly values?: unknown } | null {
  const text = facts[`${name}${suffix}`];
  const message = String(facts[name] ?? '');
  if (typeof text !== 'string') return null;
  try {
    const { code, values } = JSON.parse(text) as { readonly code?: unknown; readonly values?: unknown };
    return typeof code === 'string' ? { message, code, values } : null;
  } catch {
    return null;
  }
}
