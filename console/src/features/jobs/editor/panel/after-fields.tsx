// What a unit waits for, as a list: which units, on which of their ends, all or any of them. Called by the properties panel.
import { ActionIcon, Fieldset, Group, NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { childrenAt, edgesOf, leadsTo, parentOf, type DraftUnit } from '../model/draft-net.ts';
import type { Editor } from '../use-editor.ts';
import { OutcomeChoices } from './outcome-choices.tsx';

/** In a net of thousands a list of all units is no choice any more: the graph is. */
const choicesMax = 500;

type Props = { readonly editor: Editor; readonly path: string; readonly unit: DraftUnit };

export const AfterFields = ({ editor, path, unit }: Props) => {
  const { t } = useTranslation();
  const { state, run, readOnly, issuesByUnit } = editor;
  const parent = parentOf(path);
  const siblings = childrenAt(state.net, parent) ?? [];
  const { mode, edges } = edgesOf(unit);
  const known = new Set(edges.map((edge) => edge.unit));
  const choices =
    siblings.length > choicesMax
      ? []
      : siblings.filter(
          ({ name }) => name !== unit.name && !known.has(name) && !leadsTo(siblings, unit.name, name),
        );
  const problems = (issuesByUnit.get(path) ?? []).filter(({ field }) => field.startsWith('after'));
  const edgeOf = (from: string) => ({ from, to: unit.name });
  return (
    <Fieldset legend={t('editor.panel.after')} className="nz-editor-fieldset" disabled={readOnly}>
      {edges.length > 1 && (
        <SegmentedControl
          size="xs"
          value={mode}
          onChange={(value) => run({ type: 'mode', path, mode: value === 'any' ? 'any' : 'all' })}
          data={[
            { value: 'all', label: t('editor.panel.all') },
            { value: 'any', label: t('editor.panel.any') },
          ]}
          aria-label={t('editor.panel.mode')}
        />
      )}
      {edges.length === 0 && (
        <Text size="xs" c="dimmed">
          {t('unit.after.none')}
        </Text>
      )}
      {edges.map((edge) => (
        <div key={edge.unit} className="nz-editor-edge">
          <Group justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm" fw={600} className="nz-break">
              {edge.unit}
            </Text>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              disabled={readOnly}
              onClick={() => run({ type: 'disconnect', parent, edges: [edgeOf(edge.unit)] })}
              aria-label={t('editor.panel.disconnect', { unit: edge.unit })}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </Group>
          <OutcomeChoices
            on={edge.on}
            isJudgment={siblings.find(({ name }) => name === edge.unit)?.type === 'judgment'}
            label={t('editor.panel.outcomesOf', { unit: edge.unit })}
            onChange={(on) => run({ type: 'outcomes', parent, edge: edgeOf(edge.unit), on })}
          />
        </div>
      ))}
      {choices.length > 0 && (
        <NativeSelect
          size="xs"
          mt={6}
          aria-label={t('editor.panel.addAfter')}
          value=""
          onChange={(event) => run({ type: 'connect', parent, edges: [edgeOf(event.currentTarget.value)] })}
          data={[
            { value: '', label: t('editor.panel.addAfter') },
            ...choices.map(({ name }) => ({ value: name, label: name })),
          ]}
        />
      )}
      {problems.map(({ message, field }) => (
        <Text key={`${field} ${message}`} size="xs" c="var(--mantine-color-error)" role="alert">
          {message}
        </Text>
      ))}
    </Fieldset>
  );
};
