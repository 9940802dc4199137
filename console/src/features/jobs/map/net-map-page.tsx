// The map of nets: how job nets depend on each other, as a picture or as a list; around one net, or of a folder.
import { Alert, Drawer, Group, NumberInput, SegmentedControl, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconTopologyStar3 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { netMapLimits, type NetMap } from '@nezuban/protocol/jobs/net-relation';
import { useBackend } from '../../../app/backend.tsx';
import { mergeSearch, netMapViews, type NetMapSearch } from '../../../app/search.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { Page } from '../../../components/page.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { NetMapChoice } from './net-map-choice.tsx';
import { NetMapPanel } from './net-map-panel.tsx';
import { NetMapTable } from './net-map-table.tsx';
import { toShownNets } from './net-map-model.ts';

const NetGraph = lazy(async () => ({ default: (await import('../graph/net-graph.tsx')).NetGraph }));

const depthDefault = 2;

type Change = { [Key in keyof NetMapSearch]: NetMapSearch[Key] | undefined };

export const NetMapPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/nets/map' });
  const { net, folder, depth = depthDefault, view = 'graph' } = useSearch({ from: '/gate/nets/map' });
  const { data, error, refetch } = useQuery({
    ...queries.netMap(net === undefined ? (folder === undefined ? {} : { folder }) : { net, depth }),
    placeholderData: keepPreviousData,
  });
  const change = (next: Change) => void navigate({ search: (before) => mergeSearch(before, next) });
  return (
    <Page
      title={t('netMap.title')}
      fill
      actions={
        <SegmentedControl
          aria-label={t('netMap.view.label')}
          value={view}
          onChange={(chosen) => change({ view: netMapViews.find((each) => each === chosen) })}
          data={netMapViews.map((value) => ({ value, label: t(`netMap.view.${value}`) }))}
        />
      }
    >
      <Group gap="sm" align="flex-end">
        <NetMapChoice net={net} folder={folder} onChange={change} />
        {net !== undefined && (
          <NumberInput
            label={t('netMap.depth')}
            value={depth}
            min={1}
            max={netMapLimits.depthMax}
            clampBehavior="strict"
            onChange={(value) => typeof value === 'number' && change({ depth: value })}
            w={120}
          />
        )}
      </Group>
      {data?.truncated === true && (
        <Alert color="yellow" p="sm">
          {t('netMap.truncated', { count: netMapLimits.netsMax })}
        </Alert>
      )}
      {data === undefined ? (
        error === null ? (
          <ListSkeleton />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.relations.length === 0 ? (
        <EmptyState
          icon={<IconTopologyStar3 />}
          title={t(net === undefined ? 'netMap.none.title' : 'netMap.none.ofNet', { net })}
          text={t('netMap.none.text')}
        />
      ) : view === 'graph' ? (
        <Picture map={data} onCentre={(name) => change({ net: name, folder: undefined })} />
      ) : (
        <NetMapTable map={data} />
      )}
    </Page>
  );
};

const Picture = ({ map, onCentre }: { readonly map: NetMap; readonly onCentre: (net: string) => void }) => {
  const { t } = useTranslation();
  const [selected, setSelected] = useState<string | null>(null);
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const units = useMemo(
    () =>
      toShownNets(map, {
        relation: (kind) => t(`netMap.arrow.${kind}`),
        missing: t('netMap.missing'),
        neverRun: t('netMap.neverRun'),
      }),
    [map, t],
  );
  // Another map is another picture: its place and size begin anew.
  const key = map.nets.map(({ name }) => name).join('\n');
  const entry = map.nets.find(({ name }) => name === selected);
  const panel =
    entry === undefined ? null : (
      <NetMapPanel map={map} entry={entry} onCentre={onCentre} onClose={() => setSelected(null)} />
    );
  return (
    <div className="nz-session">
      <div className="nz-session-main">
        <Suspense fallback={<ListSkeleton />}>
          <NetGraph
            key={key}
            units={units}
            label={t('netMap.title')}
            selected={selected}
            onSelect={setSelected}
          />
        </Suspense>
        <Text size="xs" c="dimmed" mt={4}>
          {t('netMap.reading')}
        </Text>
      </div>
      {wide && panel !== null && <aside className="nz-session-side">{panel}</aside>}
      <Drawer
        opened={!wide && panel !== null}
        onClose={() => setSelected(null)}
        position="bottom"
        size="60%"
        withCloseButton={false}
        attributes={{ content: { 'aria-label': t('netMap.panel', { net: entry?.name ?? '' }) } }}
      >
        {panel}
      </Drawer>
    </div>
  );
};
