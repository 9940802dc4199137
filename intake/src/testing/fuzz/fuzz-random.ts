/**
 * Chance for the fuzzer: the same seed gives the same datagrams.
 *
 * Responsible for random bytes and for mutations of known messages. Called by `fuzz-run.ts`.
 */
export type FuzzRandom = {
  /** 0 to `below` - 1. */
  readonly int: (below: number) => number;
  readonly pick: <T>(list: readonly [T, ...T[]]) => T;
};

/** mulberry32: small, fast, good enough to wander through the states of a parser. */
export function createFuzzRandom(seed: number): FuzzRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const int = (below: number): number => next() % below;
  return { int, pick: (list) => list[int(list.length)] ?? list[0] };
}

export type FuzzShape = {
  readonly corpus: readonly [Uint8Array, ...Uint8Array[]];
  /** Pieces that mean something in the protocol, thrown in anywhere. */
  readonly pieces: readonly [string, ...string[]];
  readonly bytesMax: number;
};

/** One in five is noise; the others are known messages with one to eight wounds. */
export function fuzzBytes(random: FuzzRandom, shape: FuzzShape): Buffer {
  if (random.int(5) === 0) return noise(random, sizeOf(random, shape.bytesMax));
  let bytes: Buffer = Buffer.from(random.pick(shape.corpus));
  for (let wounds = 1 + random.int(8); wounds > 0; wounds -= 1) bytes = wound(random, shape, bytes);
  return bytes.subarray(0, shape.bytesMax);
}

/** Mostly small; a few as large as a datagram can be. */
function sizeOf(random: FuzzRandom, bytesMax: number): number {
  const kind = random.int(1000);
  if (kind === 0) return bytesMax;
  return random.int(Math.min(bytesMax, kind < 20 ? 9_000 : 200));
}

function noise(random: FuzzRandom, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const isPrintable = random.int(2) === 0;
  for (let i = 0; i < size; i += 1) bytes[i] = isPrintable ? 0x20 + random.int(95) : random.int(256);
  return bytes;
}

function wound(random: FuzzRandom, shape: FuzzShape, bytes: Buffer): Buffer {
  const at = random.int(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.int(12));
  switch (random.int(8)) {
    case 0: {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << random.int(8));
      return changed;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), noise(random, random.int(6)), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at, end), bytes.subarray(end)]);
    case 4:
      return bytes.subarray(0, at);
    case 5: {
      const other = random.pick(shape.corpus);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.int(other.length + 1))]);
    }
    case 6: {
      const piece = Buffer.from(random.pick(shape.pieces));
      const times = random.int(20) === 0 ? 200 : 1;
      return Buffer.concat([
        bytes.subarray(0, at),
        ...Array.from({ length: times }, () => piece),
        bytes.subarray(at),
      ]);
    }
    default: {
      const changed = Buffer.from(bytes);
      for (let i = at; i < end; i += 1)
        changed[i] = random.pick([0, 0xff, 0x30 + random.int(10), 0x7f, 0x80]);
      return changed;
    }
  }
}
