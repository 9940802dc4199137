// Every page of the console in both languages, wide and narrow, light and dark: it shows, fits, is quiet, and passes axe.
// A page is loaded once and then turned from one view into the next: loading is what takes the time. Servers and windows are shared.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import path from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { consoleDist, patienceMs, watchProblems } from './console-page.ts';
import { startFakeServer, type FakeServer } from './fake-manager/fake-server.ts';
import type { WorldOptions } from './fake-manager/fake-world.ts';
import { calendarPages } from './calendar-pages.ts';
import { jobPages } from './job-pages.ts';
import { notificationPages } from './notification-pages.ts';
import { trapPages } from './trap-pages.ts';
import { press, type PageCase } from './page-case.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const pages: Readonly<Record<string, PageCase>> = {
  'sign-in': { address: '/sign-in', world: { signedIn: false }, heading: ['Sign in', 'サインイン'] },
  'first password': {
    address: '/',
    world: { mustChangePassword: true },
    heading: ['Choose a password', 'パスワードの設定'],
  },
  overview: { address: '/', heading: ['Overview', '概要'] },
  'overview on the first day': { address: '/', world: { empty: true }, heading: ['Overview', '概要'] },
  'queues and locks': {
    address: '/places',
    heading: ['Queues and locks', '実行待ち・排他'],
    act: async (page) => {
      await page.getByRole('button', { name: /夜間バッチ/ }).click();
      await page.getByText('loads/orders').first().waitFor();
    },
  },
  'no queues and locks': {
    address: '/places',
    world: { empty: true },
    heading: ['Queues and locks', '実行待ち・排他'],
  },
  ...jobPages,
  'events, all filters': {
    address: '/events?node=local&q=a',
    heading: ['Events', 'イベント'],
    act: (page) => page.getByText(/No event matches|条件に合うイベントがありません/).waitFor(),
  },
  events: { address: '/events', heading: ['Events', 'イベント'] },
  event: {
    address: '/events?event=500',
    heading: ['Events', 'イベント'],
    act: (page) => page.getByRole('dialog').waitFor(),
  },
  'event of a trap': {
    address: '/events/493',
    heading: ['Event 493', 'イベント 493'],
    act: (page) => page.getByText('ECONNREFUSED').waitFor(),
  },
  'event that is not there': {
    address: '/events/9',
    heading: ['Event 9', 'イベント 9'],
    act: (page) => page.getByText(/There is no event 9|イベント 9 は存在しない/).waitFor(),
  },
  'events, all that fit': {
    address: '/events?confirm=unconfirmed',
    heading: ['Events', 'イベント'],
    act: (page) => press(page, /All that fit|条件に合う全件/),
  },
  'events, save the filter': {
    address: '/events?cleared=no&monitor=syslog-network',
    heading: ['Events', 'イベント'],
    act: (page) => press(page, /Save this filter|この条件を保存/),
  },
  status: {
    address: '/status',
    heading: ['Status', '状況'],
    act: (page) => page.getByRole('row').nth(2).waitFor(),
  },
  'status, well': {
    address: '/status',
    world: { empty: true },
    heading: ['Status', '状況'],
    act: (page) => page.getByText(/Nothing is the matter|発生中の事象はありません/).waitFor(),
  },
  'status, map': {
    address: '/status?view=map&scope=japan',
    world: { manyNodes: 500 },
    heading: ['Status', '状況'],
    act: (page) => page.getByRole('listbox').focus(),
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
  'access, users': { address: '/access/users', heading: ['Access', 'アクセス管理'] },
  'access, new user': {
    address: '/access/users',
    heading: ['Access', 'アクセス管理'],
    act: (page) => press(page, /New user|ユーザを作成/),
  },
  'access, user': {
    address: '/access/user/sato',
    heading: ['sato', 'sato'],
    act: (page) => page.getByText('10.0.8.40').first().waitFor(),
  },
  'access, locked user': {
    address: '/access/user/suzuki',
    heading: ['suzuki', 'suzuki'],
    act: (page) => page.getByRole('button', { name: /Unlock|ロックを解除/ }).waitFor(),
  },
  'access, roles': { address: '/access/roles', heading: ['Access', 'アクセス管理'] },
  'access, role to change': {
    address: '/access/role/night-desk',
    heading: ['夜間当番', '夜間当番'],
    act: (page) => page.getByRole('region', { name: /^(Rule|ルール) 3$/ }).waitFor(),
  },
  'access, built-in role': { address: '/access/role/operator', heading: ['Operator', 'オペレータ'] },
  'access, new role': { address: '/access/new-role', heading: ['New role', 'ロールの作成'] },
  'access, tokens': { address: '/access/tokens', heading: ['Access', 'アクセス管理'] },
  'access, sign-ins': { address: '/access/sign-ins', heading: ['Access', 'アクセス管理'] },
  'access, audit log': { address: '/access/audit?actor=sato', heading: ['Access', 'アクセス管理'] },
  'access, for somebody who may not': {
    address: '/access/users',
    world: { me: 'sato' },
    heading: ['Access', 'アクセス管理'],
  },
  'account, password': { address: '/account/password', heading: ['Own account', 'アカウント'] },
  'account, tokens': { address: '/account/tokens', heading: ['Own account', 'アカウント'] },
  'account, new token': {
    address: '/account/tokens',
    heading: ['Own account', 'アカウント'],
    act: async (page) => {
      await press(page, /Make a token|トークンを発行/);
      await page.getByRole('radio', { name: /Only these|選んだ権限のみ/ }).check();
    },
  },
  'account, sign-ins': { address: '/account/sign-ins', heading: ['Own account', 'アカウント'] },
  'settings, retention': {
    address: '/settings/retention',
    heading: ['Settings', '設定'],
    act: (page) => page.getByText(/48.2 GB/).waitFor(),
  },
  'settings, backups': {
    address: '/settings/backup',
    heading: ['Settings', '設定'],
    act: (page) => page.getByText('20261125T170000Z-3f9a').waitFor(),
  },
  'settings, passwords': { address: '/settings/password_policy', heading: ['Settings', '設定'] },
  'map of nets': {
    address: '/nets/map',
    world: { relatedNets: true },
    heading: ['Map of job nets', 'ジョブネット関連図'],
  },
  'map of nets, nothing to show': {
    address: '/nets/map',
    heading: ['Map of job nets', 'ジョブネット関連図'],
  },
  'map of nets, list': {
    address: '/nets/map?view=table',
    world: { relatedNets: true },
    heading: ['Map of job nets', 'ジョブネット関連図'],
  },
  'settings, event fields': { address: '/settings/events', heading: ['Settings', '設定'] },
  'settings, status view': { address: '/settings/status', heading: ['Settings', '設定'] },
  'to approve': { address: '/approvals', heading: ['To approve', '承認'] },
  'settings, output': { address: '/settings/output', heading: ['Settings', '設定'] },
  'settings, agents compared': { address: '/settings/reconciliation', heading: ['Settings', '設定'] },
  'settings, users of jobs': { address: '/settings/run_as', heading: ['Settings', '設定'] },
  'settings, HTTP calls': { address: '/settings/http_calls', heading: ['Settings', '設定'] },
  'settings, file transfers': { address: '/settings/transfers', heading: ['Settings', '設定'] },
  'settings, self-watch': { address: '/settings/self_watch', heading: ['Settings', '設定'] },
  'settings, for somebody who may only look': {
    address: '/settings/retention',
    world: { me: 'suzuki' },
    heading: ['Settings', '設定'],
  },
  ...notificationPages,
  ...calendarPages,
  operations: { address: '/operations', heading: ['Operations', '運用操作'] },
  ...trapPages,
  'settings, health': { address: '/settings/health', heading: ['Settings', '設定'] },
  'not found': { address: '/nothing/here', heading: ['Not found', '見つかりません'] },
};

