// What this host's manager is told that it is.
// Responsible for the two forms of a duty, made of what the office knows. Not responsible for when one is told (`keeper.ts`).
import type { ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import type { PairOffice } from './pair-office.ts';

export function masterDuty(
  office: Pick<PairOffice, 'agentAddresses'>,
  term: number,
): Extract<ManagerDuty, { role: 'master' }> {
  return { role: 'master', term, agentAddresses: office.agentAddresses() };
}

/** `isKnown`: the voter record has been read, so that the office can say how the pair is. */
export function standbyDuty(
  office: Pick<PairOffice, 'agentAddresses' | 'status'>,
  isKnown: boolean,
): Extract<ManagerDuty, { role: 'standby' }> {
  const status = isKnown ? office.status() : null;
  return {
    role: 'standby',
    master: status?.master == null ? null : { name: status.master.name },
    says: status?.summary ?? 'This host has just started.',
    agentAddresses: office.agentAddresses(),
  };
}
