/**
 * Brings a diverged directory back onto the master's line with `pg_rewind`, where a full PostgreSQL of the same major version is at hand.
 *
 * Quick on large data, and full of traps: it is blind to equal timeline numbers, copies the source's configuration, leaves no
 * `standby.signal`, and an interrupted one leaves a corpse. So it is tried only when our own record of promotions says that the histories
 * part at a known position into another timeline, everything it leaves is checked, and any doubt means a full copy (`copier.ts`).
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Roster, Term } from '@nezuban/protocol/pair/roster';
import { removeStandbySignal, writeConfiguration, writeNames, writeUpstream } from './configuration.ts';
import { readControl, type DirectoryPlace, type Inspected } from './data-directory.ts';
import { asServerUser } from './server-user.ts';
import { DATABASE_NAME, DATABASE_ROLE, quoteConnection, SOCKET_PORT } from './settings.ts';

export type RewindOptions = {
  readonly place: DirectoryPlace;
  readonly upstreamDirectory: string;
  readonly toolsDirectory: string;
};

/** Far longer than any rewind of a directory that is not copied more quickly. */
const REWIND_MS = 1_800_000;
const VERSION_MS = 10_000;

/** Why a full copy is made instead; null: a rewind may be tried. Pure. */
export function whyNotRewind(
  before: Inspected,
  roster: Roster | null,
  refused: string | null,
): string | null {
  if (before.kind === 'absent') return 'there is no directory to rewind';
  if (refused !== null && /has already been removed/.test(refused)) return 'the WAL in between is gone';
  const lineage = roster?.lineage ?? [];
  const index = lineage.findIndex(({ term }) => term === before.lineage);
  const own = lineage[index];
  const next = lineage[index + 1];
  if (own === undefined) return 'its history is not known to the roster';
  if (next === undefined) return 'its history has not parted from that of the master';
  if (next.startLsn === 0) return 'it is not known where the histories part';
  if (lineage.slice(index + 1).some(({ timeline }) => timeline === own.timeline))
    return 'both histories have the same timeline number';
  return null;
}

/** Resolves with the promotion that the data contains now. Throws when in doubt: then nothing in the directory is worth anything. */
export async function rewind(options: RewindOptions, roster: Roster, signal: AbortSignal): Promise<Term> {
  const { place, toolsDirectory } = options;
  const { data, user } = place;
  const tool = path.join(toolsDirectory, 'pg_rewind');
  const before = readControl(data);
  await assertVersion(tool, place.runtime.version);
  signal.throwIfAborted();
  // It may have to run crash recovery here first, by a server without clients, which knows no standby mode.
  await writeConfiguration({ ...place, pair: true });
  await writeNames(place, '');
  await writeUpstream(place, null);
  await removeStandbySignal(data);
  const source = [
    ['host', options.upstreamDirectory],
    ['port', String(SOCKET_PORT)],
    ['user', DATABASE_ROLE],
    ['dbname', DATABASE_NAME],
  ];
  const server = source.map(([name, value]) => `${name}=${quoteConnection(value ?? '')}`).join(' ');
  const {
    file,
    args,
    options: identity,
  } = asServerUser(user, [tool, `--target-pgdata=${data}`, `--source-server=${server}`]);
  await promisify(execFile)(file, args, {
    ...identity,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    timeout: REWIND_MS,
    signal,
  });
  await emptyFolder(path.join(data, 'pg_replslot'));
  const control = readControl(data);
  const newest = roster.lineage.at(-1);
  const isOnLine =
    control !== null &&
    newest !== undefined &&
    control.systemIdentifier === before?.systemIdentifier &&
    control.state === 'archive-recovery' &&
    control.minRecoveryTimeline === newest.timeline &&
    control.minRecoveryPoint > newest.startLsn;
  if (!isOnLine) throw new Error('pg_rewind ended, yet the directory is not on the line of the master');
  return newest.term;
}

async function assertVersion(tool: string, wanted: string): Promise<void> {
  const { stdout } = await promisify(execFile)(tool, ['--version'], { timeout: VERSION_MS });
  const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (major !== wanted.split('.')[0]) throw new Error(`${tool} is of another version: ${stdout.trim()}`);
}

/** Slots of a former life would keep WAL for nobody. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await fs.promises.readdir(folder))
    await fs.promises.rm(path.join(folder, name), { recursive: true, force: true });
}
