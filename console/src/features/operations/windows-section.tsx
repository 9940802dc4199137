// Maintenance windows with their next times, and what each has kept back.
import { Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { WindowView } from '@nezuban/protocol/api/operate-operations';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { windowPlaceText } from './place-text.ts';

/** Next times that are named; the first in its own place, the others behind it. */
const laterMax = 2;

export const WindowsSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.maintenanceWindows());
  return (
    <Paper withBorder p="md" component="section" aria-label={t('operate.windows.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('operate.windows.title')}
      </Title>
      {data === undefined &&
        (error === null ? (
          <Skeleton height={60} role="status" aria-label={t('states.loading')} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ))}
      {data?.items.length === 0 && (
        <Stack gap={2}>
          <Text size="sm">{t('operate.windows.none')}</Text>
          <Text size="sm" c="dimmed">
            {t('operate.windows.noneText')}
          </Text>
        </Stack>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul className="nz-freezes">
          {data.items.map((item) => (
            <WindowItem key={item.window.name} item={item} />
          ))}
        </ul>
      )}
    </Paper>
  );
};

const useStateText = (): ((item: WindowView) => string) => {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ active, next, window }) => {
    if (active !== null) return t('operate.windows.state.open', { until: format.instant(active.end) });
    if (!window.enabled) return t('operate.windows.state.off');
    return t(next.length === 0 ? 'operate.windows.state.over' : 'operate.windows.state.planned');
  };
};

const WindowItem = ({ item }: { readonly item: WindowView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const format = useFormat();
  const stateText = useStateText();
  const { busy, run } = useAction();
  const { window, next, active, suppressed } = item;
  const { name } = window;
  const span = ({ start, end }: WindowView['next'][number]) =>
    `${format.instant(start)} – ${format.instant(end)}`;
  const remove = async () => {
    const yes = await confirm({
      title: t('operate.windows.confirm.title', { name }),
      text: t('operate.windows.confirm.text'),
      confirmLabel: t('operate.windows.delete'),
      danger: true,
    });
    if (!yes) return;
    await run(
      async () => {
        await api.call('deleteMaintenanceWindow', { params: { name }, ifMatch: `"${item.revision}"` });
        await client.invalidateQueries({ queryKey: ['operations'] });
      },
      t('operate.windows.deleted', { name }),
    );
  };
  return (
    <li className="nz-freeze">
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="nz-page-heading">
          <Text fw={700} component="span">
            {window.title ?? name}
          </Text>{' '}
          <span className="nz-status" data-tone={active === null ? 'neutral' : 'active'}>
            {stateText(item)}
          </span>
          {window.reason !== undefined && <Text size="sm">{window.reason}</Text>}
          <Text size="sm" c="dimmed" component="div">
            {t('operate.windows.columns.places')}:{' '}
            {window.places.map((place) => windowPlaceText(t, place)).join(', ')}
            {' · '}
            {window.effects.map((effect) => t(`operate.windows.effect.${effect}`)).join(', ')}
            {suppressed > 0 && ` · ${t('operate.windows.columns.suppressed')}: ${format.number(suppressed)}`}
          </Text>
          {next[0] !== undefined && (
            <Text size="sm" component="div">
              {t('operate.windows.columns.next')}: {span(next[0])}
              {next.length > 1 && (
                <Text size="sm" c="dimmed" component="span">
                  {' '}
                  {t('operate.windows.later', {
                    times: next
                      .slice(1, 1 + laterMax)
                      .map(({ start }) => format.instant(start))
                      .join(', '),
                  })}
                </Text>
              )}
            </Text>
          )}
        </div>
        <Button
          size="xs"
          variant="default"
          loading={busy}
          onClick={() => void remove()}
          aria-label={t('operate.windows.deleteOf', { name })}
        >
          {t('operate.windows.delete')}
        </Button>
      </Group>
    </li>
  );
};
