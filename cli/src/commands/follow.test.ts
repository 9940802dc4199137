// Waiting and following: by the live stream, without one, over a manager that goes away, and until Ctrl-C.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { exitCodes } from '../exit-codes.ts';
import { startFakeManager, type FakeHandlers } from '../testing/fake-manager.ts';
import { runCli, startCli } from '../testing/run-cli.ts';
import { sampleAttempt, sampleEvent, sampleSession, sampleSummary, sampleUnit } from '../testing/samples.ts';
import { waitFor } from '../testing/wait-for.ts';

const running: Partial<SessionDetail> = { state: 'running', endStatus: null, endedAt: null };
const runNet: FakeHandlers['runNet'] = () => sampleSummary({ ...(running as object) });
const attemptId = '12-abc123-1.1.0.1' as AttemptId;

for (const [ended, exitCode] of [
  [{ endStatus: 'normal' }, 0],
  [{ endStatus: 'warning' }, exitCodes.sessionWarning],
  [{ endStatus: 'abnormal' }, exitCodes.sessionAbnormal],
  [{ endStatus: 'unknown' }, exitCodes.sessionUnknown],
  [{ state: 'stopped', endStatus: 'abnormal' }, exitCodes.sessionStopped],
  [{ endStatus: null }, 0],
] as const) {
  test(`run --wait: session ends as ${JSON.stringify(ended)}: exit code ${exitCode}`, async () => {
    await using manager = await startFakeManager({
      runNet,
      getSession: () => sampleSession({ state: 'ended', ...ended }),
    });
    const result = await runCli(['run', 'n', '--wait', '--json'], { url: manager.url });
    assert.equal(result.exitCode, exitCode);
    const document = JSON.parse(result.stdout) as Record<string, unknown>;
    assert.equal(document['id'], 12);
    assert.equal('units' in document, false);
  });
}

test('run --follow: each change of a unit is printed as it comes, then the end', async () => {
  let session = sampleSession({
    ...running,
    units: [
      sampleUnit('extract', {
        state: 'waiting',
        endStatus: null,
        attempts: [],
        startedAt: null,
        endedAt: null,
      }),
    ],
  });
  const publish = () => {
    manager.publish({ type: 'session', session: sampleSummary() });
  };
  await using manager = await startFakeManager({ runNet, getSession: () => session });
  const cli = startCli(['run', 'n', '--follow'], { url: manager.url });
  await waitFor(
    () => manager.streams() === 1 && manager.calls.includes('getSession'),
    () => 'the stream',
  );
  const unit = {
    endStatus: null,
    endedAt: null,
    attempts: [sampleAttempt({ exitCode: null, endedAt: null })],
  };
  session = sampleSession({ ...running, units: [sampleUnit('extract', { ...unit, state: 'running' })] });
  publish();
  await cli.waitForStdout(/extract {2}running on local\n/);
  session = sampleSession({
    endStatus: 'abnormal',
    units: [sampleUnit('extract', { endStatus: 'abnormal', attempts: [sampleAttempt({ exitCode: 3 })] })],
  });
  publish();
  const result = await cli.end;
  assert.equal(result.exitCode, exitCodes.sessionAbnormal);
  assert.match(
    result.stdout,
    /^Session 12 of night\/settlement is running\n[^]*extract {2}ended abnormal on local after 2\.00 s: exit code 3\nSession 12 ended abnormal after 42\.0 s\n$/,
  );
  await waitFor(
    () => manager.streams() === 0,
    () => 'the end of the stream',
  );
});

test('rerun --follow --json: one document a line, and none of units that stay as they were', async () => {
  let isAgain = false;
  const again = (): SessionDetail => {
    const session = sampleSession();
    return {
      ...session,
      units: session.units.map((unit) => (unit.path === 'extract' ? { ...unit, run: 2 } : unit)),
    };
  };
  await using manager = await startFakeManager({
    operateSession: () => {
      isAgain = true;
      return sampleSession(running);
    },
    getSession: () => (isAgain ? again() : sampleSession()),
  });
  const result = await runCli(['rerun', '12', '--follow', '--json'], { url: manager.url });
  const types = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  assert.deepEqual(types, ['unit', 'session']);
});

test('run --wait: no live stream: asked again and again until the end', async () => {
  let asked = 0;
  await using manager = await startFakeManager({
    runNet,
    openLive: () => {
      throw new CodedError('not_found', 'no stream');
    },
    getSession: () => sampleSession((asked += 1) < 4 ? running : {}),
  });
  const result = await runCli(['run', 'n', '--wait'], { url: manager.url });
  assert.equal(result.exitCode, 0);
  assert.equal(asked, 4);
});

test('run --wait: the manager goes away for a while: said once, waited for', async () => {
  let asked = 0;
  await using manager = await startFakeManager({
    runNet,
    getSession: ({ reply }) => {
      asked += 1;
      if (asked === 1) reply.socket?.destroy();
      if (asked === 2) throw new CodedError('shutting_down', 'The manager is stopping.');
      return sampleSession();
    },
  });
  const result = await runCli(['run', 'n', '--wait'], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stderr.match(/Trying on/g)?.length, 1, result.stderr);
});

test('run --wait: the token is revoked meanwhile: ends with exit code 4 at once', async () => {
  await using manager = await startFakeManager({
    runNet,
    getSession: () => {
      throw new CodedError('not_signed_in', 'The API token is unknown, expired or revoked.');
    },
  });
  assert.equal((await runCli(['run', 'n', '--wait'], { url: manager.url })).exitCode, exitCodes.notSignedIn);
});

