/**
 * What a witness keeps: who it is (`keeper/pair.json`), what it has promised (`keeper/voter.slots`), and, while it joins, the key that it
 * joins with (`keeper/joining.json`).
 *
 * Responsible for their order: the record is there before the identity, which says that it has joined; the key is there before it is sent,
 * so that a witness whose answer got lost asks with the same one and is known again. A record that is lost is never made anew: a voter
 * that forgets its promises is another voter. Called by `run.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { pairCommonName } from '@nezuban/protocol/pair/pair-link';
import type { VoterRecord } from '@nezuban/protocol/pair/roster';
import { createSigningRequest, type SigningRequest } from '@nezuban/platform/signing-request';
import type { Timers } from '@nezuban/platform/timers';
import { LinkError } from '../drivers/link/link-error.ts';
import { readPairIdentity, writePairIdentity, type PairIdentity } from '../drivers/link/pair-identity.ts';
import { readPrivateFile, removePrivateFile, writePrivateFile } from '../drivers/link/private-file.ts';
import { createFileVoterStore, createVoterFile } from '../drivers/voter-store/voter-store-file.ts';
import type { VoterStore } from '../drivers/voter-store/voter-store.ts';
import { EXIT, ExitError } from '../keeper/exit-codes.ts';

export type WitnessHome = {
  /** Null: it has not joined. */
  readonly identity: () => PairIdentity | null;
  /** The same for the same token. */
  readonly signingRequest: (token: string) => Promise<SigningRequest>;
  /** From now on it has joined. */
  readonly admit: (identity: PairIdentity) => Promise<void>;
  readonly save: (identity: PairIdentity) => Promise<void>;
  /** Throws an `ExitError` with one sentence if it may not vote. */
  readonly openRecord: (identity: PairIdentity) => Promise<{
    readonly store: VoterStore;
    readonly record: VoterRecord;
    readonly warnings: readonly string[];
  }>;
};

const joiningSchema = z.strictObject({ token: z.string(), csr: z.string(), privateKey: z.string() });

export function createWitnessHome(ports: { readonly timers: Timers }, home: string): WitnessHome {
  const directory = path.join(home, 'keeper');
  const recordFile = path.join(directory, 'voter.slots');
  const joiningFile = path.join(directory, 'joining.json');

  function readJoining(): z.infer<typeof joiningSchema> | null {
    try {
      return readPrivateFile(joiningFile, joiningSchema, 'it is made anew');
    } catch (error) {
      if (error instanceof LinkError) return null;
      throw error;
    }
  }

  return {
    identity() {
      const identity = readPairIdentity(directory);
      if (identity !== null && identity.kind !== 'witness')
        throw new ExitError(
          EXIT.cannotStart,
          `The home ${home} is that of a manager, which votes by itself: name another folder for the witness with --home.`,
        );
      return identity;
    },
    async signingRequest(token) {
      const known = readJoining();
      if (known?.token === token) return known;
      // The master puts the voter's id there.
      const request = createSigningRequest(pairCommonName('joining'));
      await writePrivateFile(joiningFile, { token, ...request });
      return request;
    },
    async admit(identity) {
      // Of a joining that was cut off: nobody has been promised anything, since the identity comes last.
      fs.rmSync(recordFile, { force: true });
      const { cluster, id } = identity;
      const created = await createVoterFile(recordFile, {
        cluster,
        id,
        term: 0,
        votedFor: null,
        roster: null,
        fence: null,
        maintenance: false,
      });
      if (!created.ok) throw new ExitError(EXIT.cannotStart, created.sentence);
      await writePairIdentity(directory, identity);
      await removePrivateFile(joiningFile);
    },
    save: (identity) => writePairIdentity(directory, identity),
    async openRecord({ cluster, id }) {
      const store = createFileVoterStore({ timers: ports.timers }, { file: recordFile, cluster, id });
      const loaded = await store.load();
      if (loaded.ok) return { store, record: loaded.record, warnings: loaded.warnings };
      const why = `This witness does not vote, since its record cannot be used (${loaded.sentence.replace(/\.$/, '')})`;
      throw new ExitError(
        EXIT.cannotStart,
        loaded.refusal === 'in-use' || loaded.refusal === 'io-error'
          ? `${why}.`
          : `${why}, so that it may have forgotten its promises: remove ${home} and let it join anew, with a token of "nezuban pair create --witness-token".`,
      );
    },
  };
}
