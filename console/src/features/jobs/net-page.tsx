// One job net: its picture, sessions, schedules, definition; run, edit, delete.
import { Button, Group, Menu, Paper, Stack, Tabs, Text } from '@mantine/core';
import {
  IconCalendarTime,
  IconCopyPlus,
  IconDots,
  IconPencil,
  IconTopologyStar3,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import { hasCode } from '../../api/api-problem.ts';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMayOnNet } from '../../app/use-may.ts';
import { netTabs, type NetTab } from '../../app/search.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { TabList } from '../../components/tab-list.tsx';
import { useAction } from '../../components/use-action.ts';
import { NetStarts } from '../calendars/net-starts.tsx';
import { DefinitionGraph } from './definition-graph.tsx';
import { EditingBadge } from './editor/editing-badge.tsx';
import { NetHistory } from './net-history.tsx';
import { NetMonitoringSection } from './net-monitoring.tsx';
import { DeletedNet } from './versions/deleted-net.tsx';
import { NetVersions } from './versions/net-versions.tsx';
import { ChangedStarts, PreparedMark } from './operate/changed-starts.tsx';
import { StartChangeMenu } from './operate/start-change.tsx';
import { RunButton } from './run-dialog.tsx';
import { NetFrozenBadge } from '../operations/frozen-badge.tsx';

