/**
 * Reads the archive that PostgreSQL's BASE_BACKUP sends, as far as PostgreSQL writes it: files, folders, links, one after the other.
 *
 * Own, because it is half a page and synchronous: the chunks are views of a buffer that the driver reuses, so they are handed on before
 * the call returns (the libraries take streams and copy). Format: src/port/tar.c of PostgreSQL: ustar, names below 100 bytes, no prefix.
 * Not responsible for writing (`copy-target.ts`). Called in the copy's own process.
 */
export type TarEntry = {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly size: number;
};

export type TarEvents = {
  readonly onEntry: (entry: TarEntry) => void;
  /** Pieces of the entry's content, in order; a view that is valid during the call. */
  readonly onContent: (bytes: Buffer) => void;
  /** All of the entry has been given. */
  readonly onEntryEnd: () => void;
};

export type TarReader = {
  readonly write: (chunk: Buffer) => void;
  /** Throws if the archive was cut off. */
  readonly end: () => void;
};

const BLOCK = 512;
const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '2': 'link',
  '5': 'folder',
};

export function createTarReader(events: TarEvents): TarReader {
  const header = Buffer.alloc(BLOCK);
  let headerBytes = 0;
  /** Content and padding of the entry that are still to come. */
  let left = 0;
  let padding = 0;
  let inEntry = false;

  function write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const end = Math.min(chunk.length, at + left);
        events.onContent(chunk.subarray(at, end));
        left -= end - at;
        at = end;
      } else if (padding > 0) {
        const skipped = Math.min(chunk.length - at, padding);
        padding -= skipped;
        at += skipped;
      } else {
        const copied = chunk.copy(header, headerBytes, at, Math.min(chunk.length, at + BLOCK - headerBytes));
        headerBytes += copied;
        at += copied;
        if (headerBytes < BLOCK) return;
        headerBytes = 0;
        begin();
      }
      if (inEntry && left === 0) finish();
    }
  }

  function begin(): void {
    const entry = parseHeader(header);
    if (entry === null) return;
    inEntry = true;
    left = entry.kind === 'file' ? entry.size : 0;
    padding = (BLOCK - (left % BLOCK)) % BLOCK;
    events.onEntry(entry);
  }

  function finish(): void {
    inEntry = false;
    events.onEntryEnd();
  }

  return {
    write,
    end() {
      if (left > 0 || headerBytes > 0) throw new Error('the archive of the source was cut off');
    },
  };
}

/** Null: a block of zeros, which ends an archive. */
function parseHeader(block: Buffer): TarEntry | null {
  if (block.every((byte) => byte === 0)) return null;
  const NAME = { from: 0, bytes: 100 };
  const SIZE = { from: 124, bytes: 12 };
  const CHECKSUM = { from: 148, bytes: 8 };
  const TYPE = 156;
  const expected = Number.parseInt(text(block, CHECKSUM), 8);
  // The checksum counts its own field as blanks.
  const BLANK = 0x20;
  let sum = CHECKSUM.bytes * BLANK;
  for (const [index, byte] of block.entries())
    if (index < CHECKSUM.from || index >= CHECKSUM.from + CHECKSUM.bytes) sum += byte;
  if (sum !== expected) throw new Error('the archive of the source is damaged');
  const kind = KINDS[String.fromCharCode(block[TYPE] ?? 0)];
  const path = text(block, NAME).replace(/\/$/, '');
  if (kind === undefined) throw new Error(`the archive of the source holds something unknown: ${path}`);
  return { path, kind, size: parseSize(block.subarray(SIZE.from, SIZE.from + SIZE.bytes)) };
}

function text(block: Buffer, { from, bytes }: { readonly from: number; readonly bytes: number }): string {
  const field = block.subarray(from, from + bytes);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? bytes : end).trim();
}

/** Octal, or for sizes from 8 GB on in base 256, marked by the highest bit. */
function parseSize(field: Buffer): number {
  const BASE_256 = 0x80;
  if (((field[0] ?? 0) & BASE_256) === 0) return Number.parseInt(field.toString('latin1'), 8);
  return field.subarray(1).reduce((size, byte) => size * 256 + byte, 0);
}
