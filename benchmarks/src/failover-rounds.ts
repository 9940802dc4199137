/**
 * Rounds of the failover benchmark: a redundant pair under load, one fault, the times until the other host serves, recovery.
 *
 * Responsible for one round and its figures; every promise is checked in each. Called by `failover.ts`.
 */
import type { TakeOver } from '@nezuban/protocol/pair/status';
import { monotonicMs } from '@nezuban/tests/ha/http-call';
import { type MemberName, otherMember } from '@nezuban/tests/ha/network';
import type { Pair } from '@nezuban/tests/ha/pair';
import { startPairLoad } from '@nezuban/tests/ha/pair-load';
import { waitFor } from '@nezuban/tests/support/wait-for';

export type RoundKind = 'death' | 'cut' | 'switch';

export interface RoundFigures {
  readonly kind: RoundKind;
  /** From the fault to the first acknowledged write on the other host. */
  readonly firstWriteMs: number;
  readonly firstJobMs: number;
  /** Longest time without an acknowledged write. */
  readonly gapMs: number;
  /** As the new master saw it; null if it has no record of it. */
  readonly steps: TakeOver['steps'] | null;
  readonly acked: number;
  readonly violations: readonly string[];
}

const WARM_UP_TIMEOUT_MS = 20_000;
const TAKE_OVER_TIMEOUT_MS = 60_000;
const LOOK_MS = 100;

export async function playRound(pair: Pair, kind: RoundKind): Promise<RoundFigures> {
  const master = await pair.restore();
  const standby = otherMember(master);
  const load = await startPairLoad(pair, {
    jobShapes: ['short'],
    jobPauseMs: 100,
    dutyEveryMs: 0,
    readBackEveryMs: 500,
  });
  try {
    await load.waitForAck(monotonicMs(), { timeoutMs: WARM_UP_TIMEOUT_MS });
    await waitFor(() => load.ledger().length >= 5, {
      timeoutMs: WARM_UP_TIMEOUT_MS,
      message: 'jobs before the fault',
    });
    const faultAt = monotonicMs();
    await doFault(pair, { kind, master });
    await load.waitForAck(faultAt, { timeoutMs: TAKE_OVER_TIMEOUT_MS, not: master });
    await waitFor(() => load.outage(faultAt, master).firstJobMs !== null, {
      timeoutMs: TAKE_OVER_TIMEOUT_MS,
      intervalMs: LOOK_MS,
      message: 'a job by the new master',
    });
    const { firstWriteMs, firstJobMs, gapMs } = load.outage(faultAt, master);
    const steps = await stepsOf(pair, standby);
    await pair.restore();
    const verdict = await load.finish();
    return {
      kind,
      firstWriteMs: firstWriteMs ?? Number.NaN,
      firstJobMs: firstJobMs ?? Number.NaN,
      gapMs,
      steps,
      acked: verdict.writes.acked,
      violations: verdict.violations,
    };
  } finally {
    await load.abandon();
  }
}

async function doFault(pair: Pair, { kind, master }: { kind: RoundKind; master: MemberName }): Promise<void> {
  switch (kind) {
    case 'death':
      return pair.hosts[master].processes.kill('everything');
    case 'cut':
      pair.network.isolate(master);
      return;
    case 'switch': {
      const result = await pair.control[master].command({ do: 'switch' });
      if (!result.ok) throw new Error(`the switch was refused: ${result.says}`);
      return;
    }
    default:
      kind satisfies never;
  }
}

async function stepsOf(pair: Pair, newMaster: MemberName): Promise<TakeOver['steps'] | null> {
  const status = await pair.status(newMaster);
  return status?.history.toSorted((a, b) => b.term - a.term)[0]?.steps ?? null;
}
