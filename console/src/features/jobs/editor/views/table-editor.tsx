// All units as a table for bulk work: cells are edited in place, one field of all chosen rows is set at once, and cells of a spreadsheet are pasted over
// it. On the same draft as the graph. Not responsible for what a cell means (table-columns.ts).
import { Button, Checkbox, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconTableImport } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { UnitTypeIcon } from '../../unit-type-icon.tsx';
import { unitAt, walkUnits } from '../model/draft-net.ts';
import { cellText, cellValue, columnKeys, hasColumn, type ColumnKey } from '../model/table-columns.ts';
import { isTyping } from '../use-editor-actions.ts';
import type { Editor } from '../use-editor.ts';
import { fieldWord, knownType, typeWord } from '../words.ts';
import { PasteDialog } from './paste-dialog.tsx';

const rowHeight = 36;

type Props = { readonly editor: Editor };
type Cell = { readonly path: string; readonly column: ColumnKey };

export const TableEditor = ({ editor }: Props) => {
  const { t } = useTranslation();
  const { state, dispatch, run, readOnly, issuesByUnit } = editor;
  const { net, selection } = state;
  const [filter, setFilter] = useState('');
  const [cell, setCell] = useState<Cell | null>(null);
  const [pasted, setPasted] = useState<string | null>(null);
  const rows = useMemo(() => {
    const word = filter.trim().toLowerCase();
    const all = walkUnits(net);
    return word === ''
      ? all
      : all.filter(({ path, unit }) =>
          [path, ...columnKeys.map((column) => cellText(unit, column))].some((text) =>
            text.toLowerCase().includes(word),
          ),
        );
  }, [net, filter]);
  const selected = useMemo(() => new Set(selection), [selection]);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const all = rows.length > 0 && rows.every(({ path }) => selected.has(path));

  // Cells of a spreadsheet begin with what is no unit of ours; what is copied from the graph is pasted there.
  useEffect(() => {
    if (readOnly) return undefined;
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (isTyping(event.target) || !text.includes('\t')) return;
      event.preventDefault();
      setPasted(text);
    };
    // Before the editor's own listener, which takes any text for units.
    document.addEventListener('paste', onPaste, { capture: true });
    return () => document.removeEventListener('paste', onPaste, { capture: true });
  }, [readOnly]);

  const toggle = (path: string) =>
    dispatch({
      type: 'select',
      paths: selected.has(path) ? selection.filter((each) => each !== path) : [...selection, path],
    });
  return (
    <div className="nz-editor-table">
      <Group gap="xs">
        <TextInput
          size="xs"
          type="search"
          aria-label={t('editor.table.filter')}
          placeholder={t('editor.table.filter')}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          w={220}
        />
        {!readOnly && (
          <>
            <BulkSet editor={editor} />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTableImport size={14} aria-hidden="true" />}
              onClick={() => setPasted('')}
            >
              {t('editor.table.paste')}
            </Button>
          </>
        )}
        <Text size="xs" c="dimmed" role="status">
          {t('editor.table.count', { count: rows.length, selected: selection.length })}
        </Text>
      </Group>
      <div
        className="nz-editor-table-frame"
        ref={frame}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it
        tabIndex={0}
        role="region"
        aria-label={t('editor.table.label')}
      >
        <table className="nz-table nz-editor-cells">
          <thead>
            <tr>
              <th scope="col">
                <Checkbox
                  size="xs"
                  aria-label={t('editor.table.all')}
                  checked={all}
                  indeterminate={!all && selection.length > 0}
                  onChange={() =>
                    dispatch({ type: 'select', paths: all ? [] : rows.map(({ path }) => path) })
                  }
                />
              </th>
              <th scope="col">{t('editor.panel.name')}</th>
              {columnKeys.map((column) => (
                <th key={column} scope="col">
                  {fieldWord(t, column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <tr style={{ height: before }} aria-hidden="true" />}
            {items.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const { path, unit } = row;
              const problem = issuesByUnit.get(path)?.[0]?.message ?? null;
              return (
                <tr key={path} data-selected={selected.has(path) || undefined} style={{ height: rowHeight }}>
                  <td>
                    <Checkbox
                      size="xs"
                      aria-label={t('editor.table.choose', { unit: path })}
                      checked={selected.has(path)}
                      onChange={() => toggle(path)}
                    />
                  </td>
                  <th scope="row" title={problem ?? path}>
                    <span className="nz-editor-cell-name">
                      <span title={typeWord(t, unit.type)}>
                        <UnitTypeIcon type={knownType(unit.type)} size={14} />
                      </span>
                      {path}
                      {problem !== null && (
                        <IconAlertTriangle
                          className="nz-editor-cell-problem"
                          size={14}
                          aria-label={problem}
                        />
                      )}
                    </span>
                  </th>
                  {columnKeys.map((column) => (
                    <td key={column}>
                      {!hasColumn(unit, column) ? (
                        <span className="nz-editor-cell-none">–</span>
                      ) : cell?.path === path && cell.column === column ? (
                        <CellField
                          key={`${path} ${column}`}
                          editor={editor}
                          cell={cell}
                          onDone={() => setCell(null)}
                        />
                      ) : (
                        <button
                          type="button"
                          className="nz-editor-cell"
                          disabled={readOnly}
                          aria-label={t('editor.table.cell', {
                            field: fieldWord(t, column),
                            unit: path,
                            value: cellText(unit, column),
                          })}
                          onClick={() => setCell({ path, column })}
                        >
                          {cellText(unit, column)}
                        </button>
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
            {after > 0 && <tr style={{ height: after }} aria-hidden="true" />}
          </tbody>
        </table>
      </div>
      {pasted !== null && (
        <PasteDialog
          editor={editor}
          given={pasted}
          onClose={() => setPasted(null)}
          onApply={(commands) => {
            for (const command of commands) run(command, 'paste of cells');
            setPasted(null);
          }}
        />
      )}
    </div>
  );
};

type CellProps = { readonly editor: Editor; readonly cell: Cell; readonly onDone: () => void };

const CellField = ({ editor, cell: { path, column }, onDone }: CellProps) => {
  const { t } = useTranslation();
  const unit = unitAt(editor.state.net, path);
  const standing = unit === undefined ? '' : cellText(unit, column);
  const [text, setText] = useState(standing);
  const value = unit === undefined ? null : cellValue(unit, column, text);
  const take = () => {
    if (value?.ok === true && text !== standing)
      editor.run({ type: 'set', paths: [path], field: column, value: value.value });
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) take();
    if (event.key === 'Escape') onDone();
  };
  return (
    <TextInput
      size="xs"
      aria-label={fieldWord(t, column)}
      value={text}
      error={value?.ok === false}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={onKeyDown}
      ref={focusAtOnce}
      spellCheck={false}
    />
  );
};

/** The cell that was pressed is the one that is typed into. */
const focusAtOnce = (field: HTMLInputElement | null) => field?.select();

/** One field of all chosen rows; an empty text takes it away. */
const BulkSet = ({ editor }: Props) => {
  const { t } = useTranslation();
  const { selection, net } = editor.state;
  const [column, setColumn] = useState<ColumnKey>('target');
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const units = selection.flatMap((path) => {
    const unit = unitAt(net, path);
    return unit !== undefined && hasColumn(unit, column) ? [{ path, unit }] : [];
  });
  const apply = () => {
    const values = units.map(({ path, unit }) => ({ path, value: cellValue(unit, column, text) }));
    if (values.some(({ value }) => !value.ok)) return setWrong(true);
    setWrong(false);
    const groups = Map.groupBy(values, ({ value }) => JSON.stringify(value));
    const key = `bulk ${column} ${crypto.randomUUID()}`;
    for (const group of groups.values()) {
      const [first] = group;
      if (first?.value.ok === true)
        editor.run(
          { type: 'set', paths: group.map(({ path }) => path), field: column, value: first.value.value },
          key,
        );
    }
    return undefined;
  };
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t('editor.table.field')}
        value={column}
        onChange={(event) =>
          setColumn(columnKeys.find((key) => key === event.currentTarget.value) ?? 'target')
        }
        data={columnKeys.map((key) => ({ value: key, label: fieldWord(t, key) }))}
      />
      <TextInput
        size="xs"
        aria-label={t('editor.table.value')}
        placeholder={t(column === 'target' ? 'editor.table.targetHint' : 'editor.table.value')}
        value={text}
        error={isWrong}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
        w={180}
        spellCheck={false}
      />
      <Button size="xs" variant="default" disabled={units.length === 0} onClick={apply}>
        {t('editor.table.set', { count: units.length })}
      </Button>
    </>
  );
};
