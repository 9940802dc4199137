// Reads what commands wrote: pages as text, or all of it byte for byte.
// Reads only. Called by the routes.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { indexOfNumber, type UnitNumbers } from '@nezuban/core/jobs/unit-numbers';
import { Readable } from 'node:stream';
import { isPlannedAttempt } from '@nezuban/core/jobs/net-plan';
import { decodeOutput, type DecodedOutput } from '@nezuban/core/output/decode';
import type { Clock } from '@nezuban/platform/clock';
import { guessEncoding } from '@nezuban/core/output/guess-encoding';
import type { OutputPage, OutputSearch } from '@nezuban/protocol/api/output-operations';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import { CodedError } from '@nezuban/protocol/errors';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import type { Database } from '../database/database.ts';
import { parseAttemptId } from './attempt-key.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { jobsLimits } from './jobs-limits.ts';
import { bytesToSkip, characterBytesMax, wholeBytes } from './output-page.ts';
import { readPart, type OutputPlace } from './output-pieces.ts';
import { searchOutput, type SearchRequest } from './output-search.ts';
import { outputRemoved } from './removed-sessions.ts';

/** Throws where the net's output may not be read. */
type OutputGuard = { readonly mayRead: (net: string) => void };
export type OutputRequest = OutputPlace &
  OutputGuard & {
    /** Negative: that many bytes from the end. */
    readonly offset: number;
    readonly limit: number;
    /** Instead of the declared one. */
    readonly encoding: OutputEncoding | undefined;
  };

export type OutputSearchRequest = OutputPlace &
  OutputGuard &
  Omit<SearchRequest, 'attemptId' | 'stream' | 'encoding' | 'end'> & {
    readonly encoding: OutputEncoding | undefined;
  };

export type OutputProgress = { readonly storedBytes: number; readonly complete: boolean };
/** `missing`: what the bytes are not all of, one clause each. It stands beside them, since they may be of any kind. */
export type RawOutput = { readonly bytes: Readable; readonly missing: readonly string[] };
export type OutputReader = {
  /** Throws `not_found`. */
  readonly readPage: (request: OutputRequest) => Promise<OutputPage>;
  /** Looks through a bounded part and says how far it came. Throws `not_found`, and `invalid_request` for a pattern that is none. */
  readonly search: (request: OutputSearchRequest) => Promise<OutputSearch>;
  /** Throws `not_found` before the first byte. */
  readonly openRaw: (place: OutputPlace & OutputGuard) => Promise<RawOutput>;
  /** Null if there is no such attempt. */
  readonly progress: (place: OutputPlace) => Promise<OutputProgress | null>;
};

type AttemptRow = {
  readonly net: string;
  readonly net_revision: number;
  readonly net_references: Record<string, number> | null;
  readonly unit_numbers: UnitNumbers | null;
  readonly closed: boolean;
  /** Nobody knows how it ended. */
  readonly doubtful: boolean;
  readonly reported: number;
  readonly dropped_bytes: number;
  /** Position behind the last byte that is here. */
  readonly stored: number;
  /** Bytes before it that were not kept, by reason. */
  readonly over_limit: number;
  readonly over_quota: number;
  /** When retention removed what it wrote; null: it has not. */
  readonly removed_at: Date | null;
};
/** Bytes that the guess of an encoding looks at. */
const GUESS_BYTES = 64 * 1024;

