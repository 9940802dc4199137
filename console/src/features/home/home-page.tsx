// The overview: what runs, what went wrong, what comes next, who is away. Each part is small and leads to its page.
import { Anchor, Group, Paper, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetSummary } from '@nezuban/protocol/api/jobs-operations';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { connectionStatus, priorityStatus, sessionStatus } from '../../components/status.ts';
import { Elapsed, Instant, RelativeTime } from '../../components/times.tsx';
import { EventMessage } from '../events/event-columns.tsx';
import { InstallSampleButton } from '../jobs/install-sample.tsx';
import { SessionDone } from '../jobs/session-progress.tsx';
import { HomePair } from '../pair/home-pair.tsx';
import { HomeCounts } from './home-counts.tsx';

/** Rows of one part; the rest is on its page. */
const rowsMax = 6;

export const HomePage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const nets = useInfiniteQuery(queries.nets());
  const isNew = nets.data !== undefined && nets.data.pages[0]?.items.length === 0;
  return (
    <Page title={t('home.title')}>
      {isNew && (
        <Paper withBorder p="md">
          <Title order={2} size="h4" mb={4}>
            {t('home.first.title')}
          </Title>
          <Text size="sm" mb="sm">
            {t('home.first.text')}
          </Text>
          <InstallSampleButton />
        </Paper>
      )}
      <HomePair />
      <HomeCounts />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <RunningSessions />
        <Failures />
        <NextRuns nets={nets.data?.pages.flatMap((page) => page.items)} error={nets.error} />
        <AgentsDown />
        <CriticalEvents />
      </SimpleGrid>
    </Page>
  );
};

type PartProps = {
  readonly title: string;
  readonly link: ReactNode;
  readonly loaded: boolean;
  readonly error: unknown;
  readonly empty: string | false;
  readonly across?: boolean;
  readonly children: ReactNode;
};

const Part = ({ title, link, loaded, error, empty, across = false, children }: PartProps) => {
  const { t } = useTranslation();
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label={title}
      {...(across ? { style: { gridColumn: '1 / -1' } } : {})}
    >
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {link}
      </Group>
      {!loaded &&
        (error === null ? (
          <Skeleton height={60} role="status" aria-label={t('states.loading')} />
        ) : (
          <ErrorState error={error} />
        ))}
      {loaded &&
        (empty === false ? (
          <ul className="nz-rows">{children}</ul>
        ) : (
          <Text size="sm" c="dimmed" className="nz-fine">
            <IconCircleCheck size={16} aria-hidden="true" /> {empty}
          </Text>
        ))}
    </Paper>
  );
};

const RunningSessions = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(queries.sessions({ state: ['running', 'stopping'] }, rowsMax));
  const sessions = data?.pages[0]?.items ?? [];
  return (
    <Part
      title={t('home.running.title')}
      loaded={data !== undefined}
      error={error}
      empty={sessions.length === 0 && t('home.running.none')}
      link={
        <Anchor
          size="sm"
          renderRoot={(props: object) => (
            <Link to="/sessions" search={{ state: ['running', 'stopping'] }} {...props} />
          )}
        >
          {t('home.all')}
        </Anchor>
      }
    >
      {sessions.map((session) => (
        <li key={session.id}>
          <Link to="/sessions/$id" params={{ id: String(session.id) }} className="nz-row">
            <StatusBadge status={sessionStatus(session.state, session.endStatus)} plain />
            <span className="nz-row-main">
              {session.title ?? session.net}{' '}
              <Text span c="dimmed" size="xs">
                #{session.id}
              </Text>
            </span>
            <SessionDone counts={session.unitCounts} />
            <Elapsed from={session.createdAt} to={session.endedAt} />
          </Link>
        </li>
      ))}
    </Part>
  );
};

