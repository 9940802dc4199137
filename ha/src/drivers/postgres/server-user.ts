// The operating system user that PostgreSQL runs as.
// Responsible for: the same user as ours, or as root a dedicated one (PostgreSQL refuses to run as root), created when it is missing;
// and for how a program is started as that user with its supplementary groups. Called by the keeper.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { promisify } from 'node:util';
import { PostgresError } from './postgres-error.ts';

export const SERVER_USER_NAME = 'nezuban';

export type ServerUser = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Whether programs have to be started as another user than ours. */
  readonly other: boolean;
  /** Path of `setpriv` when it is there: Node's own `uid` option drops supplementary groups. */
  readonly setpriv: string | null;
};

const run = promisify(execFile);
const TOOL_TIMEOUT_MS = 10_000;
const TOOL_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The user that PostgreSQL runs as. As root this may create the system user. */
export async function resolveServerUser(uid: number): Promise<ServerUser> {
  if (uid !== 0) return ownUser(uid);
  const user = (await lookUp(SERVER_USER_NAME)) ?? (await createUser());
  if (user.uid === 0)
    throw new PostgresError(
      `The user "${SERVER_USER_NAME}" has the rights of root; PostgreSQL cannot run as root: give it another user number.`,
    );
  return { name: SERVER_USER_NAME, ...user, other: true, setpriv: await findSetpriv() };
}

/** `command` as the server's user: a program with arguments, and what to add to the spawn options. */
export function asServerUser(
  user: ServerUser,
  command: readonly [string, ...string[]],
): { file: string; args: string[]; options: { uid?: number; gid?: number } } {
  const [file, ...args] = command;
  if (!user.other) return { file, args, options: {} };
  if (user.setpriv === null) return { file, args, options: { uid: user.uid, gid: user.gid } };
  return {
    file: user.setpriv,
    args: [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--', file, ...args],
    options: {},
  };
}

/** One sentence if the server's user cannot enter `folder`; the folders above it may be closed. */
export async function assertReachable(user: ServerUser, folder: string): Promise<void> {
  if (!user.other) return;
  const { file, args, options } = asServerUser(user, ['/bin/sh', '-c', 'cd "$1"', 'sh', folder]);
  try {
    await run(file, args, { ...options, cwd: '/', timeout: TOOL_TIMEOUT_MS, env: { PATH: TOOL_PATH } });
  } catch (error) {
    throw new PostgresError(
      `PostgreSQL runs as the user "${user.name}", and that user cannot enter ${folder}: a folder above it is closed to others; name a home elsewhere with --home (as root /var/lib/nezuban is usual).`,
      error,
    );
  }
}

function ownUser(uid: number): ServerUser {
  try {
    const { username, gid } = os.userInfo();
    return { name: username, uid, gid, other: false, setpriv: null };
  } catch (error) {
    throw new PostgresError(
      `The user number ${uid} has no name on this host, and PostgreSQL needs one: add the user to /etc/passwd.`,
      error,
    );
  }
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([
      run('id', ['-u', name], toolOptions()),
      run('id', ['-g', name], toolOptions()),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function createUser(): Promise<{ uid: number; gid: number }> {
  // Debian and Red Hat have useradd, Alpine adduser.
  const attempts: readonly [string, ...string[]][] = [
    [
      'useradd',
      '--system',
      '--user-group',
      '--home-dir',
      '/nonexistent',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      SERVER_USER_NAME,
    ],
    ['adduser', '-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', SERVER_USER_NAME],
  ];
  let reason: unknown;
  for (const [file, ...args] of attempts) {
    try {
      await run(file, args, toolOptions());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') reason = error;
    }
    const user = await lookUp(SERVER_USER_NAME);
    if (user !== null) return user;
  }
  const said =
    reason instanceof Error
      ? reason.message.replace(/^Command failed:[^\n]*\n?/, '').trim()
      : 'neither useradd nor adduser is here';
  throw new PostgresError(
    `PostgreSQL cannot run as root, and the system user "${SERVER_USER_NAME}" could not be created (${said}): create it, or start as an ordinary user.`,
    reason,
  );
}

async function findSetpriv(): Promise<string | null> {
  for (const file of ['/usr/bin/setpriv', '/bin/setpriv']) {
    if (!fs.existsSync(file)) continue;
    // Busybox has a setpriv without this option.
    const works = await run(
      file,
      ['--init-groups', '--reuid=0', '--regid=0', '--', 'true'],
      toolOptions(),
    ).then(
      () => true,
      () => false,
    );
    if (works) return file;
  }
  return null;
}

function toolOptions() {
  return {
    cwd: '/',
    timeout: TOOL_TIMEOUT_MS,
    env: { PATH: TOOL_PATH, LC_ALL: 'C' },
    encoding: 'utf8',
  } as const;
}
