// The tree of OIDs, loaded level by level as it is opened. The pattern of WAI-ARIA: one stop of the Tab key, arrows within, right and left
// open and close.
import { Loader } from '@mantine/core';
import { IconBell, IconChevronDown, IconChevronRight, IconFolder, IconPoint } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OidView } from '@nezuban/protocol/traps/snmp-names';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';

type Props = {
  readonly chosen: string | null;
  readonly onChoose: (oid: string) => void;
};

/** All OIDs above one: `1`, `1.3`, `1.3.6`. */
const above = (oid: string): readonly string[] =>
  oid
    .split('.')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('.'));

/** Where everything of use lies: shown opened from the start. */
const firstOpened = ['1', '1.3', '1.3.6', '1.3.6.1'];

export const OidTree = ({ chosen, onChoose }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const tree = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(
    () => new Set([...firstOpened, ...(chosen === null ? [] : above(chosen))]),
  );
  const [stop, setStop] = useState(chosen ?? '');
  const { data, error, refetch } = useQuery(queries.oidsBelow(null));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  const setOpen = (oid: string, isOpen: boolean) =>
    setOpened((before) => {
      const after = new Set(before);
      if (isOpen) after.add(oid);
      else after.delete(oid);
      return after;
    });
  const rows = () => [...(tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? [])];
  const focusBy = (from: HTMLElement, by: number) => {
    const all = rows();
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(from) + by))]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]');
    const oid = row?.dataset['oid'];
    if (row === null || oid === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const expanded = row.getAttribute('aria-expanded');
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusBy(row, 1),
      ArrowUp: () => focusBy(row, -1),
      Home: () => rows()[0]?.focus(),
      End: () => rows().at(-1)?.focus(),
      ArrowRight: () => (expanded === 'false' ? setOpen(oid, true) : focusBy(row, 1)),
      ArrowLeft: () =>
        expanded === 'true'
          ? setOpen(oid, false)
          : rows()
              .findLast((each) => oid.startsWith(`${each.dataset['oid'] ?? ''}.`))
              ?.focus(),
      Enter: () => onChoose(oid),
      ' ': () => onChoose(oid),
    };
    const found = act[event.key];
    if (found === undefined) return;
    event.preventDefault();
    found();
  };
  const level: LevelProps = {
    depth: 0,
    opened,
    chosen,
    stop: stop === '' ? (data[0]?.oid ?? '') : stop,
    setOpen,
    onChoose,
    setStop,
    onKeyDown,
  };
  return (
    <div className="nz-oid-tree" role="tree" tabIndex={-1} aria-label={t('traps.mibs.tree')} ref={tree}>
      {data.map((entry) => (
        <OidRow key={entry.oid} entry={entry} {...level} />
      ))}
    </div>
  );
};

type LevelProps = {
  readonly depth: number;
  readonly opened: ReadonlySet<string>;
  readonly chosen: string | null;
  readonly stop: string;
  readonly setOpen: (oid: string, isOpen: boolean) => void;
  readonly onChoose: (oid: string) => void;
  readonly setStop: (oid: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
};

/** The chosen one may lie far down when the tree is shown. */
const scrollOnce = (row: HTMLDivElement | null) => row?.scrollIntoView({ block: 'nearest' });

const icons = { node: IconFolder, object: IconPoint, notification: IconBell } as const;

const OidRow = ({ entry, ...level }: LevelProps & { readonly entry: OidView }) => {
  const { depth, opened, chosen, stop, setOpen, onChoose, setStop, onKeyDown } = level;
  const { oid, name, hasChildren } = entry;
  const isOpen = hasChildren && opened.has(oid);
  const Icon = icons[entry.kind];
  return (
    <>
      <div
        role="treeitem"
        data-oid={oid}
        aria-level={depth + 1}
        aria-selected={oid === chosen}
        aria-expanded={hasChildren ? isOpen : undefined}
        tabIndex={oid === stop ? 0 : -1}
        className="nz-folder nz-oid"
        style={{ paddingLeft: 6 + depth * 14 }}
        onFocus={() => setStop(oid)}
        onClick={() => onChoose(oid)}
        onKeyDown={onKeyDown}
        ref={oid === chosen ? scrollOnce : undefined}
      >
        {/* The keys of the row do the same; this is for the mouse. */}
        <span
          className="nz-folder-toggle"
          aria-hidden="true"
          onClick={(event) => {
            if (!hasChildren) return;
            event.stopPropagation();
            setOpen(oid, !isOpen);
          }}
        >
          {hasChildren && (isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />)}
        </span>
        <Icon size={15} aria-hidden="true" />
        <span className="nz-cut">{name}</span>
        <span className="nz-oid-number">{oid.split('.').at(-1)}</span>
      </div>
      {isOpen && <Below oid={oid} {...level} depth={depth + 1} />}
    </>
  );
};

const Below = ({ oid, ...level }: LevelProps & { readonly oid: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useQuery(queries.oidsBelow(oid));
  if (data === undefined)
    return error === null ? (
      <div className="nz-oid-loading">
        <Loader size={12} aria-label={t('states.loading')} />
      </div>
    ) : (
      <ErrorState error={error} />
    );
  return data.map((entry) => <OidRow key={entry.oid} entry={entry} {...level} />);
};
