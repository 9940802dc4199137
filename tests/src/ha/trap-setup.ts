/**
 * The pair's side of the numbered traps: receivers that listen on the hosts' addresses, trap monitors that make an event of each, and the
 * count of those events in the end.
 *
 * Responsible for what the product has to be told and asked. Called by `pair-load.ts`.
 */
import { operations } from '@nezuban/protocol/api/operations';
import { waitFor } from '../support/wait-for.ts';
import { memberNames, type Pair } from './pair.ts';
import { TRAP_MARK } from './trap-load.ts';

export const SYSLOG_PORT = 5514;
export const TRAP_HTTP_PORT = 7383;

/** Others, such as those that stand there from the start, may make events of the same traps. */
const MONITOR_PREFIX = 'numbers-by-';
const monitorOf = (source: 'syslog' | 'custom'): string => `kind: trap_monitor
name: ${MONITOR_PREFIX}${source}
source: ${source}
rules:
  - name: numbered
    when: { text: { contains: ${TRAP_MARK} } }
    priority: info
`;
const MONITORS = `${monitorOf('syslog')}---\n${monitorOf('custom')}`;
const HEARS_TIMEOUT_MS = 30_000;
const ASK_TIMEOUT_MS = 1_000;
/** The tail of a host that was away is read late. */
const EVENTS_TIMEOUT_MS = 60_000;
const PAGE = 500;
const PAGES_MAX = 400;

/** Safe to repeat. Resolves when both hosts hear. */
export async function prepareTraps(pair: Pair): Promise<void> {
  const { values, revision } = await pair.api.call(operations.getSettings, { params: { section: 'intake' } });
  const everywhere = { enabled: true, host: '0.0.0.0' };
  const wanted = {
    ...values,
    syslog_udp: { ...everywhere, port: SYSLOG_PORT },
    http: { ...everywhere, port: TRAP_HTTP_PORT },
  };
  if (JSON.stringify(wanted) !== JSON.stringify(values))
    await pair.api.call(operations.putSettings, {
      params: { section: 'intake' },
      body: wanted,
      ifMatch: `"${revision}"`,
    });
  await pair.api.call(operations.applyDefinitions, { body: MONITORS });
  await waitFor(
    async () => (await Promise.all(memberNames.map((name) => hears(pair, name)))).every(Boolean),
    {
      timeoutMs: HEARS_TIMEOUT_MS,
      intervalMs: 100,
      message: `the intakes of both hosts to hear in ${pair.scratch}`,
    },
  );
}

async function hears(pair: Pair, name: (typeof memberNames)[number]): Promise<boolean> {
  const { address } = pair.hosts[name].place;
  const url = `http://${address}:${TRAP_HTTP_PORT}/healthz`;
  const answer = await pair.client.call({ url, method: 'GET', timeoutMs: ASK_TIMEOUT_MS });
  return answer.status === 200;
}

/** How many events there are of each id of a load, once there are as many as wanted; as many as there are, if that does not come. */
export async function countTrapEvents(
  pair: Pair,
  { prefix, wanted }: { readonly prefix: string; readonly wanted: ReadonlyMap<string, number> },
): Promise<ReadonlyMap<string, number>> {
  let counts = new Map<string, number>();
  const look = async (): Promise<boolean> => {
    counts = await countOnce(pair, prefix);
    return [...wanted].every(([id, copies]) => (counts.get(id) ?? 0) >= copies);
  };
  await waitFor(look, { timeoutMs: EVENTS_TIMEOUT_MS, intervalMs: 1_000 }).catch(() => undefined);
  return counts;
}

async function countOnce(pair: Pair, prefix: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { items, nextCursor } = await pair.api.call(operations.listEvents, {
      query: { limit: PAGE, code: ['trap_received'], q: prefix, ...(cursor !== undefined && { cursor }) },
    });
    for (const { message, monitor } of items) {
      if (monitor?.startsWith(MONITOR_PREFIX) !== true) continue;
      const id = new RegExp(`${TRAP_MARK} ${prefix} (\\w+);`).exec(message)?.[1];
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    if (nextCursor === null) return counts;
    cursor = nextCursor;
  }
  throw new Error(`one load made more than ${PAGES_MAX * PAGE} events`);
}
