/**
 * The roster, the one replicated record of a pair, and what a voter keeps on its disk.
 *
 * Responsible for their shapes. Not responsible for who may propose or accept a roster (`ha/src/decision`), nor for how the record
 * gets onto the disk (`ha/src/drivers/voter-store`). Source: the pair's protocol in `docs/internals/ha.md`.
 */
import * as z from 'zod';

/** Random identity of a voter, made at its admission: an emptied disk comes back under another one. */
export const voterIdSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/);
export type VoterId = z.infer<typeof voterIdSchema>;

/** Identity of a pair: its random id and the system identifier of its database. */
export const clusterIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
/** New at each start of a keeper. */
export const startIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/);

/** Number of an election; the highest wins. Each term has at most one master. */
export const termSchema = z.int().min(0);
export type Term = number;

/** Byte position in the WAL. JavaScript counts exactly to 9 PB, which no cluster writes in its life. */
export const lsnSchema = z.int().min(0);
export type Lsn = number;

/** Lies in the roster and inside the data directory: bytes without it are not those that the roster speaks of. */
export const tokenSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
export type Token = string;

/** One promotion: from `startLsn` on, the WAL is that of `member` in `term`. */
export const lineageEntrySchema = z.strictObject({
  term: termSchema,
  member: voterIdSchema,
  timeline: z.int().min(1),
  startLsn: lsnSchema,
  /** True after `force-master`: acknowledged commits may be missing from here on. */
  lossy: z.boolean(),
});
export type LineageEntry = z.infer<typeof lineageEntrySchema>;

/** Promotions that a roster remembers. A directory older than these is copied anew; more would not fit into a slot of 4 KiB. */
export const LINEAGE_ENTRIES_MAX = 8;
/** The hosts that hold data. */
export const MEMBERS_MAX = 2;
/** Two members and seven witnesses: five voters are enough for any site, and a joint roster names both sets. */
export const VOTERS_MAX = 9;

const voterSetSchema = z.array(voterIdSchema).min(1).max(VOTERS_MAX);

/**
 * `voters` holds one set, or two while voters change (a *joint* roster): then a majority of each is needed for everything.
 * `base` is the set to which an *asymmetric* roster (one voter, the master) must return, else null.
 */
export const rosterSchema = z.strictObject({
  term: termSchema,
  revision: z.int().min(1),
  master: voterIdSchema,
  phase: z.enum(['promoting', 'active']),
  /** Members that hold every acknowledged commit, with the token in their directory. */
  inSync: z
    .record(voterIdSchema, tokenSchema)
    .refine((inSync) => Object.keys(inSync).length <= MEMBERS_MAX, 'at most two members hold data'),
  voters: z.array(voterSetSchema).min(1).max(2),
  base: voterSetSchema.nullable(),
  /** How a lost majority is replaced where there are only two hosts; `witness` everywhere else. */
  tieBreaker: z.enum(['witness', 'fence', 'manual']),
  /** The hosts that hold data. One while single, two in a pair. */
  members: z.array(voterIdSchema).min(1).max(MEMBERS_MAX),
  lineage: z.array(lineageEntrySchema).max(LINEAGE_ENTRIES_MAX),
  /** Raised at each admission of a standby; a part of the name under which it streams. */
  epoch: z.int().min(0),
  /** After `force-master`: the old voters that have not confirmed it yet are still asked. */
  forced: z.strictObject({ oldVoters: z.array(voterSetSchema).min(1).max(2) }).nullable(),
});
export type Roster = z.infer<typeof rosterSchema>;

/** Where a roster stands in the one total order: by term, then by revision. */
export const rosterPositionSchema = z.strictObject({ term: termSchema, revision: z.int().min(0) });
export type RosterPosition = z.infer<typeof rosterPositionSchema>;

/**
 * What a voter keeps. `fence` says that the peer with that start id was surely powered off (by the fence command, or by an operator's
 * word): it stands for the peer's answers until the peer is heard with another start id.
 */
export const voterRecordSchema = z.strictObject({
  cluster: clusterIdSchema,
  id: voterIdSchema,
  term: termSchema,
  votedFor: voterIdSchema.nullable(),
  roster: rosterSchema.nullable(),
  fence: z.strictObject({ peer: voterIdSchema, startId: startIdSchema }).nullable(),
  /** An operator has taken this member out of duty; survives a restart. */
  maintenance: z.boolean(),
});
export type VoterRecord = z.infer<typeof voterRecordSchema>;
