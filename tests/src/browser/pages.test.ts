// Every page of the console in both languages, wide and narrow: it shows, fits, is quiet, and passes axe.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole, type Visit } from './console-page.ts';
import type { WorldOptions } from './fake-manager/fake-world.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type PageCase = {
  readonly address: string;
  readonly world?: WorldOptions;
  /** Heading of level 1, in English and Japanese. */
  readonly heading: readonly [string, string];
  /** Brings the page into the state to be judged. */
  readonly act?: (page: Page) => Promise<void>;
};

const press = async (page: Page, name: RegExp) => {
  await page.getByRole('main').getByRole('button', { name }).first().click();
  await page.getByRole('dialog').waitFor();
};

const pages: Readonly<Record<string, PageCase>> = {
  'sign-in': { address: '/sign-in', world: { signedIn: false }, heading: ['Sign in', 'サインイン'] },
  'first password': {
    address: '/',
    world: { mustChangePassword: true },
    heading: ['Choose a password', 'パスワードの設定'],
  },
  overview: { address: '/', heading: ['Overview', '概要'] },
  'overview on the first day': { address: '/', world: { empty: true }, heading: ['Overview', '概要'] },
  'job nets': { address: '/nets', heading: ['Job nets', 'ジョブネット'] },
  'no job nets': { address: '/nets', world: { empty: true }, heading: ['Job nets', 'ジョブネット'] },
  'job net': {
    address: '/net/sample%2Fnight-run',
    heading: ['Night run', 'Night run'],
    act: (page) => page.getByText('customers').waitFor(),
  },
  'job net, schedules': {
    address: '/net/sample%2Fnight-run?tab=schedules',
    heading: ['Night run', 'Night run'],
  },
  'job net, sessions': {
    address: '/net/sample%2Fnight-run?tab=sessions',
    heading: ['Night run', 'Night run'],
  },
  'job net, yaml': { address: '/net/sample%2Fnight-run?tab=yaml', heading: ['Night run', 'Night run'] },
  'job net, run dialog': {
    address: '/net/backup',
    heading: ['backup', 'backup'],
    act: (page) => press(page, /^(Run|実行)$/),
  },
  'job net, editor': {
    address: '/net/sample%2Fnight-run/edit',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
  },
  'new job net': { address: '/nets/new', heading: ['New job net', 'ジョブネットの新規作成'] },
  sessions: { address: '/sessions', heading: ['Sessions', 'セッション'] },
  'session, graph': {
    address: '/sessions/43',
    heading: ['Session 43', 'セッション 43'],
    act: (page) => page.getByText('customers').waitFor(),
  },
  'session, unit': {
    address: '/sessions/42?unit=check',
    heading: ['Session 42', 'セッション 42'],
    act: (page) => page.getByText('400 of 400').waitFor(),
  },
  'session, table': { address: '/sessions/42?view=table', heading: ['Session 42', 'セッション 42'] },
  'session that is not there': {
    address: '/sessions/9999',
    heading: ['Session 9999', 'セッション 9999'],
    act: (page) => page.getByRole('alert').waitFor(),
  },
  events: { address: '/events', heading: ['Events', 'イベント'] },
  event: {
    address: '/events?event=500',
    heading: ['Events', 'イベント'],
    act: (page) => page.getByRole('dialog').waitFor(),
  },
  nodes: { address: '/nodes', heading: ['Nodes', 'ノード'] },
  'nodes, add': {
    address: '/nodes',
    heading: ['Nodes', 'ノード'],
    act: (page) => press(page, /Add a node|ノードを追加/),
  },
  'node, away': {
    address: '/nodes/batch-02',
    heading: ['batch-02', 'batch-02'],
    act: (page) => page.getByText('10.0.4.12').waitFor(),
  },
  'node, busy': {
    address: '/nodes/local',
    heading: ['local', 'local'],
    act: (page) => page.getByText('local.example.jp').first().waitFor(),
  },
  scopes: { address: '/scopes', heading: ['Scopes', 'スコープ'] },
  'no scopes': { address: '/scopes', world: { empty: true }, heading: ['Scopes', 'スコープ'] },
  'scope, to change': {
    address: '/scopes?scope=batch',
    heading: ['Scopes', 'スコープ'],
    act: (page) => page.getByRole('heading', { level: 2, name: 'バッチ処理' }).waitFor(),
  },
  'scopes, new': {
    address: '/scopes',
    heading: ['Scopes', 'スコープ'],
    act: (page) => press(page, /New scope|スコープを作成/),
  },
  pair: { address: '/pair', world: { pair: 'redundant' }, heading: ['Pair', 'ペア'] },
  'pair, none': { address: '/pair', heading: ['Pair', 'ペア'] },
  'pair, one host so far': { address: '/pair', world: { pair: 'one-host' }, heading: ['Pair', 'ペア'] },
  'pair, copying': { address: '/pair', world: { pair: 'copying' }, heading: ['Pair', 'ペア'] },
  'pair, alone': { address: '/pair', world: { pair: 'alone' }, heading: ['Pair', 'ペア'] },
  'pair, no master': { address: '/pair', world: { pair: 'no-master' }, heading: ['Pair', 'ペア'] },
  'pair, failed': { address: '/pair', world: { pair: 'failed' }, heading: ['Pair', 'ペア'] },
  'pair, forced': { address: '/pair', world: { pair: 'forced' }, heading: ['Pair', 'ペア'] },
  'pair, switch dialog': {
    address: '/pair',
    world: { pair: 'redundant' },
    heading: ['Pair', 'ペア'],
    act: (page) => press(page, /^(Switch|切り替え)$/),
  },
  'pair, witness dialog': {
    address: '/pair',
    world: { pair: 'redundant' },
    heading: ['Pair', 'ペア'],
    act: (page) => press(page, /^(Witness|立会い)$/),
  },
  'overview of a pair': { address: '/', world: { pair: 'alone' }, heading: ['Overview', '概要'] },
  'settings, password': { address: '/settings/password', heading: ['Settings', '設定'] },
  'settings, tokens': { address: '/settings/tokens', heading: ['Settings', '設定'] },
  'settings, rules': { address: '/settings/notifications', heading: ['Settings', '設定'] },
  'settings, rule form': {
    address: '/settings/notifications',
    heading: ['Settings', '設定'],
    act: (page) => press(page, /New rule|ルールを追加/),
  },
  'settings, deliveries': { address: '/settings/deliveries', heading: ['Settings', '設定'] },
  'settings, audit': { address: '/settings/audit', heading: ['Settings', '設定'] },
  'not found': { address: '/nothing/here', heading: ['Not found', '見つかりません'] },
};

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const views = [
  { language: 'en', width: 1280, scheme: 'light' },
  { language: 'ja', width: 1280, scheme: 'dark' },
  { language: 'en', width: 390, scheme: 'dark' },
  { language: 'ja', width: 390, scheme: 'light' },
] as const;

