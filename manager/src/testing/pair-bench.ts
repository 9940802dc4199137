// Two managers of a pair in this process, on one database: for tests of standby and take-over.
// Responsible for two homes with the files that both must have, for sockets from one to the other (there is no link between them here), and
// for calling the API of either. The database is one and the same, as replication makes it look after a switch.
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ManagerConfig } from '@nezuban/protocol/keeper/child-messages';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { startManaged, type ManagedManager } from './keeper-stand-in.ts';

/** What both hosts must have alike, below HOME/manager; the keeper carries them. */
const SHARED_FILES = ['ca/ca.key', 'ca/ca.crt', 'secret-key', 'local-token'] as const;

export type PairBench = {
  readonly database: TestDatabase;
  readonly homes: { readonly a: string; readonly b: string };
  readonly sockets: { readonly a: string; readonly b: string };
  /** A new process on that host, without a duty. */
  readonly start: (host: 'a' | 'b', config?: Partial<ManagerConfig>) => Promise<ManagedManager>;
  /** Gives b the shared files of a. */
  readonly share: () => Promise<void>;
  /** The authority's certificate, and the token of the command line. */
  readonly ca: () => Promise<string>;
  readonly token: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

export const createPairBench = async (): Promise<PairBench> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-pair-'));
  const database = await testDatabase();
  const homes = { a: path.join(folder, 'a'), b: path.join(folder, 'b') };
  const sockets = { a: path.join(folder, 'a.sock'), b: path.join(folder, 'b.sock') };
  for (const home of Object.values(homes)) await mkdir(path.join(home, 'manager'), { recursive: true });
  const running: ManagedManager[] = [];
  const inManager = (host: 'a' | 'b', file: string): string => path.join(homes[host], 'manager', file);
  return {
    database,
    homes,
    sockets,
    async start(host, config = {}) {
      const other = host === 'a' ? 'b' : 'a';
      const managed = await startManaged({
        home: homes[host],
        database: { ...database.config },
        // What a is forwarded comes in at b's socket, and the other way round; in a real pair the link lies between.
        pairSockets: { serve: sockets[host], forward: sockets[other] },
        ...config,
      });
      running.push(managed);
      return managed;
    },
    async share() {
      await mkdir(inManager('b', 'ca'), { recursive: true, mode: 0o700 });
      for (const file of SHARED_FILES) await cp(inManager('a', file), inManager('b', file));
    },
    ca: () => readFile(inManager('a', 'ca/ca.crt'), 'utf8'),
    token: async () => (await readFile(inManager('a', 'local-token'), 'utf8')).trim(),
    async stop() {
      for (const managed of running) await managed.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
