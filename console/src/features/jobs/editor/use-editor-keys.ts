// Keys that act in every view of the editor, whatever has the focus, except where text is typed. Called by net-editor.tsx.
import { useEffect, useRef } from 'react';
import { isTyping, type EditorActions } from './use-editor-actions.ts';
import type { Editor } from './use-editor.ts';

type Input = {
  readonly editor: Editor;
  readonly actions: EditorActions;
  /** What is chosen among the units is seen: keys may act on it. */
  readonly ofUnits: boolean;
  readonly onSave: () => void;
  readonly onRename: () => void;
};

export const useEditorKeys = (input: Input): void => {
  const latest = useRef(input);
  useEffect(() => {
    latest.current = input;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const act = actOf(event, latest.current);
      if (act === null || event.defaultPrevented) return;
      event.preventDefault();
      act();
    };
    globalThis.addEventListener('keydown', onKeyDown);
    return () => globalThis.removeEventListener('keydown', onKeyDown);
  }, []);
};

const actOf = (
  event: KeyboardEvent,
  { editor, actions, ofUnits, onSave, onRename }: Input,
): (() => void) | null => {
  const isModified = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (isModified && key === 's') return onSave;
  if (
    isTyping(event.target) ||
    document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
  )
    return null;
  if (isModified && !event.altKey) {
    switch (key) {
      case 'z':
        return () => editor.dispatch({ type: event.shiftKey ? 'redo' : 'undo' });
      case 'y':
        return () => editor.dispatch({ type: 'redo' });
      default:
        break;
    }
  }
  if (!ofUnits) return null;
  if (isModified && !event.altKey) {
    switch (key) {
      case 'd':
        return actions.duplicate;
      case 'a':
        return actions.selectAll;
      case 'g':
        return event.shiftKey ? actions.dissolve : actions.group;
      case 'l':
        return event.shiftKey ? actions.arrange : null;
      default:
        return null;
    }
  }
  if (event.altKey || isModified) return null;
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      return actions.remove;
    case 'F2':
      return onRename;
    default:
      return null;
  }
};
