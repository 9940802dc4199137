/**
 * Builds the console when its bundle is missing or older than its sources, so that tests never judge yesterday's pages.
 *
 * Called by the test runner.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isTestFile, listFiles, repositoryRoot } from './repository.ts';
import { runCommand, type CommandResult } from './run-command.ts';

/** What the bundle is made from. */
const SOURCES = ['console/', 'protocol/src/', 'core/src/', 'package-lock.json'];
const BUNDLE = 'console/dist/index.html';

/** Returns undefined when there is nothing to build. */
export async function buildConsoleIfStale(): Promise<CommandResult | undefined> {
  if (!isConsoleStale()) return undefined;
  return runCommand(['vite', 'build', 'console']);
}

function isConsoleStale(): boolean {
  const sources = listFiles().filter(
    (file) => SOURCES.some((prefix) => file.startsWith(prefix)) && !isTestFile(file),
  );
  if (!sources.includes('console/index.html')) return false;
  const built = fs.statSync(path.join(repositoryRoot, BUNDLE), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((file) => fs.statSync(path.join(repositoryRoot, file)).mtimeMs > built);
}
