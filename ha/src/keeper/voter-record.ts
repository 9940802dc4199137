// The voter record of this host, opened at each start.
// Responsible for the record of a host that is alone: made at the first start, and anew when its data is no longer the data that the record
// speaks of (a restored backup, an emptied folder): nobody else could be harmed. The record of a pair's member is never made here: it is
// made when the host joins, and one that is lost stays lost; so does a pair whose `pair.json` is lost while its record is there. Not responsible for the store itself (`../drivers/voter-store`). Called by the
// keeper.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import {
  clusterIdSchema,
  voterIdSchema,
  type Roster,
  type VoterId,
  type VoterRecord,
} from '@nezuban/protocol/pair/roster';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { createFileVoterStore, createVoterFile } from '../drivers/voter-store/voter-store-file.ts';
import type { VoterStore } from '../drivers/voter-store/voter-store.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { isSingleRoster } from './pair-status.ts';

const identitySchema = z.strictObject({ cluster: clusterIdSchema, id: voterIdSchema });
type VoterIdentity = z.infer<typeof identitySchema>;

export type OpenedVoter = { readonly store: VoterStore; readonly record: VoterRecord };

export type VoterPlace = {
  /** `HOME/keeper`, or where an operator wants the record: best not on the file system of PostgreSQL's data. */
  readonly directory: string;
  readonly id: VoterId;
  /** Of a member of a pair; null while this host has never been part of one. */
  readonly paired: VoterIdentity | null;
};

/** What the data directory says about itself. */
export type DirectoryFacts = { readonly token: string | null; readonly systemIdentifier: string | null };

const ID_BYTES = 2;
const CLUSTER_BYTES = 6;
const NAME_LENGTH_MAX = 28;

/** Opens the record. Throws an `ExitError` with one sentence if this host may not vote. */
export async function openVoter(
  ports: { readonly timers: Timers; readonly logger: Logger },
  place: VoterPlace,
  directory: DirectoryFacts,
): Promise<OpenedVoter> {
  fs.mkdirSync(place.directory, { recursive: true, mode: 0o700 });
  if (place.paired !== null) return await openPaired(ports, place, place.paired);
  const identity = readIdentity(place.directory);
  if (identity !== null && identity.id === place.id) {
    const opened = await load(ports, place.directory, identity);
    if (opened.ok) {
      const { roster } = opened.voter.record;
      const own = roster?.inSync[identity.id];
      if (roster !== null && !isSingleRoster(roster, identity.id)) {
        await opened.voter.store.close();
        throw new ExitError(EXIT.cannotStart, lostPairSentence(place.directory, identity.id));
      }
      if (isSingleRoster(roster, identity.id) && own !== undefined && own === directory.token)
        return opened.voter;
      ports.logger.warn(
        'the data directory is another one than at the last start; this host is alone, so it begins anew',
      );
      await opened.voter.store.close();
    } else {
      ports.logger.warn(
        { reason: opened.sentence },
        'the voter record is lost; this host is alone, so it begins anew',
      );
    }
  }
  return await createSingle(ports, place.directory, {
    directory,
    id: place.id,
  });
}

/** The id of a host that is part of no pair: that of its last start, or a new one. */
export function chooseVoterId(directory: string): VoterId {
  return readIdentity(directory)?.id ?? newVoterId(os.hostname());
}

/** The second half of a cluster's id; see `createSingle`. */
export function systemIdentifierOf(cluster: string): string | null {
  return cluster.split('.')[1] ?? null;
}

/** A new voter's id: readable in logs, and never met before. */
export function newVoterId(hostName: string): VoterId {
  const readable = hostName
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, NAME_LENGTH_MAX);
  return `${readable === '' ? 'host' : readable}.${randomBytes(ID_BYTES).toString('hex')}`;
}

export function voterFileIn(directory: string): string {
  return path.join(directory, 'voter.slots');
}

/** The record of a host that has just joined: it has promised nothing and knows nothing. */
export async function createJoinedVoter(directory: string, identity: VoterIdentity): Promise<void> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  setAside(voterFileIn(directory));
  const record: VoterRecord = {
    ...identity,
    term: 0,
    votedFor: null,
    roster: null,
    fence: null,
    maintenance: false,
  };
  const created = await createVoterFile(voterFileIn(directory), record);
  if (!created.ok) throw new ExitError(EXIT.cannotStart, created.sentence);
}

async function openPaired(
  ports: { readonly timers: Timers; readonly logger: Logger },
  place: VoterPlace,
  identity: VoterIdentity,
): Promise<OpenedVoter> {
  const opened = await load(ports, place.directory, identity);
  if (opened.ok) return opened.voter;
  throw new ExitError(
    EXIT.cannotStart,
    `The voter record of this host cannot be used (${opened.sentence.replace(/\.$/, '')}), so it may have forgotten its promises and must not vote: on the other host type "nezuban pair leave --host ${identity.id}", then "nezuban pair create", and join this host anew.`,
  );
}

