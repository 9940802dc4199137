// The tool "file_monitor" in a real agent: each file is told once, with a number, whatever is killed; what was not taken is told again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileMonitorLineSchema, type FileMonitorInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';

describe('file monitor', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;
  let folder: string;
  let key = 0;

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
    key += 1;
  });

  const watch = (more: Partial<FileMonitorInput> = {}, order: object = {}): string => {
    const input: FileMonitorInput = {
      key: `monitor${key}`,
      paths: [path.join(folder, '*')],
      watch: 'created',
      already: 'ignored',
      sizeMin: 0,
      settleMs: 0,
      intervalMs: 100,
      beatMs: 200,
      afterSeq: 0,
      ...more,
    };
    return manager.dispatchOne({ tool: { name: 'file_monitor', input }, ...order });
  };
  const linesOf = (id: string) =>
    manager
      .output(id)
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => fileMonitorLineSchema.parse(JSON.parse(line)));
  const foundBy = (id: string): string[] =>
    linesOf(id).flatMap((line) => ('seq' in line ? `${line.seq} ${path.relative(folder, line.path)}` : []));
  const begun = async (id: string): Promise<string> =>
    await waitUntil(
      () => linesOf(id).flatMap((line) => ('begun' in line ? line.memory : []))[0],
      `${id} to begin`,
    );
  const finds = async (id: string, wanted: readonly string[]): Promise<void> => {
    await waitUntil(() => foundBy(id).length >= wanted.length, `${wanted.join()} of ${id}`);
    assert.deepEqual(foundBy(id), wanted);
  };
  const end = async (id: string): Promise<void> => {
    manager.cancel(id);
    await manager.ended(id);
  };
  const put = (name: string, text = ''): void => fs.writeFileSync(path.join(folder, name), text);

  test('created: each once, with its facts; what was there is ignored; beats go on', async () => {
    put('old');
    const id = watch();
    assert.equal(await begun(id), 'new');
    put('a b"\\.csv', '12345');
    await finds(id, ['1 a b"\\.csv']);
    put('c');
    await finds(id, ['1 a b"\\.csv', '2 c']);
    const [first] = linesOf(id).flatMap((line) => ('seq' in line ? line : []));
    assert.deepEqual([first?.size, first?.change], [5, 'created']);
    const beats = linesOf(id).length;
    await waitUntil(() => linesOf(id).length > beats + 1, 'beats');
    await end(id);
    assert.deepEqual(foundBy(id), ['1 a b"\\.csv', '2 c']);
  });

  test('begun again: what came and was not seen is found; what was not taken is told again, what was is not', async () => {
    const id = watch();
    await begun(id);
    put('a');
    put('b');
    await waitUntil(() => foundBy(id).length === 2, 'two files');
    const names = foundBy(id);
    process.kill((await manager.running(id)).pid, 'SIGKILL');
    await manager.outcome(id);
    put('c');
    fs.rmSync(path.join(folder, 'a'));
    const again = watch({ afterSeq: 1 });
    assert.equal(await begun(again), 'kept');
    await finds(again, [names[1] ?? '', '3 c']);
    await end(again);
    const third = watch({ afterSeq: 3 });
    await begun(third);
    put('a');
    await finds(third, ['4 a']);
    await end(third);
  });

  test('settling when it dies: found once it has settled in the next', async () => {
    const id = watch({ settleMs: 60_000 });
    await begun(id);
    put('a');
    const beats = linesOf(id).length;
    await waitUntil(() => linesOf(id).length > beats + 1, 'more looks');
    await end(id);
    const again = watch();
    await finds(again, ['1 a']);
    await end(again);
  });

  test('two at a time: the second waits for the first', async () => {
    const id = watch();
    await begun(id);
    const second = watch();
    await manager.running(second);
    put('a');
    await finds(id, ['1 a']);
    await end(id);
    await finds(second, ['1 a']);
    await end(second);
  });

  test('the agent has lost what it knew: what came since counts, with a new number', async () => {
    put('old');
    const yesterday = new Date(Date.now() - 86_400_000);
    fs.utimesSync(path.join(folder, 'old'), yesterday, yesterday);
    await waitUntil(() => Date.now() > fs.statSync(path.join(folder, 'old')).ctimeMs + 20, 'the clock');
    const sinceMs = Date.now() - 10;
    put('new');
    const id = watch({ sinceMs, afterSeq: 7, already: 'counts' });
    assert.equal(await begun(id), 'lost');
    await finds(id, ['8 new']);
    await end(id);
  });

  test('what it knows: cut off in the middle: the side that is whole counts', async () => {
    const id = watch();
    await begun(id);
    put('a');
    await finds(id, ['1 a']);
    await end(id);
    const sides = ['a', 'b'].map((side) => path.join(fixture.home, 'watches', `monitor${key}.${side}`));
    const [empty, whole] = sides.toSorted((one, two) => fs.statSync(one).size - fs.statSync(two).size);
    fs.writeFileSync(empty ?? '', 's 9 44\nk 1:2 3:4 /x\n');
    fs.appendFileSync(whole ?? '', 'f 2 {"seq":2');
    const again = watch();
    assert.equal(await begun(again), 'kept');
    await finds(again, ['1 a']);
    await end(again);
  });

  test('what it knows: cut off between a file and its find: the file is found', async () => {
    const id = watch();
    await begun(id);
    put('a');
    await finds(id, ['1 a']);
    await end(id);
    const whole = ['a', 'b']
      .map((side) => path.join(fixture.home, 'watches', `monitor${key}.${side}`))
      .find((side) => fs.readFileSync(side).includes('f 1 '));
    assert.ok(whole !== undefined);
    fs.truncateSync(whole, fs.readFileSync(whole).indexOf('f 1 '));
    const again = watch();
    await finds(again, ['1 a']);
    await end(again);
  });

  test('a name that is not UTF-8: told as such, with a number', async () => {
    const id = watch();
    await begun(id);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x83, 0x65, 0x31])]), '');
    await finds(id, ['1 \\x83e1']);
    const [first] = linesOf(id).flatMap((line) => ('seq' in line ? line : []));
    assert.equal(first?.notUtf8, true);
    put('テスト');
    await finds(id, ['1 \\x83e1', '2 テスト']);
    await end(id);
  });

  test('changed and deleted: each time', async () => {
    put('a', '1');
    const changed = watch({ watch: 'changed' });
    await begun(changed);
    put('a', '12');
    await finds(changed, ['1 a']);
    put('a', '123');
    await finds(changed, ['1 a', '2 a']);
    await end(changed);
    key += 1;
    const deleted = watch({ watch: 'deleted' });
    await begun(deleted);
    fs.rmSync(path.join(folder, 'a'));
    await finds(deleted, ['1 a']);
    await end(deleted);
  });

  test(
    'as another user: what it knows lies with the agent all the same',
    { skip: process.getuid?.() !== 0 },
    async () => {
      fs.chmodSync(fixture.base, 0o711);
      const id = watch({}, { user: 'nobody' });
      await begun(id);
      put('a');
      await finds(id, ['1 a']);
      await end(id);
    },
  );
});
