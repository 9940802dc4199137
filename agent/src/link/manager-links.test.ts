// The set of links: the newest term counts from the moment that it is seen, before any disk has it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentLinkVersions } from '@nezuban/protocol/agent/link';
import { agentIdSchema, termSchema } from '@nezuban/protocol/ids';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { enrol } from '../identity/enrolment.ts';
import { FakeManager } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { createManagerLinks } from './manager-links.ts';

test('links: a welcome of a higher term that is not on disk yet: the old master is out at once', async () => {
  const a = await FakeManager.start({ term: 5 });
  const b = await FakeManager.start({ authority: a.authority, onDuty: false });
  const identity = await enrol({ managers: [a.address], token: a.token, nodeName: 'x', version: '0' });
  const masters: (string | null)[] = [];
  const stored: number[] = [];
  const links = createManagerLinks(
    {
      logger: createMemoryLogger(),
      identity: () => identity,
      unfit: () => null,
      hello: (highestTerm) => ({
        type: 'hello',
        protocol: { ...agentLinkVersions },
        agentId: agentIdSchema.parse(identity.agentId),
        version: '0',
        hostname: 'host',
        platform: 'linux',
        bootId: 'boot',
        startId: 'start',
        highestTerm: termSchema.parse(highestTerm),
        clock: new Date().toISOString(),
      }),
      heartbeat: () => ({ type: 'heartbeat', clock: new Date().toISOString(), runningAttempts: 0 }),
      // A disk that is never done.
      storedTerm: () => 0,
      storeTerm: (term) => stored.push(term),
      storeManagers: () => undefined,
      onMaster: (master) => masters.push(master?.address ?? null),
      onTrust: () => undefined,
      onMessage: () => undefined,
    },
    { managers: [a.address, b.address], pinned: [] },
  );
  try {
    links.start();
    await Promise.all([a.connected(), b.connected()]);
    await waitUntil(() => links.master()?.address === a.address && b.heartbeats.length > 0, 'both greetings');
    b.takeOver(6);
    await waitUntil(() => a.closes.some(({ reason }) => reason === 'stale term, 6 is known'), 'the close');
    assert.equal(links.master()?.address, b.address);
    assert.deepEqual(masters, [a.address, b.address], 'never none in between');
    assert.deepEqual(stored, [5, 6]);
    // What the old one says when the agent comes back does not count either.
    await waitUntil(
      () => a.closes.filter(({ reason }) => reason === 'stale term, 6 is known').length > 1,
      'another refusal',
    );
    assert.equal(links.master()?.address, b.address);
  } finally {
    links.stop();
    await a.stop();
    await b.stop();
  }
});
