// The definition files that a command names: files, folders with all YAML files below them, standard input.
// Responsible for finding and reading them, and for saying of each that cannot be read why. Not responsible for what is in them.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Issue } from '@nezuban/protocol/errors';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { TerminalInput } from '../../ports.ts';
import { fileBytesMax, findInvalidUtf8, placeOf } from './definition-file.ts';

/** As the protocol's definitionSetLimits; a test compares. */
export const setLimits = { filesMax: 5_000, charsMax: 12 * 1024 * 1024 } as const;
/** Files below one folder; a folder with more is not meant. */
const foundMax = 50_000;

/** The name that the manager knows it by, and its text. */
export type DefinitionFile = { readonly name: string; readonly text: string };

/** Replaces each folder by the YAML files below it, by name. Hidden ones (`.git`) and links to folders are left out. */
export const findDefinitionFiles = async (given: readonly string[]): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of given) {
    if (name === '-' || !(await isFolder(name))) {
      found.push(name);
      continue;
    }
    const below = await filesBelow(name);
    if (below.length === 0)
      throw new Failure(`There is no YAML file (*.yaml, *.yml) in ${name} or below it.`, {
        exitCode: exitCodes.refused,
        code: 'unreadable',
      });
    found.push(...below);
  }
  return [...new Set(found)];
};

const isFolder = async (name: string): Promise<boolean> => {
  try {
    return (await stat(name)).isDirectory();
  } catch {
    // Reading it will say what is wrong with it.
    return false;
  }
};

/** YAML files of a folder and all below it, sorted, so that every run takes them in the same order. */
export const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !path
          .relative(folder, file)
          .split(path.sep)
          .some((part) => part.startsWith('.')),
    );
  if (files.length > foundMax)
    throw new Failure(
      `There are ${files.length} YAML files below ${folder}; at most ${foundMax} are taken.`,
      {
        exitCode: exitCodes.refused,
        code: 'too_many_files',
      },
    );
  return files.toSorted();
};

/** Throws a Failure that says why the file cannot be sent. */
export const readDefinitionFile = async (file: string, stdin: TerminalInput): Promise<DefinitionFile> => {
  const name = file === '-' ? '<stdin>' : file;
  const bytes = file === '-' ? await readAll(stdin) : await readFile(file).catch(refuseUnreadable);
  return { name, text: toText(bytes) };
};

const toText = (bytes: Buffer): string => {
  const refuse = (code: string, detail: string, issues: readonly Issue[] = []): never => {
    throw new Failure(detail, { exitCode: exitCodes.refused, code, issues });
  };
  if (bytes.length > fileBytesMax) {
    const { line, column } = placeOf(bytes, fileBytesMax);
    const limit = `${fileBytesMax / 1024 / 1024} MiB that one file may hold`;
    return refuse('body_too_large', `It has more than the ${limit}; split it.`, [
      { path: '', message: `here end the ${limit}`, line, column },
    ]);
  }
  const invalid = findInvalidUtf8(bytes);
  if (invalid !== undefined) {
    const message = `byte 0x${invalid.byte.toString(16).padStart(2, '0')} is not UTF-8; save the file as UTF-8`;
    return refuse('invalid_definition', 'It is not UTF-8 text.', [
      { path: '', message, line: invalid.line, column: invalid.column },
    ]);
  }
  return bytes.toString('utf8').replace(/^\u{feff}/u, '');
};

const refuseUnreadable = (error: unknown): never => {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'you may not read it',
  };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  throw new Failure(`It cannot be read: ${reasons[code] ?? (error as Error).message}.`, {
    exitCode: exitCodes.refused,
    code: 'unreadable',
    cause: error,
  });
};

/** Stops reading where the limit is passed: a pipe may never end. */
const readAll = async (stdin: TerminalInput): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > fileBytesMax) break;
  }
  return Buffer.concat(chunks);
};

/** All of them, for a request that takes them together. The first that cannot be read ends it: nothing was sent yet. */
export const readDefinitionSet = async (
  given: readonly string[],
  stdin: TerminalInput,
): Promise<readonly DefinitionFile[]> => {
  const files: DefinitionFile[] = [];
  for (const file of await findDefinitionFiles(given)) {
    try {
      files.push(await readDefinitionFile(file, stdin));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { exitCode, code } = error;
      const issues = error.issues.map((issue) => ({ file, ...issue }));
      throw new Failure(`${file}: ${error.message}`, { exitCode, code, issues, cause: error });
    }
  }
  return files;
};

/** Groups that one request can carry each. Pure. */
export const inParts = (files: readonly DefinitionFile[]): readonly (readonly DefinitionFile[])[] => {
  const parts: DefinitionFile[][] = [];
  let chars = 0;
  for (const file of files) {
    const last = parts.at(-1);
    if (
      last === undefined ||
      last.length >= setLimits.filesMax ||
      chars + file.text.length > setLimits.charsMax
    ) {
      parts.push([file]);
      chars = file.text.length;
    } else {
      last.push(file);
      chars += file.text.length;
    }
  }
  return parts;
};
