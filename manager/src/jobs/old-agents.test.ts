// Tests of agents whose release does not know an order: it is refused with a sentence and never sent, and what they know goes on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { agentLinkFeatures } from '@nezuban/protocol/agent/link';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';

const base = { expected: null, actor: tester, requestId: 'test' } as const;

describe('old agents', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    hub = createFakeAgentHub({ nodes: ['one'], protocol: 1 });
    domain = await startJobsDomain({ address: server.config, hub });
  });
  after(async () => {
    hub.stop();
    await domain.stop();
    await server.drop();
  });

  const run = async (units: string): Promise<ReturnType<typeof ended>> => {
    await domain.apply(`kind: jobnet\nname: old\ntarget: { node: one }\nunits:\n${units}\n`);
    const { body } = await domain.jobs.routes.runNet({
      ...base,
      params: { name: 'old' },
      query: {},
      body: { parameters: {} },
    });
    return ended(body.id);
  };
  const ended = async (id: number) =>
    await waitFor(async () => {
      const { body } = await domain.jobs.routes.getSession({
        ...base,
        params: { id: id as never },
        query: {},
        body: undefined,
      });
      return body.state === 'ended' && body;
    });

  test('tool: not sent, refused with what helps; a plain command beside it runs', async () => {
    const session = await run(
      `  - { name: watch, type: file_watch, path: /in/a }\n  - { name: plain, command: "true" }`,
    );
    assert.deepEqual(
      session.units.map(({ path, endStatus }) => [path, endStatus]),
      [
        ['watch', 'abnormal'],
        ['plain', 'normal'],
      ],
    );
    const reason = session.units[0]?.reason ?? '';
    assert.match(reason, /"file_watch" needs an agent that speaks version 2 of the link/);
    assert.match(reason, /that of one \(release 0\.0\.0\) speaks 1; upgrade the agent/);
    assert.deepEqual(
      [...hub.orders.values()].map(({ tool }) => tool),
      [undefined],
    );
    const refused = domain.events.committed.find(({ code }) => code === 'attempt_refused');
    assert.match(refused?.message ?? '', /^The manager refused attempt .* of unit "watch"/);
  });

  test('command that a file judges: refused; it would end by its exit code there', async () => {
    const session = await run(`  - { name: judged, command: "true", end_by: { file: /out } }`);
    assert.match(session.units[0]?.reason ?? '', /a command that is judged by a file needs an agent/);
  });

  test('refused, then connected again: not offered again', async () => {
    const ordersBefore = hub.orders.size;
    const session = await run(`  - { name: watch, type: file_watch, path: /in/a }`);
    hub.disconnect('one');
    hub.connect('one');
    assert.equal(session.units[0]?.attempts.length, 1);
    assert.equal(hub.orders.size, ordersBefore);
  });
});

describe('agents of before the rules for HTTP calls', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  const { httpCallees, ...earlier } = agentLinkFeatures;
  const settings = { http_calls: { deny: ['169.254.0.0/16'] } };
  const hub = createFakeAgentHub({ nodes: ['one'], features: Object.values(earlier) });
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    domain = await startJobsDomain({ address: server.config, hub, settings });
  });
  after(async () => {
    hub.stop();
    await domain?.stop();
    await server?.drop();
  });

  test('a call: not sent, refused with what helps; sent where there are no rules to keep', async () => {
    await domain.apply(
      'kind: jobnet\nname: calls\ntarget: { node: one }\nunits:\n  - { name: call, type: http, url: "http://h/" }\n',
    );
    const run = async () => {
      const request = { ...base, params: { name: 'calls' }, query: {}, body: { parameters: {} } };
      const { id } = (await domain.jobs.routes.runNet(request)).body;
      return await waitFor(async () => {
        const asked = { ...base, params: { id }, query: {}, body: undefined };
        const { body } = await domain.jobs.routes.getSession(asked);
        return body.state === 'ended' && body;
      });
    };
    assert.match(
      (await run()).units[0]?.reason ?? '',
      /the agent of one \(release 0\.0\.0\) does not know rules .* upgrade the agent/,
    );
    assert.equal(hub.orders.size, 0);
    assert.ok(httpCallees);
    settings.http_calls.deny = [];
    assert.equal((await run()).endStatus, 'normal');
    assert.equal(hub.orders.size, 1);
  });
});

describe('agents of before limits and stop commands', () => {
  let server: TestDatabase;
  let domain: JobsDomain;
  const { limits, ...earlier } = agentLinkFeatures;
  const hub = createFakeAgentHub({ nodes: ['one'], features: Object.values(earlier) });
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    domain = await startJobsDomain({ address: server.config, hub });
  });
  after(async () => {
    hub.stop();
    await domain?.stop();
    await server?.drop();
  });

  test('a unit with limits, a container with one, a unit with a stop command: none is sent; others are', async () => {
    await domain.apply(`kind: jobnet
name: bounded
target: { node: one }
units:
  - { name: limited, command: "true", limits: { memory: 64m } }
  - { name: boxed, type: container, image: tool, limits: { processes: 5 } }
  - { name: stopped, command: "true", stop: { command: "true" } }
  - { name: plain, command: "true" }
`);
    const { id } = (
      await domain.jobs.routes.runNet({
        ...base,
        params: { name: 'bounded' },
        query: {},
        body: { parameters: {} },
      })
    ).body;
    const session = await waitFor(async () => {
      const asked = { ...base, params: { id }, query: {}, body: undefined };
      const { body } = await domain.jobs.routes.getSession(asked);
      return body.state === 'ended' && body;
    });
    const reasonOf = (path: string): string => session.units.find((unit) => unit.path === path)?.reason ?? '';
    assert.match(reasonOf('limited'), /does not know limits of what a unit may use; upgrade the agent/);
    assert.match(reasonOf('boxed'), /does not know limits of what a unit may use; upgrade the agent/);
    assert.match(reasonOf('stopped'), /does not know commands that stop another; upgrade the agent/);
    assert.equal(session.units.find(({ path }) => path === 'plain')?.endStatus, 'normal');
    assert.deepEqual([hub.orders.size, limits], [1, 'limits']);
  });
});
