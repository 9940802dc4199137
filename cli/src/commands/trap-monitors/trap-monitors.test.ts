// Trap monitors from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TrapTest } from '@nezuban/protocol/api/trap-monitor-operations';
import { trapMonitorSchema } from '@nezuban/protocol/traps/trap-monitor';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';

const at = '2026-11-26T03:00:00.000Z';
const view = {
  monitor: trapMonitorSchema.parse({
    kind: 'trap_monitor',
    name: 'routers',
    source: 'syslog',
    rules: [{ name: 'link' }],
  }),
  revision: 7,
  updatedAt: at,
  updatedBy: 'admin',
  hints: [{ path: 'scope', message: 'there is no scope "x"' }],
  counters: [{ rule: 'link', matched: 12, lastMatchedAt: at, spentMs: 3.25 }],
  countedSince: at,
};
const tried: TrapTest = {
  traps: [
    {
      id: null,
      receivedAt: at,
      protocol: 'syslog',
      address: '127.0.0.1',
      host: 'sw1',
      node: null,
      text: 'link 3 down',
      fields: {},
      malformed: null,
      monitors: [
        {
          monitor: 'routers',
          rule: 'link',
          event: {
            priority: 'critical',
            message: 'port 3',
            key: 'link:3',
            clears: false,
            collapseS: null,
            fields: { Port: '3' },
          },
          spans: [
            { start: 0, end: 11 },
            { start: 5, end: 6 },
          ],
        },
        { monitor: 'other', rule: null, event: null, spans: [] },
      ],
    },
  ],
  looked: 1,
  totals: [{ monitor: 'routers', rule: 'link', count: 1 }],
  unmatched: 0,
  more: false,
  hints: [],
};

const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url })), calls: manager.calls };
};

test('trap monitor list: with what they took and hints', async () => {
  const item = {
    name: 'routers',
    title: 'ルータ',
    enabled: false,
    source: 'syslog' as const,
    scope: null,
    rules: 2,
    revision: 1,
    updatedAt: at,
    updatedBy: 'admin',
    matched: 12,
    lastMatchedAt: at,
    hints: 1,
  };
  const result = await run({ listTrapMonitors: () => ({ items: [item], nextCursor: null }) }, [
    'trap',
    'monitor',
    'list',
  ]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /routers +no +syslog +2 +12 +2026-11-26 12:00:00 +1 +ルータ/);
});

test('trap monitor show: the YAML, or counters and hints', async () => {
  const handlers: FakeHandlers = {
    getTrapMonitor: () => view,
    exportTrapMonitor: () => 'kind: trap_monitor\nname: routers\n',
  };
  const yaml = await run(handlers, ['trap', 'monitor', 'show', 'routers']);
  assert.equal(yaml.stdout, 'kind: trap_monitor\nname: routers\n');
  const counters = await run(handlers, ['trap', 'monitor', 'show', 'routers', '--counters']);
  assert.match(counters.stdout, /link +12 +2026-11-26 12:00:00 +3\.3/);
  assert.match(counters.stdout, /Hint: scope: there is no scope "x"/);
});

test('trap monitor enable, disable: a monitor or one rule of it', async () => {
  const bodies: unknown[] = [];
  const handlers: FakeHandlers = {
    enableTrapMonitor: ({ body }) => {
      bodies.push(body);
      return view;
    },
  };
  await run(handlers, ['trap', 'monitor', 'enable', 'routers']);
  const off = await run(handlers, ['trap', 'monitor', 'disable', 'routers', '--rule', 'link']);
  assert.deepEqual(bodies, [{ enabled: true }, { enabled: false, rule: 'link' }]);
  assert.match(off.stdout, /Rule link of trap monitor routers is off\./);
});

test('trap test: a sample on a file: rule, event, key, fields and groups', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-rules-cli-'));
  try {
    const file = path.join(folder, 'r.yaml');
    await writeFile(file, 'kind: trap_monitor\n');
    let asked: unknown;
    const result = await run(
      {
        testTrapMonitor: ({ body }) => {
          asked = body;
          return tried;
        },
      },
      ['trap', 'test', file, '--sample', '<11>sw1 link 3 down', '--from', '192.0.2.1'],
    );
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual(asked, {
      monitor: null,
      file: { name: file, text: 'kind: trap_monitor\n' },
      against: { type: 'sample', message: '<11>sw1 link 3 down', encoding: 'text', address: '192.0.2.1' },
    });
    assert.match(
      result.stdout,
      /routers: rule link: critical event: port 3\n {2}key link:3\n {2}Port = 3\n {2}group 1: 3\nother: no rule fits\n/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('trap test: past traps on the monitors in force: what was taken, totals', async () => {
  let asked: { against: { type: string } } | undefined;
  const result = await run(
    {
      testTrapMonitor: ({ body }) => {
        asked = body;
        return tried;
      },
    },
    ['trap', 'test', '--past', '7d', '--node', 'sw1', '--limit', '10'],
  );
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(asked?.against.type, 'past');
  assert.match(result.stdout, /2026-11-26 12:00:00 +sw1 +routers\/link +critical +port 3/);
  assert.match(result.stdout, /1 trap was looked at; 0 taken by no rule\./);
});

test('trap test: options that do not go together: refused before anything is asked', async () => {
  const result = await run({}, ['trap', 'test', '--hex']);
  assert.equal(result.exitCode, 2);
  assert.match(result.stderr, /--hex and --protocol are for a sample/);
  assert.deepEqual(result.calls, []);
});
