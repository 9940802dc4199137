// The settings domain: sections in the database, the values in memory for whoever asks, and those who want to hear of a change.
// Made by master.ts before the domains that read it. Its routes are in settings-routes.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { settingsSectionNames, settingsSections } from '@nezuban/protocol/settings/settings';
import type { Settings, SettingsSection } from '@nezuban/protocol/settings/settings';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import type { Actor, AuditLog, Transaction } from '../ports.ts';
import { toIssues } from '../http/zod-issues.ts';

export type SettingsPort = {
  /** The values in force. Never waits. */
  readonly of: <Section extends SettingsSection>(section: Section) => Settings[Section];
  /** Called after each change that was committed. */
  readonly onChange: (listener: (section: SettingsSection) => void) => void;
  /** Called in the transaction of each change of the section. What the listener gives is called after the commit. One for each section. */
  readonly onSaving: <Section extends SettingsSection>(
    section: Section,
    listener: SavingListener<Section>,
  ) => void;
};
export type SavingListener<Section extends SettingsSection> = (
  transaction: Transaction,
  change: {
    readonly before: Settings[Section];
    readonly after: Settings[Section];
    readonly actor: Actor;
  },
) => Promise<() => void>;

export type SettingsDomain = SettingsPort & {
  readonly view: (section: SettingsSection) => SettingsView;
  readonly put: (change: SettingsChange) => Promise<SettingsView>;
};

export type SettingsChange = {
  readonly section: SettingsSection;
  readonly values: unknown;
  readonly expected: { readonly revision: number } | 'absent' | null;
  readonly actor: Actor;
};

type Row = {
  readonly section: string;
  readonly value: unknown;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};
type Entry = { readonly values: Settings[SettingsSection]; readonly view: SettingsView };

export const createSettings = async (ports: {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly logger: Logger;
}): Promise<SettingsDomain> => {
  const { database, audit, logger } = ports;
  const listeners: ((section: SettingsSection) => void)[] = [];
  /** Each is only ever given values of its own section, which the compiler cannot follow through the lookup. */
  const saving = new Map<SettingsSection, SavingListener<never>>();
  const rows = await database.query<Row>({
    text: 'SELECT section, value, revision, updated_at, updated_by FROM setting',
  });
  const entries = new Map<SettingsSection, Entry>(
    settingsSectionNames.map((section) => [
      section,
      toEntry(section, rows.find((row) => row.section === section) ?? null, logger),
    ]),
  );
  const entryOf = (section: SettingsSection): Entry => entries.get(section) ?? toEntry(section, null, logger);

  const write = async (
    transaction: Transaction,
    { section, expected, actor }: SettingsChange,
    values: unknown,
  ): Promise<Row> => {
    const { rows: found } = await transaction.query<{ revision: number }>(
      'SELECT revision FROM setting WHERE section = $1 FOR UPDATE',
      [section],
    );
    const revision = found[0]?.revision ?? 0;
    const wanted = expected === 'absent' ? 0 : expected?.revision;
    if (wanted !== revision)
      throw new CodedError(
        'precondition_failed',
        say('problem_the_settings_have_been_changed_since_you', { section, revision }),
      );
    const { rows: written } = await transaction.query<Row>(
      `INSERT INTO setting (section, value, revision, updated_by) VALUES ($1, $2, 1, $3)
       ON CONFLICT (section) DO UPDATE SET value = $2, revision = setting.revision + 1, updated_by = $3, updated_at = now()
       RETURNING section, value, revision, updated_at, updated_by`,
      [section, JSON.stringify(values), actor.name],
    );
    const [row] = written;
    if (row === undefined) throw new Error('an insert gave no row');
    await audit.record(transaction, { actor, action: 'putSettings', target: section, details: { values } });
    return row;
  };

  return {
    of: <Section extends SettingsSection>(section: Section) => entryOf(section).values as Settings[Section],
    onChange: (listener) => void listeners.push(listener),
    onSaving: (section, listener) => void saving.set(section, listener),
    view: (section) => entryOf(section).view,
    async put(change) {
      const parsed = settingsSections[change.section].safeParse(change.values);
      if (!parsed.success) {
        const issues = toIssues(parsed.error, 'body');
        const [first] = issues;
        throw new CodedError(
          'invalid_request',
          `${first?.path ?? 'body'}: ${first?.message ?? 'is not valid'}`,
          {
            issues,
          },
        );
      }
      const { section, actor } = change;
      const { row, afterCommit } = await database.inTransaction(async (transaction) => {
        const written = await write(transaction, change, parsed.data);
        const values = { before: entryOf(section).values, after: parsed.data, actor };
        return {
          row: written,
          afterCommit: await saving.get(section)?.(transaction, values as never),
        };
      });
      const entry = toEntry(section, row, logger);
      entries.set(section, entry);
      for (const listener of listeners) listener(section);
      afterCommit?.();
      return entry.view;
    },
  };
};

/** What another release wrote and this one cannot read does not keep the manager from starting: the defaults hold, and it is said. */
const toEntry = (section: SettingsSection, row: Row | null, logger: Logger): Entry => {
  const parsed = settingsSections[section].safeParse(row?.value ?? {});
  if (!parsed.success)
    logger.error(
      { section, issues: parsed.error.issues },
      'Settings cannot be read; their defaults are used',
    );
  const values = parsed.success ? parsed.data : settingsSections[section].parse({});
  return {
    values,
    view: {
      section,
      values: { ...values },
      revision: row?.revision ?? 0,
      updatedAt: row?.updated_at.toISOString() ?? null,
      updatedBy: row?.updated_by ?? null,
    },
  };
};
