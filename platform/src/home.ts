// NEZUBAN_HOME: where everything of one manager (or one agent) lies.
// Responsible for which folder it is, that it exists with the right owner, rights, layout version and free space, and for the short
// run directory that holds its Unix sockets. Not responsible for the folders of the single processes inside it.
// Called by the keeper, the CLI (to find a running keeper) and the agent.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Layout of the folders below HOME. Rises when an older program could not work with what a newer one wrote. */
export const HOME_LAYOUT_VERSION = 1;
export const ROOT_HOME = '/var/lib/nezuban';

/** PostgreSQL needs about 130 MB on the first day, its runtime 60 MB; below this a start would only fail later and worse. */
const FREE_BYTES_MIN = 300 * 1024 * 1024;
/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const SOCKET_PATH_MAX = process.platform === 'darwin' ? 103 : 107;
/** Longest name below the run directory: PostgreSQL's `postgres/.s.PGSQL.5432.lock` is no socket, but its folder could grow. */
const SOCKET_NAME_RESERVE = 40;
const OTHERS_MASK = 0o007;
const GROUP_WRITE = 0o020;
const MODE_PRIVATE = 0o700;
/** The group may pass through to what is its own inside, but not list. */
const MODE_PASSABLE = 0o710;

/** A home that cannot be used: the message is one sentence for the person at the terminal. */
export class HomeError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HomeError';
  }
}

export type HomeSources = {
  /** Value of `--home`. */
  readonly flag: string | undefined;
  /** Value of NEZUBAN_HOME. */
  readonly variable: string | undefined;
  readonly uid: number;
  /** Undefined: the system knows none for this user. */
  readonly userHome: string | undefined;
  readonly cwd: string;
};

/** The absolute path of the home: flag, else NEZUBAN_HOME, else `/var/lib/nezuban` as root and `~/.nezuban` as anybody else. */
export function resolveHome(sources: HomeSources): string {
  const named = sources.flag ?? sources.variable;
  if (named === '')
    throw new HomeError(
      `${sources.flag === '' ? '--home' : 'NEZUBAN_HOME'} is empty: it must name a folder.`,
    );
  if (named?.includes('\0') === true || named?.includes('\n') === true)
    throw new HomeError('The home must not contain line breaks or zero bytes.');
  return path.resolve(sources.cwd, named ?? defaultHome(sources));
}

function defaultHome({ uid, userHome }: HomeSources): string {
  if (uid === 0) return ROOT_HOME;
  if (userHome === undefined)
    throw new HomeError('This user has no home directory: name a folder with --home or NEZUBAN_HOME.');
  return path.join(userHome, '.nezuban');
}

export type PrepareHomeOptions = {
  readonly uid: number;
  /** As root: the group that may pass through (0710), because PostgreSQL runs as a user of its own. Null: nobody else (0700). */
  readonly passableFor: number | null;
  /** Tests lower it. */
  readonly freeBytesMin?: number;
};

/** Creates the home or checks an existing one. Throws a `HomeError` whose message is one sentence. Safe to repeat. */
export function prepareHome(home: string, options: PrepareHomeOptions): void {
  createFolder(home);
  checkOwner(home, options.uid);
  // An empty folder holds nothing to protect yet; it gets its rights below.
  const fresh = guard(home, () => isFresh(home));
  checkVersion(home, fresh);
  if (!fresh) checkRights(home);
  checkFreeSpace(home, options.freeBytesMin ?? FREE_BYTES_MIN);
  restrict(home, options);
}

function restrict(
  folder: string,
  options: { readonly uid: number; readonly passableFor: number | null },
): void {
  guard(folder, () => {
    if (options.passableFor !== null) fs.chownSync(folder, options.uid, options.passableFor);
    fs.chmodSync(folder, options.passableFor === null ? MODE_PRIVATE : MODE_PASSABLE);
  });
}

function createFolder(home: string): void {
  guard(home, () => {
    const before = fs.statSync(home, { throwIfNoEntry: false });
    if (before === undefined) {
      // Parents as everybody makes them; only the home itself is private.
      makeFolders(path.dirname(home));
      fs.mkdirSync(home, { mode: MODE_PRIVATE });
    } else if (!before.isDirectory()) {
      throw new HomeError(`The home ${home} is not a folder: name another one with --home.`);
    }
  });
}

/** Not `recursive`: Node then never returns where the parent exists and yet nothing can be made in it (`/proc`). */
function makeFolders(folder: string): void {
  if (fs.existsSync(folder)) return;
  makeFolders(path.dirname(folder));
  fs.mkdirSync(folder);
}

