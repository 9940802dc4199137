// Commands whose end a file decides, in a real agent: what the receipt says of the file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';

describe('end file', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

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

  const seen = async (command: string, is: 'exists' | 'updated', path: string) => {
    const { exitCode, endFile } = await manager.ended(
      manager.dispatchOne({ command, endFile: { path, is } }),
    );
    return [exitCode, endFile?.held, endFile?.says];
  };

  test('exists: there at the end, whoever made it; not there', async () => {
    const file = fixture.file('made');
    assert.deepEqual(await seen('exit 3', 'exists', file), [3, false, 'is not there']);
    assert.deepEqual(await seen(`touch ${file}; exit 3`, 'exists', file), [3, true, '']);
    assert.deepEqual(await seen('true', 'exists', file), [0, true, '']);
  });

  test('updated: made or written since the start; there before and left alone', async () => {
    const file = fixture.file('written');
    assert.deepEqual(await seen('true', 'updated', file), [0, false, 'is not there']);
    assert.deepEqual(await seen(`echo 1 > ${file}`, 'updated', file), [0, true, '']);
    assert.deepEqual(await seen('true', 'updated', file), [0, false, 'was not updated']);
    assert.deepEqual(await seen(`echo 2 > ${file}`, 'updated', file), [0, true, '']);
    assert.deepEqual(await seen(`rm ${file}`, 'updated', file), [0, false, 'is not there']);
  });

  test('trouble: a path that goes in circles: said', async () => {
    const file = fixture.file('circle');
    fs.symlinkSync(file, file);
    const [, held, says] = await seen('true', 'exists', file);
    assert.equal(held, false);
    assert.match(String(says), /cannot be looked at: Too many levels of symbolic links/);
  });

  test(
    'of another user: looked at as that user, who sees only what is his to see',
    { skip: process.getuid?.() !== 0 },
    async () => {
      const folder = fixture.file('closed');
      fs.mkdirSync(folder, { mode: 0o700 });
      fs.writeFileSync(`${folder}/is-there`, '');
      const looked = async (path: string, user: string) => {
        const { endFile } = await manager.ended(
          manager.dispatchOne({ command: 'true', user, endFile: { path, is: 'exists' } }),
        );
        return endFile;
      };
      for (const name of ['is-there', 'is-not']) {
        assert.deepEqual(await looked(`${folder}/${name}`, 'nobody'), {
          held: false,
          says: 'cannot be looked at: Permission denied',
          said: { code: 'agent_end_file_trouble', values: { trouble: { code: 'os_no_access' } } },
        });
      }
      assert.deepEqual(await looked(`${folder}/is-there`, 'root'), { held: true, says: '' });
      assert.deepEqual(await looked('/etc/passwd', 'nobody'), { held: true, says: '' });
    },
  );

  test('command without it: the receipt says nothing of a file', async () => {
    assert.equal((await manager.ended(manager.dispatchOne({ command: 'true' }))).endFile, undefined);
  });
});
