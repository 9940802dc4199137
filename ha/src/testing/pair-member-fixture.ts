/**
 * A member's whole link for tests and the benchmark: duty link and link process, on loopback, in a folder of its own.
 *
 * Responsible for wiring the two as the keeper does. Not responsible for what is behind the services.
 */
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { BulkService } from '@nezuban/protocol/pair/pair-link';
import { createLinkProcess, type LinkProcess } from '../drivers/link/link-process.ts';
import type { PairCredentials } from '../drivers/link/pair-tls.ts';
import { startVoter, type Voter, type VoterWish } from './duty-link-fixture.ts';

export type Member = AsyncDisposable & {
  readonly voter: Voter;
  readonly bulk: LinkProcess;
  /** Process ids in the order of their starts. */
  readonly started: number[];
  readonly died: string[];
  readonly troubles: Map<BulkService, string | null>;
  /** What the link process has written. */
  readonly log: () => string;
};

export async function startMember(
  id: string,
  wish: Omit<VoterWish, 'bulk'> & { readonly credentials: PairCredentials },
): Promise<Member> {
  const started: number[] = [];
  const died: string[] = [];
  const troubles = new Map<BulkService, string | null>();
  let log = '';
  const note = (part: Buffer): void => void (log += part.toString());
  const bulk = createLinkProcess(
    {
      clock: systemClock,
      timers: systemTimers,
      logger: createMemoryLogger(),
      events: {
        onStarted(pid, output) {
          started.push(pid);
          for (const stream of output) stream.on('data', note);
        },
        onDied: (_pid, how) => died.push(how),
        onTrouble: (service, says) => troubles.set(service, says),
      },
    },
    {
      credentials: wish.credentials,
      // oxlint-disable-next-line node/no-process-env -- a test's child inherits the mark by which the runner finds it
      environment: process.env,
      execArgv: [],
      level: 'debug',
    },
  );
  bulk.start();
  const voter = await startVoter(id, { ...wish, bulk });
  return {
    voter,
    bulk,
    started,
    died,
    troubles,
    log: () => log,
    async [Symbol.asyncDispose]() {
      await voter[Symbol.asyncDispose]();
      await bulk.stop();
    },
  };
}
