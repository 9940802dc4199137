// Settings as lines `section.key = value`, and changes of them as people type them. Pure.

type Values = Readonly<Record<string, unknown>>;
export type Setting = { readonly key: string; readonly value: unknown };
export type SettingChange = { readonly path: readonly string[]; readonly value: unknown };

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value by the way to it, points between. */
export const flatten = (values: Values, prefix = ''): readonly Setting[] =>
  Object.entries(values).flatMap(([key, value]) =>
    isValues(value) ? flatten(value, `${prefix}${key}.`) : [{ key: `${prefix}${key}`, value }],
  );

/** `key.inner=value`; an empty value (undefined) asks for the default. Null: it is no change. */
export const parseChange = (text: string): SettingChange | null => {
  const equals = text.indexOf('=');
  if (equals < 1) return null;
  const raw = text.slice(equals + 1);
  return { path: text.slice(0, equals).split('.'), value: raw === '' ? undefined : parseValue(raw) };
};

const parseValue = (raw: string): unknown => {
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    return raw;
  }
};

/** The values with the change; undefined takes the key out, so that the default comes back. */
export const withChange = (values: Values, { path, value }: SettingChange): Values => {
  const [key = '', ...rest] = path;
  const { [key]: before, ...others } = values;
  const inner = rest.length === 0 ? value : withChange(isValues(before) ? before : {}, { path: rest, value });
  return inner === undefined ? others : { ...others, [key]: inner };
};
