// Every bound of the API server, with the reason.
import { definitionSetLimits } from '@nezuban/protocol/api/definitions-operations';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { mibUploadLimits } from '@nezuban/protocol/traps/snmp-names';

export const httpLimits = {
  /** A JSON body. The largest honest one is a notification rule with a thousand nets. */
  bodyBytesMax: 1024 * 1024,
  /** A YAML file is judged by its own limit first, with a message about definitions; this only stops what is far beyond it. */
  yamlBodyBytesMax: definitionLimits.fileBytesMax + 64 * 1024,
  /** JSON spells the same definition with more quotes and braces than YAML. */
  definitionBodyBytesMax: 2 * definitionLimits.fileBytesMax,
  /** Many files at once, spelled as JSON strings. */
  definitionSetBodyBytesMax: 2 * definitionSetLimits.charsMax,
  /** Line ends and quotes of a text take two bytes in JSON. */
  mibBodyBytesMax: 1.5 * mibUploadLimits.uploadCharsMax,
  /** Of a body that is refused for its size, so much is still taken and dropped: a client that is cut off while it sends never reads why. */
  refusedBodyDrainBytesMax: 64 * 1024 * 1024,
  refusedBodyDrainMs: 5_000,
  /** A name of 200 characters, each percent-encoded from 4 bytes of UTF-8. */
  parameterCharsMax: 2_400,
  /** Headers and body must have arrived within this time: slow senders do not hold sockets. */
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  tlsHandshakeTimeoutMs: 10_000,
  /** How often these are looked after; the usual 30 s would let a silent stranger keep his socket four times as long. */
  slowCheckIntervalMs: 2_000,
  /** Longer than the usual 60 s of proxies would be a race; browsers open a new connection in a millisecond. */
  keepAliveTimeoutMs: 5_000,
  /** An operation that takes longer is answered with 503. Above the database's own limits, which say more. */
  handlerTimeoutMs: 40_000,
  /** Sockets at once; a browser holds up to six. */
  connectionsMax: 2_000,
  /** Requests of one connection before it is closed, so that a renewed certificate and a balancer get their turn. */
  requestsPerSocketMax: 10_000,
  /** How long a stop waits for requests under way before their sockets are cut. */
  stopGraceMs: 3_000,
  readyTimeoutMs: 2_000,
} as const;
