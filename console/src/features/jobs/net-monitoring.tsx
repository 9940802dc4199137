// Start conditions of a net as they stand: what is fulfilled, what waits, what was started last; begin, end, release, forget.
import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { MonitoringOperation, NetMonitoring } from '@nezuban/protocol/jobs/start-conditions';
import { wordsIn } from '../../i18n/said.ts';
import { saidReason } from './said-reason.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMayOnNet } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';

export const NetMonitoringSection = ({ net }: { readonly net: string }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const { data } = useQuery(queries.netMonitoring(net));
  if (data === undefined) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('monitoring.title')}>
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={2} size="h5">
            {t('monitoring.title')}
          </Title>
          {data.enabled ? (
            <Badge variant="light">
              {data.validUntil === null
                ? t('monitoring.since', { since: format.instant(data.since) })
                : t('monitoring.sinceUntil', {
                    since: format.instant(data.since),
                    until: format.instant(data.validUntil),
                  })}
            </Badge>
          ) : (
            <Badge color="gray" variant="light">
              {t('monitoring.ended')}
            </Badge>
          )}
          {data.waiting > 0 && (
            <Badge variant="default">{t('monitoring.waiting', { count: data.waiting })}</Badge>
          )}
        </Group>
        <Text size="sm">{t(`monitoring.${data.mode}`)}</Text>
        <Text size="sm">{t(`monitoring.overlap.${data.overlap}`)}</Text>
        {data.reason !== null && data.enabled && <Text size="sm">{wordsIn(data.reason, i18n.language)}</Text>}
        <Conditions monitoring={data} />
        <Group gap="lg">
          <Text size="sm">
            {data.startsMax === null
              ? t('monitoring.generation', { count: data.generation })
              : t('monitoring.generationOf', { count: data.generation, max: data.startsMax })}
          </Text>
          <Text size="sm" component="div">
            {t('monitoring.last')}:{' '}
            {data.lastSession === null || data.lastStartAt === null ? (
              t('monitoring.none')
            ) : (
              <>
                <Link to="/sessions/$id" params={{ id: String(data.lastSession) }}>
                  {data.lastSession}
                </Link>{' '}
                (<RelativeTime at={data.lastStartAt} />)
              </>
            )}
          </Text>
        </Group>
        <Operations monitoring={data} />
      </Stack>
    </Paper>
  );
};

const Conditions = ({ monitoring: { mode, conditions } }: { readonly monitoring: NetMonitoring }) => {
  const { t } = useTranslation();
  const hasWatch = conditions.some(({ files, nextAt }) => files !== null || nextAt !== null);
  return (
    /* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */
    <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('monitoring.title')}>
      <table className="nz-table">
        <thead>
          <tr>
            <th scope="col">{t('monitoring.columns.name')}</th>
            <th scope="col">{t('monitoring.columns.kind')}</th>
            {mode === 'all' && <th scope="col">{t('monitoring.columns.met')}</th>}
            {hasWatch && <th scope="col">{t('monitoring.watch')}</th>}
          </tr>
        </thead>
        <tbody>
          {conditions.map(({ name, kind, met, files, nextAt }) => (
            <tr key={name}>
              <td className="nz-nowrap">{name}</td>
              <td className="nz-nowrap">{t(`monitoring.kind.${kind}`)}</td>
              {mode === 'all' && (
                <td>
                  {met === null ? (
                    t('monitoring.notMet')
                  ) : (
                    <>
                      <Instant at={met.at} />
                      {met.event !== null && (
                        <>
                          {' '}
                          <Link to="/events/$id" params={{ id: String(met.event) }}>
                            {t('monitoring.metBy', { event: met.event })}
                          </Link>
                        </>
                      )}
                    </>
                  )}
                </td>
              )}
              {hasWatch && (
                <td>
                  <WatchState files={files} nextAt={nextAt} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const WatchState = ({ files, nextAt }: Pick<NetMonitoring['conditions'][number], 'files' | 'nextAt'>) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (nextAt !== null) return t('monitoring.next', { at: format.instant(nextAt) });
  if (files === null) return null;
  const { node, path, state, lastSignAt, found, waiting, says, saysSaid } = files;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge variant="light" color={fileColors[state]}>
          {t(`monitoring.fileState.${state}`)}
        </Badge>
        <Link to="/nodes/$name" params={{ name: node }}>
          {node}
        </Link>
        <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {path.join(', ')}
        </Text>
      </Group>
      {says !== null && (
        <Text size="sm">{saidReason({ reason: says, reasonSaid: saysSaid }, i18n.language)}</Text>
      )}
      <Text size="sm" c="dimmed" component="div">
        {lastSignAt === null ? (
          t('monitoring.noSign')
        ) : (
          <>
            {t('monitoring.lastSign')}: <RelativeTime at={lastSignAt} />
          </>
        )}
        {' · '}
        {t('monitoring.found', { count: found })}
        {waiting > 0 && ` · ${t('monitoring.foundWaiting', { count: waiting })}`}
      </Text>
    </Stack>
  );
};
const fileColors = { begins: 'gray', watches: 'blue', troubled: 'red' } as const;

const Operations = ({ monitoring }: { readonly monitoring: NetMonitoring }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const { net, enabled, waiting, conditions } = monitoring;
  const mayRun = useMayOnNet('nets.run', net);
  if (!mayRun) return null;
  const operate = async (operation: MonitoringOperation): Promise<void> => {
    if (operation === 'end' || operation === 'clear') {
      const sure = await confirm({
        title: t(`monitoring.${operation}Title`),
        text: t(`monitoring.${operation}Text`),
        confirmLabel: t(`monitoring.${operation}`),
        danger: true,
      });
      if (!sure) return;
    }
    await run(async () => {
      const body = await api.call('operateNetMonitoring', { params: { name: net }, body: { operation } });
      client.setQueryData(['netMonitoring', net], body);
    }, t('monitoring.done'));
  };
  const button = (operation: MonitoringOperation) => (
    <Button
      key={operation}
      size="xs"
      variant="default"
      loading={busy}
      onClick={() => void operate(operation)}
    >
      {t(`monitoring.${operation}`)}
    </Button>
  );
  return (
    <Group gap="xs">
      {button(enabled ? 'end' : 'begin')}
      {enabled && waiting > 0 && button('release')}
      {(waiting > 0 || conditions.some(({ met }) => met !== null)) && button('clear')}
    </Group>
  );
};
