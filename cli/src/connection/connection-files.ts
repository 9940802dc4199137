// Reads and writes the files that remember a manager: HOME/cli.json of a local one, and ~/.config/nezuban/cli.json of `nezuban login`.
import fs from 'node:fs/promises';
import path from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';
import type { StoredConnection } from './connection.ts';

type Places = Pick<Ports, 'env' | 'homeDirectory' | 'isRoot'>;

/** Where `nezuban login` keeps what it got. */
export const loginFile = (ports: Places): string =>
  path.join(ports.env['XDG_CONFIG_HOME'] || path.join(ports.homeDirectory, '.config'), 'nezuban', 'cli.json');

/** Home of the local manager when nobody names another. */
export const defaultHome = (ports: Places): string =>
  ports.isRoot ? '/var/lib/nezuban' : path.join(ports.homeDirectory, '.nezuban');

/** What is stored, in the order in which it is asked. `home` is the one named by --home or NEZUBAN_HOME. */
export const readStoredConnections = async (ports: Places, home: string | undefined) => {
  const files =
    home === undefined
      ? [loginFile(ports), path.join(defaultHome(ports), 'cli.json')]
      : [path.join(home, 'cli.json')];
  const read = await Promise.all(
    files.map(async (file) => ({ source: file, connection: await readStored(file) })),
  );
  return read.flatMap(({ source, connection }) => (connection === undefined ? [] : [{ source, connection }]));
};

/** One file; undefined when there is none. */
export const readStored = async (file: string): Promise<StoredConnection | undefined> => {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES')
      return refuse(
        `You may not read ${file}.`,
        'Run the command as the user that runs the manager, or sign in with: nezuban login URL',
        error,
      );
    return refuse(
      `${file} cannot be read (${code ?? String(error)}).`,
      'Name the manager with --url and NEZUBAN_TOKEN.',
      error,
    );
  }
  return parseStored(text, file);
};

const refuse = (message: string, hint: string, cause?: unknown): never => {
  throw new Failure(message, { exitCode: exitCodes.unreachable, code: 'no_manager', hints: [hint], cause });
};

const parseStored = (text: string, file: string): StoredConnection => {
  const broken = () =>
    refuse(
      `${file} is damaged: it must hold {"url": ..., "token": ...}.`,
      'Restart the manager, or sign in again with: nezuban login URL',
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken();
  }
  if (typeof value !== 'object' || value === null) return broken();
  const { url, token, ca, user, tokenId } = value as Record<string, unknown>;
  if (typeof url !== 'string' || typeof token !== 'string') return broken();
  return {
    url,
    token,
    ...(typeof ca === 'string' && { ca }),
    ...(typeof user === 'string' && { user }),
    ...(typeof tokenId === 'number' && { tokenId }),
  };
};

/** Replaces the login file whole, readable by its owner alone. */
export const writeLogin = async (file: string, connection: StoredConnection): Promise<void> => {
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  await fs.writeFile(temporary, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await fs.rename(temporary, file);
};

/** The PEM text behind a `ca` setting. */
export const readCa = async (ca: string): Promise<string> => {
  if (ca.startsWith('-----BEGIN')) return ca;
  try {
    return await fs.readFile(ca, 'utf8');
  } catch (error) {
    throw new Failure(
      `The certificate file ${ca} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      {
        exitCode: exitCodes.usage,
        code: 'usage',
        cause: error,
      },
    );
  }
};
