// The files below HOME/manager that both hosts of a pair must have alike: the CA, and the key of the stored secrets.
// Responsible for reading them as one bundle with a digest, and for writing a bundle durably, file by file. A host without them would, as
// master, be unable to read what it stored; so it does not count as ready (`pair-office.ts`). Called by the keeper and by `pair join`.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { EXCHANGE_FILE, exchangeSchema } from '@nezuban/platform/authority-exchange';
import type { SharedFiles } from '@nezuban/protocol/pair/pair-link';

/** Keys before certificates: a certificate without its key is a loss, a key without its certificate an interrupted copy. */
const REQUIRED = ['secret-key', 'ca/ca.key', 'ca/ca.crt'] as const;
/** With them commands and the first sign-in work on both hosts alike. One that the master has no more is removed here too. */
const OPTIONAL = ['ca/exchange.json', 'local-token', 'one-time-password'] as const;
const SHARED = [...REQUIRED, ...OPTIONAL] as const;
/** Made for the names of one host; of a former CA it would be refused by every agent. */
const OF_THE_FORMER_CA = 'ca/server.json';

export function readSharedFiles(home: string): SharedFiles {
  const files = SHARED.flatMap((name) => {
    const content = readIfThere(fileIn(home, name));
    return content === null ? [] : [{ path: name, content: content.toString('base64') }];
  });
  const hash = createHash('sha256');
  for (const { path: name, content } of files) hash.update(`${name}\0${content}\0`);
  return { files, digest: hash.digest('hex') };
}

export function hasAllSharedFiles(shared: SharedFiles): boolean {
  return REQUIRED.every((name) => shared.files.some((file) => file.path === name));
}

/**
 * Writes what differs. Names that are none of ours are refused: they come from the network. A key that is replaced stays beside: a master that
 * has lost its own and made another one must not take the last copy with it. But not the key of an authority that was exchanged on purpose: it
 * may have been seen.
 */
export function writeSharedFiles(home: string, shared: SharedFiles): void {
  const own = readSharedFiles(home);
  if (own.digest === shared.digest) return;
  const exchangedKey = nextKeyOf(own);
  const isExchanged =
    exchangedKey !== null &&
    shared.files.some(({ path: name, content }) => name === 'ca/ca.key' && content === exchangedKey);
  for (const name of SHARED) {
    const wanted = shared.files.find((file) => file.path === name);
    const present = own.files.find((file) => file.path === name);
    if (wanted?.content === present?.content) continue;
    if (wanted === undefined) {
      if (OPTIONAL.some((optional) => optional === name)) fs.rmSync(fileIn(home, name), { force: true });
      continue;
    }
    const isKept = REQUIRED.some((required) => required === name) && !(isExchanged && name.startsWith('ca/'));
    if (present !== undefined && isKept)
      writeDurably(`${fileIn(home, name)}.former`, Buffer.from(present.content, 'base64'));
    if (name === 'ca/ca.crt') fs.rmSync(fileIn(home, OF_THE_FORMER_CA), { force: true });
    writeDurably(fileIn(home, name), Buffer.from(wanted.content, 'base64'));
  }
}

/** As a shared file; null: no exchange of the authority is under way here. */
function nextKeyOf({ files }: SharedFiles): string | null {
  const file = files.find((one) => one.path === `ca/${EXCHANGE_FILE}`);
  if (file === undefined) return null;
  try {
    const { next } = exchangeSchema.parse(JSON.parse(Buffer.from(file.content, 'base64').toString('utf8')));
    return Buffer.from(next.key).toString('base64');
  } catch {
    return null;
  }
}

function fileIn(home: string, name: string): string {
  return path.join(home, 'manager', name);
}

function readIfThere(file: string): Buffer | null {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function writeDurably(file: string, content: Buffer): void {
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  fs.writeFileSync(`${file}.draft`, content, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.draft`, file);
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
