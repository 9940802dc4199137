// Tools of an agent that is no root: they run as that user, and as nobody else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';

const isRoot = process.getuid?.() === 0;
/** `nobody` on every Linux. */
const uid = 65_534;

describe('tools of an ordinary user', { skip: !isRoot }, () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.giveTo(uid);
    fixture.spawnProgram(['run'], uid);
    await manager.connected();
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });

  const watchOf = (path: string) => ({
    name: 'file_watch',
    input: {
      paths: [path],
      watch: 'exists',
      match: 'any',
      already: 'counts',
      sizeMin: 0,
      settleMs: 200,
      intervalMs: 100,
      timeoutMs: 15_000,
    },
  });

  test('watch: finds what the user may see; a folder of root is a missing permission', async () => {
    fs.writeFileSync(fixture.file('there'), '');
    const found = manager.dispatchOne({ tool: watchOf(fixture.file('there')) });
    assert.equal((await manager.ended(found)).exitCode, 0);
    fs.mkdirSync(fixture.file('closed'), { mode: 0o700 });
    const closed = manager.dispatchOne({ tool: watchOf(fixture.file('closed/a')) });
    assert.equal((await manager.ended(closed)).exitCode, 77);
  });

  test('call: is made by the user; as another user it is refused', async () => {
    const server = http.createServer((_request, response) => void response.end('here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const input = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      method: 'GET',
      query: {},
      headers: {},
      headerFiles: {},
      status: { normal: [{ from: 200, to: 200 }], warning: [], retry: [] },
      tls: { verify: true },
      redirectsMax: 0,
      connectTimeoutMs: 5_000,
      responseTimeoutMs: 5_000,
    };
    const tool = { name: 'http', input };
    assert.equal(await manager.wholeOutput(manager.dispatchOne({ tool })), 'here');
    const other = await manager.outcome(manager.dispatchOne({ tool, user: 'root' }));
    assert.ok(other.state === 'refused' && other.code === 'not_permitted');
    await new Promise((resolve) => server.close(resolve));
  });
});
