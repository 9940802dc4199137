/**
 * What the keepers of a pair say to each other beside the messages of `messages.ts`: greeting, questions, joining.
 *
 * Responsible for shapes, names and limits. Carried by `ha/src/drivers/link`: one TLS port, whose first bytes (the ALPN name) tell duty
 * messages, bulk data and joining apart. Every frame of a duty or join connection is one JSON line.
 */
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { pairMessageSchema } from './messages.ts';
import { clusterIdSchema, startIdSchema, voterIdSchema } from './roster.ts';
import { keeperViewSchema } from './status.ts';

export const PAIR_PORT = 7382;
/** Raised when a keeper of the release before could misread a frame. */
export const PAIR_LINK_VERSION = 1;

export const pairAlpn = {
  /** Duty messages, questions, pings: small, and never late. Handled in the keeper's own process. */
  duty: 'nezuban-duty/1',
  /** Replication stream, base copy, the console for users of the standby: handled in the link process, at lower priority. */
  bulk: 'nezuban-bulk/1',
  /** For a host that has no certificate yet, but a one-time token. */
  join: 'nezuban-join/1',
} as const;

/** Common name of a certificate of the pair: `pair:<voter id>`. Agents' certificates, of the same CA, are refused. */
export const pairCommonName = (id: string): string => `pair:${id}`;
/** DNS name in every certificate of the pair; checked instead of addresses. */
export const pairServerName = 'nezuban-pair';

export const pairLinkLimits = {
  frameBytesMax: 256 * 1024,
  /** A connection on which nothing was sent for this long gets a ping. */
  pingMs: 250,
  /** Bytes that wait in one duty connection; more are dropped, since every duty message may be lost and a late one is worth nothing. */
  waitingBytesMax: 64 * 1024,
  answerMs: 5_000,
} as const;

/** Services behind the bulk side; the first line of a bulk connection names one: `{"service":"postgres"}`. */
export const bulkServiceSchema = z.enum(['postgres', 'console', 'intake']);
export type BulkService = z.infer<typeof bulkServiceSchema>;
export const bulkHeadSchema = z.strictObject({ service: bulkServiceSchema });

/** Where a host of the pair is reached. Addresses are `HOST:PORT`; members are dialled by all voters, witnesses by nobody. */
export const memberAddressSchema = z.strictObject({
  id: voterIdSchema,
  /** The host's name, for people. */
  name: z.string().min(1).max(255),
  /** Of the pair's own port. */
  address: z.string().min(3).max(300),
  /** Where agents connect on that host. */
  agentAddress: z.string().max(300).nullable(),
  consoleUrl: z.string().max(500).nullable(),
});
export type MemberAddress = z.infer<typeof memberAddressSchema>;

/** All members' addresses; the higher revision counts. Told by the master to whoever connects. */
export const addressBookSchema = z.strictObject({
  revision: z.int().min(0),
  members: z.array(memberAddressSchema).max(2),
});
export type AddressBook = z.infer<typeof addressBookSchema>;

/**
 * Files below `HOME/manager` that both hosts must have alike: the CA and the key of the stored secrets. Named by their path there; contents
 * are base64.
 */
export const sharedFilesSchema = z.strictObject({
  files: z.array(z.strictObject({ path: z.string().max(200), content: z.string().max(100_000) })).max(20),
  /** SHA-256 over names and contents, hex. */
  digest: z.string().max(64),
});
export type SharedFiles = z.infer<typeof sharedFilesSchema>;

export const operatorCommandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('switch') }),
  z.strictObject({ do: z.literal('recover') }),
  z.strictObject({ do: z.literal('maintenance'), on: z.boolean() }),
  z.strictObject({ do: z.literal('promote'), peerIsOff: z.boolean() }),
  z.strictObject({ do: z.literal('force-master'), confirmedOff: z.array(voterIdSchema).max(9) }),
  /** Takes that member out of the pair, the other one stays single. */
  z.strictObject({ do: z.literal('remove-member'), member: voterIdSchema }),
  /** `null`: any agent that is suited. */
  z.strictObject({ do: z.literal('witness'), node: z.string().max(100).nullable() }),
  z.strictObject({ do: z.literal('tie-breaker'), tieBreaker: z.enum(['witness', 'fence', 'manual']) }),
]);
export type OperatorCommand = z.infer<typeof operatorCommandSchema>;

