// What differs between two forms of a net, as parts and as texts. Called by the dialogs of saving.
import { Tabs } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangedParts } from '../../versions/revision-difference.tsx';
import { SideBySide } from '../../versions/side-by-side.tsx';
import type { DraftNet } from '../model/draft-net.ts';
import { textOfDraft } from '../model/net-text.ts';
import { changesBetween } from './base.ts';

type Props = {
  readonly before: DraftNet;
  readonly after: DraftNet;
  readonly titles: readonly [before: string, after: string];
};

export const Changes = ({ before, after, titles }: Props) => {
  const { t } = useTranslation();
  const changes = useMemo(() => changesBetween(before, after), [before, after]);
  const texts = useMemo(() => [textOfDraft(before), textOfDraft(after)] as const, [before, after]);
  return (
    <Tabs defaultValue="parts" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="parts">{t('netVersions.views.parts', { count: changes.length })}</Tabs.Tab>
        <Tabs.Tab value="text">{t('netVersions.views.text')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="parts" pt="xs" className="nz-editor-changes">
        <ChangedParts changes={changes} />
      </Tabs.Panel>
      <Tabs.Panel value="text" pt="xs" className="nz-editor-changes">
        <SideBySide before={texts[0]} after={texts[1]} from={titles[0]} to={titles[1]} />
      </Tabs.Panel>
    </Tabs>
  );
};