function checkOwner(home: string, uid: number): void {
  const { uid: owner } = fs.statSync(home);
  if (owner === uid) return;
  throw new HomeError(
    `The home ${home} belongs to user ${owner}, but this process runs as user ${uid}: run as its owner, or name another home with --home.`,
  );
}

function checkRights(home: string): void {
  const mode = fs.statSync(home).mode & 0o777;
  if ((mode & (OTHERS_MASK | GROUP_WRITE)) === 0) return;
  throw new HomeError(
    `The home ${home} is open to other users (mode ${mode.toString(8)}): run "chmod 700 ${home}", or name another home with --home.`,
  );
}

function checkVersion(home: string, fresh: boolean): void {
  const file = path.join(home, 'VERSION');
  guard(home, () => {
    const text = readIfExists(file);
    if (text !== undefined) {
      assertKnownVersion(home, text.trim());
      return;
    }
    if (!fresh) {
      throw new HomeError(
        `The folder ${home} is not empty and has no VERSION file, so it is no home of Nezuban: name an empty folder with --home.`,
      );
    }
    // Complete or absent: a half-written version would lock the owner out.
    const draft = `${file}.${process.pid}.draft`;
    fs.writeFileSync(draft, `${HOME_LAYOUT_VERSION}\n`, { flush: true });
    fs.renameSync(draft, file);
  });
}

function assertKnownVersion(home: string, found: string): void {
  if (found === String(HOME_LAYOUT_VERSION)) return;
  throw new HomeError(
    `The home ${home} has layout version "${found.slice(0, 20)}", this release works with ${HOME_LAYOUT_VERSION}: start the release that wrote it, or name another home with --home.`,
  );
}

/** Nothing but drafts of a version file: a start that was cut off in its first moment. */
function isFresh(home: string): boolean {
  return fs.readdirSync(home).every((name) => /^VERSION\.\d+\.draft$/.test(name) || name === 'lost+found');
}

function checkFreeSpace(home: string, bytesMin: number): void {
  const stat = guard(home, () => fs.statfsSync(home));
  const free = stat.bavail * stat.bsize;
  if (free >= bytesMin) return;
  throw new HomeError(
    `The disk of ${home} has ${toMegabytes(free)} MB free, at least ${toMegabytes(bytesMin)} MB are needed: make room, or name another home with --home.`,
  );
}

function toMegabytes(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}

/**
 * The folder of the home's Unix sockets: `HOME/run`, or where the path would grow too long for a socket, a short one named after a hash
 * of the home. Pure: depends on nothing that differs between two sessions of a user, so that the CLI finds the keeper.
 */
export function runDirectoryOf(home: string, uid: number): string {
  const inside = path.join(home, 'run');
  if (fitsSocket(inside)) return inside;
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return uid === 0 ? `/run/nezuban-${hash}` : `/tmp/nezuban-${uid}-${hash}`;
}

function fitsSocket(directory: string): boolean {
  return Buffer.byteLength(directory) + SOCKET_NAME_RESERVE <= SOCKET_PATH_MAX;
}

/** Creates the run directory, or checks that an existing one is really ours: outside the home its name can be guessed. */
export function prepareRunDirectory(
  directory: string,
  options: { readonly uid: number; readonly passableFor: number | null },
): void {
  guard(directory, () => {
    fs.mkdirSync(directory, { recursive: true, mode: MODE_PRIVATE });
    const stat = fs.lstatSync(directory);
    if (!stat.isDirectory() || stat.uid !== options.uid) {
      throw new HomeError(
        `The run directory ${directory} belongs to somebody else: remove it, or name a shorter home with --home.`,
      );
    }
  });
  restrict(directory, options);
}

function readIfExists(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Turns what the file system says into one sentence about the folder. */
function guard<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HomeError) throw error;
    throw new HomeError(
      `The folder ${folder} cannot be used: ${explain(error)}; choose another home with --home.`,
      error,
    );
  }
}

function explain(error: unknown): string {
  const { code, path: where, message } = error as NodeJS.ErrnoException;
  const at = where === undefined ? '' : ` (${where.length > 200 ? `${where.slice(0, 200)}...` : where})`;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not write or enter it${at}`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk is full${at}`;
    case 'EROFS':
      return `the file system is read-only${at}`;
    case 'ENAMETOOLONG':
      return 'its path is too long for the file system';
    case 'ENOTDIR':
    case 'EEXIST':
      return `a part of its path is not a folder${at}`;
    default:
      return message;
  }
}
