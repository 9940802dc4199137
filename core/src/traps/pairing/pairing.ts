/**
 * Which message of one host is the copy of which message of the other: the k-th of equal ones with the k-th, within a window of receive times.
 *
 * Responsible for the decision and for what has to be kept for it. The rule, for each fingerprint by itself: both hosts' messages in the order
 * of their journals; the two foremost pair if their receive times differ by no more than the window, else the earlier one is alone and steps
 * aside. Only the two foremost ever decide, so the outcome is the same in whatever order the two journals are read, in one go or with restarts
 * in between. Whichever copy is read first makes the trap; the other one says that both hosts have heard it.
 *
 * What is read and not yet paired is a *mark*. Marks that are made between two calls of `take` form a *segment*, which is stored as one row
 * (`segment-codec.ts`) in the same transaction as the traps; `used` says which of its marks have found their copy since. A segment goes when
 * all its marks are used, or when the other journal has been read past them by more than the window. While the other host is away, marks pile
 * up: only so many are held in memory; later segments are told apart from it (`wanted` names them once the late journal comes near), and
 * beyond a bound the oldest are given up: a late message that may have lost its mark by that is said to be *perhaps* a repeat.
 *
 * Not responsible for storing, nor for who is host 0 and 1. Called by `manager/src/traps`.
 */
import type { Fingerprint } from './identity-hash.ts';
import { createMarkTable, type Mark } from './mark-table.ts';

export type Side = 0 | 1;
export const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

/** `first`: it is the trap. `second`: its copy has been told already. `perhaps`: the marks by which this would be known are gone. */
export type Hearing = 'first' | 'second' | 'perhaps';

/** Marks of one commit and host, as they are stored. */
export type SegmentMarks = {
  readonly count: number;
  /** Two numbers of 32 bits for each. */
  readonly hashes: Uint32Array;
  readonly times: Float64Array;
};
export type StoredSegment = {
  readonly id: number;
  readonly side: Side;
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
};

/** What a commit has to write. */
export type PairingChanges = {
  readonly made: readonly (StoredSegment & { readonly marks: SegmentMarks })[];
  /** Places of marks within stored segments. */
  readonly used: readonly { readonly segment: number; readonly places: readonly number[] }[];
  readonly dropped: readonly number[];
};

export type PairingState = {
  /** Nothing older than this will still be read of this host. */
  readonly horizonUs: number;
  /** Marks of this host from before this may be missing. */
  readonly lostUntilUs: number;
};

export type PairingOptions = {
  readonly windowUs: number;
  /** Beyond it, segments that are made are not held in memory. */
  readonly heldMax: number;
  /** Marks in all stored segments; beyond it the oldest segments of the fuller side are given up. */
  readonly storedMax: number;
  readonly sides: readonly [PairingState, PairingState];
  readonly nextSegment: number;
};

/** May be used again for the next one: nothing of it is kept. */
export type Heard = Fingerprint & {
  us: number;
  /** The caller's own word for it, given back when its copy comes before a restart. */
  tag: number;
};

export type Pairing = {
  readonly hear: (side: Side, heard: Heard) => Hearing;
  /** Of the one that the last `second` met; 0: it was restored from the database. */
  readonly copyTag: () => number;
  /** Nothing older will still be read of this side. */
  readonly advance: (side: Side, horizonUs: number) => void;
  /** Keeps no marks of this side so far: there was nobody to pair with. */
  readonly forget: (side: Side) => void;
  /** A stored segment, oldest first for each side: at a start. */
  readonly restore: (segment: StoredSegment) => void;
  /** Segments whose marks must be there before a message of this side with this receive time is heard; give them to `load`, in this order. */
  readonly wanted: (side: Side, receivedUs: number) => readonly number[];
  readonly load: (id: number, marks: SegmentMarks, used: ReadonlySet<number>) => void;
  /** What has changed since the last call; from then on it counts as stored. */
  readonly take: () => PairingChanges;
  readonly state: (side: Side) => PairingState;
  readonly counts: () => { readonly held: number; readonly stored: number; readonly segments: number };
};

