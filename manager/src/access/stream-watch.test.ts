// A sign-in or token that was ended past the manager ends its live streams within seconds; others go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { resetPassword } from '../host-tools/admin/reset-password.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import { watchStreams } from './stream-watch.ts';

test('live: the password is reset from the host: streams of the ended sign-in and tokens end, that of the command line goes on', async () => {
  const manager = await startManagerHarness();
  const { database, live } = manager;
  const logger = createMemoryLogger();
  const stopWatch = watchStreams({ database, live, logger, timers: systemTimers });
  try {
    const first = manager.adminPassword ?? '';
    const cookie = await manager.signIn(first);
    await manager.call('changePassword', { body: { current: first, next: 'quite another one' } }, { cookie });
    const made = await manager.call('createToken', { body: { name: 'screen' } }, { cookie });
    const { token } = made.body as { token: string };
    const openStream = async (headers: Record<string, string>) => {
      const answer = await fetch(`${manager.url}/api/v1/live?topic=events`, { headers });
      assert.equal(answer.status, 200);
      const state = { ended: false };
      const reader = (async () => {
        if (answer.body !== null) for await (const _part of answer.body) continue;
        state.ended = true;
      })();
      return { state, reader };
    };
    const bySignIn = await openStream({ cookie });
    const byToken = await openStream({ authorization: `Bearer ${token}` });
    const local = await openStream({ authorization: `Bearer ${manager.localToken}` });

    const order = { user: 'admin', endTokens: false, administrator: false, person: 'root on test' };
    await resetPassword({ database, logger }, order);
    await waitFor(() => bySignIn.state.ended, { message: 'the end of the stream of the sign-in' });
    assert.deepEqual([byToken.state.ended, local.state.ended], [false, false]);

    await resetPassword({ database, logger }, { ...order, endTokens: true });
    await waitFor(() => byToken.state.ended, { message: 'the end of the stream of the token' });
    assert.equal(local.state.ended, false);
    assert.equal(live.clientCount(), 1);
  } finally {
    await stopWatch();
    await manager.stop();
  }
});
