/**
 * Which test files run, in which order, side by side or alone, and how long each may take.
 *
 * Pure: gets names, returns the plan. Called by `test.ts`.
 */
import { isTestFile } from './repository.ts';

/** Files that start whole products or a browser: two at once would measure each other. */
const ALONE = ['tests/src/acceptance/', 'tests/src/browser/', 'tests/src/ha/'];

/** A unit or store test needs seconds; a busy machine gets many times that before it is called a hang. */
const FILE_TIMEOUT_MS = 180_000;
/** Acceptance tests repeat crashes many times over real processes. */
const ALONE_TIMEOUT_MS = 1_800_000;

export interface PlannedFile {
  readonly file: string;
  readonly timeoutMs: number;
}

export interface TestPlan {
  /** Run a few at a time. */
  readonly together: readonly PlannedFile[];
  /** Run one at a time, after the others. */
  readonly alone: readonly PlannedFile[];
}

/** Files whose path contains one of `filters`; all of them without a filter. */
export function planTests(files: readonly string[], filters: readonly string[]): TestPlan {
  const chosen = files.filter((file) => isTestFile(file) && matches(file, filters));
  const isAlone = (file: string) => ALONE.some((folder) => file.startsWith(folder));
  return {
    together: chosen.filter((file) => !isAlone(file)).map((file) => ({ file, timeoutMs: FILE_TIMEOUT_MS })),
    alone: chosen.filter(isAlone).map((file) => ({ file, timeoutMs: ALONE_TIMEOUT_MS })),
  };
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, '')));
}
