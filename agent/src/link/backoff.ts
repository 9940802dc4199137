// Pauses between tries to reach one manager. Pure but for the clock and the chance it is given.
//
// Ten thousand agents lose a manager that restarts in the same moment. While no master is known they ask often, at random: about 30,000 tries
// a second that a closed port refuses, which is the kernel's work alone, for half a minute at most; then 10,000 tries within 5 s.
// Tries that are not refused but hang or are turned away cost the manager work (a TLS handshake each), so they are never hurried.
import { agentLimits } from '../limits.ts';

export type Backoff = {
  /** `hurry`: nobody is on duty for this agent, and the last try cost the other side nothing. */
  readonly nextMs: (hurry: boolean) => number;
  readonly reset: () => void;
};

export type BackoffPorts = {
  readonly monotonicMs: () => number;
  readonly random?: () => number;
};

export function createBackoff({ monotonicMs, random = Math.random }: BackoffPorts): Backoff {
  const { reconnectMsMin, reconnectHurriedMsMax, reconnectHurryForMs, reconnectMsMax } = agentLimits;
  let base: number = reconnectHurriedMsMax;
  let hurriedSince: number | null = null;
  return {
    nextMs(hurry) {
      if (hurry) {
        hurriedSince ??= monotonicMs();
        if (monotonicMs() - hurriedSince < reconnectHurryForMs)
          return reconnectMsMin + random() * (reconnectHurriedMsMax - reconnectMsMin);
      }
      const pause = base * (0.5 + random() / 2);
      base = Math.min(base * 2, reconnectMsMax);
      return pause;
    },
    reset() {
      base = reconnectHurriedMsMax;
      hurriedSince = null;
    },
  };
}
