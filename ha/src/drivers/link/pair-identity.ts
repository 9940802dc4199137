/**
 * Who this host is in a pair: `HOME/keeper/pair.json`. A home without it is a single manager's.
 *
 * Responsible for its shape, reading, writing and removing. Not responsible for getting it (`join-client.ts`, or the keeper that creates a
 * pair), nor for what the voter has promised (`../voter-store`). Called by the keeper and the witness program.
 */
import path from 'node:path';
import * as z from 'zod';
import { addressBookSchema } from '@nezuban/protocol/pair/pair-link';
import { clusterIdSchema, voterIdSchema } from '@nezuban/protocol/pair/roster';
import { readPrivateFile, removePrivateFile, writePrivateFile } from './private-file.ts';

export const pairIdentitySchema = z.strictObject({
  cluster: clusterIdSchema,
  id: voterIdSchema,
  kind: z.enum(['member', 'witness']),
  /** Where this member listens, `HOST:PORT`; null: a witness, which only dials. */
  listen: z.string().max(300).nullable(),
  /** PEM: own certificate, its key, and the CA that the others are checked against. */
  certificate: z.string().max(20_000),
  privateKey: z.string().max(20_000),
  ca: z.string().max(20_000),
  book: addressBookSchema,
  profile: z.enum(['lan', 'wan']),
  tieBreaker: z.enum(['witness', 'fence', 'manual']),
  /** Program and arguments that power the peer off; null: there is none. */
  fenceCommand: z.array(z.string().max(4_000)).min(1).max(100).nullable(),
  /** How users and devices find the master: floating address, hook. Their drivers know the keys. Null: by the hosts' own addresses. */
  address: z.record(z.string().max(100), z.unknown()).nullable(),
  /** Where the voter's record lies; null: beside this file. */
  voterDirectory: z.string().max(4_000).nullable(),
  /** Name of the node that is this host's own agent; null: none that is known. */
  localNode: z.string().max(100).nullable(),
});
export type PairIdentity = z.infer<typeof pairIdentitySchema>;

const FILE_NAME = 'pair.json';

/** `directory` is `HOME/keeper`. Null: this home is of no pair. Throws a `LinkError` with one sentence if the file is damaged. */
export function readPairIdentity(directory: string): PairIdentity | null {
  return readPrivateFile(
    path.join(directory, FILE_NAME),
    pairIdentitySchema,
    'restore it from a backup, or let this host join the pair anew',
  );
}

export async function writePairIdentity(directory: string, identity: PairIdentity): Promise<void> {
  await writePrivateFile(path.join(directory, FILE_NAME), pairIdentitySchema.parse(identity));
}

/** This host is of no pair any more. */
export async function removePairIdentity(directory: string): Promise<void> {
  await removePrivateFile(path.join(directory, FILE_NAME));
}
