// Cells of a spreadsheet before they are put into the draft: what would change, what is new, what could not be read. Called by the table editor.
import { Alert, Button, Code, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftCommand } from '../model/commands.ts';
import { columnKeys, type ColumnKey } from '../model/table-columns.ts';
import { planPaste, readCells } from '../model/table-paste.ts';
import type { Editor } from '../use-editor.ts';
import { fieldWord } from '../words.ts';

/** More are counted, not listed. */
const problemsShown = 20;

type Props = {
  readonly editor: Editor;
  readonly given: string;
  readonly onClose: () => void;
  readonly onApply: (commands: readonly DraftCommand[]) => void;
};

export const PasteDialog = ({ editor, given, onClose, onApply }: Props) => {
  const { t } = useTranslation();
  const [text, setText] = useState(given);
  const { net } = editor.state;
  const plan = useMemo(() => {
    const headings = new Map<string, ColumnKey | 'name'>([
      ['name', 'name'],
      ['unit', 'name'],
      [t('editor.panel.name').toLowerCase(), 'name'],
      ...columnKeys.flatMap((key): [string, ColumnKey][] => [
        [key, key],
        [fieldWord(t, key).toLowerCase(), key],
      ]),
    ]);
    return planPaste({ net, cells: readCells(text), headings });
  }, [net, text, t]);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('editor.paste.title')}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('editor.paste.text')}</Text>
        <Code block>{['name', ...columnKeys].join('  ')}</Code>
        <Textarea
          size="xs"
          label={t('editor.paste.cells')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // A tab between two cells; Shift+Tab still leaves the field.
            if (event.key !== 'Tab' || event.shiftKey) return;
            event.preventDefault();
            const { selectionStart, selectionEnd, value } = event.currentTarget;
            setText(`${value.slice(0, selectionStart)}\t${value.slice(selectionEnd)}`);
          }}
          minRows={5}
          maxRows={12}
          autosize
          spellCheck={false}
          className="nz-editor-code"
          data-autofocus
        />
        <Text size="sm" role="status">
          {t('editor.paste.plan', { changed: plan.changed.length, added: plan.added.length })}
        </Text>
        {plan.unknownColumns.length > 0 && (
          <Text size="sm">{t('editor.paste.unknown', { columns: plan.unknownColumns.join(', ') })}</Text>
        )}
        {plan.problems.length > 0 && (
          <Alert color="yellow" title={t('editor.paste.problems', { count: plan.problems.length })}>
            <ul className="nz-plain-list">
              {plan.problems.slice(0, problemsShown).map(({ row, column, reason }) => (
                <li key={`${row} ${column ?? ''} ${reason}`}>
                  {t(column === null ? 'editor.paste.problemOfRow' : 'editor.paste.problem', {
                    row,
                    column: column === null ? '' : fieldWord(t, column),
                    reason: t(`editor.paste.reason.${reason}`),
                  })}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button disabled={plan.commands.length === 0} onClick={() => onApply(plan.commands)}>
            {t('editor.paste.apply')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
