/**
 * Asks both hosts of a pair many times a second whether they are master, as a load balancer does (`GET /health/master`, no sign-in).
 *
 * Responsible for asking at a steady pace even while answers are late, and for measuring the time without a master. Called by
 * `switch-drill.ts`.
 */
import { type CallResult, createCaller, monotonicMs } from '../http-call.ts';
import type { ClaimRecord } from '../load-records.ts';
import { MASTER_PATH } from '../master-finder.ts';

export const LOOK_EVERY_MS = 20;
const ANSWER_TIMEOUT_MS = 1_000;
/** As many as may be on the way to a host that does not answer. */
const ON_THE_WAY_MAX = ANSWER_TIMEOUT_MS / LOOK_EVERY_MS;
/** Ten minutes of looks at two hosts; the switch is long over then. */
const LOOKS_MAX = 60_000;

export interface HealthTarget {
  readonly name: string;
  /** `https://HOST:PORT`, without a slash at its end. */
  readonly url: string;
}

export interface HealthWatch {
  claims(): readonly ClaimRecord[];
  /** The newest answer of that host. */
  isMaster(name: string): boolean;
  stop(): void;
}

/** One look at each: `true` and `false` are answers, a text says why there was none. */
export async function lookAt(target: HealthTarget): Promise<boolean | string> {
  const caller = createCaller();
  try {
    return judge(await ask(caller, target));
  } finally {
    caller.stop();
  }
}

export function startHealthWatch(targets: readonly HealthTarget[]): HealthWatch {
  const caller = createCaller();
  const claims: ClaimRecord[] = [];
  const newest = new Map<string, ClaimRecord>();
  const onTheWay = new Map<string, number>();
  const look = async (target: HealthTarget): Promise<void> => {
    const { name } = target;
    const waiting = onTheWay.get(name) ?? 0;
    if (waiting >= ON_THE_WAY_MAX || claims.length >= LOOKS_MAX) return;
    onTheWay.set(name, waiting + 1);
    const sentAt = monotonicMs();
    const result = await ask(caller, target);
    onTheWay.set(name, (onTheWay.get(name) ?? 1) - 1);
    const judged = judge(result);
    const claim: ClaimRecord = {
      type: 'claim',
      host: name,
      sentAt,
      endedAt: monotonicMs(),
      master: typeof judged === 'boolean' ? judged : null,
      term: null,
    };
    claims.push(claim);
    if ((newest.get(name)?.sentAt ?? 0) < sentAt) newest.set(name, claim);
  };
  const timer = setInterval(() => {
    for (const target of targets) void look(target);
  }, LOOK_EVERY_MS);
  return {
    claims: () => claims,
    isMaster: (name) => newest.get(name)?.master === true,
    stop() {
      clearInterval(timer);
      caller.stop();
    },
  };
}

const ask = (caller: ReturnType<typeof createCaller>, { url }: HealthTarget): Promise<CallResult> =>
  caller.call({ url: `${url}${MASTER_PATH}`, method: 'GET', timeoutMs: ANSWER_TIMEOUT_MS });

function judge({ outcome, status, error }: CallResult): boolean | string {
  if (outcome !== 'answered') return error ?? 'no answer';
  if (status === 200) return true;
  return status === 503 ? false : `it answered with HTTP ${status}`;
}

/** Longest time between two answers "I am master", of whichever host, that ends after that moment. */
export function withoutMasterMs(claims: readonly ClaimRecord[], after: number): number | null {
  const times = claims
    .filter(({ master }) => master === true)
    .map(({ endedAt }) => endedAt)
    .toSorted((one, other) => one - other);
  const gaps = times.flatMap((at, index) => {
    const before = times[index - 1];
    return before === undefined || at <= after ? [] : [at - before];
  });
  return gaps.length === 0 ? null : Math.max(...gaps);
}
