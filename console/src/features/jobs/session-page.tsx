// One session, live: its picture or table, the unit that is looked at beside it, and what may be done with the whole.
import { Alert, Anchor, Button, Drawer, Group, SegmentedControl, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconEdit } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import { useBackend, useWatchedSession } from '../../app/backend.tsx';
import { sessionViews, type SessionSearch, type SessionView } from '../../app/search.ts';
import { useMayOnNet } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { DelayedBadge } from './delayed-badge.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sessionStatus } from '../../components/status.ts';
import { Elapsed, Instant } from '../../components/times.tsx';
import type { OperationPreview } from '@nezuban/protocol/jobs/operate';
import { OperationDrawer } from './operate/operation-drawer.tsx';
import { previewNotes } from './operate/operation-preview.tsx';
import { PausedBadge, TookDefinition, WhyButton } from './operate/session-badges.tsx';
import { useAllowed } from './operate/use-allowed.ts';
import { OperationButtons } from './operation-buttons.tsx';
import { SessionProgress } from './session-progress.tsx';
import { SessionVariables } from './session-variables.tsx';
import { newlyFailed, toShownUnits, type SessionUnitCache } from './session-units.ts';
import { Trigger } from './trigger.tsx';
import { UnitMenu } from './unit-menu.tsx';
import { UnitPanel } from './unit-panel.tsx';
import { UnitTable } from './unit-table.tsx';
import { useOperate } from './use-operate.tsx';
import { NetFrozenBadge } from '../operations/frozen-badge.tsx';

const GanttChart = lazy(async () => ({ default: (await import('./gantt/gantt-chart.tsx')).GanttChart }));
const NetGraph = lazy(async () => ({ default: (await import('./graph/net-graph.tsx')).NetGraph }));

