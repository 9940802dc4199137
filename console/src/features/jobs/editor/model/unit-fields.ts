// Which fields a form for a unit has, read from what the schema says of itself as JSON Schema: a new type of unit, or a new key, has a form at
// once. Pure. Called by the properties panel and by the table. Not responsible for words and looks.
import { jobNetSchema, unitSchema } from '@nezuban/protocol/jobs/definition';

export type FieldForm = {
  readonly key: string;
  readonly required: boolean;
  readonly byDefault: unknown;
} & FieldKind;
/** A group that is told from others by a key which it alone must have. */
export type GroupVariant = { readonly name: string; readonly fields: readonly FieldForm[] };
export type FieldKind =
  | { readonly kind: 'text'; readonly lines: boolean }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly whole: boolean }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly choices: readonly (string | boolean | number)[] }
  | { readonly kind: 'choices'; readonly choices: readonly (string | boolean | number)[] }
  /** A list of texts, one a line. */
  | { readonly kind: 'texts' }
  /** A text, or a list of texts: a shell line, or arguments. */
  | { readonly kind: 'textOrTexts' }
  /** `true`, or a list of choices. */
  | { readonly kind: 'flagOrChoices'; readonly choices: readonly (string | boolean | number)[] }
  /** Texts by name, `NAME=text` one a line. */
  | { readonly kind: 'map' }
  | { readonly kind: 'group'; readonly fields: readonly FieldForm[] }
  /** One of several groups, each named by a key that it alone must have. */
  | {
      readonly kind: 'variants';
      readonly variants: readonly GroupVariant[];
    }
  /** Any number of groups, each of one of several forms. */
  | { readonly kind: 'variantList'; readonly variants: readonly GroupVariant[] }
  /** Any number of groups. */
  | { readonly kind: 'list'; readonly fields: readonly FieldForm[] }
  /** What no form is made for: written as YAML. */
  | { readonly kind: 'yaml' };

/** Of these the editor has views and commands of its own. */
const ownKeys: ReadonlySet<string> = new Set(['name', 'type', 'after', 'units', 'position']);
/** A text that may be longer than this is written in several lines. */
const lineLengthMax = 1000;
/** More boxes to be ticked than this are harder to use than a list that is written. */
const choicesShownMax = 12;
const depthMax = 4;

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;

type Described = { toJSONSchema(options: object): object };
const describe = (schema: Described): Json =>
  schema.toJSONSchema({ io: 'input', unrepresentable: 'any', cycles: 'ref', reused: 'inline' }) as Json;

export type UnitForms = ReadonlyMap<string, readonly FieldForm[]>;

/** By type, in the order of the schema. */
export const readUnitForms = (): UnitForms => {
  const root = describe(unitSchema);
  const variants = [...listOf(root['oneOf']), ...listOf(root['anyOf'])];
  return new Map(
    variants.flatMap((variant) => {
      const resolved = resolve(root, variant);
      const type = isJson(resolved['properties']) ? resolved['properties']['type'] : undefined;
      const name = isJson(type) ? type['const'] : undefined;
      return typeof name === 'string' ? [[name, fieldsOf(root, resolved, 0)] as const] : [];
    }),
  );
};

/** Fields of the net itself. */
export const readNetForm = (): readonly FieldForm[] => {
  const root = describe(jobNetSchema);
  return fieldsOf(root, root, 0).filter(({ key }) => key !== 'kind');
};

const resolve = (root: Json, node: Json): Json => {
  const ref = node['$ref'];
  if (typeof ref !== 'string') return node;
  if (ref === '#') return root;
  const definitions = root['$defs'];
  const found = isJson(definitions) ? definitions[ref.replace('#/$defs/', '')] : undefined;
  return isJson(found) ? found : {};
};

const fieldsOf = (root: Json, node: Json, depth: number): FieldForm[] => {
  const required = new Set(Array.isArray(node['required']) ? (node['required'] as unknown[]) : []);
  return Object.entries(isJson(node['properties']) ? node['properties'] : {}).flatMap(([key, value]) => {
    if (!isJson(value) || (depth === 0 && ownKeys.has(key))) return [];
    const property = resolve(root, value);
    return [
      {
        key,
        required: required.has(key),
        byDefault: 'default' in value ? value['default'] : undefined,
        ...kindOf(root, property, depth),
      },
    ];
  });
};

