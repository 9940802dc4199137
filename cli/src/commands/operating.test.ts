// The commands on notifications, settings, single nodes and scopes, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { CodedError } from '@nezuban/protocol/errors';
import { handlers } from '../testing/answers.ts';
import { startFakeManager, type FakeHandlers } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleNode } from '../testing/samples.ts';

process.env['TZ'] = 'Asia/Tokyo';
const at = '2026-11-22T09:00:00.000Z';
const page = <Item>(items: Item[]) => ({ items, nextCursor: null });
const rule = {
  kind: 'notification',
  name: 'night-mail' as never,
  enabled: true,
  priorities: ['critical'],
  codes: [],
  nets: ['night/*'],
  channel: {
    type: 'mail',
    smtp: { host: 'mail', port: 25, security: 'none' },
    from: 'n@example',
    to: ['ops@example'],
  },
} as unknown as NotificationRule;
const delivery = {
  id: 31,
  eventId: 7,
  rule: 'night-mail',
  channel: 'mail to ops@example by mail:25',
  state: 'failed' as const,
  tries: 8,
  nextTryAt: null,
  lastError: 'The mail server did not take it',
  createdAt: at,
  sentAt: null,
  suppressedBy: null,
};
const scope = {
  name: 'web' as never,
  title: 'ウェブ',
  parent: null,
  nodes: ['local' as never],
  revision: 7,
  updatedAt: at,
  updatedBy: 'admin',
};
const retention = { events_days: 400, sessions_days: 400, output_days: 90, audit_days: 1100 };
const settings = {
  section: 'retention' as const,
  values: retention,
  revision: 7,
  updatedAt: at,
  updatedBy: 'admin',
};

const start = (sent: unknown[] = [], more: FakeHandlers = {}) =>
  startFakeManager({
    ...handlers,
    listRules: () => page([{ rule, revision: 9, updatedAt: at, updatedBy: 'admin' }]),
    deleteRule: ({ headers }) => {
      assert.equal(headers['if-match'], '"9"');
      return undefined;
    },
    testRule: () => ({ sent: true, error: null }),
    listDeliveries: () => page([delivery]),
    retryDelivery: () => ({ ...delivery, state: 'pending' }),
    getNode: () => sampleNode({ agentSupport: 'old' }),
    getScope: ({ params }) => {
      if (params.name !== 'web') throw new CodedError('not_found', `There is no scope "${params.name}".`);
      return scope;
    },
    putScope: ({ params, body, headers }) => {
      sent.push({ ...body, ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });
      return { ...scope, ...body, name: params.name };
    },
    deleteScope: () => undefined,
    listSettings: () => ({ items: [settings] }),
    getSettings: () => settings,
    putSettings: ({ body }) => {
      sent.push(body);
      return { ...settings, values: body };
    },
    exportEvents: ({ query }) => Buffer.from(`${query.format} ${query.priority?.join() ?? '-'}\n`),
    ...more,
  });

const cases: readonly { readonly line: string; readonly text: RegExp; readonly json: unknown }[] = [
  {
    line: 'notify rules',
    text: /\nnight-mail +yes +critical; night\/\* +mail ops@example\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'notify test night-mail',
    text: /^The test message was taken\.\n$/,
    json: { rule: 'night-mail', sent: true },
  },
  {
    line: 'notify deliveries --state failed',
    text: /\n31 {2}2026-11-22 18:00:00 {2}night-mail +7 {2}failed +8 {2}- +The mail server did not take it\n$/,
    json: { nextCursor: null },
  },
  {
    line: 'notify retry 31',
    text: /^Delivery 31 of night-mail is tried again \(pending\)\.\n$/,
    json: { items: [{ id: 31 }] },
  },
  { line: 'notify delete night-mail', text: /is deleted/, json: { deleted: 'night-mail' } },
  {
    line: 'node show local',
    text: /^local {2}connected\nhost +host-1[^]*\nagent +0\.1\.0, old but works: upgrade/,
    json: { name: 'local' },
  },
  {
    line: 'scope show web',
    text: /^web {2}ウェブ\nparent +none\nnodes +local\nchanged +2026-11-22 18:00:00 by admin\n$/,
    json: { name: 'web' },
  },
  {
    line: 'scope set web --add-node b',
    text: /^Scope web is changed: 2 nodes\.\n$/,
    json: { nodes: ['local', 'b'] },
  },
  { line: 'scope delete web', text: /Its nodes stay/, json: { deleted: 'web' } },
  {
    line: 'settings',
    text: /^retention {2}changed 2026-11-22 18:00:00 by admin\n {2}events_days = 400\n/,
    json: { items: [{ section: 'retention' }] },
  },
  { line: 'settings retention', text: /output_days = 90/, json: { section: 'retention' } },
  {
    line: 'settings set retention output_days=30',
    text: /^retention\.output_days = 30\n$/,
    json: { values: { output_days: 30, events_days: 400 } },
  },
];

for (const { line, text, json } of cases) {
  test(`${line}: as text, and as JSON`, async () => {
    await using manager = await start();
    const words = line.split(' ');
    const result = await runCli(words, { url: manager.url });
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, text);
    const asJson = await runCli([...words, '--json'], { url: manager.url });
    assert.equal(asJson.stderr, '');
    assert.partialDeepStrictEqual(JSON.parse(asJson.stdout), json);
  });
}

test('scope set: a new scope: made only if it is not there yet; one that is there: only in the version that was seen', async () => {
  const sent: unknown[] = [];
  await using manager = await start(sent);
  await runCli(['scope', 'set', 'new', '--parent', 'web', '--node', 'local'], { url: manager.url });
  await runCli(['scope', 'set', 'web', '--no-parent'], { url: manager.url });
  assert.deepEqual(sent, [
    { title: null, parent: 'web', nodes: ['local'], ifMatch: undefined, ifNoneMatch: '*' },
    { title: 'ウェブ', parent: null, nodes: ['local'], ifMatch: '"7"', ifNoneMatch: undefined },
  ]);
});

test('notify test: not taken: said, and exit code 1', async () => {
  await using manager = await start([], { testRule: () => ({ sent: false, error: 'No route' }) });
  const result = await runCli(['notify', 'test', 'night-mail'], { url: manager.url });
  assert.equal(result.exitCode, 1);
  assert.equal(result.stdout, 'The test message was not taken: No route\n');
});

test('names that are not there: refused with the nearest one', async () => {
  await using manager = await start();
  const stderr = async (line: string) => (await runCli(line.split(' '), { url: manager.url })).stderr;
  assert.match(
    await stderr('notify delete night-mial'),
    /There is no notification rule "night-mial"\. Did you mean "night-mail"\?/,
  );
  assert.match(await stderr('settings retenton'), /Did you mean "retention"\?/);
  assert.match(await stderr('settings set retention event_days=3'), /Did you mean "events_days"\?/);
  assert.match(await stderr('settings set retention events_days'), /"events_days" must be KEY=VALUE/);
  assert.match(
    await stderr('events export --format xml'),
    /--format cannot be "xml"; it is one of csv, ndjson\./,
  );
});

test('events export: the filter is sent along; --json means a JSON object a line', async () => {
  await using manager = await start();
  const result = await runCli(['events', 'export', '--priority', 'critical'], { url: manager.url });
  assert.equal(result.stdout, 'csv critical\n');
  assert.equal((await runCli(['events', 'export', '--json'], { url: manager.url })).stdout, 'ndjson -\n');
});
