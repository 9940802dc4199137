// Which page was shown before: its successor's heading takes the focus, so that keyboard and screen reader start there. The first page
// of a visit leaves the focus to the browser, whose first Tab must find the skip link.
import { createContext, use, useEffect, useRef, type ReactNode, type RefObject } from 'react';

const ShownPageContext = createContext<RefObject<string | null>>({ current: null });

export const HeadingFocusProvider = ({ children }: { readonly children: ReactNode }) => {
  const shown = useRef<string | null>(null);
  return <ShownPageContext value={shown}>{children}</ShownPageContext>;
};

/** To be put on the heading of a page. */
export const useHeadingFocus = (pathname: string | null): RefObject<HTMLHeadingElement | null> => {
  const shownRef = use(ShownPageContext);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (pathname === null) return;
    if (shownRef.current !== null && shownRef.current !== pathname)
      heading.current?.focus({ preventScroll: true });
    shownRef.current = pathname;
  }, [shownRef, pathname]);
  return heading;
};
