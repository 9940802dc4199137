// The properties of one unit, or of several at once: what the schemas of their types say, the usual fields first. Called by the properties panel.
import { Collapse, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { childrenAt, nameOf, parentOf, type DraftUnit } from '../model/draft-net.ts';
import type { FieldForm, UnitForms } from '../model/unit-fields.ts';
import type { Editor } from '../use-editor.ts';
import { AfterFields } from './after-fields.tsx';
import { FieldInput } from './field-input.tsx';
import { useTargetNames } from './use-target-names.ts';

/** Fields that are mostly wanted, in this order; of a type that is not here, all of its own are. */
const usualFields: Readonly<Record<string, readonly string[]>> = {
  command: ['title', 'command', 'script', 'target', 'user', 'timeout_s', 'retry', 'exit_codes'],
  net: ['title', 'description', 'target'],
};

type Units = readonly { readonly path: string; readonly unit: DraftUnit }[];
type Props = { readonly editor: Editor; readonly units: Units };

export const UnitForm = ({ editor, units }: Props) => {
  const { t } = useTranslation();
  const [only] = units;
  const fields = sharedFields(editor, units);
  const type = only?.unit.type ?? '';
  const usual = usualFields[type];
  const common = useMemo(() => commonFields(editor.forms), [editor.forms]);
  const isUsual = (field: FieldForm) =>
    usual === undefined
      ? field.key === 'title' || field.required || !common.has(signOf(field))
      : usual.includes(field.key);
  const place = ({ key, required }: FieldForm) =>
    usual === undefined ? (key === 'title' ? 0 : required ? 1 : 2) : usual.indexOf(key);
  const first = fields.filter(isUsual).toSorted((a, b) => place(a) - place(b));
  const rest = fields.filter((field) => !isUsual(field));
  const said = rest.filter(({ key }) =>
    units.some(({ unit }) => unit[key] !== undefined && unit[key] !== false),
  );
  const wrong = units.length === 1 ? (editor.issuesByUnit.get(only?.path ?? '') ?? []) : [];
  const isRestWrong = rest.some(({ key }) => wrong.some(({ field }) => isIn(field, key)));
  return (
    <Stack gap="sm">
      {units.length === 1 && only !== undefined ? (
        <>
          <NameField key={only.path} editor={editor} path={only.path} />
          {wrong
            .filter(({ field }) => !fields.some(({ key }) => isIn(field, key)) && !field.startsWith('after'))
            .map(({ field, message }) => (
              <Text key={`${field} ${message}`} size="xs" c="var(--mantine-color-error)" role="alert">
                {field === '' ? message : `${field}: ${message}`}
              </Text>
            ))}
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {t('editor.panel.several')}
        </Text>
      )}
      <Fields editor={editor} units={units} fields={first} />
      {units.length === 1 && only !== undefined && (
        <AfterFields editor={editor} path={only.path} unit={only.unit} />
      )}
      {rest.length > 0 && (
        <More count={said.length} open={isRestWrong}>
          <Fields editor={editor} units={units} fields={rest} />
        </More>
      )}
    </Stack>
  );
};

const signOf = ({ key, kind }: FieldForm): string => `${key} ${kind}`;

/** Types that may lack a field which is still none of their own: one of them may use its name for something else. */
const lackingMax = 1;

/** Fields that (nearly) all types of units have: they say how a unit is steered, not what it does. */
const commonFields = (forms: UnitForms): ReadonlySet<string> => {
  const counts = new Map<string, number>();
  for (const form of forms.values())
    for (const field of form) counts.set(signOf(field), (counts.get(signOf(field)) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= forms.size - lackingMax).map(([sign]) => sign));
};

const isIn = (field: string, key: string): boolean =>
  field === key || field.startsWith(`${key}.`) || field.startsWith(`${key}[`);

/** Fields that all the chosen units have. */
const sharedFields = (editor: Editor, units: Units): readonly FieldForm[] => {
  const types = [...new Set(units.map(({ unit }) => unit.type))];
  const [first, ...others] = types.map((type) => editor.forms.get(type) ?? []);
  return (first ?? []).filter((field) =>
    others.every((form) => form.some(({ key, kind }) => key === field.key && kind === field.kind)),
  );
};

const Fields = ({ editor, units, fields }: Props & { readonly fields: readonly FieldForm[] }) => {
  const suggestions = useTargetNames(editor, units[0]?.path ?? null);
  const paths = units.map(({ path }) => path);
  const issues = units.length === 1 ? (editor.issuesByUnit.get(paths[0] ?? '') ?? []) : [];
  return fields.map((field) => {
    const values = units.map(({ unit }) => unit[field.key]);
    const isSame = values.every((value) => JSON.stringify(value) === JSON.stringify(values[0]));
    return (
      <FieldInput
        // Fields keep what is typed until it can be understood: another selection is another field.
        key={`${field.key} ${paths.join('\n')}`}
        field={field}
        value={isSame ? values[0] : undefined}
        mixed={!isSame}
        onChange={(value) =>
          editor.run({ type: 'set', paths, field: field.key, value }, `set ${field.key} ${paths.join('\n')}`)
        }
        problemOf={(way) => {
          const place = placeOf(field.key, way);
          const known = issues.find((issue) =>
            way === '' && isSimple(field) ? isIn(issue.field, place) : issue.field === place,
          );
          return known?.message ?? null;
        }}
        readOnly={editor.readOnly}
        suggestions={suggestions}
      />
    );
  });
};

/** The way of an issue: `retry.count`, `parameters[0].name`. */
export const placeOf = (key: string, way: string): string =>
  way === '' || way.startsWith('[') ? `${key}${way}` : `${key}.${way}`;

/** All that is wrong in it is said below it; a group says it at its own fields. */
const isSimple = ({ kind }: FieldForm): boolean => kind !== 'group' && kind !== 'variants' && kind !== 'list';

/** Taken when the field is left or Enter is pressed: a half typed name would rename edges at each key. */
const NameField = ({ editor, path }: { readonly editor: Editor; readonly path: string }) => {
  const { t } = useTranslation();
  const standing = nameOf(path);
  const [typed, setTyped] = useState(standing);
  const name = typed.trim();
  const siblings = childrenAt(editor.state.net, parentOf(path)) ?? [];
  const isTaken = name !== standing && siblings.some((unit) => unit.name === name);
  const problem = (editor.issuesByUnit.get(path) ?? []).find(({ field }) => field === 'name')?.message;
  const take = () => {
    if (name !== '' && !isTaken && !name.includes('/')) editor.run({ type: 'rename', path, name });
    else setTyped(standing);
  };
  return (
    <TextInput
      size="xs"
      label={t('editor.panel.name')}
      withAsterisk
      value={typed}
      disabled={editor.readOnly}
      error={
        isTaken ? t('editor.refusal.name_taken') : name.includes('/') ? t('editor.panel.noSlash') : problem
      }
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) take();
        if (event.key === 'Escape') setTyped(standing);
      }}
      spellCheck={false}
    />
  );
};

const More = ({
  count,
  open,
  children,
}: {
  readonly count: number;
  readonly open: boolean;
  readonly children: React.ReactNode;
}) => {
  const { t } = useTranslation();
  const [opened, change] = useDisclosure(false);
  const shown = opened || open;
  const Icon = shown ? IconChevronDown : IconChevronRight;
  return (
    <div>
      <UnstyledButton className="nz-editor-more" aria-expanded={shown} onClick={change.toggle}>
        <Icon size={14} aria-hidden="true" />
        {count === 0 ? t('editor.panel.more') : t('editor.panel.moreSaid', { count })}
      </UnstyledButton>
      <Collapse expanded={shown}>
        {shown && (
          <Stack gap="sm" pt="xs">
            {children}
          </Stack>
        )}
      </Collapse>
    </div>
  );
};
