// `nezuban admin reset-password`: a one-time password for a user who cannot sign in any more.
// Responsible for the new password, for the end of what the old one opened, and for the audit entry, all in one transaction. The running
// manager needs to hear nothing: it looks users and sign-ins up in the database at each request. Called by admin/commands.ts.
import { createAuditLog } from '../../access/audit-log.ts';
import { createPasswordHasher } from '../../access/password-hash.ts';
import { oneTimePassword } from '../../access/secrets.ts';
import { deleteOtherSignIns } from '../../access/sign-in-store.ts';
import { insertUser, lockUser, updatePassword } from '../../access/user-store.ts';
import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../ports.ts';
import { ToolError, toolExitCodes } from '../tool-error.ts';
import type { Logger } from '@nezuban/platform/logger';

export type ResetOrder = {
  readonly user: string;
  /** API tokens of the user end too. */
  readonly endTokens: boolean;
  /** The user becomes an administrator, is enabled, and is made if there is none of that name. */
  readonly administrator: boolean;
  /** Who asked, for the audit log. */
  readonly person: string;
};
export type ResetResult = {
  readonly user: string;
  /** Shown once. */
  readonly password: string;
  readonly created: boolean;
  readonly signInsEnded: number;
  readonly tokensEnded: number;
  readonly tokensLeft: number;
};

const ADMINISTRATOR = 'administrator';
const NAMES_SHOWN_MAX = 20;

export const resetPassword = async (
  { database, logger }: { readonly database: Database; readonly logger: Logger },
  order: ResetOrder,
): Promise<ResetResult> => {
  const password = oneTimePassword();
  const passwordHash = await createPasswordHasher().hash(password);
  const audit = createAuditLog(logger);
  const done = await database.inTransaction(async (transaction) => {
    const created = await findOrMake(transaction, order, passwordHash);
    const user = await lockUser(transaction, order.user);
    if (user === undefined) throw new Error('A user that was just written is not there');
    await updatePassword(transaction, { id: user.id, passwordHash, mustChange: true, initial: false });
    if (order.administrator) await promote(transaction, user.id);
    const ended = await deleteOtherSignIns(transaction, user.id, null);
    const tokens = await endTokens(transaction, user.id, order.endTokens);
    await audit.record(transaction, {
      actor: { name: order.person, address: null, by: 'system' },
      action: 'resetPassword',
      target: order.user,
      details: {
        created,
        administrator: order.administrator,
        signInsEnded: ended.length,
        // Not "tokens...": the count of them is no secret.
        apiAccessEnded: tokens.ended,
      },
    });
    return { created, signInsEnded: ended.length, tokensEnded: tokens.ended, tokensLeft: tokens.left };
  });
  return { user: order.user, password, ...done };
};

/** Whether the user was made. */
const findOrMake = async (
  transaction: Transaction,
  { user, administrator }: ResetOrder,
  passwordHash: string,
): Promise<boolean> => {
  if ((await lockUser(transaction, user)) !== undefined) return false;
  if (administrator)
    return await insertUser(transaction, {
      name: user,
      title: null,
      roles: [ADMINISTRATOR],
      disabled: false,
      passwordHash,
      initialPassword: false,
    });
  const { rows } = await transaction.query<{ name: string }>(
    'SELECT name FROM app_user ORDER BY name LIMIT $1',
    [NAMES_SHOWN_MAX],
  );
  throw new ToolError(`There is no user "${user}".`, {
    exitCode: toolExitCodes.refused,
    hints: [
      `There are: ${rows.map(({ name }) => name).join(', ') || 'none'}.`,
      'With --administrator the user is made, with all rights.',
    ],
  });
};

const promote = async (transaction: Transaction, id: number): Promise<void> => {
  await transaction.query(
    `UPDATE app_user SET disabled = false, revision = nextval('user_revision'),
       roles = CASE WHEN $2 = ANY (roles) THEN roles ELSE roles || $2::text END WHERE id = $1`,
    [id, ADMINISTRATOR],
  );
};

const endTokens = async (
  transaction: Transaction,
  userId: number,
  end: boolean,
): Promise<{ readonly ended: number; readonly left: number }> => {
  if (end) {
    const { rowCount } = await transaction.query(
      "DELETE FROM api_token WHERE user_id = $1 AND kind = 'api'",
      [userId],
    );
    return { ended: rowCount ?? 0, left: 0 };
  }
  const { rows } = await transaction.query<{ count: number }>(
    "SELECT count(*) FROM api_token WHERE user_id = $1 AND kind = 'api'",
    [userId],
  );
  return { ended: 0, left: rows[0]?.count ?? 0 };
};
