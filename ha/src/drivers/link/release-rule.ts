/**
 * Which releases of Nezuban may be a pair: those one minor version apart, so that one host at a time can be updated. Pure.
 *
 * Responsible for the rule and its sentence. Called by both sides of a duty connection, and by the host that admits another.
 */

/** Null: they go together. Else one sentence for both sides. */
export function releasesTooFar(
  own: { readonly release: string; readonly protocol: number },
  other: { readonly release: string; readonly protocol: number },
): string | null {
  const mine = parseRelease(own.release);
  const theirs = parseRelease(other.release);
  const near =
    mine !== null &&
    theirs !== null &&
    mine.major === theirs.major &&
    Math.abs(mine.minor - theirs.minor) <= 1 &&
    Math.abs(own.protocol - other.protocol) <= 1;
  if (near) return null;
  return `The hosts of a pair may be one minor version apart, and these are further: here is release ${own.release}, there ${other.release}; update the older one step by step.`;
}

function parseRelease(text: string): { readonly major: number; readonly minor: number } | null {
  const match = /^(\d{1,6})\.(\d{1,6})\./.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}
