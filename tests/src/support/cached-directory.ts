/**
 * Directories in /tmp that are expensive to make and the same for every test run: the PostgreSQL runtime, the browser.
 *
 * Responsible for making such a directory once per user, completely or not at all, whoever else makes it at the same time.
 * Not responsible for its contents. Called by `postgres-server.ts` and `browser.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';

/** Sockets need a path below 108 bytes, therefore /tmp and not a long TMPDIR. */
export const SCRATCH_ROOT = '/tmp';

/**
 * Returns a directory that `build` has filled, now or in an earlier run. `name` must change with the contents (a version).
 * It is readable and executable by every user.
 */
export async function cachedDirectory(
  name: string,
  build: (draft: string) => Promise<void>,
): Promise<string> {
  const target = path.join(SCRATCH_ROOT, `nezuban-test-${name}-${process.getuid?.() ?? 0}`);
  if (isOurs(target)) return target;
  const draft = fs.mkdtempSync(`${target}-`);
  try {
    await build(draft);
    fs.chmodSync(draft, 0o755);
    fs.renameSync(draft, target);
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true });
    // Another test run was quicker: its copy is as good.
    if (!isOurs(target)) throw error;
  }
  return target;
}

/** A name in /tmp can be guessed: a directory is trusted only if it is a real one and belongs to us. */
function isOurs(directory: string): boolean {
  const stat = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (!stat) return false;
  if (stat.isDirectory() && stat.uid === (process.getuid?.() ?? stat.uid)) return true;
  throw new Error(`${directory} belongs to someone else: the tests keep their own copy there, so remove it`);
}
