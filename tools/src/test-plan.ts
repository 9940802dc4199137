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

/** Files that only compute, or wait for nothing but a database: what they take from others is known by their low priority. */
const BETWEEN = ['core/', 'protocol/', 'console/', 'cli/', 'simulator/', 'tools/', 'manager/'];
/** Of these folders, the ones that kill managers which are processes of their own. */
const WITH_PROCESSES = [
  'manager/src/main.test.ts',
  'manager/src/jobs/start-conditions/start-conditions.test.ts',
  'manager/src/jobs/unit-works/',
];

/** The longest of the others. They begin first: at the end, one core would wait for them. */
const FIRST = [
  'tools/src/check.test.ts',
  'ha/src/drivers/postgres/database-faults.test.ts',
  'agent/src/agent-hostile.test.ts',
  'ha/src/keeper/keeper-deaths.test.ts',
  'ha/src/drivers/postgres/database-actor.test.ts',
];

/** Most tests need seconds, the longest two minutes; a busy machine gets many times that before it is called a hang. */
const FILE_TIMEOUT_MS = 900_000;
/** Acceptance tests repeat crashes many times over real processes. */
const WHOLE_TIMEOUT_MS = 1_800_000;

export interface PlannedFile {
  readonly file: string;
  readonly timeoutMs: number;
}

export interface TestPlan {
  /** Run one at a time, first: they wait for their products most of the time. */
  readonly alone: readonly PlannedFile[];
  /** Run beside those, a few at a time, at low priority. */
  readonly between: readonly PlannedFile[];
  /** Run a few at a time, after those that run alone. */
  readonly together: readonly PlannedFile[];
  /** Whole products and browsers, last, a few at a time too. */
  readonly whole: readonly PlannedFile[];
}

/** Files whose path contains one of `filters`; all of them without a filter. */
export function planTests(files: readonly string[], filters: readonly string[]): TestPlan {
  const chosen = files.filter((file) => isTestFile(file) && matches(file, filters));
  const isIn = (places: readonly string[]) => (file: string) =>
    places.some((place) => file.startsWith(place));
  const [isWhole, isAlone, isFirst] = [isIn(WHOLE), isIn(ALONE), isIn(FIRST)];
  const isBetween = (file: string) => isIn(BETWEEN)(file) && !isIn(WITH_PROCESSES)(file);
  const longestFirst = (which: (file: string) => boolean) => {
    const some = chosen.filter((file) => !isWhole(file) && which(file));
    return [...some.filter(isFirst), ...some.filter((file) => !isFirst(file))];
  };
  const short = (file: string): PlannedFile => ({ file, timeoutMs: FILE_TIMEOUT_MS });
  const long = (file: string): PlannedFile => ({ file, timeoutMs: WHOLE_TIMEOUT_MS });
  return {
    alone: chosen.filter(isAlone).map(long),
    between: longestFirst(isBetween).map(short),
    together: longestFirst((file) => !isBetween(file)).map(short),
    whole: chosen.filter((file) => isWhole(file) && !isAlone(file)).map(long),
  };
}

function matches(file: string, filters: readonly string[]): boolean {
  return filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, '')));
}
