// A text in pieces, each with the innermost group of a pattern that it belongs to: for showing what a rule has fitted. Pure.

export type Span = { readonly start: number; readonly end: number } | null;
export type Piece = {
  readonly text: string;
  /** 0: the whole match; null: outside of it. */
  readonly group: number | null;
};

/** `spans`: the whole match first, then the groups; the last one that covers a place is the innermost. */
export const toPieces = (text: string, spans: readonly Span[]): readonly Piece[] => {
  const edges = new Set([0, text.length]);
  for (const span of spans) {
    if (span === null) continue;
    edges.add(Math.min(span.start, text.length));
    edges.add(Math.min(span.end, text.length));
  }
  const sorted = [...edges].toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    const group = spans.findLastIndex((span) => span !== null && span.start <= start && span.end >= end);
    return { text: text.slice(start, end), group: group === -1 ? null : group };
  });
};
