// Settings in sections, each with its own address.
import { Tabs } from '@mantine/core';
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { Page } from '../../components/page.tsx';
import { AuditSection } from './audit-section.tsx';
import { DeliveriesSection } from './deliveries-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { RulesSection } from './rules-section.tsx';
import { TokensSection } from './tokens-section.tsx';

const sections = {
  password: PasswordSection,
  tokens: TokensSection,
  notifications: RulesSection,
  deliveries: DeliveriesSection,
  audit: AuditSection,
} as const;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

export const SettingsIndex = () => (
  <Navigate to="/settings/$section" params={{ section: 'password' }} replace />
);

export const SettingsPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/settings/$section' });
  const navigate = useNavigate();
  const name = sectionNames.find((each) => each === section);
  if (name === undefined) return <NotFoundPage />;
  const Section = sections[name];
  return (
    <Page title={t('settings.title')} fill>
      <Tabs
        value={name}
        onChange={(value) =>
          void navigate({ to: '/settings/$section', params: { section: value ?? 'password' } })
        }
        keepMounted={false}
        className="nz-fill-tabs"
      >
        <Tabs.List>
          {sectionNames.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`settings.${each}.title`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {sectionNames.map((each) => (
          <Tabs.Panel key={each} value={each} className="nz-fill-panel">
            {each === name && <Section />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
};
