/**
 * Writes the configuration files into a data directory: all of them anew before every start, so that whatever lies there means nothing.
 *
 * They need no flush for that reason; `standby.signal` does, since it decides whether a second primary could come up.
 * Not responsible for their texts (`settings.ts`) nor for telling a running server (SIGHUP). Called before every start, and at changes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { flushFolder, replaceFile, writeDurably } from './data-marks.ts';
import type { ServerUser } from './server-user.ts';
import {
  NAMES_FILE,
  OPERATOR_SETTINGS_FILE,
  renderHostAccess,
  renderNames,
  renderSettings,
  renderUpstream,
  renderUserMap,
  UPSTREAM_FILE,
} from './settings.ts';

export type ConfigurationOptions = {
  readonly data: string;
  /** `HOME/postgres`, where the operator's own file lies. */
  readonly root: string;
  readonly socketDirectory: string;
  readonly user: ServerUser;
  /** Name of the user that we run as: it connects too. */
  readonly ownUserName: string;
  readonly pair: boolean;
};

type Place = Pick<ConfigurationOptions, 'data' | 'user'>;

const STANDBY_SIGNAL = 'standby.signal';
/** They would start another kind of recovery, or promote by themselves. */
const FOREIGN_SIGNALS = ['recovery.signal', 'promote'];
/** Written by ALTER SYSTEM, which is switched off, or copied from elsewhere. */
const AUTOMATIC_SETTINGS = 'postgresql.auto.conf';

/** `postgresql.conf`, `pg_hba.conf`, `pg_ident.conf`. */
export async function writeConfiguration(options: ConfigurationOptions): Promise<void> {
  const operatorSettingsFile = path.join(options.root, OPERATOR_SETTINGS_FILE);
  const settings = renderSettings({
    socketDirectory: options.socketDirectory,
    operatorSettingsFile,
    hasOperatorSettings: fs.existsSync(operatorSettingsFile),
    pair: options.pair,
  });
  const users = [options.ownUserName, options.user.name];
  await write(options, 'postgresql.conf', settings);
  await write(options, 'pg_hba.conf', renderHostAccess());
  await write(options, 'pg_ident.conf', renderUserMap(users));
}

/** Who must have flushed a commit. In force some time after a SIGHUP; only a probe proves it. */
export async function writeNames(place: Place, names: string): Promise<void> {
  await write(place, NAMES_FILE, renderNames(names));
}

export async function writeUpstream(
  place: Place,
  upstream: { readonly directory: string; readonly as: string } | null,
): Promise<void> {
  await write(place, UPSTREAM_FILE, renderUpstream(upstream));
}

/** Nothing of an earlier life is left that would change what a start means. */
export async function removeForeignSignals({ data, user }: Place): Promise<void> {
  for (const name of FOREIGN_SIGNALS) await fs.promises.rm(path.join(data, name), { force: true });
  await replaceFile(path.join(data, AUTOMATIC_SETTINGS), '# Not used.\n', { user, flush: false });
}

/** On the disk before any start as a standby. */
export async function writeStandbySignal({ data, user }: Place): Promise<void> {
  await writeDurably(path.join(data, STANDBY_SIGNAL), '', user);
}

export async function removeStandbySignal(data: string): Promise<void> {
  await fs.promises.rm(path.join(data, STANDBY_SIGNAL), { force: true });
  await flushFolder(data);
}

async function write({ data, user }: Place, name: string, text: string): Promise<void> {
  await replaceFile(path.join(data, name), text, { user, flush: false });
}
