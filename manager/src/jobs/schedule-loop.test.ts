// Schedules: what comes next; and when the database is away at the very moment, the start as soon as it is back, once.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type pg from 'pg';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';
import type { LossyDatabase } from '../testing/lossy-database.ts';
import { jobsLimits } from './jobs-limits.ts';

const DUE = '2026-03-01T13:00:00.000Z';

describe('schedule loop', () => {
  let bench: LossyBench;
  let door: LossyDatabase;
  let admin: pg.Client;
  let domain: JobsDomain;
  before(async () => {
    bench = await openLossyBench();
    ({ door, admin } = bench);
  });
  after(() => bench.close());
  afterEach(async () => {
    await domain.stop();
    assert.deepEqual(domain.broken, []);
    await bench.empty();
  });

  const start = async () => {
    const clock = createFakeClock('2026-03-01T12:59:58Z');
    domain = await startJobsDomain({
      address: door.address,
      hub: createFakeAgentHub({ nodes: ['local'] }),
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    await domain.apply(
      'kind: jobnet\nname: nightly\ntarget: { node: local }\nschedules:\n  - { name: s, times: ["13:00"], timezone: UTC }\nunits:\n  - { name: a, command: a }\n',
    );
    await waitFor(async () => (await coming(1))[0]?.at === DUE);
    return clock;
  };
  const coming = async (limit: number) =>
    (
      await domain.jobs.routes.listComingStarts({
        expected: null,
        actor: tester,
        requestId: 'test',
        params: {},
        query: { limit },
        body: undefined,
      })
    ).body.items;
  const sessions = async () => (await admin.query<{ trigger: unknown }>('SELECT trigger FROM session')).rows;

  test('coming starts: of each schedule its next, soonest first, with titles, as many as asked for', async () => {
    await start();
    await domain.apply(
      'kind: jobnet\nname: noon\ntitle: Noon run\ntarget: { node: local }\nschedules:\n  - { name: daily, times: ["12:00"], timezone: UTC }\n  - { name: off, times: ["12:30"], timezone: UTC, enabled: false }\nunits:\n  - { name: a, command: a }\n',
    );
    await waitFor(async () => (await coming(10)).length === 2);
    assert.deepEqual(await coming(10), [
      { net: 'nightly', title: null, schedule: 's', at: DUE },
      { net: 'noon', title: 'Noon run', schedule: 'daily', at: '2026-03-02T12:00:00.000Z' },
    ]);
    assert.equal((await coming(1)).length, 1);
  });

  test('schedule: the database is away when it is due: started a second after it is back, once', async () => {
    const clock = await start();
    const comeBack = door.goAway();
    await clock.advance(2_000);
    await waitFor(() =>
      domain.logger.lines.some(({ message }) => /has to wait for the database/.test(message)),
    );
    comeBack();
    await clock.advance(jobsLimits.scheduleRetryMs + 1);
    await waitFor(async () => (await sessions()).length === 1);
    assert.deepEqual((await sessions())[0]?.trigger, {
      type: 'schedule',
      schedule: 's',
      dueAt: DUE,
      onBehalfOf: 'tester',
    });
    await clock.advance(60_000);
    assert.equal((await sessions()).length, 1);
  });

  test('schedule: somebody else has decided it already: read anew at once, not started', async () => {
    const clock = await start();
    await admin.query("UPDATE schedule_state SET last_checked = '2026-03-01T13:30:00Z'");
    await clock.advance(2_001);
    await waitFor(() => domain.logger.lines.some(({ message }) => /was not committed/.test(message)));
    await admin.query("UPDATE schedule_state SET last_checked = '2026-03-01T12:00:00Z'");
    await clock.advance(10);
    await waitFor(async () => (await sessions()).length === 1);
  });

  test('schedule: the session before has not ended and the net skips: said once, not started, nor later', async () => {
    const clock = createFakeClock('2026-03-01T12:59:58Z');
    domain = await startJobsDomain({
      address: door.address,
      hub: createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' }),
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    await domain.apply(
      'kind: jobnet\nname: nightly\ntarget: { node: local }\noverlap: skip\nschedules:\n  - { name: s, times: ["13:00", "13:01"], timezone: UTC }\nunits:\n  - { name: a, command: a }\n',
    );
    await waitFor(async () => (await coming(1))[0]?.at === DUE);
    await clock.advance(3_000);
    await waitFor(async () => (await sessions()).length === 1);
    await clock.advance(60_000);
    const skipped = () => domain.events.committed.filter(({ code }) => code === 'schedule_skipped');
    await waitFor(() => skipped().length === 1);
    assert.match(
      skipped()[0]?.message ?? '',
      /^The start of nightly by schedule "s" was skipped: A session of "nightly" has not ended, and its overlap policy is to skip a start then\.$/u,
    );
    await clock.advance(5_000);
    assert.deepEqual([(await sessions()).length, skipped().length], [1, 1]);
    assert.equal((await coming(1))[0]?.at, '2026-03-02T13:00:00.000Z');
  });
});
