// The status: what is the matter now. Scopes with their worst and their counts on the left, and of the chosen one a list, or all nodes as a map,
// which can fill the screen of a wall display.
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconMaximize, IconMinimize, IconServerOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StatusTree } from '@nezuban/protocol/events/status';
import { statusNodesMax } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch, statusViews } from '../../app/search.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';
import { NodeMap } from './node-map.tsx';
import { PriorityCounts } from './priority-counts.tsx';
import { groupNodes, matterPriorities, titleOf } from './scope-status.ts';
import { ScopeStatusTree } from './scope-status-tree.tsx';
import { StatusList, type StatusChange } from './status-list.tsx';
import './status-page.css';

export const StatusPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/status' });
  const search = useSearch({ from: '/gate/status' });
  const { data: tree, error, refetch } = useQuery(queries.statusTree(statusNodesMax));
  const change = useCallback(
    (next: StatusChange) => void navigate({ search: (before) => mergeSearch(before, next), replace: true }),
    [navigate],
  );
  const view = search.view ?? 'list';
  return (
    <Page
      title={t('situation.title')}
      fill
      aside={tree === undefined ? undefined : <Overall tree={tree} scope={search.scope} />}
      actions={
        <SegmentedControl
          aria-label={t('situation.views.label')}
          value={view}
          onChange={(next) => change({ view: next === 'list' ? undefined : next })}
          data={statusViews.map((value) => ({ value, label: t(`situation.views.${value}`) }))}
        />
      }
    >
      {tree === undefined ? (
        error === null ? (
          <ListSkeleton />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="nz-status-page">
          {tree.scopes.length > 0 && (
            <ScopeStatusTree tree={tree} scope={search.scope} onScope={(scope) => change({ scope })} />
          )}
          <div className="nz-status-main">
            {view === 'list' ? (
              <StatusList search={search} onChange={change} />
            ) : (
              <MapView tree={tree} scope={search.scope} />
            )}
          </div>
        </div>
      )}
    </Page>
  );
};

type OfScope = { readonly tree: StatusTree; readonly scope: string | undefined };

/** Counts of what is chosen; and the manager itself, which lies in no scope, where it is not well. */
const Overall = ({ tree, scope }: OfScope) => {
  const { t } = useTranslation();
  const chosen =
    scope === undefined ? tree.overall : (tree.scopes.find(({ name }) => name === scope) ?? tree.overall);
  const { worst } = tree.manager;
  return (
    <>
      <PriorityCounts counts={chosen.counts} priorities={[...matterPriorities, 'info']} />
      {scope === undefined && worst !== null && worst !== 'info' && (
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            {t('situation.manager')}
          </Text>
          <StatusBadge status={priorityStatus(worst)} plain />
        </Group>
      )}
    </>
  );
};

const MapView = ({ tree, scope }: OfScope) => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const format = useFormat();
  const groups = useMemo(() => groupNodes(tree, scope), [tree, scope]);
  const title =
    scope === undefined
      ? t('situation.everything')
      : titleOf(tree.scopes.find(({ name }) => name === scope) ?? { name: scope, title: null });
  const open = (name: string) => void navigate({ to: '/nodes/$name', params: { name } });
  if (groups.length === 0)
    return (
      <EmptyState
        icon={<IconServerOff />}
        title={t('situation.noNodes.title')}
        text={t('situation.noNodes.text')}
      />
    );
  return (
    <WallDisplay title={title} counts={<Overall tree={tree} scope={scope} />}>
      <NodeMap label={t('situation.map.label', { scope: title })} groups={groups} onOpen={open} />
      {tree.nodesTotal > tree.nodes.length && (
        <Text size="sm" c="dimmed">
          {t('situation.map.more', {
            shown: format.number(tree.nodes.length),
            count: format.number(tree.nodesTotal) as never,
          })}
        </Text>
      )}
    </WallDisplay>
  );
};

type WallProps = { readonly title: string; readonly counts: ReactNode; readonly children: ReactNode };

/** Can fill the screen; then it carries its heading itself. */
const WallDisplay = ({ title, counts, children }: WallProps) => {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const [isFull, setIsFull] = useState(false);
  useEffect(() => {
    const onChange = () => setIsFull(document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', onChange);
    return () => document.removeEventListener('fullscreenchange', onChange);
  }, []);
  const toggle = () =>
    void (isFull ? document.exitFullscreen() : element.current?.requestFullscreen())?.catch(() => {
      // Refused by the browser: the page stays as it is.
    });
  return (
    <div className="nz-wall" ref={element} data-full={isFull || undefined}>
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          <Text fw={600} component="h2" size={isFull ? 'xl' : 'md'}>
            {title}
          </Text>
          {isFull && counts}
        </Group>
        {document.fullscreenEnabled && (
          <Button
            size="xs"
            variant="default"
            onClick={toggle}
            leftSection={
              isFull ? (
                <IconMinimize size={15} aria-hidden="true" />
              ) : (
                <IconMaximize size={15} aria-hidden="true" />
              )
            }
          >
            {t(isFull ? 'situation.leaveFullScreen' : 'situation.fullScreen')}
          </Button>
        )}
      </Group>
      {children}
    </div>
  );
};
