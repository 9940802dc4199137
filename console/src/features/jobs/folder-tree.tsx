// The folders of job nets beside their list, as a tree for mouse and keyboard. The pattern of WAI-ARIA: one stop of the Tab key, arrows
// within, right and left open and close.
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconFolder, IconFolderOpen } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { StatusIcon } from '../../components/status-icon.tsx';
import { endStatus, type Status } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';
import { foldersAbove, parentOf, toFolderRows, type FolderRow } from './folder-model.ts';

type Props = {
  /** Undefined: everything. */
  readonly folder: string | undefined;
  readonly onFolder: (folder: string | undefined) => void;
};

export const FolderTree = ({ folder, onFolder }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const format = useFormat();
  const tree = useRef<HTMLDivElement>(null);
  const { data } = useQuery(queries.netFolders());
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set());
  const shownOpened = useMemo(
    () => (folder === undefined ? opened : new Set([...opened, ...foldersAbove(folder)])),
    [opened, folder],
  );
  const rows = useMemo((): readonly FolderRow[] => {
    if (data === undefined) return [];
    const all = data.items.reduce((sum, { nets }) => sum + nets, data.netsOutside);
    const root = {
      folder: '',
      name: t('nets.allFolders'),
      depth: 0,
      netsBelow: all,
      worstLast: null,
      hasChildren: false,
    };
    return [root, ...toFolderRows(data.items, shownOpened)];
  }, [data, shownOpened, t]);
  if (data === undefined)
    return (
      <Stack gap={6} className="nz-folders" role="status" aria-label={t('states.loading')}>
        {[80, 65, 72, 60].map((width) => (
          <Skeleton key={width} height={26} width={`${width}%`} />
        ))}
      </Stack>
    );
  const chosen = folder ?? '';
  const choose = (next: string) => onFolder(next === '' ? undefined : next);
  const change = (row: FolderRow, open: boolean) =>
    setOpened((before) => {
      const after = new Set(before);
      if (open) after.add(row.folder);
      else after.delete(row.folder);
      return after;
    });
  const focusAt = (index: number) => {
    const row = tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[index];
    row?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, row: FolderRow, index: number) => {
    const isOpen = shownOpened.has(row.folder);
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusAt(Math.min(rows.length - 1, index + 1)),
      ArrowUp: () => focusAt(Math.max(0, index - 1)),
      Home: () => focusAt(0),
      End: () => focusAt(rows.length - 1),
      ArrowRight: () => (row.hasChildren && !isOpen ? change(row, true) : focusAt(index + 1)),
      ArrowLeft: () =>
        row.hasChildren && isOpen
          ? change(row, false)
          : focusAt(rows.findIndex((other) => other.folder === parentOf(row.folder))),
      Enter: () => choose(row.folder),
      ' ': () => choose(row.folder),
    };
    const found = act[event.key];
    if (found === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  };
  const tabStop = rows.some((row) => row.folder === chosen) ? chosen : '';
  return (
    <div className="nz-folders" role="tree" aria-label={t('nets.folders')} ref={tree}>
      {rows.map((row, index) => {
        const isOpen = shownOpened.has(row.folder);
        const Icon = row.folder === chosen || isOpen ? IconFolderOpen : IconFolder;
        return (
          <div
            key={row.folder}
            role="treeitem"
            aria-level={row.depth + 1}
            aria-selected={row.folder === chosen}
            aria-expanded={row.hasChildren ? isOpen : undefined}
            tabIndex={row.folder === tabStop ? 0 : -1}
            className="nz-folder"
            style={{ paddingLeft: 6 + row.depth * 14 }}
            onKeyDown={(event) => onKeyDown(event, row, index)}
            onClick={() => choose(row.folder)}
          >
            {row.hasChildren ? (
              // The keys of the row do the same; this is for the mouse.
              <span
                className="nz-folder-toggle"
                aria-hidden="true"
                onClick={(event) => {
                  event.stopPropagation();
                  change(row, !isOpen);
                }}
              >
                {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              </span>
            ) : (
              <span className="nz-folder-toggle" />
            )}
            <Icon size={16} aria-hidden="true" />
            <span className="nz-cut">{row.name}</span>
            {row.worstLast !== null && <WorstLast status={endStatus(row.worstLast)} />}
            <span className="nz-folder-count">{format.number(row.netsBelow)}</span>
          </div>
        );
      })}
    </div>
  );
};

/** Icon and colour for the eye, words for a screen reader and for the mouse that rests on it. */
const WorstLast = ({ status }: { readonly status: Status }) => {
  const { t } = useTranslation();
  const words = t('nets.worstLast', { status: t(status.label) });
  return (
    <span className="nz-folder-status" data-tone={status.tone} title={words}>
      <StatusIcon name={status.icon} size={14} />
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
};