export const SessionPage = () => {
  const { t } = useTranslation();
  const { id: rawId } = useParams({ from: '/gate/sessions/$id' });
  const id = Number(rawId);
  const { queries } = useBackend();
  useWatchedSession(id);
  const { data, error, refetch } = useQuery(queries.session(id));
  if (data === undefined) {
    return (
      <Page title={t('session.title', { id: rawId })}>
        {error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return <LoadedSessionPage key={id} detail={data.detail} />;
};

const LoadedSessionPage = ({ detail }: { readonly detail: SessionDetail }) => {
  const { t } = useTranslation();
  const { settings } = useBackend();
  const navigate = useNavigate();
  const search = useSearch({ from: '/gate/sessions/$id' });
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const view = search.view ?? settings.read('session-view', sessionViews) ?? 'graph';
  const { busy, operate, asked, confirm, dismiss } = useOperate(detail.id);
  const allowed = useAllowed(detail.net);
  const mayWrite = useMayOnNet('nets.write', detail.net);
  const [preview, setPreview] = useState<OperationPreview | null>(null);
  const notes = useMemo(() => (preview === null ? undefined : previewNotes(t, preview)), [preview, t]);
  const [cache] = useState<SessionUnitCache>(() => new WeakMap());
  const shown = useMemo(() => toShownUnits(detail, cache, notes), [detail, cache, notes]);
  const [menu, setMenu] = useState<{ readonly path: string; readonly x: number; readonly y: number } | null>(
    null,
  );
  const setSearch = useCallback(
    (change: { [Key in keyof SessionSearch]: SessionSearch[Key] | undefined }) =>
      void navigate({
        to: '.',
        search: (before: object) => ({ ...before, ...change }) as never,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const select = useCallback((path: string | null) => setSearch({ unit: path ?? undefined }), [setSearch]);
  const openMenu = useCallback(
    (path: string, at: { readonly x: number; readonly y: number }) => setMenu({ path, ...at }),
    [],
  );
  const unit = detail.units.find(({ path }) => path === search.unit);
  const menuUnit = menu === null ? undefined : detail.units.find(({ path }) => path === menu.path);
  const operateUnit = (target: UnitView) => (operation: UnitView['operations'][number]) =>
    void operate(operation, target);
  const panel =
    unit === undefined ? null : (
      <UnitPanel
        key={unit.path}
        sessionId={detail.id}
        unit={{ ...unit, operations: allowed(unit.operations) }}
        busy={busy}
        onOperate={operateUnit(unit)}
        onSelect={select}
        onClose={() => select(null)}
      />
    );
  const changeView = (next: string) => {
    settings.write('session-view', next);
    setSearch({ view: next as SessionView });
  };
  return (
    <Page
      fill
      title={t('session.title', { id: detail.id })}
      aside={
        <>
          <StatusBadge status={sessionStatus(detail.state, detail.endStatus)} />
          <DelayedBadge delayed={detail.delayed} />
          {detail.paused !== undefined && <PausedBadge paused={detail.paused} />}
          <NetFrozenBadge net={detail.net} />
        </>
      }
      line={<SessionLine detail={detail} />}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('session.view.label')}
            value={view}
            onChange={changeView}
            data={sessionViews.map((value) => ({ value, label: t(`session.view.${value}`) }))}
          />
          <OperationButtons
            operations={allowed(detail.operations)}
            busy={busy}
            onOperate={(operation) => void operate(operation)}
          />
          {allowed(detail.operations).includes('take_definition') && mayWrite && (
            <Button
              size="sm"
              variant="default"
              leftSection={<IconEdit size={15} aria-hidden="true" />}
              renderRoot={(props: object) => (
                <Link to="/sessions/$id/edit" params={{ id: String(detail.id) }} {...props} />
              )}
            >
              {t('session.editDefinition')}
            </Button>
          )}
          {(detail.endedAt === null || detail.endStatus !== 'normal') && (
            <WhyButton
              key={String(detail.endedAt === null)}
              sessionId={detail.id}
              isOver={detail.endedAt !== null}
              onSelect={select}
            />
          )}
        </>
      }
    >
      <SessionNews detail={detail} />
      <OperationDrawer
        sessionId={detail.id}
        asked={asked}
        busy={busy}
        onClose={dismiss}
        onConfirm={(request) => void confirm(request)}
        onPreview={setPreview}
      />
      <SessionProgress units={detail.units} selected={search.unit ?? null} onGo={select} />
      <div className="nz-session">
        <div className="nz-session-main">
          {view === 'graph' ? (
            <Suspense fallback={<ListSkeleton />}>
              <NetGraph
                units={shown}
                label={t('session.graph', { id: detail.id })}
                selected={search.unit ?? null}
                onSelect={select}
                onContextMenu={openMenu}
              />
            </Suspense>
          ) : view === 'gantt' ? (
            <Suspense fallback={<ListSkeleton />}>
              <GanttChart
                detail={detail}
                label={t('gantt.label', { id: detail.id })}
                selected={search.unit ?? null}
                onSelect={select}
                onContextMenu={openMenu}
                order={search.order ?? 'tree'}
                onOrder={(order) => setSearch({ order: order === 'start' ? order : undefined })}
              />
            </Suspense>
          ) : view === 'variables' ? (
            <SessionVariables detail={detail} selected={search.unit ?? null} onSelect={select} />
          ) : (
            <UnitTable units={detail.units} selected={search.unit ?? null} onSelect={select} />
          )}
        </div>
        {wide && panel !== null && <aside className="nz-session-side">{panel}</aside>}
      </div>
      {!wide && (
        <Drawer
          opened={panel !== null}
          onClose={() => select(null)}
          closeOnEscape={asked === null}
          position="bottom"
          size="88%"
          withCloseButton={false}
          title={null}
          styles={{ body: { height: '100%' } }}
          attributes={{ content: { 'aria-label': t('unit.panel', { unit: unit?.name ?? '' }) } }}
        >
          {panel}
        </Drawer>
      )}
      {search.unit !== undefined && unit === undefined && (
        <Alert color="yellow">{t('session.noSuchUnit', { unit: search.unit })}</Alert>
      )}
      {menu !== null && menuUnit !== undefined && (
        <UnitMenu
          key={`${menu.path} ${menu.x} ${menu.y}`}
          unit={{ ...menuUnit, operations: allowed(menuUnit.operations) }}
          at={menu}
          busy={busy}
          onClose={() => setMenu(null)}
          onOpen={() => select(menu.path)}
          onOperate={operateUnit(menuUnit)}
        />
      )}
    </Page>
  );
};

const SessionLine = ({ detail }: { readonly detail: SessionDetail }) => {
  const { t } = useTranslation();
  const parameters = Object.entries(detail.parameters);
  const { netRevision } = detail;
  return (
    <Group gap="xs" component="div">
      <Anchor
        renderRoot={(props: object) => <Link to="/net/$name" params={{ name: detail.net }} {...props} />}
        size="sm"
      >
        {detail.title ?? detail.net}
      </Anchor>
      {netRevision !== undefined && (
        <Anchor
          renderRoot={(props: object) => (
            <Link
              to="/net/$name"
              params={{ name: detail.net }}
              search={{ tab: 'versions', rev: netRevision }}
              {...props}
            />
          )}
          size="sm"
        >
          {t('netVersions.runs', { revision: netRevision })}
        </Anchor>
      )}
      {(detail.definitions ?? []).map((each) => (
        <TookDefinition key={each.at} took={each} />
      ))}
      <span>
        {t('session.by')} <Trigger trigger={detail.trigger} whole />
      </span>
      <span>
        {t('session.begun')} <Instant at={detail.createdAt} />
      </span>
      <span>
        <Elapsed from={detail.createdAt} to={detail.endedAt} />
      </span>
      {parameters.length > 0 && (
        <Text span size="sm" className="nz-break">
          {parameters.map(([name, value]) => `${name}=${value}`).join(', ')}
        </Text>
      )}
    </Group>
  );
};

/** Says changes of the state, and units that failed, to screen readers. */
const SessionNews = ({ detail }: { readonly detail: SessionDetail }) => {
  const { t } = useTranslation();
  const before = useRef(detail);
  const [news, setNews] = useState('');
  useEffect(() => {
    const last = before.current;
    before.current = detail;
    const sentences = newlyFailed(last.units, detail.units).map((unit) =>
      t('session.news.unitFailed', { unit: unit.title ?? unit.name }),
    );
    if (last.state !== detail.state)
      sentences.push(
        t('session.news.state', {
          id: detail.id,
          state: t(sessionStatus(detail.state, detail.endStatus).label),
        }),
      );
    if (sentences.length > 0) setNews(sentences.join(' '));
  }, [detail, t]);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {news}
    </VisuallyHidden>
  );
};
