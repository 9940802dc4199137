/**
 * Bounds of the receivers of syslog and HTTP, and why each is what it is. Those of SNMP are `snmp/snmp-limits.ts`.
 */
export const receiverLimits = {
  /** Between two tries for a port or a certificate that cannot be had. */
  retryMs: 5_000,

  /** Asked of the kernel for each UDP socket; it gives at most net.core.rmem_max. What comes while the process is busy waits there. */
  receiveBufferBytes: 16 * 1024 * 1024,
  /** Sockets that share the UDP port. The kernel gives each sender to one of them, so that a storm fills the buffer of a sixteenth of the others alone. */
  udpSockets: 16,

  /** Streams open at once, and of one address; Hinemos takes 200. A process has few thousand file descriptors to spare. */
  connectionsMax: 1_000,
  connectionsPerAddressMax: 250,
  /** Over the bound, the stream that has been silent longest makes room, if it was silent this long: closing a stream can cost its sender a message. */
  evictIdleMs: 60_000,
  /** Dead peers are found by the kernel. Idle streams are never closed otherwise: syslog senders keep theirs open for days. */
  keepAliveMs: 60_000,
  /** A message begun and not gone on with for this long is taken as it is, and the stream ends. */
  partialMs: 120_000,
  /** How often partial messages are looked at. */
  sweepMs: 10_000,
  /** A length before a message (RFC 6587) above this is no length. What is above RECORD_PAYLOAD_MAX is cut. */
  octetCountMax: 8 * 1024 * 1024,
  /** RFC 5425 servers answer within seconds; who does not holds a place. */
  handshakeMs: 10_000,
  /** How often certificate files are looked at: renewed ones count without a restart. */
  certificateLookMs: 10_000,

  /** HTTP: a request that takes longer holds a place. */
  requestMs: 30_000,
  headersMs: 10_000,
  /** Longer than the keep-alive of usual clients, so that they close first and no request meets a closing stream. */
  httpKeepAliveMs: 75_000,
  /** Requests that wait for the disk; more are told to come again. */
  requestsPendingMax: 5_000,
  /** Idempotency keys remembered by this process, and how long: clients repeat within minutes. */
  idempotencyKeysMax: 100_000,
  idempotencyMs: 24 * 3_600_000,
  idempotencyKeyLengthMax: 255,
  /** Said to who is to come again. */
  retryAfterCountedS: 1,
  retryAfterFullS: 5,
} as const;
