// Accepted attempts in the order in which they came, handed to the spawner as far as the bounds allow.
// Responsible for the bounds on running attempts and on launches under way. Not responsible for who may be launched (settle.ts).
import os from 'node:os';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import { agentLimits } from '../limits.ts';
import type { OpenAttempt, OpenAttempts } from './open-attempt.ts';

export type LaunchQueue = {
  readonly add: (id: AttemptId) => void;
  readonly remove: (id: AttemptId) => void;
  readonly has: (id: AttemptId) => boolean;
  /** Hands over what waits, while there is room. */
  readonly fill: () => void;
  /** The launch of this attempt is over, however: another one may begin. */
  readonly launched: (attempt: OpenAttempt) => void;
};

/** Also on one processor: commands wait for disks and each other as they start. */
const launchesMin = 4;

export function createLaunchQueue(ports: {
  readonly open: OpenAttempts;
  readonly launch: (order: AttemptOrder) => void;
  readonly clock: Clock;
}): LaunchQueue {
  const { open } = ports;
  const launchesMax = Math.max(launchesMin, agentLimits.launchesPerProcessor * os.availableParallelism());
  const waiting = new Set<AttemptId>();
  /** Attempts with `launching`. */
  let launches = 0;

  return {
    add: (id) => void waiting.add(id),
    remove: (id) => void waiting.delete(id),
    has: (id) => waiting.has(id),
    fill() {
      let room = Math.min(
        agentLimits.attemptsRunningMax - (open.size - waiting.size),
        launchesMax - launches,
      );
      for (const id of waiting) {
        if (room <= 0) return;
        waiting.delete(id);
        const attempt = open.get(id);
        if (!attempt || attempt.settled) continue;
        attempt.handedOverAt = ports.clock.monotonicMs();
        attempt.launching = true;
        launches += 1;
        room -= 1;
        ports.launch(attempt.order);
      }
    },
    launched(attempt) {
      if (!attempt.launching) return;
      attempt.launching = false;
      launches -= 1;
    },
  };
}
