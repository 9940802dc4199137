/**
 * Whether one condition leaves nothing for another.
 *
 * Responsible for saying so only where it is certain; what a pattern takes is compared as text. Used for hints.
 */
import type { TrapRule } from '@nezuban/protocol/traps/trap-monitor';

type Condition = TrapRule['when'];

/** Whatever fits `later` fits `earlier` too. */
export function covers(earlier: Condition, later: Condition): boolean {
  return (
    textCovers(earlier.text, later.text) &&
    setCovers(earlier.facilities, later.facilities) &&
    setCovers(earlier.severities, later.severities) &&
    patternsCover(earlier.apps, later.apps) &&
    patternsCover(earlier.hosts, later.hosts) &&
    patternsCover(earlier.trap_oids, later.trap_oids) &&
    valueCovers(earlier.enterprise, later.enterprise) &&
    valueCovers(earlier.generic, later.generic) &&
    valueCovers(earlier.specific, later.specific) &&
    (earlier.fields ?? []).every((wanted) => (later.fields ?? []).some((given) => sameText(wanted, given)))
  );
}

function textCovers(earlier: Condition['text'], later: Condition['text']): boolean {
  if (earlier === undefined) return true;
  if (later === undefined) return false;
  const isWider = earlier.ignore_case || !later.ignore_case;
  const isMatched = earlier.matches === undefined || (isWider && earlier.matches === later.matches);
  const contains = (text: string, part: string): boolean =>
    earlier.ignore_case ? text.toLowerCase().includes(part.toLowerCase()) : text.includes(part);
  const isContained =
    earlier.contains === undefined ||
    (isWider && later.contains !== undefined && contains(later.contains, earlier.contains));
  return isMatched && isContained;
}

function setCovers(earlier: readonly string[] | undefined, later: readonly string[] | undefined): boolean {
  return earlier === undefined || (later !== undefined && later.every((each) => earlier.includes(each)));
}

function patternsCover(
  earlier: readonly string[] | undefined,
  later: readonly string[] | undefined,
): boolean {
  if (earlier === undefined) return true;
  const whole = new Set(earlier);
  const beginnings = earlier.filter((each) => each.endsWith('*')).map((each) => each.slice(0, -1));
  return (
    later !== undefined &&
    later.every((each) => whole.has(each) || beginnings.some((beginning) => each.startsWith(beginning)))
  );
}

function valueCovers(earlier: string | number | undefined, later: string | number | undefined): boolean {
  return earlier === undefined || earlier === later;
}

function sameText(one: object, other: object): boolean {
  const sorted = (value: object): string =>
    JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}
