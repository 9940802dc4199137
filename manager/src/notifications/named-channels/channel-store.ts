// Named channels in the database, and the copy in memory that the outbox sends by.
// Responsible for rows, revisions and sealed secrets. The copy changes only after a commit.
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import { namedChannelSchema, type NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import type { Database } from '../../database/database.ts';
import { channelPurpose } from '../../files/sealed-places.ts';
import type { SecretBox } from '../../files/secret-box.ts';
import type { Transaction } from '../../ports.ts';
import type { NamedChannels, Secrets } from '../channels/channel.ts';
import { kindOf } from '../channels/registry.ts';
import { notificationLimits } from '../notification-limits.ts';

/** With its secrets. */
export type StoredChannel = {
  readonly value: NamedChannelDefinition;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** The stored secrets do not open any more (the key file is another one): they must be entered again. */
  readonly secretsLost: boolean;
};

type ChannelRow = {
  readonly name: string;
  readonly definition: unknown;
  readonly secret_box: Buffer | null;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};
const COLUMNS = 'name, definition, secret_box, revision, updated_at, updated_by';

export type ChannelStore = NamedChannels & {
  readonly all: () => ReadonlyMap<string, StoredChannel>;
  readonly load: () => Promise<void>;
  /** The one in the database, locked until the end of the transaction. */
  readonly lock: (transaction: Transaction, name: string) => Promise<StoredChannel | null>;
  readonly save: (
    transaction: Transaction,
    change: { readonly value: NamedChannelDefinition; readonly secrets: Secrets; readonly by: string },
  ) => Promise<StoredChannel>;
  readonly remove: (transaction: Transaction, name: string) => Promise<void>;
  /** After the commit. Null: it is gone. */
  readonly publish: (name: string, stored: StoredChannel | null) => void;
};

export type ChannelStorePorts = {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
};

export const createChannelStore = ({ database, secretBox, logger }: ChannelStorePorts): ChannelStore => {
  let all: ReadonlyMap<string, StoredChannel> = new Map();

  const toStored = (row: ChannelRow): StoredChannel => {
    const bare = namedChannelSchema.parse(row.definition);
    const opened = row.secret_box === null ? '{}' : secretBox.open(row.secret_box, channelPurpose(row.name));
    if (opened === null)
      logger.error(
        { channel: row.name },
        'The stored secrets of a channel cannot be opened with the secret key of this manager',
      );
    const secrets = JSON.parse(opened ?? '{}') as Secrets;
    return {
      value: { ...bare, channel: kindOf(bare.channel).joinSecrets(bare.channel, secrets) },
      revision: row.revision,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
      secretsLost: opened === null,
    };
  };

  return {
    all: () => all,
    channelOf(name) {
      const stored = all.get(name);
      if (stored === undefined) return null;
      const { value, secretsLost } = stored;
      return {
        channel: value.channel,
        enabled: value.enabled,
        secretsLost,
        limitPerMin: value.limit_per_min ?? null,
      };
    },
    async exists(transaction, name) {
      const { rowCount } = await transaction.query('SELECT 1 FROM notification_channel WHERE name = $1', [
        name,
      ]);
      return rowCount !== 0;
    },
    async load() {
      const rows = await database.query<ChannelRow>({
        text: `SELECT ${COLUMNS} FROM notification_channel ORDER BY name`,
      });
      all = new Map(rows.map((row) => [row.name, toStored(row)]));
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<ChannelRow>(
        `SELECT ${COLUMNS} FROM notification_channel WHERE name = $1 FOR UPDATE`,
        [name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async save(transaction, { value, secrets, by }) {
      if (!all.has(value.name) && all.size >= notificationLimits.channelsMax)
        throw new CodedError(
          'operation_refused',
          `There are ${notificationLimits.channelsMax} channels already; delete some first.`,
        );
      const box =
        Object.keys(secrets).length === 0
          ? null
          : secretBox.seal(JSON.stringify(secrets), channelPurpose(value.name));
      const { rows } = await transaction.query<ChannelRow>(
        `INSERT INTO notification_channel (name, definition, secret_box, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET definition = $2, secret_box = $3, updated_by = $4, updated_at = now(),
           revision = nextval('notification_rule_revision')
         RETURNING ${COLUMNS}`,
        [value.name, JSON.stringify(value), box, by],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('An upsert gave no row');
      return toStored(row);
    },
    async remove(transaction, name) {
      await transaction.query('DELETE FROM notification_channel WHERE name = $1', [name]);
    },
    publish(name, stored) {
      const next = new Map(all);
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      all = next;
    },
  };
};
