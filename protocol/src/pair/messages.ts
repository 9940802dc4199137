/**
 * What the voters of a pair say to each other.
 *
 * Responsible for shapes and versions. Not responsible for when something is said (`ha/src/decision`) or how it travels (the link).
 * Every message is idempotent, carries cluster, version and the sender's highest term, and may be lost, doubled or reordered.
 */
import * as z from 'zod';
import {
  clusterIdSchema,
  lsnSchema,
  rosterPositionSchema,
  rosterSchema,
  startIdSchema,
  termSchema,
  tokenSchema,
  voterIdSchema,
} from './roster.ts';

/** Raised when a voter of the release before could misread a message. Voters one apart understand each other. */
export const PAIR_PROTOCOL_VERSION = 1;

/** Highest position that both members have acknowledged, comparable within one lineage term only. */
export const ackedPositionSchema = z.strictObject({ lineage: termSchema, lsn: lsnSchema });
export type AckedPosition = z.infer<typeof ackedPositionSchema>;

/** What a member tells the master about itself, with each answer to a heartbeat. */
export const memberReportSchema = z.strictObject({
  /** Token in its data directory; null without a usable directory. */
  token: tokenSchema.nullable(),
  /** Term of the last promotion that its data contains. */
  lineage: termSchema,
  flushed: lsnSchema,
  streaming: z.boolean(),
  healthy: z.boolean(),
  maintenance: z.boolean(),
  /** Voters that it has heard lately. */
  heard: z.array(voterIdSchema).max(16),
});
export type MemberReport = z.infer<typeof memberReportSchema>;

export const pairMessageBodySchema = z.discriminatedUnion('type', [
  /** Master to all voters and members, each heartbeat interval. `epoch`: the peer shall stream under the name of this epoch. */
  z.strictObject({
    type: z.literal('heartbeat'),
    seq: z.int(),
    position: rosterPositionSchema,
    decided: rosterPositionSchema,
    acked: ackedPositionSchema,
    epoch: z.int().min(0),
  }),
  /** Gives a promise to the master. `position`: the roster that the sender holds. */
  z.strictObject({
    type: z.literal('heartbeat-ack'),
    seq: z.int(),
    position: rosterPositionSchema,
    member: memberReportSchema.nullable(),
  }),
  /** "Would you vote for me in `newTerm`?" Changes nothing at the voter. `roster`: as in `request-vote`. */
  z.strictObject({ type: z.literal('pre-vote'), newTerm: termSchema, roster: rosterSchema }),
  z.strictObject({
    type: z.literal('pre-vote-answer'),
    newTerm: termSchema,
    granted: z.boolean(),
    roster: rosterSchema.nullable(),
  }),
  /** The term asked for is the message's own. `roster`: the candidate's, for a new voter that has not seen any yet. */
  z.strictObject({ type: z.literal('request-vote'), roster: rosterSchema }),
  z.strictObject({
    type: z.literal('vote'),
    forTerm: termSchema,
    granted: z.boolean(),
    roster: rosterSchema.nullable(),
    acked: ackedPositionSchema,
  }),
  z.strictObject({ type: z.literal('propose'), roster: rosterSchema }),
  z.strictObject({ type: z.literal('accepted'), position: rosterPositionSchema }),
  /** "I shall not act in this term any more": everything is stopped. `to`: this member may ask for votes at once. */
  z.strictObject({ type: z.literal('resign'), resignedTerm: termSchema, to: voterIdSchema.nullable() }),
  z.strictObject({ type: z.literal('ask-roster') }),
  z.strictObject({
    type: z.literal('roster-answer'),
    roster: rosterSchema.nullable(),
    /** Milliseconds since the sender heard a master that has not resigned, and which; -1: there is none. */
    heardMasterAgoMs: z.number(),
    heardMaster: voterIdSchema.nullable(),
    /** The sender holds a fence vote against the receiver, or its fence command runs. */
    fencesYou: z.boolean(),
  }),
  /** The sender's term is higher than that of the message it answers. */
  z.strictObject({ type: z.literal('outdated') }),
]);
export type PairMessageBody = z.infer<typeof pairMessageBodySchema>;

export const pairMessageSchema = z.strictObject({
  version: z.int(),
  cluster: clusterIdSchema,
  from: voterIdSchema,
  to: voterIdSchema,
  /** New at each start of the sender's keeper. */
  startId: startIdSchema,
  /** The receiver's start id as far as the sender knows it. */
  toStartId: startIdSchema.nullable(),
  term: termSchema,
  body: pairMessageBodySchema,
});
export type PairMessage = z.infer<typeof pairMessageSchema>;
