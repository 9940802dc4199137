/**
 * Judges what ran: each attempt at most once, every acknowledged session exactly once and to the end that it should have, nothing
 * that nobody started.
 *
 * Pure, but for reading the ledger. Called by `pair-load.ts`.
 */
import fs from 'node:fs';
import { endStatusOf, isEvery, unitsOf } from './job-load.ts';
import type { LoadRecord } from './load-records.ts';
import type { OutsideFacts, OutsidePlaces } from './outside.ts';

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
  /** Sessions that did not end as they should. */
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

export interface JobFacts {
  readonly records: readonly LoadRecord[];
  readonly ledger: readonly LedgerLine[];
  readonly views: ReadonlyMap<number, SessionView>;
  /** How often the event of a session that writes one is there, by the session's key. */
  readonly events: ReadonlyMap<string, number>;
  /** The world that sessions could reach, and what of them has reached it. */
  readonly outside: (OutsideFacts & { readonly places: OutsidePlaces }) | null;
}

export function judgeJobs({ records, ledger, views, events, outside }: JobFacts): JobReport {
  const places = outside?.places ?? null;
  const sessions = records.filter((one) => one.type === 'session');
  const lines = Map.groupBy(ledger, ({ id }) => id);
  const known = new Set(sessions.map(({ id }) => id));
  const acked = sessions.filter((one) => one.sessionId !== null);
  return {
    sessions: acked.length,
    unanswered: sessions.length - acked.length,
    commands: ledger.length,
    lost: [
      ...acked.flatMap(({ id, net, sessionId }) => {
        const missing = unitsOf(net, places).filter(
          (unit) => !lines.get(id)?.some((line) => line.unit === unit),
        );
        return missing.length === 0
          ? []
          : [`session ${sessionId} (${id} of ${net}) was acknowledged; never ran: ${missing.join(', ')}`];
      }),
      ...acked
        .filter(({ id, net }) => isEvery(net) && (events.get(id) ?? 0) === 0)
        .map(({ id, sessionId }) => `session ${sessionId} (${id}) has written no event`),
      ...(outside === null ? [] : acked)
        .filter(({ net }) => isEvery(net))
        .flatMap(({ id, sessionId }) => [
          ...(outside?.calls.has(id) === true ? [] : [`session ${sessionId} (${id}) has called nobody`]),
          ...(outside?.mails.has(id) === true ? [] : [`session ${sessionId} (${id}) has sent no mail`]),
        ]),
    ],
    doubled: [
      ...repeated(ledger.map(({ id, unit }) => `unit ${unit} of ${id}`)),
      ...repeated(ledger.map(({ attempt }) => `attempt ${attempt}`)),
      ...[...events]
        .filter(([, count]) => count > 1)
        .map(([id, count]) => `the event of ${id} is there ${count} times`),
      ...[...(outside?.calls ?? [])]
        .filter(([, count]) => count > 1)
        .map(([id, count]) => `the call of ${id} came ${count} times`),
      // A mail whose answer was lost comes again, and a mailbox knows it by its Message-ID.
      ...[...(outside?.mails ?? [])]
        .filter(([, messageIds]) => new Set(messageIds).size > 1)
        .map(([id, messageIds]) => `${id} has sent ${new Set(messageIds).size} mails`),
    ],
    strangers: [
      ...[...lines.keys()].filter((id) => !known.has(id)).map((id) => `${id} ran, and nobody started it`),
      ...sessions.flatMap(({ id, net }) =>
        (lines.get(id) ?? [])
          .filter(({ unit }) => !unitsOf(net, places).includes(unit))
          .map(({ unit }) => `unit ${unit} of ${id} ran, and was not to`),
      ),
    ],
    badEnds: acked
      .map(({ id, net, sessionId }) => ({ id, net, sessionId, view: views.get(sessionId ?? -1) }))
      .filter(({ net, view }) => view?.state !== 'ended' || view.endStatus !== endStatusOf(net))
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
