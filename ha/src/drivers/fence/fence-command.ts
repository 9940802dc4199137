/**
 * The fence: a command of the operator's that powers the peer off, for two hosts without a witness.
 *
 * Responsible for running it against one peer, once at a time, within its hard limit. Only a command that surely removes the peer's power
 * may be configured; that cannot be checked here. Not responsible for when it is run and what its success stands for (`decision`). Called
 * by the keeper of a member.
 */
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { runBounded } from '../bounded-command.ts';
import type { Fence } from '../ports.ts';

export type FencePorts = { readonly timers: Timers; readonly logger: Logger };

export type FenceOptions = {
  /** Program and arguments; `NEZUBAN_PEER_ID`, `NEZUBAN_PEER_NAME` and `NEZUBAN_PEER_ADDRESS` say whom. */
  readonly command: readonly string[];
  /** Past it, its result is worth nothing (`fenceMs` of the core's durations). */
  readonly timeoutMs: number;
};

export function createFence(ports: FencePorts, options: FenceOptions): Fence {
  const { timers, logger } = ports;
  const { command, timeoutMs } = options;
  let isRunning = false;

  return {
    async run({ id, name, address }) {
      if (isRunning)
        return { ok: false, says: 'The fence command of before still runs; it is not run twice.' };
      isRunning = true;
      logger.warn({ peer: id, command: command[0] }, `the fence command is run against ${name}`);
      try {
        const environment = {
          NEZUBAN_PEER_ID: id,
          NEZUBAN_PEER_NAME: name,
          NEZUBAN_PEER_ADDRESS: address,
        };
        const { ok, how } = await runBounded({ timers }, { command, environment, timeoutMs });
        if (ok) return { ok, says: `The fence command has powered off ${name}: it ${how}.` };
        return {
          ok,
          says: `The fence command ${command[0] ?? ''} could not power off ${name}: it ${how}.`,
        };
      } finally {
        isRunning = false;
      }
    },
  };
}
