/**
 * From a backup to a home that a manager can be started with, on this or another host.
 *
 * Only into a home in which no manager has ever been: nothing is written over. The home counts as unfinished (`restoring.json`) until all of it is
 * on the disk; a manager does not start in it before, and the next restore begins anew. Agents obey a restored manager since its terms begin above
 * all that they can have seen (`restoredTerm`). What the manager itself has to settle, it does at its first start (`HOME/manager/restored.json`,
 * `manager/src/backup/after-restore.ts`). Called by `nezuban backup restore`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RESTORED_FILE, type Restored } from '@nezuban/protocol/backup/backup';
import { AGENT_TERMS_PER_DUTY_TERM, dutyTermOf } from '@nezuban/protocol/pair/agent-term';
import { formatInstant } from '@nezuban/platform/clock';
import { prepareHome, prepareRunDirectory } from '@nezuban/platform/home';
import type { ClusterOptions } from '../drivers/postgres/cluster.ts';
import { markAsOwn } from '../drivers/postgres/data-directory.ts';
import { flushFolder, writeLineage } from '../drivers/postgres/data-marks.ts';
import { ensureRuntime, locatePostgresPackage } from '../drivers/postgres/runtime.ts';
import { assertReachable, resolveServerUser } from '../drivers/postgres/server-user.ts';
import { socketDirectoryIn } from '../keeper/child-config.ts';
import { acquireInstanceLock } from '../keeper/instance-lock.ts';
import { RESTORING_FILE } from '../keeper/restoring.ts';
import { createRestoredVoter, newVoterId } from '../keeper/voter-record.ts';
import type { ChosenBackup } from './backup-catalog.ts';
import type { BackupContext } from './backup-context.ts';
import { BackupError, toBackupError } from './backup-error.ts';
import { writeDurably } from './backup-place.ts';
import { readKeys, writeKeys } from './key-files.ts';
import { recover, type Recovered } from './recover.ts';

export type RestoreOptions = {
  readonly toTime: string | null;
  readonly passphrase: string | null;
};

/** Made by a restore, and removed again when one is begun anew. */
const MADE = ['manager', 'keeper', 'postgres'] as const;
/** What may lie in a home before: nothing that a manager has written. */
const HARMLESS = /^(?:VERSION|runtime|run|log|lost\+found|keeper\.lock|restoring\.json|.*\.draft)$/;

export async function restoreBackup(
  context: BackupContext,
  chosen: ChosenBackup,
  options: RestoreOptions,
): Promise<Recovered> {
  assertSameMajor(chosen);
  assertFresh(context.layout.home);
  // Before anything is made: a wrong passphrase is noticed at once.
  const keys = readKeys(chosen.folder, options.passphrase);
  return await inFreshHome(context, chosen.folder, async (cluster) => {
    const data = path.join(cluster.root, 'data');
    const recovered = await recover(
      context,
      { ...chosen, cluster, data, toTime: options.toTime },
      { count: false },
    );
    const { name, release } = chosen.manifest;
    await adopt(context, { ...recovered, cluster, data, keys, from: { name, release } });
    return recovered;
  });
}

/** Prepares an empty home, lets `work` fill it, and makes it whole or nothing of it. */
export async function inFreshHome<Result>(
  context: BackupContext,
  from: string,
  work: (cluster: ClusterOptions) => Promise<Result>,
): Promise<Result> {
  const { layout, uid } = context;
  const { home } = layout;
  assertFresh(home);
  const user = await resolveServerUser(uid);
  const rights = { uid, passableFor: user.other ? user.gid : null };
  prepareHome(home, rights);
  const lock = acquireInstanceLock(home);
  if (lock === null) throw new BackupError(`A manager runs, or another restore is under way, in ${home}.`);
  const marker = path.join(home, RESTORING_FILE);
  try {
    if (fs.existsSync(marker)) removeMade(home);
    writeDurably(marker, `${JSON.stringify({ from })}\n`);
    prepareRunDirectory(layout.runDirectory, rights);
    await assertReachable(user, home);
    const runtime = ensureRuntime(locatePostgresPackage(), path.join(home, 'runtime'));
    const result = await work({
      runtime,
      user,
      root: path.join(home, 'postgres'),
      socketDirectory: socketDirectoryIn(layout),
      ownUserName: os.userInfo().username,
    });
    await flushFolder(home);
    fs.rmSync(marker);
    await flushFolder(home);
    return result;
  } catch (error) {
    if (fs.existsSync(marker)) {
      removeMade(home);
      fs.rmSync(marker, { force: true });
    }
    throw toBackupError(error, home);
  } finally {
    // Outside the home (long path) nothing stays behind.
    if (!layout.runDirectory.startsWith(`${home}/`))
      fs.rmSync(layout.runDirectory, { recursive: true, force: true });
    lock.release();
  }
}

