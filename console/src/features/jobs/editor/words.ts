// Words of the editor that are chosen by what stands in the draft: types of units, names of fields, choices. A type or field that has no word of its
// own yet is called as in YAML.
import type { TFunction } from 'i18next';
import { endStatuses } from '@nezuban/protocol/jobs/end-status';
import { unitTypeNames, type UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { priorities } from '@nezuban/protocol/priority';
import { editorFieldsEn } from '../../../i18n/en/editor-fields.ts';

export const knownType = (type: string): UnitDefinition['type'] =>
  unitTypeNames.find((known) => known === type) ?? 'command';

export const typeWord = (t: TFunction, type: string): string =>
  t(`unit.type.${type}` as 'unit.type.command', { defaultValue: type });

type Labels = typeof editorFieldsEn.editorFields;
type Hints = typeof editorFieldsEn.editorHints;
type Choices = typeof editorFieldsEn.editorChoices;
const { editorChoices, editorFields, editorHints } = editorFieldsEn;

export const fieldWord = (t: TFunction, key: string): string =>
  Object.hasOwn(editorFields, key) ? t(`editorFields.${key as keyof Labels}`) : key;

/** Keys that mean something else as another kind of field: days of a calendar and ends of a unit are chosen by a key of one name. */
const wordsOfKind: Readonly<Record<string, string>> = {
  'choice on': 'on_days',
  'group from': 'source',
  'group to': 'destination',
  'text mode': 'file_mode',
};
export const wordKeyOf = ({ key, kind }: { readonly key: string; readonly kind: string }): string =>
  wordsOfKind[`${kind} ${key}`] ?? key;

export const fieldHint = (t: TFunction, key: string): string | null =>
  Object.hasOwn(editorHints, key) ? t(`editorHints.${key as keyof Hints}`) : null;

export const choiceWord = (t: TFunction, key: string, choice: string): string => {
  if (choice === 'true' || choice === 'false')
    return t(choice === 'true' ? 'editor.choice.yes' : 'editor.choice.no');
  const status = endStatuses.find((each) => each === choice);
  if (status !== undefined) return t(`status.end.${status}`);
  const priority = priorities.find((each) => each === choice);
  if ((key === 'priority' || key === 'priorities') && priority !== undefined)
    return t(`status.priority.${priority}`);
  if (key === 'mode' && (choice === 'all' || choice === 'any')) return t(`editor.target.${choice}`);
  return Object.hasOwn(editorChoices, choice) ? t(`editorChoices.${choice as keyof Choices}`) : choice;
};
