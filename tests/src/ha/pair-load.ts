/**
 * Load on a pair, and the verdict: writers, sessions, a watch on each member; in the end every promise is checked.
 *
 * Responsible for collecting the facts; who judges is pure (`check-writes.ts`, `check-jobs.ts`, `check-duty.ts`). Called by the scenarios,
 * the benchmark and the demonstration.
 */
import fs from 'node:fs';
import path from 'node:path';
import { operations } from '@nezuban/protocol/api/operations';
import { waitFor } from '../support/wait-for.ts';
import { startApproving } from './approve-all.ts';
import { type DutyReport, judgeDuty } from './check-duty.ts';
import { judgeJobs, type JobReport, type LedgerLine, readLedger, type SessionView } from './check-jobs.ts';
import { judgeTraps, surelyTaken, type TrapReport } from './check-traps.ts';
import { type AuditEntry, judgeWrites, type WriteReport } from './check-writes.ts';
import { EVERY_MAIL_CHANNEL, EVERY_MARK } from './every-unit-net.ts';
import { startDutyWatch } from './duty-watch.ts';
import { monotonicMs } from './http-call.ts';
import { loadNetNames, loadNetsYaml, type NetShape } from './job-load.ts';
import { createRecordTail, type LoadRecord, readRecords, type WriteRecord } from './load-records.ts';
import type { HostName } from './network.ts';
import { measureOutage, type Outage } from './outage.ts';
import type { Outside } from './outside.ts';
import { memberNames, type Pair } from './pair.ts';
import { countTrapEvents, prepareTraps, SYSLOG_PORT, TRAP_HTTP_PORT } from './trap-setup.ts';

export interface PairLoadOptions {
  readonly writers?: number;
  /** Between two writes of a writer. */
  readonly pauseMs?: number;
  /** Between two starts of sessions; 0: none. */
  readonly jobPauseMs?: number;
  /** Shapes of the sessions; without it all of `job-load.ts`. */
  readonly jobShapes?: readonly NetShape[];
  /** Nodes that sessions run on: hosts that the fault spares. */
  readonly jobNodes?: readonly HostName[];
  /** Between two numbered traps; 0: none. */
  readonly trapPauseMs?: number;
  /** Between two looks at who claims to be master; 0: none. */
  readonly dutyEveryMs?: number;
  readonly readBackEveryMs?: number;
}

export interface Verdict {
  readonly writes: WriteReport;
  readonly jobs: JobReport;
  readonly duty: DutyReport;
  readonly traps: TrapReport;
  /** Every broken promise, one sentence each. */
  readonly violations: readonly string[];
}

export interface PairLoad {
  readonly startsJobs: boolean;
  records(): LoadRecord[];
  ledger(): LedgerLine[];
  /** Waits for a write sent and acknowledged after that moment, by another host than `not`; gives when it was acknowledged. */
  waitForAck(after: number, options: { readonly timeoutMs: number; readonly not?: string }): Promise<number>;
  outage(faultAt: number, oldMaster: string | null): Outage;
  /** Ends the load, waits for its sessions, judges. The pair must serve. */
  finish(): Promise<Verdict>;
  /** Ends the load without a verdict. Idempotent. */
  abandon(): Promise<void>;
}

const SESSIONS_TIMEOUT_MS = 120_000;
const PAGE = 500;
const PAGES_MAX = 400;

