// What a voter keeps across restarts, as a port: the voter record, durable before the voter answers.
// Responsible for the contract that both implementations keep and that the contract tests prove. Not responsible for what may stand in the
// record (`ha/src/decision`), nor for where it lies (`voter-store-file.ts`, `voter-store-memory.ts`). Called by the driver of the decision core.
import type { VoterId, VoterRecord } from '@nezuban/protocol/pair/roster';

/**
 * The contract:
 *
 * - *Persisted before answered.* When `save` has resolved, the record survives the end of the process by any signal, and the loss of power.
 *   The same holds for the record that `load` returns: it too is on the disk, and not only in the memory of the kernel.
 * - *In order.* Saves become durable in the order of their calls. A save that has not begun when a later one is called may be left out: the
 *   later record stands for it, and all their promises resolve when that one is durable.
 * - *One failure ends it.* After a save that failed, everything is refused with a `VoterStoreError` until a new store has loaded: whatever the
 *   disk answers after a failed flush proves nothing about what it holds. The record on the disk is then the last acknowledged one, or one
 *   of those whose `save` was rejected: a rejection says "not known", never "not saved".
 * - *A refused record never votes.* After `ok: false` there is nothing to save to; the store has let go of everything.
 * - *One user at a time.* A second store over the same place is refused (`in-use`), as long as the first may still write.
 *
 * `load` comes first and once; to reopen, close the store and create another. A save before a successful load, a record of another voter or
 * cluster, or one that could not be read back, is a broken invariant.
 */
export type VoterStore = {
  readonly load: () => Promise<Loaded>;
  readonly save: (record: VoterRecord) => Promise<void>;
  /**
   * Finishes the saves that were called before, within a bound; past it they are rejected with the reason `closed`. Idempotent.
   */
  readonly close: () => Promise<void>;
};

export type Loaded =
  | {
      readonly ok: true;
      readonly record: VoterRecord;
      /** Rises by one with each save that was written. */
      readonly sequence: number;
      /** Sentences for the log: what was found damaged and did not matter. */
      readonly warnings: readonly string[];
    }
  | Refused;

export type Refused = {
  readonly ok: false;
  readonly refusal: LoadRefusal;
  /** For a person: what is wrong, and what to do. */
  readonly sentence: string;
};

export type LoadRefusal =
  /** Nothing is there. */
  | 'absent'
  /** No slot was ever written. */
  | 'empty'
  /** No slot is whole, or the length is wrong. */
  | 'torn'
  | 'foreign-cluster'
  | 'foreign-voter'
  /** Written by a release with another format. */
  | 'unreadable-version'
  /** Whole, and yet no voter record; or both slots claim to be the newest. */
  | 'invalid-record'
  /** Another store may write to it. */
  | 'in-use'
  /** The disk, or the rights on it. */
  | 'io-error';

/** Whose record is expected: another one is refused. */
export type VoterIdentity = {
  readonly cluster: string;
  readonly id: VoterId;
};

export type VoterStoreErrorReason =
  /** A write or flush failed, now or earlier. */
  | 'save-failed'
  /** The store was closed before the record was known to be durable. */
  | 'closed';

/** The outcome of a save is not known. Trying again cannot help: the store must be reopened. */
export class VoterStoreError extends Error {
  readonly reason: VoterStoreErrorReason;

  constructor(reason: VoterStoreErrorReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VoterStoreError';
    this.reason = reason;
  }
}
