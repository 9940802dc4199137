/**
 * Which test files run, in which order, side by side or alone, and how long each may take.
 *
 * Pure: gets names, returns the plan. Called by `test.ts`.
 */
import { isTestFile } from './repository.ts';

/** Files that start whole products or a browser: they need the console's bundle, and more time. */
const WHOLE = ['tests/src/acceptance/', 'tests/src/browser/', 'tests/src/ha/'];
/** Of these, the ones that use both cores by themselves, or count on being heard within a lease: two at once would disturb each other. */
const ALONE = [
  'tests/src/ha/',
  'tests/src/acceptance/kill-rounds.test.ts',
  'tests/src/browser/pages.test.ts',
  'tests/src/browser/connection.test.ts',
  'tests/src/browser/long-output.test.ts',
  'tests/src/browser/net-editor.test.ts',
];

/** The longest of the others. They begin first: at the end, one core would wait for them. */
const FIRST = [
  'tools/src/check.test.ts',
  'ha/src/drivers/postgres/database-faults.test.ts',
  'ha/src/keeper/keeper-deaths.test.ts',
  'ha/src/drivers/postgres/database-actor.test.ts',
];

/** Most tests need seconds, the longest two minutes; a busy machine gets many times that before it is called a hang. */
const FILE_TIMEOUT_MS = 480_000;
/** Acceptance tests repeat crashes many times over real processes. */
const WHOLE_TIMEOUT_MS = 1_800_000;

export interface PlannedFile {
  readonly file: string;
  readonly timeoutMs: number;
}

export interface TestPlan {
  /** Run a few at a time. */
  readonly together: readonly PlannedFile[];
  /** Whole products and browsers, after those, a few at a time too. */
  readonly whole: readonly PlannedFile[];
  /** Run one at a time, after the others. */
  readonly alone: readonly PlannedFile[];
}

/** Files whose path contains one of `filters`; all of them without a filter. */
export function planTests(files: readonly string[], filters: readonly string[]): TestPlan {
  const chosen = files.filter((file) => isTestFile(file) && matches(file, filters));
  const isIn = (places: readonly string[]) => (file: string) =>
    places.some((place) => file.startsWith(place));
  const [isWhole, isAlone, isFirst] = [isIn(WHOLE), isIn(ALONE), isIn(FIRST)];
  const long = (file: string): PlannedFile => ({ file, timeoutMs: WHOLE_TIMEOUT_MS });
  return {
    together: [...chosen.filter(isFirst), ...chosen.filter((file) => !isWhole(file) && !isFirst(file))].map(
      (file) => ({ file, timeoutMs: FILE_TIMEOUT_MS }),
    ),
    whole: chosen.filter((file) => isWhole(file) && !isAlone(file)).map(long),
    alone: chosen.filter(isAlone).map(long),
  };
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, '')));
}
