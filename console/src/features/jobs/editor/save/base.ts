// What a draft was made from, and whether it is still what is stored. Pure. Called by the editor and its dialogs.
import { diffJobNets } from '@nezuban/core/definitions/diff-job-nets';
import type { NetPartChange } from '@nezuban/protocol/jobs/net-version';
import type { DraftNet } from '../model/draft-net.ts';
import { definitionOf } from '../model/net-text.ts';

export type Base = { readonly net: DraftNet; readonly revision: number };
/** What somebody else has saved meanwhile; null: it was deleted. */
export type Theirs = { readonly base: Base; readonly user: string } | null;

/** In full, defaults included, so that the same meaning is the same form; a draft that has no form yet stays as it is. */
export const inFull = (net: DraftNet): DraftNet => definitionOf(net) ?? net;

/** Drafts share what they have in common, so that two of thousands of units are compared in no time. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  const [before, after] = [a as Fields, b as Fields];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].every((key) => isSame(before[key], after[key]));
};
type Fields = Readonly<Record<string, unknown>>;

/** Whether they mean different things: what is written out and what is left to its default are the same. */
export const differs = (a: DraftNet, b: DraftNet): boolean => !isSame(a, b) && !isSame(inFull(a), inFull(b));

export const changesBetween = (before: DraftNet, after: DraftNet): NetPartChange[] => {
  const [a, b] = [definitionOf(before), definitionOf(after)];
  return a === null || b === null ? [] : diffJobNets(a, b);
};