type Segment = StoredSegment & {
  /** Null: they are in the database alone. */
  marks: Mark[] | null;
  open: number;
  /** Of a small one that is not held: so that the next can be joined to it. */
  spare: readonly Mark[] | null;
};
type SideState = {
  readonly table: ReturnType<typeof createMarkTable>;
  readonly segments: Segment[];
  fresh: Mark[];
  horizonUs: number;
  lostUntilUs: number;
  /** Its clock was set back by more than the window: later marks may have been received before earlier ones. */
  isUneven: boolean;
  /** The latest receive time of marks that were loaded. */
  loadedUs: number;
};

/** How far an uneven row of equal marks is looked along. */
const UNEVEN_LOOKS_MAX = 100;

/** Small neighbours are joined up to this: an hour of one message a second is one row, not 3,600. */
export const SEGMENT_MARKS_MAX = 8_192;

export function createPairing(options: PairingOptions): Pairing {
  const { windowUs, heldMax, storedMax } = options;
  const toSide = (state: PairingState): SideState => ({
    table: createMarkTable(),
    segments: [],
    fresh: [],
    isUneven: false,
    loadedUs: 0,
    ...state,
  });
  const sides = [toSide(options.sides[0]), toSide(options.sides[1])] as const;
  const bySegment = new Map<number, Segment>();
  const used = new Map<number, number[]>();
  const dropped: number[] = [];
  let nextSegment = options.nextSegment;
  let held = 0;
  let stored = 0;
  let copyTag = 0;

  const forget = (mark: Mark): void => {
    mark.open = false;
    held -= 1;
    const segment = bySegment.get(mark.segment);
    if (segment === undefined) return;
    segment.open -= 1;
    if (segment.open === 0) remove(segment);
  };
  const remove = (segment: Segment): void => {
    const { segments } = sides[segment.side];
    const at = segments.lastIndexOf(segment);
    if (at !== -1) segments.splice(at, 1);
    bySegment.delete(segment.id);
    used.delete(segment.id);
    stored -= segment.count;
    dropped.push(segment.id);
  };
  const unlist = (state: SideState, mark: Mark): void => {
    if (mark.isListed) state.table.remove(mark);
    mark.isListed = false;
  };
  const close = (state: SideState, mark: Mark): void => {
    unlist(state, mark);
    mark.open = false;
    held -= 1;
  };
  const giveUp = (segment: Segment): void => {
    for (const mark of segment.marks ?? []) if (mark.open) close(sides[segment.side], mark);
    remove(segment);
    listFresh(sides[segment.side]);
  };
  /** The foremost of equal ones must be the foremost: nothing is listed while something before it is not. */
  const isBehind = ({ segments }: SideState): boolean => segments.at(-1)?.marks === null;
  const listFresh = (state: SideState): void => {
    if (isBehind(state)) return;
    for (const mark of state.fresh) {
      if (!mark.open || mark.isListed) continue;
      mark.isListed = true;
      state.table.add(mark);
    }
  };

  /** The copy that this one meets; what stands before it and can meet nobody any more steps aside. */
  const findCopy = (other: SideState, print: Fingerprint, receivedUs: number): Mark | null => {
    for (;;) {
      let mark = other.table.first(print);
      // What was received by a clock that ran ahead does not stand in the way of what came after it was set right.
      for (let looks = 0; other.isUneven && looks < UNEVEN_LOOKS_MAX; looks += 1) {
        if (mark === null || mark.us <= receivedUs + windowUs) break;
        mark = other.table.after(mark);
      }
      if (mark === null || mark.us > receivedUs + windowUs) return null;
      unlist(other, mark);
      if (mark.us >= receivedUs - windowUs) return mark;
      forget(mark);
    }
  };

  /** Of a clock that was set back, what it said before counts no more. */
  const advanceTo = (state: SideState, horizonUs: number): void => {
    if (horizonUs < state.horizonUs - windowUs) {
      state.isUneven = true;
      state.horizonUs = horizonUs;
    } else state.horizonUs = Math.max(state.horizonUs, horizonUs);
  };

  const expire = (side: Side): void => {
    const state = sides[side];
    const beforeUs = sides[otherSide(side)].horizonUs - windowUs;
    if (state.isUneven) {
      for (const segment of state.segments.filter(({ toUs }) => toUs < beforeUs)) giveUp(segment);
    } else
      while (state.segments[0] !== undefined && state.segments[0].toUs < beforeUs) giveUp(state.segments[0]);
    if (state.fresh.length === 0 || (!state.isUneven && (state.fresh[0]?.us ?? 0) >= beforeUs)) return;
    state.fresh = state.fresh.filter((mark) => {
      if (!mark.open) return false;
      if (mark.us >= beforeUs) return true;
      close(state, mark);
      return false;
    });
  };

  /** The fresh marks, and those of small segments before them: each mark is written again only as its segment doubles. */
  const gather = (state: SideState): Mark[] => {
    let marks = state.fresh.filter(({ open }) => open);
    state.fresh = [];
    if (marks.length === 0) return marks;
    const beforeUs = sides[state === sides[0] ? 1 : 0].horizonUs - windowUs;
    for (;;) {
      const last = state.segments.at(-1);
      const joined = last === undefined ? null : (last.marks ?? last.spare);
      if (last === undefined || joined === null) return marks;
      if (last.open > 2 * marks.length || last.open + marks.length > SEGMENT_MARKS_MAX) return marks;
      const isHeld = last.marks !== null;
      const kept = joined.filter((mark) => mark.open && mark.us >= beforeUs);
      for (const mark of isHeld ? joined : []) if (mark.open && mark.us < beforeUs) close(state, mark);
      remove(last);
      // Those that were not held are counted for a moment: the whole joined segment goes the same way below.
      if (!isHeld) held += kept.length;
      marks = [...kept, ...marks];
    }
  };

  const makeSegment = (side: Side): PairingChanges['made'] => {
    const state = sides[side];
    const wasBehind = isBehind(state);
    const marks = gather(state);
    if (marks.length === 0) return [];
    const { hashes, times } = packMarks(marks);
    let fromUs = Infinity;
    let toUs = -Infinity;
    for (const us of times) {
      fromUs = Math.min(fromUs, us);
      toUs = Math.max(toUs, us);
    }
    const id = nextSegment;
    nextSegment += 1;
    const told = { id, side, fromUs, toUs, count: marks.length };
    const segment: Segment = { ...told, marks, open: marks.length, spare: null };
    marks.forEach((mark, place) => {
      mark.segment = id;
      mark.place = place;
    });
    // Those that come later than what is not held are not held either: the foremost of equal ones must be the foremost.
    if (wasBehind || held > heldMax) {
      for (const mark of marks) unlist(state, mark);
      held -= marks.length;
      segment.marks = null;
      if (marks.length <= SEGMENT_MARKS_MAX / 2) segment.spare = marks;
      else for (const before of state.segments) before.spare = null;
    }
    state.segments.push(segment);
    bySegment.set(id, segment);
    stored += marks.length;
    return [{ ...told, marks: { count: marks.length, hashes, times } }];
  };

  const keepBound = (): void => {
    while (stored > storedMax) {
      const weigh = ({ segments }: SideState): number => segments.reduce((sum, { count }) => sum + count, 0);
      const fuller = weigh(sides[0]) >= weigh(sides[1]) ? sides[0] : sides[1];
      const [oldest] = fuller.segments;
      if (oldest === undefined) return;
      fuller.lostUntilUs = Math.max(fuller.lostUntilUs, oldest.toUs);
      giveUp(oldest);
    }
  };

  return {
    hear(side, heard) {
      const receivedUs = heard.us;
      const own = sides[side];
      const other = sides[otherSide(side)];
      advanceTo(own, receivedUs);
      const copy = findCopy(other, heard, receivedUs);
      if (copy !== null) {
        if (copy.segment !== 0 && bySegment.has(copy.segment)) {
          const places = used.get(copy.segment);
          if (places === undefined) used.set(copy.segment, [copy.place]);
          else places.push(copy.place);
        }
        forget(copy);
        copyTag = copy.tag;
        return 'second';
      }
      const mark: Mark = {
        low: heard.low,
        high: heard.high,
        us: receivedUs,
        tag: heard.tag,
        segment: 0,
        place: 0,
        open: true,
        isListed: !isBehind(own),
        next: null,
      };
      if (mark.isListed) own.table.add(mark);
      own.fresh.push(mark);
      held += 1;
      // Twice the window: what lost its mark may have moved a later copy by one.
      return receivedUs - 2 * windowUs <= other.lostUntilUs ? 'perhaps' : 'first';
    },
    advance(side, horizonUs) {
      advanceTo(sides[side], horizonUs);
    },
    copyTag: () => copyTag,
    forget(side) {
      const state = sides[side];
      while (state.segments[0] !== undefined) giveUp(state.segments[0]);
      for (const mark of state.fresh) if (mark.open) close(state, mark);
      state.fresh = [];
      state.lostUntilUs = Math.max(state.lostUntilUs, state.horizonUs);
    },
    restore(told) {
      const segment: Segment = { ...told, marks: null, open: told.count, spare: null };
      const state = sides[told.side];
      if (told.fromUs < (state.segments.at(-1)?.toUs ?? 0) - windowUs) state.isUneven = true;
      state.segments.push(segment);
      bySegment.set(told.id, segment);
      stored += told.count;
      nextSegment = Math.max(nextSegment, told.id + 1);
    },
    wanted(side, receivedUs) {
      const names: number[] = [];
      expire(otherSide(side));
      const { segments } = sides[otherSide(side)];
      // All before the last one that is near: the foremost of equal ones must be the foremost.
      let last = segments.length - 1;
      while (last >= 0 && (segments[last]?.fromUs ?? 0) - windowUs > receivedUs) last -= 1;
      for (let index = 0; index <= last; index += 1) {
        const segment = segments[index];
        if (segment !== undefined && segment.marks === null) names.push(segment.id);
      }
      return names;
    },
    load(id, { count, hashes, times }, usedPlaces) {
      const segment = bySegment.get(id);
      if (segment === undefined || segment.marks !== null) return;
      const state = sides[segment.side];
      segment.marks = [];
      segment.spare = null;
      for (let place = 0; place < count; place += 1) {
        const us = times[place] ?? 0;
        if (us < state.loadedUs - windowUs) state.isUneven = true;
        state.loadedUs = Math.max(state.loadedUs, us);
        if (usedPlaces.has(place)) continue;
        const mark: Mark = {
          low: hashes[2 * place] ?? 0,
          high: hashes[2 * place + 1] ?? 0,
          us,
          tag: 0,
          segment: id,
          place,
          open: true,
          isListed: true,
          next: null,
        };
        segment.marks.push(mark);
        state.table.add(mark);
      }
      held += segment.marks.length;
      segment.open = segment.marks.length;
      if (segment.open === 0) remove(segment);
      listFresh(state);
    },
    take() {
      expire(0);
      expire(1);
      const made = [...makeSegment(0), ...makeSegment(1)];
      keepBound();
      const changes = {
        made: made.filter(({ id }) => bySegment.has(id)),
        used: [...used].map(([segment, places]) => ({ segment, places })),
        dropped: dropped.splice(0),
      };
      used.clear();
      return changes;
    },
    state: (side) => ({ horizonUs: sides[side].horizonUs, lostUntilUs: sides[side].lostUntilUs }),
    counts: () => ({ held, stored, segments: bySegment.size }),
  };
}

function packMarks(marks: readonly Mark[]): Pick<SegmentMarks, 'hashes' | 'times'> {
  const hashes = new Uint32Array(2 * marks.length);
  const times = new Float64Array(marks.length);
  marks.forEach(({ low, high, us }, index) => {
    hashes[2 * index] = low;
    hashes[2 * index + 1] = high;
    times[index] = us;
  });
  return { hashes, times };
}
