// The rotation of the secret key, cut off after each of its steps: what is stored always opens, by a manager that ran on and by one that starts.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { openSecretBox } from '../../files/secret-box.ts';
import { readKeys } from '../../files/secret-key.ts';
import { rulePurpose, sealedPlaces } from '../../files/sealed-places.ts';
import { openBareDatabase, type BareDatabase } from '../../testing/bare-database.ts';
import { rotateKey, type RotationStep } from './rotate-key.ts';

let bare: BareDatabase;
let folder: string;
const keyFile = (): string => path.join(folder, 'secret-key');
const steps: readonly RotationStep[] = ['prepared', 'shared', 'sealed', 'taken', 'checked', 'forgotten'];

before(async () => {
  bare = await openBareDatabase();
});
after(async () => {
  await bare.stop();
});
beforeEach(async (context) => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nz-care-keys-'));
  (context as { after: (work: () => Promise<void>) => void }).after(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  await bare.database.query({ text: 'DELETE FROM notification_rule' });
});

const addRule = async (name: string, box: Buffer): Promise<void> => {
  await bare.database.query({
    text: "INSERT INTO notification_rule (name, definition, secret_box, updated_by) VALUES ($1, '{}', $2, 'test')",
    values: [name, box],
  });
};
const stored = async (): Promise<{ readonly name: string; readonly secret_box: Buffer }[]> =>
  await bare.database.query({ text: 'SELECT name, secret_box FROM notification_rule ORDER BY name' });

type Box = Awaited<ReturnType<typeof openSecretBox>>;
const secretsBy = async (box: Box) =>
  (await stored()).map(({ name, secret_box }) => box.open(secret_box, rulePurpose(name)));

const rotate = async (
  options: {
    readonly until?: RotationStep;
    readonly share?: () => Promise<void>;
    readonly forgetOld?: boolean;
  } = {},
) =>
  await rotateKey(
    {
      database: bare.database,
      logger: bare.logger,
      keyFile: keyFile(),
      share: options.share ?? (async () => undefined),
      settle: async () => undefined,
      onStep(step) {
        if (step === options.until) throw new Error(`cut off after ${step}`);
      },
    },
    { forgetOld: options.forgetOld ?? true, person: 'root on test' },
  );

for (const until of steps)
  test(`rotate-key: cut off after "${until}": everything opens, before and after a restart; another rotation ends it`, async () => {
    const running = await openSecretBox(keyFile());
    await addRule('one', running.seal('secret one', rulePurpose('one')));
    await addRule('two', running.seal('secret two', rulePurpose('two')));
    await assert.rejects(rotate({ until }), /cut off/);
    const expected = ['secret one', 'secret two'];
    assert.deepEqual(await secretsBy(running), expected);
    assert.deepEqual(await secretsBy(await openSecretBox(keyFile())), expected);
    // What a manager that ran on seals now opens as well, and outlives the next rotation.
    await addRule('three', running.seal('secret three', rulePurpose('three')));
    await rotate();
    assert.equal((await readKeys(keyFile()))?.length, 1);
    assert.deepEqual(await secretsBy(running), ['secret one', 'secret three', 'secret two']);
    assert.deepEqual(await secretsBy(await openSecretBox(keyFile())), [
      'secret one',
      'secret three',
      'secret two',
    ]);
  });

test('rotate-key: done: sealed by the new key alone, the former one kept for backups, audited without a key', async () => {
  const box = await openSecretBox(keyFile());
  const first = (await readFile(keyFile(), 'utf8')).trim();
  await addRule('one', box.seal('secret', rulePurpose('one')));
  const result = await rotate({ forgetOld: false });
  assert.deepEqual(result, { sealed: 1, formerKeys: 1 });
  const [now, former] = (await readKeys(keyFile())) ?? [];
  assert.notEqual(now?.toString('hex'), first);
  assert.equal(former?.toString('hex'), first);
  const rows = await bare.database.query<{ actor: string; details: unknown }>({
    text: "SELECT actor, details FROM audit WHERE action = 'rotateSecretKey' ORDER BY id DESC LIMIT 1",
  });
  assert.deepEqual(rows, [{ actor: 'root on test', details: { sealed: 1 } }]);
});

test('rotate-key: the other host does not get the key: refused before it is used', async () => {
  const box = await openSecretBox(keyFile());
  const sealed = box.seal('secret', rulePurpose('one'));
  await addRule('one', sealed);
  const keys = await readKeys(keyFile());
  await assert.rejects(rotate({ share: () => Promise.reject(new Error('not reached')) }), /not reached/);
  assert.deepEqual(await readKeys(keyFile()), keys);
  let asked = 0;
  const goesAway = async () => {
    asked += 1;
    if (asked > 1) throw new Error('not reached any more');
  };
  await assert.rejects(rotate({ share: goesAway }), /not reached any more/);
  assert.deepEqual((await stored())[0]?.secret_box, sealed);
  assert.deepEqual(await secretsBy(box), ['secret']);
});

test('rotate-key: another rotation begins at once and writes its keys over ours: refused before anything is sealed by a key that is in no file', async () => {
  const box = await openSecretBox(keyFile());
  await addRule('one', box.seal('secret', rulePurpose('one')));
  const first = await readFile(keyFile(), 'utf8');
  const other = async () => await writeFile(keyFile(), `${first.trim()}\n${'0'.repeat(64)}\n`);
  await assert.rejects(rotate({ share: other, until: 'sealed' }), /Another rotation of the key/);
  assert.deepEqual(await secretsBy(await openSecretBox(keyFile())), ['secret']);
});

test('rotate-key: one secret opens with no key: named, and nothing is changed', async () => {
  const box = await openSecretBox(keyFile());
  await addRule('good', box.seal('secret', rulePurpose('good')));
  await addRule('moved', box.seal('secret', rulePurpose('elsewhere')));
  const rows = await stored();
  await assert.rejects(rotate(), /"moved" \(notification_rule\) open with no key/);
  assert.deepEqual(await stored(), rows);
  assert.deepEqual((await secretsBy(box))[0], 'secret');
});

test('rotate-key: many rotations: the key file stays bounded', async () => {
  const box = await openSecretBox(keyFile());
  await addRule('one', box.seal('secret', rulePurpose('one')));
  for (let round = 0; round < 8; round += 1) await rotate({ forgetOld: false });
  assert.equal((await readKeys(keyFile()))?.length, 6);
  assert.deepEqual(await secretsBy(box), ['secret']);
});

test('rotate-key: every column that holds a sealed secret is known to the rotation', async () => {
  const columns = await bare.database.query<{ table_name: string; column_name: string }>({
    text: `SELECT table_name, column_name FROM information_schema.columns
           -- Partitions are reached by the table that they are parts of.
           WHERE NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass) AND table_schema = 'public' AND data_type = 'bytea' AND column_name ~ '(box|secret|sealed)' AND column_name !~ 'hash' ORDER BY 1, 2`,
  });
  assert.deepEqual(
    columns.map(({ table_name, column_name }) => `${table_name}.${column_name}`),
    sealedPlaces.map(({ table, box }) => `${table}.${box}`),
  );
});
