// Which files a source is: one, or those of a folder whose names fit a pattern. Called by send-files.ts as the user who reads.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TransferSource } from '@nezuban/protocol/agent/tool-inputs';
import type { readFailures } from '@nezuban/protocol/agent/transfer-stream';
import { codeOf, troubleOf } from './trouble-text.ts';

export type SourceFile = { readonly path: Buffer; readonly name: Buffer; readonly size: number };

/** Why there is nothing to send, for good. */
export class SourceFailure extends Error {
  readonly code: (typeof readFailures)[number];

  constructor(code: (typeof readFailures)[number], message: string) {
    super(message);
    this.code = code;
  }
}

export async function findFiles(source: TransferSource): Promise<readonly SourceFile[]> {
  const folder = path.posix.dirname(source.path);
  await assertFolder(folder, source);
  const pattern = path.posix.basename(source.path);
  if (!/[*?[]/.test(pattern.replaceAll(/\\./g, ''))) {
    const plain = path.posix.join(folder, pattern.replaceAll(/\\(.)/g, '$1'));
    const found = await stat(Buffer.from(plain), source);
    if (!found.isFile())
      throw new SourceFailure(
        'trouble',
        `${plain} on ${placeOf(source)} is ${found.isDirectory() ? 'a folder' : 'no plain file'}; only files are transferred.`,
      );
    return [{ path: Buffer.from(plain), name: Buffer.from(path.posix.basename(plain)), size: found.size }];
  }
  const names = await fs.readdir(folder, { encoding: 'buffer' }).catch((error: unknown) => {
    throw sourceFailure(error, folder, source);
  });
  const matches = patternOf(pattern);
  const files: SourceFile[] = [];
  for (const name of names.toSorted(Buffer.compare)) {
    if (!matches(name)) continue;
    const file = Buffer.concat([Buffer.from(`${folder === '/' ? '' : folder}/`), name]);
    // One that has gone since, or is no plain file, is none of those that are meant.
    const found = await fs.stat(file).catch(() => null);
    if (found?.isFile() !== true) continue;
    files.push({ path: file, name, size: found.size });
    if (files.length > source.filesMax)
      throw new SourceFailure(
        'too_many',
        `More than ${source.filesMax} files on ${placeOf(source)} fit ${source.path}; "files_max" allows no more.`,
      );
  }
  if (files.length === 0)
    throw new SourceFailure('missing', `No file on ${placeOf(source)} fits ${source.path}.`);
  return files;
}

/** One that is not there, such as one that is not mounted or is misspelt, is another thing than one without files. */
async function assertFolder(folder: string, source: TransferSource): Promise<void> {
  const error = await fs.stat(folder).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (codeOf(error) !== 'ENOENT') return;
  throw new SourceFailure(
    'trouble',
    `There is no folder ${folder} on ${placeOf(source)}. Make it, or mount it, first.`,
  );
}

async function stat(file: Buffer, source: TransferSource) {
  try {
    return await fs.stat(file);
  } catch (error) {
    throw sourceFailure(error, file.toString(), source);
  }
}

export function sourceFailure(error: unknown, file: string, source: TransferSource): SourceFailure {
  if (error instanceof SourceFailure) return error;
  const code = codeOf(error);
  if (code === 'ENOENT') return new SourceFailure('missing', `There is no ${file} on ${placeOf(source)}.`);
  return new SourceFailure(
    code === 'EACCES' || code === 'EPERM' ? 'permission' : 'trouble',
    `${placeOf(source)} cannot read ${file}: ${troubleOf(error)}.`,
  );
}

/** The node, and what the host calls itself where that is something else. */
export function placeOf({ node }: Pick<TransferSource, 'node'>): string {
  return os.hostname() === node ? node : `${node} (${os.hostname()})`;
}

/** As a shell matches names: a `.` at the beginning is fitted by a `.` alone. Names that are no UTF-8 are matched byte by byte. */
function patternOf(pattern: string): (name: Buffer) => boolean {
  const text = expression(pattern);
  const bytes = expression(Buffer.from(pattern).toString('latin1'));
  return (name) => {
    if (name[0] === 0x2e && !pattern.startsWith('.')) return false;
    const decoded = name.toString();
    return Buffer.from(decoded).equals(name) ? text.test(decoded) : bytes.test(name.toString('latin1'));
  };
}

function expression(glob: string): RegExp {
  const parts = [...glob.matchAll(/\\(.)|(\*)|(\?)|\[([!^]?)(\]?[^\]]*)\]|(.)/gsu)];
  const source = parts.map(([, quoted, star, one, not, members, plain]) => {
    if (star !== undefined) return '.*';
    if (one !== undefined) return '.';
    if (members !== undefined)
      return `[${not === '' ? '' : '^'}${members.replaceAll(/[\\\]^[]/g, String.raw`\$&`)}]`;
    return (quoted ?? plain ?? '').replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source.join('')}$`, 'su');
}
