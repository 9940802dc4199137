// Settings in sections, each with its own address; those that the user may not see are not offered.
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { useMay } from '../../app/use-may.ts';
import { SectionPage } from '../../components/section-page.tsx';
import { Needs } from '../access/forbidden.tsx';
import { BackupSection } from './backup-section.tsx';
import { EventsSection } from './events-section.tsx';
import { HealthSection } from './health-section.tsx';
import { HttpCallsSection } from './http-calls-section.tsx';
import { OperationsSection } from './operations-section.tsx';
import { OutputSection } from './output-section.tsx';
import { PasswordPolicySection } from './password-policy-section.tsx';
import { ReconciliationSection } from './reconciliation-section.tsx';
import { RetentionSection } from './retention-section.tsx';
import { RunAsSection } from './run-as-section.tsx';
import { SelfWatchSection } from './self-watch-section.tsx';
import { StatusSection } from './status-section.tsx';
import { TransfersSection } from './transfers-section.tsx';

const sections = {
  backup: { Section: BackupSection, right: 'backup.read' },
  retention: { Section: RetentionSection, right: 'settings.read' },
  events: { Section: EventsSection, right: 'settings.read' },
  status: { Section: StatusSection, right: 'settings.read' },
  output: { Section: OutputSection, right: 'settings.read' },
  transfers: { Section: TransfersSection, right: 'settings.read' },
  reconciliation: { Section: ReconciliationSection, right: 'settings.read' },
  operations: { Section: OperationsSection, right: 'settings.read' },
  run_as: { Section: RunAsSection, right: 'settings.read' },
  http_calls: { Section: HttpCallsSection, right: 'settings.read' },
  password_policy: { Section: PasswordPolicySection, right: 'settings.read' },
  health: { Section: HealthSection, right: 'settings.read' },
  self_watch: { Section: SelfWatchSection, right: 'settings.read' },
} as const satisfies Record<string, { Section: () => unknown; right: Right }>;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

/** Sections that have moved, by their old name. */
const moved: Readonly<Record<string, string>> = { notifications: 'rules', deliveries: 'deliveries' };

export const SettingsIndex = () => {
  const mayRead = useMay('settings.read');
  return <Navigate to="/settings/$section" params={{ section: mayRead ? 'retention' : 'backup' }} replace />;
};

export const SettingsPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/settings/$section' });
  const navigate = useNavigate();
  const may = {
    'settings.read': useMay('settings.read'),
    'backup.read': useMay('backup.read'),
  };
  const name = sectionNames.find((each) => each === section);
  const movedTo = moved[section];
  if (movedTo !== undefined)
    return <Navigate to="/notifications/$section" params={{ section: movedTo }} replace />;
  if (name === undefined) return <NotFoundPage />;
  const { Section, right } = sections[name];
  return (
    <SectionPage
      title={t('settings.title')}
      name={name}
      names={sectionNames.filter((each) => each === name || may[sections[each].right])}
      titleOf={(each) => t(`settings.${each}.title`)}
      onChosen={(chosen) => void navigate({ to: '/settings/$section', params: { section: chosen } })}
    >
      <Needs right={right}>
        <Section />
      </Needs>
    </SectionPage>
  );
};
