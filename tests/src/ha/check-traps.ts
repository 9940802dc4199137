/**
 * Judges what became of the numbered traps: what a host surely heard, or has acknowledged, is an event exactly as often as it was said, and
 * nothing is there oftener.
 *
 * Pure. Called by `pair-load.ts`.
 */
import type { HearingRecord, LoadRecord, TrapRecord } from './load-records.ts';

export interface TrapReport {
  /** Datagrams that at least one host surely heard. */
  readonly heard: number;
  /** Said when no host can be proven to have heard them: they may be there. */
  readonly unproven: number;
  readonly acked: number;
  /** Sentences, each a broken promise. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** How long after a datagram a host must go on answering, so that it has reached the disk. */
export const SETTLE_MS = 700;

/** `events`: how many events there are of each id. */
export function judgeTraps(records: readonly LoadRecord[], events: ReadonlyMap<string, number>): TrapReport {
  const traps = records.filter((one) => one.type === 'trap');
  const taken = surelyTaken(records);
  const heard = new Set(traps.filter(({ id, outcome }) => outcome === 'said' && taken.has(id)));
  const countOf = ({ id }: TrapRecord): number => events.get(id) ?? 0;
  const known = new Set(traps.map(({ id }) => id));
  return {
    heard: heard.size,
    unproven: traps.filter((one) => one.outcome === 'said' && !heard.has(one)).length,
    acked: traps.filter(({ outcome }) => outcome === 'acked').length,
    lost: traps
      .filter((one) => taken.has(one.id) && countOf(one) < one.copies)
      .map(
        (one) =>
          `${one.id}, said ${one.copies} times at ${one.sentAt.toFixed(0)} (${one.outcome}${one.host === null ? '' : ` by ${one.host}`}), is there ${countOf(one)} times`,
      ),
    doubled: [
      ...traps
        .filter((one) => countOf(one) > one.copies)
        .map(
          (one) =>
            `${one.id}, said ${one.copies} times at ${one.sentAt.toFixed(0)}, is there ${countOf(one)} times`,
        ),
      ...[...events.keys()].filter((id) => !known.has(id)).map((id) => `${id} is there, and nobody said it`),
    ],
  };
}

/** What must be there in the end, and how often. */
export function surelyTaken(records: readonly LoadRecord[]): ReadonlyMap<string, number> {
  const stretches = hearingStretches(records.filter((one) => one.type === 'hearing'));
  return new Map(
    records
      .filter((one) => one.type === 'trap')
      .filter((one) => one.outcome === 'acked' || (one.outcome === 'said' && wasHeard(one, stretches)))
      .map(({ id, copies }) => [id, copies]),
  );
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** From the end of one good answer to the beginning of the last that follows without a bad one: all that time the host heard. */
function hearingStretches(probes: readonly HearingRecord[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const ofHost of Map.groupBy(probes, ({ host }) => host).values()) {
    let from: number | null = null;
    let to = 0;
    for (const one of ofHost.toSorted((a, b) => a.sentAt - b.sentAt)) {
      if (one.hears) {
        from ??= one.endedAt;
        to = one.sentAt;
      } else {
        if (from !== null) stretches.push({ from, to });
        from = null;
      }
    }
    if (from !== null) stretches.push({ from, to });
  }
  return stretches;
}

function wasHeard({ sentAt }: TrapRecord, stretches: readonly Stretch[]): boolean {
  return stretches.some(({ from, to }) => from <= sentAt && to >= sentAt + SETTLE_MS);
}
