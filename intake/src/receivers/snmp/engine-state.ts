/**
 * What the SNMP receiver remembers over restarts: its own engine (id and how often it has started, RFC 3414, 2.2) and the clocks of the
 * engines that send to it, so that what was recorded before a restart cannot be played again after it.
 *
 * Responsible for the file and for whether a time is in its window. Not responsible for who may change a clock: only authentic messages do
 * (`usm.ts`).
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import type { Clock } from '@nezuban/platform/clock';
import * as z from 'zod';
import { snmpLimits } from './snmp-limits.ts';

const stateSchema = z.object({
  engineId: z.string().regex(/^(?:[0-9a-f]{2}){5,32}$/),
  boots: z.int().min(0).max(snmpLimits.bootsMax),
  /** By engine id. */
  peers: z
    .record(z.string(), z.object({ boots: z.int().min(0), time: z.int().min(0), atMs: z.number() }))
    .default({}),
});
type StoredState = z.output<typeof stateSchema>;

type Peer = { boots: number; time: number; heardMs: number };

export type EngineState = {
  readonly engineId: Buffer;
  readonly engineHex: string;
  readonly boots: number;
  /** Seconds since this start. */
  readonly time: () => number;
  /** Whether what says to be of this moment of our own engine is in its window. */
  readonly isOwnTime: (boots: number, time: number) => boolean;
  /** The same for a sender's engine, whose clock it moves on (RFC 3414, 3.2, 7 b). Only for authentic messages. */
  readonly hearPeer: (engineHex: string, boots: number, time: number) => boolean;
  /** Writes if something has changed. */
  readonly save: () => Promise<void>;
};

/** RFC 3411, SnmpEngineID: the first bit set, no enterprise's number, format 5 (octets of our own choice). */
const newEngineId = (): string => `8000000005${randomBytes(8).toString('hex')}`;

/** Reads the file and raises `boots` in it. A file that holds nothing of ours is put aside. Throws what the file system says. */
export const openEngineState = async (file: string, clock: Clock): Promise<EngineState> => {
  const before = await readState(file);
  const worn = before === null || before.boots >= snmpLimits.bootsMax;
  const own = worn
    ? { engineId: newEngineId(), boots: 1 }
    : { engineId: before.engineId, boots: before.boots + 1 };
  const startedMs = clock.monotonicMs();
  const peers = new Map<string, Peer>();
  for (const [engine, { boots, time, atMs }] of Object.entries(before?.peers ?? {}))
    peers.set(engine, { boots, time, heardMs: startedMs - Math.max(0, clock.epochMs() - atMs) });
  let dirty = false;

  const toStored = (): StoredState => {
    const nowMs = clock.monotonicMs();
    const entries = [...peers].map(([engine, { boots, time, heardMs }]) => [
      engine,
      { boots, time, atMs: Math.round(clock.epochMs() - (nowMs - heardMs)) },
    ]);
    return { ...own, peers: Object.fromEntries(entries) as StoredState['peers'] };
  };
  const time = (): number => Math.floor((clock.monotonicMs() - startedMs) / 1000);

  await writeState(file, toStored());
  return {
    engineId: Buffer.from(own.engineId, 'hex'),
    engineHex: own.engineId,
    boots: own.boots,
    time,
    isOwnTime: (boots, said) =>
      boots === own.boots && Math.abs(said - time()) <= snmpLimits.timeWindowS && boots < snmpLimits.bootsMax,
    hearPeer(engineHex, boots, said) {
      const nowMs = clock.monotonicMs();
      const peer = peers.get(engineHex);
      if (peer === undefined || boots > peer.boots || (boots === peer.boots && said > peer.time)) {
        // Set anew, so that the map is in the order of last hearing.
        peers.delete(engineHex);
        peers.set(engineHex, { boots, time: said, heardMs: nowMs });
        dirty = true;
        if (peers.size > snmpLimits.peersMax) forgetFirst(peers);
        return boots < snmpLimits.bootsMax;
      }
      const believed = peer.time + (nowMs - peer.heardMs) / 1000;
      return boots === peer.boots && boots < snmpLimits.bootsMax && said >= believed - snmpLimits.timeWindowS;
    },
    async save() {
      if (!dirty) return;
      dirty = false;
      await writeState(file, toStored());
    },
  };
};

const forgetFirst = (peers: Map<string, Peer>): void => {
  for (const engine of peers.keys()) {
    peers.delete(engine);
    return;
  }
};

const readState = async (file: string): Promise<StoredState | null> => {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const stored = parseState(text);
  // Damaged: it is kept for whoever wants to know, and this engine is a new one, to which senders of informs find by themselves.
  if (stored === null) await fs.rename(file, `${file}.damaged`);
  return stored;
};

const parseState = (text: string): StoredState | null => {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

/** Whole or not at all, also when the power fails. */
const writeState = async (file: string, state: StoredState): Promise<void> => {
  const draft = `${file}.new`;
  const handle = await fs.open(draft, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(draft, file);
};
