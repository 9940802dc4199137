// The tool "file_watch" in a real agent: what is found, what is not, and what becomes of a watch whose place, time or keeper goes away.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { FileWatchInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';

const isRoot = process.getuid?.() === 0;

describe('file watch', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;
  let folder: string;

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.start();
    await manager.connected();
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(fixture.base, 'watched-'));
    fs.chmodSync(folder, 0o755);
  });

  const watch = (more: Partial<FileWatchInput>, order: object = {}): string => {
    const input: FileWatchInput = {
      paths: [path.join(folder, 'a')],
      watch: 'created',
      match: 'any',
      already: 'counts',
      sizeMin: 0,
      settleMs: 0,
      intervalMs: 100,
      timeoutMs: 15_000,
      ...more,
    };
    return manager.dispatchOne({ tool: { name: 'file_watch', input }, ...order });
  };
  const says = async (id: string, text: RegExp): Promise<void> =>
    void (await waitUntil(
      () => text.test(manager.output(id, 'stderr').toString()),
      `${String(text)} of ${id}`,
    ));
  const found = async (id: string): Promise<string[]> => {
    const { exitCode, leftovers } = await manager.ended(id);
    assert.deepEqual([exitCode, leftovers], [0, []]);
    const lines = (await manager.wholeOutput(id)).split('\n').filter((line) => line !== '');
    return lines.map((line) => path.relative(folder, line));
  };
  /** The first look has been taken: what comes from now on is new. Nothing says so but a note on another path. */
  const begun = async (more: Partial<FileWatchInput>): Promise<string> => {
    const paths = more.paths ?? [path.join(folder, 'a')];
    const id = watch({ ...more, paths: [...paths, path.join(folder, 'nowhere/*')] });
    await says(id, /nowhere\/ is not there/);
    return id;
  };

  test('created: there already: counts at once, or is ignored until another comes', async () => {
    fs.writeFileSync(path.join(folder, 'a'), '');
    assert.deepEqual(await found(watch({})), ['a']);
    const id = await begun({ already: 'ignored', paths: [path.join(folder, '*')] });
    fs.writeFileSync(path.join(folder, 'b'), '');
    assert.deepEqual(await found(id), ['b']);
  });

  test('created: by a pattern: all that came, sorted, folders left out', async () => {
    const id = await begun({ paths: [path.join(folder, 'in-*.csv')], settleMs: 500 });
    fs.mkdirSync(path.join(folder, 'in-0.csv'));
    for (const name of ['in-2.csv', 'in-1.csv', 'out-1.csv', '.in-3.csv'])
      fs.writeFileSync(path.join(folder, name), 'x');
    assert.deepEqual(await found(id), ['in-1.csv', 'in-2.csv']);
  });

  test('created: a folder: only where the path ends with a slash', async () => {
    fs.mkdirSync(path.join(folder, 'a'));
    assert.deepEqual(await found(watch({ paths: [`${path.join(folder, 'a')}/`] })), ['a']);
    assert.equal((await manager.ended(watch({ timeoutMs: 300 }))).exitCode, 124);
  });

  test('created: taken away and put back: new, though its name was there before', async () => {
    fs.writeFileSync(path.join(folder, 'a'), '1');
    const id = await begun({ already: 'ignored' });
    fs.writeFileSync(path.join(folder, 'b'), '2');
    fs.renameSync(path.join(folder, 'b'), path.join(folder, 'a'));
    assert.deepEqual(await found(id), ['a']);
  });

  test('created: still written to: waits until it is closed and has settled', async () => {
    const id = watch({ settleMs: 300, sizeMin: 3 });
    const file = fs.openSync(path.join(folder, 'a'), 'w');
    fs.writeSync(file, 'abc');
    await says(id, /is still open for writing/);
    fs.writeSync(file, 'def');
    fs.closeSync(file);
    assert.deepEqual(await found(id), ['a']);
  });

  test('created: too small: waits until it is large enough', async () => {
    fs.writeFileSync(path.join(folder, 'a'), '12');
    const id = await begun({ sizeMin: 3 });
    fs.appendFileSync(path.join(folder, 'a'), '3');
    assert.deepEqual(await found(id), ['a']);
  });

  test('created: several paths, all of them: ends with the last', async () => {
    fs.writeFileSync(path.join(folder, 'a'), '');
    const paths = ['a', 'b'].map((name) => path.join(folder, name));
    const id = watch({ paths, match: 'all' });
    await manager.running(id);
    fs.writeFileSync(path.join(folder, 'b'), '');
    assert.deepEqual(await found(id), ['a', 'b']);
  });

  test('changed: size or time; what is made meanwhile is no change', async () => {
    fs.writeFileSync(path.join(folder, 'a'), 'one');
    const id = await begun({ watch: 'changed', paths: [path.join(folder, '*')] });
    fs.writeFileSync(path.join(folder, 'b'), 'new');
    fs.appendFileSync(path.join(folder, 'a'), ' more');
    assert.deepEqual(await found(id), ['a']);
  });

  test('deleted: gone; not there from the beginning counts, or is ignored', async () => {
    fs.writeFileSync(path.join(folder, 'a'), '');
    const id = await begun({ watch: 'deleted', already: 'ignored' });
    fs.rmSync(path.join(folder, 'a'));
    assert.deepEqual(await found(id), ['a']);
    assert.deepEqual(await found(watch({ watch: 'deleted' })), ['a']);
    const ignored = await manager.ended(watch({ watch: 'deleted', already: 'ignored', timeoutMs: 500 }));
    assert.equal(ignored.exitCode, 124);
  });

  test('deleted: the folder around it is gone: so is the file', async () => {
    fs.mkdirSync(path.join(folder, 'sub'));
    fs.writeFileSync(path.join(folder, 'sub/a'), '');
    const id = await begun({ watch: 'deleted', paths: [path.join(folder, 'sub/*')], already: 'ignored' });
    fs.rmSync(path.join(folder, 'sub'), { recursive: true });
    assert.deepEqual(await found(id), ['sub/a']);
  });

  test('links: what they lead to counts; one that leads nowhere is not there', async () => {
    fs.symlinkSync(path.join(folder, 'target'), path.join(folder, 'a'));
    const id = await begun({ watch: 'exists' });
    fs.writeFileSync(path.join(folder, 'target'), 'x');
    assert.deepEqual(await found(id), ['a']);
  });

  test('folder: not there at first, then made: said, and found', async () => {
    const id = watch({ paths: [path.join(folder, 'later/*')] });
    await says(id, /later\/ is not there/);
    fs.mkdirSync(path.join(folder, 'later'));
    fs.writeFileSync(path.join(folder, 'later/x'), '');
    assert.deepEqual(await found(id), ['later/x']);
  });

  test('permission: missing: ends at once and says where', { skip: !isRoot }, async () => {
    fs.mkdirSync(path.join(folder, 'closed'), { mode: 0o700 });
    for (const name of ['closed/a', 'closed/*']) {
      const id = watch({ paths: [path.join(folder, name)] }, { user: 'nobody' });
      assert.equal((await manager.ended(id)).exitCode, 77);
      await says(id, /closed\/.* cannot be looked at: Permission denied/);
    }
  });

  test('names: of any bytes: one line each', async () => {
    fs.writeFileSync(path.join(folder, 'two\nlines 日本'), '');
    assert.deepEqual(await found(watch({ paths: [path.join(folder, '*')] })), ['two\\x0alines 日本']);
  });

  test('timeout: nothing came: exit code 124, nothing left', async () => {
    const ended = await manager.ended(watch({ timeoutMs: 300 }));
    assert.deepEqual([ended.exitCode, ended.timedOut, ended.leftovers], [124, false, []]);
  });

  test('timeout: the file system does not answer: ends all the same', async () => {
    const id = watch({ timeoutMs: 1_000 });
    const { pid } = await manager.running(id);
    const looker = await waitUntil(() => watchers(id).find((each) => each !== pid), 'the looker');
    // As one whose call into the kernel does not come back.
    process.kill(looker, 'SIGSTOP');
    fs.writeFileSync(path.join(folder, 'a'), '');
    assert.equal((await manager.ended(id)).exitCode, 124);
  });

  test('again after a break: what has come about since the first watch began counts', async () => {
    const first = path.join(folder, 'first');
    fs.writeFileSync(first, '');
    const yesterday = new Date(Date.now() - 86_400_000);
    fs.writeFileSync(path.join(folder, 'second'), '');
    fs.utimesSync(first, yesterday, yesterday);
    const again: Partial<FileWatchInput> = { already: 'ignored', paths: [path.join(folder, '*')] };
    const since = fs.statSync(path.join(folder, 'second')).mtimeMs;
    assert.deepEqual(await found(watch({ ...again, sinceMs: Math.floor(since) })), ['first', 'second']);
    assert.equal(
      (await manager.ended(watch({ ...again, sinceMs: Date.now() + 60_000, timeoutMs: 500 }))).exitCode,
      124,
    );
  });

  test('cancel: ends both of its processes', async () => {
    const id = watch({});
    await manager.running(id);
    manager.cancel(id);
    const ended = await manager.ended(id);
    assert.deepEqual([ended.cancelled, ended.leftovers], [true, []]);
  });

  test('the one that waits is killed: abnormal; the one that looks ends by itself', async () => {
    const id = watch({ intervalMs: 200 });
    const { pid } = await manager.running(id);
    process.kill(pid, 'SIGKILL');
    const ended = await manager.ended(id);
    assert.equal(ended.signal, 'SIGKILL');
    await waitUntil(() => watchers(id).length === 0, 'the looker to end');
  });

  test('the waiter is killed: unknown; the watch ends by itself', async () => {
    const id = watch({ intervalMs: 200 });
    await manager.running(id);
    process.kill(await fixture.waiterPid(id), 'SIGKILL');
    assert.equal((await manager.outcome(id)).state, 'unknown');
    await waitUntil(() => watchers(id).length === 0, 'the watch to end');
  });

  test('memory: ten watches: a few megabytes each, all processes together', async () => {
    const ids = Array.from({ length: 10 }, () => watch({}));
    await Promise.all(ids.map((id) => manager.running(id)));
    const pages = ids.flatMap(watchers).map((pid) => {
      const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]);
    });
    assert.equal(pages.length, 20);
    const each = pages.reduce((sum, kib) => sum + kib, 0) / ids.length;
    assert.ok(each < 8 * 1024, `${each} KiB a watch`);
    for (const id of ids) manager.cancel(id, 0);
    await Promise.all(ids.map((id) => manager.outcome(id)));
  });

  test('wrong input: refused with the place of the fault', async () => {
    const id = manager.dispatchOne({ tool: { name: 'file_watch', input: { paths: [] } } });
    const refused = await manager.outcome(id);
    assert.ok(refused.state === 'refused' && refused.code === 'bad_order');
    assert.match(refused.reason, /the input of the tool "file_watch" is wrong at "paths"/);
    const other = await manager.outcome(manager.dispatchOne({ tool: { name: 'teleport', input: {} } }));
    assert.ok(other.state === 'refused' && /no tool "teleport"/.test(other.reason));
  });

  const watchers = (id: string): number[] =>
    fs
      .readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) => {
        try {
          return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`nezuban-tool file_watch ${id}`);
        } catch {
          return false;
        }
      })
      .map(Number);
});
