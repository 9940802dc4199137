// Opens pages of the console in a browser against the fake manager, and keeps what a user would have been bothered by: errors in the
// browser's console, requests that broke. Called by the tests of this folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startFakeServer, type FakeServer } from './fake-manager/fake-server.ts';
import type { WorldOptions } from './fake-manager/fake-world.ts';

const repositoryRoot = path.resolve(import.meta.dirname, '../../..');
/** Another build can be named, to try one beside the repository's own. */
export const consoleDist = process.env['NEZUBAN_TEST_CONSOLE'] ?? path.join(repositoryRoot, 'console/dist');

/** The bound of a hang: a page shows within a second or two, on a machine busy with other work later. */
export const patienceMs = 120_000;

export type ViewOptions = {
  readonly language?: 'en' | 'ja';
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
};

export type Visit = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly server: FakeServer;
  /** Problems so far; `assertQuiet` fails on any that is not expected. */
  readonly problems: readonly string[];
  readonly assertQuiet: (expected?: RegExp) => void;
  readonly open: (address: string) => Promise<void>;
};

/** The browser itself reports each answer of 4xx as an error, which the console expects and shows. */
const refusedRequest = /^Failed to load resource: .* (401|403|404|409|412|422|429)/;

/** What the browser complains about, from now on. */
export const watchProblems = (page: Page): string[] => {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (!refusedRequest.test(message.text())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  return problems;
};

export const visitConsole = async (
  browser: Browser,
  world: WorldOptions = {},
  view: ViewOptions = {},
): Promise<Visit> => {
  assert.ok(
    fs.existsSync(path.join(consoleDist, 'index.html')),
    'console/dist is missing: run "npm run build" (npm test does so itself)',
  );
  const server = await startFakeServer(consoleDist, world);
  const { language = 'en', width = 1280, scheme = 'light' } = view;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    locale: language === 'ja' ? 'ja-JP' : 'en-GB',
    colorScheme: scheme,
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const problems = watchProblems(page);
  const assertQuiet = (expected = /^$/) => {
    assert.deepEqual(
      problems.filter((problem) => !expected.test(problem)),
      [],
    );
    assert.deepEqual(server.world.failures, []);
  };
  return {
    page,
    context,
    server,
    problems,
    assertQuiet,
    open: async (address) => {
      await page.goto(server.url + address);
      await page.locator('h1').first().waitFor();
    },
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await server.stop();
    },
  };
};
