// Which places a template may have: of each protocol, of the fields that were seen, of the groups of the rule's pattern. Pure.
import type { TrapSource } from './monitor-draft.ts';

export type TemplatePlaces = {
  readonly source: TrapSource;
  readonly knownFields: readonly string[];
  /** The rule's regular expression; empty: none. */
  readonly pattern: string;
};

const everywhere = ['text', 'host', 'node', 'address'] as const;
const ofSource = {
  syslog: ['app', 'facility', 'severity'],
  snmp: ['trap'],
  custom: [],
} as const;
export type NamedPlace = (typeof everywhere)[number] | (typeof ofSource)[TrapSource][number];

/** Fields that a protocol always has, though none was seen yet. */
const alwaysThere: Readonly<Record<TrapSource, readonly string[]>> = {
  syslog: [],
  snmp: ['varbind.1'],
  custom: ['key'],
};

export const placesOf = ({ source, knownFields, pattern }: TemplatePlaces) => ({
  named: [...everywhere, ...ofSource[source]] as readonly NamedPlace[],
  groups: groupsOf(pattern),
  fields: [...new Set([...alwaysThere[source], ...knownFields])],
});

/** Capturing groups of a pattern: brackets that open one, not those that are escaped, in a class, or do not capture. */
export const groupsOf = (pattern: string): number => {
  const bare = pattern.replaceAll(/\\./g, '').replaceAll(/\[\^?\]?[^\]]*\]/g, '');
  return [...bare.matchAll(/\((?!\?)|\(\?P?<[^=!]/g)].length;
};
