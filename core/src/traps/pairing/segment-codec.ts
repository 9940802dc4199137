/**
 * Marks of a segment, and places within one, as the bytes of a column.
 *
 * Responsible for the layout: all hashes (two u32 each), then all receive times (f64, microseconds), little endian; places are u32. Pure.
 */
import type { SegmentMarks } from './pairing.ts';

const MARK_BYTES = 16;
const PLACE_BYTES = 4;

export function encodeMarks({ count, hashes, times }: SegmentMarks): Uint8Array {
  const bytes = new Uint8Array(count * MARK_BYTES);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < 2 * count; index += 1) view.setUint32(4 * index, hashes[index] ?? 0, true);
  for (let index = 0; index < count; index += 1)
    view.setFloat64(8 * (count + index), times[index] ?? 0, true);
  return bytes;
}

export function decodeMarks(bytes: Uint8Array): SegmentMarks {
  const count = Math.floor(bytes.length / MARK_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hashes = Uint32Array.from({ length: 2 * count }, (_, index) => view.getUint32(4 * index, true));
  const times = Float64Array.from({ length: count }, (_, index) =>
    view.getFloat64(8 * (count + index), true),
  );
  return { count, hashes, times };
}

export function encodePlaces(places: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(places.length * PLACE_BYTES);
  const view = new DataView(bytes.buffer);
  places.forEach((place, index) => view.setUint32(index * PLACE_BYTES, place, true));
  return bytes;
}

export function decodePlaces(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / PLACE_BYTES) }, (_, index) =>
    view.getUint32(index * PLACE_BYTES, true),
  );
}
