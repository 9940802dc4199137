// `nezuban admin rotate-key`: another key for the secrets that lie in the database.
// Responsible for the order of the steps. After each of them, whatever is cut off there, everything that is stored opens with what lies in the
// key file, on both hosts of a pair; and the running manager goes on, since it looks at the file before it seals and when a box does not open.
//
// | step | key file | boxes | cut off after it |
// | --- | --- | --- | --- |
// | prepared | old, new | old | the new key is there and not used; the next rotation takes another one |
// | shared | the same on the other host | old | as before |
// | sealed (one transaction) | old, new | new | both are tried |
// | taken | new, old | new | finished, but for what somebody sealed by the old key meanwhile: both are tried |
// | checked | new, old | new | finished |
// | forgotten, only with --forget-old | new | new | finished |
import type { Logger } from '@nezuban/platform/logger';
import { createAuditLog } from '../../access/audit-log.ts';
import type { Database } from '../../database/database.ts';
import { openWith, sealWith } from '../../files/secret-box.ts';
import { newKey, readKeys, writeKeys } from '../../files/secret-key.ts';
import { sealedPlaces, type SealedPlace } from '../../files/sealed-places.ts';
import type { Transaction } from '../../ports.ts';
import { ToolError, toolExitCodes } from '../tool-error.ts';

export type RotationStep = 'prepared' | 'shared' | 'sealed' | 'taken' | 'checked' | 'forgotten';

export type RotationPorts = {
  readonly database: Database;
  readonly logger: Logger;
  readonly keyFile: string;
  /** Resolves when every host of the pair has the key file as it is now; throws a ToolError if one does not get it. */
  readonly share: () => Promise<void>;
  /** Long enough for a change that was sealed by the former key to reach its row. */
  readonly settle: () => Promise<void>;
  /** Told after each step; tests cut it off there. */
  readonly onStep: (step: RotationStep) => void;
};

export type RotationOrder = { readonly forgetOld: boolean; readonly person: string };
export type RotationResult = { readonly sealed: number; readonly formerKeys: number };

/** A change that was sealed by the old key in the moment of the rotation is sealed anew; more rounds than this find nothing. */
const CHECK_ROUNDS_MAX = 5;
/** Two rotations at once would each take the other's key for a former one. */
const ROTATION_LOCK = 7_380_001;

export const rotateKey = async (ports: RotationPorts, order: RotationOrder): Promise<RotationResult> => {
  const { database, keyFile, share, onStep } = ports;
  const old = await readKeys(keyFile);
  const [current, ...former] = old ?? [];
  if (current === undefined)
    throw new ToolError(`There is no key in ${keyFile}: nothing to rotate.`, {
      exitCode: toolExitCodes.refused,
    });
  // Asked before anything is written: a host that is away leaves no trace of a rotation that did not come about.
  await share();
  const next = newKey();
  await writeKeys(keyFile, [current, next, ...former]);
  onStep('prepared');
  await share();
  onStep('shared');
  const keys = [next, current, ...former];
  const sealed = await database.inTransaction(async (transaction) => {
    const count = await sealAll(transaction, keys);
    // Another rotation that ended meanwhile has written its own keys there: nothing may be sealed by one that is in no file.
    if ((await readKeys(keyFile))?.some((key) => key.equals(next)) !== true) throw anotherRotation();
    await createAuditLog(ports.logger).record(transaction, {
      actor: { name: order.person, address: null, by: 'system' },
      action: 'rotateSecretKey',
      target: null,
      details: { sealed: count },
    });
    return count;
  });
  onStep('sealed');
  // Those of a rotation that has just begun stay below.
  await writeKeys(keyFile, [...keys, ...((await readKeys(keyFile)) ?? [])]);
  onStep('taken');
  await ports.settle();
  await sealStragglers(database, keys);
  await share();
  onStep('checked');
  if (!order.forgetOld) return { sealed, formerKeys: former.length + 1 };
  await writeKeys(keyFile, [next]);
  await share();
  onStep('forgotten');
  return { sealed, formerKeys: 0 };
};

const anotherRotation = (): ToolError =>
  new ToolError('Another rotation of the key is under way, or came to its end meanwhile.', {
    exitCode: toolExitCodes.refused,
  });

type SealedRow = { readonly key: string; readonly box: Buffer };

const sealAll = async (transaction: Transaction, keys: readonly Buffer[]): Promise<number> => {
  const { rows: locked } = await transaction.query<{ got: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1) AS got',
    [ROTATION_LOCK],
  );
  if (locked[0]?.got !== true) throw anotherRotation();
  let count = 0;
  for (const place of sealedPlaces) {
    // Readers go on; writers wait for the few milliseconds.
    await transaction.query(`LOCK TABLE ${place.table} IN SHARE ROW EXCLUSIVE MODE`);
    count += await sealPlace(transaction, place, keys);
  }
  return count;
};

/** Seals anew by the first key what another one opens. Gives how many. */
const sealPlace = async (
  transaction: Transaction,
  place: SealedPlace,
  keys: readonly Buffer[],
): Promise<number> => {
  const { table, key, box, purposeOf } = place;
  const { rows } = await transaction.query<SealedRow>(
    `SELECT ${key} AS key, ${box} AS box FROM ${table} WHERE ${box} IS NOT NULL ORDER BY ${key}`,
  );
  const [next, ...others] = keys;
  if (next === undefined) throw new Error('there is no key to seal with');
  const unreadable = rows.filter((row) => openWith(keys, row.box, purposeOf(row.key)) === null);
  if (unreadable.length > 0)
    throw new ToolError(
      `The secrets of ${unreadable.map((row) => `"${row.key}"`).join(', ')} (${table}) open with no key of this host.`,
      {
        exitCode: toolExitCodes.refused,
        hints: [
          'Nothing was changed. Enter these secrets anew, for instance on the page of notification rules, then type this again.',
        ],
      },
    );
  let count = 0;
  for (const row of rows) {
    const purpose = purposeOf(row.key);
    if (openWith([next], row.box, purpose) !== null) continue;
    const secret = openWith(others, row.box, purpose);
    if (secret === null) continue;
    await transaction.query(`UPDATE ${table} SET ${box} = $2 WHERE ${key} = $1`, [
      row.key,
      sealWith(next, secret, purpose),
    ]);
    count += 1;
  }
  return count;
};

const sealStragglers = async (database: Database, keys: readonly Buffer[]): Promise<void> => {
  for (let round = 0; round < CHECK_ROUNDS_MAX; round += 1) {
    const count = await database.inTransaction(async (transaction) => await sealAll(transaction, keys));
    if (count === 0) return;
  }
  throw new ToolError('Secrets are being changed faster than they are sealed anew; both keys stay in use.', {
    exitCode: toolExitCodes.refused,
    hints: ['Type it again when nobody changes notification rules.'],
  });
};
