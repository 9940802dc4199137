// One field of a unit as a control that fits its kind (unit-fields.ts). What is wrong with it stands below it. Values go out as they stand in the
// definition; an empty field takes its key away. Called by the forms of the properties panel.
import { Button, Checkbox, Fieldset, Group, NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatPlainYaml, readPlainYaml } from '@nezuban/core/definitions/plain-yaml';
import { askedOf, type FieldForm } from '../model/unit-fields.ts';
import { choiceWord, fieldHint, fieldWord, wordKeyOf } from '../words.ts';

export type FieldInputProps = {
  readonly field: FieldForm;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** By the way from this field: '' for itself, `count` for what lies in it. */
  readonly problemOf: (way: string) => string | null;
  readonly readOnly: boolean;
  /** Several units are edited at once and do not say the same. */
  readonly mixed?: boolean;
  /** What may be meant, by the key of a field. */
  readonly suggestions?: Readonly<Record<string, readonly string[]>>;
};

type Plain = Readonly<Record<string, unknown>>;
const plainOf = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const wordOf = (value: unknown): string => (typeof value === 'boolean' ? String(value) : textOf(value));
/** The object with one key changed; one that holds nothing any more is none. */
const withKey = (value: unknown, key: string, next: unknown): Plain | undefined => {
  const { [key]: _, ...rest } = plainOf(value);
  const changed = next === undefined ? rest : { ...plainOf(value), [key]: next };
  return Object.keys(changed).length === 0 ? undefined : changed;
};

export const FieldInput = (props: FieldInputProps) => {
  const { t } = useTranslation();
  const { field, value, onChange, problemOf, readOnly, mixed = false } = props;
  const label = fieldWord(t, wordKeyOf(field));
  const common = {
    label,
    description: fieldHint(t, field.key) ?? undefined,
    error: problemOf('') ?? undefined,
    disabled: readOnly,
    size: 'xs' as const,
    withAsterisk: field.required,
    ...(mixed ? { placeholder: t('editor.panel.mixed') } : placeholderOf(field.byDefault)),
  };
  const empty = field.required ? '' : undefined;
  switch (field.kind) {
    case 'text':
      return <TextField {...props} common={common} onText={(text) => onChange(text === '' ? empty : text)} />;
    case 'number':
      return <NumberField {...props} common={common} />;
    case 'flag':
      return (
        <Checkbox
          size="xs"
          label={label}
          description={fieldHint(t, field.key)}
          error={problemOf('')}
          disabled={readOnly}
          checked={value === true || (value === undefined && field.byDefault === true)}
          indeterminate={mixed}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice': {
      const words = field.choices.map(String);
      return (
        <NativeSelect
          {...common}
          value={value === undefined ? '' : textOf(value)}
          onChange={(event) => {
            const word = event.currentTarget.value;
            onChange(field.choices.find((choice) => String(choice) === word));
          }}
          data={[
            {
              value: '',
              label: mixed
                ? t('editor.panel.mixed')
                : field.byDefault === undefined
                  ? t('editor.panel.none')
                  : t('editor.panel.byDefault', { value: choiceWord(t, field.key, wordOf(field.byDefault)) }),
            },
            ...words.map((word) => ({ value: word, label: choiceWord(t, field.key, word) })),
          ]}
        />
      );
    }
    case 'choices':
      return <Choices {...props} chosen={Array.isArray(value) ? value : []} />;
    case 'flagOrChoices':
      return (
        <Choices {...props} chosen={value === true ? ['abnormal'] : Array.isArray(value) ? value : []} />
      );
    case 'texts':
      return <Lines {...props} common={common} />;
    case 'textOrTexts':
      return <TextOrLines {...props} common={common} />;
    case 'map':
      return <MapField {...props} common={common} />;
    case 'group':
      return <GroupField {...props} fields={field.fields} />;
    case 'variants':
      return <VariantField {...props} />;
    case 'list':
      return <ListField {...props} />;
    case 'variantList':
      return <ListField {...props} />;
    case 'yaml':
      return <YamlField {...props} common={common} />;
  }
};

const placeholderOf = (byDefault: unknown): { readonly placeholder?: string } =>
  typeof byDefault === 'string' || typeof byDefault === 'number' ? { placeholder: String(byDefault) } : {};

type Common = {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly size: 'xs';
  readonly withAsterisk: boolean;
  readonly placeholder?: string;
};
type WithCommon = FieldInputProps & { readonly common: Common };

