/**
 * Mutants: copies of the core in which one rule is broken. A simulator that does not catch them proves nothing.
 *
 * Responsible for making such a copy, loading it and removing it. The list is in `mutant-list.ts`. Called by `main.ts` and its test.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Subject } from './core.ts';

export interface Patch {
  /** A file of `ha/src/decision`, or `disk.ts` of the simulator: what a broken disk driver would do. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant extends Patch {
  readonly name: string;
  /** The rule that is gone. */
  readonly says: string;
  /** It is caught within that many seeds, counted from 1. */
  readonly seeds: number;
  /** Further patches, where the rule stands in two places. */
  readonly also?: readonly Patch[];
}

export function patchesOf(mutant: Mutant): readonly Patch[] {
  return [mutant, ...(mutant.also ?? [])];
}

export interface LoadedMutant {
  readonly subject: Subject;
  /** Deletes the copy. */
  readonly remove: () => void;
}

const sourceFolder = path.join(import.meta.dirname, '../../ha/src/decision');
const diskFile = path.join(import.meta.dirname, 'disk.ts');
/** Inside this workspace, so that the copy's imports of other workspaces resolve. */
const copiesFolder = path.join(import.meta.dirname, '../.mutants');

function patched(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`mutant: its text occurs ${parts.length - 1} times in ${file}, not once: ${find}`);
  return parts.join(replace);
}

/** Copies the core and the disk under `name`, with the patches applied, and loads the copy. */
export async function loadCopy(name: string, patches: readonly Patch[]): Promise<LoadedMutant> {
  const folder = path.join(copiesFolder, `${name}-${process.pid}`);
  const remove = (): void => fs.rmSync(folder, { recursive: true, force: true });
  remove();
  fs.mkdirSync(folder, { recursive: true });
  try {
    const sources = fs.readdirSync(sourceFolder).filter((file) => /^[a-z-]+\.ts$/.test(file));
    const files = new Map(sources.map((file) => [file, path.join(sourceFolder, file)]));
    files.set('disk.ts', diskFile);
    for (const { file } of patches) if (!files.has(file)) throw new Error(`mutant: there is no ${file}`);
    for (const [file, source] of files) {
      let text = fs.readFileSync(source, 'utf8');
      for (const patch of patches) if (patch.file === file) text = patched(text, patch);
      fs.writeFileSync(path.join(folder, file), text);
    }
    return { subject: await importCopy(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The copies have the types of the originals. */
async function importCopy(folder: string): Promise<Subject> {
  const load = async (file: string): Promise<unknown> => import(pathToFileURL(path.join(folder, file)).href);
  const { decide, wakeAt } = (await load('decide.ts')) as typeof import('@nezuban/ha/decision/decide');
  const { createState } = (await load('state.ts')) as typeof import('@nezuban/ha/decision/state');
  const { RecordDisk } = (await load('disk.ts')) as typeof import('./disk.ts');
  return { decide, wakeAt, createState, createDisk: (ports) => new RecordDisk(ports) };
}