export const createOutputReader = (
  database: Database,
  definitions: DefinitionCache,
  clock: Pick<Clock, 'monotonicMs'>,
): OutputReader => {
  const find = async ({ attemptId, stream }: OutputPlace): Promise<AttemptRow | null> => {
    const key = parseAttemptId(attemptId);
    const [row] = await database.query<AttemptRow>({
      name: 'output_of_attempt',
      text: `SELECT s.net, s.net_revision, s.net_references, s.unit_numbers, a.end_status IS NOT NULL AS closed, coalesce(a.end_status = 'unknown', false) AS doubtful, CASE $7 WHEN 'stdout' THEN a.stdout_bytes ELSE a.stderr_bytes END AS reported, a.dropped_bytes,
               coalesce((SELECT o.position + coalesce(o.length, octet_length(o.bytes)) FROM attempt_output o
                 WHERE o.session_id = $1 AND o.unit = $3 AND o.run = $4 AND o.node_index = $5 AND o.try = $6 AND o.stream = $7 ORDER BY o.position DESC LIMIT 1), 0) AS stored,
               h.over_limit, h.over_quota,
               (SELECT r.output_removed_at FROM session_range r WHERE r.first_id <= $1 AND (r.end_id IS NULL OR r.end_id > $1)
                  AND r.output_removed_at > a.created_at AND a.stdout_bytes + a.stderr_bytes > 0) AS removed_at
             FROM attempt a JOIN session s ON s.id = a.session_id
             CROSS JOIN LATERAL (SELECT coalesce(sum(o.length) FILTER (WHERE o.form = 'limit'), 0)::bigint AS over_limit,
                 coalesce(sum(o.length) FILTER (WHERE o.form = 'quota'), 0)::bigint AS over_quota FROM attempt_output o
               WHERE o.session_id = $1 AND o.unit = $3 AND o.run = $4 AND o.node_index = $5 AND o.try = $6 AND o.stream = $7 AND o.form IN ('limit', 'quota')) h
             WHERE a.session_id = $1 AND s.nonce = $2 AND a.unit = $3 AND a.run = $4 AND a.node_index = $5 AND a.try = $6`,
      values: [key.sessionId, key.nonce, key.unit, key.run, key.nodeIndex, key.try, stream],
    });
    return row ?? null;
  };
  const findOrThrow = async (place: OutputPlace & OutputGuard): Promise<AttemptRow> => {
    const row = await find(place);
    if (row === null) throw new CodedError('not_found', sayNoAttempt(place.attemptId));
    place.mayRead(row.net);
    return row;
  };

  const headBytes = async (place: OutputPlace): Promise<Buffer> => {
    const part = await readPart(database, place, { from: 0, length: GUESS_BYTES });
    return part.type === 'bytes' ? part.bytes : Buffer.alloc(0);
  };
  const encodingOf = async (
    row: AttemptRow,
    request: OutputPlace & Pick<OutputRequest, 'encoding'>,
  ): Promise<DecodedOutput['encoding']> => {
    const declared = request.encoding ?? (await declaredEncoding(row, request.attemptId));
    return declared === 'auto' ? guessEncoding(await headBytes(request)) : declared;
  };
  const declaredEncoding = async (
    { net, net_revision: revision, net_references: references, unit_numbers: numbers }: AttemptRow,
    attemptId: AttemptId,
  ): Promise<OutputEncoding> => {
    const plan = await definitions.loadPlan({ net, revision, references, numbers });
    const unit = plan.units[indexOfNumber(plan, parseAttemptId(attemptId).unit) ?? -1];
    return unit !== undefined && isPlannedAttempt(unit) ? unit.definition.output_encoding : 'auto';
  };

  return {
    async readPage(request) {
      const row = await findOrThrow(request);
      if (row.removed_at !== null) return removedPage(request.stream, row, row.removed_at);
      const encoding = await encodingOf(row, request);
      const asked =
        request.offset < 0 ? Math.max(0, row.stored + request.offset) : Math.min(request.offset, row.stored);
      const length = Math.max(request.limit, characterBytesMax);
      const part = await readPart(database, request, { from: asked, length });
      const page = {
        stream: request.stream,
        encoding,
        storedBytes: row.stored,
        droppedBytes: droppedOf(row),
        complete: isComplete(row),
      };
      if (part.type === 'hole') {
        const gap = { bytes: part.end - asked, from: part.start, reason: part.reason };
        return { ...page, offset: asked, nextOffset: part.end, text: '', gap };
      }
      const offset = asked + (request.offset < 0 ? bytesToSkip(part.bytes, encoding, asked) : 0);
      const bytes = part.bytes.subarray(offset - asked);
      // Half a character at the end waits for its rest, unless none will come.
      const last = part.bytes.length < length && (page.complete || offset + bytes.length < row.stored);
      const whole = last ? bytes : bytes.subarray(0, wholeBytes(bytes, encoding));
      const { text } = decodeOutput(whole, encoding);
      return { ...page, offset, nextOffset: offset + whole.length, text };
    },
    async search(request) {
      const row = await findOrThrow(request);
      if (row.removed_at !== null) throw outputRemoved(request.attemptId, row.removed_at);
      const encoding = await encodingOf(row, request);
      const found = await searchOutput({ database, clock }, { ...request, encoding, end: row.stored });
      return {
        stream: request.stream,
        encoding,
        storedBytes: row.stored,
        complete: isComplete(row),
        ...found,
      };
    },
    async openRaw(place) {
      const row = await findOrThrow(place);
      const { stored, removed_at } = row;
      if (removed_at !== null) throw outputRemoved(place.attemptId, removed_at);
      const pieces = async function* () {
        for (let at = 0; at < stored;) {
          const part = await readPart(database, place, {
            from: at,
            length: Math.min(jobsLimits.rawOutputBytesAtOnce, stored - at),
          });
          if (part.type === 'hole') {
            at = part.end;
            continue;
          }
          if (part.bytes.length === 0) throw new Error(`The output of ${place.attemptId} has a gap at ${at}`);
          at += part.bytes.length;
          yield part.bytes;
        }
      };
      return { bytes: Readable.from(pieces(), { objectMode: false }), missing: missingOf(row) };
    },
    async progress(place) {
      const row = await find(place);
      return row === null ? null : { storedBytes: row.stored, complete: isComplete(row) };
    },
  };
};

const removedPage = (stream: OutputStream, row: AttemptRow, removedAt: Date): OutputPage => ({
  stream,
  offset: 0,
  nextOffset: 0,
  text: '',
  encoding: 'utf-8',
  storedBytes: 0,
  droppedBytes: row.dropped_bytes,
  complete: true,
  removedAt: removedAt.toISOString(),
});

/** Nothing more will come: it has ended, and what the agent says it kept is here. */
const isComplete = ({ closed, reported, stored, over_limit }: AttemptRow): boolean =>
  closed && stored - over_limit >= reported;

/** Ranges say it for their stream, and once where a quota was full before the limit came; an agent of the first release gives none. */
const droppedOf = ({ dropped_bytes, over_limit, over_quota }: AttemptRow): number =>
  over_limit + over_quota > 0 ? over_limit + over_quota : dropped_bytes;

/** Of a command that runs nobody expects an end. */
const missingOf = (row: AttemptRow): string[] => {
  const { closed, doubtful, over_limit, over_quota, reported, stored } = row;
  const missing: string[] = [];
  if (over_limit > 0) missing.push(`${over_limit} bytes were not kept: the limit of the unit`);
  if (over_quota > 0) missing.push(`${over_quota} bytes were not kept: a quota of output`);
  if (over_limit + over_quota === 0 && row.dropped_bytes > 0)
    missing.push(`${row.dropped_bytes} bytes of stdout and stderr together were not kept`);
  if (doubtful) missing.push('how this attempt ended is not known, and it may have written more');
  else if (closed && !isComplete(row))
    missing.push(
      `${reported - (stored - over_limit)} bytes more were written and have not come from the agent`,
    );
  return missing;
};

export const sayNoAttempt = (attemptId: string): Said => say('refused_no_attempt', { attempt: attemptId });