const TextField = ({
  field,
  value,
  common,
  onText,
  suggestions,
}: WithCommon & { readonly onText: (text: string) => void }) => {
  const list = useId();
  const known = suggestions?.[field.key];
  if (field.kind === 'text' && field.lines)
    return (
      <Textarea
        {...common}
        value={textOf(value)}
        onChange={(event) => onText(event.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={12}
      />
    );
  return (
    <>
      <TextInput
        {...common}
        value={textOf(value)}
        onChange={(event) => onText(event.currentTarget.value)}
        spellCheck={false}
        {...(known === undefined ? {} : { list })}
      />
      {known !== undefined && (
        <datalist id={list}>
          {known.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
};

/** Keeps what is typed, so that "1." on the way to "1.5" is not taken away; what is no number goes out as text, and the judge says so. */
const NumberField = ({ value, onChange, common, field }: WithCommon) => {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed !== null && valueOf(typed) === value ? typed : textOf(value);
  return (
    <TextInput
      {...common}
      inputMode={field.kind === 'number' && field.whole ? 'numeric' : 'decimal'}
      value={shown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        onChange(valueOf(text));
      }}
    />
  );
};
const valueOf = (text: string): unknown => {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : text;
};

const Choices = ({
  field,
  chosen,
  onChange,
  problemOf,
  readOnly,
}: FieldInputProps & { readonly chosen: readonly unknown[] }) => {
  const { t } = useTranslation();
  const choices = field.kind === 'choices' || field.kind === 'flagOrChoices' ? field.choices : [];
  return (
    <Fieldset legend={fieldWord(t, wordKeyOf(field))} className="nz-editor-fieldset" disabled={readOnly}>
      <Group gap="sm">
        {choices.map((choice) => (
          <Checkbox
            key={String(choice)}
            size="xs"
            label={choiceWord(t, field.key, String(choice))}
            checked={chosen.includes(choice)}
            onChange={(event) => {
              const next = event.currentTarget.checked
                ? choices.filter((each) => each === choice || chosen.includes(each))
                : chosen.filter((each) => each !== choice);
              onChange(next.length === 0 ? undefined : next);
            }}
          />
        ))}
      </Group>
      <Problem text={problemOf('')} />
    </Fieldset>
  );
};

const Problem = ({ text }: { readonly text: string | null }) =>
  text === null ? null : (
    <Text size="xs" c="var(--mantine-color-error)" role="alert">
      {text}
    </Text>
  );

const linesOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join('\n') : textOf(value);
const listOfLines = (text: string): string[] => text.split('\n');

const Lines = ({ value, onChange, common }: WithCommon) => {
  const { t } = useTranslation();
  return (
    <Textarea
      {...common}
      description={common.description ?? t('editor.panel.onePerLine')}
      value={linesOf(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === '' ? undefined : listOfLines(text));
      }}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
    />
  );
};

const TextOrLines = ({ value, onChange, common, field, readOnly }: WithCommon) => {
  const { t } = useTranslation();
  const isList = Array.isArray(value);
  return (
    <div>
      <Textarea
        {...common}
        className="nz-editor-code"
        value={linesOf(value)}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onChange(isList ? listOfLines(text) : text === '' && !field.required ? undefined : text);
        }}
        autosize
        minRows={2}
        maxRows={16}
        spellCheck={false}
      />
      <Checkbox
        mt={4}
        size="xs"
        label={t('editor.panel.arguments')}
        disabled={readOnly}
        checked={isList}
        onChange={(event) =>
          onChange(
            event.currentTarget.checked ? listOfLines(textOf(value)) : linesOf(value).split('\n').join(' '),
          )
        }
      />
    </div>
  );
};

/** What is typed stays as it is until the field is left: a name without a value is no entry yet. */
const MapField = ({ value, onChange, common }: WithCommon) => {
  const { t } = useTranslation();
  const standing = Object.entries(plainOf(value))
    .map(([name, text]) => `${name}=${textOf(text)}`)
    .join('\n');
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Textarea
      {...common}
      description={common.description ?? t('editor.panel.pairs')}
      value={typed ?? standing}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const entries = text
          .split('\n')
          .filter((line) => line.includes('='))
          .map(
            (line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1)] as const,
          );
        onChange(entries.length === 0 ? undefined : Object.fromEntries(entries));
      }}
      onBlur={() => setTyped(null)}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
    />
  );
};

const GroupField = ({ fields, ...props }: FieldInputProps & { readonly fields: readonly FieldForm[] }) => {
  const { t } = useTranslation();
  const { field, value, problemOf, readOnly } = props;
  return (
    <Fieldset legend={fieldWord(t, wordKeyOf(field))} className="nz-editor-fieldset" disabled={readOnly}>
      <GroupFields {...props} fields={askedOf(field, fields, value)} value={value} />
      <Problem text={problemOf('')} />
    </Fieldset>
  );
};

const GroupFields = ({
  fields,
  value,
  onChange,
  problemOf,
  readOnly,
  suggestions,
}: Omit<FieldInputProps, 'field'> & { readonly fields: readonly FieldForm[] }) =>
  fields.map((inner) => (
    <FieldInput
      key={inner.key}
      field={inner}
      value={plainOf(value)[inner.key]}
      onChange={(next) => onChange(withKey(value, inner.key, next))}
      problemOf={(way) => problemOf(way === '' ? inner.key : `${inner.key}.${way}`)}
      readOnly={readOnly}
      {...(suggestions === undefined ? {} : { suggestions })}
    />
  ));

