// What a number in the settings may be and what it is if nobody sets it, read from the section's own schema. Pure.
import * as z from 'zod';
import { settingsSections, type SettingsSection } from '@nezuban/protocol/settings/settings';

export type NumberRule = {
  readonly min: number | null;
  readonly max: number | null;
  readonly integer: boolean;
  readonly nullable: boolean;
  /** Null: none, which is a value of its own where `nullable`. */
  readonly byDefault: number | null;
};

const nodeSchema = z.looseObject({
  type: z.string().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
});
type Node = z.output<typeof nodeSchema>;

const find = (node: Node, path: readonly string[]): Node | undefined =>
  path.reduce<Node | undefined>((at, key) => at?.properties?.[key], node);

const defaultOf = (section: SettingsSection, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    settingsSections[section].parse({}),
  );

/** `path`: `events_days`, or `disk_free_percent.warning`. */
export const numberRuleOf = (section: SettingsSection, path: string): NumberRule => {
  const parts = path.split('.');
  const root = nodeSchema.parse(z.toJSONSchema(settingsSections[section], { io: 'output' }));
  const node = find(root, parts);
  const number = node?.anyOf?.find(({ type }) => type === 'integer' || type === 'number') ?? node;
  const found = defaultOf(section, parts);
  // JSON Schema of an integer without limits names those of safe integers; they are nobody's limits.
  const limit = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
  return {
    min: limit(number?.minimum ?? number?.exclusiveMinimum),
    max: limit(number?.maximum),
    integer: number?.type === 'integer',
    nullable: node?.anyOf?.some(({ type }) => type === 'null') ?? false,
    byDefault: typeof found === 'number' ? found : null,
  };
};
