// What is open on a node now: which units of which sessions.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { attemptStatus } from '../../components/status.ts';
import { Elapsed } from '../../components/times.tsx';

export const NodeAttempts = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('nets.read');
  const { data, error } = useQuery({ ...queries.nodeAttempts(node.name), enabled: may });
  if (!may) return null;
  return (
    <Section title={t('nodes.attempts')}>
      {data === undefined && (error === null ? <ListSkeleton /> : <ErrorState error={error} />)}
      {data !== undefined && data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('nodes.noAttempts')}
        </Text>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className="nz-rows">
          {data.items.map(({ sessionId, net, unit, attempt }) => (
            <li key={attempt.id}>
              <Link
                to="/sessions/$id"
                params={{ id: String(sessionId) }}
                search={{ unit }}
                className="nz-row"
              >
                <StatusBadge status={attemptStatus(attempt, null)} plain />
                <span className="nz-row-main">
                  {net} · {unit}
                </span>
                <Elapsed from={attempt.startedAt ?? attempt.createdAt} to={null} />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {data?.more === true && (
        <Text size="sm" c="dimmed">
          {t('nodes.moreAttempts', { count: node.runningAttempts })}
        </Text>
      )}
    </Section>
  );
};
