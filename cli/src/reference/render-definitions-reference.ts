// The manual's pages of YAML files and settings, made from the schemas and the meanings of their keys. Pure.
import { roleFileSchema } from '@nezuban/protocol/access/role';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import {
  lockDefinitionSchema,
  nodeLimitDefinitionSchema,
  queueDefinitionSchema,
} from '@nezuban/protocol/jobs/control/limit';
import { jobNetSchema, scopeDefinitionSchema } from '@nezuban/protocol/jobs/definition';
import { namedChannelSchema } from '@nezuban/protocol/notifications/channel';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { maintenanceWindowSchema } from '@nezuban/protocol/operations/maintenance-window';
import { trapAliasSchema, trapMonitorSchema } from '@nezuban/protocol/traps/trap-monitor';
import { settingsSections } from '@nezuban/protocol/settings/settings';
import { madeBy, table } from './markdown.ts';
import { sectionMeanings, settingMeanings } from './meanings-settings.ts';
import { yamlMeanings } from './meanings-yaml.ts';
import { fieldsOf, type DescribedSchema, type SchemaField } from './schema-fields.ts';

const kinds: Readonly<Record<string, { readonly title: string; readonly schema: DescribedSchema }>> = {
  jobnet: { title: 'Job net', schema: jobNetSchema },
  scope: { title: 'Scope', schema: scopeDefinitionSchema },
  calendar: { title: 'Calendar', schema: calendarSchema },
  queue: { title: 'Queue', schema: queueDefinitionSchema },
  lock: { title: 'Lock', schema: lockDefinitionSchema },
  node_limit: { title: 'Limit of a node', schema: nodeLimitDefinitionSchema },
  notification: { title: 'Notification rule', schema: notificationRuleSchema },
  channel: { title: 'Channel', schema: namedChannelSchema },
  inhibition: { title: 'Inhibition', schema: inhibitionSchema },
  escalation: { title: 'Escalation', schema: escalationSchema },
  trap_monitor: { title: 'Trap monitor', schema: trapMonitorSchema },
  trap_alias: { title: 'Trap alias', schema: trapAliasSchema },
  role: { title: 'Role', schema: roleFileSchema },
  maintenance_window: { title: 'Maintenance window', schema: maintenanceWindowSchema },
};

/** May be left out, although the schema itself demands it. */
const filledIn: ReadonlySet<string> = new Set(['units[].type']);

const meaningOf = (meanings: Readonly<Record<string, string>> | undefined, path: string): string => {
  const text = meanings?.[path];
  if (text === undefined)
    throw new Error(
      `The manual has no meaning of the key ${path}: add it in cli/src/reference/meanings-*.ts`,
    );
  return text;
};

const row = ({ path, type, required, byDefault }: SchemaField, meaning: string): readonly string[] => [
  `\`${path}\``,
  type,
  required && !filledIn.has(path) ? 'must be there' : byDefault === null ? '' : `\`${byDefault}\``,
  meaning,
];

export const renderYamlReference = (): string =>
  [
    madeBy('the schemas in protocol/src'),
    '',
    '# Definitions in YAML',
    '',
    'Every key of every kind. [job-net.md](job-net.md) explains job nets with examples; [definitions as code](../operating/definitions-as-code.md) says how files, Git and `nezuban apply` go together.',
    '',
    'A file holds one or more documents, separated by `---`; each begins with its `kind`. An unknown key is an error. `[]` stands for each item of a list.',
    ...Object.entries(kinds).flatMap(([kind, { title, schema }]) => [
      '',
      `## ${title}: \`kind: ${kind}\``,
      ...table(
        ['Key', 'Value', 'Default', 'Meaning'],
        fieldsOf(schema).map((field) => row(field, meaningOf(yamlMeanings[kind], field.path))),
      ),
    ]),
    '',
  ].join('\n');

const values = (schema: DescribedSchema): readonly SchemaField[] =>
  fieldsOf(schema).filter(({ type }) => type !== 'keys below');

export const renderSettingsReference = (language: 'en' | 'ja'): string => {
  const isEnglish = language === 'en';
  const said = (meaning: { readonly en: string; readonly ja: string } | undefined, what: string): string => {
    if (meaning === undefined)
      throw new Error(
        `The manual has no meaning of the setting ${what}: add it in cli/src/reference/meanings-settings.ts`,
      );
    return meaning[language];
  };
  return [
    madeBy('protocol/src/settings/settings.ts'),
    '',
    ...(isEnglish
      ? [
          '# Settings',
          '',
          '[日本語](../ja/reference/settings.md)',
          '',
          'Changed while the manager runs: on the page *Settings* of the console, with `nezuban settings set SECTION KEY=VALUE`, or by `PUT /api/v1/settings/SECTION`. What a process needs before it has a database (addresses, home) is an option of `nezuban manager`.',
        ]
      : [
          '# 設定',
          '',
          '[English](../../reference/settings.md)',
          '',
          'マネージャの動作中に変更できます。コンソールの「設定」ページ、`nezuban settings set SECTION KEY=VALUE`、または `PUT /api/v1/settings/SECTION` を使います。データベースの起動前に必要なもの（アドレス、ホーム）は `nezuban manager` のオプションです。',
        ]),
    ...Object.entries(settingsSections).flatMap(([section, schema]) => [
      '',
      `## ${section}`,
      '',
      said(sectionMeanings[section], section),
      ...table(
        isEnglish ? ['Key', 'Value', 'Default', 'Meaning'] : ['キー', '値', '既定値', '意味'],
        values(schema).map((field) => [
          `\`${field.path}\``,
          field.type,
          `\`${field.byDefault ?? ''}\``,
          said(settingMeanings[section]?.[field.path], `${section}.${field.path}`),
        ]),
      ),
    ]),
    '',
  ].join('\n');
};
