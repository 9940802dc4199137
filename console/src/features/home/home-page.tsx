// The overview: what went wrong and waits, what runs, what comes next, who is away. Each part is small and leads to its page.
import { Anchor, Paper, SimpleGrid, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { Page } from '../../components/page.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { connectionStatus, sessionStatus } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';
import { Elapsed, Instant, RelativeTime } from '../../components/times.tsx';
import { InstallSampleButton } from '../jobs/install-sample.tsx';
import { SessionDone, SessionDoneBar } from '../jobs/session-progress.tsx';
import { HomePair } from '../pair/home-pair.tsx';
import { HomeCounts } from './home-counts.tsx';
import { HomeCriticalEvents, HomeFailures } from './home-failures.tsx';
import { HomePart, homeRowsMax } from './home-part.tsx';
import { HomeStatus } from './home-status.tsx';

export const HomePage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const system = useQuery(queries.system());
  return (
    <Page title={t('home.title')}>
      {system.data?.counts.nets === 0 && (
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
      <HomeStatus />
      <HomeCounts />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <HomeFailures />
        <RunningSessions />
        <ComingStarts />
        <AgentsDown />
        <HomeCriticalEvents />
      </SimpleGrid>
    </Page>
  );
};

const RunningSessions = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(queries.sessions({ state: ['running', 'stopping'] }, homeRowsMax));
  const system = useQuery(queries.system());
  const sessions = data?.pages[0]?.items.slice(0, homeRowsMax) ?? [];
  return (
    <HomePart
      title={t('home.running.title')}
      loaded={data !== undefined}
      error={error}
      empty={sessions.length === 0 ? { text: t('home.running.none'), good: false } : null}
      link={
        <Anchor
          size="sm"
          renderRoot={(props: object) => (
            <Link to="/sessions" search={{ state: ['running', 'stopping'] }} {...props} />
          )}
        >
          {t('home.allCount', { count: system.data?.counts.runningSessions ?? sessions.length })}
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
            <SessionDoneBar counts={session.unitCounts} endStatus={session.endStatus} />
            <SessionDone counts={session.unitCounts} />
            <Elapsed from={session.createdAt} to={session.endedAt} />
          </Link>
        </li>
      ))}
    </HomePart>
  );
};

const ComingStarts = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const format = useFormat();
  const { data, error } = useQuery(queries.comingStarts(homeRowsMax));
  return (
    <HomePart
      title={t('home.next.title')}
      loaded={data !== undefined}
      error={error}
      empty={data?.items.length === 0 ? { text: t('home.next.none'), good: false } : null}
      link={
        <Anchor
          size="sm"
          renderRoot={(props: object) => <Link to="/nets" search={{ sort: 'next' }} {...props} />}
        >
          {t('home.all')}
        </Anchor>
      }
    >
      {data?.items.map(({ net, title, schedule, at, movedFrom, prepared }) => (
        <li key={`${net} ${schedule} ${at}`}>
          <Link to="/net/$name" params={{ name: net }} className="nz-row">
            <span className="nz-row-main">
              {title ?? net}{' '}
              <Text span c="dimmed" size="xs">
                {schedule}
                {movedFrom !== undefined && ` (${t('startChange.moved', { at: format.instant(movedFrom) })})`}
                {prepared !== undefined &&
                  ` (${t('prepare.mark.preparedBy', { by: prepared.by })}${prepared.reason === null ? '' : `: ${prepared.reason}`})`}
              </Text>
            </span>
            <span className="nz-row-at">
              <Instant at={at} />
            </span>
            <Text span size="sm" c="dimmed" className="nz-row-when">
              <RelativeTime at={at} />
            </Text>
          </Link>
        </li>
      ))}
    </HomePart>
  );
};

const AgentsDown = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error } = useInfiniteQuery(queries.nodes({ connection: ['disconnected', 'never'] }));
  const system = useQuery(queries.system());
  const down = data?.pages[0]?.items ?? [];
  return (
    <HomePart
      title={t('home.agents.title')}
      loaded={data !== undefined}
      error={error}
      empty={
        system.data?.counts.nodes === 0
          ? { text: t('home.agents.noAgents'), good: false }
          : down.length === 0
            ? { text: t('home.agents.none'), good: true }
            : null
      }
      link={
        <Anchor size="sm" renderRoot={(props: object) => <Link to="/nodes" {...props} />}>
          {t('home.all')}
        </Anchor>
      }
    >
      {down.slice(0, homeRowsMax).map((node) => (
        <li key={node.name} className="nz-row">
          <StatusBadge status={connectionStatus(node.connection)} plain />
          <span className="nz-row-main">{node.name}</span>
          <RelativeTime at={node.lastSeenAt} />
        </li>
      ))}
    </HomePart>
  );
};