/** Pages that are judged at once: one waits for its browser half of the time. */
const windowsMax = 2;

type Window = { readonly page: Page; readonly storage: CDPSession; readonly problems: string[] };

let browser: Browser;
const servers = new Map<string, Promise<FakeServer>>();
const windows: Window[] = [];
before(async () => {
  browser = await launchBrowser();
  for (let count = 0; count < windowsMax; count += 1) {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Asia/Tokyo',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    windows.push({ page, storage: await context.newCDPSession(page), problems: watchProblems(page) });
  }
});
after(async () => {
  await browser.close();
  await Promise.all([...servers.values()].map(async (server) => await (await server).stop()));
});

/** One server for each state of the world: no page of this file changes it. */
const serverOf = (world: WorldOptions): Promise<FakeServer> => {
  const key = JSON.stringify(world);
  const server = servers.get(key) ?? startFakeServer(consoleDist, world);
  servers.set(key, server);
  return server;
};

/**
 * The views, in an order in which each step changes little. Language, scheme and width meet in pairs; axe, which takes longest, judges one view
 * of each language, scheme and width.
 */
const views = [
  { language: 'en', width: 1280, scheme: 'light', axe: true },
  { language: 'en', width: 390, scheme: 'dark', axe: false },
  { language: 'ja', width: 390, scheme: 'dark', axe: true },
  { language: 'ja', width: 1280, scheme: 'light', axe: false },
] as const;
type View = (typeof views)[number];

