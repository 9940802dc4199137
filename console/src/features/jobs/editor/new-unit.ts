// A unit as it begins: what its type must have, empty where a person must say it. Pure. Called where units are added.
import type { DraftUnit } from './model/draft-net.ts';
import type { FieldForm, UnitForms } from './model/unit-fields.ts';

const emptyOf = (field: FieldForm): unknown => {
  switch (field.kind) {
    case 'text':
    case 'textOrTexts':
      return '';
    case 'flag':
    case 'flagOrChoices':
      return false;
    case 'choice':
      return field.choices[0];
    case 'number':
      return field.min ?? 0;
    case 'choices':
    case 'texts':
    case 'list':
    case 'variantList':
      return [];
    case 'map':
      return {};
    case 'group':
      return Object.fromEntries(requiredOf(field.fields));
    case 'variants':
      return Object.fromEntries(requiredOf(field.variants[0]?.fields ?? []));
    case 'yaml':
      return undefined;
  }
};

const requiredOf = (fields: readonly FieldForm[]): [string, unknown][] =>
  fields
    .filter(({ required }) => required)
    .map((field): [string, unknown] => [field.key, emptyOf(field)])
    .filter(([, value]) => value !== undefined);

/** What a new one is mostly wanted for; a wait without either could not be told from a finished one. */
const begins: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  wait: { for_s: 60 },
};

export const newUnit = (type: string, forms: UnitForms): DraftUnit => ({
  name: type.replaceAll('_', '-'),
  type,
  ...Object.fromEntries(requiredOf(forms.get(type) ?? [])),
  ...begins[type],
  ...(type === 'net' ? { units: [] } : {}),
});
