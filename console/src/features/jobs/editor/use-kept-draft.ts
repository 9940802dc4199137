// Keeps the draft in the browser while it differs from what is stored, and forgets it once it does not. Called by net-editor.tsx.
import { useEffect, useRef } from 'react';
import type { DraftStore, KeptDraft } from './draft-store.ts';

/** After the last change. A tab that is hidden or closed is not waited for. */
const keepDelayMs = 500;

/** `draft`: null while there is nothing to be kept. */
export const useKeptDraft = (
  store: DraftStore,
  who: Pick<KeptDraft, 'user' | 'net'>,
  draft: KeptDraft | null,
) => {
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });
  const { user, net } = who;
  const content = draft?.draft ?? null;
  useEffect(() => {
    if (content === null) {
      void store.forget(user, net);
      return undefined;
    }
    const keep = () => {
      if (latest.current !== null) void store.keep(latest.current);
    };
    const timer = setTimeout(keep, keepDelayMs);
    const onHidden = () => {
      if (document.hidden) keep();
    };
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [content, store, user, net]);
};
