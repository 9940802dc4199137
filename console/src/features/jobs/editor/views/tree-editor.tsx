// The outline of a net: nested nets opened and closed, units moved up, down, in and out by keyboard or mouse. On the same draft as the graph.
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { UnitTypeIcon } from '../../unit-type-icon.tsx';
import { edgesOf, isWithin } from '../model/draft-net.ts';
import { noteOf } from '../unit-note.ts';
import type { Editor } from '../use-editor.ts';
import { knownType } from '../words.ts';
import { moveInTree, treeRows, type TreeMove, type TreeRow } from './tree-model.ts';

const rowHeight = 34;
const indent = 20;
const moves: Readonly<Record<string, TreeMove>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowRight: 'in',
  ArrowLeft: 'out',
};

type Props = {
  readonly editor: Editor;
  readonly onOpenPanel: () => void;
  /** Adds a command behind what is chosen. */
  readonly onAdd: () => void;
};
type Drop = { readonly path: string; readonly where: 'before' | 'after' | 'into' };

export const TreeEditor = ({ editor, onOpenPanel, onAdd }: Props) => {
  const { t } = useTranslation();
  const { state, dispatch, run, readOnly, issuesByUnit } = editor;
  const { net, selection } = state;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [drop, setDrop] = useState<Drop | null>(null);
  const dragged = useRef<readonly string[]>([]);
  const rows = useMemo(() => treeRows(net, closed), [net, closed]);
  const selected = useMemo(() => new Set(selection), [selection]);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const cursor = selection.at(-1) ?? null;
  const at = rows.findIndex(({ path }) => path === cursor);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
    // Only another unit is a reason to scroll, not every change of the draft.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [cursor]);

  const choose = (path: string, more: boolean) =>
    dispatch({
      type: 'select',
      paths: !more
        ? [path]
        : selected.has(path)
          ? selection.filter((each) => each !== path)
          : [...selection, path],
    });
  const toggle = (path: string, close: boolean) => {
    const next = new Set(closed);
    if (close) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const move = moves[event.key];
    if (move !== undefined && event.altKey) {
      event.preventDefault();
      if (row === undefined || readOnly) return;
      const command = moveInTree(net, row.path, move);
      if (command === null) return;
      if (command.type === 'place' && command.parent !== null) toggle(command.parent, false);
      run(command);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const go = (index: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, index))];
      if (next !== undefined) choose(next.path, event.shiftKey);
    };
    switch (event.key) {
      case 'ArrowDown':
        event.preventDefault();
        return go(at + 1);
      case 'ArrowUp':
        event.preventDefault();
        return go(at === -1 ? 0 : at - 1);
      case 'Home':
        event.preventDefault();
        return go(0);
      case 'End':
        event.preventDefault();
        return go(rows.length - 1);
      case 'ArrowRight':
        event.preventDefault();
        if (row?.unit.units === undefined) return;
        if (closed.has(row.path)) toggle(row.path, false);
        else go(at + 1);
        return;
      case 'ArrowLeft':
        event.preventDefault();
        if (row === undefined) return;
        if (row.unit.units !== undefined && !closed.has(row.path)) toggle(row.path, true);
        else if (row.parent !== null) choose(row.parent, false);
        return;
      case 'n':
        if (readOnly) return;
        event.preventDefault();
        onAdd();
        return;
      case 'Enter':
        event.preventDefault();
        if (row !== undefined) onOpenPanel();
        return;
      default:
    }
  };

  const onDragOver = (event: DragEvent, row: TreeRow) => {
    if (dragged.current.length === 0 || dragged.current.some((path) => isWithin(row.path, path))) return;
    event.preventDefault();
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientY - top) / height;
    const isNet = row.unit.units !== undefined;
    const where = isNet && share > 0.25 && share < 0.75 ? 'into' : share < 0.5 ? 'before' : 'after';
    if (drop?.path !== row.path || drop.where !== where) setDrop({ path: row.path, where });
  };
  const onDrop = (event: DragEvent, row: TreeRow) => {
    event.preventDefault();
    const paths = dragged.current;
    dragged.current = [];
    setDrop(null);
    if (drop === null || paths.length === 0) return;
    if (drop.where === 'into') {
      run({ type: 'place', paths, parent: row.path, index: row.unit.units?.length ?? 0 });
      return;
    }
    // The index counts those that stay.
    const before = rows.filter(
      (each) => each.parent === row.parent && each.index < row.index && paths.includes(each.path),
    ).length;
    run({
      type: 'place',
      paths,
      parent: row.parent,
      index: row.index - before + (drop.where === 'after' ? 1 : 0),
    });
  };
  const idOf = (index: number) => `nz-tree-${index}`;
  return (
    <div
      className="nz-editor-tree"
      ref={frame}
      role="tree"
      aria-label={t('editor.tree.label')}
      aria-multiselectable="true"
      aria-activedescendant={at >= 0 ? idOf(at) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtual.getTotalSize() }} className="nz-editor-tree-plane" role="presentation">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const { path, unit, depth } = row;
          const problem = issuesByUnit.get(path)?.[0]?.message ?? null;
          const before = edgesOf(unit).edges.map((edge) => edge.unit);
          const isNet = unit.units !== undefined;
          const Toggle = closed.has(path) ? IconChevronRight : IconChevronDown;
          const title = unit['title'];
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree has the keys and the focus
            <div
              key={path}
              id={idOf(index)}
              role="treeitem"
              aria-level={depth + 1}
              aria-selected={selected.has(path)}
              aria-setsize={row.siblings}
              aria-posinset={row.index + 1}
              {...(isNet ? { 'aria-expanded': !closed.has(path) } : {})}
              className="nz-editor-tree-row"
              data-drop={drop?.path === path ? drop.where : undefined}
              style={{ transform: `translateY(${start}px)`, paddingInlineStart: 8 + depth * indent }}
              draggable={!readOnly}
              onClick={(event) => choose(path, event.ctrlKey || event.metaKey)}
              onDoubleClick={onOpenPanel}
              onDragStart={(event) => {
                dragged.current = selected.has(path) ? selection : [path];
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/x-nezuban', path);
              }}
              onDragOver={(event) => onDragOver(event, row)}
              onDragLeave={() => setDrop(null)}
              onDragEnd={() => {
                dragged.current = [];
                setDrop(null);
              }}
              onDrop={(event) => onDrop(event, row)}
            >
              <span
                className="nz-editor-tree-toggle"
                aria-hidden="true"
                onClick={(event) => {
                  if (!isNet) return;
                  event.stopPropagation();
                  toggle(path, !closed.has(path));
                }}
              >
                {isNet && <Toggle size={15} />}
              </span>
              <UnitTypeIcon type={knownType(unit.type)} size={15} />
              <span className="nz-editor-tree-name">{unit.name}</span>
              {typeof title === 'string' && title !== '' && <span>{title}</span>}
              <span className="nz-node-line">{noteOf(t, unit)}</span>
              {before.length > 0 && (
                <span className="nz-node-line nz-editor-tree-after">
                  {t('editor.graph.saysAfter', { units: before.join(', ') })}
                </span>
              )}
              {problem !== null && (
                <span className="nz-editor-tree-problem">
                  <IconAlertTriangle size={14} aria-hidden="true" />
                  {problem}
                </span>
              )}
            </div>
          );
        })}
      </div>
      {rows.length === 0 && <p className="nz-editor-empty">{t('editor.graph.empty')}</p>}
    </div>
  );
};