export const NetPage = () => {
  const { t } = useTranslation();
  const { name } = useParams({ from: '/gate/net/$name' });
  const { tab = 'graph' } = useSearch({ from: '/gate/net/$name' });
  const navigate = useNavigate({ from: '/net/$name' });
  const { queries } = useBackend();
  const mayRun = useMayOnNet('nets.run', name);
  const mayWrite = useMayOnNet('nets.write', name);
  const { data, error, refetch } = useQuery(queries.net(name));
  if (data === undefined) {
    return (
      <Page title={name}>
        {error === null ? (
          <ListSkeleton />
        ) : hasCode(error, 'not_found') ? (
          <DeletedNet net={name} error={error} onRetry={() => void refetch()} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  }
  const net = data.body;
  return (
    <Page
      fill
      title={net.title ?? net.name}
      aside={
        <>
          <NetFrozenBadge net={net.name} />
          <EditingBadge net={net.name} />
        </>
      }
      description={
        <>
          {net.title !== null && <>{net.name} · </>}
          {t('net.units', { count: net.unitCount })} · {t('net.changed')} <RelativeTime at={net.updatedAt} />{' '}
          ({net.updatedBy})
        </>
      }
      actions={
        <>
          {mayRun && <RunButton net={net.name} />}
          <Button
            variant="default"
            leftSection={<IconTopologyStar3 size={15} aria-hidden="true" />}
            renderRoot={(props: object) => <Link to="/nets/map" search={{ net: name }} {...props} />}
          >
            {t('netMap.open')}
          </Button>
          {mayWrite && (
            <>
              <Button
                variant="default"
                leftSection={<IconPencil size={15} aria-hidden="true" />}
                renderRoot={(props: object) => <Link to="/net/$name/edit" params={{ name }} {...props} />}
              >
                {t('net.edit')}
              </Button>
              <MoreMenu net={net} />
            </>
          )}
        </>
      }
    >
      {net.definition.description !== undefined && <Text size="sm">{net.definition.description}</Text>}
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({ search: value === 'graph' ? {} : { tab: value as NetTab }, replace: true })
        }
        keepMounted={false}
        className="nz-fill-tabs"
      >
        <TabList active={tab}>
          {netTabs.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {t(`net.tabs.${value}`)}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="graph" className="nz-fill-panel">
          <DefinitionGraph key={net.name} net={net} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className="nz-fill-panel">
          <NetHistory net={net.name} />
        </Tabs.Panel>
        <Tabs.Panel value="schedules" className="nz-fill-panel">
          <Stack gap="md">
            {mayWrite && (
              <Group>
                <Button
                  size="xs"
                  variant="default"
                  renderRoot={(props: object) => (
                    <Link to="/net/$name/edit" params={{ name }} search={{ view: 'starts' }} {...props} />
                  )}
                >
                  {t('editorStarts.panelAction')}
                </Button>
              </Group>
            )}
            {net.definition.start_conditions !== undefined && <NetMonitoringSection net={net.name} />}
            <Schedules net={net} />
            <ChangedStarts net={net.name} />
            {net.schedules.length > 0 && (
              <NetStarts
                net={net.name}
                beside={(schedule, at) => <BesideStart net={net.name} schedule={schedule} at={at} />}
              />
            )}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="versions" className="nz-fill-panel">
          <NetVersions net={net.name} />
        </Tabs.Panel>
        <Tabs.Panel value="yaml" className="nz-fill-panel">
          <Yaml name={net.name} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
};

const MoreMenu = ({ net }: { readonly net: NetDetail }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    const yes = await confirm({
      title: t('net.delete.title', { net: net.name }),
      text: t('net.delete.text'),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!yes) return;
    await run(
      async () => {
        await api.call('deleteNet', { params: { name: net.name }, ifMatch: etagOf(net.revision) });
        await navigate({ to: '/nets' });
        await client.invalidateQueries({ queryKey: ['listNets'] });
      },
      t('net.delete.done', { net: net.name }),
    );
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px="xs" aria-label={t('actions.more')} loading={busy}>
          <IconDots size={16} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopyPlus size={15} aria-hidden="true" />}
          onClick={() => void navigate({ to: '/nets/new', search: { from: net.name } })}
        >
          {t('editor.copyAction')}
        </Menu.Item>
        <Menu.Item
          color="var(--nz-critical-fg)"
          leftSection={<IconTrash size={15} aria-hidden="true" />}
          onClick={() => void remove()}
        >
          {t('net.delete.action')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

const BesideStart = (start: Parameters<typeof PreparedMark>[0]) => (
  <>
    <PreparedMark {...start} />
    <StartChangeMenu {...start} />
  </>
);

const Schedules = ({ net }: { readonly net: NetDetail }) => {
  const { t } = useTranslation();
  if (net.schedules.length === 0)
    return (
      <EmptyState
        icon={<IconCalendarTime />}
        title={t('net.noSchedules.title')}
        text={t('net.noSchedules.text')}
      />
    );
  return (
    <Paper withBorder>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
      <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('net.tabs.schedules')}>
        <table className="nz-table">
          <thead>
            <tr>
              <th scope="col">{t('net.schedule.name')}</th>
              <th scope="col">{t('net.schedule.rule')}</th>
              <th scope="col">{t('net.schedule.timezone')}</th>
              <th scope="col">{t('net.schedule.next')}</th>
            </tr>
          </thead>
          <tbody>
            {net.schedules
              .toSorted((a, b) => (a.nextRunAt ?? '9').localeCompare(b.nextRunAt ?? '9'))
              .map((schedule) => (
                <tr key={schedule.name}>
                  <td className="nz-nowrap">
                    {schedule.name}{' '}
                    {!schedule.enabled && (
                      <span className="nz-status" data-tone="muted">
                        {t('net.schedule.disabled')}
                      </span>
                    )}
                  </td>
                  <td className="nz-nowrap">
                    <code>{schedule.rule}</code>
                  </td>
                  <td className="nz-nowrap">{schedule.timezone}</td>
                  <td className="nz-nowrap">
                    {schedule.nextRunAt === null ? (
                      '–'
                    ) : (
                      <>
                        <Instant at={schedule.nextRunAt} />{' '}
                        <Text span size="sm" c="dimmed">
                          (<RelativeTime at={schedule.nextRunAt} />)
                        </Text>
                        {schedule.enabled && (
                          <BesideStart net={net.name} schedule={schedule.name} at={schedule.nextRunAt} />
                        )}
                      </>
                    )}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </Paper>
  );
};

const Yaml = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.netYaml(name));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="nz-code-frame">
      <div className="nz-code-copy">
        <CopyButton value={data.body} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it */}
      <pre className="nz-code" tabIndex={0} aria-label={t('net.tabs.yaml')} role="region">
        {data.body}
      </pre>
    </div>
  );
};
