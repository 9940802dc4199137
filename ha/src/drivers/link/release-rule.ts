/**
 * Which releases of Nezuban may be a pair: those one minor version apart, so that one host at a time can be updated. Pure.
 *
 * Responsible for the rule and its sentence. Called by both sides of a duty connection, and by the host that admits another.
 */

const MINORS_APART_MAX = 1;
const PROTOCOLS_APART_MAX = 1;

/** Null: they go together. Else one sentence for both sides. */
export function judgeRelease(own: string, other: string): string | null {
  const mine = parseRelease(own);
  const theirs = parseRelease(other);
  const near =
    mine !== null &&
    theirs !== null &&
    mine.major === theirs.major &&
    Math.abs(mine.minor - theirs.minor) <= MINORS_APART_MAX;
  return near ? null : tooFar(own, other);
}

/** The same for what greets, whose protocol is raised when a keeper of the release before could misread it. */
export function judgeGreeting(
  own: { readonly release: string; readonly protocol: number },
  other: { readonly release: string; readonly protocol: number },
): string | null {
  return Math.abs(own.protocol - other.protocol) > PROTOCOLS_APART_MAX
    ? tooFar(own.release, other.release)
    : judgeRelease(own.release, other.release);
}

function tooFar(own: string, other: string): string {
  return `The hosts of a pair may be one minor version apart, and these are further: here is release ${own}, there ${other}; update the older one step by step.`;
}

function parseRelease(text: string): { readonly major: number; readonly minor: number } | null {
  const match = /^(\d{1,6})\.(\d{1,6})\./.exec(text);
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}
