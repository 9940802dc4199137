// Notifications in sections, each with its own address, and the editors of what stands in them.
import { Navigate, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { NotFoundPage } from '../../app/problem-pages.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { SectionPage } from '../../components/section-page.tsx';
import { useBackend } from '../../app/backend.tsx';
import { Needs } from '../access/forbidden.tsx';
import { ChannelEditor, LoadedChannelEditor } from './channel-editor.tsx';
import { ChannelsSection } from './channels-section.tsx';
import { DeliveriesSection } from './deliveries-section.tsx';
import { EscalationEditor } from './escalation-editor.tsx';
import { EscalationsSection } from './escalations-section.tsx';
import { InhibitionEditor } from './inhibition-editor.tsx';
import { InhibitionsSection } from './inhibitions-section.tsx';
import './notifications.css';
import { RuleEditor } from './rule-editor.tsx';
import { RulesSection } from './rules-section.tsx';
import { SilencesSection } from './silences-section.tsx';
import { useListed } from './use-listed.ts';

const sections = {
  rules: RulesSection,
  channels: ChannelsSection,
  silences: SilencesSection,
  inhibitions: InhibitionsSection,
  escalations: EscalationsSection,
  deliveries: DeliveriesSection,
} as const;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as SectionName[];

export const NotificationsIndex = () => (
  <Navigate to="/notifications/$section" params={{ section: 'rules' }} replace />
);

export const NotificationsPage = () => {
  const { t } = useTranslation();
  const { section } = useParams({ from: '/gate/notifications/$section' });
  const navigate = useNavigate();
  const name = sectionNames.find((each) => each === section);
  if (name === undefined) return <NotFoundPage />;
  const Section = sections[name];
  return (
    <SectionPage
      title={t('notify.title')}
      name={name}
      names={sectionNames}
      titleOf={(each) => t(`notify.${each}.title`)}
      onChosen={(chosen) => void navigate({ to: '/notifications/$section', params: { section: chosen } })}
    >
      <Needs right="notifications.read">
        <Section />
      </Needs>
    </SectionPage>
  );
};

const kinds = ['rule', 'channel', 'inhibition', 'escalation'] as const;
type Kind = (typeof kinds)[number];

export const NewNotificationPage = () => {
  const { t } = useTranslation();
  const { kind } = useParams({ from: '/gate/notifications/new/$kind' });
  const known = kinds.find((each) => each === kind);
  if (known === undefined) return <NotFoundPage />;
  return (
    <Page title={t(`notify.newTitle.${known}`)}>
      <Needs right="notifications.write">
        <NewEditor kind={known} />
      </Needs>
    </Page>
  );
};

/** From an event: what is like it. */
const NewRule = () => {
  const { node, monitor, key } = useSearch({ from: '/gate/notifications/new/$kind' });
  return <RuleEditor view={null} like={{ node, monitor, key }} />;
};

const NewEditor = ({ kind }: { readonly kind: Kind }) => {
  switch (kind) {
    case 'rule':
      return <NewRule />;
    case 'channel':
      return <ChannelEditor view={null} />;
    case 'inhibition':
      return <InhibitionEditor view={null} />;
    case 'escalation':
      return <EscalationEditor view={null} />;
    default:
      return kind satisfies never;
  }
};

export const EditNotificationPage = () => {
  const { t } = useTranslation();
  const { kind, name } = useParams({ from: '/gate/notifications/edit/$kind/$name' });
  const known = kinds.find((each) => each === kind);
  if (known === undefined) return <NotFoundPage />;
  return (
    <Page title={name} description={t(`notify.kindName.${known}`)}>
      <Needs right="notifications.read">
        <LoadedEditor key={`${known} ${name}`} kind={known} name={name} />
      </Needs>
    </Page>
  );
};

type Named = { readonly name: string };

const LoadedEditor = ({ kind, name }: Named & { readonly kind: Kind }) => {
  switch (kind) {
    case 'rule':
      return <LoadedRule name={name} />;
    case 'channel':
      return <LoadedChannelEditor name={name} />;
    case 'inhibition':
      return <LoadedInhibition name={name} />;
    case 'escalation':
      return <LoadedEscalation name={name} />;
    default:
      return kind satisfies never;
  }
};

type Lookup = { readonly isAbsent: boolean; readonly error: Error | null; readonly refetch: () => unknown };

const Awaited = ({ isAbsent, error, refetch }: Lookup) => {
  const { t } = useTranslation();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (isAbsent) return <p role="alert">{t('notify.absent')}</p>;
  return <ListSkeleton />;
};

const LoadedRule = ({ name }: Named) => {
  const { queries } = useBackend();
  const { item, ...lookup } = useListed(queries.rules(), ({ rule }) => rule.name === name);
  return item === undefined ? <Awaited {...lookup} /> : <RuleEditor view={item} />;
};

const LoadedInhibition = ({ name }: Named) => {
  const { queries } = useBackend();
  const { item, ...lookup } = useListed(queries.inhibitions(), ({ inhibition }) => inhibition.name === name);
  return item === undefined ? <Awaited {...lookup} /> : <InhibitionEditor view={item} />;
};

const LoadedEscalation = ({ name }: Named) => {
  const { queries } = useBackend();
  const { item, ...lookup } = useListed(queries.escalations(), ({ escalation }) => escalation.name === name);
  return item === undefined ? <Awaited {...lookup} /> : <EscalationEditor view={item} />;
};
