// Counts bytes that pass, and tells how many now and then: not at every piece, which would cost more than the work.
// Called by every command of backups that moves data.

export type ByteCount = { readonly add: (bytes: number) => void; readonly total: () => number };

/** `tell` is called when `every` more bytes have passed since it was called last. */
export function createByteCount(every: number, tell: (bytes: number) => void): ByteCount {
  let total = 0;
  let told = 0;
  return {
    add(bytes) {
      total += bytes;
      if (total - told < every) return;
      told = total;
      tell(total);
    },
    total: () => total,
  };
}
