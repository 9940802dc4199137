// Gives the focus back to where it was before a dialog, drawer or menu took it. The library does so only for what stays in the page closed: what
// is made when it opens, or goes away with its closing, or was opened from a menu, would leave the keyboard at the top of the page.
// Not responsible for the focus inside of dialogs, nor for that of another page (heading-focus.tsx). Called by providers.tsx.
import { useEffect } from 'react';

/** What lies over the page: the library puts all of it here. */
const layers = '[data-portal]';
const openDialog = `${layers} [role="dialog"]`;

export const FocusKeeper = () => {
  useEffect(() => {
    let last: HTMLElement | null = null;
    const onFocus = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target !== document.body && target.closest(layers) === null)
        last = target;
    };
    const giveBack = () => {
      const { activeElement } = document;
      const isLost = activeElement === null || activeElement === document.body;
      if (!isLost || last === null || !last.isConnected) return;
      if (document.querySelector(openDialog) === null) last.focus({ preventScroll: true });
    };
    const inLayers = new MutationObserver((changes) => {
      if (changes.some(({ removedNodes }) => removedNodes.length > 0)) giveBack();
    });
    const watched = new Set<Element>();
    const watchLayers = () => {
      for (const layer of document.querySelectorAll(layers)) {
        if (watched.has(layer)) continue;
        watched.add(layer);
        // A dialog's root stays where its content goes.
        inLayers.observe(layer, { childList: true, subtree: true });
      }
    };
    // The first dialog brings the place of all of them.
    const inBody = new MutationObserver(watchLayers);
    inBody.observe(document.body, { childList: true });
    watchLayers();
    document.addEventListener('focusin', onFocus);
    return () => {
      inBody.disconnect();
      inLayers.disconnect();
      document.removeEventListener('focusin', onFocus);
    };
  }, []);
  return null;
};
