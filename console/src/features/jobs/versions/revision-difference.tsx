// The difference of two revisions: in the picture, as a list of parts, and as two texts side by side. What happened to a part is told by
// its sign and word, not by colour alone.
import './versions.css';
import { Button, Group, Paper, Tabs, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetDifference, NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { changeStatuses } from '../../../components/status.ts';
import { Instant } from '../../../components/times.tsx';
import { differenceUnits } from './difference-units.ts';
import { SideBySide } from './side-by-side.tsx';

const NetGraph = lazy(async () => ({ default: (await import('../graph/net-graph.tsx')).NetGraph }));

type Props = {
  readonly net: string;
  readonly from: number | undefined;
  readonly to: number;
  readonly onClose: () => void;
};

export const RevisionDifference = ({ net, from, to, onClose }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.netDifference(net, { from, to }));
  return (
    <div className="nz-versions nz-fill-tabs">
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowLeft size={15} aria-hidden="true" />}
          onClick={onClose}
        >
          {t('netVersions.back')}
        </Button>
      </Group>
      {data !== undefined ? (
        <Loaded difference={data} />
      ) : error === null ? (
        <ListSkeleton />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </div>
  );
};

const Loaded = ({ difference }: { readonly difference: NetDifference }) => {
  const { t } = useTranslation();
  const { from, to, changes, before, after } = difference;
  const units = useMemo(() => differenceUnits(difference), [difference]);
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <>
      <div className="nz-version-pair">
        <Revision revision={from} />
        <Revision revision={to} />
      </div>
      <Tabs defaultValue="graph" keepMounted={false} className="nz-fill-tabs">
        <Tabs.List>
          <Tabs.Tab value="graph">{t('netVersions.views.graph')}</Tabs.Tab>
          <Tabs.Tab value="parts">{t('netVersions.views.parts', { count: changes.length })}</Tabs.Tab>
          <Tabs.Tab value="text">{t('netVersions.views.text')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="graph" className="nz-fill-panel">
          <Text size="sm" c="dimmed" mb={4}>
            {t('netVersions.legend')}
          </Text>
          <div className="nz-version-graph">
            <Suspense fallback={<ListSkeleton />}>
              <NetGraph
                units={units}
                label={t('netVersions.graph', { from: from.revision, to: to.revision })}
                selected={selected}
                onSelect={setSelected}
              />
            </Suspense>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="parts" className="nz-fill-panel">
          <ChangedParts changes={changes} />
        </Tabs.Panel>
        <Tabs.Panel value="text" className="nz-fill-panel">
          <SideBySide before={before} after={after} from={from.revision} to={to.revision} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
};

const Revision = ({ revision }: { readonly revision: NetRevisionSummary }) => {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="xs">
      <Text size="sm" fw={700}>
        {t('netVersions.revision', { revision: revision.revision })}
        {revision.inForce && ` · ${t('netVersions.inForce')}`}
      </Text>
      <Text size="sm" component="div">
        <Instant at={revision.createdAt} /> · {revision.createdBy} · {t(`netVersions.kind.${revision.kind}`)}
      </Text>
      {revision.reason !== null && (
        <Text size="sm" className="nz-version-reason">
          {revision.reason}
        </Text>
      )}
    </Paper>
  );
};

/** Also called before a new version is saved. */
export const ChangedParts = ({ changes }: { readonly changes: NetDifference['changes'] }) => {
  const { t } = useTranslation();
  if (changes.length === 0) return <Text size="sm">{t('netVersions.same')}</Text>;
  return (
    <Paper withBorder>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
      <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('netVersions.parts')}>
        <table className="nz-table">
          <thead>
            <tr>
              <th scope="col">{t('netVersions.columns.change')}</th>
              <th scope="col">{t('netVersions.columns.part')}</th>
              <th scope="col">{t('netVersions.columns.fields')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ part, name, change, fields }) => (
              <tr key={`${part} ${name} ${change}`}>
                <td>
                  <StatusBadge status={changeStatuses[change]} />
                </td>
                <td>
                  {t(`netVersions.part.${part}`)} <code>{name}</code>
                </td>
                <td className="nz-version-fields">
                  {fields.map(({ field, before, after }) => (
                    <div key={field}>
                      <code>{field}</code>: {before !== null && <del>{before}</del>}{' '}
                      {after !== null && <ins>{after}</ins>}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Paper>
  );
};