export async function startPairLoad(pair: Pair, options: PairLoadOptions = {}): Promise<PairLoad> {
  const prefix = `p${process.hrtime.bigint().toString(36)}`;
  const file = path.join(pair.scratch, `load-${prefix}.jsonl`);
  const claimsFile = path.join(pair.scratch, `claims-${prefix}.jsonl`);
  const nodes = options.jobNodes ?? pair.agentHosts;
  const jobs = (options.jobPauseMs ?? 200) > 0 && nodes.length > 0;
  if (jobs) await applyNets(pair, nodes);
  const lastAuditId = (await pair.api.call(operations.listAudit, { query: { limit: 1 } })).items[0]?.id ?? 0;
  const trapsFile = path.join(pair.scratch, `traps-${prefix}.jsonl`);
  // On loopback addresses both hosts would want the same ports.
  const trapPauseMs = pair.network.kind === 'namespaces' ? (options.trapPauseMs ?? 25) : 0;
  if (trapPauseMs > 0) await prepareTraps(pair);
  const common = { targets: pair.api.targets, token: pair.api.token(), prefix };
  const watches =
    (options.dutyEveryMs ?? 20) > 0
      ? memberNames.map((name) =>
          startDutyWatch(pair.hosts[name], {
            url: pair.url(name),
            file: claimsFile,
            everyMs: options.dutyEveryMs ?? 20,
          }),
        )
      : [];
  const writes = await pair.client.startWrites(file, {
    ...common,
    writers: options.writers ?? 2,
    pauseMs: options.pauseMs ?? 10,
    readBackEveryMs: options.readBackEveryMs ?? 250,
  });
  const sessions = jobs
    ? await pair.client.startJobs(file, {
        ...common,
        nets: interleave(nodes.map((node) => loadNetNames(node, options.jobShapes))),
        pauseMs: options.jobPauseMs ?? 200,
      })
    : null;

  const traps =
    trapPauseMs > 0
      ? await pair.client.startTraps(trapsFile, {
          hosts: memberNames.map((name) => ({ name, address: pair.hosts[name].place.address })),
          syslogPort: SYSLOG_PORT,
          httpPort: TRAP_HTTP_PORT,
          prefix,
          pauseMs: trapPauseMs,
        })
      : null;
  const records = () => [...readRecords(file), ...readRecords(claimsFile)];
  const ledger = () =>
    nodes
      .flatMap((node) => readLedger(ledgerFile(pair, node)))
      .filter(({ id }) => id.startsWith(`${prefix}-`));
  let ended: Promise<void> | null = null;
  const endLoad = () => {
    ended ??= Promise.all([
      writes.stop(),
      sessions?.stop(),
      traps?.stop(),
      ...watches.map((one) => one.stop()),
    ]).then(() => undefined);
    return ended;
  };
  const approving = jobs ? startApproving(pair) : null;
  return {
    startsJobs: jobs,
    records,
    ledger,
    waitForAck(after, { timeoutMs, not }) {
      const tail = createRecordTail(file);
      const found = () =>
        tail().find(
          (one) => one.type === 'write' && one.outcome === 'acked' && one.sentAt > after && one.host !== not,
        );
      return waitFor(() => (found() as WriteRecord | undefined)?.endedAt, {
        timeoutMs,
        message: `an acknowledged write${not === undefined ? '' : ` by another host than ${not}`}`,
      });
    },
    outage: (faultAt, oldMaster) =>
      measureOutage({
        records: records(),
        ledger: ledger(),
        faultAt,
        until: monotonicMs(),
        oldMaster,
        wallMinusMonotonicMs: performance.timeOrigin + performance.now() - monotonicMs(),
      }),
    async finish() {
      await endLoad();
      const all = records();
      const views = await endedSessions(pair, all);
      await approving?.stop();
      const audit = await readAudit(pair, { prefix, after: lastAuditId });
      const verdict = {
        writes: judgeWrites(all, audit),
        jobs: judgeJobs({
          records: all,
          ledger: ledger(),
          views,
          events: await everyEvents(pair, prefix),
          outside: outsideOf(pair, prefix),
        }),
        duty: judgeDuty(all),
        traps: await judgeTrapsOf(pair, { prefix, records: readRecords(trapsFile) }),
      };
      return { ...verdict, violations: violationsOf(verdict) };
    },
    async abandon() {
      await approving?.stop();
      await endLoad();
    },
  };
}

/** How often the event of each session of this load is there that writes one, by the session's key. */
async function everyEvents(pair: Pair, prefix: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const pattern = new RegExp(`^${EVERY_MARK} (${prefix}-\\d+);$`);
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { items, nextCursor } = await pair.api.call(operations.listEvents, {
      query: { limit: PAGE, code: ['job_event'], q: prefix, ...(cursor !== undefined && { cursor }) },
    });
    for (const { message } of items) {
      const id = pattern.exec(message)?.[1];
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    if (nextCursor === null) return counts;
    cursor = nextCursor;
  }
  throw new Error(`one load made more than ${PAGES_MAX * PAGE} events`);
}

