// The panel beside the views: properties of what is chosen - a unit, several, an edge, or the net itself. Called by net-editor.tsx.
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { Ref } from 'react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { edgesOf, unitAt } from '../model/draft-net.ts';
import { readNetForm } from '../model/unit-fields.ts';
import type { ChosenEdge } from '../model/history.ts';
import type { Editor } from '../use-editor.ts';
import { typeWord } from '../words.ts';
import { FieldInput } from './field-input.tsx';
import { OutcomeChoices } from './outcome-choices.tsx';
import { placeOf, UnitForm } from './unit-form.tsx';
import { useTargetNames } from './use-target-names.ts';

type Props = {
  readonly editor: Editor;
  readonly ref?: Ref<HTMLElement>;
  /** Back to where the selection was made. */
  readonly onLeave: () => void;
  /** To the view of schedules and start conditions. */
  readonly onStarts: () => void;
};

export const PropertiesPanel = ({ editor, ref, onLeave, onStarts }: Props) => {
  const { t } = useTranslation();
  const { state } = editor;
  const units = state.selection.flatMap((path) => {
    const unit = unitAt(state.net, path);
    return unit === undefined ? [] : [{ path, unit }];
  });
  const [only] = units;
  const title =
    state.edge !== null
      ? t('editor.panel.edge')
      : units.length > 1
        ? t('editor.panel.chosen', { count: units.length })
        : only === undefined
          ? t('editor.panel.net')
          : typeWord(t, only.unit.type);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a way out of the fields, beside Tab
    <aside
      className="nz-editor-panel"
      aria-label={t('editor.panel.label')}
      ref={ref}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.nativeEvent.isComposing) onLeave();
      }}
    >
      <div className="nz-editor-panel-head">
        <Title order={2} size="h5">
          {title}
        </Title>
        {only !== undefined && units.length === 1 && (
          <Text size="xs" c="dimmed" className="nz-break">
            {only.path}
          </Text>
        )}
      </div>
      {state.edge !== null ? (
        <EdgeForm editor={editor} edge={state.edge} />
      ) : units.length > 0 ? (
        <UnitForm editor={editor} units={units} />
      ) : (
        <NetForm editor={editor} onStarts={onStarts} />
      )}
    </aside>
  );
};

const EdgeForm = ({ editor, edge }: { readonly editor: Editor; readonly edge: ChosenEdge }) => {
  const { t } = useTranslation();
  const at = (name: string) =>
    unitAt(editor.state.net, edge.parent === null ? name : `${edge.parent}/${name}`);
  const target = at(edge.to);
  const found =
    target === undefined ? undefined : edgesOf(target).edges.find(({ unit }) => unit === edge.from);
  if (found === undefined) return null;
  return (
    <Stack gap="sm">
      <Text size="sm" className="nz-break">
        {t('editor.panel.edgeText', { from: edge.from, to: edge.to })}
      </Text>
      <fieldset className="nz-editor-plain" disabled={editor.readOnly}>
        <OutcomeChoices
          on={found.on}
          isJudgment={at(edge.from)?.type === 'judgment'}
          label={t('editor.panel.outcomesOf', { unit: edge.from })}
          onChange={(on) => editor.run({ type: 'outcomes', parent: edge.parent, edge, on })}
        />
      </fieldset>
      {!editor.readOnly && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden="true" />}
          onClick={() => editor.run({ type: 'disconnect', parent: edge.parent, edges: [edge] })}
        >
          {t('editor.panel.removeEdge')}
        </Button>
      )}
    </Stack>
  );
};

/** The name is the address of the net and its history: it is chosen once. Schedules and start conditions have a view of their own. */
const fixedFields: ReadonlySet<string> = new Set(['name', 'schedules', 'start_conditions']);

const NetForm = ({ editor, onStarts }: Pick<Props, 'editor' | 'onStarts'>) => {
  const { t } = useTranslation();
  const fields = useMemo(() => readNetForm(), []);
  const suggestions = useTargetNames(editor, null);
  const issues = editor.issuesByUnit.get(null) ?? [];
  const { net } = editor.state;
  return (
    <Stack gap="sm">
      {fields
        .filter(({ key }) => !fixedFields.has(key))
        .map((field) => (
          <FieldInput
            key={field.key}
            field={field}
            value={net[field.key]}
            onChange={(value) =>
              editor.run({ type: 'setNet', field: field.key, value }, `setNet ${field.key}`)
            }
            problemOf={(way) => {
              const place = placeOf(field.key, way);
              return issues.find((issue) => issue.field === place)?.message ?? null;
            }}
            readOnly={editor.readOnly}
            suggestions={suggestions}
          />
        ))}
      <Group gap="sm">
        <Text size="xs">{t('editorStarts.panel')}</Text>
        <Button size="compact-xs" variant="default" onClick={onStarts}>
          {t('editorStarts.panelAction')}
        </Button>
      </Group>
      {issues
        .filter(({ field }) => field === 'units' || field === '')
        .map(({ message }) => (
          <Text key={message} size="xs" c="var(--mantine-color-error)" role="alert">
            {message}
          </Text>
        ))}
    </Stack>
  );
};
