// Tests of the voter record at each start.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { chooseVoterId, createJoinedVoter, newVoterId, openVoter, voterFileIn } from './voter-record.ts';

const scratch = fs.mkdtempSync('/tmp/nz-voter-record-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const folder = (name: string) => path.join(scratch, name);
const ports = () => ({ timers: systemTimers, logger: createMemoryLogger() });
const directory = { token: 'token-1', systemIdentifier: '7428' };

test('voter record: first start: a record of one host alone, whose data is the directory´s', async () => {
  const place = { directory: folder('first'), id: 'tokyo.1a2b', paired: null };
  const { store, record } = await openVoter(ports(), place, directory);
  assert.match(record.cluster, /^[0-9a-f]{12}\.7428$/);
  assert.deepEqual({ ...record.roster?.inSync }, { 'tokyo.1a2b': 'token-1' });
  assert.deepEqual(record.roster?.voters, [['tokyo.1a2b']]);
  await store.close();
  const again = await openVoter(ports(), place, directory);
  assert.equal(again.record.cluster, record.cluster, 'the second start goes on with it');
  assert.equal(chooseVoterId(place.directory), 'tokyo.1a2b');
  await again.store.close();
});

test('voter record: a single host whose data is another one now (a restored backup): begins anew, and says so', async () => {
  const place = { directory: folder('restored'), id: 'tokyo.1a2b', paired: null };
  const first = await openVoter(ports(), place, directory);
  await first.store.close();
  const logged = ports();
  const second = await openVoter(logged, place, { ...directory, token: 'token-2' });
  assert.deepEqual({ ...second.record.roster?.inSync }, { 'tokyo.1a2b': 'token-2' });
  assert.notEqual(second.record.cluster, first.record.cluster);
  assert.match(logged.logger.lines.at(-1)?.message ?? '', /begins anew/);
  await second.store.close();
});

test('voter record: a single host whose record is damaged: begins anew', async () => {
  const place = { directory: folder('damaged'), id: 'tokyo.1a2b', paired: null };
  const first = await openVoter(ports(), place, directory);
  await first.store.close();
  fs.writeFileSync(voterFileIn(place.directory), 'garbage');
  const second = await openVoter(ports(), place, directory);
  assert.equal(second.record.roster?.term, 1);
  await second.store.close();
});

test('voter record: a member that has joined knows nothing and has promised nothing', async () => {
  const place = folder('joined');
  fs.mkdirSync(place);
  const identity = { cluster: 'c.1', id: 'osaka.9' };
  await createJoinedVoter(place, identity);
  const opened = await openVoter(ports(), { directory: place, id: 'osaka.9', paired: identity }, directory);
  assert.deepEqual([opened.record.term, opened.record.roster], [0, null]);
  await opened.store.close();
});

test('voter record: a member of a pair whose record is lost: must not vote, and says what to do', async () => {
  const place = folder('lost');
  fs.mkdirSync(place);
  const identity = { cluster: 'c.1', id: 'osaka.9' };
  await assert.rejects(
    openVoter(ports(), { directory: place, id: 'osaka.9', paired: identity }, directory),
    /must not vote: on the other host type "nezuban pair leave --host osaka\.9"/,
  );
  assert.equal(fs.existsSync(voterFileIn(place)), false, 'none is made');
});

test('voter record: a member of a pair whose pair.json is lost: does not begin anew beside the other one', async () => {
  const place = { directory: folder('no-pair'), id: 'tokyo.1a2b', paired: null };
  const { store, record } = await openVoter(ports(), place, directory);
  assert.ok(record.roster !== null);
  const pair = { members: ['tokyo.1a2b', 'osaka.9'], voters: [['tokyo.1a2b', 'osaka.9', 'w.1']] };
  await store.save({ ...record, roster: { ...record.roster, ...pair, revision: 2 } });
  await store.close();
  const again = openVoter(ports(), place, { ...directory, token: 'token-2' });
  await assert.rejects(again, /is a member of a pair, as tokyo\.1a2b, .*restore .*pair\.json/);
  await assert.rejects(openVoter(ports(), place, directory), /is a member of a pair/);
  const paired = { cluster: record.cluster, id: record.id };
  const restored = await openVoter(ports(), { ...place, paired }, directory);
  assert.deepEqual(restored.record.roster?.members, pair.members, 'its record is as it was');
  await restored.store.close();
});

test('voter record: the data is of another voter and the record is gone: refused in words', async () => {
  const place = { directory: folder('others'), id: 'tokyo.1a2b', paired: null };
  await assert.rejects(openVoter(ports(), place, { ...directory, token: null }), /is that of another host/);
  assert.equal(fs.existsSync(voterFileIn(place.directory)), false);
});

test('voter record: ids: readable, whatever the host is called', () => {
  assert.match(newVoterId('Tokyo-1.example.com'), /^tokyo-1-example-com\.[0-9a-f]{4}$/);
  assert.match(newVoterId('東京'), /^host\.[0-9a-f]{4}$/);
  assert.match(newVoterId('x'.repeat(100)), /^x{28}\.[0-9a-f]{4}$/);
});
