/**
 * What a receiver of traps is: one protocol on one port, that gives what it hears to the journal.
 *
 * Responsible for the interface between receivers (`syslog-udp`, `snmp`, ...) and the intake that puts them together. A receiver decides
 * nothing about sources that say too much or a journal that is full: the `TrapSink` does, and says so. Receivers never throw for what a
 * sender does.
 */
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import type { TrapProtocol } from '@nezuban/protocol/intake/record';

export type Heard = {
  readonly protocol: Exclude<TrapProtocol, 'control'>;
  /** As the socket gives it: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`. */
  readonly address: string;
  readonly port: number;
  /** `recordFlags`. */
  readonly flags: number;
  readonly extra: Readonly<Record<string, string>> | null;
  /** The sink copies it before it returns: a receiver may reuse its buffer. */
  readonly payload: Uint8Array;
};

/** `taken`: it is in the buffer of the journal. `counted`: its source says too much, it was summarised. `full`: the journal takes nothing. `denied`: its address may not send. */
export type SinkAnswer = 'taken' | 'counted' | 'full' | 'denied';

export type TrapSink = {
  /** For senders that wait for no answer (UDP). Never waits. */
  readonly hear: (heard: Heard) => SinkAnswer;
  /** For those that do (inform, HTTP): resolves once it is durable, or says why it is not taken. Rejects if the disk failed. */
  readonly hearDurably: (heard: Heard) => Promise<SinkAnswer>;
  /** A datagram's address may send; asked before anything is parsed. */
  readonly mayHear: (address: string) => boolean;
  /** Streams stop reading while it is true: the journal writes as fast as it can. `onRelief` fires once when it is over. */
  readonly isPressed: () => boolean;
  readonly onRelief: (callback: () => void) => void;
};

export type Receiver = {
  readonly name: ReceiverStatus['name'];
  /** Listens as the orders say, or stops, or moves; keeps what is the same. Never throws: a port that cannot be had is shown in `status` and tried again. */
  readonly obey: (orders: IntakeOrders) => Promise<void>;
  readonly status: () => ReceiverStatus;
  /** Idempotent. */
  readonly stop: () => Promise<void>;
};

export type ReceiverPorts = {
  readonly sink: TrapSink;
  readonly timers: Timers;
  readonly logger: Logger;
};
