// Schedules that go by a calendar, on a real database: started on their days, moved by a change of the calendar at once, each start once.
import { say } from '@nezuban/protocol/sentences/sentence';
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type pg from 'pg';
import { findNetsOnCalendar } from './calendar-moves.ts';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { noFreezes } from '../testing/jobs-harness.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { openLossyBench, type LossyBench } from '../testing/lossy-bench.ts';

/** A Friday. */
const FRIDAY = '2026-11-27T12:59:58Z';
const request = { params: {}, expected: null, actor: tester, requestId: 'test', query: {} } as const;

describe('schedules by calendars', () => {
  let bench: LossyBench;
  let admin: pg.Client;
  let domain: JobsDomain;
  before(async () => {
    bench = await openLossyBench();
    ({ admin } = bench);
  });
  after(() => bench.close());
  afterEach(async () => {
    await domain.stop();
    assert.deepEqual(domain.broken, []);
    await bench.empty();
  });

  const startAt = async (now: string) => {
    const clock = createFakeClock(now);
    domain = await startJobsDomain({
      address: bench.door.address,
      hub: createFakeAgentHub({ nodes: ['local'] }),
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
    });
    return clock;
  };
  const calendar = (given = '') => `kind: calendar\nname: bank\n${given}`;
  const net = (schedule: string) =>
    `kind: jobnet\nname: nightly\ntarget: { node: local }\nschedules:\n  - { name: s, calendar: bank, ${schedule} }\nunits:\n  - { name: a, command: a }\n`;
  const sessions = async () =>
    (
      await admin.query<{ due: string }>(`SELECT trigger ->> 'dueAt' AS due FROM session ORDER BY id`)
    ).rows.map(({ due }) => due);
  const nextStart = async () =>
    (await domain.jobs.routes.listComingStarts({ ...request, query: { limit: 10 }, body: undefined })).body
      .items[0]?.at ?? null;

  test('schedules: the calendar is not there: the net is refused, with the place', async () => {
    await startAt(FRIDAY);
    await assert.rejects(
      domain.apply(net('times: ["13:00"]')),
      /job net "nightly": schedules\[0\]\.calendar: there is no calendar "bank"/,
    );
  });

  test('schedules: calendar and net of one file, in any order: started on open days', async () => {
    const clock = await startAt(FRIDAY);
    await domain.apply(`${net('times: ["13:00"]')}---\n${calendar()}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    await clock.advance(2_001);
    await waitFor(async () => (await sessions()).length === 1);
    // Over the weekend nothing starts.
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
  });

  test('business date: by the calendar at the due time, kept over a change of it; a calendar in use stays', async () => {
    const clock = await startAt(FRIDAY);
    const text = `kind: jobnet\nname: dated\ntarget: { node: local }\nbusiness_date: { calendar: bank, move_open_days: 1 }\nparameters:\n  - { name: DAY, type: date, default: business_date-1 }\nschedules:\n  - { name: s, calendar: bank, times: ["13:00"] }\nunits:\n  - { name: a, command: a }\n`;
    await assert.rejects(domain.apply(text), /business_date\.calendar: there is no calendar "bank"/);
    await domain.apply(`${text}---\n${calendar()}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    await clock.advance(2_001);
    await waitFor(async () => (await sessions()).length === 1);
    const preview = await domain.jobs.routes.previewOrder({
      ...request,
      params: { name: 'dated' },
      body: { unit: 'a', parameters: {} },
    } as never);
    assert.deepEqual([preview.body.environment['DAY'], preview.body.problems], ['2026-11-27', []]);
    await domain.apply(calendar('closed: ["2026-11-30"]\n'));
    const { items } = (await domain.jobs.routes.listSessions({ ...request, query: { limit: 10 } } as never))
      .body;
    const { business } = items[0]?.trigger ?? {};
    assert.deepEqual([business?.date, business?.calendar], ['2026-11-30', 'bank']);
    const { rows } = await admin.query<{ day: string }>(`SELECT parameters ->> 'DAY' AS day FROM session`);
    assert.deepEqual(rows, [{ day: '2026-11-27' }]);
    const uses = await findNetsOnCalendar(admin as never, 'bank');
    assert.deepEqual(
      uses.map(({ name }) => name),
      ['dated'],
    );
  });

  test('schedules: the calendar changes: the next start moves at once, also by one that it inherits', async () => {
    await startAt(FRIDAY);
    await domain.apply(
      `kind: calendar\nname: japan\n---\n${calendar('inherits: japan\n')}---\n${net('times: ["13:00"]')}`,
    );
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    await domain.apply('kind: calendar\nname: japan\nclosed: ["2026-11-27"]\n');
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
    await domain.apply(calendar('inherits: japan\nopen: ["2026-11-27"]\n'));
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
  });

  test('schedules: a day of the past is opened: no start of the past is made up for, also after a restart', async () => {
    const clock = await startAt('2026-11-28T12:00:00Z');
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"], missed: run_once')}`);
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
    await clock.advance(24 * 3_600_000);
    await domain.apply(calendar('open: ["2026-11-28"]\n'));
    await domain.stop();
    await startAt('2026-11-29T12:00:01Z');
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
    assert.deepEqual(await sessions(), []);
  });

  test('schedules: the calendar changes between deciding and storing: the start comes to nothing and is decided anew', async () => {
    const clock = await startAt(FRIDAY);
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    // Somebody closes the day; this manager has not heard of it: its memory holds the day for open.
    await admin.query(
      `WITH changed AS (
         UPDATE calendar SET definition = definition || '{"closed": ["2026-11-27"]}', revision = nextval('calendar_revision')
         WHERE name = 'bank' RETURNING revision)
       UPDATE schedule_state SET calendar_revision = changed.revision FROM changed`,
    );
    await clock.advance(2_001);
    await waitFor(() => domain.logger.lines.some(({ message }) => /was not committed/.test(message)));
    await waitFor(async () => {
      await clock.advance(10);
      return (await nextStart()) === '2026-11-30T13:00:00.000Z';
    });
    assert.deepEqual(await sessions(), []);
  });

  test('schedules: the calendar changes after the start is due: it has started once, whatever the new days are', async () => {
    const clock = await startAt(FRIDAY);
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    await clock.advance(2_001);
    await waitFor(async () => (await sessions()).length === 1);
    await domain.apply(calendar('closed: ["2026-11-27"]\n'));
    await domain.apply(calendar('open: ["2026-11-27"]\n'));
    await clock.advance(60_000);
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
    assert.deepEqual(await sessions(), ['2026-11-27T13:00:00.000Z']);
  });

  test('schedules: held by a freeze while its day is closed: nothing starts at the resume, and nothing is told of it', async () => {
    let refusal: string | null = null;
    const clock = createFakeClock(FRIDAY);
    domain = await startJobsDomain({
      address: bench.door.address,
      hub: createFakeAgentHub({ nodes: ['local'] }),
      clock,
      timers: { ...systemTimers, after: clock.after, every: clock.every },
      freezes: {
        ...noFreezes,
        startRefusal: () => (refusal === null ? null : say('as_told', { text: refusal })),
      },
    });
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    refusal = 'frozen by the test';
    await clock.advance(600_000);
    assert.equal(domain.jobs.openWork.heldStarts().length, 1);
    await domain.apply(calendar('closed: ["2026-11-27"]\n'));
    refusal = null;
    await domain.jobs.openWork.freezesChanged();
    await waitFor(async () => {
      await clock.advance(10);
      return (await nextStart()) === '2026-11-30T13:00:00.000Z';
    });
    assert.deepEqual(await sessions(), []);
    assert.deepEqual(
      domain.events.committed.filter(({ code }) => code.startsWith('schedule_')),
      [],
    );
  });

  test('schedules: preview: starts, days that are left out, and the same for one that is not stored', async () => {
    await startAt(FRIDAY);
    await domain.apply(
      `${calendar('closed: [{ date: "2026-11-30", name: 棚卸 }]\n')}---\n${net('times: ["13:00"], days: ["-1", "15"]')}`,
    );
    const stored = await domain.jobs.routes.previewNet({
      ...request,
      params: { name: 'nightly' },
      query: { count: 2 },
      body: undefined,
    });
    assert.deepEqual(stored.body.schedules[0]?.days, [
      { type: 'left_out', day: '2026-11-30', reason: 'closed', name: '棚卸' },
      { type: 'start', at: '2026-12-15T13:00:00.000Z', day: '2026-12-15', insteadOf: [] },
      { type: 'start', at: '2026-12-31T13:00:00.000Z', day: '2026-12-31', insteadOf: [] },
    ]);
    const unsaved = await domain.jobs.routes.previewSchedule({
      ...request,
      body: {
        schedule: {
          name: 'x',
          calendar: 'bank',
          times: ['26:00'],
          days: ['-1'],
          if_closed: 'before',
          enabled: true,
          missed: 'skip',
        },
        timezone: 'UTC',
        count: 1,
      },
    });
    assert.deepEqual(unsaved.body.days, [
      { type: 'start', at: '2026-11-28T02:00:00.000Z', day: '2026-11-27', insteadOf: ['2026-11-30'] },
    ]);
  });

  test('schedules: the next start is skipped by hand: it stays so when the calendar changes, and the preview knows', async () => {
    await startAt(FRIDAY);
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await waitFor(async () => (await nextStart()) === '2026-11-27T13:00:00.000Z');
    await domain.jobs.routes.changeComingStart({
      ...request,
      params: { name: 'nightly' },
      body: { schedule: 's', change: 'skip', at: '2026-11-27T13:00:00.000Z' },
    });
    await waitFor(async () => (await nextStart()) === '2026-11-30T13:00:00.000Z');
    await domain.apply(calendar('open: ["2026-11-28"]\n'));
    await waitFor(async () => (await nextStart()) === '2026-11-28T13:00:00.000Z');
    const { body } = await domain.jobs.routes.previewNet({
      ...request,
      params: { name: 'nightly' },
      query: { count: 2 },
      body: undefined,
    });
    assert.deepEqual(
      body.schedules[0]?.days.map(({ day, type }) => `${day} ${type}`),
      ['2026-11-28 start', '2026-11-29 left_out', '2026-11-30 start'],
    );
  });

  test('calendars: named by a planned release alone: not deleted before it', async () => {
    await startAt(FRIDAY);
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await domain.apply(
      'kind: jobnet\nname: nightly\ntarget: { node: local }\nunits:\n  - { name: a, command: a }\n',
    );
    await domain.jobs.routes.planNetRelease({
      ...request,
      params: { name: 'nightly' },
      body: { revision: 1, at: '2026-12-01T00:00:00.000Z', ifChanged: 'refuse' },
    } as never);
    await assert.rejects(
      domain.calendars.routes.deleteCalendar({ ...request, params: { name: 'bank' }, body: undefined }),
      /in use by a planned release of the job net "nightly"/,
    );
  });

  test('calendars: used by a schedule: not deleted, and said by which net', async () => {
    await startAt(FRIDAY);
    await domain.apply(`${calendar()}---\n${net('times: ["13:00"]')}`);
    await assert.rejects(
      domain.calendars.routes.deleteCalendar({ ...request, params: { name: 'bank' }, body: undefined }),
      /in use by schedules of the job net "nightly"/,
    );
  });
});
