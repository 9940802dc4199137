/**
 * One way of leading users to the master, brought into the state that is wished last.
 *
 * Responsible for the order (one run at a time, the newest wish next), for trying again within a bound, and for saying what does not work.
 * Not responsible for what a run does (`floating-address.ts`, `address-hook.ts`). Called by `service-address.ts`.
 *
 * States: idle -> running -> idle (done, or given up) or waiting (it failed) -> running. A wish that is fulfilled already is not run again.
 */
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { CommandOutcome } from '../bounded-command.ts';

export type Wish = { readonly do: 'take'; readonly term: number } | { readonly do: 'release' };

export type AddressPart = {
  /** Resolves when the first try is over, at the latest when this wish has been replaced by another one. Never rejects. */
  readonly wish: (wish: Wish) => Promise<void>;
};

export type AddressPartPorts = {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly run: (wish: Wish) => Promise<CommandOutcome>;
  /** After each success. */
  readonly onDone?: (wish: Wish) => void;
};

/** How long after a failure it is tried again; after the last one it is given up until the next wish. About five minutes in all. */
export const RETRY_MS = [1_000, 3_000, 10_000, 30_000, 60_000, 60_000, 120_000] as const;

export function createAddressPart(ports: AddressPartPorts, options: { readonly name: string }): AddressPart {
  const { timers, logger } = ports;
  const { name } = options;
  let wanted: { readonly wish: Wish; readonly tried: PromiseWithResolvers<void> } | null = null;
  let done: Wish | null = null;
  let isWorking = false;
  let newer = new AbortController();

  async function work(): Promise<void> {
    isWorking = true;
    while (wanted !== null) {
      const current = wanted;
      await fulfil(current);
      if (wanted === current) wanted = null;
    }
    isWorking = false;
  }

  async function fulfil(current: NonNullable<typeof wanted>): Promise<void> {
    const { wish, tried } = current;
    for (const retryMs of [...RETRY_MS, null]) {
      const outcome = await ports.run(wish);
      tried.resolve();
      // What was done last is not known any more, unless this worked.
      done = outcome.ok ? wish : null;
      if (outcome.ok) {
        logger.info({ wish: wish.do }, `${name}: ${wish.do} is done`);
        ports.onDone?.(wish);
        return;
      }
      if (wanted !== current) return;
      const then = retryMs === null ? 'it is given up' : `it is tried again in ${retryMs / 1_000} s`;
      logger.error({ wish: wish.do }, `${name}: ${wish.do} did not work, since it ${outcome.how}; ${then}`);
      if (retryMs === null) return;
      await timers.sleep(retryMs, newer.signal).catch(() => undefined);
      if (wanted !== current) return;
    }
  }

  return {
    async wish(wish) {
      if (wanted === null && done !== null && isSame(done, wish)) return;
      const tried = Promise.withResolvers<void>();
      wanted?.tried.resolve();
      wanted = { wish, tried };
      newer.abort();
      newer = new AbortController();
      if (!isWorking) void work();
      await tried.promise;
    },
  };
}

function isSame(one: Wish, other: Wish): boolean {
  return one.do === 'release' ? other.do === 'release' : other.do === 'take' && one.term === other.term;
}
