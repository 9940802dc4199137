// What agents have said about terms and about other managers, kept over the change from standby to duty.
// Responsible for the two figures that the decision of who is on duty needs: a term that an agent has seen, and when one last heard another
// manager on duty. Not responsible for telling the keeper (manager.ts). Called by the waiting room and by the agent hub.
import type { Clock } from '@nezuban/platform/clock';
import type { Term } from '@nezuban/protocol/ids';

export type AgentVoices = {
  /** A term that an agent has shown. */
  termSeen(term: Term): void;
  /** From a heartbeat; null or undefined: it has heard no other. */
  otherMasterHeard(agoMs: number | null | undefined): void;
  readonly highestTerm: () => Term;
  readonly otherMasterHeardAgoMs: () => number | null;
};

export const createAgentVoices = (
  { clock }: { readonly clock: Clock },
  onHigherTerm: () => void,
): AgentVoices => {
  let highest = 0 as Term;
  let heardAtMs: number | null = null;
  return {
    termSeen(term) {
      if (term <= highest) return;
      highest = term;
      onHigherTerm();
    },
    otherMasterHeard(agoMs) {
      if (agoMs === null || agoMs === undefined) return;
      // What an agent that has left has heard stays true, and grows old.
      heardAtMs = Math.max(heardAtMs ?? -Infinity, clock.monotonicMs() - agoMs);
    },
    highestTerm: () => highest,
    otherMasterHeardAgoMs: () =>
      heardAtMs === null ? null : Math.max(0, Math.round(clock.monotonicMs() - heardAtMs)),
  };
};