type View = (typeof views)[number];

const judgePage = async (page: (typeof pages)[string], view: View): Promise<void> => {
  await using visit = await visitConsole(browser, page.world, view);
  await visit.open(page.address);
  const wanted = page.heading[view.language === 'en' ? 0 : 1];
  await visit.page
    .getByRole('heading', { level: 1, name: wanted, exact: true, includeHidden: true })
    .waitFor();
  await page.act?.(visit.page);
  await settled(visit);
  assert.equal(await visit.page.evaluate('document.documentElement.lang'), view.language);
  assert.match(await visit.page.title(), new RegExp(wanted));
  assert.ok((await overflowOf(visit.page)) <= 0, 'the page is wider than the window');
  assert.deepEqual(await axeProblems(visit.page), []);
  visit.assertQuiet();
};

// Two at once: a page waits for its browser half of the time.
describe('pages', { concurrency: 2 }, () => {
  for (const [name, page] of Object.entries(pages)) {
    for (const view of views) {
      test(`page: ${name}, ${view.language}, ${view.width} wide, ${view.scheme}: shows, fits, is quiet and accessible`, () =>
        judgePage(page, view));
    }
  }
});

/** Nothing is loading, and what moves has come to rest. */
const settled = async ({ page }: Visit): Promise<void> => {
  await waitFor(
    () =>
      page.evaluate(`document.querySelector('[role="status"][aria-label], .mantine-Skeleton-root') === null`),
    {
      message: 'the end of loading',
    },
  );
  await waitFor(
    () => page.evaluate(`document.getAnimations().every((animation) => animation.playState !== 'running')`),
    {
      message: 'the end of animations',
    },
  );
};

const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

type AxeRun = {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
};

/** Evaluated as an expression, which the content security policy allows where a script element would be refused. */
const axeProblems = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate('axe.run()')) as AxeRun;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
};