test('run --wait: Ctrl-C: exit code 130, nothing stays open', async () => {
  await using manager = await startFakeManager({ runNet, getSession: () => sampleSession(running) });
  const cli = startCli(['run', 'n', '--wait'], { url: manager.url });
  await waitFor(
    () => manager.streams() === 1,
    () => 'the stream',
  );
  cli.interrupt();
  assert.equal((await cli.end).exitCode, exitCodes.interrupted);
  await waitFor(
    () => manager.streams() === 0,
    () => 'the end of the stream',
  );
});

const outputOf =
  (text: () => string, complete: () => boolean): NonNullable<FakeHandlers['getOutput']> =>
  ({ query }) => {
    const all = Buffer.from(text());
    // Few bytes at a time, so that several pages are needed.
    const nextOffset = Math.min(all.length, query.offset + 6);
    return {
      stream: query.stream,
      offset: query.offset,
      nextOffset,
      text: all.subarray(query.offset, nextOffset).toString(),
      encoding: 'utf-8',
      storedBytes: all.length,
      droppedBytes: complete() ? 5 : 0,
      complete: complete(),
    };
  };

test('output --follow: prints what comes, ends when it is complete, tells what was cut', async () => {
  let text = 'first line\n';
  let complete = false;
  await using manager = await startFakeManager({
    getOutput: outputOf(
      () => text,
      () => complete,
    ),
  });
  const cli = startCli(['output', attemptId, '--follow'], { url: manager.url });
  await cli.waitForStdout(/first line\n/);
  await waitFor(
    () => manager.streams() === 1,
    () => 'the stream',
  );
  text += 'second\n';
  complete = true;
  manager.publish({
    type: 'output',
    sessionId: 12 as never,
    attemptId,
    stream: 'stdout',
    storedBytes: text.length,
    complete,
  });
  const result = await cli.end;
  assert.equal(result.exitCode, 0);
  assert.equal(result.stdout, 'first line\nsecond\n');
  assert.match(result.stderr, /5 bytes in all were not kept/);
});

test('output: longer than a page: all of it', async () => {
  await using manager = await startFakeManager({
    getOutput: outputOf(
      () => 'x'.repeat(50),
      () => false,
    ),
  });
  assert.equal((await runCli(['output', attemptId], { url: manager.url })).stdout, 'x'.repeat(50));
});

test('output --follow of a unit that has not started: waits for its attempt', async () => {
  let started = false;
  await using manager = await startFakeManager({
    getSession: () =>
      sampleSession({
        ...running,
        units: [sampleUnit('extract', started ? {} : { state: 'waiting', endStatus: null, attempts: [] })],
      }),
    getOutput: outputOf(
      () => 'done\n',
      () => true,
    ),
  });
  const cli = startCli(['output', '--session', '12', '--unit', 'extract', '--follow', '--json'], {
    url: manager.url,
  });
  await waitFor(
    () => manager.streams() === 1,
    () => 'the stream',
  );
  started = true;
  manager.publish({ type: 'session', session: sampleSummary() });
  manager.publish({ type: 'units', sessionId: 12 as never, revision: 2, units: [] });
  const result = await cli.end;
  assert.equal(result.exitCode, 0, result.stderr);
  assert.partialDeepStrictEqual(JSON.parse(result.stdout), { attemptId, text: 'done\n' });
});

test('events --follow: the newest, then each new one once, over a cut connection too; Ctrl-C ends it', async () => {
  let newest = 12;
  const numbers = () => Array.from({ length: newest }, (_, index) => newest - index);
  await using manager = await startFakeManager({
    listEvents: () => ({ items: numbers().map((id) => sampleEvent(id)), nextCursor: null }),
  });
  const cli = startCli(['events', '--follow', '--limit', '3', '--json'], { url: manager.url });
  await cli.waitForStdout(/"id":12,/);
  await waitFor(
    () => manager.streams() === 1,
    () => 'the stream',
  );
  newest = 13;
  manager.publish({ type: 'event', event: sampleEvent(13) });
  await cli.waitForStdout(/"id":13,/);
  newest = 15;
  manager.cutConnections();
  await cli.waitForStdout(/"id":15,/);
  cli.interrupt();
  const result = await cli.end;
  assert.equal(result.exitCode, exitCodes.interrupted);
  assert.deepEqual(
    result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id),
    [10, 11, 12, 13, 14, 15],
  );
});

test('events --follow: more events than a page at once: none is missed', async () => {
  let newest = 5;
  await using manager = await startFakeManager({
    listEvents: ({ query }) => {
      const from = query.cursor === undefined ? newest : Number(query.cursor);
      const items = Array.from({ length: Math.min(query.limit, from) }, (_, index) =>
        sampleEvent(from - index),
      );
      const next = from - items.length;
      return { items, nextCursor: next > 0 ? String(next) : null };
    },
  });
  const cli = startCli(['events', '--follow', '--json'], { url: manager.url });
  await cli.waitForStdout(/"id":5,/);
  await waitFor(
    () => manager.streams() === 1,
    () => 'the stream',
  );
  newest = 1605;
  manager.publish({ type: 'event', event: sampleEvent(newest) });
  await cli.waitForStdout(/"id":1605,/);
  cli.interrupt();
  const { stdout } = await cli.end;
  const ids = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);
  assert.deepEqual(
    ids,
    Array.from({ length: 1605 }, (_, index) => index + 1),
  );
});
