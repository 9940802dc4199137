// One node: what it is, where it belongs, what runs on it and what happened there; its removal.
import { Anchor, Button, Group, SimpleGrid, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Fragment, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { connectionStatus, priorityStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { EventMessage } from '../events/event-columns.tsx';
import { Certificate, useRemoveNode } from './node-parts.tsx';
import { NodeAttempts } from './node-attempts.tsx';
import { NodeReports } from './node-reports.tsx';
import { NodeStatus } from './node-status.tsx';
import { NodeFrozenBadge } from '../operations/frozen-badge.tsx';

/** Events shown; the rest is on the page of events. */
const eventsMax = 10;

export const NodePage = () => {
  const { name } = useParams({ from: '/gate/nodes/$name' });
  const { queries } = useBackend();
  const { data: node, error, refetch } = useQuery(queries.node(name));
  if (node === undefined)
    return (
      <Page title={name}>
        {error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  return (
    <Page
      title={name}
      aside={
        <>
          <StatusBadge status={connectionStatus(node.connection)} />
          <NodeFrozenBadge node={node} />
        </>
      }
      {...(node.hostname === name ? {} : { description: node.hostname })}
      actions={<Actions node={node} />}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <NodeFacts node={node} />
        <NodeScopes node={node} />
      </SimpleGrid>
      <NodeStatus name={name} />
      <NodeAttempts node={node} />
      <NodeReports node={name} />
      <NodeEvents name={name} />
    </Page>
  );
};

const Actions = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayRemove = useMay('nodes.write');
  const { busy, remove } = useRemoveNode();
  if (!mayRemove) return null;
  return (
    <Button
      variant="default"
      color="red"
      loading={busy}
      leftSection={<IconTrash size={15} aria-hidden="true" />}
      onClick={() =>
        void remove(node).then(async (gone) => {
          if (gone) await navigate({ to: '/nodes' });
        })
      }
    >
      {t('nodes.remove.action')}
    </Button>
  );
};

const NodeFacts = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const { agentSupport: support, agentVersion: version } = node;
  return (
    <Section title={t('nodes.facts')}>
      <Facts
        facts={[
          [t('nodes.columns.hostname'), node.hostname],
          [t('nodes.columns.address'), node.address ?? '–'],
          [t('nodes.columns.platform'), node.platform],
          [
            t('nodes.columns.version'),
            support === 'old' || support === 'refused' ? t(`nodes.release.${support}`, { version }) : version,
          ],
          [t('nodes.columns.joined'), <Instant key="joined" at={node.joinedAt} />],
          [
            t('nodes.columns.seen'),
            node.connection === 'connected' ? (
              t('nodes.seenNow')
            ) : (
              <RelativeTime key="seen" at={node.lastSeenAt} />
            ),
          ],
          [t('nodes.columns.certificate'), <Certificate key="certificate" node={node} />],
          [
            t('nodes.columns.agentId'),
            <span key="id" className="nz-mono nz-break">
              {node.agentId}
            </span>,
          ],
        ]}
      />
    </Section>
  );
};

const NodeScopes = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  return (
    <Section title={t('nodes.columns.scopes')} text={t('nodes.scopesText')}>
      {node.scopes.length === 0 ? (
        <Text size="sm">
          {t('nodes.noScopes')}{' '}
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props: object) => <Link to="/scopes" {...props} />}
          >
            {t('scopes.title')}
          </Anchor>
        </Text>
      ) : (
        <Group gap="xs">
          {node.scopes.map((scope, index) => (
            <Fragment key={scope}>
              {index > 0 && (
                <Text size="sm" c="dimmed" aria-hidden="true">
                  ·
                </Text>
              )}
              <Anchor
                size="sm"
                renderRoot={(props: object) => <Link to="/scopes" search={{ scope }} {...props} />}
              >
                {scope}
              </Anchor>
            </Fragment>
          ))}
        </Group>
      )}
    </Section>
  );
};

const NodeEvents = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('events.read');
  const options = useMemo(() => queries.events({ node: name }, eventsMax), [queries, name]);
  const { data, error } = useInfiniteQuery({ ...options, enabled: may });
  if (!may) return null;
  const events = data?.pages[0]?.items ?? [];
  return (
    <Section
      title={t('nodes.events')}
      actions={
        <Anchor
          size="sm"
          renderRoot={(props: object) => <Link to="/events" search={{ node: name }} {...props} />}
        >
          {t('situation.node.all')}
        </Anchor>
      }
    >
      {data === undefined && (error === null ? <ListSkeleton /> : <ErrorState error={error} />)}
      {data !== undefined && events.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('nodes.noEvents')}
        </Text>
      )}
      {events.length > 0 && (
        <ul className="nz-rows">
          {events.map((event) => (
            <li key={event.id}>
              <Link to="/events/$id" params={{ id: String(event.id) }} className="nz-row">
                <StatusBadge status={priorityStatus(event.priority)} plain />
                <span className="nz-row-main">
                  <EventMessage event={event} />
                </span>
                <RelativeTime at={event.at} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
};
