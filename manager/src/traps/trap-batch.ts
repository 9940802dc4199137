// Records of both intakes on their way into one transaction.
// Responsible for taking one record after the other: its copy is looked for, it is read, placed and judged, and becomes a row and events. The
// database is not touched here. Made by trap-loop.ts for each commit.
import { formatAddress } from '@nezuban/core/traps/address-list';
import { IDEMPOTENCY_KEY } from '@nezuban/core/traps/custom/parse-custom';
import { fingerprint } from '@nezuban/core/traps/pairing/identity-hash';
import type { PairingChanges, Side } from '@nezuban/core/traps/pairing/pairing';
import type { ParsedTrap, PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import type { Placing } from '@nezuban/core/traps/placing';
import type { TrapVerdicts } from '@nezuban/core/traps/verdict';
import { controlNoteSchema } from '@nezuban/protocol/intake/hand-over';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import type { CopyRows } from '../database/copy-binary.ts';
import type { EventDraft } from '../ports.ts';
import { noteDraft, trapDraft } from './trap-events.ts';
import { unread, type TrapReading } from './trap-reading.ts';
import { takeKey, type TrapSession } from './trap-session.ts';
import { addTrapRow, type TrapCommit } from './trap-store.ts';
import { trapsLimits as limits } from './traps-limits.ts';

export type TrapBatchPorts = {
  readonly reading: TrapReading;
  readonly place: (trap: Pick<ParsedTrap, 'address' | 'claimedHost'>) => Placing;
  readonly judge: (trap: PlacedTrap) => TrapVerdicts;
  /** Whether there is another host whose copies have to be met. */
  readonly isPair: () => boolean;
  /** Who spoke, for people. */
  readonly noteSource: (trap: PlacedTrap, malformed: boolean) => void;
};

/** What a record of which the database does not want the words is stored with. */
export type Refusal = { readonly slot: Side; readonly seq: number; readonly says: string };

export type BatchCounts = {
  records: number;
  traps: number;
  copies: number;
  perhaps: number;
  unmatched: number;
  malformed: number;
  /** What intakes have counted instead of kept, and what never reached them. */
  summarised: number;
  dropped: number;
  refusedFull: number;
};

export type TrapBatch = {
  /** In the order of its journal. Repeats of what has been read are passed over. */
  readonly add: (slot: Side, record: TrapRecord) => void;
  /** Beside what records say. */
  readonly tell: (draft: EventDraft) => void;
  readonly isFull: () => boolean;
  readonly isEmpty: () => boolean;
  readonly counts: Readonly<BatchCounts>;
  readonly positions: ReadonlyMap<Side, number>;
  readonly finish: (term: number) => { readonly commit: TrapCommit; readonly drafts: readonly EventDraft[] };
};

export type TrapBatchOptions = {
  readonly session: TrapSession;
  readonly nowUs: number;
  readonly recordsMax: number;
  readonly refusals: readonly Refusal[];
  /** Empty; used until the commit is through. */
  readonly rows: CopyRows;
};

export const createTrapBatch = (
  ports: TrapBatchPorts,
  { session, nowUs, recordsMax, refusals, rows }: TrapBatchOptions,
): TrapBatch => {
  const { pairing, key } = session;
  const isPaired = session.positions.size === 2 && ports.isPair();
  const firstId = session.nextId;
  const drafts: EventDraft[] = [];
  const keys: string[] = [];
  const positions = new Map<Side, number>();
  /** Where the cell "both have heard it" of each row stands; the copy may come within the same batch. */
  const bothCells: number[] = [];
  const heard = { low: 0, high: 0, us: 0, tag: 0 };
  const counts: BatchCounts = {
    records: 0,
    traps: 0,
    copies: 0,
    perhaps: 0,
    unmatched: 0,
    malformed: 0,
    summarised: 0,
    dropped: 0,
    refusedFull: 0,
  };

  const isCopy = (slot: Side, record: TrapRecord): 'first' | 'second' | 'perhaps' => {
    if (!isPaired) {
      pairing.advance(slot, record.receivedUs);
      return 'first';
    }
    const identity = {
      protocol: record.protocol,
      address: record.address,
      bytes: ports.reading.identity(record),
    };
    fingerprint(identity, key, heard);
    heard.us = record.receivedUs;
    heard.tag = session.nextId;
    return pairing.hear(slot, heard);
  };

  /** A sender's own key says more than when it was heard. Null: there is none. */
  const keyed = (slot: Side, record: TrapRecord): 'first' | 'second' | null => {
    const own = record.protocol === 'custom' ? record.extra?.[IDEMPOTENCY_KEY] : undefined;
    if (own === undefined) return null;
    pairing.advance(slot, record.receivedUs);
    const name = `${formatAddress(record.address)} ${own}`;
    if (!takeKey(session.keys, name)) return 'second';
    keys.push(name);
    return 'first';
  };

  const addRow = (row: Omit<Parameters<typeof addTrapRow>[2], 'id' | 'heardBoth'>): void => {
    bothCells.push(addTrapRow(rows, nowUs, { id: session.nextId, heardBoth: false, ...row }));
    session.nextId += 1;
  };

  const addControl = (slot: Side, record: TrapRecord): void => {
    pairing.advance(slot, record.receivedUs);
    const host = session.positions.get(slot)?.host ?? '';
    const note = readNote(record);
    const node =
      note?.note === 'summarised' ? ports.place({ address: note.address, claimedHost: null }).node : null;
    if (note !== null) {
      if (note.note === 'summarised') counts.summarised += note.count;
      if (note.note === 'kernel-drops') counts.dropped += note.count;
      if (note.note === 'full') counts.refusedFull += note.refused;
      const context = { host, receivedUs: record.receivedUs, node, trapId: session.nextId };
      const draft = noteDraft(note, context);
      if (draft !== null) drafts.push(draft);
    }
    addRow({
      record,
      slot,
      node,
      host,
      perhapsRepeat: false,
      matched: true,
      malformed: note === null ? 'the intake says something that this release does not know' : null,
      text: null,
    });
  };

  const addTrap = (slot: Side, record: TrapRecord, perhapsRepeat: boolean): void => {
    const refusal = refusals.find((one) => one.slot === slot && one.seq === record.seq);
    const parsed =
      refusal === undefined || record.protocol === 'control'
        ? ports.reading.parse(record)
        : [unread(record, record.protocol, refusal.says)];
    const [first] = parsed;
    if (first === undefined) return;
    let matched = false;
    let fault: string | null = null;
    let firstPlaced: PlacedTrap | null = null;
    for (const trap of parsed) {
      const placed: PlacedTrap = refusal === undefined ? { ...trap, ...ports.place(trap) } : inTheOpen(trap);
      firstPlaced ??= placed;
      ports.noteSource(placed, trap.malformed !== null);
      if (refusal !== undefined) {
        drafts.push(refusedDraft(placed, session.nextId, refusal));
        continue;
      }
      try {
        for (const verdict of ports.judge(placed)) {
          matched = true;
          if (verdict.type === 'event') drafts.push(trapDraft(placed, verdict, session.nextId));
        }
      } catch (error) {
        // A fault of ours must not stand in the way of all that comes behind.
        fault = `the trap monitors failed at it: ${error instanceof Error ? error.message : String(error)}`;
        drafts.push(unjudgedDraft(placed, session.nextId, fault));
      }
    }
    if (!matched) counts.unmatched += 1;
    if (first.malformed !== null) counts.malformed += 1;
    counts.traps += 1;
    addRow({
      record: refusal === undefined ? record : { ...record, extra: null },
      slot,
      node: firstPlaced?.node ?? null,
      host: refusal === undefined ? first.claimedHost : null,
      perhapsRepeat,
      matched,
      malformed: first.malformed ?? fault,
      text: record.protocol === 'snmp' && refusal === undefined ? first.text : null,
    });
  };

  return {
    add(slot, record) {
      const position = session.positions.get(slot);
      if (position === undefined || record.seq <= position.seq) return;
      position.seq = record.seq;
      positions.set(slot, record.seq);
      counts.records += 1;
      if (record.protocol === 'control') {
        addControl(slot, record);
        return;
      }
      const hearing = keyed(slot, record) ?? isCopy(slot, record);
      if (hearing === 'second') {
        counts.copies += 1;
        const cell = record.protocol === 'custom' ? undefined : bothCells[pairing.copyTag() - firstId];
        if (cell !== undefined) rows.patchBoolean(cell, true);
        return;
      }
      if (hearing === 'perhaps') counts.perhaps += 1;
      addTrap(slot, record, hearing === 'perhaps');
    },
    tell: (draft) => void drafts.push(draft),
    isFull: () => counts.records >= recordsMax || rows.size() >= limits.batchBytesMax,
    isEmpty: () => counts.records === 0 && drafts.length === 0,
    counts,
    positions,
    finish(term) {
      if (!isPaired && session.positions.size === 2 && pairing.counts().segments > 0) {
        pairing.forget(0);
        pairing.forget(1);
      }
      const changes: PairingChanges = pairing.take();
      const journals = [...session.positions].map(([slot, { seq }]) => ({
        slot,
        seq,
        ...pairing.state(slot),
      }));
      return {
        commit: { term, ids: { from: firstId, next: session.nextId }, journals, changes, keys, rows },
        drafts,
      };
    },
  };
};

const readNote = (record: TrapRecord) => {
  try {
    return controlNoteSchema.parse(JSON.parse(new TextDecoder().decode(record.payload)));
  } catch {
    return null;
  }
};

const NO_SCOPES: ReadonlySet<string> = new Set();
const inTheOpen = (trap: ParsedTrap): PlacedTrap => ({ ...trap, node: null, scopes: NO_SCOPES });

const unjudgedDraft = (trap: PlacedTrap, trapId: number, fault: string): EventDraft => ({
  at: new Date(trap.receivedMs),
  priority: 'unknown',
  code: 'trap_received',
  node: trap.node,
  message: `A message of ${trap.address} could not be judged, ${fault}`,
  details: { protocol: trap.protocol, address: trap.address },
  trapId,
});

const refusedDraft = (trap: PlacedTrap, trapId: number, { says }: Refusal): EventDraft => ({
  at: new Date(trap.receivedMs),
  priority: 'unknown',
  code: 'trap_received',
  node: null,
  message: `A message of ${trap.address} could not be stored with what it says, only as it came: ${says}`,
  details: { protocol: trap.protocol, address: trap.address },
  trapId,
});
