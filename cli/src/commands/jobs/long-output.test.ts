// `nezuban output` on long output: its end, its lines that hold a text, all of it in a file, what was not kept; and `nezuban reconcile`.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli as runWords, type CliOptions } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';
const runCli = (line: string, options: CliOptions) => runWords(line.split(' '), options);
const attempt = '12-abc123-1.1.0.1';
const at = '2026-11-22T09:00:00.000Z';
/** A beginning, a range that was not kept, an end. */
const head = 'first\nsecond\n';
const end = 'third\nORA-600 here\nlast\n';
const gapEnd = 5_000;

const output: FakeHandlers = {
  getOutput({ query }) {
    const storedBytes = gapEnd + end.length;
    const offset = query.offset < 0 ? Math.max(gapEnd, storedBytes + query.offset) : query.offset;
    const page = {
      stream: query.stream,
      offset,
      encoding: 'utf-8',
      storedBytes,
      droppedBytes: 4_987,
      complete: true,
    };
    if (offset < head.length) return { ...page, nextOffset: head.length, text: head.slice(offset) };
    if (offset < gapEnd)
      return {
        ...page,
        nextOffset: gapEnd,
        text: '',
        gap: { bytes: gapEnd - offset, from: head.length, reason: 'limit' },
      };
    return { ...page, nextOffset: storedBytes, text: end.slice(offset - gapEnd) };
  },
  searchOutput({ query }) {
    assert.deepEqual([query.text, query.mode, query.ignoreCase], ['ora-[0-9]+', 'pattern', true]);
    const more = query.offset === 0;
    const hit = { offset: 5_006, text: 'ORA-600 here', start: 0, end: 7 };
    return {
      stream: query.stream,
      encoding: 'utf-8',
      hits: more ? [] : [hit],
      nextOffset: more ? 5_000 : null,
      searchedBytes: 5_000,
      storedBytes: 5_024,
      complete: true,
    };
  },
  getRawOutput: ({ query }) => Buffer.from(query.gzip ? 'PACKED' : head),
};

test('output: what was not kept: said where it was', async () => {
  await using manager = await startFakeManager(output);
  const { stdout, stderr } = await runCli(`output ${attempt}`, { url: manager.url });
  assert.equal(stdout, `${head}\n[4987 bytes were not kept here: the limit of the unit is reached]\n${end}`);
  assert.match(stderr, /4987 bytes in all were not kept/);
});

test('output --tail: the last lines alone', async () => {
  await using manager = await startFakeManager(output);
  assert.equal(
    (await runCli(`output ${attempt} --tail 2`, { url: manager.url })).stdout,
    'ORA-600 here\nlast\n',
  );
  assert.equal(
    (await runCli(`output ${attempt} --tail 2 --follow`, { url: manager.url })).stdout,
    'ORA-600 here\nlast\n',
  );
});

test('output --search: goes on where the manager stopped, each line with its place', async () => {
  await using manager = await startFakeManager(output);
  const line = `output ${attempt} --search ora-[0-9]+ --pattern --ignore-case`;
  const { stdout, exitCode } = await runCli(line, { url: manager.url });
  assert.equal(stdout, '5006: ORA-600 here\n');
  assert.equal(exitCode, 0);
  assert.equal(manager.calls.filter((id) => id === 'searchOutput').length, 2);
});

test('output --save: the file, packed if its name says so', async () => {
  await using manager = await startFakeManager(output);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-out-cli-'));
  try {
    for (const [name, content] of [
      ['a.log', head],
      ['a.log.gz', 'PACKED'],
    ] as const) {
      const file = path.join(folder, name);
      const { stdout } = await runCli(`output ${attempt} --save ${file}`, { url: manager.url });
      assert.match(stdout, new RegExp(`${content.length} bytes were written`));
      assert.equal(await readFile(file, 'utf8'), content);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('reconcile: nothing: exit code 0; silent agents and strays: named with what to do, exit code 5', async () => {
  let silent: unknown[] = [];
  let strays: unknown[] = [];
  let straysLeftOut: unknown[] = [];
  const ended: unknown[] = [];
  await using manager = await startFakeManager({
    getReconciliation: () =>
      ({
        comparedAt: at,
        silent,
        strays,
        straysLeftOut,
      }) as never,
    endStrayAttempt({ params, body }) {
      ended.push([params.attemptId, body.killAfterSeconds]);
      return undefined;
    },
  });
  const healthy = await runCli('reconcile', { url: manager.url });
  assert.match(healthy.stdout, /^Manager and agents know the same\./);
  assert.equal(healthy.exitCode, 0);
  silent = [{ node: 'web1', since: at, attempts: 3, told: true }];
  strays = [
    {
      attemptId: attempt,
      node: 'db1',
      pid: 4711,
      command: null,
      startedAt: at,
      session: 12,
      net: 'night/load',
      unit: 'extract',
      endStatus: 'unknown',
      seenAt: at,
    },
  ];
  straysLeftOut = [{ node: 'db9', attempts: 7 }];
  const found = await runCli('reconcile', { url: manager.url });
  assert.match(found.stdout, /agent of web1: silent since 2026-11-22 18:00:00/);
  assert.match(
    found.stdout,
    /12-abc123-1\.1\.0\.1: runs on db1 \(pid 4711\).*night\/load, unit extract, closed as unknown/,
  );
  assert.match(found.stdout, /db9 runs 7 more that nobody waits for/);
  assert.equal(found.exitCode, 5);
  const json = JSON.parse((await runCli('reconcile --json', { url: manager.url })).stdout) as {
    strays: unknown[];
  };
  assert.equal(json.strays.length, 1);
  await runCli(`attempt end ${attempt} --kill-after 30`, { url: manager.url });
  assert.deepEqual(ended, [[attempt, 30]]);
});

test('output --raw and --save: the very bytes; what is missing of them on standard error', async () => {
  const said = '4987 bytes were not kept: the limit of the unit';
  await using manager = await startFakeManager({
    ...output,
    getRawOutput({ reply }) {
      reply.setHeader('nezuban-output-missing', said);
      return Buffer.from([0, 255, 10]);
    },
  });
  const raw = await runCli(`output ${attempt} --raw`, { url: manager.url });
  assert.equal(raw.stdout.length, 3);
  assert.equal(raw.stderr, `The output is not complete: ${said}.\n`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nz-output-missing-'));
  try {
    const file = path.join(folder, 'a.bin');
    const saved = await runCli(`output ${attempt} --save ${file}`, { url: manager.url });
    assert.match(saved.stderr, /The output is not complete: 4987 bytes/);
    assert.deepEqual([...(await readFile(file))], [0, 255, 10]);
    const json = await runCli(`output ${attempt} --save ${path.join(folder, 'b.bin')} --json`, {
      url: manager.url,
    });
    assert.equal((JSON.parse(json.stdout) as { missing: string }).missing, said);
  } finally {
    await rm(folder, { recursive: true });
  }
});
