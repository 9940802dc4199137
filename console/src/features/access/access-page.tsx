// Administration of access in sections, each with its own address; those that the user may not see are not offered.
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { useMay } from '../../app/use-may.ts';
import { SectionPage } from '../../components/section-page.tsx';
import { AllTokensSection } from './all-tokens-section.tsx';
import { AuditSection } from './audit-section.tsx';
import { Needs } from './forbidden.tsx';
import { RolesSection } from './roles-section.tsx';
import { SecretsSection } from './secrets-section.tsx';
import { AllSignInsSection } from './sign-ins-section.tsx';
import { UsersSection } from './users-section.tsx';

const sections = {
  users: { Section: UsersSection, right: 'access.read' },
  roles: { Section: RolesSection, right: 'access.read' },
  tokens: { Section: AllTokensSection, right: 'access.read' },
  'sign-ins': { Section: AllSignInsSection, right: 'access.read' },
  secrets: { Section: SecretsSection, right: 'secrets.use' },
  audit: { Section: AuditSection, right: 'audit.read' },
} as const satisfies Record<string, { Section: () => unknown; right: Right }>;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

export const AccessIndex = () => {
  const mayRead = useMay('access.read');
  const mayAudit = useMay('audit.read');
  const section = mayRead ? 'users' : mayAudit ? 'audit' : 'secrets';
  return <Navigate to="/access/$section" params={{ section }} replace />;
};

export const AccessPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/access/$section' });
  const navigate = useNavigate();
  const may = {
    'access.read': useMay('access.read'),
    'audit.read': useMay('audit.read'),
    'secrets.use': useMay('secrets.use'),
  };
  const name = sectionNames.find((each) => each === section);
  if (name === undefined) return <NotFoundPage />;
  const { Section, right } = sections[name];
  return (
    <SectionPage
      title={t('admin.title')}
      name={name}
      names={sectionNames.filter((each) => each === name || may[sections[each].right])}
      titleOf={(each) => t(each === 'secrets' ? 'secrets.title' : `admin.${each}.title`)}
      onChosen={(chosen) => void navigate({ to: '/access/$section', params: { section: chosen } })}
    >
      <Needs right={right}>
        <Section />
      </Needs>
    </SectionPage>
  );
};