const judgePage = async ({ address, world = {}, heading, act }: PageCase): Promise<void> => {
  const server = await serverOf(world);
  const window = windows.pop();
  assert.ok(window !== undefined, 'no window is free');
  const { page, storage, problems } = window;
  try {
    problems.length = 0;
    // Each page is a first visit: neither the language nor a draft of the one before is remembered. Windows share nothing.
    await page.goto('about:blank');
    await storage.send('Storage.clearDataForOrigin', {
      origin: server.url,
      storageTypes: 'local_storage,indexeddb',
    });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${server.url}${address}`);
    await headingOf(page, heading[0]).waitFor();
    await act?.(page);
    for (const view of views) await judgeView(page, view, heading[view.language === 'en' ? 0 : 1]);
    assert.deepEqual(problems, []);
    assert.deepEqual(server.world.failures, []);
  } finally {
    windows.push(window);
  }
};

const headingOf = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true, includeHidden: true });

const judgeView = async (page: Page, view: View, heading: string): Promise<void> => {
  const { language, width, scheme, axe } = view;
  const name = `${language}, ${width} wide, ${scheme}`;
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: scheme });
  // Behind a dialog the switch cannot be reached by a pointer.
  await page.evaluate(`document.querySelector('header input[value="${language}"]').click()`);
  // The texts of the other language come when they are asked for.
  await page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached' });
  await headingOf(page, heading).waitFor();
  await settled(page);
  assert.ok((await page.title()).startsWith(heading), name);
  assert.ok((await overflowOf(page)) <= 0, `${name}: the page is wider than the window`);
  if (axe) assert.deepEqual(await axeProblems(page), [], name);
};

describe('pages', { concurrency: windowsMax }, () => {
  for (const [name, page] of Object.entries(pages)) {
    test(`page: ${name}, in each language, scheme and width: shows, fits, is quiet and accessible`, () =>
      judgePage(page));
  }
});

test('pages: every address of the router: is among those that are judged', () => {
  const router = readFileSync(
    path.resolve(import.meta.dirname, '../../../console/src/app/router.tsx'),
    'utf8',
  );
  const paths = [...router.matchAll(/\bpath: '([^']+)'/g)].map(([, pattern = '']) => pattern);
  assert.ok(paths.length > 10, 'the addresses of the router are not found in it');
  const visited = Object.values(pages).map(({ address }) => new URL(address, 'http://x').pathname);
  const missing = paths.filter((pattern) => {
    // Pages that only lead to another one.
    if (redirects.has(pattern)) return false;
    const expression = new RegExp(`^${pattern.replaceAll(/\$\w+/g, '[^/]+').replace(/\$$/, '.+')}$`);
    return !visited.some((address) => expression.test(address));
  });
  assert.deepEqual(missing, [], 'add a page to `pages` in this file');
});
const redirects: ReadonlySet<string> = new Set([
  '/access',
  '/account',
  '/notifications',
  '/settings',
  '/traps',
]);

/** Nothing is loading, and what moves has come to rest. */
const settled = async (page: Page): Promise<void> => {
  await waitFor(
    () =>
      page.evaluate(
        `document.querySelector('[role="status"][aria-label], .mantine-Skeleton-root') === null &&
           document.getAnimations().every((animation) => animation.playState !== 'running')`,
      ),
    { message: 'the end of loading and of animations' },
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

/** All rules; of what holds nothing is gathered, and no style sheet is fetched again. */
const axeRun = 'axe.run({ resultTypes: ["violations"], preload: false })';

/** Evaluated as an expression, which the content security policy allows where a script element would be refused. */
const axeProblems = async (page: Page): Promise<string[]> => {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axeSource);
  const { violations } = (await page.evaluate(axeRun)) as AxeRun;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
};
