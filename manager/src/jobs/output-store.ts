// What commands write, on its way into the database.
// Responsible for taking each byte once: repeats are dropped, after a gap the agent is told where to go on, and what an agent sends for an
// attempt that is not its own is not stored. Of what finds a quota full, beginning and end are taken. Pieces of all agents are committed together. Reading is `output-reader.ts`.
import { indexOfNumber, type UnitNumbers } from '@nezuban/core/jobs/unit-numbers';
import { isPlannedAttempt } from '@nezuban/core/jobs/net-plan';
import { agentLinkLimits, type OutputChunk, type OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptId, SessionId, Term } from '@nezuban/protocol/ids';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import { formatAttemptId, parseAttemptId, sessionOfAttempt, type AttemptKey } from './attempt-key.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { assertTerm } from './engine-commit.ts';
import { jobsLimits } from './jobs-limits.ts';
import { insertPieces, toStored, unpackChunk } from './output-pieces.ts';
import { planOutput, type IncomingPiece, type OutputState } from './output-plan.ts';
import type { OutputQuota } from './output-quota.ts';

export type StoredOffset = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly offset: number;
  /** Nothing more of it is taken before its end. */
  readonly heldBack?: boolean;
};
export type OutputStorePorts = {
  readonly quota: OutputQuota;
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly logger: Logger;
};
export type OutputStoreOptions = {
  readonly term: Term;
  /** Called after the commit, once for each stream that has grown. */
  readonly onGrown: (attemptId: AttemptId, stream: OutputStream, storedBytes: number) => void;
};
export type OutputStore = {
  /** Resolves when all is committed, with how far each stream named is stored. */
  readonly store: (from: OutputSource, chunks: readonly OutputChunk[]) => Promise<readonly StoredOffset[]>;
  /** Sessions from the first id up to, without, the second have been removed: what comes late of them is taken as read. */
  readonly forget: (firstId: number, endId: number) => void;
  readonly stop: () => Promise<void>;
};

/** An agent. `knowsHeldBack`: it can be told to send only the end of a stream; one of the first release cannot. */
export type OutputSource = { readonly node: string; readonly knowsHeldBack: boolean };
type Job = { readonly from: OutputSource; readonly pieces: readonly IncomingPiece[] };
type Known = OutputState & { readonly node: string; readonly net: string };
type Answering = {
  readonly from: OutputSource;
  readonly states: ReadonlyMap<AttemptId, Known>;
  readonly after: ReadonlyMap<AttemptId, OutputState>;
};

export const createOutputStore = (
  { database, definitions, logger, quota }: OutputStorePorts,
  { term, onGrown }: OutputStoreOptions,
): OutputStore => {
  /** Attempts that have written lately, the longest silent first. */
  const known = new Map<AttemptId, Known>();

  const commit = async (jobs: readonly Job[]): Promise<readonly (readonly StoredOffset[])[]> => {
    const ids = new Set(jobs.flatMap(({ pieces }) => pieces.map(({ attemptId }) => attemptId)));
    const states = await statesOf([...ids]);
    const accepted = jobs.flatMap(({ from, pieces }) =>
      pieces.filter(({ attemptId }) => states.get(attemptId)?.node === from.node),
    );
    const plan = planOutput(accepted, states, {
      pieceBytesMax: jobsLimits.outputPieceBytesMax,
      reserveBytes: jobsLimits.outputReserveBytes,
      isFull: (id) => isFull(states.get(id)),
    });
    const stored = plan.pieces.map(toStored);
    if (stored.length > 0) {
      await database.inTransaction(async (transaction) => {
        await assertTerm(transaction, term);
        await insertPieces(transaction, stored);
      });
    }
    for (const id of ids) remember(id, { states, after: plan.states });
    for (const piece of new Map(plan.pieces.map((one) => [`${one.attemptId} ${one.stream}`, one])).values()) {
      onGrown(piece.attemptId, piece.stream, plan.states.get(piece.attemptId)?.[piece.stream].end ?? 0);
    }
    tellCuts(states, plan.states);
    // Here, where all output passes: what is not acknowledged is not followed by more.
    await quota.noteStored(
      stored.flatMap(({ attemptId, stored: { length: bytes } }) => {
        const owner = states.get(attemptId);
        return owner === undefined ? [] : [{ net: owner.net, node: owner.node, bytes }];
      }),
    );
    return jobs.map(({ from, pieces }) =>
      pieces.map((piece) => answerTo(piece, { from, states, after: plan.states })),
    );
  };

  const isFull = (state: Known | undefined): boolean => state !== undefined && quota.isFull(state);
  const tellCuts = (before: ReadonlyMap<AttemptId, Known>, after: OutputStates): void => {
    for (const [id, state] of after) {
      const was = before.get(id);
      if (was !== undefined && streams.some((stream) => state[stream].heldBack && !was[stream].heldBack))
        quota.noteCut(was);
    }
  };

  const statesOf = async (ids: readonly AttemptId[]): Promise<Map<AttemptId, Known>> => {
    const unknown = ids.filter((id) => !known.has(id));
    const loaded =
      unknown.length === 0
        ? new Map<AttemptId, Known>()
        : await loadStates({ database, definitions }, unknown);
    return new Map(
      ids.flatMap((id): [AttemptId, Known][] => {
        const state = known.get(id) ?? loaded.get(id);
        return state === undefined ? [] : [[id, state]];
      }),
    );
  };
  const remember = (
    id: AttemptId,
    {
      states,
      after,
    }: {
      readonly states: ReadonlyMap<AttemptId, Known>;
      readonly after: ReadonlyMap<AttemptId, OutputState>;
    },
  ): void => {
    const [before, now] = [states.get(id), after.get(id)];
    if (before === undefined || now === undefined) return;
    known.delete(id);
    known.set(id, { ...now, node: before.node, net: before.net });
    const [oldest] = known.keys();
    if (known.size > jobsLimits.outputPositionsMax && oldest !== undefined) known.delete(oldest);
  };
  const answerTo = (
    { attemptId, stream, offset, length }: IncomingPiece,
    { from, states, after }: Answering,
  ): StoredOffset => {
    const state = states.get(attemptId)?.node === from.node ? after.get(attemptId) : undefined;
    // Taken as read, so that the agent does not send it for ever: there is no such attempt here, or nothing of it is kept any more.
    if (state === undefined)
      logger.warn(
        { attemptId, node: from.node },
        'Output of an attempt that this manager does not know was dropped',
      );
    const read = { attemptId, stream, offset: offset + length };
    if (state === undefined) return read;
    const { end, kept, heldBack } = state[stream];
    if (heldBack) return from.knowsHeldBack ? { attemptId, stream, offset: end, heldBack } : read;
    const most = state.bytesMax === 0 ? 0 : state.bytesMax + agentLinkLimits.outputTailBytesMax;
    const isCut = end < read.offset && offset <= end;
    return kept >= most || isCut ? read : { attemptId, stream, offset: end };
  };

  const group = createGroupCommit({
    name: 'output',
    commit,
    groupMax: jobsLimits.outputGroupMax,
    waitingMax: jobsLimits.outputWaitingMax,
  });
  return {
    async store(from, chunks) {
      const pieces = chunks.map(unpackChunk);
      try {
        return await group.submit({ from, pieces });
      } catch (error) {
        // Nobody knows how far they are stored now.
        for (const { attemptId } of chunks) known.delete(attemptId);
        throw error;
      }
    },
    forget(firstId, endId) {
      for (const id of known.keys()) {
        const session = sessionOfAttempt(id);
        if (session >= firstId && session < endId) known.delete(id);
      }
    },
    stop: () => group.stop(),
  };
};

