// What is the matter with one node now, the worst first. Called by the page of the node.
import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { eventTextIn } from '../../i18n/event-said.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/times.tsx';
import { matterPriorities } from '../status/scope-status.ts';

/** Entries shown; a node with more has other troubles. */
const entriesMax = 30;

export const NodeStatus = ({ name }: { readonly name: string }) => {
  const { t, i18n } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('events.read');
  const options = useMemo(
    () => queries.status({ node: name, priority: matterPriorities }, entriesMax),
    [queries, name],
  );
  const { data, error } = useInfiniteQuery({ ...options, enabled: may });
  if (!may) return null;
  const entries = data?.pages[0]?.items ?? [];
  return (
    <Section title={t('situation.node.title')}>
      {data === undefined && (error === null ? <ListSkeleton /> : <ErrorState error={error} />)}
      {data !== undefined && entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('situation.node.none')}
        </Text>
      )}
      {entries.length > 0 && (
        <ul className="nz-rows">
          {entries.map((entry) => (
            <li key={`${entry.monitor} ${entry.key}`}>
              <Link to="/events/$id" params={{ id: String(entry.eventId) }} className="nz-row">
                <StatusBadge status={priorityStatus(entry.priority)} plain />
                <span className="nz-row-main">
                  {eventTextIn(entry, i18n.language)}
                  {entry.monitor !== null && (
                    <Text span size="xs" c="dimmed">
                      {' '}
                      {[entry.monitor, entry.key].filter((part) => part !== null).join(' · ')}
                    </Text>
                  )}
                </span>
                <RelativeTime at={entry.since} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
};