const Failures = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(
    queries.sessions({ end_status: ['abnormal', 'unknown'] }, rowsMax),
  );
  const sessions = data?.pages[0]?.items.slice(0, rowsMax) ?? [];
  return (
    <Part
      title={t('home.failures.title')}
      loaded={data !== undefined}
      error={error}
      empty={sessions.length === 0 && t('home.failures.none')}
      link={
        <Anchor
          size="sm"
          renderRoot={(props: object) => (
            <Link to="/sessions" search={{ end: ['abnormal', 'unknown'] }} {...props} />
          )}
        >
          {t('home.all')}
        </Anchor>
      }
    >
      {sessions.map((session) => (
        <li key={session.id}>
          <Link to="/sessions/$id" params={{ id: String(session.id) }} className="nz-row">
            <StatusBadge status={sessionStatus(session.state, session.endStatus)} plain />
            <span className="nz-row-main">
              {session.title ?? session.net}{' '}
              <Text span c="dimmed" size="xs">
                #{session.id}
              </Text>
            </span>
            <RelativeTime at={session.endedAt ?? session.createdAt} />
          </Link>
        </li>
      ))}
    </Part>
  );
};

const NextRuns = ({
  nets,
  error,
}: {
  readonly nets: readonly NetSummary[] | undefined;
  readonly error: unknown;
}) => {
  const { t } = useTranslation();
  const coming = (nets ?? [])
    .flatMap((net) => (net.nextRunAt === null ? [] : [{ net, at: net.nextRunAt }]))
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(0, rowsMax);
  return (
    <Part
      title={t('home.next.title')}
      loaded={nets !== undefined}
      error={error}
      empty={coming.length === 0 && t('home.next.none')}
      link={
        <Anchor size="sm" renderRoot={(props: object) => <Link to="/nets" {...props} />}>
          {t('home.all')}
        </Anchor>
      }
    >
      {coming.map(({ net, at }) => (
        <li key={net.name}>
          <Link to="/net/$name" params={{ name: net.name }} className="nz-row">
            <span className="nz-row-main">{net.title ?? net.name}</span>
            <Instant at={at} />
            <Text span size="sm" c="dimmed">
              <RelativeTime at={at} />
            </Text>
          </Link>
        </li>
      ))}
    </Part>
  );
};

const AgentsDown = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(queries.nodes());
  const down =
    data?.pages.flatMap((page) => page.items).filter(({ connection }) => connection !== 'connected') ?? [];
  return (
    <Part
      title={t('home.agents.title')}
      loaded={data !== undefined}
      error={error}
      empty={down.length === 0 && t('home.agents.none')}
      link={
        <Anchor size="sm" renderRoot={(props: object) => <Link to="/nodes" {...props} />}>
          {t('home.all')}
        </Anchor>
      }
    >
      {down.slice(0, rowsMax).map((node) => (
        <li key={node.name} className="nz-row">
          <StatusBadge status={connectionStatus(node.connection)} plain />
          <span className="nz-row-main">{node.name}</span>
          <RelativeTime at={node.lastSeenAt} />
        </li>
      ))}
    </Part>
  );
};

const CriticalEvents = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(
    queries.events({ priority: ['critical'], confirm: 'unconfirmed' }, rowsMax),
  );
  const system = useQuery(queries.system());
  const events = data?.pages[0]?.items.slice(0, rowsMax) ?? [];
  return (
    <Part
      across
      title={t('home.events.title')}
      loaded={data !== undefined}
      error={error}
      empty={events.length === 0 && t('home.events.none')}
      link={
        <Anchor
          size="sm"
          renderRoot={(props: object) => (
            <Link to="/events" search={{ priority: ['critical'], confirm: 'unconfirmed' }} {...props} />
          )}
        >
          {t('home.allCount', { count: system.data?.counts.unconfirmedCritical ?? events.length })}
        </Anchor>
      }
    >
      {events.map((event) => (
        <li key={event.id}>
          <Link
            to="/events"
            search={{ priority: ['critical'], confirm: 'unconfirmed', event: event.id }}
            className="nz-row"
          >
            <StatusBadge status={priorityStatus(event.priority)} plain />
            <span className="nz-row-main">
              <EventMessage event={event} />
            </span>
            <RelativeTime at={event.at} />
          </Link>
        </li>
      ))}
    </Part>
  );
};
