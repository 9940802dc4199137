// Reports of agents that could not be taken, whatever was tried, and were put aside.
// Responsible for keeping them durably, which is what acknowledges them; for telling of each; and for trying those again whose attempt is still open,
// since somebody may have mended the database, or another release understands them. Not responsible for finding out which report is to blame
// (engine-poison.ts) or for who may see them (report-aside-routes.ts). Made by jobs.ts; called by the engine.
import { say } from '@nezuban/protocol/sentences/sentence';
import { createHash } from 'node:crypto';
import { receiptSchema, type Receipt } from '@nezuban/protocol/agent/link';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId, Term } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../../database/database.ts';
import type { EventDraft, EventSink, SessionSecrets, Transaction } from '../../ports.ts';
import { sessionOfAttempt } from '../attempt-key.ts';
import { assertTerm } from '../engine-commit.ts';
import type { PlainWrite, ReceiptsJob } from '../engine-jobs.ts';
import type { StuckReport } from '../engine-poison.ts';
import { jobsLimits } from '../jobs-limits.ts';
import { SessionStandsError } from '../standing-sessions.ts';

export type ReportsAsidePorts = {
  readonly database: Database;
  readonly events: Pick<EventSink, 'append' | 'appendNow'>;
  readonly secrets: Pick<SessionSecrets, 'sealReport' | 'openReport'>;
  readonly receipts: (request: Omit<ReceiptsJob, 'type'>) => Promise<void>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type ReportsAside = {
  /**
   * Resolves when it is committed. `markClosed`: part of the transaction that closes its attempt. Throws `operation_refused` if there is no room
   * for more; then it stays with its agent.
   */
  readonly put: (report: StuckReport) => Promise<{ readonly markClosed: PlainWrite }>;
  /** The report as it came; null: it does not open. */
  readonly open: (key: string, box: Buffer) => Receipt | null;
  /** Takes one and removes it, in one transaction. `alsoWrite`: belongs to it. Throws what it breaks at. */
  readonly take: (row: StoredReport, alsoWrite?: PlainWrite) => Promise<void>;
  /** As of the last look, a minute ago at most: of the node with the most, or of all, whichever is nearer to its bound. */
  readonly fill: () => { readonly length: number; readonly max: number };
  /** Goes through all whose attempt is open. The loop does so by itself. */
  readonly tryAgain: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

export type StoredReport = { readonly key: string; readonly node: string; readonly secret_box: Buffer };

const keyOf = (node: string, { attemptId, seq }: Receipt): string =>
  createHash('sha256').update(`${node}\0${attemptId}\0${seq}`).digest('hex').slice(0, 32);

export const removeReport = async (transaction: Transaction, key: string): Promise<boolean> => {
  const { rows } = await transaction.query('DELETE FROM report_aside WHERE key = $1 RETURNING key', [key]);
  return rows.length > 0;
};

/** There is no room; `of`: for reports of this node, null: for any. */
class FullError extends CodedError {
  readonly node: string;
  readonly of: string | null;
  constructor(node: string, of: string | null) {
    super('operation_refused', say('aside_too_many', { node }));
    this.name = 'FullError';
    this.node = node;
    this.of = of;
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'database_unavailable';

export const createReportsAside = (
  ports: ReportsAsidePorts,
  { term }: { readonly term: Term },
): ReportsAside => {
  const { database, events, secrets, clock, timers, logger } = ports;
  /** Nodes for whose reports there was no room, and null: for nobody's. Told once, until there was room again. */
  const toldFull = new Set<string | null>();
  let fill = { length: 0, max: jobsLimits.reportsAsideOfNodeMax as number };
  let running: Promise<void> | null = null;
  let cancel: (() => void) | null = null;
  let stopped = false;

  const assertRoom = async (transaction: Transaction, node: string): Promise<void> => {
    const { rows } = await transaction.query<{ all: string; of_node: string }>(
      'SELECT count(*) AS all, count(*) FILTER (WHERE node = $1) AS of_node FROM report_aside',
      [node],
    );
    const [count] = rows;
    if (
      Number(count?.all) < jobsLimits.reportsAsideMax &&
      Number(count?.of_node) < jobsLimits.reportsAsideOfNodeMax
    )
      return;
    throw new FullError(node, Number(count?.all) >= jobsLimits.reportsAsideMax ? null : node);
  };
  const insert = async (
    transaction: Transaction,
    { key, node, receipt, why }: StuckReport & { readonly key: string },
  ): Promise<EventDraft | null> => {
    const known = await transaction.query('SELECT FROM report_aside WHERE key = $1', [key]);
    if (known.rows.length > 0) return null;
    await assertRoom(transaction, node);
    const { attemptId, state } = receipt;
    const session = sessionOfAttempt(attemptId);
    await transaction.query(
      `INSERT INTO report_aside (key, node, session_id, attempt_id, state, reason, secret_box)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [key, node, session, attemptId, state, why, secrets.sealReport(key, JSON.stringify(receipt))],
    );
    return {
      at: new Date(clock.epochMs()),
      code: 'report_put_aside',
      priority: 'critical',
      node,
      message: `What the agent of "${node}" reported of attempt ${attemptId} of session ${session} (${state}) cannot be taken and was put aside: ${why}. Look at it with "nezuban report list", and set the status of its unit by hand if it is not what it should be`,
      details: { session, attempt: attemptId, state, reason: why },
    };
  };
  const tellFull = async ({ node, of }: FullError): Promise<void> => {
    if (toldFull.has(of)) return;
    toldFull.add(of);
    await events.appendNow([
      {
        at: new Date(clock.epochMs()),
        code: 'reports_aside_full',
        priority: 'critical',
        node,
        message: `A report of the agent of "${node}" can neither be taken nor put aside, for too many have been: it stays with the agent, and everything that the agent has to tell after it. Remove those that were seen to ("nezuban report list", "nezuban report remove")`,
        details: {},
      },
    ]);
  };

  const take: ReportsAside['take'] = async (row, alsoWrite) => {
    const receipt = open(row.key, row.secret_box);
    if (receipt === null) throw new CodedError('operation_refused', say('aside_unreadable'));
    await ports.receipts({
      node: row.node,
      receipts: [receipt],
      again: true,
      alsoWrite: async (transaction) => {
        await Promise.all([removeReport(transaction, row.key), alsoWrite?.(transaction)]);
      },
    });
  };
  const open: ReportsAside['open'] = (key, box) => {
    const text = secrets.openReport(key, box);
    if (text === null) return null;
    const parsed = receiptSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  };
  const tryAgain = async (): Promise<void> => {
    /** Each that fails costs the engine a batch, and all of a session that cannot be read, or not be stored in time, would. */
    const standing = new Set<SessionId>();
    for (let after = ''; !stopped;) {
      const rows = await database.query<StoredReport & { readonly session_id: SessionId }>({
        text: 'SELECT key, node, session_id, secret_box FROM report_aside WHERE NOT attempt_closed AND key > $1 ORDER BY key LIMIT $2',
        values: [after, jobsLimits.reportsAgainAtOnce],
      });
      for (const row of rows) {
        if (standing.has(row.session_id)) continue;
        await take(row).then(
          () => logger.info({ node: row.node, key: row.key }, 'A report that had been put aside was taken'),
          (error: unknown) => {
            if (error instanceof SessionStandsError || isAway(error)) standing.add(row.session_id);
            logger.debug({ err: error, key: row.key }, 'A report is still put aside');
          },
        );
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < jobsLimits.reportsAgainAtOnce) return;
      after = last.key;
    }
  };
  const lookAtFill = async (): Promise<void> => {
    const [row] = await database.query<{ all: string; most: string }>({
      text: `SELECT coalesce(sum(of_node), 0) AS all, coalesce(max(of_node), 0) AS most
             FROM (SELECT count(*) AS of_node FROM report_aside GROUP BY node) AS counted`,
    });
    const all = { length: Number(row?.all), max: jobsLimits.reportsAsideMax };
    const most = { length: Number(row?.most), max: jobsLimits.reportsAsideOfNodeMax };
    fill = most.length / most.max < all.length / all.max ? all : most;
  };
  const tick = (): void => {
    running ??= tryAgain()
      .then(lookAtFill)
      .catch((error: unknown) => logger.debug({ err: error }, 'Reports that were put aside were not tried'))
      .finally(() => (running = null));
  };

  return {
    async put(report) {
      const key = keyOf(report.node, report.receipt);
      try {
        const publish = await database.inTransaction(async (transaction) => {
          await assertTerm(transaction, term);
          const draft = await insert(transaction, { ...report, key });
          return draft === null ? null : await events.append(transaction, [draft]);
        });
        publish?.();
        // There was room.
        if (publish !== null) for (const whose of [report.node, null]) toldFull.delete(whose);
      } catch (error) {
        if (error instanceof FullError)
          await tellFull(error).catch((failure: unknown) =>
            logger.warn({ err: failure }, 'That no report can be put aside could not be told'),
          );
        throw error;
      }
      logger.error(
        { node: report.node, attempt: report.receipt.attemptId, why: report.why },
        'A report of an agent cannot be taken and was put aside',
      );
      return {
        markClosed: async (transaction) =>
          await transaction.query('UPDATE report_aside SET attempt_closed = true WHERE key = $1', [key]),
      };
    },
    open,
    take,
    tryAgain,
    fill: () => fill,
    start() {
      tick();
      cancel ??= timers.every(jobsLimits.standRetryMs, tick);
    },
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      await running;
    },
  };
};
