// Notification rules in the database, and the copy in memory that events are matched with.
// Responsible for rows, revisions and sealed secrets. The copy changes only after a commit.
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Database } from '../database/database.ts';
import { rulePurpose } from '../files/sealed-places.ts';
import type { SecretBox } from '../files/secret-box.ts';
import type { Transaction } from '../ports.ts';
import type { Secrets } from './channels/channel.ts';
import { notificationLimits } from './notification-limits.ts';
import { joinRuleSecrets } from './rule-channel.ts';

/** A rule with its secrets. */
export type StoredRule = {
  readonly rule: NotificationRule;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** The stored secrets do not open any more (the key file is another one): it must be entered again. */
  readonly secretsLost: boolean;
};

type RuleRow = {
  readonly name: string;
  readonly definition: unknown;
  readonly secret_box: Buffer | null;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};

export type RuleStore = {
  /** All rules as last committed, by name. */
  readonly rules: () => ReadonlyMap<string, StoredRule>;
  load(): Promise<void>;
  /** The rule in the database, locked until the end of the transaction. */
  lock(transaction: Transaction, name: string): Promise<StoredRule | null>;
  /** Writes it and gives it back with its new revision. `publish` it after the commit. */
  save(
    transaction: Transaction,
    change: { readonly rule: NotificationRule; readonly secrets: Secrets; readonly by: string },
  ): Promise<StoredRule>;
  remove(transaction: Transaction, name: string): Promise<void>;
  publish(name: string, stored: StoredRule | null): void;
};

const COLUMNS = 'name, definition, secret_box, revision, updated_at, updated_by';

export const createRuleStore = ({
  database,
  secretBox,
  logger,
}: {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
}): RuleStore => {
  let rules: ReadonlyMap<string, StoredRule> = new Map();

  const toStored = (row: RuleRow): StoredRule => {
    const bare = notificationRuleSchema.parse(row.definition);
    const opened = row.secret_box === null ? '{}' : secretBox.open(row.secret_box, rulePurpose(row.name));
    if (opened === null)
      logger.error(
        { rule: row.name },
        'The stored secrets of a notification rule cannot be opened with the secret key of this manager',
      );
    const secrets = JSON.parse(opened ?? '{}') as Secrets;
    return {
      rule: joinRuleSecrets(bare, secrets),
      revision: row.revision,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
      secretsLost: opened === null,
    };
  };

  return {
    rules: () => rules,
    async load() {
      const rows = await database.query<RuleRow>({
        text: `SELECT ${COLUMNS} FROM notification_rule ORDER BY name`,
      });
      rules = new Map(rows.map((row) => [row.name, toStored(row)]));
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<RuleRow>(
        `SELECT ${COLUMNS} FROM notification_rule WHERE name = $1 FOR UPDATE`,
        [name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async save(transaction, { rule, secrets, by }) {
      if (!rules.has(rule.name) && rules.size >= notificationLimits.rulesMax)
        throw new CodedError(
          'operation_refused',
          `There are ${notificationLimits.rulesMax} notification rules already; delete some first.`,
        );
      const box =
        Object.keys(secrets).length === 0
          ? null
          : secretBox.seal(JSON.stringify(secrets), rulePurpose(rule.name));
      const { rows } = await transaction.query<RuleRow>(
        `INSERT INTO notification_rule (name, definition, secret_box, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET definition = $2, secret_box = $3, updated_by = $4, updated_at = now(),
           revision = nextval('notification_rule_revision')
         RETURNING ${COLUMNS}`,
        [rule.name, JSON.stringify(rule), box, by],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('An upsert gave no row');
      return toStored(row);
    },
    async remove(transaction, name) {
      await transaction.query('DELETE FROM notification_rule WHERE name = $1', [name]);
    },
    publish(name, stored) {
      const next = new Map(rules);
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      rules = next;
    },
  };
};
