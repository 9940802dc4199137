/**
 * Counts of what the SNMP receiver did not take, and the sentence that tells an operator: a device with a wrong password is silent otherwise.
 *
 * Responsible for the words of the status. The names come from anybody: they are cut to what can be shown.
 */
import type { UsmRefusal } from './usm.ts';

export type RefusalReason = UsmRefusal | 'wrong-community';

const words: Readonly<Record<RefusalReason, string>> = {
  'wrong-community': 'with a community that is not in the list',
  'unknown-user': 'of an unknown SNMPv3 user',
  'wrong-engine': 'of an engine that is not the one its SNMPv3 user has',
  'wrong-level': 'at another security level than its SNMPv3 user has',
  'wrong-password': 'with a wrong SNMPv3 authentication password or protocol',
  'cannot-decrypt': 'with a wrong SNMPv3 privacy password or protocol',
  'out-of-time': 'with an engine time of the past',
  replayed: 'that had been sent before',
};

type Sender = { readonly address: string; readonly user: string | null };

export type Refusals = {
  readonly note: (reason: RefusalReason, sender: Sender) => void;
  /** Null: nothing was refused. */
  readonly says: () => string | null;
  /** The users have changed: what was refused before says nothing any more. */
  readonly forgive: () => void;
};

export const createRefusals = (): Refusals => {
  const counts = new Map<RefusalReason, { count: number; last: Sender }>();
  return {
    note(reason, sender) {
      const entry = counts.get(reason);
      if (entry === undefined) counts.set(reason, { count: 1, last: sender });
      else {
        entry.count += 1;
        entry.last = sender;
      }
    },
    says() {
      if (counts.size === 0) return null;
      const parts = [...counts].map(
        ([reason, { count, last }]) => `${count} ${words[reason]} (last from ${shown(last)})`,
      );
      return `Refused: ${parts.join('; ')}.`;
    },
    forgive: () => counts.clear(),
  };
};

const shown = ({ address, user }: Sender): string =>
  user === null ? address : `${address}, user "${user.replaceAll(/[^\p{L}\p{N} ._@-]/gu, '?')}"`;
