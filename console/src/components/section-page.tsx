// A page in sections, one at a time, each with its own address: tabs over the section that is shown.
// Not responsible for which there are and who may see them: its pages say so.
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { Page } from './page.tsx';
import { TabList } from './tab-list.tsx';

type Props<Name extends string> = {
  readonly title: string;
  /** The one that is shown; its content are the children. */
  readonly name: Name;
  readonly names: readonly Name[];
  readonly titleOf: (name: Name) => string;
  readonly onChosen: (name: Name) => void;
  readonly children: ReactNode;
};

export const SectionPage = <Name extends string>(props: Props<Name>) => {
  const { title, name, names, titleOf, onChosen, children } = props;
  return (
    <Page title={title} fill>
      <Tabs
        value={name}
        onChange={(value) => onChosen(names.find((each) => each === value) ?? name)}
        keepMounted={false}
        className="nz-fill-tabs"
      >
        <TabList active={name}>
          {names.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {titleOf(each)}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value={name} className="nz-fill-panel">
          {children}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
