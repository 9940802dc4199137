// The start conditions of a draft as a form: whether any or all of them start a session, each condition, and what becomes of further starts. The
// fields of a condition come from the schema, so a new kind of condition has a form at once. Called by starts-view.tsx.
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { readNetForm, type FieldForm } from '../model/unit-fields.ts';
import { FieldInput } from '../panel/field-input.tsx';
import { placeOf } from '../panel/unit-form.tsx';
import { useTargetNames } from '../panel/use-target-names.ts';
import type { Editor } from '../use-editor.ts';

const FIELD = 'start_conditions';
type Plain = Readonly<Record<string, unknown>>;
type Mode = 'any' | 'all';

const plainOf = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

export const StartConditionsForm = ({ editor }: { readonly editor: Editor }) => {
  const { t } = useTranslation();
  const fields = useMemo(conditionFields, []);
  const suggestions = useTargetNames(editor, null);
  const issues = editor.issuesByUnit.get(null) ?? [];
  const standing = editor.state.net[FIELD];
  const conditions = plainOf(standing);
  const mode: Mode = 'all' in conditions ? 'all' : 'any';
  const { readOnly } = editor;
  const put = (value: Plain | undefined, key: string) =>
    editor.run({ type: 'setNet', field: FIELD, value }, `${FIELD} ${key}`);
  const set = (key: string, value: unknown) => {
    const { [key]: _before, ...others } = conditions;
    put(value === undefined ? others : { ...conditions, [key]: value }, key);
  };
  const changeMode = (next: Mode) => {
    if (next === mode) return;
    const { [mode]: watchers, within_s: within, ...others } = conditions;
    put(
      {
        ...others,
        [next]: watchers ?? [],
        // Counts for `all` alone.
        ...(next === 'all' && within !== undefined ? { within_s: within } : {}),
      },
      'mode',
    );
  };
  const problemOf = (key: string) => (way: string) => {
    const place = `${FIELD}.${placeOf(key, way)}`;
    return issues.find(({ field }) => field === place)?.message ?? null;
  };
  if (standing === undefined)
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm" c="dimmed">
          {t('editorStarts.noConditions')}
        </Text>
        {!readOnly && (
          <Button size="xs" variant="default" onClick={() => put({ any: [{ name: '', event: {} }] }, 'add')}>
            {t('editorStarts.addConditions')}
          </Button>
        )}
      </Stack>
    );
  return (
    <Stack gap="sm" className="nz-starts-form">
      <NativeSelect
        size="xs"
        label={t('editorStarts.mode.label')}
        value={mode}
        disabled={readOnly}
        onChange={(event) => changeMode(event.currentTarget.value === 'all' ? 'all' : 'any')}
        data={(['any', 'all'] as const).map((value) => ({ value, label: t(`editorStarts.mode.${value}`) }))}
      />
      {fields
        .filter(({ key }) => key === mode || !(key === 'any' || key === 'all'))
        .filter(({ key }) => key !== 'within_s' || mode === 'all' || conditions[key] !== undefined)
        .map((field) => (
          <FieldInput
            key={field.key}
            field={field}
            value={conditions[field.key]}
            onChange={(value) => set(field.key, field.key === mode ? (value ?? []) : value)}
            problemOf={problemOf(field.key)}
            readOnly={readOnly}
            suggestions={suggestions}
          />
        ))}
      {issues
        .filter(({ field }) => field === FIELD)
        .map(({ message }) => (
          <Text key={message} size="xs" c="var(--mantine-color-error)" role="alert">
            {message}
          </Text>
        ))}
      {!readOnly && (
        <Group>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={14} aria-hidden="true" />}
            onClick={() => put(undefined, 'remove')}
          >
            {t('editorStarts.removeConditions')}
          </Button>
        </Group>
      )}
    </Stack>
  );
};

const conditionFields = (): readonly FieldForm[] => {
  const field = readNetForm().find(({ key }) => key === FIELD);
  return field?.kind === 'group' ? field.fields : [];
};
