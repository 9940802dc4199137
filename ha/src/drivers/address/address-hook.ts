/**
 * A program of the operator's that leads users to the master: a route table of a cloud, DNS, a load balancer.
 *
 * Responsible for running it as `HOOK take` or `HOOK release`, one after the other: a run that hangs holds up the next one until its time
 * is over, and nothing else. Not responsible for trying again (`address-part.ts`).
 */
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { runBounded } from '../bounded-command.ts';
import { createAddressPart, type AddressPart } from './address-part.ts';

export type HookOptions = { readonly command: readonly string[]; readonly timeoutMs: number };

export function createAddressHook(
  ports: { readonly timers: Timers; readonly logger: Logger },
  { command, timeoutMs }: HookOptions,
): AddressPart {
  const { timers, logger } = ports;
  return createAddressPart(
    {
      timers,
      logger,
      run: (wish) =>
        runBounded(
          { timers },
          {
            command: [...command, wish.do],
            environment: {
              NEZUBAN_ACTION: wish.do,
              ...(wish.do === 'take' ? { NEZUBAN_TERM: String(wish.term) } : {}),
            },
            timeoutMs,
          },
        ),
    },
    { name: `address hook ${command[0] ?? ''}` },
  );
}