/** What it must have, empty; kept in the order of the schema. */
const beginGroup = (fields: readonly FieldForm[], name?: string): Plain =>
  Object.fromEntries(
    fields
      .filter(({ key, required }) => required || key === name)
      .map(({ key, kind }) => [key, kind === 'group' || kind === 'map' ? {} : '']),
  );
/** Another form of the same: what both have stays as it is. */
const beginVariant = (
  fields: readonly FieldForm[],
  { name, before }: { readonly name: string; readonly before: unknown },
): Plain => {
  const shared = Object.entries(plainOf(before)).filter(([key]) => fields.some((field) => field.key === key));
  return { ...beginGroup(fields, name), ...Object.fromEntries(shared) };
};

/** Each item is a group of fields, or one of several such groups. */
const ListField = (props: FieldInputProps) => {
  const { t } = useTranslation();
  const { field, value, onChange, problemOf, readOnly } = props;
  const fields = field.kind === 'list' ? field.fields : [];
  const variants = field.kind === 'variantList' ? field.variants : [];
  const [first] = variants;
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const change = (next: readonly unknown[]) =>
    onChange(next.length === 0 && !field.required ? undefined : next);
  return (
    <Fieldset legend={fieldWord(t, wordKeyOf(field))} className="nz-editor-fieldset" disabled={readOnly}>
      {items.map((item, index) => (
        // Items have no name of their own that would stay the same while it is typed.
        <div key={index} className="nz-editor-item">
          <ItemFields
            {...props}
            field={
              field.kind === 'variantList'
                ? { ...field, kind: 'variants', required: true }
                : { ...field, kind: 'group', fields }
            }
            value={item}
            onChange={(next) => change(items.map((each, at) => (at === index ? (next ?? {}) : each)))}
            problemOf={(way) => problemOf(`[${index}]${way === '' ? '' : `.${way}`}`)}
          />
          {!readOnly && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              onClick={() => change(items.filter((_, at) => at !== index))}
            >
              {t('editor.panel.removeItem')}
            </Button>
          )}
        </div>
      ))}
      {!readOnly && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            change([...items, first === undefined ? beginGroup(fields) : beginGroup(first.fields)])
          }
        >
          {t('editor.panel.addItem')}
        </Button>
      )}
      <Problem text={problemOf('')} />
    </Fieldset>
  );
};

const ItemFields = (props: FieldInputProps) =>
  props.field.kind === 'group' ? (
    <>
      <GroupFields {...props} fields={props.field.fields} />
      <Problem text={props.problemOf('')} />
    </>
  ) : (
    <VariantFields {...props} />
  );

const VariantField = (props: FieldInputProps) => {
  const { t } = useTranslation();
  return (
    <Fieldset legend={fieldWord(t, props.field.key)} className="nz-editor-fieldset" disabled={props.readOnly}>
      <VariantFields {...props} />
    </Fieldset>
  );
};

const VariantFields = (props: FieldInputProps) => {
  const { t } = useTranslation();
  const { field, value, onChange, problemOf, mixed = false } = props;
  const variants = field.kind === 'variants' ? field.variants : [];
  const standing = variants.find(({ name }) => name in plainOf(value));
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={fieldWord(t, wordKeyOf(field))}
        value={standing?.name ?? ''}
        onChange={(event) => {
          const name = event.currentTarget.value;
          const chosen = variants.find((each) => each.name === name);
          onChange(chosen === undefined ? undefined : beginVariant(chosen.fields, { name, before: value }));
        }}
        data={[
          ...(field.required && standing !== undefined
            ? []
            : [{ value: '', label: t(mixed ? 'editor.panel.mixed' : 'editor.panel.none') }]),
          ...variants.map(({ name }) => ({ value: name, label: fieldWord(t, name) })),
        ]}
      />
      {standing !== undefined && <GroupFields {...props} fields={standing.fields} />}
      <Problem text={problemOf('')} />
    </>
  );
};

const YamlField = ({ value, onChange, common, field }: WithCommon) => {
  const { t } = useTranslation();
  const standing = value === undefined ? '' : formatPlainYaml(value).trimEnd();
  const [typed, setTyped] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  return (
    <Textarea
      {...common}
      className="nz-editor-code"
      description={common.description ?? t('editor.panel.yaml')}
      error={isWrong ? t('editor.panel.yamlWrong') : common.error}
      value={typed ?? standing}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (typed === null) return;
        const next = typed.trim() === '' ? undefined : readPlainYaml(typed);
        const isYaml = typed.trim() === '' || next !== undefined;
        setWrong(!isYaml);
        if (!isYaml) return;
        setTyped(null);
        if (typed !== standing) onChange(next ?? (field.required ? null : undefined));
      }}
      autosize
      minRows={1}
      maxRows={12}
      spellCheck={false}
    />
  );
};