async function applyMailChannel(pair: Pair, { places: { mail } }: Outside): Promise<void> {
  const server = `{ host: ${mail.host}, port: ${mail.port}, security: none }`;
  await pair.api.call(operations.applyDefinitions, {
    body: `kind: channel\nname: ${EVERY_MAIL_CHANNEL}\nchannel: { type: mail, smtp: ${server}, from: ha@test.example, to: [ops@test.example] }\n`,
  });
}

/** What sessions of this load have reached. */
function outsideOf({ outside }: Pair, prefix: string) {
  if (outside === null) return null;
  const { calls, mails } = outside.facts();
  const ours = <Value>(all: ReadonlyMap<string, Value>) =>
    new Map([...all].filter(([id]) => id.startsWith(`${prefix}-`)));
  return { places: outside.places, calls: ours(calls), mails: ours(mails) };
}

async function judgeTrapsOf(
  pair: Pair,
  { prefix, records }: { readonly prefix: string; readonly records: readonly LoadRecord[] },
): Promise<TrapReport> {
  const wanted = surelyTaken(records);
  const events =
    wanted.size === 0 ? new Map<string, number>() : await countTrapEvents(pair, { prefix, wanted });
  return judgeTraps(records, events);
}

export const ledgerFile = (pair: Pair, node: string): string => path.join(pair.scratch, `ledger-${node}`);

async function applyNets(pair: Pair, nodes: readonly HostName[]): Promise<void> {
  const body = nodes
    .map((node) => loadNetsYaml(node, ledgerFile(pair, node), pair.outside?.places ?? null))
    .join('---\n');
  if (pair.outside !== null) await applyMailChannel(pair, pair.outside);
  await pair.api.call(operations.applyDefinitions, { body });
  for (const node of nodes) fs.closeSync(fs.openSync(ledgerFile(pair, node), 'a'));
}

function interleave(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

/** All sessions of the load, when none of them is under way any more; as they are, if that does not come. */
async function endedSessions(
  pair: Pair,
  records: readonly LoadRecord[],
): Promise<ReadonlyMap<number, SessionView>> {
  const wanted = new Set(
    records.filter((one) => one.type === 'session').flatMap((one) => one.sessionId ?? []),
  );
  const views = new Map<number, SessionView>();
  if (wanted.size === 0) return views;
  const oldest = Math.min(...wanted);
  const look = async (): Promise<boolean> => {
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const { items, nextCursor } = await pair.api.call(operations.listSessions, { query });
      for (const { id, state, endStatus } of items) views.set(id, { id, state, endStatus });
      if (nextCursor === null || items.some(({ id }) => id <= oldest)) break;
      cursor = nextCursor;
    }
    return [...wanted].every((id) => views.get(id)?.state === 'ended');
  };
  await waitFor(look, { timeoutMs: SESSIONS_TIMEOUT_MS, intervalMs: 250 }).catch(() => undefined);
  return views;
}

async function readAudit(
  pair: Pair,
  { prefix, after }: { readonly prefix: string; readonly after: number },
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await pair.api.call(operations.listAudit, { query });
    for (const { id, action, target } of items)
      if (target?.startsWith(`${prefix}-`) && (action === 'createToken' || action === 'deleteToken'))
        entries.push({ id, what: `${action} ${target}` });
    if (nextCursor === null || items.some(({ id }) => id <= after)) return entries;
    cursor = nextCursor;
  }
  throw new Error(`the audit log has more than ${PAGES_MAX * PAGE} entries of one load`);
}

function violationsOf({ writes, jobs, duty, traps }: Omit<Verdict, 'violations'>): string[] {
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['write lost', writes.lost],
    ['write doubled', writes.doubled],
    ['write from nowhere', writes.ghosts],
    ['read and gone', writes.vanished],
    ['order', writes.disordered],
    ['session lost', jobs.lost],
    ['ran twice', jobs.doubled],
    ['ran from nowhere', jobs.strangers],
    ['bad end', jobs.badEnds],
    ['trap lost', traps.lost],
    ['trap doubled', traps.doubled],
    ['two masters', duty.overlaps],
    ['term fell', duty.termFalls],
  ];
  return groups.flatMap(([name, sentences]) => sentences.map((sentence) => `${name}: ${sentence}`));
}
