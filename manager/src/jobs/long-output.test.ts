// Output beyond a page: packed pieces, ranges that were not kept, search with continuation, quotas, downloads. Real PostgreSQL, a fake agent.
import assert from 'node:assert/strict';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, before, after, beforeEach, describe, test } from 'node:test';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { agentLinkLimits } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub, type FakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain, type JobsDomainOptions } from '../testing/jobs-domain.ts';
import { prepareDatabase } from '../testing/jobs-harness.ts';
import { jobsLimits } from './jobs-limits.ts';

const MEGABYTE = 1_000_000;
const chunkBytes = agentLinkLimits.outputPackedChunkBytesMax;

describe('long output', () => {
  let database: TestDatabase;
  let domain: JobsDomain;
  let hub: FakeAgentHub;
  let attemptId: AttemptId;
  beforeEach(() => {
    hub = createFakeAgentHub({ nodes: ['local'], endingOf: () => 'never' });
  });
  before(async () => {
    database = await testDatabase();
    await prepareDatabase(database.config);
  });
  afterEach(async () => {
    await domain.stop();
    assert.deepEqual(domain.broken, []);
  });
  after(() => database.drop());

  const base = { query: {}, body: undefined, actor: tester, expected: null } as never as object;
  const start = async (options: Partial<JobsDomainOptions> = {}) => {
    domain = await startJobsDomain({ address: database.config, hub, ...options });
    await domain.apply(
      'kind: jobnet\nname: writes\ntarget: { node: local }\nunits:\n  - { name: a, command: x, output_bytes_max: 1073741824 }\n',
    );
    await run();
  };
  const run = async () => {
    const known = new Set(hub.runs.keys());
    await domain.jobs.routes.runNet({
      ...base,
      params: { name: 'writes' },
      body: { parameters: {} },
    } as never);
    attemptId = await waitFor(() => [...hub.runs.keys()].find((id) => !known.has(id)));
  };
  const send = async (offset: number, bytes: Buffer, more: object = {}) =>
    await hub.sendOutput('local', {
      attemptId,
      stream: 'stdout',
      offset,
      data: zstdCompressSync(bytes).toString('base64'),
      size: bytes.length,
      ...more,
    });
  /** All of it, in packed chunks. */
  const sendAll = async (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const part = bytes.subarray(at, at + chunkBytes);
      assert.equal(await send(at, part), at + part.length);
    }
  };
  const page = async (query: object = {}) =>
    (
      await domain.jobs.routes.getOutput({
        ...base,
        params: { attemptId },
        query: { stream: 'stdout', offset: 0, limit: 65_536, ...query },
      } as never)
    ).body;
  const search = async (query: object) =>
    (
      await domain.jobs.routes.searchOutput({
        ...base,
        params: { attemptId },
        query: { stream: 'stdout', mode: 'plain', ignoreCase: false, offset: 0, limit: 100, ...query },
      } as never)
    ).body;
  const download = async (gzip: boolean) =>
    await domain.jobs.getRawOutput(
      { ...base, params: { attemptId }, query: { stream: 'stdout', gzip } } as never,
      {} as never,
    );
  const raw = async (gzip: boolean) => (await download(gzip)).stream;
  const missing = async () => (await download(false)).headers?.['nezuban-output-missing'];
  const lines = (count: number) =>
    Buffer.from(Array.from({ length: count }, (_, index) => `line ${index} of the night run\n`).join(''));

  test('packed pieces: a page from anywhere, the download and its gzip: the very bytes', async () => {
    await start();
    const bytes = lines(100_000);
    await sendAll(bytes);
    const [row] = await domain.database.query<{ stored: number; length: number }>({
      text: 'SELECT sum(octet_length(bytes))::int AS stored, sum(length)::int AS length FROM attempt_output',
    });
    assert.equal(row?.length, bytes.length);
    assert.ok((row?.stored ?? 0) < bytes.length / 4, 'it lies there packed');
    for (const offset of [0, 1, chunkBytes - 7, chunkBytes, 2_000_003]) {
      const { text: found, nextOffset } = await page({ offset, limit: 5_000 });
      assert.equal(found, bytes.subarray(offset, nextOffset).toString(), `from ${offset}`);
    }
    assert.equal((await page({ offset: -100 })).text, bytes.subarray(-100).toString());
    assert.ok((await buffer(await raw(false))).equals(bytes));
    assert.ok(gunzipSync(await buffer(await raw(true))).equals(bytes));
  });

  test('download of what is not all there: its very bytes, and a header that says so', async () => {
    await start();
    const bytes = lines(10);
    await sendAll(bytes);
    assert.equal(await text(await raw(false)), bytes.toString(), 'it runs: nobody expects an end');
    assert.equal(await missing(), undefined);
    hub.end(attemptId, 0, bytes.length + 500);
    assert.equal(await waitFor(missing), '500 bytes more were written and have not come from the agent');
    assert.equal(await text(await raw(false)), bytes.toString());
    await run();
    await sendAll(bytes);
    hub.disconnect('local');
    hub.remove('local');
    assert.equal(await waitFor(missing), 'how this attempt ended is not known, and it may have written more');
    assert.equal(await text(await raw(false)), bytes.toString());
  });

  test('packed piece that is damaged, or holds more than it says: refused, nothing of it is stored', async () => {
    await start();
    const bomb = zstdCompressSync(Buffer.alloc(50 * MEGABYTE)).toString('base64');
    for (const data of [bomb, Buffer.from('no frame').toString('base64')])
      await assert.rejects(
        hub.sendOutput('local', { attemptId, stream: 'stdout', offset: 0, data, size: 1000 }),
        /does not hold the 1000 bytes/,
      );
    assert.equal((await page()).storedBytes, 0);
  });

  test('a range that was not kept: said on its page, passed over, told with the download, complete at the end', async () => {
    await start();
    const head = Buffer.from('the beginning\n');
    await send(0, head);
    const end = 5_000_000_000;
    const tail = Buffer.from('the end\n');
    assert.equal(await send(end, tail, { skippedFrom: head.length }), end + tail.length);
    assert.equal(await send(end, tail, { skippedFrom: head.length }), end + tail.length, 'once');
    hub.end(attemptId, 0, head.length + tail.length);
    const first = await waitFor(async () => {
      const seen = await page();
      return seen.complete && seen;
    });
    assert.equal(first.text, 'the beginning\n');
    const gap = await page({ offset: first.nextOffset });
    assert.deepEqual(gap.gap, { bytes: end - head.length, from: head.length, reason: 'limit' });
    assert.equal((await page({ offset: 1_000_000 })).gap?.bytes, end - 1_000_000, 'from its middle');
    assert.equal((await page({ offset: gap.nextOffset })).text, 'the end\n');
    assert.equal(await text(await raw(false)), 'the beginning\nthe end\n');
    assert.equal(await missing(), `${end - head.length} bytes were not kept: the limit of the unit`);
    assert.deepEqual(
      (await search({ text: 'the' })).hits.map(({ offset }) => offset),
      [0, end],
    );
    // A quota was full before the limit came: what was beyond both is counted once.
    await domain.database.query({ text: 'UPDATE attempt SET dropped_bytes = 4000000000' });
    await domain.database.query({ text: "UPDATE attempt_output SET form = 'quota' WHERE form = 'limit'" });
    assert.equal((await page()).droppedBytes, end - head.length);
  });

  test('search: plain, without case, by pattern; each hit with the place of its line; a page of hits at a time', async () => {
    await start();
    const bytes = lines(20_000);
    await sendAll(bytes);
    const place = (line: string) => bytes.indexOf(line);
    const plain = await search({ text: 'line 12345 ' });
    assert.deepEqual(plain.hits, [
      { offset: place('line 12345 '), text: 'line 12345 of the night run', start: 0, end: 11 },
    ]);
    assert.equal(plain.nextOffset, null);
    assert.equal((await search({ text: 'NIGHT', limit: 5 })).hits.length, 0);
    const some = await search({ text: 'NIGHT', ignoreCase: true, limit: 5 });
    assert.deepEqual(
      some.hits.map(({ text: line }) => line.split(' ')[1]),
      ['0', '1', '2', '3', '4'],
    );
    assert.equal(some.nextOffset, place('line 5 '));
    const next = await search({ text: 'NIGHT', ignoreCase: true, limit: 1, offset: some.nextOffset });
    assert.equal(next.hits[0]?.offset, place('line 5 '));
    const pattern = await search({ text: 'line 1999[0-3] ', mode: 'pattern' });
    assert.equal(pattern.hits.length, 4);
    await assert.rejects(search({ text: '(', mode: 'pattern' }), /the pattern/);
  });

  test('search: an output longer than one request looks through: goes on from where it came', async () => {
    await start();
    // One chunk over and over, more than one request looks through.
    const chunk = Buffer.alloc(chunkBytes, 'nothing here\n');
    const chunks = Math.ceil(
      (jobsLimits.outputSearchBytesMax + 2 * jobsLimits.outputSearchStepBytes) / chunkBytes,
    );
    for (let index = 0; index < chunks; index += 1) await send(index * chunkBytes, chunk);
    const end = chunks * chunkBytes;
    await send(end, Buffer.from('\nhere it is\n'));
    let offset: number | null = 0;
    let requests = 0;
    const hits: unknown[] = [];
    while (offset !== null) {
      const found = await search({ text: 'it is', offset });
      assert.ok(found.searchedBytes <= jobsLimits.outputSearchBytesMax + jobsLimits.outputSearchStepBytes);
      hits.push(...found.hits);
      offset = found.nextOffset;
      requests += 1;
    }
    assert.ok(requests > 1);
    assert.equal(hits.length, 1);
  });

  /** A day without output. */
  const domainOfToday = async () => {
    await start();
    await domain.database.query({ text: 'TRUNCATE attempt_output, output_usage' });
    await domain.stop();
  };

  const fillQuota = async (quota: keyof Settings['output'], kind: string) => {
    await domainOfToday();
    await start({ settings: { output: { [quota]: 1 } } });
    // Bytes that do not pack, so that they count in full.
    const noise = (size: number) => Buffer.from(Array.from({ length: size }, () => Math.random() * 256));
    let at = 0;
    while (at < 3 * MEGABYTE) {
      const answer = await send(at, noise(chunkBytes));
      if (answer !== at + chunkBytes) break;
      at += chunkBytes;
    }
    assert.ok(at >= MEGABYTE - chunkBytes && at <= MEGABYTE + chunkBytes, `held back after ${at}`);
    const tail = Buffer.from('what went wrong\n');
    assert.equal(await send(9 * MEGABYTE, tail, { skippedFrom: at }), 9 * MEGABYTE + tail.length);
    assert.deepEqual((await page({ offset: at })).gap, {
      bytes: 9 * MEGABYTE - at,
      from: at,
      reason: 'quota',
    });
    await run();
    const reserve = jobsLimits.outputReserveBytes;
    assert.equal(await send(0, noise(chunkBytes)), reserve);
    assert.equal((await page({ offset: 0, limit: 1_000_000 })).storedBytes, reserve);
    await domain.jobs.stop(1_000);
    const told = domain.events.committed.filter(({ code }) => code === 'output_quota_full');
    assert.deepEqual(
      told.map(({ details }) => details['kind']),
      [kind],
    );
  };
  for (const [quota, kind] of [
    ['net_mb_per_day', 'net'],
    ['node_mb_per_day', 'node'],
    ['total_mb', 'total'],
  ] as const) {
    test(`quota ${quota}: full: beginning and end are kept, told once, the next command too`, () =>
      fillQuota(quota, kind));
  }
});
