// Rules that forbid nothing: found, named, and gone from the findings when the scope is there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBareDatabase, type BareDatabase } from '../../../testing/bare-database.ts';
import { checkAccess } from './access.ts';

let bare: BareDatabase;
before(async () => {
  bare = await openBareDatabase();
});
after(async () => {
  await bare.stop();
});

test('doctor: a rule that forbids at a scope that is not there: a warning that names role and scope; not of rules that allow', async () => {
  const { database } = bare;
  const level = async () => (await checkAccess({ database })).map((finding) => finding.level);
  assert.deepEqual(await level(), ['ok']);
  await database.query({
    text: `INSERT INTO role (name, grants, updated_by) VALUES ('night', $1, 'test')`,
    values: [
      JSON.stringify([
        { effect: 'allow', rights: ['nodes.read'], scope: 'gone' },
        { effect: 'deny', rights: ['nodes.read'], scope: 'secret' },
      ]),
    ],
  });
  const [finding] = await checkAccess({ database });
  assert.equal(finding?.level, 'warning');
  assert.match(finding?.says ?? '', /not there: "night" at scope "secret"\.$/);
  await database.query({ text: `INSERT INTO scope (name, updated_by) VALUES ('secret', 'test')` });
  assert.deepEqual(await level(), ['ok']);
  assert.deepEqual(await checkAccess({ database: null }), []);
});
