// Tests of the pairing of both hosts' copies: beside a plain reference, in any order of reading, with restarts and little memory.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fingerprint, type Fingerprint } from './identity-hash.ts';
import { createPairing, type Pairing, type PairingState, type Side, type StoredSegment } from './pairing.ts';
import { decodeMarks, decodePlaces, encodeMarks, encodePlaces } from './segment-codec.ts';

const WINDOW = 30;
type Message = { readonly kind: number; readonly us: number };

/** Equal high halves and low ones that differ only above what a key holds, so that the table's rows are longer than one. */
const printOf = (kind: number): Fingerprint =>
  kind < 4 ? { low: 7, high: kind * 2 ** 21 } : { low: kind, high: 1 };

/** How many traps there are, by kind: the rule written down plainly. */
const reference = (a: readonly Message[], b: readonly Message[]): Map<number, number> => {
  const traps = new Map<number, number>();
  for (const kind of new Set([...a, ...b].map((message) => message.kind))) {
    const ofKind = (list: readonly Message[]) => list.filter((message) => message.kind === kind);
    const left = ofKind(a);
    const right = ofKind(b);
    let pairs = 0;
    let i = 0;
    let j = 0;
    while (i < left.length && j < right.length) {
      const difference = (left[i]?.us ?? 0) - (right[j]?.us ?? 0);
      if (Math.abs(difference) <= WINDOW) {
        pairs += 1;
        i += 1;
        j += 1;
      } else if (difference < 0) i += 1;
      else j += 1;
    }
    traps.set(kind, left.length + right.length - pairs);
  }
  return traps;
};

/** What a database keeps of it. */
type Stored = {
  segments: Map<number, StoredSegment & { bytes: Uint8Array; used: Uint8Array[] }>;
  sides: [PairingState, PairingState];
};
const emptyStore = (): Stored => ({
  segments: new Map(),
  sides: [
    { horizonUs: 0, lostUntilUs: 0 },
    { horizonUs: 0, lostUntilUs: 0 },
  ],
});
const begin = (store: Stored, limits: { heldMax: number; storedMax: number }): Pairing => {
  const pairing = createPairing({ windowUs: WINDOW, ...limits, sides: store.sides, nextSegment: 1 });
  for (const segment of [...store.segments.values()].sort((x, y) => x.id - y.id)) pairing.restore(segment);
  return pairing;
};
const save = (pairing: Pairing, store: Stored): void => {
  const { made, used, dropped } = pairing.take();
  for (const { marks, ...segment } of made)
    store.segments.set(segment.id, { ...segment, bytes: encodeMarks(marks), used: [] });
  for (const { segment, places } of used) store.segments.get(segment)!.used.push(encodePlaces(places));
  for (const id of dropped) store.segments.delete(id);
  store.sides = [pairing.state(0), pairing.state(1)];
};
const hear = ([pairing, store]: readonly [Pairing, Stored], side: Side, { kind, us }: Message) => {
  for (const id of pairing.wanted(side, us)) {
    const segment = store.segments.get(id)!;
    pairing.load(id, decodeMarks(segment.bytes), new Set(segment.used.flatMap(decodePlaces)));
  }
  return pairing.hear(side, { ...printOf(kind), us, tag: us });
};

const journal = fc
  .array(fc.record({ kind: fc.integer({ min: 0, max: 5 }), gap: fc.integer({ min: 0, max: 25 }) }), {
    maxLength: 60,
  })
  .map((items) => {
    let us = 1_000;
    return items.map(({ kind, gap }): Message => ({ kind, us: (us += gap) }));
  });
/** Each step reads some of one journal, then commits, crashes before the commit, or goes on. */
const steps = fc.array(
  fc.record({
    side: fc.constantFrom<Side>(0, 1),
    count: fc.integer({ min: 1, max: 12 }),
    next: fc.constantFrom('commit', 'commit', 'crash', 'restart', 'go on'),
  }),
  { maxLength: 60 },
);

