// Undo and redo of what is changed in a form. Letters typed into one field without a pause are one step. Not responsible for the draft itself
// (use-versioned-form.ts), which may also be replaced from outside: then undo leads back before that.
import { useCallback, useEffect, useRef, useState } from 'react';

const stepsMax = 200;
/** A pause of this length begins a new step. */
const typingPauseMs = 1_200;

export type DraftHistory<Draft> = {
  /** `field`: what is typed into; null: a change of its own. */
  readonly edit: (change: (before: Draft) => Draft, field: string | null) => void;
  /** Null: there is nothing to undo. */
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
};

export const useDraftHistory = <Draft>(draft: Draft, change: (next: Draft) => void): DraftHistory<Draft> => {
  const [past, setPast] = useState<readonly Draft[]>([]);
  const [future, setFuture] = useState<readonly Draft[]>([]);
  const last = useRef<{ field: string | null; atMs: number }>({ field: null, atMs: 0 });
  const latest = useRef({ draft, change });
  useEffect(() => {
    latest.current = { draft, change };
  });
  const edit = useCallback((make: (before: Draft) => Draft, field: string | null) => {
    const before = latest.current.draft;
    const next = make(before);
    if (next === before) return;
    const nowMs = Date.now();
    const isSameStep =
      field !== null && field === last.current.field && nowMs - last.current.atMs < typingPauseMs;
    last.current = { field, atMs: nowMs };
    if (!isSameStep) setPast((steps) => [...steps, before].slice(-stepsMax));
    setFuture([]);
    // Two changes before the next rendering build on each other.
    latest.current = { ...latest.current, draft: next };
    latest.current.change(next);
  }, []);
  const step = (from: readonly Draft[], to: 'past' | 'future') => () => {
    const target = from.at(-1);
    if (target === undefined) return;
    last.current = { field: null, atMs: 0 };
    (to === 'future' ? setPast : setFuture)(from.slice(0, -1));
    (to === 'future' ? setFuture : setPast)((steps) => [...steps, draft].slice(-stepsMax));
    change(target);
  };
  return {
    edit,
    undo: past.length === 0 ? null : step(past, 'future'),
    redo: future.length === 0 ? null : step(future, 'past'),
  };
};