const choicesOf = (node: Json): readonly (string | boolean | number)[] | null =>
  Array.isArray(node['enum'])
    ? (node['enum'] as (string | boolean | number)[])
    : 'const' in node
      ? [node['const'] as string]
      : null;

const kindOf = (root: Json, node: Json, depth: number): FieldKind => {
  if (depth > depthMax) return { kind: 'yaml' };
  const choices = choicesOf(node);
  if (choices !== null) return { kind: 'choice', choices };
  const variants = [...listOf(node['anyOf']), ...listOf(node['oneOf'])].map((each) => resolve(root, each));
  if (variants.length > 0) return kindOfVariants(root, variants, depth);
  switch (node['type']) {
    case 'string':
      return { kind: 'text', lines: (numberOf(node['maxLength']) ?? 0) > lineLengthMax };
    case 'number':
    case 'integer': {
      const min = numberOf(node['minimum']) ?? numberOf(node['exclusiveMinimum']);
      const max = numberOf(node['maximum']) ?? numberOf(node['exclusiveMaximum']);
      return {
        kind: 'number',
        whole: node['type'] === 'integer',
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      };
    }
    case 'boolean':
      return { kind: 'flag' };
    case 'array': {
      const items = isJson(node['items']) ? resolve(root, node['items']) : {};
      const each = choicesOf(items);
      if (each !== null && each.length <= choicesShownMax) return { kind: 'choices', choices: each };
      if (isJson(items['properties']) && depth < 1)
        return { kind: 'list', fields: fieldsOf(root, items, depth + 1) };
      if (Array.isArray(items['anyOf']) && depth < depthMax - 1) {
        const item = kindOf(root, items, depth + 1);
        if (item.kind === 'variants') return { kind: 'variantList', variants: item.variants };
      }
      return { kind: items['type'] === 'string' || each !== null ? 'texts' : 'yaml' };
    }
    case 'object': {
      if (isJson(node['properties'])) return { kind: 'group', fields: fieldsOf(root, node, depth + 1) };
      const values = node['additionalProperties'];
      return { kind: isJson(values) && resolve(root, values)['type'] === 'string' ? 'map' : 'yaml' };
    }
    default:
      return { kind: 'yaml' };
  }
};

const kindOfVariants = (root: Json, variants: readonly Json[], depth: number): FieldKind => {
  const kinds = variants.map((variant) => kindOf(root, variant, depth));
  if (kinds.every((each) => each.kind === 'group')) {
    const mustHave = kinds.map(({ fields }) =>
      fields.flatMap(({ key, required }) => (required ? [key] : [])),
    );
    const named = kinds.map(({ fields }, index) => {
      const own = mustHave[index]?.find((key) =>
        mustHave.every((keys, at) => at === index || !keys.includes(key)),
      );
      return { name: own ?? fields[0]?.key ?? '', fields };
    });
    if (new Set(named.map(({ name }) => name)).size === named.length)
      return { kind: 'variants', variants: named };
    return { kind: 'yaml' };
  }
  const [first, second] = kinds;
  const names = new Set(kinds.map(({ kind }) => kind));
  if (names.size === 1 && first?.kind === 'text') return first;
  if (kinds.length !== 2 || first === undefined || second === undefined) return { kind: 'yaml' };
  if (names.has('text') && names.has('texts')) return { kind: 'textOrTexts' };
  // A number may be written where its text is meant: exit codes.
  if (names.has('text') && names.has('number')) return { kind: 'text', lines: false };
  const choices = [first, second].find((each) => each.kind === 'choices');
  if (names.has('flag') && choices !== undefined) return { kind: 'flagOrChoices', choices: choices.choices };
  const words = [first, second].find((each) => each.kind === 'choice');
  if (names.has('flag') && words !== undefined)
    return { kind: 'choice', choices: [false, true, ...words.choices] };
  if (names.has('text') && names.has('choice')) return { kind: 'text', lines: false };
  return { kind: 'yaml' };
};

/** The fields of a group as they are asked for: what it must have only once it has begun; left empty, the whole is left out. */
export const askedOf = (
  group: FieldForm,
  fields: readonly FieldForm[],
  value: unknown,
): readonly FieldForm[] =>
  group.required || value !== undefined ? fields : fields.map((field) => ({ ...field, required: false }));