describe('pairing', () => {
  const run = (
    journals: readonly [readonly Message[], readonly Message[]],
    plan: readonly { side: Side; count: number; next: string }[],
    limits: { heldMax: number; storedMax: number },
  ) => {
    const store = emptyStore();
    let pairing = begin(store, limits);
    let at: [number, number] = [0, 0];
    let committed: { at: [number, number]; traps: { kind: number; perhaps: boolean }[] } = {
      at: [0, 0],
      traps: [],
    };
    let traps: { kind: number; perhaps: boolean }[] = [];
    const commit = (): void => {
      save(pairing, store);
      committed = { at: [...at], traps: [...committed.traps, ...traps] };
      traps = [];
    };
    const read = (side: Side, count: number): void => {
      for (const message of journals[side].slice(at[side], at[side] + count)) {
        const heard = hear([pairing, store], side, message);
        if (heard !== 'second') traps.push({ kind: message.kind, perhaps: heard === 'perhaps' });
        at[side] += 1;
      }
    };
    for (const { side, count, next } of plan) {
      read(side, count);
      if (next === 'commit' || next === 'restart') commit();
      if (next === 'crash' || next === 'restart') {
        pairing = begin(store, limits);
        at = [...committed.at];
        traps = [];
      }
    }
    read(0, 1_000);
    read(1, 1_000);
    commit();
    return { traps: committed.traps, store, pairing };
  };

  test('pairing: any two journals, any order of reading, crashes and restarts: as many traps of each kind as the rule says', () => {
    const input = fc.record({
      a: journal,
      b: journal,
      plan: steps,
      heldMax: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(input, ({ a, b, plan, heldMax }) => {
        const { traps } = run([a, b], plan, { heldMax, storedMax: 1_000_000 });
        for (const [kind, count] of reference(a, b))
          assert.equal(traps.filter((trap) => trap.kind === kind).length, count, `kind ${kind}`);
        assert.ok(traps.every(({ perhaps }) => !perhaps));
      }),
      { numRuns: 3_000 },
    );
  });

  test('pairing: marks given up for lack of room: nothing is lost', () => {
    const input = fc.record({
      a: journal,
      b: journal,
      plan: steps,
      storedMax: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(input, ({ a, b, plan, storedMax }) => {
        const { traps, pairing } = run([a, b], plan, { heldMax: 10, storedMax });
        assert.ok(pairing.counts().stored <= storedMax);
        for (const [kind, count] of reference(a, b))
          assert.ok(traps.filter((trap) => trap.kind === kind).length >= count, `kind ${kind}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('pairing: marks given up for lack of room: a late message of that time says that it may be a repeat', () => {
    const store = emptyStore();
    const pairing = begin(store, { heldMax: 10, storedMax: 20 });
    for (let n = 0; n < 40; n += 1) {
      hear([pairing, store], 0, { kind: 10 + n, us: 1_000 + n });
      save(pairing, store);
    }
    hear([pairing, store], 0, { kind: 99, us: 5_000 });
    const given = pairing.state(0).lostUntilUs;
    assert.ok(given >= 1_019, `${given}`);
    assert.equal(hear([pairing, store], 1, { kind: 10, us: 1_001 }), 'perhaps');
    assert.equal(hear([pairing, store], 1, { kind: 99, us: 5_000 }), 'second');
    assert.equal(hear([pairing, store], 1, { kind: 98, us: 5_000 }), 'first');
  });

  test('pairing: both journals read to the end and past the window: nothing is kept', () => {
    fc.assert(
      fc.property(journal, journal, steps, (a, b, plan) => {
        const { store, pairing } = run([a, b], plan, { heldMax: 1_000, storedMax: 1_000_000 });
        pairing.advance(0, 1_000_000);
        pairing.advance(1, 1_000_000);
        save(pairing, store);
        assert.equal(store.segments.size, 0);
        assert.deepEqual(pairing.counts(), { held: 0, stored: 0, segments: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  test('pairing: three equal lines heard by both: three traps; one of them lost on one way: still three', () => {
    const lines = [100, 101, 102].map((us) => ({ kind: 5, us }));
    assert.equal(run([lines, lines], [], { heldMax: 10, storedMax: 100 }).traps.length, 3);
    assert.equal(run([lines, lines.slice(1)], [], { heldMax: 10, storedMax: 100 }).traps.length, 3);
  });

  test('pairing: the other host is away while one message a second comes: a few rows, not one for each', () => {
    const store = emptyStore();
    const pairing = begin(store, { heldMax: 50, storedMax: 1_000_000 });
    for (let n = 0; n < 20_000; n += 1) {
      hear([pairing, store], 0, { kind: 10 + n, us: 1_000 + n });
      save(pairing, store);
    }
    assert.equal(pairing.counts().stored, 20_000);
    assert.ok(store.segments.size < 30, `${store.segments.size} rows`);
    // It comes back and has heard every other one.
    for (let n = 0; n < 20_000; n += 2)
      assert.equal(hear([pairing, store], 1, { kind: 10 + n, us: 1_001 + n }), 'second');
    assert.equal(hear([pairing, store], 1, { kind: 11, us: 21_001 }), 'first', 'long after its time');
  });
});

test("pairing: a host's clock was hours ahead and was set right: copies meet again at once, restarts or not", () => {
  const store = emptyStore();
  const limits = { heldMax: 100, storedMax: 1_000 };
  let pairing = begin(store, limits);
  const say = (side: Side, message: Message) => hear([pairing, store], side, message);
  const ahead = 1_000_000;
  assert.equal(say(0, { kind: 9, us: ahead }), 'first');
  pairing.advance(0, ahead + 5);
  save(pairing, store);
  for (let n = 0; n < 20; n += 1) {
    const us = 1_000 + 10 * n;
    // The other host hears it first, and that is stored before this one's copy comes. The same kind as that of the future, now and then.
    const kind = n % 5 === 0 ? 9 : 100 + n;
    assert.equal(say(1, { kind, us }), 'first');
    save(pairing, store);
    if (n % 3 === 0) pairing = begin(store, limits);
    assert.equal(say(0, { kind, us: us + 1 }), n === 0 ? 'first' : 'second', `message ${n}`);
    save(pairing, store);
  }
  assert.equal(pairing.state(0).horizonUs, 1_191);
});

test("pairing: a host's clock is set back while the other is away: late copies of before and after still meet", () => {
  const store = emptyStore();
  let pairing = begin(store, { heldMax: 100, storedMax: 1_000 });
  const say = (side: Side, message: Message) => hear([pairing, store], side, message);
  pairing.advance(1, 1_000);
  for (const us of [5_000, 4_000, 4_001]) {
    assert.equal(say(0, { kind: 9, us }), 'first');
    save(pairing, store);
  }
  pairing = begin(store, { heldMax: 100, storedMax: 1_000 });
  for (const us of [4_000, 4_001, 5_000]) assert.equal(say(1, { kind: 9, us }), 'second', `${us}`);
});

test('pairing: the other host was there for the first time just now: what was heard before it may be a repeat, and says so', () => {
  const store = emptyStore();
  const pairing = begin(store, { heldMax: 10, storedMax: 100 });
  pairing.advance(0, 1_000);
  pairing.forget(0);
  assert.equal(hear([pairing, store], 1, { kind: 5, us: 1_002 }), 'perhaps');
  assert.equal(hear([pairing, store], 0, { kind: 6, us: 1_100 }), 'first');
  assert.equal(hear([pairing, store], 1, { kind: 6, us: 1_102 }), 'second');
  assert.equal(pairing.copyTag(), 1_100);
});

describe('fingerprint', () => {
  const key = { low: 0x03020100, high: 0x07060504 };
  const address = new Uint8Array(16).fill(1);
  const of = (text: string, change: Partial<Parameters<typeof fingerprint>[0]> = {}, by = key): string => {
    const print = { low: 0, high: 0 };
    fingerprint({ protocol: 'syslog', address, bytes: new TextEncoder().encode(text), ...change }, by, print);
    return `${print.low}:${print.high}`;
  };

  test('fingerprint: text, sender, protocol and key: each makes another one', () => {
    const other = new Uint8Array(16).fill(2);
    const prints = [
      of('abcdefg'),
      of('abcdefh'),
      of('abcdefg\0'),
      of(''),
      of('abcdefg', { address: other }),
      of('abcdefg', { protocol: 'custom' }),
      of('abcdefg', {}, { low: 1, high: 2 }),
    ];
    assert.equal(new Set(prints).size, prints.length);
    assert.equal(of('abcdefg'), of('abcdefg'));
  });
});
