// The frame of nodes and scopes: two lists of the same things, one tab each.
import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page.tsx';

type Props = {
  readonly tab: 'nodes' | 'scopes';
  readonly actions: ReactNode;
  readonly children: ReactNode;
};

export const InventoryPage = ({ tab, actions, children }: Props) => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page title={t(`${tab}.title`)} fill actions={actions}>
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ to: value === 'scopes' ? '/scopes' : '/nodes' })}
        keepMounted={false}
        className="nz-fill-tabs"
      >
        <Tabs.List>
          <Tabs.Tab value="nodes">{t('nodes.title')}</Tabs.Tab>
          <Tabs.Tab value="scopes">{t('scopes.title')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={tab} className="nz-fill-panel nz-stack">
          {children}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};