export const commandResultSchema = z.strictObject({ ok: z.boolean(), says: z.string() });
export type CommandResult = z.infer<typeof commandResultSchema>;

/** Questions from keeper to keeper. */
export const peerQuestionSchema = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('view') }),
  z.strictObject({ ask: z.literal('shared-files') }),
  z.strictObject({ ask: z.literal('command'), command: operatorCommandSchema }),
  /** To the master: certify this request anew (PKCS#10, PEM). */
  z.strictObject({ ask: z.literal('certificate'), csr: z.string().max(10_000) }),
  /** To the master: a token with which the local agent of the asker enrols. */
  z.strictObject({ ask: z.literal('agent-token') }),
  /** Changes nothing; the answer's time is the round trip. */
  z.strictObject({ ask: z.literal('echo'), text: z.string().max(1000) }),
]);
export type PeerQuestion = z.infer<typeof peerQuestionSchema>;
export const peerAnswerSchema = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('view'), view: keeperViewSchema }),
  z.strictObject({ to: z.literal('shared-files'), shared: sharedFilesSchema }),
  z.strictObject({ to: z.literal('command'), result: commandResultSchema }),
  z.strictObject({ to: z.literal('certificate'), certificate: z.string(), ca: z.string() }),
  z.strictObject({ to: z.literal('agent-token'), token: z.string() }),
  z.strictObject({ to: z.literal('echo'), text: z.string() }),
  /** It could not be answered: why, in one sentence. */
  z.strictObject({ to: z.literal('refused'), says: z.string() }),
]);
export type PeerAnswer = z.infer<typeof peerAnswerSchema>;

/** First frame of either side on a duty connection. A side that finds the other's release or protocol too far away closes with a reason. */
export const dutyHelloSchema = z.strictObject({
  type: z.literal('hello'),
  protocol: z.int(),
  release: z.string().max(50),
  cluster: clusterIdSchema,
  id: voterIdSchema,
  startId: startIdSchema,
  kind: z.enum(['member', 'witness']),
  /** The host's name, for people. */
  name: z.string().max(255),
  clock: instantSchema,
});
export type DutyHello = z.infer<typeof dutyHelloSchema>;

export const dutyFrameSchema = z.discriminatedUnion('type', [
  dutyHelloSchema,
  z.strictObject({ type: z.literal('message'), message: pairMessageSchema }),
  z.strictObject({ type: z.literal('ping'), n: z.int() }),
  z.strictObject({ type: z.literal('pong'), n: z.int() }),
  z.strictObject({ type: z.literal('addresses'), book: addressBookSchema }),
  z.strictObject({ type: z.literal('question'), n: z.int(), question: peerQuestionSchema }),
  z.strictObject({ type: z.literal('answer'), n: z.int(), answer: peerAnswerSchema }),
  /** The last frame before the sender closes: one sentence that the other side shows. */
  z.strictObject({ type: z.literal('refused'), says: z.string().max(1000) }),
]);
export type DutyFrame = z.infer<typeof dutyFrameSchema>;

/** `nzp_<secret>.<fingerprint>`: 32 random bytes, and the SHA-256 of the CA's certificate (DER), both base64url; as with agents. */
export const pairTokenPattern = /^nzp_([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export const joinRequestSchema = z.strictObject({
  token: z.string().regex(pairTokenPattern, 'is not a token of a pair'),
  kind: z.enum(['member', 'witness']),
  csr: z.string().max(10_000),
  name: z.string().min(1).max(255),
  release: z.string().max(50),
  protocol: z.int(),
  clock: instantSchema,
  /** Of a member: where it will listen. The address may be `:PORT`: then the address that the connection came from is used. */
  address: z.string().max(300).nullable(),
  agentAddress: z.string().max(300).nullable(),
  consoleUrl: z.string().max(500).nullable(),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinResponseSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(false), code: z.string(), says: z.string() }),
  z.strictObject({
    ok: z.literal(true),
    cluster: clusterIdSchema,
    id: voterIdSchema,
    certificate: z.string(),
    ca: z.string(),
    book: addressBookSchema,
    /** Of a member: CA and secrets, before it can ever count as in sync. */
    shared: sharedFilesSchema.nullable(),
    profile: z.enum(['lan', 'wan']),
  }),
]);
export type JoinResponse = z.infer<typeof joinResponseSchema>;
