// The scopes with their worst status and the counts of all below them, as a tree for mouse and keyboard. The pattern of WAI-ARIA: one stop of
// the Tab key, arrows within, right and left open and close.
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatusTree } from '@nezuban/protocol/events/status';
import { useFormat } from '../../components/use-format.ts';
import { PriorityCounts } from './priority-counts.tsx';
import {
  matterPriorities,
  scopesAbove,
  titleOf,
  toScopeStatusRows,
  type ScopeStatusRow,
} from './scope-status.ts';

type Props = {
  readonly tree: StatusTree;
  /** Undefined: everything. */
  readonly scope: string | undefined;
  readonly onScope: (scope: string | undefined) => void;
};
type Row = Omit<ScopeStatusRow, 'scope'> & {
  /** Empty: everything. */
  readonly name: string;
  readonly title: string;
  readonly counts: StatusTree['overall']['counts'];
  readonly nodes: number;
};

export const ScopeStatusTree = ({ tree, scope, onScope }: Props) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const element = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set());
  const shownOpened = useMemo(
    () => (scope === undefined ? opened : new Set([...opened, ...scopesAbove(tree.scopes, scope)])),
    [opened, scope, tree.scopes],
  );
  const rows: readonly Row[] = [
    {
      name: '',
      title: t('situation.everything'),
      depth: 0,
      hasChildren: false,
      counts: tree.overall.counts,
      nodes: tree.nodesTotal,
    },
    ...toScopeStatusRows(tree.scopes, shownOpened, i18n.language).map((row) => ({
      ...row,
      name: row.scope.name,
      title: titleOf(row.scope),
      counts: row.scope.counts,
      nodes: row.scope.nodes,
    })),
  ];
  const chosen = scope ?? '';
  const choose = (name: string) => onScope(name === '' ? undefined : name);
  const change = (name: string, open: boolean) =>
    setOpened((before) => {
      const after = new Set(before);
      if (open) after.add(name);
      else after.delete(name);
      return after;
    });
  const focusAt = (index: number) =>
    element.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[index]?.focus();
  const onKeyDown = (event: KeyboardEvent, row: Row, index: number) => {
    const isOpen = shownOpened.has(row.name);
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusAt(Math.min(rows.length - 1, index + 1)),
      ArrowUp: () => focusAt(Math.max(0, index - 1)),
      Home: () => focusAt(0),
      End: () => focusAt(rows.length - 1),
      ArrowRight: () => (row.hasChildren && !isOpen ? change(row.name, true) : focusAt(index + 1)),
      ArrowLeft: () =>
        row.hasChildren && isOpen
          ? change(row.name, false)
          : focusAt(rows.slice(0, index).findLastIndex(({ depth }) => depth < row.depth)),
      Enter: () => choose(row.name),
      ' ': () => choose(row.name),
    };
    const found = act[event.key];
    if (found === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  };
  const tabStop = rows.some(({ name }) => name === chosen) ? chosen : '';
  return (
    <div className="nz-folders nz-status-tree" role="tree" aria-label={t('situation.scopes')} ref={element}>
      {rows.map((row, index) => {
        const isOpen = shownOpened.has(row.name);
        return (
          <div
            key={row.name}
            role="treeitem"
            aria-level={row.depth + 1}
            aria-selected={row.name === chosen}
            aria-expanded={row.hasChildren ? isOpen : undefined}
            tabIndex={row.name === tabStop ? 0 : -1}
            className="nz-folder"
            style={{ paddingLeft: 6 + row.depth * 14 }}
            onKeyDown={(event) => onKeyDown(event, row, index)}
            onClick={() => choose(row.name)}
          >
            {row.hasChildren ? (
              // The keys of the row do the same; this is for the mouse.
              <span
                className="nz-folder-toggle"
                aria-hidden="true"
                onClick={(event) => {
                  event.stopPropagation();
                  change(row.name, !isOpen);
                }}
              >
                {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              </span>
            ) : (
              <span className="nz-folder-toggle" />
            )}
            <span
              className="nz-cut"
              title={t('situation.nodeCount', { count: format.number(row.nodes) as never })}
            >
              {row.title}
            </span>
            <span className="nz-folder-count">
              <PriorityCounts counts={row.counts} priorities={matterPriorities} />
            </span>
          </div>
        );
      })}
    </div>
  );
};
