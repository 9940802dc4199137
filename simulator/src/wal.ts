/**
 * The write-ahead log as a tree: each entry knows the one before it, so a position is one reference, histories that diverge share
 * their common part, and a crash only moves a reference back.
 *
 * Positions count entries, so two histories easily reach the same number: the protocol must not mistake one for the other.
 */
import type { Term } from '@nezuban/protocol/pair/roster';

/** `row`: a commit of the application. `intent`: a row that says "attempt n is to be started". `end`: an attempt has ended. */
export type EntryKind = 'root' | 'row' | 'intent' | 'end' | 'probe' | 'promotion' | 'checkpoint';

export interface Entry {
  readonly id: number;
  readonly before: Entry | null;
  readonly lsn: number;
  /** Term of the promotion after which it was written. */
  readonly lineage: Term;
  readonly kind: EntryKind;
  /** For `end`: the intent that it closes. */
  readonly closes: number;
  /** Somebody was told that it is committed, or acted on it: it may never be lost. */
  relied: boolean;
}

function isApplicationRow(entry: Entry): boolean {
  return entry.kind === 'row' || entry.kind === 'intent' || entry.kind === 'end';
}

/** Is the history up to `entry` the beginning of (or all of) the one up to `head`? */
export function contains(head: Entry, entry: Entry): boolean {
  let at: Entry | null = head;
  while (at !== null && at.lsn > entry.lsn) at = at.before;
  return at === entry;
}

/** How many entries of this history somebody relies on. */
export function countRelied(head: Entry): number {
  let count = 0;
  for (let at: Entry | null = head; at !== null; at = at.before) if (at.relied) count += 1;
  return count;
}

/** The newest row of the application in this history that others can see. */
export function lastVisibleRow(head: Entry, isHidden: (entry: Entry) => boolean): Entry | null {
  let at: Entry | null = head;
  while (at !== null && (!isApplicationRow(at) || isHidden(at))) at = at.before;
  return at;
}

/** Intents of this history that no entry closes, oldest first. */
export function openIntents(head: Entry): readonly Entry[] {
  const closed = new Set<number>();
  const open: Entry[] = [];
  for (let at: Entry | null = head; at !== null; at = at.before) {
    if (at.kind === 'end') closed.add(at.closes);
    else if (at.kind === 'intent' && !closed.has(at.id)) open.push(at);
  }
  return open.toReversed();
}
