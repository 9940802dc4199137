/**
 * The file of an export: all data of a manager as text, independent of PostgreSQL's version and of its files.
 *
 * Zstandard frames (`zstd -d` reads them) around lines of UTF-8, each ended by a line feed:
 *
 *   1. `{"product":"nezuban","kind":"export","format":1,"release":...,"createdAt":...,"managerId":...,"term":...,"migrations":[{"number","name","sha256"}]}`
 *   2. `{"keys":...}`: CA and keys of the home; `{"sealedKeys":...}` if a passphrase was given
 *   3. for each table, by name: `{"table":...,"columns":[...],"partitions":[{"name","bound","options"}]}`, its rows in PostgreSQL's COPY text form, one a line,
 *      then the line `\.`, then `{"rows":N}`
 *   4. `{"sequences":{"name":last}}`
 *   5. `{"end":true,"tables":N,"rows":N,"sha256":...}`, the checksum of all bytes before this line
 *
 * A reader refuses a `format` above its own. Everything is of one moment, `createdAt`. Pure; called by export and import.
 */
import * as z from 'zod';
import { instantSchema } from '@nezuban/protocol/ids';

export const EXPORT_FORMAT = 1;
export const END_OF_ROWS = '\\.';

const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

export const exportHeaderSchema = z.object({
  product: z.literal('nezuban'),
  kind: z.literal('export'),
  format: z.int().positive(),
  release: z.string(),
  createdAt: instantSchema,
  managerId: z.string(),
  term: z.int().nonnegative(),
  migrations: z.array(z.object({ number: z.int(), name: z.string(), sha256: z.string() })).min(1),
});
export type ExportHeader = z.infer<typeof exportHeaderSchema>;

export const exportKeysSchema = z.union([
  z.strictObject({ keys: z.string() }),
  z.strictObject({ sealedKeys: z.base64() }),
]);

export const exportTableSchema = z.strictObject({
  table: identifier,
  columns: z.array(identifier).min(1),
  /** Bounds as PostgreSQL writes them, and storage options (`fillfactor=60`). */
  partitions: z.array(
    z.strictObject({
      name: identifier,
      bound: z.string().max(2_000),
      options: z.array(z.string().regex(/^[a-z_.]+=[0-9a-z.]+$/)),
    }),
  ),
});
export type ExportTable = z.infer<typeof exportTableSchema>;
export const exportRowsSchema = z.strictObject({ rows: z.int().nonnegative() });
export const exportSequencesSchema = z.strictObject({
  sequences: z.record(identifier, z.string().regex(/^-?\d+$/)),
});
export const exportEndSchema = z.strictObject({
  end: z.literal(true),
  tables: z.int(),
  rows: z.int(),
  sha256: z.string(),
});

const LITERAL = String.raw`(?:'[0-9A-Za-z :.+-]*'|-?\d+|MINVALUE|MAXVALUE)`;
const BOUND = new RegExp(`^(?:DEFAULT|FOR VALUES FROM \\(${LITERAL}\\) TO \\(${LITERAL}\\))$`);

/** A bound is put into a statement as it stands, so it must be one: of literals alone, for PostgreSQL would run a function in it. */
export function isBound(text: string): boolean {
  return BOUND.test(text);
}

/** Cuts a stream of bytes into whole lines, handed on many at once. */
export function createLineCutter(): {
  readonly cut: (chunk: Buffer) => Buffer;
  readonly rest: () => Buffer;
} {
  let kept = Buffer.alloc(0);
  return {
    cut(chunk) {
      const all = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
      const end = all.lastIndexOf('\n') + 1;
      kept = Buffer.from(all.subarray(end));
      return all.subarray(0, end);
    },
    rest: () => kept,
  };
}
