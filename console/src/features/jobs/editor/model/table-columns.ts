// The columns of the table of units: how a cell reads as text, and what a text means for the unit. The same words are those of a spreadsheet that
// is pasted. Pure. Called by the table and by table-paste.ts.
import { readPlainYaml, formatPlainYaml } from '@nezuban/core/definitions/plain-yaml';
import type { DraftUnit } from './draft-net.ts';

export const columnKeys = [
  'title',
  'command',
  'target',
  'user',
  'working_directory',
  'timeout_s',
  'retry',
  'exit_codes',
  'hold',
  'description',
] as const;
export type ColumnKey = (typeof columnKeys)[number];

/** Types of units that have such a field; `all`: every one. */
const typesOf: Readonly<Record<ColumnKey, readonly string[] | 'all'>> = {
  title: 'all',
  command: ['command'],
  target: ['command', 'net'],
  user: ['command'],
  working_directory: ['command'],
  timeout_s: ['command'],
  retry: ['command'],
  exit_codes: ['command'],
  hold: 'all',
  description: 'all',
};
export const hasColumn = (unit: DraftUnit, column: ColumnKey): boolean => {
  const types = typesOf[column];
  return types === 'all' || types.includes(unit.type);
};

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export const cellText = (unit: DraftUnit, column: ColumnKey): string => {
  const value = unit[column];
  if (value === undefined) return '';
  switch (column) {
    case 'target': {
      const { node, scope, mode } = fieldsOf(value);
      if (typeof node === 'string') return node;
      return `@${wordOf(scope)}${mode === undefined || mode === 'all' ? '' : ` ${wordOf(mode)}`}`;
    }
    case 'retry': {
      const { count, delay_s: delay } = fieldsOf(value);
      return typeof delay === 'number' && delay > 0 ? `${wordOf(count)} / ${delay}` : wordOf(count);
    }
    case 'exit_codes': {
      const { normal, warning } = fieldsOf(value);
      return `${wordOf(normal ?? '0')}${warning === undefined ? '' : ` / ${wordOf(warning)}`}`;
    }
    case 'hold':
      return value === true ? 'yes' : wordOf(value);
    default:
      return typeof value === 'string' || typeof value === 'number' ? String(value) : oneLine(value);
  }
};

const oneLine = (value: unknown): string =>
  Array.isArray(value) ? JSON.stringify(value) : formatPlainYaml(value);

export type CellValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** What a text in this column means; an empty one takes the field away. The judge says whether it is right. */
export const cellValue = (unit: DraftUnit, column: ColumnKey, given: string): CellValue => {
  const text = given.trim();
  const is = (value: unknown): CellValue => ({ ok: true, value });
  if (text === '') return is(undefined);
  switch (column) {
    case 'target': {
      if (!text.startsWith('@')) return is({ node: text });
      const [scope = '', mode = 'all', ...more] = text.slice(1).split(/\s+/);
      if (more.length > 0) return { ok: false };
      const kept = fieldsOf(unit['target']);
      return is({ ...(kept['scope'] === scope ? kept : {}), scope, mode });
    }
    case 'timeout_s':
      return Number.isFinite(Number(text)) ? is(Number(text)) : { ok: false };
    case 'retry': {
      const found = /^(\d+)(?:\s*\/\s*(\d+(?:\.\d+)?))?$/.exec(text);
      if (found === null) return { ok: false };
      const kept = fieldsOf(unit['retry']);
      const [, count, delay] = found;
      if (count === '0') return is(undefined);
      return is({
        on: ['abnormal'],
        ...kept,
        count: Number(count),
        delay_s: delay === undefined ? 0 : Number(delay),
      });
    }
    case 'exit_codes': {
      const [normal = '', warning] = text.split('/').map((part) => part.trim());
      return is({ normal, ...(warning === undefined || warning === '' ? {} : { warning }) });
    }
    case 'hold': {
      const word = text.toLowerCase();
      if (['yes', 'true', '1', 'x', '○', 'はい'].includes(word)) return is(true);
      if (['no', 'false', '0', '-', '×', 'いいえ'].includes(word)) return is(false);
      return word.startsWith('if_') ? is(word) : { ok: false };
    }
    case 'command': {
      const list = text.startsWith('[') ? readPlainYaml(text) : undefined;
      return is(Array.isArray(list) && list.every((part) => typeof part === 'string') ? list : given);
    }
    default:
      return is(given);
  }
};
