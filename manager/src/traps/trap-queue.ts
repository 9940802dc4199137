// Records that have come from both intakes and are not yet in a batch.
// Responsible for their order (by receive time, so that most copies meet within one batch) and for knowing what may be asked for again once
// they are committed. Bounded by the window that each intake is given. Called by trap-loop.ts.
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import type { IntakeRole } from './intake-client.ts';

type Chunk = {
  readonly records: readonly TrapRecord[];
  readonly bytes: number;
  /** The latest receive time in it; a clock that was set back makes it another than the last one's. */
  readonly newestUs: number;
  at: number;
};

export type TrapQueue = {
  readonly push: (role: IntakeRole, records: readonly TrapRecord[], bytes: number) => void;
  readonly clear: (role: IntakeRole) => void;
  readonly isEmpty: () => boolean;
  readonly length: () => number;
  /** The latest receive time of those that wait, of each. */
  readonly newestUs: (role: IntakeRole) => number | null;
  /** The earlier one of the two foremost; null: there is none, or it was received after what `until` says for its host. */
  readonly take: (
    until: ReadonlyMap<IntakeRole, number>,
  ) => { readonly role: IntakeRole; readonly record: TrapRecord } | null;
  /** Bytes of pieces that were taken whole since the last call. */
  readonly takenBytes: (role: IntakeRole) => number;
  /** Receive time of the oldest that waits. */
  readonly oldestUs: () => number | null;
};

const roles = ['own', 'peer'] as const;

export const createTrapQueue = (): TrapQueue => {
  const chunks: Record<IntakeRole, Chunk[]> = { own: [], peer: [] };
  const taken: Record<IntakeRole, number> = { own: 0, peer: 0 };
  let count = 0;
  const head = (role: IntakeRole): TrapRecord | undefined => {
    const chunk = chunks[role][0];
    return chunk?.records[chunk.at];
  };
  return {
    push(role, records, bytes) {
      if (records.length === 0) return;
      const newestUs = records.reduce((newest, { receivedUs }) => Math.max(newest, receivedUs), -Infinity);
      chunks[role].push({ records, bytes, newestUs, at: 0 });
      count += records.length;
    },
    clear(role) {
      for (const { records, at } of chunks[role]) count -= records.length - at;
      chunks[role] = [];
      taken[role] = 0;
    },
    isEmpty: () => count === 0,
    length: () => count,
    newestUs(role) {
      let newest: number | null = null;
      for (const { newestUs } of chunks[role]) if (newest === null || newestUs > newest) newest = newestUs;
      return newest;
    },
    take(until) {
      const own = head('own');
      const peer = head('peer');
      const role: IntakeRole =
        peer === undefined || (own !== undefined && own.receivedUs <= peer.receivedUs) ? 'own' : 'peer';
      const record = role === 'own' ? own : peer;
      const chunk = chunks[role][0];
      if (record === undefined || chunk === undefined) return null;
      if (record.receivedUs > (until.get(role) ?? Infinity)) return null;
      chunk.at += 1;
      count -= 1;
      if (chunk.at === chunk.records.length) {
        chunks[role].shift();
        taken[role] += chunk.bytes;
      }
      return { role, record };
    },
    takenBytes(role) {
      const bytes = taken[role];
      taken[role] = 0;
      return bytes;
    },
    oldestUs() {
      const times = roles.flatMap((role) => head(role)?.receivedUs ?? []);
      return times.length === 0 ? null : Math.min(...times);
    },
  };
};
