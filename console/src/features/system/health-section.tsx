// How the manager itself is: what it watches, how near each value is to its thresholds, and since when something is not well.
import { Group, Paper, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ParseKeys } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { WatchItem } from '@nezuban/protocol/self-watch/self-watch';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Status } from '../../components/status.ts';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { fillOf, unitOf } from './health-gauge.ts';

const statuses: Readonly<Record<WatchItem['level'], Status>> = {
  ok: { tone: 'normal', icon: 'normal', label: 'settings.health.level.ok' },
  warning: { tone: 'warning', icon: 'warning', label: 'settings.health.level.warning' },
  critical: { tone: 'critical', icon: 'abnormal', label: 'settings.health.level.critical' },
};
const colors: Readonly<Record<WatchItem['level'], string>> = {
  ok: 'teal',
  warning: 'yellow',
  critical: 'red',
};
const HOURS_A_DAY = 24;

export const HealthSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: view, error, refetch } = useQuery(queries.selfWatch());
  if (view === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Stack gap="md" maw={1100}>
      <div>
        <Text size="sm">{t('settings.health.text')}</Text>
        {view.at !== null && (
          <Text size="sm" c="dimmed" component="div">
            {t('settings.health.at')} <Instant at={view.at} />
          </Text>
        )}
      </div>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {view.items.map((item) => (
          <Gauge key={item.id} item={item} />
        ))}
      </SimpleGrid>
    </Stack>
  );
};

const Gauge = ({ item }: { readonly item: WatchItem }) => {
  const { t, i18n } = useTranslation();
  const title = t(`settings.health.kind.${item.kind}`);
  const named = `settings.health.subject.${item.subject}`;
  const subject = i18n.exists(named) ? t(named as ParseKeys) : item.subject;
  const words = useWords(item);
  const fill = fillOf(item);
  return (
    <Paper withBorder p="sm" component="article" aria-label={`${title}: ${subject}`}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {subject}
          </Text>
        </div>
        <StatusBadge status={statuses[item.level]} plain />
      </Group>
      <Text size="lg" mt={4} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {words.value}
      </Text>
      {fill !== null && (
        <Progress value={fill} color={colors[item.level]} size="sm" mt={4} aria-hidden="true" />
      )}
      {[words.facts, words.thresholds].map((line) =>
        line === null ? null : (
          <Text key={line} size="xs" c="dimmed" mt={4}>
            {line}
          </Text>
        ),
      )}
      {item.level !== 'ok' && item.since !== null && (
        <Text size="xs" mt={4} component="div">
          {t('settings.health.since')} <Instant at={item.since} />
        </Text>
      )}
    </Paper>
  );
};

/** The texts of a gauge. */
const useWords = (item: WatchItem) => {
  const { t } = useTranslation();
  const format = useFormat();
  const unit = unitOf(item.kind);
  const say = (value: number): string => {
    if (unit === 'bytes') return format.size(value);
    const number = format.number(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
    return unit === 'percent' ? `${number}%` : t(`settings.health.unit.${unit}`, { value: number });
  };
  const { freeBytes, totalBytes, bytesPerHour } = item.facts;
  const ofTotal =
    typeof freeBytes === 'number' && typeof totalBytes === 'number'
      ? t('settings.health.ofTotal', { free: format.size(freeBytes), total: format.size(totalBytes) })
      : null;
  const perDay =
    typeof bytesPerHour === 'number' && bytesPerHour !== 0
      ? t(`settings.health.perDay.${bytesPerHour > 0 ? 'grows' : 'shrinks'}`, {
          bytes: format.size(Math.abs(bytesPerHour) * HOURS_A_DAY),
        })
      : null;
  const isForecast = item.kind === 'disk_full_in_hours';
  return {
    value:
      item.value === null
        ? t(isForecast && bytesPerHour !== undefined ? 'settings.health.never' : 'settings.health.unknown')
        : say(item.value),
    facts: ofTotal ?? perDay,
    thresholds:
      item.warning === null || item.critical === null
        ? null
        : t(`settings.health.thresholds.${item.worse}`, {
            warning: say(item.warning),
            critical: say(item.critical),
          }),
  };
};
