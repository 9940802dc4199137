// Releases of a net: what comes into force when, and what became of the last ones.
import { Button, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetRelease } from '@nezuban/protocol/jobs/net-version';
import { useBackend } from '../../../app/backend.tsx';
import { useMayOnNet } from '../../../app/use-may.ts';
import { ErrorState } from '../../../components/error-state.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Status } from '../../../components/status.ts';
import { Instant } from '../../../components/times.tsx';
import { ChangeDialog, type ChangeRequest } from './change-dialog.tsx';

const states = {
  planned: { tone: 'active', icon: 'waiting', label: 'netVersions.state.planned' },
  released: { tone: 'normal', icon: 'normal', label: 'netVersions.state.released' },
  refused: { tone: 'warning', icon: 'warning', label: 'netVersions.state.refused' },
  cancelled: { tone: 'muted', icon: 'notRun', label: 'netVersions.state.cancelled' },
} as const satisfies Readonly<Record<NetRelease['state'], Status>>;

export const ReleaseList = ({ net }: { readonly net: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.netReleases(net));
  const [request, setRequest] = useState<ChangeRequest | null>(null);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <div>
      <Text component="h2" fw={700} mb="xs">
        {t('netVersions.releases')}
      </Text>
      <Paper withBorder>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
        <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('netVersions.releases')}>
          <table className="nz-table">
            <thead>
              <tr>
                <th scope="col">{t('netVersions.columns.at')}</th>
                <th scope="col">{t('netVersions.columns.revision')}</th>
                <th scope="col">{t('netVersions.columns.state')}</th>
                <th scope="col">{t('netVersions.columns.by')}</th>
                <th scope="col">{t('netVersions.columns.reason')}</th>
                <th scope="col">{t('netVersions.columns.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((release) => (
                <Row key={release.id} release={release} onRequest={setRequest} />
              ))}
            </tbody>
          </table>
        </div>
      </Paper>
      <ChangeDialog net={net} request={request} onClose={() => setRequest(null)} />
    </div>
  );
};

type RowProps = {
  readonly release: NetRelease;
  readonly onRequest: (request: ChangeRequest) => void;
};

const Row = ({ release, onRequest }: RowProps) => {
  const { t } = useTranslation();
  const mayWrite = useMayOnNet('nets.write', release.net);
  const { id, revision, state, outcome, detail, changedSince, ifChanged, releasedRevision } = release;
  return (
    <tr>
      <td>
        <Instant at={release.at} />
      </td>
      <td className="nz-tabular">{revision}</td>
      <td>
        <StatusBadge status={states[state]} />
        {outcome !== null && (
          <Text size="sm" c="dimmed">
            {t(`netVersions.outcome.${outcome}`, { revision: releasedRevision ?? revision })}
          </Text>
        )}
        {changedSince && (
          <Text size="sm" c="var(--nz-warning-fg)">
            {t(`netVersions.changedSince.${ifChanged}`)}
          </Text>
        )}
      </td>
      <td>{release.plannedBy}</td>
      <td className="nz-version-reason">
        {release.reason ?? '–'}
        {detail !== null && (
          <Text size="sm" c="dimmed">
            {detail}
          </Text>
        )}
      </td>
      <td>
        {mayWrite && state === 'planned' && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onRequest({ type: 'cancel', revision, release: id })}
          >
            {t('netVersions.cancel.action')}
          </Button>
        )}
      </td>
    </tr>
  );
};
