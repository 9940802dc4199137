// The tabs of a page in one row; on a narrow screen it scrolls sideways, and the tab that is shown is brought into sight.
// Not responsible for what the tabs are. Called by pages that are shown in parts.
import { Tabs } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';

type Props = {
  /** The tab that is shown. */
  readonly active: string;
  readonly children: ReactNode;
};

export const TabList = ({ active, children }: Props) => {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tab = list.current?.querySelector('[data-active]');
    if (tab !== null && tab !== undefined) tab.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [active]);
  return (
    <Tabs.List ref={list} className="nz-tab-list">
      {children}
    </Tabs.List>
  );
};