async function load(
  ports: { readonly timers: Timers; readonly logger: Logger },
  directory: string,
  identity: VoterIdentity,
): Promise<{ ok: true; voter: OpenedVoter } | { ok: false; sentence: string }> {
  const store = createFileVoterStore({ timers: ports.timers }, { ...identity, file: voterFileIn(directory) });
  const loaded = await store.load();
  if (!loaded.ok) return { ok: false, sentence: loaded.sentence };
  for (const warning of loaded.warnings) ports.logger.warn(warning);
  return { ok: true, voter: { store, record: loaded.record } };
}

async function createSingle(
  ports: { readonly timers: Timers; readonly logger: Logger },
  folder: string,
  { directory, id }: { readonly directory: DirectoryFacts; readonly id: VoterId },
): Promise<OpenedVoter> {
  const { cluster } = await writeSingle(folder, { directory, id, term: 1, timeline: 1 });
  const opened = await load(ports, folder, { cluster, id });
  if (!opened.ok) throw new ExitError(EXIT.cannotStart, opened.sentence);
  return opened.voter;
}

/**
 * The record of a host whose data was restored from a backup: alone, and of a term above all that agents can have seen, so that they obey it.
 * The data directory holds the token already. Called by `ha/src/backup/restore-backup.ts`.
 */
export async function createRestoredVoter(
  folder: string,
  restored: {
    readonly id: VoterId;
    readonly token: string;
    readonly systemIdentifier: string;
    readonly term: number;
    readonly timeline: number;
  },
): Promise<void> {
  const { id, token, systemIdentifier, term, timeline } = restored;
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  await writeSingle(folder, { directory: { token, systemIdentifier }, id, term, timeline });
}

type SingleFacts = {
  readonly directory: DirectoryFacts;
  readonly id: VoterId;
  readonly term: number;
  readonly timeline: number;
};

async function writeSingle(
  folder: string,
  { directory, id, term, timeline }: SingleFacts,
): Promise<VoterIdentity> {
  if (directory.token === null)
    throw new ExitError(
      EXIT.cannotStart,
      `The data directory of this home is that of another host or of a member of a pair, and ${folder} does not say which: restore that folder from a backup too, or join a pair with "nezuban pair join ... --set-data-aside".`,
    );
  const cluster = `${randomBytes(CLUSTER_BYTES).toString('hex')}.${directory.systemIdentifier ?? '0'}`;
  const roster: Roster = {
    term,
    revision: 1,
    master: id,
    phase: 'active',
    inSync: { [id]: directory.token },
    voters: [[id]],
    base: null,
    tieBreaker: 'witness',
    members: [id],
    lineage: [{ term, member: id, timeline, startLsn: 0, lossy: false }],
    epoch: 0,
    forced: null,
  };
  const record: VoterRecord = { cluster, id, term, votedFor: id, roster, fence: null, maintenance: false };
  // A start that is cut off between these two leaves a record without a name; the next start begins anew.
  fs.rmSync(identityFileIn(folder), { force: true });
  setAside(voterFileIn(folder));
  const created = await createVoterFile(voterFileIn(folder), record);
  if (!created.ok) throw new ExitError(EXIT.cannotStart, created.sentence);
  writeIdentity(folder, { cluster, id });
  return { cluster, id };
}

/** Beginning anew here would make a second master beside the other host's, with the same data and the same agents. */
function lostPairSentence(directory: string, id: VoterId): string {
  return `This host is a member of a pair, as ${id}, and the file that says so is missing: restore ${path.join(directory, 'pair.json')} from a backup, or on the other host type "nezuban pair leave --host ${id}", then "nezuban pair create", and join this host anew with --set-data-aside.`;
}

function setAside(file: string): void {
  if (fs.existsSync(file)) fs.renameSync(file, `${file}.old`);
}

function identityFileIn(directory: string): string {
  return path.join(directory, 'voter.json');
}

function readIdentity(directory: string): VoterIdentity | null {
  try {
    return identitySchema.parse(JSON.parse(fs.readFileSync(identityFileIn(directory), 'utf8')));
  } catch {
    // None yet, or one that is damaged: the record is then made anew, which harms nobody on a host that is alone.
    return null;
  }
}

function writeIdentity(directory: string, identity: VoterIdentity): void {
  const file = identityFileIn(directory);
  fs.writeFileSync(`${file}.draft`, JSON.stringify(identity), { mode: 0o600, flush: true });
  fs.renameSync(`${file}.draft`, file);
}
