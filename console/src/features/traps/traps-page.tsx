// Traps in sections, each with its own address: what came, who sends, which become events, who is who, MIBs, receivers.
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { SectionPage } from '../../components/section-page.tsx';
import { Needs } from '../access/forbidden.tsx';
import { AliasesSection } from './aliases-section.tsx';
import { MibsSection } from './mibs-section.tsx';
import { MonitorsSection } from './monitors-section.tsx';
import { ReceivedSection } from './received-section.tsx';
import { ReceiversSection } from './receivers-section.tsx';
import { SourcesSection } from './sources-section.tsx';
import './traps.css';

const sections = {
  received: ReceivedSection,
  sources: SourcesSection,
  monitors: MonitorsSection,
  aliases: AliasesSection,
  mibs: MibsSection,
  receivers: ReceiversSection,
} as const;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

export const TrapsIndex = () => <Navigate to="/traps/$section" params={{ section: 'received' }} replace />;

export const TrapsPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/traps/$section' });
  const navigate = useNavigate();
  const name = sectionNames.find((each) => each === section);
  if (name === undefined) return <NotFoundPage />;
  const Section = sections[name];
  return (
    <SectionPage
      title={t('traps.title')}
      name={name}
      names={sectionNames}
      titleOf={(each) => t(`traps.section.${each}`)}
      onChosen={(chosen) => void navigate({ to: '/traps/$section', params: { section: chosen } })}
    >
      <Needs right="traps.read">
        <Section />
      </Needs>
    </SectionPage>
  );
};
