// A form over something that has a version: what was changed, saved only over what was seen, guarded against leaving by mistake.
// Responsible for the draft and for the choice when somebody else was faster; how it looks is form-bar.tsx.
import { notifications } from '@mantine/notifications';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/api-problem.ts';
import { useConfirm } from './confirm.tsx';

export type Versioned<Draft> = {
  readonly draft: Draft;
  /** Null: not there yet. */
  readonly revision: number | null;
};

type Options<Draft> = {
  /** The newest that is known. While nothing is changed, the form follows it. */
  readonly loaded: Versioned<Draft>;
  /** What the form begins with, if that is more than what was loaded: it counts as changed. */
  readonly initial?: Draft | undefined;
  /** Writes over this revision; answers what it has become. */
  readonly save: (draft: Draft, over: number | null) => Promise<Versioned<Draft>>;
  /** Loads the newest: called when the save finds another revision. */
  readonly reload: () => Promise<unknown>;
};

export type VersionedForm<Draft> = {
  readonly draft: Draft;
  readonly change: (next: Draft) => void;
  readonly changed: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  /** Somebody else has changed it since it was loaded. */
  readonly conflict: boolean;
  readonly save: () => Promise<boolean>;
  /** Writes the draft over what the other has made of it. */
  readonly overwrite: () => Promise<boolean>;
  /** Drops the draft for the newest. */
  readonly reset: () => void;
  /** Puts back what the last save replaced; null when there is nothing to put back, or something was changed since. */
  readonly undo: (() => Promise<boolean>) | null;
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const useVersionedForm = <Draft>({
  loaded,
  initial,
  save,
  reload,
}: Options<Draft>): VersionedForm<Draft> => {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const [base, setBase] = useState(loaded);
  const [draft, setDraft] = useState(initial ?? loaded.draft);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [conflict, setConflict] = useState(false);
  const [replaced, setReplaced] = useState<Versioned<Draft> | null>(null);
  const changed = !isSame(draft, base.draft);
  const changedRef = useRef(changed);
  changedRef.current = changed;

  const take = (next: Versioned<Draft>) => {
    changedRef.current = false;
    setBase(next);
    setDraft(next.draft);
    setConflict(false);
    setError(null);
  };
  const { revision } = loaded;
  useEffect(() => {
    if (!changedRef.current && revision !== base.revision) take(loaded);
    // The revision stands for what was loaded; the object itself is made anew at each rendering.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [revision, base.revision]);

  useBlocker({
    shouldBlockFn: async () =>
      changedRef.current &&
      !(await confirm({
        title: t('form.leave.title'),
        text: t('form.leave.text'),
        confirmLabel: t('form.leave.confirm'),
        danger: true,
      })),
    enableBeforeUnload: () => changedRef.current,
  });

  const write = async (next: Draft, over: number | null): Promise<boolean> => {
    setBusy(true);
    setError(null);
    const before = base;
    try {
      const saved = await save(next, over);
      take(saved);
      setReplaced(before.revision === null ? null : before);
      notifications.show({ message: t('form.saved'), color: 'green', autoClose: 4000 });
      return true;
    } catch (failure) {
      if (hasCode(failure, 'precondition_failed')) {
        await reload();
        setConflict(true);
      } else setError(failure);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return {
    draft,
    change: setDraft,
    changed,
    busy,
    error,
    conflict,
    save: () => write(draft, base.revision),
    overwrite: () => write(draft, loaded.revision),
    reset: () => take(loaded),
    undo:
      replaced === null || changed || isSame(replaced.draft, draft)
        ? null
        : () => write(replaced.draft, base.revision),
  };
};
