// Sessions as rows, newest first: on the page of all sessions, of a net, and on the overview.
import { Anchor } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import { DataTable } from '../../components/data-table.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DelayedBadge } from './delayed-badge.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { endStatus, sessionStatus } from '../../components/status.ts';
import { Elapsed, Instant } from '../../components/times.tsx';
import { SessionDone } from './session-progress.tsx';
import { Trigger } from './trigger.tsx';

type Props = {
  readonly sessions: readonly SessionSummary[];
  readonly onEndReached?: () => void;
  readonly footer?: ReactNode;
  readonly withNet?: boolean;
};

export const SessionTable = ({ sessions, onEndReached, footer, withNet = true }: Props) => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const columns = useMemo(
    () =>
      defineColumns<SessionSummary>([
        {
          id: 'id',
          header: t('sessions.columns.id'),
          width: '5.5rem',
          cell: (session) => (
            <Anchor
              size="sm"
              fw={600}
              renderRoot={(props: object) => (
                <Link to="/sessions/$id" params={{ id: String(session.id) }} {...props} />
              )}
            >
              {session.id}
            </Anchor>
          ),
        },
        {
          id: 'state',
          header: t('sessions.columns.state'),
          cell: (session) => <SessionState session={session} />,
        },
        ...(withNet
          ? [
              {
                id: 'net',
                header: t('sessions.columns.net'),
                cell: (session: SessionSummary) => (
                  <span className="nz-break">{session.title ?? session.net}</span>
                ),
              },
            ]
          : []),
        {
          id: 'progress',
          header: t('sessions.columns.progress'),
          wide: true,
          cell: (session) => <SessionDone counts={session.unitCounts} />,
        },
        {
          id: 'started',
          header: t('sessions.columns.started'),
          cell: (session) => <Instant at={session.createdAt} />,
        },
        {
          id: 'duration',
          header: t('sessions.columns.duration'),
          wide: true,
          cell: (session) => <Elapsed from={session.createdAt} to={session.endedAt} />,
        },
        {
          id: 'trigger',
          header: t('sessions.columns.trigger'),
          wide: true,
          cell: (session) => <Trigger trigger={session.trigger} />,
        },
      ]),
    [t, withNet],
  );
  return (
    <DataTable
      label={t('sessions.table')}
      items={sessions}
      columns={columns}
      keyOf={(session) => String(session.id)}
      onEndReached={onEndReached}
      onRowClick={(session) => void navigate({ to: '/sessions/$id', params: { id: String(session.id) } })}
      footer={footer}
    />
  );
};

/** Running, and what has already gone wrong in it. */
const SessionState = ({ session }: { readonly session: SessionSummary }) => (
  <span className="nz-states">
    <StatusBadge status={sessionStatus(session.state, session.endStatus)} plain />
    <DelayedBadge delayed={session.delayed} />
    {session.state !== 'ended' && session.endStatus !== null && session.endStatus !== 'normal' && (
      <StatusBadge status={endStatus(session.endStatus)} plain />
    )}
  </span>
);