/** Makes data that is stopped the data of this home: whose it is, from which term on, with which keys, and what the manager has to settle. */
export async function adopt(
  context: BackupContext,
  adopted: Omit<Recovered, 'rows'> & {
    readonly cluster: ClusterOptions;
    readonly data: string;
    readonly keys: string;
    readonly from: { readonly name: string; readonly release: string };
  },
): Promise<void> {
  const { home } = context.layout;
  const { cluster, data, facts, timeline, holdsUntil, from } = adopted;
  writeKeys(home, adopted.keys);
  const id = newVoterId(context.hostName);
  const term = restoredTerm(facts.term, context.clock.now());
  await writeLineage(data, { term }, cluster.user);
  const token = await markAsOwn({ ...cluster, data, member: id });
  const { systemIdentifier } = facts;
  await createRestoredVoter(path.join(home, 'keeper'), { id, token, systemIdentifier, term, timeline });
  const restored: Restored = {
    backup: from.name,
    restoredAt: formatInstant(context.clock.now()),
    holdsUntil,
    release: from.release,
  };
  writeDurably(path.join(home, 'manager', RESTORED_FILE), `${JSON.stringify(restored)}\n`);
}

/** Refuses a home that a manager has ever written to. */
export function assertFresh(home: string): void {
  const stat = fs.statSync(home, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory())
    throw new BackupError(`The home ${home} is not a folder: name another one with --home.`);
  const names = fs.readdirSync(home);
  if (names.includes(RESTORING_FILE)) return;
  const found = names.find((name) => !HARMLESS.test(name));
  if (found !== undefined)
    throw new BackupError(
      `The home ${home} is not empty (it has "${found}"), and nothing is ever restored over what is there: name an empty folder with --home, or move the old home away.`,
    );
}

/** Files of one major version are nothing to another. */
function assertSameMajor({ folder, manifest }: ChosenBackup): void {
  const wanted = locatePostgresPackage().version.split('.')[0];
  const found = manifest.postgres.version.split('.')[0];
  if (wanted === found) return;
  throw new BackupError(
    `${folder} is of PostgreSQL ${found}, this release runs PostgreSQL ${wanted}: restore it with the release that made it (${manifest.release}), then carry the data over with "nezuban backup export" and "nezuban backup import".`,
  );
}

/** Nobody else was in this home before. */
function removeMade(home: string): void {
  for (const name of MADE) fs.rmSync(path.join(home, name), { recursive: true, force: true });
}

const EPOCH = Temporal.Instant.from('2020-01-01T00:00:00Z');
/** A force-master adds up to this many at once; two of them may lie between the backup and now. */
const FORCED_TERMS = 2 * 65_536;

/**
 * The first term of the elections of a restored manager, as a number of seconds: elections rise it by one each and never come once a second for years, so it is above
 * all that agents have been shown since the backup, also by an earlier restore of the same one. Terms stay far below what a number can hold. Pure.
 */
export function restoredTerm(agentTerm: number, now: Temporal.Instant): number {
  const seconds = Math.floor(now.since(EPOCH).total('seconds'));
  const term = Math.max(seconds, dutyTermOf(agentTerm) + FORCED_TERMS);
  if (!Number.isSafeInteger(term * AGENT_TERMS_PER_DUTY_TERM))
    throw new BackupError('The clock of this host is far in the future: set it, then restore.');
  return term;
}
