// Who speaks: senders of late, the loudest, and what was not kept of what they said.
import { Alert, Button, Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBroadcast, IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IntakeView, TrapSourceView } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { AliasDialog } from './alias-dialog.tsx';
import { useIntakeName } from './use-intake-name.ts';
import { Mark } from './mark.tsx';

export const SourcesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [only, setOnly] = useState<'all' | 'unknown'>('all');
  const { data, error, refetch } = useQuery(queries.trapSources(only === 'unknown' ? { unknown: true } : {}));
  return (
    <Stack gap="md" className="nz-trap-sources">
      <Losses />
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('traps.sources.text')}
        </Text>
        <SegmentedControl
          aria-label={t('traps.sources.which')}
          value={only}
          onChange={(value) => setOnly(value)}
          data={(['all', 'unknown'] as const).map((value) => ({
            value,
            label: t(`traps.sources.only.${value}`),
          }))}
        />
      </Group>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data?.length === 0 && (
        <EmptyState
          icon={<IconBroadcast />}
          title={t(only === 'all' ? 'traps.sources.none.title' : 'traps.sources.none.unknownTitle')}
          text={t(only === 'all' ? 'traps.sources.none.text' : 'traps.sources.none.unknownText')}
        />
      )}
      {data !== undefined && data.length > 0 && <SourceTable sources={data} />}
      <Loudest />
    </Stack>
  );
};

const keyOf = ({ address, host }: TrapSourceView) => `${address} ${host ?? ''}`;

const SourceTable = ({ sources }: { readonly sources: readonly TrapSourceView[] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const mayWrite = useMay('traps.write');
  const [naming, setNaming] = useState<TrapSourceView | null>(null);
  const columns = useMemo(
    () =>
      defineColumns<TrapSourceView>([
        {
          id: 'address',
          header: t('traps.filter.address'),
          cell: ({ address }) => (
            <Link
              to="/traps/$section"
              params={{ section: 'received' }}
              search={{ address }}
              className="nz-trap-link"
            >
              <span className="nz-mono">{address}</span>
            </Link>
          ),
          value: ({ address }) => address,
        },
        {
          id: 'host',
          header: t('traps.detail.host'),
          cell: ({ host }) => <span className="nz-break">{host ?? '–'}</span>,
          value: ({ host }) => host ?? '',
          wide: true,
        },
        {
          id: 'node',
          header: t('traps.columns.node'),
          cell: (source) =>
            source.node !== null ? (
              <Link to="/nodes/$name" params={{ name: source.node }} className="nz-trap-link">
                {source.node}
              </Link>
            ) : mayWrite ? (
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconUserQuestion size={14} aria-hidden="true" />}
                onClick={() => setNaming(source)}
                aria-label={t('traps.sources.nameOne', { address: source.host ?? source.address })}
              >
                {t('traps.sources.thisIs')}
              </Button>
            ) : (
              <Mark tone="warning">{t('traps.sources.unknown')}</Mark>
            ),
          value: ({ node }) => node ?? '',
        },
        {
          id: 'protocols',
          header: t('traps.columns.protocol'),
          cell: ({ protocols }) => protocols.join(', '),
          wide: true,
        },
        {
          id: 'count',
          header: t('traps.sources.count'),
          cell: ({ count }) => format.number(count),
          value: ({ count }) => count,
          numeric: true,
        },
        {
          id: 'malformed',
          header: t('traps.malformed'),
          cell: ({ malformed }) => format.number(malformed),
          value: ({ malformed }) => malformed,
          numeric: true,
          wide: true,
        },
        {
          id: 'last',
          header: t('traps.sources.last'),
          cell: ({ lastAt }) => <RelativeTime at={lastAt} />,
          value: ({ lastAt }) => lastAt,
        },
      ]),
    [t, format, mayWrite],
  );
  return (
    <>
      <DataTable
        label={t('traps.section.sources')}
        items={sources}
        columns={columns}
        keyOf={keyOf}
        sortable
      />
      {naming !== null && (
        <AliasDialog
          view={null}
          prefill={{ address: naming.address, host: naming.host }}
          onClose={() => setNaming(null)}
        />
      )}
    </>
  );
};

/** What was not kept one by one, and why. Nothing is shown where nothing was lost. */
const Losses = () => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const { data } = useQuery(queries.intake());
  if (data === undefined) return null;
  const { summarised, dropped, refusedFull } = data.processing;
  const told = [
    { kind: 'summarised', count: summarised },
    { kind: 'dropped', count: dropped },
    { kind: 'refusedFull', count: refusedFull },
  ] as const;
  if (told.every(({ count }) => count === 0)) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
      {told
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => (
          <Alert
            key={kind}
            color={kind === 'summarised' ? 'yellow' : 'red'}
            icon={<IconAlertTriangle aria-hidden="true" />}
            title={t(`traps.losses.${kind}.title`, { count: format.number(count) })}
            p="sm"
          >
            {t(`traps.losses.${kind}.text`)}
          </Alert>
        ))}
    </SimpleGrid>
  );
};

type Loud = {
  readonly host: string;
  readonly address: string;
  readonly perSecond: number;
  readonly summarised: number;
};

/** The loudest of the last minute, of each host that hears. */
const Loudest = () => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const nameOf = useIntakeName();
  const { data } = useQuery(queries.intake());
  const loud: readonly Loud[] = (data?.intakes ?? [])
    .flatMap((intake: IntakeView) =>
      (intake.status?.sources ?? []).map((source) => ({ host: nameOf(intake), ...source })),
    )
    .toSorted((a, b) => b.perSecond - a.perSecond);
  const columns = useMemo(
    () =>
      defineColumns<Loud>([
        {
          id: 'address',
          header: t('traps.filter.address'),
          cell: ({ address }) => <span className="nz-mono">{address}</span>,
        },
        { id: 'host', header: t('traps.detail.heardBy'), cell: ({ host }) => host, wide: true },
        {
          id: 'rate',
          header: t('traps.sources.rate'),
          cell: ({ perSecond }) => t('traps.sources.perSecond', { count: format.number(perSecond) }),
          numeric: true,
        },
        {
          id: 'summarised',
          header: t('traps.sources.summarised'),
          cell: ({ summarised }) => format.number(summarised),
          numeric: true,
        },
      ]),
    [t, format],
  );
  if (loud.length === 0) return null;
  return (
    <Section title={t('traps.sources.loudest')} text={t('traps.sources.loudestText')}>
      <DataTable
        label={t('traps.listOf', { title: t('traps.sources.loudest') })}
        items={loud}
        columns={columns}
        keyOf={({ host, address }) => `${host} ${address}`}
      />
    </Section>
  );
};
