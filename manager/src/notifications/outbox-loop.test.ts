// Tests of sending when the database is lost at the worst moment: what was taken and not sent is sent, and a failure is told once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { newEvent } from '@nezuban/protocol/events/event';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { CommitOutcomeUnknownError } from '../database/database-errors.ts';
import { createDatabase, type Database } from '../database/database.ts';
import type { EventDraft } from '../ports.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { startHook } from '../testing/receivers.ts';
import { noHands } from './channels/channel.ts';
import { insertDeliveries } from './delivery-store.ts';
import { createOutboxLoop } from './outbox-loop.ts';

describe('outbox', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    await prepareDatabase(server.config);
    database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'outbox' });
  });
  after(async () => {
    await database.stop();
    await server.drop();
  });
  beforeEach(async () => {
    await database.query({ text: 'DELETE FROM delivery' });
    const event = {
      ...newEvent,
      id: 7,
      at: new Date().toISOString(),
      priority: 'critical',
      code: 'trap_received',
      node: null,
      message: 'down',
      details: {},
    } as const;
    const body = {
      events: [event],
      more: 0,
      counts: { raised: 1, recovered: 0 },
      recovered: false,
      reminder: false,
      overflow: false,
      unchanged: 0,
      escalation: null,
    };
    await database.inTransaction((transaction) =>
      insertDeliveries(transaction, [
        { rule: 'r', target: 'team', channel: 'webhook', body, suppression: null },
      ]),
    );
  });

  const createLoop = (through: Database, url: string | null) => {
    const appended: EventDraft[] = [];
    const loop = createOutboxLoop(
      {
        database: through,
        rules: { rules: () => new Map([['r', { rule: { name: 'r', enabled: true } }]]) as never },
        channels: {
          channelOf: () =>
            url === null
              ? null
              : {
                  channel: { type: 'webhook', url, headers: {} } as never,
                  enabled: true,
                  secretsLost: false,
                  limitPerMin: null,
                  updatedBy: 'carol',
                },
          exists: () => Promise.resolve(true),
        },
        hands: noHands,
        events: {
          append: (_transaction, drafts) => {
            appended.push(...drafts);
            return Promise.resolve(() => undefined);
          },
        },
        clock: systemClock,
        timers: systemTimers,
        logger: createMemoryLogger(),
        chance: () => 0,
      },
      { managerId: 'm', startId: 'one' },
    );
    return { loop, appended };
  };

  test('outbox: a message is taken and the answer of the database is lost: it is sent all the same, once and as no repeat', async () => {
    const hook = await startHook(() => 200);
    let isLost = false;
    const lossy: Database = {
      ...database,
      query: (async (statement) => {
        const rows = await database.query(statement);
        if (isLost || statement.name !== 'claim_deliveries') return rows;
        isLost = true;
        throw new CommitOutcomeUnknownError(new Error('Connection terminated'));
      }) as Database['query'],
    };
    const { loop } = createLoop(lossy, hook.url);
    loop.start();
    await waitFor(() => hook.requests.length === 1);
    assert.equal(hook.requests[0]?.headers['x-nezuban-repeat'], undefined);
    await waitFor(
      async () => (await database.query({ text: "SELECT FROM delivery WHERE state = 'sent'" })).length === 1,
    );
    await loop.stop();
    await hook.stop();
    assert.equal(hook.requests.length, 1);
  });

  test('outbox: the outcome is written and the answer of the database is lost: the failure is told once', async () => {
    let losses = 2;
    const lossy: Database = {
      ...database,
      inTransaction: async (work) => {
        const result = await database.inTransaction(work);
        losses -= 1;
        if (losses >= 0) throw new CommitOutcomeUnknownError(new Error('Connection terminated'));
        return result;
      },
    };
    const { loop, appended } = createLoop(lossy, null);
    loop.start();
    await waitFor(() => losses < 0);
    await loop.stop();
    const [row] = await database.query<{ state: string }>({ text: 'SELECT state FROM delivery' });
    assert.equal(row?.state, 'failed');
    assert.equal(appended.length, 1);
  });
});