type OutputStates = ReadonlyMap<AttemptId, OutputState>;
const streams = ['stdout', 'stderr'] as const;

type StateRow = {
  readonly session_id: SessionId;
  readonly unit: number;
  readonly run: number;
  readonly node_index: number;
  readonly try: number;
  readonly nonce: string;
  readonly node: string;
  readonly net: string;
  readonly net_revision: number;
  readonly net_references: Record<string, number> | null;
  readonly unit_numbers: UnitNumbers | null;
  /** Where each stream ends, and how much of it was not kept. */
  readonly stdout: number;
  readonly stderr: number;
  readonly stdout_holes: number;
  readonly stderr_holes: number;
};

const loadStates = async (
  { database, definitions }: Pick<OutputStorePorts, 'database' | 'definitions'>,
  ids: readonly AttemptId[],
): Promise<Map<AttemptId, Known>> => {
  const keys = ids.map(parseAttemptId);
  const column = (of: (key: AttemptKey) => number | string): (number | string)[] => keys.map(of);
  const stored = (stream: OutputStream): string => {
    const place = `(o.session_id, o.unit, o.run, o.node_index, o.try, o.stream) = (a.session_id, a.unit, a.run, a.node_index, a.try, '${stream}')`;
    return `coalesce((SELECT o.position + coalesce(o.length, octet_length(o.bytes)) FROM attempt_output o WHERE ${place} ORDER BY o.position DESC LIMIT 1), 0) AS ${stream},
      coalesce((SELECT sum(o.length) FROM attempt_output o WHERE ${place} AND o.form IN ('limit', 'quota')), 0)::bigint AS ${stream}_holes`;
  };
  const rows = await database.query<StateRow>({
    name: 'load_output_states',
    text: `SELECT a.session_id, a.unit, a.run, a.node_index, a.try, s.nonce, a.node, s.net, s.net_revision, s.net_references, s.unit_numbers, ${stored('stdout')}, ${stored('stderr')}
           FROM unnest($1::bigint[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $6::integer[]) AS k(session_id, nonce, unit, run, node_index, try)
           JOIN session s ON s.id = k.session_id AND s.nonce = k.nonce
           JOIN attempt a ON (a.session_id, a.unit, a.run, a.node_index, a.try) = (k.session_id, k.unit, k.run, k.node_index, k.try)`,
    values: [
      column((key) => key.sessionId),
      column((key) => key.nonce),
      column((key) => key.unit),
      column((key) => key.run),
      column((key) => key.nodeIndex),
      column((key) => key.try),
    ],
  });
  const states = await Promise.all(
    rows.map(async (row): Promise<[AttemptId, Known]> => {
      const plan = await definitions.loadPlan({
        net: row.net,
        revision: row.net_revision,
        references: row.net_references,
        numbers: row.unit_numbers,
      });
      const unit = plan.units[indexOfNumber(plan, row.unit) ?? -1];
      const bytesMax = unit !== undefined && isPlannedAttempt(unit) ? unit.definition.output_bytes_max : 0;
      const id = formatAttemptId({
        sessionId: row.session_id,
        nonce: row.nonce,
        unit: row.unit,
        run: row.run,
        nodeIndex: row.node_index,
        try: row.try,
      });
      return [
        id,
        {
          node: row.node,
          net: row.net,
          stdout: { end: row.stdout, kept: row.stdout - row.stdout_holes, heldBack: false },
          stderr: { end: row.stderr, kept: row.stderr - row.stderr_holes, heldBack: false },
          bytesMax,
        },
      ];
    }),
  );
  return new Map(states);
};
