// The commands on channels, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handlers } from '../../testing/answers.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

const view = (name: string, change: object = {}) => ({
  definition: {
    kind: 'channel' as const,
    name,
    enabled: true,
    channel: { type: 'slack' as const, url: '********' },
  },
  goesTo: 'slack hooks.example',
  secretsLost: false,
  usedBy: [{ kind: 'notification' as const, name: 'night' }],
  revision: 7,
  updatedAt: '2026-11-22T09:00:00.000Z',
  updatedBy: 'sato',
  ...change,
});

const start = async (
  tried: { readonly sent: boolean; readonly error: string | null } = { sent: true, error: null },
) =>
  await startFakeManager({
    ...handlers,
    listChannels: () => ({
      items: [view('chat'), view('old', { secretsLost: true, usedBy: [] })],
      nextCursor: null,
    }),
    getChannel: ({ params }) => view(params.name),
    deleteChannel: () => undefined,
    testChannel: () => tried,
  });

test('nezuban channel list: where each goes and who uses it', async () => {
  await using manager = await start();
  const text = await runCli(['channel', 'list'], { url: manager.url });
  assert.match(text.stdout, /^CHANNEL[^]*chat +yes +slack hooks\.example +night\n/);
  assert.match(text.stdout, /old[^]*its secrets have to be entered again/);
  const json = await runCli(['channel', 'list', '--json'], { url: manager.url });
  assert.equal((JSON.parse(json.stdout) as { items: unknown[] }).items.length, 2);
});

test('nezuban channel test: taken or not, and the exit code says it too', async () => {
  {
    await using manager = await start();
    const taken = await runCli(['channel', 'test', 'chat'], { url: manager.url });
    assert.equal(taken.stdout, 'The test message was taken.\n');
  }
  await using manager = await start({ sent: false, error: 'The receiver answered 404 Not Found' });
  const refused = await runCli(['channel', 'test', 'chat'], { url: manager.url });
  assert.match(refused.stdout, /was not taken: The receiver answered 404/);
  assert.equal(refused.exitCode, 1);
});

test('nezuban channel delete: the version that is there', async () => {
  await using manager = await start();
  const result = await runCli(['channel', 'delete', 'chat'], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stdout, 'Channel chat is deleted.\n');
});
