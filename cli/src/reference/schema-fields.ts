// The keys of a schema as rows of a table: way to the key, type in words, whether it must be there, default. Pure.
// Reads what zod says of itself as JSON Schema; a key inside a list stands behind `[]`, one of a map behind `NAME`.
export type SchemaField = {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly byDefault: string | null;
};

type Json = { readonly [key: string]: unknown };

/** Nets within nets are shown once. */
const depthMax = 8;
/** Longer lists of words are cut: their place is a table of their own. */
const wordsMax = 12;

/** A schema of the protocol, as far as it is asked here. */
export type DescribedSchema = { toJSONSchema(options: object): object };

export const fieldsOf = (schema: DescribedSchema): readonly SchemaField[] => {
  const root = schema.toJSONSchema({
    io: 'input',
    unrepresentable: 'any',
    cycles: 'ref',
    reused: 'inline',
  }) as Json;
  const definitions = (root['$defs'] ?? {}) as Json;
  const resolve = (node: Json): Json | null => {
    const ref = node['$ref'];
    if (typeof ref !== 'string') return node;
    if (ref === '#') return null;
    return (definitions[ref.replace('#/$defs/', '')] as Json | undefined) ?? null;
  };

  const walk = (given: Json, path: string, seen: readonly Json[]): readonly SchemaField[] => {
    const node = resolve(given);
    if (node === null || seen.includes(node) || seen.length > depthMax) return [];
    const way = [...seen, node];
    const variants = [...listOf(node['anyOf']), ...listOf(node['oneOf']), ...listOf(node['allOf'])];
    const inner = inVariants(variants.map((variant) => walk(variant, path, way)));
    const items = isJson(node['items']) ? walk(node['items'], `${path}[]`, way) : [];
    const values = isJson(node['additionalProperties'])
      ? walk(node['additionalProperties'], join(path, 'NAME'), way)
      : [];
    const required = new Set(node['required'] as readonly string[] | undefined);
    const own = Object.entries((node['properties'] ?? {}) as Json).flatMap(([key, value]) => {
      const property = value as Json;
      const at = join(path, key);
      const row: SchemaField = {
        path: at,
        type: typeOf(property, resolve),
        required: required.has(key),
        byDefault: 'default' in property ? JSON.stringify(property['default']) : null,
      };
      return [row, ...walk(property, at, way)];
    });
    return [...own, ...inner, ...items, ...values];
  };
  return merged(walk(root, '', []));
};

/** Of several forms, a key must be there only if it must be in each. */
const inVariants = (variants: readonly (readonly SchemaField[])[]): readonly SchemaField[] => {
  const forms = variants.filter((fields) => fields.length > 0);
  return forms.flat().map((field) => ({
    ...field,
    required: forms.every((fields) => fields.some(({ path, required }) => path === field.path && required)),
  }));
};

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** A key of several variants is one row; it must be there only if all variants say so. */
const merged = (fields: readonly SchemaField[]): readonly SchemaField[] => {
  const rows = new Map<string, SchemaField>();
  for (const field of fields) {
    const before = rows.get(field.path);
    if (before === undefined) rows.set(field.path, field);
    else
      rows.set(field.path, {
        ...before,
        required: before.required && field.required,
        type: before.type === field.type ? before.type : `${before.type} or ${field.type}`,
      });
  }
  return [...rows.values()];
};

type Resolve = (node: Json) => Json | null;

/** `above`: what it stands in; a form that holds itself is named once. */
const typeOf = (given: Json, resolve: Resolve, above: readonly Json[] = []): string => {
  const node = resolve(given);
  if (node === null || above.includes(node)) return 'as above';
  const way = [...above, node];
  const variants = [...listOf(node['anyOf']), ...listOf(node['oneOf'])];
  if (variants.length > 0)
    return [...new Set(variants.map((variant) => typeOf(variant, resolve, way)))].join(' or ');
  if (Array.isArray(node['enum'])) return words(node['enum'] as readonly unknown[]);
  if ('const' in node) return `\`${String(node['const'])}\``;
  switch (node['type']) {
    case 'array': {
      const items = isJson(node['items']) ? typeOf(node['items'], resolve, way) : 'values';
      return `list of ${items}${range(node, 'minItems', 'maxItems')}`;
    }
    case 'object':
      return isJson(node['additionalProperties']) && !('properties' in node)
        ? `map of ${typeOf(node['additionalProperties'], resolve, way)}`
        : 'keys below';
    case 'integer':
      return `whole number${range(node, 'minimum', 'maximum')}`;
    case 'number':
      return `number${range(node, 'minimum', 'maximum')}`;
    case 'string':
      return `text${range(node, 'minLength', 'maxLength')}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      return 'any';
  }
};

const words = (values: readonly unknown[]): string =>
  values.length > wordsMax
    ? `one of ${values.length} words`
    : values.map((value) => `\`${String(value)}\``).join(', ');

/** ` (1 to 100)`; nothing where a bound is the type's own. */
const range = (node: Json, least: string, most: string): string => {
  const bound = (value: unknown): number | undefined =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
  const [from, to] = [bound(node[least]), bound(node[most])];
  if (to === undefined) return from === undefined || from === 0 ? '' : ` (at least ${from})`;
  return from === undefined ? ` (up to ${to})` : ` (${from} to ${to})`;
};
