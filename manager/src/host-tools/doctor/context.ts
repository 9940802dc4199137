// What the checks of the doctor look at, asked once.
// Responsible for what may take time: the keeper, the pair, the database. Each may be absent; that is what a doctor is called for.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { KeeperStatus } from '@nezuban/protocol/keeper/control';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import type { Database } from '../../database/database.ts';
import { openDatabase, type Host } from '../host.ts';

export type DoctorContext = {
  readonly host: Host;
  readonly kind: 'manager' | 'agent' | 'none';
  readonly release: string;
  readonly keeper: KeeperStatus | null;
  readonly pair: PairStatus | null;
  /** Null: not reached. */
  readonly database: Database | null;
  readonly databaseError: string | null;
  readonly now: Date;
};

const REPOSITORY = path.join(import.meta.dirname, '../../../..');

export const releaseOf = (): string => {
  const { version } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
};

/** Calls `work` with what is known; the connection ends with it. */
export const withContext = async <Result>(
  host: Host,
  kind: DoctorContext['kind'],
  work: (context: DoctorContext) => Promise<Result>,
): Promise<Result> => {
  const common = { host, kind, release: releaseOf(), now: new Date() };
  if (kind !== 'manager')
    return await work({ ...common, keeper: null, pair: null, database: null, databaseError: null });
  const [keeper, pair] = await Promise.all([host.keeper.status(), host.keeper.pairStatus()]);
  const database = openDatabase(host, 'nezuban-doctor');
  try {
    const databaseError = await reach(database);
    return await work({
      ...common,
      keeper,
      pair,
      database: databaseError === null ? database : null,
      databaseError,
    });
  } finally {
    await database.stop();
  }
};

const reach = async (database: Database): Promise<string | null> => {
  try {
    await database.query({ text: 'SELECT 1' });
    return null;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : null;
    return cause ?? (error instanceof Error ? error.message : String(error));
  }
};
