// What buttons and keys of the editor do, in any of its views: add, copy, cut, paste, delete, nest, align. Responsible for turning the selection into
// commands and for the clipboard. Called by net-editor.tsx.
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { pathIn } from '../layout/graph-unit.ts';
import type { Box } from '../layout/layout.ts';
import { layLevel, positionsWith, roomFor } from './graph/level.ts';
import { alignBoxes, type Alignment } from './model/align.ts';
import { textOfUnits, unitsOfText } from './model/clipboard.ts';
import { unitsToCopy } from './model/commands.ts';
import { childrenAt, nameOf, parentOf, unitAt, type DraftUnit } from './model/draft-net.ts';
import { newUnit } from './new-unit.ts';
import type { Editor } from './use-editor.ts';

/** Copies stand so far aside of what they were made from. */
const copyShift = 32;

export type EditorActions = ReturnType<typeof useEditorActions>;

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable], [role="dialog"]',
  ) !== null;

/** `onAdded`: a new unit wants a name of its own. */
export const useEditorActions = (editor: Editor, onAdded: () => void) => {
  const { t } = useTranslation();
  const { state, run, dispatch, readOnly } = editor;
  const { net, selection, inside, edge } = state;
  // In the graph what is chosen lies in the net that is shown; in outline and table it may lie in any.
  const parents = new Set(selection.map(parentOf));
  const [chosenIn] = parents;
  const home = parents.size === 1 && chosenIn !== undefined ? chosenIn : inside;
  const level = home === inside ? editor.level : layLevel(childrenAt(net, home) ?? [], null);
  /** For browsers that do not let a page read the clipboard: what was copied here. */
  const memory = useRef('');
  const beside = selection.filter((path) => parentOf(path) === home);

  const add = (type: string) => {
    const only = beside.length === 1 ? beside[0] : undefined;
    const anchor = only === undefined ? null : nameOf(only);
    const unit: DraftUnit = {
      ...newUnit(type, editor.forms),
      // Mostly the unit before it is what is asked about.
      ...(type === 'judgment' && anchor !== null ? { if: { unit: anchor, exit_code: '0' } } : {}),
      ...(level.placed ? { position: roomFor(level.boxes, anchor) } : {}),
    };
    run({ type: 'add', parent: home, unit, ...(anchor === null ? {} : { after: [anchor] }) });
    onAdded();
  };
  const remove = () => {
    if (edge !== null) run({ type: 'disconnect', parent: edge.parent, edges: [edge] });
    else if (selection.length > 0) run({ type: 'delete', paths: selection });
  };
  const textOfSelection = (): string | null =>
    selection.length === 0 ? null : textOfUnits(unitsToCopy(net, selection));
  const pasteText = (text: string) => {
    if (readOnly) return;
    const units = unitsOfText(text);
    if (units === null) {
      notifications.show({ message: t('editor.clipboard.none'), color: 'yellow', autoClose: 5000 });
      return;
    }
    run({ type: 'paste', parent: home, units: place(units) });
  };
  /** Aside of where they stood, all or none with a position, as the level demands. */
  const place = (units: readonly DraftUnit[]): DraftUnit[] => {
    const everyOne = units.every(({ position }) => position !== undefined);
    const start = roomFor(level.boxes, null);
    return units.map((unit, index) => {
      const { position, ...rest } = unit;
      if (!level.placed) return rest;
      const at =
        everyOne && position !== undefined
          ? { x: position.x + copyShift, y: position.y + copyShift }
          : { x: start.x + index * copyShift, y: start.y + index * copyShift };
      return { ...rest, position: at };
    });
  };
  const write = async (text: string) => {
    memory.current = text;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed here: it can still be pasted in this window.
    }
  };
  const copy = async () => {
    const text = textOfSelection();
    if (text === null) return;
    await write(text);
    notifications.show({
      message: t('editor.clipboard.copied', { count: selection.length }),
      autoClose: 2500,
    });
  };
  const cut = async () => {
    const text = textOfSelection();
    if (text === null || readOnly) return;
    remove();
    await write(text);
  };
  const paste = async () => {
    try {
      pasteText(await navigator.clipboard.readText());
    } catch {
      // Not allowed here: what was copied in this window is pasted.
      pasteText(memory.current);
    }
  };
  const duplicate = () => {
    if (beside.length === 0) return;
    run({ type: 'paste', parent: home, units: place(unitsToCopy(net, beside)), outside: true });
  };
  const group = () => {
    if (selection.length > 0) run({ type: 'group', paths: selection, name: t('editor.groupName') });
  };
  const nets = selection.filter((path) => unitAt(net, path)?.units !== undefined);
  const dissolve = () => {
    const [path] = nets;
    if (path !== undefined) run({ type: 'dissolve', path });
  };
  const boxesOf = (paths: readonly string[]): Map<string, Box> =>
    new Map(
      paths.flatMap((path) => {
        const box = level.boxes.get(nameOf(path));
        return box === undefined ? [] : [[nameOf(path), box] as const];
      }),
    );
  const align = (how: Alignment) => {
    if (beside.length < 2) return;
    run({
      type: 'move',
      parent: home,
      positions: positionsWith(level.boxes, alignBoxes(boxesOf(beside), how)),
    });
  };
  const nudge = (dx: number, dy: number) => {
    if (beside.length === 0) return;
    const moved = Object.fromEntries(
      [...boxesOf(beside)].map(([name, { x, y }]) => [name, { x: x + dx, y: y + dy }]),
    );
    run(
      { type: 'move', parent: home, positions: positionsWith(level.boxes, moved) },
      `nudge ${beside.join()}`,
    );
  };
  const selectAll = () =>
    dispatch({
      type: 'select',
      paths: (childrenAt(net, home) ?? []).map(({ name }) => pathIn(home, name)),
    });
  const enter = () => {
    const [path] = nets;
    if (path !== undefined && selection.length === 1) dispatch({ type: 'enter', inside: path });
  };
  const leave = () => {
    if (inside !== null) dispatch({ type: 'enter', inside: parentOf(inside), select: [inside] });
  };
  const arrange = () => run({ type: 'arrange', parent: inside });

  useClipboardKeys({
    copied: textOfSelection,
    onCut: readOnly ? undefined : remove,
    onPaste: readOnly ? undefined : pasteText,
    remember: (text) => {
      memory.current = text;
    },
  });
  return {
    add,
    remove,
    copy,
    cut,
    paste,
    duplicate,
    group,
    dissolve,
    align,
    nudge,
    arrange,
    selectAll,
    enter,
    leave,
    /** The one unit behind which a new one is put. */
    anchor: beside.length === 1 ? (beside[0] ?? null) : null,
    beside: beside.length,
    hasNet: nets.length > 0,
  };
};

type ClipboardKeys = {
  readonly copied: () => string | null;
  readonly onCut: (() => void) | undefined;
  readonly onPaste: ((text: string) => void) | undefined;
  readonly remember: (text: string) => void;
};

/** The browser's own events: they need no leave to touch the clipboard, and its menu works, too. */
const useClipboardKeys = (keys: ClipboardKeys): void => {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const isOurs = (event: ClipboardEvent) =>
      !event.defaultPrevented && !isTyping(event.target) && (globalThis.getSelection()?.isCollapsed ?? true);
    const onCopy = (event: ClipboardEvent) => {
      if (!isOurs(event)) return;
      const text = latest.current.copied();
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      latest.current.remember(text);
      event.preventDefault();
      if (event.type === 'cut') latest.current.onCut?.();
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (!isOurs(event) || text === '') return;
      event.preventDefault();
      latest.current.onPaste?.(text);
    };
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
};
