// Ranges of HTTP statuses such as "200-299,304". Pure. Called by the order of an HTTP call and by the judge of definitions.

export type StatusRange = { readonly from: number; readonly to: number };

/** Reads a text that the schema has found to be of the right form. */
export function statusRanges(text: string): StatusRange[] {
  return text.split(',').map((part) => {
    const [from = 0, to = from] = part.trim().split('-').map(Number);
    return { from, to };
  });
}
