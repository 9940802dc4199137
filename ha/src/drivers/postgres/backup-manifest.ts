/**
 * The manifest that comes with a base backup: every file with size and SHA-256.
 *
 * Pure. Compared is what arrived and was written; whether the disk gives it back later is what data checksums are for.
 * WAL is not listed: it has a checksum in each record. Called in the copy's own process.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';

export type ReceivedFile = { readonly size: number; readonly sha256: string };

const manifestSchema = z.object({
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      'Encoded-Path': z.string().optional(),
      Size: z.int(),
      'Checksum-Algorithm': z.literal('SHA256'),
      Checksum: z.string(),
    }),
  ),
  'Manifest-Checksum': z.string(),
});

/** Added by the server without being listed. */
const UNLISTED = /^(?:pg_wal(?:\/|$)|postgresql\.auto\.conf$|standby\.signal$|recovery\.signal$)/;

/** Null: all is as it should be; else one sentence about the first difference. */
export function checkManifest(manifest: string, received: ReadonlyMap<string, ReceivedFile>): string | null {
  const lastLine = manifest.lastIndexOf('"Manifest-Checksum"');
  const parsed = manifestSchema.safeParse(toJson(manifest));
  if (!parsed.success || lastLine < 0) return 'the manifest of the copy cannot be read';
  const sum = createHash('sha256').update(manifest.slice(0, lastLine)).digest('hex');
  if (sum !== parsed.data['Manifest-Checksum']) return 'the manifest of the copy is damaged';
  const listed = new Set<string>();
  for (const file of parsed.data.Files) {
    const path = file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('latin1');
    listed.add(path);
    const found = received.get(path);
    if (found === undefined) return `the copy lacks the file ${path}`;
    if (found.size !== file.Size)
      return `the file ${path} has ${found.size} bytes in the copy instead of ${file.Size}`;
    if (found.sha256 !== file.Checksum) return `the file ${path} was damaged on its way`;
  }
  for (const path of received.keys())
    if (!listed.has(path) && !UNLISTED.test(path))
      return `the copy holds the file ${path}, which its manifest does not list`;
  return null;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
