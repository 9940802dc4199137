// What reading two journals needs to know between one commit and the next: how far each has been read, which host has which slot, the marks.
// Responsible for that state and for deciding which slot a journal gets; it is thrown away and loaded anew whenever a commit has failed. Not
// responsible for statements (`trap-store.ts`). Made by trap-loop.ts.
import { createPairing, otherSide, type Pairing, type Side } from '@nezuban/core/traps/pairing/pairing';
import type { HashKey } from '@nezuban/core/traps/pairing/identity-hash';
import type { IntakeRole, Welcome } from './intake-client.ts';
import type { JournalRow, TrapState } from './trap-store.ts';
import { trapsLimits as limits } from './traps-limits.ts';

export type JournalPosition = { journalId: string; host: string; seq: number };

export type TrapSession = {
  readonly key: HashKey;
  readonly pairing: Pairing;
  readonly positions: Map<Side, JournalPosition>;
  readonly slots: Map<IntakeRole, Side>;
  /** Idempotency keys, the oldest first. */
  readonly keys: Set<string>;
  nextId: number;
};

export const createTrapSession = (state: TrapState): TrapSession => {
  const stateOf = (slot: Side) => {
    const row = state.journals.find((journal) => journal.slot === slot);
    return { horizonUs: row?.horizonUs ?? 0, lostUntilUs: row?.lostUntilUs ?? 0 };
  };
  const pairing = createPairing({
    windowUs: limits.pairingWindowUs,
    heldMax: limits.marksHeldMax,
    storedMax: limits.marksStoredMax,
    sides: [stateOf(0), stateOf(1)],
    nextSegment: 1,
  });
  for (const segment of state.segments) pairing.restore(segment);
  return {
    key: state.key,
    pairing,
    positions: new Map(
      state.journals.map(({ slot, journalId, host, seq }) => [slot, { journalId, host, seq }]),
    ),
    slots: new Map(),
    keys: new Set(state.keys),
    nextId: state.nextId,
  };
};

/** Whether the key is new; the oldest is forgotten for it. */
export const takeKey = (keys: Set<string>, key: string): boolean => {
  if (keys.has(key)) return false;
  keys.add(key);
  for (const oldest of keys) {
    if (keys.size <= limits.keysMax) break;
    keys.delete(oldest);
  }
  return true;
};

export type Admission =
  /** It is known: it goes on behind what has been read. */
  | { readonly type: 'known'; readonly slot: Side }
  /** The first journal of a host. */
  | { readonly type: 'new'; readonly slot: Side }
  /** The host keeps a new one. */
  | { readonly type: 'replaces'; readonly slot: Side; readonly old: JournalPosition }
  /** It cannot be said yet whose it is: the own intake has not been heard. */
  | { readonly type: 'wait' };

/** Which slot the journal that one of the intakes has just named belongs to. `host`: its name for people. */
export const admit = (
  { positions, slots }: Pick<TrapSession, 'positions' | 'slots'>,
  role: IntakeRole,
  { journalId, host }: { readonly journalId: string; readonly host: string },
): Admission => {
  for (const slot of [0, 1] as const)
    if (positions.get(slot)?.journalId === journalId) return { type: 'known', slot };
  const taken = slots.get(role === 'own' ? 'peer' : 'own');
  const replace = (slot: Side, old: JournalPosition): Admission => ({ type: 'replaces', slot, old });
  // Which of the known journals is this host's own shows when the own intake is heard; only then a stranger can be told from it.
  if (role === 'peer' && taken === undefined) return { type: 'wait' };
  const free = ([0, 1] as const).find((slot) => !positions.has(slot));
  for (const slot of [0, 1] as const) {
    const old = positions.get(slot);
    // Both hosts of a pair that is tried out on one machine have the same name.
    if (old !== undefined && slot !== taken && old.host === host) return replace(slot, old);
  }
  if (free !== undefined) return { type: 'new', slot: free };
  const slot: Side = taken === undefined ? (role === 'own' ? 0 : 1) : otherSide(taken);
  const old = positions.get(slot);
  return old === undefined ? { type: 'new', slot } : replace(slot, old);
};

export type Place = {
  readonly fromSeq: number;
  /** Records that had not been read and are no longer there. */
  readonly missing: { readonly from: number; readonly to: number } | null;
};

/** Where reading goes on. */
export const planReading = (seq: number, { firstSeq }: Pick<Welcome, 'firstSeq'>): Place => {
  const fromSeq = seq + 1;
  return fromSeq >= firstSeq
    ? { fromSeq, missing: null }
    : { fromSeq: firstSeq, missing: { from: fromSeq, to: firstSeq - 1 } };
};

export const journalRow = (session: TrapSession, slot: Side): JournalRow | null => {
  const position = session.positions.get(slot);
  return position === undefined ? null : { slot, ...position, ...session.pairing.state(slot) };
};
