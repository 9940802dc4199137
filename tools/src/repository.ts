/**
 * The repository as the tools see it: its root, its workspaces, its source files.
 *
 * Responsible for listing; only what git tracks or would track counts, so that build output and scratch files are never judged.
 * Called by every tool in this folder.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const repositoryRoot: string = path.resolve(import.meta.dirname, '../..');

/** The binaries of the pinned packages. */
export const binDirectory: string = path.join(repositoryRoot, 'node_modules/.bin');

/** A repository has thousands of files, not millions. */
const LISTING_BYTES_MAX = 64 * 1024 * 1024;

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly workspaces?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Reads the package.json of a folder, named relative to the root. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readText(path.join(folder, 'package.json'))) as Manifest;
}

/** The folders of the workspaces, in the order of the root package.json. */
export function listWorkspaces(): readonly string[] {
  return readManifest('.').workspaces ?? [];
}

/** Paths of all files, relative to the root with `/`, sorted. Ignored files are left out, new ones are not. */
export function listFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const options = { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: LISTING_BYTES_MAX } as const;
  const names = execFileSync('git', args, options).split('\0');
  // A file that is deleted but not yet committed is still listed.
  return names.filter((name) => name !== '' && fs.existsSync(path.join(repositoryRoot, name))).toSorted();
}

export function readText(file: string): string {
  return fs.readFileSync(path.join(repositoryRoot, file), 'utf8');
}

export function isTestFile(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

export function isTypeScript(file: string): boolean {
  return /\.tsx?$/.test(file) && !file.endsWith('.d.ts');
}
