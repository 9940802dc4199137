/** What the stage offers to scenarios: traps that wait for a moment, and delays of messages. Implemented by `stage.ts`. */
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import type { Host } from './host.ts';
import type { ScenarioName } from './options.ts';

/** Waits for a moment; each handler says whether its moment has come, and then the trap is gone. */
export interface Trap {
  readonly persists?: (host: Host, record: VoterRecord) => boolean;
  readonly written?: (host: Host) => boolean;
  readonly proposes?: (host: Host, message: PairMessage) => boolean;
}

/** Extra delay of a message in ms; `keep` takes it off the network, to be delivered by the trap itself. */
export type Delay = (host: Host, message: PairMessage) => number;
export const KEEP = -1;

export interface Stage {
  readonly begin: (name: ScenarioName) => void;
  readonly end: () => void;
  readonly set: (trap: Trap) => void;
  /** Delays messages for that long from now. */
  readonly delay: (lengthMs: number, how: Delay) => void;
  readonly persists: (host: Host, record: VoterRecord) => void;
  readonly written: (host: Host) => void;
  readonly sends: (host: Host, message: PairMessage) => number;
}
