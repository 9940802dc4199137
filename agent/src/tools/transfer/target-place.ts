// Where files of a transfer go: the target's path judged as it is on this host, owner and group as numbers, room on the disk, and what was
// left behind by hosts that died. Called by receive-files.ts as the user of the attempt.
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { toolExitCodes, type FileTransferInput } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';
import { partPrefix } from './part-file.ts';
import { codeOf, fileFailure } from './trouble-text.ts';

const run = promisify(execFile);
/** No transfer stands still so long (`transferLimits.noProgressSecondsMax`). */
const leftBehindMs = 24 * 3_600_000;
/** Names of a folder that are looked at for what was left behind. */
const namesMax = 10_000;

export type TargetPlace = {
  /** Each file keeps its name in it. */
  readonly isFolder: boolean;
  /** Path of the target of a file with this name, as bytes. */
  readonly pathOf: (name: Buffer) => Buffer;
  readonly uid: number;
  readonly gid: number;
  /** Throws where so much more does not fit. */
  readonly assertRoom: (bytes: number) => Promise<void>;
};

export async function findPlace(
  input: Pick<FileTransferInput, 'from' | 'path' | 'owner' | 'group'>,
): Promise<TargetPlace> {
  for (const each of [input.from.path, input.path]) assertPlain(each);
  const isFolder = input.path.endsWith('/');
  const folder = isFolder ? input.path : path.posix.dirname(input.path);
  await assertFolder(folder);
  const found = isFolder ? null : await fs.stat(input.path).catch(() => null);
  if (found?.isDirectory() === true)
    throw new ToolFailure(
      toolExitCodes.usage,
      `${input.path} is a folder on ${os.hostname()}. End the target with "/" to put the file into it.`,
    );
  const [uid, gid] = await Promise.all([ownerId(input.owner), groupId(input.group)]);
  await tidy(folder);
  return {
    isFolder,
    pathOf: (name) =>
      isFolder ? Buffer.concat([Buffer.from(folder.replace(/\/*$/, '/')), name]) : Buffer.from(input.path),
    uid,
    gid,
    async assertRoom(bytes) {
      const { bavail, bsize } = await fs.statfs(folder);
      const free = bavail * bsize;
      if (bytes > free)
        throw new ToolFailure(
          toolExitCodes.trouble,
          `The disk of ${os.hostname()} with ${folder} has ${free} bytes free; ${bytes} more are to come.`,
        );
    },
  };
}

/** Once more what is judged in the definition: values of places are known only now. */
function assertPlain(file: string): void {
  if (file.startsWith('/') && !file.split('/').includes('..')) return;
  throw new ToolFailure(
    toolExitCodes.usage,
    `The path "${file}" must begin with "/" and hold no "..": give the folder that is meant.`,
  );
}

async function assertFolder(folder: string): Promise<void> {
  const host = os.hostname();
  try {
    if ((await fs.stat(folder)).isDirectory()) return;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileFailure(error, folder, 'cannot look at');
    throw new ToolFailure(toolExitCodes.usage, `There is no folder ${folder} on ${host}. Make it first.`);
  }
  throw new ToolFailure(toolExitCodes.usage, `${folder} is no folder on ${host}.`);
}

async function ownerId(owner: string | undefined): Promise<number> {
  return owner === undefined ? -1 : await idOf(['id', '-u', owner], `user ${owner}`);
}

async function groupId(group: string | undefined): Promise<number> {
  return group === undefined ? -1 : await idOf(['getent', 'group', group], `group ${group}`);
}

async function idOf([program = '', ...words]: readonly string[], what: string): Promise<number> {
  try {
    const { stdout } = await run(program, words);
    const text = stdout.trim();
    const id = Number(program === 'id' ? text : text.split(':')[2]);
    if (Number.isInteger(id)) return id;
  } catch {
    // Said below.
  }
  throw new ToolFailure(toolExitCodes.usage, `The ${what} is not known on ${os.hostname()}.`);
}

/** Of transfers whose host died, and that nobody took up again. */
async function tidy(folder: string): Promise<void> {
  try {
    let looked = 0;
    for await (const { name } of await fs.opendir(folder)) {
      looked += 1;
      if (looked > namesMax) return;
      if (!name.startsWith(partPrefix)) continue;
      const file = path.posix.join(folder, name);
      const { mtimeMs, uid } = await fs.lstat(file);
      if (uid === process.geteuid?.() && Date.now() - mtimeMs > leftBehindMs)
        await fs.rm(file, { force: true });
    }
  } catch {
    // A folder that may be written but not listed: nothing can be tidied there.
  }
}
