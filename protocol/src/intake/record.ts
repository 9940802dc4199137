/**
 * What the intake of a host has heard, as it lies in the journal and travels to the manager on duty.
 *
 * Responsible for the shape of a record and its bytes. A record in a segment or a frame is, little endian:
 *
 *     u32 length of the body · u32 CRC-32 of the body · body
 *     body: u64 seq · u64 receivedUs · u8 protocol · u8 flags · u8[16] address · u16 port · u16 length of extra · extra (JSON) · payload
 *
 * Not responsible for files (`intake/src/journal`) nor for reading what devices say (`core/src/traps`). Encoding is the intake's, which knows
 * faster ways for its own buffers; a test there holds both against each other.
 */

/** `control`: the intake speaks of itself; payload is JSON, see `controlNoteSchema` (hand-over.ts). */
export const trapProtocols = ['syslog', 'snmp', 'custom', 'control'] as const;
export type TrapProtocol = (typeof trapProtocols)[number];

/** Bits of `flags`. */
export const recordFlags = {
  /** The sender meant more than was kept. */
  truncated: 1,
  stream: 2,
  tls: 4,
  /** SNMPv3: the payload is the scoped PDU, authentic and in clear; who said it stands in `extra`. */
  authentic: 8,
} as const;

export type TrapRecord = {
  /** Counts up by one within a journal, from 1. */
  readonly seq: number;
  /** By the clock of the host that heard it, microseconds since 1970. */
  readonly receivedUs: number;
  readonly protocol: TrapProtocol;
  readonly flags: number;
  /** IPv6, or IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
  readonly address: Uint8Array;
  readonly port: number;
  /** What the receiver knows beside the payload: SNMPv3 user and engine, HTTP idempotency key, name in a client certificate. */
  readonly extra: Readonly<Record<string, string>> | null;
  readonly payload: Uint8Array;
};

export const RECORD_HEAD_BYTES = 8;
/** Of the body up to `extra`. */
export const RECORD_FIXED_BYTES = 8 + 8 + 1 + 1 + 16 + 2 + 2;
/** A datagram is at most 65,507; streams and HTTP are cut to it (flag `truncated`). */
export const RECORD_PAYLOAD_MAX = 65_535;
export const RECORD_EXTRA_MAX = 4_096;
