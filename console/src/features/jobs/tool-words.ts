// What units that work on nodes by a tool of the agent say of themselves in the definition panel: their own keys, in the words of the editor.
// Pure. Called by the panel.
import type { TFunction } from 'i18next';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { Format } from '../../components/format.ts';
import { choiceWord, fieldWord } from './editor/words.ts';

/** Own keys of each type in the order of the manual; a command has a view of its own. */
const ownKeys: { readonly [Type in AttemptUnit['type']]: readonly string[] } = {
  command: ['end_by', 'limits', 'stop'],
  file_watch: ['path', 'watch', 'match', 'already_there', 'size_min', 'settle_s', 'interval_s', 'on_timeout'],
  http: [
    'method',
    'url',
    'query',
    'headers',
    'header_files',
    'basic_auth',
    'body',
    'status',
    'success',
    'poll',
    'tls',
    'proxy',
    'proxy_auth',
    'response_timeout_s',
  ],
  ssh: ['host', 'port', 'login', 'key_file', 'known_hosts', 'known_hosts_file', 'command', 'environment'],
  container: [
    'engine',
    'image',
    'entrypoint',
    'command',
    'environment',
    'volumes',
    'network',
    'run_as',
    'workdir',
    'memory',
    'cpus',
    'limits',
    'pull',
  ],
  file_transfer: [
    'source',
    'on_missing',
    'destination',
    'if_exists',
    'file_mode',
    'owner',
    'keep_times',
    'mb_per_second',
    'no_progress_s',
  ],
};
/** Values that say nothing beyond what a reader expects. */
const expected: Readonly<Record<string, unknown>> = {
  end_by: 'exit_code',
  match: 'any',
  settle_s: 0,
  on_timeout: 'abnormal',
  response_timeout_s: 60,
  engine: 'auto',
  pull: 'missing',
  on_missing: 'abnormal',
  if_exists: 'replace',
  keep_times: false,
  no_progress_s: 600,
};
const shownMax = 500;

/** Rows of name and value: what is particular to the type, then `warn_after_s`. */
export const toolRows = (t: TFunction, format: Format, unit: AttemptUnit): [string, string][] => {
  const values: Readonly<Record<string, unknown>> =
    unit.type === 'file_transfer' ? transferValues(unit) : unit;
  const rows = ownKeys[unit.type].flatMap((key): [string, string][] => {
    const value = values[key];
    if (value === undefined || value === expected[key]) return [];
    return [[nameOf(t, key), valueText(t, format, { key, value })]];
  });
  if (unit.warn_after_s !== undefined)
    rows.push([nameOf(t, 'warn_after_s'), format.duration(unit.warn_after_s * 1000)]);
  return rows;
};

/** Who reads what where, and what it becomes, each as one text. */
const transferValues = ({ from, to, ...unit }: FileTransferUnit): Readonly<Record<string, unknown>> => ({
  ...unit,
  source: `${from.user === undefined ? '' : `${from.user}@`}${from.node}:${from.path}`,
  on_missing: from.on_missing,
  destination: to.path,
  if_exists: to.if_exists,
  file_mode: to.mode,
  owner: [to.owner, to.group].filter((name) => name !== undefined).join(':') || undefined,
  keep_times: to.keep_times,
});

/** Values are shown with their unit. */
const nameOf = (t: TFunction, key: string): string => fieldWord(t, key).replace(/\s*[(（](s|秒)[)）]$/u, '');

const valueText = (
  t: TFunction,
  format: Format,
  { key, value }: { readonly key: string; readonly value: unknown },
): string => {
  if (typeof value === 'number')
    return key.endsWith('_s') ? format.duration(value * 1000) : format.number(value);
  if (typeof value === 'string') return short(choiceWord(t, key, value));
  if (typeof value === 'boolean') return choiceWord(t, key, String(value));
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return short(value.join(' '));
  if (key === 'limits' && typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, most]) => `${nameOf(t, name)} ${String(most)}`)
      .join(', ');
  // As it stands in the definition: the reader has written it so.
  return short(JSON.stringify(value, null, 1).replaceAll(/\s*\n\s*/g, ' '));
};

const short = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
