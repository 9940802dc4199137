/**
 * Judges who claimed to be master: never two at once, and terms only rise.
 *
 * Pure. A claim is certain only between the end of the first look that saw it and the beginning of the last; what lies outside may be the
 * time of the answer's way. Called by `pair-load.ts`.
 */
import type { ClaimRecord, LoadRecord } from './load-records.ts';

export interface Reign {
  readonly host: string;
  readonly term: number | null;
  readonly from: number;
  readonly until: number;
}

export interface DutyReport {
  readonly reigns: readonly Reign[];
  readonly overlaps: readonly string[];
  readonly termFalls: readonly string[];
}

export function judgeDuty(records: readonly LoadRecord[]): DutyReport {
  const claims = records.filter((one) => one.type === 'claim');
  const reigns = [...Map.groupBy(claims, ({ host }) => host).values()]
    .flatMap(reignsOf)
    .toSorted((a, b) => a.from - b.from);
  const overlaps: string[] = [];
  const termFalls: string[] = [];
  for (const [index, reign] of reigns.entries()) {
    for (const later of reigns.slice(index + 1)) {
      if (later.host !== reign.host && later.from < reign.until)
        overlaps.push(
          `${reign.host} and ${later.host} both claimed to be master for ${(Math.min(reign.until, later.until) - later.from).toFixed(0)} ms`,
        );
      if (reign.term !== null && later.term !== null && later.term < reign.term)
        termFalls.push(`term ${later.term} of ${later.host} came after term ${reign.term} of ${reign.host}`);
    }
  }
  return { reigns, overlaps, termFalls };
}

function reignsOf(claims: readonly ClaimRecord[]): Reign[] {
  const reigns: Reign[] = [];
  let first: ClaimRecord | null = null;
  let last: ClaimRecord | null = null;
  const close = () => {
    if (first !== null && last !== null && last.sentAt > first.endedAt)
      reigns.push({ host: first.host, term: first.term, from: first.endedAt, until: last.sentAt });
    first = null;
    last = null;
  };
  for (const claim of claims.toSorted((a, b) => a.sentAt - b.sentAt)) {
    if (claim.master !== true || (first !== null && first.term !== claim.term)) close();
    if (claim.master !== true) continue;
    first ??= claim;
    last = claim;
  }
  close();
  return reigns;
}
