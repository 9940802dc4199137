// Which page was shown before: its successor's heading takes the focus, so that keyboard and screen reader start there. The first page
// of a visit leaves the focus to the browser, whose first Tab must find the skip link.
import { createContext, use, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

const ShownPageContext = createContext<{ pathname: string | null }>({ pathname: null });

export const HeadingFocusProvider = ({ children }: { readonly children: ReactNode }) => {
  const [shown] = useState<{ pathname: string | null }>(() => ({ pathname: null }));
  return <ShownPageContext value={shown}>{children}</ShownPageContext>;
};

/** To be put on the heading of a page. */
export const useHeadingFocus = (pathname: string | null): RefObject<HTMLHeadingElement | null> => {
  const shown = use(ShownPageContext);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (pathname === null) return;
    if (shown.pathname !== null && shown.pathname !== pathname)
      heading.current?.focus({ preventScroll: true });
    shown.pathname = pathname;
  }, [shown, pathname]);
  return heading;
};
