/**
 * Judges what ran: each attempt at most once, every acknowledged session exactly once and to a normal end, nothing that nobody started.
 *
 * Pure, but for reading the ledger. Called by `pair-load.ts`.
 */
import fs from 'node:fs';
import { unitsOf } from './job-load.ts';
import type { LoadRecord } from './load-records.ts';

export interface LedgerLine {
  readonly id: string;
  readonly unit: string;
  readonly attempt: string;
  /** Milliseconds since 1970, by the command itself. */
  readonly wallMs: number;
}

export interface SessionView {
  readonly id: number;
  readonly state: string;
  readonly endStatus: string | null;
}

export interface JobReport {
  readonly sessions: number;
  /** Never answered; each ran at most once. */
  readonly unanswered: number;
  readonly commands: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly strangers: readonly string[];
  /** Sessions that did not end normally. */
  readonly badEnds: readonly string[];
}

export function readLedger(file: string): LedgerLine[] {
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', unit = '', attempt = '', nanoseconds = ''] = line.split(' ');
      return { id, unit, attempt, wallMs: Number(nanoseconds) / 1e6 };
    });
}

export function judgeJobs(
  records: readonly LoadRecord[],
  ledger: readonly LedgerLine[],
  views: ReadonlyMap<number, SessionView>,
): JobReport {
  const sessions = records.filter((one) => one.type === 'session');
  const lines = Map.groupBy(ledger, ({ id }) => id);
  const known = new Set(sessions.map(({ id }) => id));
  const acked = sessions.filter((one) => one.sessionId !== null);
  return {
    sessions: acked.length,
    unanswered: sessions.length - acked.length,
    commands: ledger.length,
    lost: acked
      .filter(({ id, net }) => new Set(lines.get(id)?.map(({ unit }) => unit)).size < unitsOf(net))
      .map(
        ({ id, net, sessionId }) =>
          `session ${sessionId} (${id} of ${net}) was acknowledged; ${lines.get(id)?.length ?? 0} of ${unitsOf(net)} units ran`,
      ),
    doubled: [
      ...repeated(ledger.map(({ id, unit }) => `unit ${unit} of ${id}`)),
      ...repeated(ledger.map(({ attempt }) => `attempt ${attempt}`)),
    ],
    strangers: [...lines.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${id} ran, and nobody started it`),
    badEnds: acked
      .map(({ id, sessionId }) => ({ id, sessionId, view: views.get(sessionId ?? -1) }))
      .filter(({ view }) => view?.state !== 'ended' || view.endStatus !== 'normal')
      .map(
        ({ id, sessionId, view }) =>
          `session ${sessionId} (${id}) is ${view === undefined ? 'not there' : `${view.state} ${view.endStatus ?? ''}`}`,
      ),
  };
}

function repeated(names: readonly string[]): string[] {
  return [...Map.groupBy(names, (name) => name)]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => `${name} ran ${same.length} times`);
}
