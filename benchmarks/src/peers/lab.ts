/**
 * Hosts on one machine: network namespaces on a bridge, each with its own folder, its own `/run/postgresql`, and processes that can be
 * killed all at once or cut off from the others without a reset.
 *
 * Responsible for making all of it and for ending it: every process is ended by its own id, the namespaces and folders are removed. Not
 * responsible for what runs on the hosts. Made by `series.ts`, one for each series; needs root.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { POSTGRES_BIN } from './packages.ts';
import { type HostName, hostNames } from './peer.ts';

const execFileAsync = promisify(execFile);

const PREFIX = 'nzp-';
/** A network of its own inside the namespaces; nothing of it is seen outside. */
const NETWORK = '10.213.77';
const DEVICE = 'eth0';
const COMMAND_TIMEOUT_MS = 60_000;
/** SIGKILL is quick; processes of a busy machine may be born while the list is read. */
const KILL_ROUNDS_MAX = 200;
const KILL_PAUSE_MS = 10;

export interface Lab {
  /** Of this run; readable by the database's user. */
  readonly folder: string;
  readonly addressOf: (host: HostName) => string;
  readonly folderOf: (host: HostName) => string;
  /** Runs a program on a host to its end, as the database's user, and returns what it printed. */
  readonly run: (host: HostName, command: readonly string[]) => Promise<string>;
  /** Starts a program that stays; what it says goes to a file in the host's folder. */
  readonly start: (host: HostName, command: readonly string[]) => void;
  /** Starts a Node program that speaks over IPC. */
  readonly fork: (host: HostName, args: readonly string[]) => ChildProcess;
  /** SIGKILL to every process of the host; returns the moment of the first one, in monotonic milliseconds. */
  readonly kill: (host: HostName) => Promise<number>;
  /** Nothing comes from or to the host any more, and nobody is told. Returns the moment. */
  readonly cut: (host: HostName) => Promise<number>;
  readonly heal: (host: HostName) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Absolute, the same for all processes of this machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

interface User {
  readonly uid: number;
  readonly gid: number;
}

async function ip(...args: string[]): Promise<string> {
  const { stdout } = await execFileAsync('ip', args, { timeout: COMMAND_TIMEOUT_MS });
  return stdout;
}

/** The user that Debian's PostgreSQL runs as: it refuses root. */
async function postgresUser(): Promise<User> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await execFileAsync('id', [flag, 'postgres'])).stdout)),
  );
  if (!uid || !gid) throw new Error('Debian\'s user "postgres" is not here: install postgresql-15.');
  return { uid, gid };
}

/** Ends what a killed run of this benchmark has left: its namespaces carry the process id of that run. */
export async function removeLeftLabs(): Promise<void> {
  for (const line of (await ip('netns', 'list')).split('\n')) {
    const [name = ''] = line.split(' ');
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await killAll(name);
    await ip('netns', 'delete', name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function killAll(namespace: string): Promise<number> {
  const pids = async () => (await ip('netns', 'pids', namespace)).split('\n').filter(Boolean).map(Number);
  let alive = await pids();
  const at = monotonicMs();
  for (let round = 0; alive.length > 0; round += 1) {
    if (round === KILL_ROUNDS_MAX)
      throw new Error(`processes of ${namespace} do not end: ${alive.join(' ')}`);
    for (const pid of alive) endQuietly(pid);
    await delay(KILL_PAUSE_MS);
    alive = await pids();
  }
  return at;
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function createLab(name: string): Promise<Lab> {
  const user = await postgresUser();
  const folder = await mkdtemp(path.join(os.tmpdir(), `nezuban-peers-${name}-`));
  await chown(folder, user.uid, user.gid);
  const tag = `${PREFIX}${process.pid}-`;
  const namespaceOf = (host: string) => `${tag}${host}`;
  const switchSpace = namespaceOf('switch');
  const folderOf = (host: HostName) => path.join(folder, host);
  const addressOf = (host: HostName) => `${NETWORK}.${hostNames.indexOf(host) + 1}`;
  const port = (host: HostName) => `to-${host}`;
  const made: string[] = [];

  const makeSpace = async (space: string) => {
    await ip('netns', 'add', space);
    made.push(space);
    await ip('-n', space, 'link', 'set', 'lo', 'up');
  };

  const makeHost = async (host: HostName) => {
    const space = namespaceOf(host);
    await makeSpace(space);
    await ip('link', 'add', port(host), 'netns', switchSpace, 'type', 'veth', 'peer', DEVICE, 'netns', space);
    await ip('-n', switchSpace, 'link', 'set', port(host), 'master', 'switch', 'up');
    await ip('-n', space, 'address', 'add', `${addressOf(host)}/24`, 'dev', DEVICE);
    await ip('-n', space, 'link', 'set', DEVICE, 'up');
    for (const place of [folderOf(host), path.join(folderOf(host), 'run')]) {
      await mkdir(place, { mode: 0o750 });
      await chown(place, user.uid, user.gid);
    }
  };

  /** `ip netns exec` gives a mount namespace, so that each host can have its own folder of sockets. */
  const onHost = (host: HostName, command: readonly string[]): string[] => [
    'netns',
    'exec',
    namespaceOf(host),
    '/bin/sh',
    '-c',
    `mount --bind "$1" /run/postgresql && shift && exec setpriv --reuid=${user.uid} --regid=${user.gid} --clear-groups -- "$@"`,
    'sh',
    path.join(folderOf(host), 'run'),
    ...command,
  ];
  const environmentOf = (host: HostName) => ({
    PATH: `${POSTGRES_BIN}:/usr/sbin:/usr/bin:/sbin:/bin`,
    LC_ALL: 'C.UTF-8',
    HOME: folderOf(host),
    ETCDCTL_API: '3',
  });

  const close = async () => {
    for (const space of made.toReversed()) {
      await killAll(space);
      await ip('netns', 'delete', space);
    }
    made.length = 0;
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await makeSpace(switchSpace);
    await ip('-n', switchSpace, 'link', 'add', 'switch', 'type', 'bridge');
    await ip('-n', switchSpace, 'link', 'set', 'switch', 'up');
    for (const host of hostNames) await makeHost(host);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    folder,
    addressOf,
    folderOf,
    async run(host, command) {
      const options = {
        env: environmentOf(host),
        cwd: '/',
        timeout: COMMAND_TIMEOUT_MS,
        killSignal: 'SIGKILL',
      } as const;
      const { stdout } = await execFileAsync('ip', onHost(host, command), options);
      return stdout.trim();
    },
    start(host, command) {
      const log = createWriteStream(path.join(folderOf(host), 'log.txt'), { flags: 'a' });
      const child = spawn('ip', onHost(host, command), {
        env: environmentOf(host),
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
      child.once('close', () => log.end());
    },
    fork(host, args) {
      // As root: the program lies in a checkout that other users may not enter.
      return spawn('ip', ['netns', 'exec', namespaceOf(host), process.execPath, ...args], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
    },
    kill: (host) => killAll(namespaceOf(host)),
    async cut(host) {
      // Out of the switch: the cable still has a signal, so neither side is told anything.
      const at = monotonicMs();
      await ip('-n', switchSpace, 'link', 'set', port(host), 'nomaster');
      return at;
    },
    async heal(host) {
      await ip('-n', switchSpace, 'link', 'set', port(host), 'master', 'switch');
    },
    close,
  };
}
