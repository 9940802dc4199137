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

export const differs = (a: DraftNet, b: DraftNet): boolean =>
  a !== b &&
  JSON.stringify(a) !== JSON.stringify(b) &&
  JSON.stringify(inFull(a)) !== JSON.stringify(inFull(b));

export const changesBetween = (before: DraftNet, after: DraftNet): NetPartChange[] => {
  const [a, b] = [definitionOf(before), definitionOf(after)];
  return a === null || b === null ? [] : diffJobNets(a, b);
};
