// Pieces of output as they lie in the database, and the bytes that they stand for.
// Responsible for packing and unpacking, and for reading a part of a stream, which may be a range that was not kept. Called by the store and by
// whatever reads output.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { agentLinkLimits, type OutputChunk, type OutputStream } from '@nezuban/protocol/agent/link';
import { CodedError } from '@nezuban/protocol/errors';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { parseAttemptId } from './attempt-key.ts';
import type { HoleReason, IncomingPiece, StoredPiece } from './output-plan.ts';

export type OutputPlace = { readonly attemptId: AttemptId; readonly stream: OutputStream };

/** Shorter ones gain nothing. */
const PACK_BYTES_MIN = 512;
/** The quickest: what comes raw is of an agent of the first release, or short. */
const PACK_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A chunk of an agent, unpacked once to see that it holds what it says. Throws `invalid_request` if it is not what it says. */
export const unpackChunk = ({
  attemptId,
  stream,
  offset,
  data,
  size,
  skippedFrom,
}: OutputChunk): IncomingPiece => {
  const sent = Buffer.from(data, 'base64');
  const place = { attemptId, stream, offset, skippedFrom };
  if (size === undefined) return { ...place, length: sent.length, bytes: () => sent };
  const unpack = (): Buffer => zstdDecompressSync(sent, { maxOutputLength: size });
  try {
    if (unpack().length === size) return { ...place, length: size, packed: sent, bytes: unpack };
  } catch {
    // Said below: not a frame, or one that holds more than it says.
  }
  throw new CodedError(
    'invalid_request',
    `A packed piece of the output of ${attemptId} does not hold the ${size} bytes that it says.`,
  );
};

const COLUMNS_OF_PIECE = 10;
/** What was written of them, in bytes on the disk: the measure of quotas. */
export const insertPieces = async (
  transaction: Transaction,
  pieces: readonly PackedPiece[],
): Promise<void> => {
  const places = pieces.map(
    (_, row) =>
      `(${Array.from({ length: COLUMNS_OF_PIECE }, (__, column) => `$${row * COLUMNS_OF_PIECE + column + 1}`).join(', ')})`,
  );
  const values = pieces.flatMap(({ attemptId, stream, position, length, form, stored }) => {
    const key = parseAttemptId(attemptId);
    return [key.sessionId, key.unit, key.run, key.nodeIndex, key.try, stream, position, stored, length, form];
  });
  await transaction.query(
    `INSERT INTO attempt_output (session_id, unit, run, node_index, try, stream, position, bytes, length, form) VALUES ${places.join(', ')}`,
    values,
  );
};

/** As it is stored. */
export type PackedPiece = Omit<StoredPiece, 'form' | 'bytes'> & {
  readonly form: 'zstd' | HoleReason | null;
  readonly stored: Buffer;
};
export const toStored = ({ bytes, form, ...place }: StoredPiece): PackedPiece => {
  if (bytes === null) return { ...place, form, stored: Buffer.alloc(0) };
  if (form === 'zstd') return { ...place, form: 'zstd', stored: bytes };
  const packed = bytes.length < PACK_BYTES_MIN ? bytes : zstdCompressSync(bytes, PACK_OPTIONS);
  return packed.length < bytes.length
    ? { ...place, form: 'zstd', stored: packed }
    : { ...place, form: null, stored: bytes };
};

/** A part of a stream, from where it was asked for: bytes up to the next range that was not kept, or that range. */
export type OutputPart =
  | { readonly type: 'bytes'; readonly bytes: Buffer }
  | { readonly type: 'hole'; readonly start: number; readonly end: number; readonly reason: HoleReason };

type Row = {
  readonly position: number;
  readonly length: number | null;
  readonly form: 'zstd' | HoleReason | null;
  readonly bytes: Buffer;
};

/** Empty bytes at the present end. */
export const readPart = async (
  database: Database,
  { attemptId, stream }: OutputPlace,
  { from, length }: { readonly from: number; readonly length: number },
): Promise<OutputPart> => {
  const key = parseAttemptId(attemptId);
  const rows = await database.query<Row>({
    name: 'read_output',
    text: `SELECT position, length, form, bytes FROM attempt_output
           WHERE session_id = $1 AND unit = $2 AND run = $3 AND node_index = $4 AND try = $5 AND stream = $6 AND position < $8
             AND position >= coalesce((SELECT max(o.position) FROM attempt_output o
               WHERE o.session_id = $1 AND o.unit = $2 AND o.run = $3 AND o.node_index = $4 AND o.try = $5 AND o.stream = $6 AND o.position <= $7), 0)
           ORDER BY position`,
    values: [key.sessionId, key.unit, key.run, key.nodeIndex, key.try, stream, from, from + length],
  });
  const parts: Buffer[] = [];
  let at = from;
  for (const row of rows) {
    const end = row.position + (row.length ?? row.bytes.length);
    if (end <= at) continue;
    if (row.form === 'limit' || row.form === 'quota') {
      if (parts.length === 0) return { type: 'hole', start: row.position, end, reason: row.form };
      break;
    }
    if (row.position > at) break;
    parts.push(unpackRow(row).subarray(at - row.position));
    at = end;
  }
  return { type: 'bytes', bytes: Buffer.concat(parts).subarray(0, length) };
};

const unpackRow = ({ form, bytes, length }: Row): Buffer =>
  form === 'zstd'
    ? zstdDecompressSync(bytes, { maxOutputLength: length ?? agentLinkLimits.outputPackedChunkBytesMax })
    : bytes;
